"""What the screens are told, when, and how little the store is asked for it."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from contextlib import AsyncExitStack, ExitStack
from datetime import timedelta

import aiohttp
import pytest
from sqlalchemy.exc import OperationalError
from sqlmodel import col, update

from bot.rules.run import TimingKind
from bot.rules.stage_links import Page
from bot.services.stage_views import stage_views
from bot.stage import feed as feeds
from bot.stage import server
from db.database import NOBODY
from db.tables import Server, Talk
from tests.builders import a_schedule, a_session, a_talk, at
from tests.clocks import SteppedClock
from tests.services.store import import_page, statements
from tests.stage.screens import Screens, looking, until

START, PAUSE, RESUME, EXTEND, END, CLOSE = (
    *(TimingKind.START, TimingKind.PAUSE, TimingKind.RESUME),
    *(TimingKind.EXTEND, TimingKind.END, TimingKind.CLOSE),
)


def milliseconds(time: str) -> int:
    return int(at(time).timestamp() * 1000)


async def test_screen_follows_the_moderators_taps(hall: Screens, http: aiohttp.ClientSession) -> None:
    async with looking(http, await hall.url()) as screen:
        state = await screen.state()
        assert (state["phase"], state["to"], state["label"]) == ("before", milliseconds("12:30"), "Starts in")
        assert (state["room"], state["zone"], state["offset"], state["ends"]) == ("Hall F", "PDT", -420, "Ends 14:00")
        assert (state["next"]["title"], state["nextAt"]) == ("Talk 1", "12:30")
        hall.at("12:32")
        await hall.tap(START, 1)
        state = await screen.until(phase="on stage", late="2 min late")
        assert (state["to"], state["ends"]) == (milliseconds("12:37"), "Ends 14:02, planned 14:00")
        assert [signal["words"] for signal in state["signals"]] == ["1 min left", "30 s left", "Time"]
        hall.at("12:34")
        await hall.tap(PAUSE)
        assert (await screen.until(phase="paused"))["left"] == 3 * 60_000
        hall.at("12:35")
        await hall.tap(RESUME)
        assert (await screen.until(phase="on stage"))["to"] == milliseconds("12:38")
        await hall.tap(EXTEND, minutes=2)
        await screen.until(to=milliseconds("12:40"))
        await hall.tap(END)
        assert (await screen.until(phase="between", to=None))["then"] == "The next talk is about to start"
        await hall.tap(CLOSE)
        assert (await screen.until(phase="over"))["on"] is None


async def test_clock_is_told_with_everything_and_at_once_when_it_is_set(
    hall: Screens, http: aiohttp.ClientSession
) -> None:
    async with looking(http, await hall.url()) as screen:
        _, first = await screen.next("clock")
        assert first == {"now": milliseconds("12:20"), "speed": 1.0, "era": 0}
        hall.at("12:25")
        while (told := (await screen.next("clock"))[1])["era"] == 0:
            pass
        assert told == {"now": milliseconds("12:25"), "speed": 1.0, "era": 1}


async def test_time_alone_is_followed_without_anybody_saying_so(hall: Screens, http: aiohttp.ClientSession) -> None:
    """The plan's first talk begins within the real second that is waited for."""
    hall.clock.jump(at("12:30") - timedelta(milliseconds=200))
    async with looking(http, await hall.url()) as screen:
        await screen.until(phase="before")
        hall.clock._virtual = at("12:30")  # time passes; nobody is called back for that
        state = await screen.until(phase="on stage")
        assert state["label"] == "By the plan"


@pytest.mark.slow
async def test_two_hundred_screens_are_one_reading(hall: Screens) -> None:
    url = await hall.url()
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as http, AsyncExitStack() as open_ones:
        screens = [await open_ones.enter_async_context(looking(http, url)) for _ in range(200)]
        for screen in screens:
            await screen.until(phase="before")
        hall.at("12:30")
        for screen in screens:
            await screen.until(label="By the plan")
        with statements(hall.db) as asked:
            await hall.tap(START, 1)
            taps = len(asked)
            for screen in screens:
                await screen.until(label="Time left")
        assert len(asked) - taps < 40


