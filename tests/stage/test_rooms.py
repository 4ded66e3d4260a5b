"""A room's screen stays with the room: it goes on with the next session there, and shows nothing of other rooms."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest
from sqlmodel import col, select, update

from bot.rules.question_steps import StepKind
from bot.rules.run import TimingKind
from bot.rules.stage_links import Page
from db.database import NOBODY, Database
from db.tables import Session
from tests.builders import a_schedule, a_session, a_talk, at
from tests.clocks import SteppedClock
from tests.services.store import import_page, use_channel
from tests.stage.screens import Screens, looking

NEXT_DAY = at("09:00", "2022-07-22")


@pytest.fixture
async def day(db: Database, clock: SteppedClock) -> AsyncIterator[Screens]:
    """Hall F with one session at 12:30, one at 15:00 and one on the next day; Hall G with one at 13:00."""
    hall = Screens(db, clock)
    await use_channel(db, clock)
    sessions = [
        a_session(a_talk("Early", minutes=30), title="Noon"),
        a_session(a_talk("Late", starts_at=at("15:00"), minutes=30), title="Afternoon", room="HALL F"),
        a_session(a_talk("Morning", starts_at=NEXT_DAY, minutes=30), title="Next day"),
        a_session(a_talk("Elsewhere", starts_at=at("13:00"), minutes=240), title="Other", room="Hall G"),
    ]
    await import_page(db, clock, a_schedule(*sessions))
    await hall.stage.start()
    yield hall
    await hall.stage.stop()


async def number_of(hall: Screens, title: str) -> int:
    async with hall.db.reading() as session:
        return (await session.exec(select(col(Session.id)).where(Session.title == title))).one() or 0


async def test_screen_goes_on_with_the_next_session_of_its_room(day: Screens, http: aiohttp.ClientSession) -> None:
    noon = await number_of(day, "Noon")
    async with looking(http, await day.url(Page.ROOM, session=noon)) as screen:
        state = await screen.until(session="Noon", phase="before")
        assert state["room"] == "Hall F"
        day.at("12:31")
        await day.tap(TimingKind.START, session=noon)
        await screen.until(session="Noon", phase="on stage", late="1 min late")
        day.at("12:50")
        await day.tap(TimingKind.CLOSE, session=noon)
        state = await screen.until(session="Afternoon", phase="before")
        assert (state["room"], state["next"]["title"], state["nextAt"]) == ("HALL F", "Late", "15:00")
        day.at("15:10")
        assert (await screen.until(session="Afternoon", phase="on stage"))["on"]["title"] == "Late"
        day.at("15:30")
        assert (await screen.until(session="Next day"))["nextAt"].endswith(", 09:00")
        day.clock.jump(at("09:31", "2022-07-22"))
        await screen.until(session="Next day", phase="over")


async def test_sessions_own_link_stays_with_it_where_the_rooms_goes_on(
    day: Screens, http: aiohttp.ClientSession
) -> None:
    noon = await number_of(day, "Noon")
    own, rooms = await day.url(session=noon), await day.url(Page.ROOM, session=noon)
    for given, other in ((own, "room"), (rooms, "stage")):
        kind = "stage" if other == "room" else "room"
        async with http.get(given.replace(f"/{kind}/", f"/{other}/")) as refused:
            assert refused.status == 404
    day.at("13:10")
    async with looking(http, own) as screen, looking(http, rooms) as of_room:
        assert (await screen.state())["session"] == "Noon"
        assert (await of_room.state())["session"] == "Afternoon"


async def test_question_goes_with_its_session(day: Screens, http: aiohttp.ClientSession) -> None:
    noon = await number_of(day, "Noon")
    day.at("12:30")
    await day.tap(TimingKind.START, session=noon)
    asked = await day.ask("Does it scale?")
    await day.step(StepKind.NEXT, talk=asked.question.talk_id, session=noon)
    async with looking(http, await day.url(Page.ROOM, session=noon)) as screen:
        assert (await screen.state())["question"]["text"] == "Does it scale?"
        day.at("12:50")
        await day.tap(TimingKind.CLOSE, session=noon)
        assert (await screen.until(session="Afternoon"))["question"] is None


async def test_room_that_is_gone_from_the_programme_shows_nothing_more(
    day: Screens, http: aiohttp.ClientSession
) -> None:
    url = await day.url(Page.ROOM, session=await number_of(day, "Noon"))
    async with looking(http, url) as screen:
        await screen.until(session="Noon")
        async with day.db.transaction(NOBODY) as session:
            await session.exec(update(Session).values(room="Hall G"))
        day.stage.wake()
        state = await screen.until(session="")
        assert (state["phase"], state["on"], state["next"]) == ("over", None, None)


async def test_revoked_link_sends_its_screens_away_and_no_others(day: Screens, http: aiohttp.ClientSession) -> None:
    noon = await number_of(day, "Noon")
    rooms, own = await day.url(Page.ROOM, session=noon), await day.url(session=noon)
    async with looking(http, rooms) as screen, looking(http, own) as other:
        await screen.state()
        await other.state()
        await day.replace(Page.ROOM, session=noon, renew=False)
        assert await screen.is_sent_away()
        day.at("12:40")
        await other.until(label="By the plan")
    async with http.get(rooms) as gone:
        assert gone.status == 404
