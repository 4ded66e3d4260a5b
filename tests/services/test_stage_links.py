"""Secret links: one a page, replaced and revoked by who sees the one that works, found by nothing but the secret."""

from __future__ import annotations

import asyncio

import pytest

from bot.errors import CommandError, NotAllowedError
from bot.rules.stage_links import Page
from bot.services.programme import PlacedSession
from bot.services.stage_links import PageLink, find_link, links_to_show, replace_link, room_link_to_show, working
from db.database import Database
from tests.builders import SERVER, a_schedule, a_session, a_talk, at
from tests.clocks import SteppedClock
from tests.services.hall import anybody
from tests.services.store import import_page

OTHER_SERVER = 7


def nobody(_placed: PlacedSession) -> None:
    raise NotAllowedError("only this session's moderators may do this")


@pytest.fixture(autouse=True)
async def _imported(db: Database, clock: SteppedClock) -> None:
    await import_page(db, clock)
    await import_page(db, clock, server_id=OTHER_SERVER)


async def shown(db: Database, clock: SteppedClock, *, with_lobby: bool = True) -> list[PageLink]:
    return await links_to_show(db, clock, server_id=SERVER, session_id=1, check=anybody, with_lobby=with_lobby)


async def of_page(db: Database, clock: SteppedClock, page: Page) -> PageLink:
    """A page's link, made where there is none."""
    if page is Page.ROOM:
        return await room_link_to_show(db, clock, server_id=SERVER, session_id=1, check=anybody)
    return next(each for each in await shown(db, clock) if each.page is page)


async def replaced(db: Database, clock: SteppedClock, page: PageLink, seen: int, *, renew: bool) -> PageLink:
    return await replace_link(
        *(db, clock),
        server_id=SERVER,
        page=page.page,
        subject=page.subject,
        seen=seen,
        check=anybody,
        renew=renew,
    )


async def test_each_page_has_one_link_that_stays(db: Database, clock: SteppedClock) -> None:
    first = await shown(db, clock)
    assert [(page.page, page.subject, page.title) for page in first] == [
        (Page.STAGE, 1, "Deep Learning"),
        (Page.LOBBY, 1, "Conference of July 2022"),
    ]
    assert await shown(db, clock) == first
    assert await shown(db, clock, with_lobby=False) == first[:1]
    secrets = {page.link.secret for page in first if page.link}
    assert [len(secret) for secret in secrets] == [43, 43]


async def test_two_who_ask_at_once_are_shown_the_same_link(db: Database, clock: SteppedClock) -> None:
    both = await asyncio.gather(shown(db, clock), shown(db, clock))
    assert both[0] == both[1]


@pytest.mark.parametrize("page", Page)
async def test_new_link_is_another_one_and_the_old_one_is_found_no_more(
    db: Database, clock: SteppedClock, page: Page
) -> None:
    old = await of_page(db, clock, page)
    assert old.link is not None
    assert await find_link(db, page, old.link.secret) == old.link
    new = await replaced(db, clock, old, old.link.id, renew=True)
    assert new.link is not None
    assert new.link.id > old.link.id
    assert await find_link(db, page, old.link.secret) is None
    assert await find_link(db, page, new.link.secret) == new.link
    assert await working(db, {old.link.id, new.link.id}) == {new.link.id}
    for other in {*Page} - {page}:
        assert await find_link(db, other, new.link.secret) is None


@pytest.mark.parametrize("renew", [True, False])
async def test_stale_press_changes_nothing(db: Database, clock: SteppedClock, *, renew: bool) -> None:
    page, _ = await shown(db, clock)
    assert page.link is not None
    revoked = await replaced(db, clock, page, page.link.id, renew=False)
    assert revoked.link is None
    for seen in (page.link.id, page.link.id + 1):
        with pytest.raises(CommandError, match="was replaced or revoked meanwhile"):
            await replaced(db, clock, page, seen, renew=renew)
    again = await replaced(db, clock, page, 0, renew=True)
    with pytest.raises(CommandError, match="was replaced or revoked meanwhile"):
        await replaced(db, clock, page, 0, renew=renew)
    assert (await shown(db, clock))[0] == again


async def test_who_may_not_run_the_session_neither_sees_nor_changes_its_link(db: Database, clock: SteppedClock) -> None:
    page, _ = await shown(db, clock)
    assert page.link is not None
    with pytest.raises(NotAllowedError):
        await links_to_show(db, clock, server_id=SERVER, session_id=1, check=nobody, with_lobby=False)
    with pytest.raises(NotAllowedError):
        await replace_link(
            *(db, clock), server_id=SERVER, page=Page.STAGE, subject=1, seen=page.link.id, check=nobody, renew=True
        )
    assert await working(db, {page.link.id}) == {page.link.id}


@pytest.mark.parametrize("page", Page)
async def test_another_server_reaches_no_link_of_this_one(db: Database, clock: SteppedClock, page: Page) -> None:
    ours = await of_page(db, clock, page)
    assert ours.link is not None
    with pytest.raises(CommandError):
        await replace_link(
            *(db, clock),
            server_id=OTHER_SERVER,
            page=page,
            subject=ours.subject,
            seen=ours.link.id,
            check=anybody,
            renew=False,
        )
    with pytest.raises(CommandError):
        await links_to_show(db, clock, server_id=OTHER_SERVER, session_id=1, check=anybody, with_lobby=True)
    assert await working(db, {ours.link.id}) == {ours.link.id}


async def test_sessions_of_one_room_share_its_link_whatever_the_rooms_case(db: Database, clock: SteppedClock) -> None:
    rooms = ("Straße", "STRASSE", "Hall F", None)
    sessions = [a_session(a_talk(starts_at=at("16:00")), title=f"In {room}", room=room) for room in rooms]
    await import_page(db, clock, a_schedule(*sessions, conference="Elsewhere"))

    async def link(session_id: int) -> PageLink:
        return await room_link_to_show(db, clock, server_id=SERVER, session_id=session_id, check=anybody)

    first, same, other_conference = [await link(key) for key in (3, 4, 5)]
    assert (first.title, same.title) == ("Straße", "STRASSE")
    assert first.link == same.link
    assert (await of_page(db, clock, Page.ROOM)).link not in (first.link, other_conference.link)
    with pytest.raises(CommandError, match="names no room"):
        await link(6)


async def test_who_may_not_run_the_session_is_not_shown_its_rooms_link(db: Database, clock: SteppedClock) -> None:
    with pytest.raises(NotAllowedError):
        await room_link_to_show(db, clock, server_id=SERVER, session_id=1, check=nobody)
