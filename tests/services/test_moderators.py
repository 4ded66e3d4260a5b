"""Moderators by the name in the schedule, and those whom a session was handed to."""

from __future__ import annotations

import pytest

from bot.errors import CommandError
from bot.services.audience import programme
from bot.services.moderators import (
    forget_console_thread,
    hand_over,
    link_moderator,
    moderators_in_schedules,
    remember_console_thread,
)
from db.database import Database
from tests.builders import SERVER, a_schedule, a_session, a_talk
from tests.clocks import SteppedClock
from tests.services.store import deliveries, import_page

ROBIN, ADA, SAM = 5, 6, 7
OTHER_SERVER = 81384788765712999


async def two_sessions(db: Database, clock: SteppedClock, second: str | None = "Ada Lovelace · Robin Walters") -> None:
    first = a_session(a_talk("One"), title="First", moderator="Robin Walters")
    await import_page(db, clock, a_schedule(first, a_session(a_talk("Two"), title="Second", moderator=second)))


async def moderators(db: Database, clock: SteppedClock) -> dict[str, tuple[int, ...]]:
    here = await programme(db, clock, SERVER)
    return {placed.session.title: placed.moderator_ids for placed in here.sessions}


async def test_linked_name_moderates_each_session_that_names_it_also_after_an_import(
    db: Database, clock: SteppedClock
) -> None:
    await two_sessions(db, clock)
    assert await moderators_in_schedules(db, SERVER) == ["Ada Lovelace", "Robin Walters"]
    assert await link_moderator(db, server_id=SERVER, name="robin walters", user_id=ROBIN) == ["First", "Second"]
    await link_moderator(db, server_id=SERVER, name="Ada Lovelace", user_id=ADA)
    assert await moderators(db, clock) == {"First": (ROBIN,), "Second": (ADA, ROBIN)}
    await two_sessions(db, clock, second="Ada Lovelace")
    assert await moderators(db, clock) == {"First": (ROBIN,), "Second": (ADA,)}


async def test_link_is_replaced_and_taken_back(db: Database, clock: SteppedClock) -> None:
    await two_sessions(db, clock)
    for user in (ROBIN, SAM):
        await link_moderator(db, server_id=SERVER, name="Robin Walters", user_id=user)
    assert (await moderators(db, clock))["First"] == (SAM,)
    await link_moderator(db, server_id=SERVER, name="Robin Walters", user_id=None)
    assert (await moderators(db, clock))["First"] == ()


async def test_session_that_was_handed_over_is_no_longer_its_linked_moderators(
    db: Database, clock: SteppedClock
) -> None:
    await two_sessions(db, clock)
    await link_moderator(db, server_id=SERVER, name="Robin Walters", user_id=ROBIN)
    await link_moderator(db, server_id=SERVER, name="Ada Lovelace", user_id=ADA)
    assert await hand_over(db, server_id=SERVER, session_id=2, to=SAM, by=ROBIN) == [ADA, SAM]
    assert await moderators(db, clock) == {"First": (ROBIN,), "Second": (ADA, SAM)}


async def test_name_that_no_session_has_and_another_servers_are_refused(db: Database, clock: SteppedClock) -> None:
    await two_sessions(db, clock)
    for server, name in ((SERVER, "Robin Walter"), (OTHER_SERVER, "Robin Walters")):
        with pytest.raises(CommandError, match="no session here names"):
            await link_moderator(db, server_id=server, name=name, user_id=ROBIN)
    assert await moderators_in_schedules(db, OTHER_SERVER) == []


async def test_linking_a_name_does_not_count_a_session_that_was_handed_over(db: Database, clock: SteppedClock) -> None:
    await two_sessions(db, clock)
    await hand_over(db, server_id=SERVER, session_id=2, to=SAM, by=ADA)
    assert await link_moderator(db, server_id=SERVER, name="Robin Walters", user_id=ROBIN) == ["First"]
    assert await moderators(db, clock) == {"First": (ROBIN,), "Second": (SAM,)}


async def test_surname_before_a_comma_is_linked_by_either_way_of_writing_it(db: Database, clock: SteppedClock) -> None:
    await two_sessions(db, clock, second="Walters, Robin")
    offered = await moderators_in_schedules(db, SERVER)
    assert offered == ["Robin", "Robin Walters", "Walters", "Walters, Robin"]
    for name in ("Robin Walters", "Walters, Robin"):
        assert await link_moderator(db, server_id=SERVER, name=name, user_id=ROBIN) == ["First", "Second"]
        assert await moderators(db, clock) == {"First": (ROBIN,), "Second": (ROBIN,)}
    await link_moderator(db, server_id=SERVER, name="Robin Walters", user_id=None)
    assert await moderators(db, clock) == {"First": (), "Second": ()}


async def test_thread_that_is_gone_is_forgotten_with_what_was_owed_there_and_another_servers_is_not(
    db: Database, clock: SteppedClock
) -> None:
    await two_sessions(db, clock)
    for session_id, thread_id in ((1, 91), (2, 92)):
        await remember_console_thread(db, clock, server_id=SERVER, session_id=session_id, thread_id=thread_id)
    assert await forget_console_thread(db, clock, server_id=OTHER_SERVER, thread_id=91) == []
    assert await forget_console_thread(db, clock, server_id=SERVER, thread_id=91) == [1]
    assert await forget_console_thread(db, clock, server_id=SERVER, thread_id=91) == []
    placed = {p.session.id: p for p in (await programme(db, clock, SERVER)).sessions}
    assert (placed[1].console_id, placed[2].console_id) == (None, 92)
    assert not placed[1].console_in_thread
    assert placed[2].console_in_thread
    assert {(row.channel_id, row.state) for row in await deliveries(db, kind="console")} == {
        (91, "withdrawn"),
        (92, "pending"),
    }
