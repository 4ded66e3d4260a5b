"""Addresses that are followed: what a manager chose meanwhile counts, and trouble with one is not another's."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

import pytest

from bot.delivery.following import Follower
from bot.delivery.shards import Shards
from bot.fetching.fetch import Fetched, Fetcher
from bot.rules.following import Follows
from bot.rules.programme_diff import Origin
from bot.schedules.detect import read_schedule
from bot.schedules.schedule import ReadingOptions
from bot.services.following import digest_of, failed, followed_sources, set_follows, take_due
from bot.services.importing import import_schedule, preview_import
from bot.services.schedule_export import ScheduleFormat, export_schedule
from bot.services.servers import set_timezone
from bot.services.sources import ImportRequest, SourceLink
from bot.services.undoing import last_change
from db.database import Database
from tests.builders import LOS_ANGELES, NEW_YORK, SERVER, a_schedule, at
from tests.clocks import SteppedClock
from tests.delivery.desk import Desk
from tests.delivery.fakes import FakeChannels
from tests.services.store import talks

URL = "https://example.org/private-SECRET/x.csv?token=SECRET"
HEADER = "title,start,end,room\nTrees,2022-07-21 12:30,2022-07-21 12:40,Hall F\n"
OPTIONS = {"timezone": LOS_ANGELES, "year": None, "day_first": None}
Answer = Fetched | Exception


def table(start: str) -> bytes:
    """A table of two talks; the second begins then."""
    return f"{HEADER}Graphs,2022-07-21 {start},2022-07-21 13:55,Hall F\n".encode()


FIRST, SECOND, THIRD = table("12:40"), table("12:45"), table("13:45")


def fetched(content: bytes) -> Fetched:
    return Fetched(content, None, None)


class Answers(Fetcher):
    """A fetcher whose answers are laid down; `meanwhile` happens while it fetches."""

    def __init__(self, *answers: Answer, meanwhile: Callable[[], Awaitable[object]] | None = None) -> None:
        super().__init__(allows_loopback=False)
        self.left = list(answers)
        self._meanwhile = meanwhile

    async def fetch(self, url: str, *, etag: str | None = None, last_modified: str | None = None) -> Fetched:
        if self._meanwhile is not None:
            await self._meanwhile()
        answer = self.left.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def follower(desk: Desk, fetcher: Fetcher) -> Follower:
    return Follower(desk.db, desk.clock, fetcher, desk.channels, shards=Shards(), wake=desk.sender.wake)


async def import_from(
    db: Database, clock: SteppedClock, content: bytes = FIRST, *, url: str = URL, follows: Follows = Follows.APPLY
) -> None:
    """Import what an address holds, as a manager does."""
    schedule = read_schedule(content, ReadingOptions(clock.now(), timezone=LOS_ANGELES))
    link = SourceLink(url, follows, OPTIONS, seen=digest_of(content))
    await import_schedule(db, clock, ImportRequest(SERVER, schedule, timezone=LOS_ANGELES, link=link))


async def start_of_graphs(db: Database) -> datetime:
    return next(talk.starts_at for talk in await talks(db) if talk.title == "Graphs")


async def test_what_may_be_secret_in_an_address_is_in_no_name_and_no_export(desk: Desk) -> None:
    await import_from(desk.db, desk.clock)
    change = await last_change(desk.db, SERVER)
    assert change is not None
    assert change.name == "https://example.org/…/x.csv"
    forms: tuple[ScheduleFormat, ...] = ("ics", "csv", "json")
    for form in forms:
        made = await export_schedule(desk.db, server_id=SERVER, conference=None, form=form, now=desk.clock.now())
        assert b"SECRET" not in made.content.replace(b"\r\n ", b"")


async def test_refresh_stays_in_its_source_when_the_file_renames_its_conference(
    db: Database, clock: SteppedClock
) -> None:
    link = SourceLink(URL, Follows.APPLY)
    await import_schedule(db, clock, ImportRequest(SERVER, a_schedule(conference="ICML 2022"), link=link))
    (source,) = await followed_sources(db, SERVER)
    again = a_schedule(conference="ICML 2022 (final)")
    request = ImportRequest(SERVER, again, source.name, link=source.link, origin=Origin.REFRESH)
    assert (await import_schedule(db, clock, request)).changes_nothing
    assert len(await talks(db)) == 15


async def test_address_that_is_to_be_left_alone_is_not_looked_at_after_a_failing_fetch(
    db: Database, clock: SteppedClock
) -> None:
    await import_from(db, clock)
    clock.advance(minutes=11)
    (source,) = await take_due(db, clock.now(), lambda _: None)
    await set_follows(db, server_id=SERVER, url=URL, follows=Follows.NEVER, now=clock.now())
    await failed(db, source, "no", now=clock.now())
    clock.advance(minutes=1000)
    assert await take_due(db, clock.now(), lambda _: None) == []


@pytest.mark.parametrize("imports", [True, False])
async def test_what_a_manager_does_while_it_is_fetched_goes_before_what_comes(desk: Desk, *, imports: bool) -> None:
    await import_from(desk.db, desk.clock)

    async def meanwhile() -> None:
        if imports:
            await import_from(desk.db, desk.clock, THIRD)
        else:
            await set_follows(desk.db, server_id=SERVER, url=URL, follows=Follows.NEVER, now=desk.clock.now())

    desk.clock.advance(minutes=11)
    await follower(desk, Answers(fetched(SECOND), meanwhile=meanwhile)).look()
    assert await start_of_graphs(desk.db) == at("13:45" if imports else "12:40")
    (source,) = await followed_sources(desk.db, SERVER)
    assert source.link.follows is (Follows.APPLY if imports else Follows.NEVER)


async def test_address_is_a_change_for_what_came_as_a_file(db: Database, clock: SteppedClock) -> None:
    await import_schedule(db, clock, ImportRequest(SERVER, a_schedule(), "Main"))
    request = ImportRequest(SERVER, a_schedule(), "Main", link=SourceLink(URL))
    assert not (await preview_import(db, clock, request)).changes_nothing
    await import_schedule(db, clock, request)
    assert [source.link.url for source in await followed_sources(db, SERVER)] == [URL]
    assert (await import_schedule(db, clock, request)).changes_nothing


async def test_refresh_leaves_the_zone_that_a_manager_chose(desk: Desk) -> None:
    await import_from(desk.db, desk.clock)
    await set_timezone(desk.db, desk.clock, server_id=SERVER, timezone=NEW_YORK)
    desk.clock.advance(minutes=11)
    await follower(desk, Answers(fetched(SECOND))).look()
    assert await start_of_graphs(desk.db) == at("12:45")
    outcome = await preview_import(desk.db, desk.clock, ImportRequest(SERVER, a_schedule()))
    assert outcome.timezone == NEW_YORK


async def test_trouble_with_one_address_keeps_no_other_waiting(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    await import_from(desk.db, desk.clock)
    link = SourceLink("https://example.org/y.csv")
    request = ImportRequest(SERVER, a_schedule(conference="Other"), link=link)
    await import_schedule(desk.db, desk.clock, request)
    desk.clock.advance(minutes=11)
    fetcher = Answers(OSError("no more processes"), Fetched(None, None, None))
    await follower(desk, fetcher).look()
    assert fetcher.left == []
    assert "could not be looked at" in caplog.text


async def test_change_that_comes_back_is_told_again(desk: Desk, channels: FakeChannels) -> None:
    await import_from(desk.db, desk.clock, follows=Follows.ASK)
    looks = follower(desk, Answers(fetched(SECOND), fetched(FIRST), fetched(SECOND)))
    for _ in range(3):
        desk.clock.advance(minutes=11)
        await looks.look()
        await desk.settle()
    told = channels.starting("The schedule at https://example.org/…/x.csv changed: 1 moved.")
    assert len(told) == 2