async def test_what_is_said_twice_is_read_once(
    hall: Screens, http: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits, goes_on = asyncio.Event(), asyncio.Event()

    async def held(seconds: float) -> None:
        if seconds == feeds.TOGETHER_SECONDS:
            waits.set()
            await goes_on.wait()

    feed = hall.stage._feeds[Page.STAGE]
    async with looking(http, await hall.url()) as screen:
        await screen.until(phase="before")
        monkeypatch.setattr(feeds, "pause", held)
        hall.at("12:30")
        await waits.wait()
        await hall.tap(START, 1)
        goes_on.set()
        await screen.until(label="Time left")
        assert not feed._woken.is_set()


async def test_nobody_looks_so_nothing_is_read(
    hall: Screens, http: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "HEARTBEAT_SECONDS", 3600.0)  # whoever left is noticed without being written to
    async with looking(http, await hall.url()) as screen:
        await screen.state()
    feed = hall.stage._feeds[Page.STAGE]
    await until(lambda: not feed._viewers)
    with statements(hall.db) as asked:
        for time in ("12:27", "12:28"):
            hall.at(time)
            assert await feed._look() is None
    assert asked == []


async def test_question_is_shown_as_the_room_reads_it_on_discord(hall: Screens, http: aiohttp.ClientSession) -> None:
    hall.at("12:30")
    await hall.tap(START, 1)
    named, hidden = await hall.ask("Does it scale?", 11), await hall.ask("Is it sound?", 12, anonymous=True)
    async with looking(http, await hall.url()) as screen:
        assert (await screen.state())["question"] is None
        await hall.next()
        hall.stage.wake()
        await screen.until(
            question={"text": "Does it scale?", "by": {"names": ["Attendee 11"], "more": ""}, "anonymously": ""}
        )
        await hall.next()
        hall.stage.wake()
        unnamed = {"text": "Is it sound?", "by": {"names": [], "more": ""}, "anonymously": "anonymously"}
        assert "Attendee 12" not in repr(await screen.until(question=unnamed))
        hall.at("12:35")
        await hall.tap(START, 2)
        await screen.until(question=None)
    assert named.question.id != hidden.question.id


async def test_where_the_room_reads_nothing_on_discord_no_asker_is_named(
    hall: Screens, http: aiohttp.ClientSession
) -> None:
    hall.at("12:30")
    await hall.tap(START, 1)
    await hall.ask("Does it scale?", 11)
    await hall.next()
    async with hall.db.transaction(NOBODY) as session:
        await session.exec(update(Server).values(channel_id=None))
    async with looking(http, await hall.url()) as screen:
        state = await screen.state()
    assert state["question"] == {"text": "Does it scale?", "by": {"names": [], "more": ""}, "anonymously": ""}


async def test_text_is_told_as_it_was_written_without_what_turns_it(hall: Screens, http: aiohttp.ClientSession) -> None:
    hall.at("12:30")
    await hall.tap(START, 1)
    await hall.ask("<script>alert(1)</script> \u202eevil\u202c & 'more'", 11)
    await hall.next()
    async with looking(http, await hall.url()) as screen:
        assert (await screen.state())["question"]["text"] == "<script>alert(1)</script> evil & 'more'"


async def test_lobby_shows_now_and_next_in_the_venues_time(hall: Screens, http: aiohttp.ClientSession) -> None:
    async with looking(http, await hall.url(Page.LOBBY)) as screen:
        state = await screen.state()
        assert (state["conference"], state["shownDay"], state["zone"]) == (
            *("Conference of July 2022", "Thu 21 July 2022", "PDT"),
        )
        (room,) = state["rooms"]
        assert (room["name"], room["on"], room["next"]["title"]) == ("Hall F", None, "Talk 1")
        hall.at("12:32")
        await hall.tap(START, 1)
        while (room := (await screen.state())["rooms"][0])["on"] is None or room["on"]["late"] != "2 min late":
            pass
        assert (room["on"]["title"], room["on"]["time"], room["next"]["time"]) == ("Talk 1", "until 12:37", "12:37")
        await hall.tap(CLOSE)
        await screen.until(rooms=[], over=["Hall F"])


async def test_what_was_cancelled_is_neither_over_nor_a_day(hall: Screens, http: aiohttp.ClientSession) -> None:
    """In the morning nobody reads that that was it for today; with nothing on that day the next one is shown."""
    day = at("09:00") + timedelta(days=1)
    tomorrow = a_session(a_talk("Tomorrow's", starts_at=day), title="Tomorrow", room="Hall G")
    beside = a_session(a_talk("Beside", starts_at=at("13:00")), title="Beside", room="Hall H")
    await import_page(hall.db, hall.clock, a_schedule(tomorrow, beside, conference="Another"))
    sessions = {(await hall.link(session=key)).title: key for key in (2, 3)}
    lobby = await hall.url(Page.LOBBY, session=2)
    async with hall.db.transaction(NOBODY) as session:
        off = update(Talk).where(col(Talk.session_id) == sessions["Beside"]).values(cancelled=True)
        await session.exec(off)
    async with looking(http, lobby) as screen:
        state = await screen.state()
    assert (state["shownDay"], state["over"]) == ("Fri 22 July 2022", [])
    assert [room["name"] for room in state["rooms"]] == ["Hall G"]
    async with looking(http, await hall.url(session=sessions["Beside"])) as screen:
        state = await screen.state()
    assert (state["phase"], state["then"]) == ("over", "The session was cancelled")


async def test_store_that_does_not_answer_is_asked_again(
    hall: Screens, http: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, "_AGAIN_SECONDS", 0.01)
    async with looking(http, await hall.url()) as screen:
        await screen.until(phase="before")
        works, failures = stage_views, list[int]()

        async def fails(*_arguments: object) -> None:
            failures.append(1)
            monkeypatch.setattr("bot.stage.stage.stage_views", works)
            raise OperationalError("SELECT", None, OSError("gone"))

        monkeypatch.setattr("bot.stage.stage.stage_views", fails)
        hall.at("12:30")
        await screen.until(label="By the plan")
        assert failures == [1]


async def test_who_comes_while_links_are_asked_about_is_not_sent_away() -> None:
    asks, may_answer = asyncio.Event(), asyncio.Event()

    async def working(links: Collection[int]) -> set[int]:
        asks.set()
        await may_answer.wait()
        return set(links)

    async def read(subjects: Collection[int]) -> tuple[dict[int, dict[str, object]], None]:
        return {subject: {"of": subject} for subject in subjects}, None

    feed = feeds.Feed(SteppedClock(at("12:20")), read, working)
    following = asyncio.create_task(feed.run())
    with feed.joined(1, link=1), ExitStack() as later:
        await asks.wait()
        second = later.enter_context(feed.joined(2, link=2))
        may_answer.set()
        assert b'"of":2' in (await second.next(within=5) or b"")
    following.cancel()
    await asyncio.gather(following, return_exceptions=True)
