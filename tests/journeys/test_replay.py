"""A session that was run by people, its log, and its replay: compared here by themselves, row by row."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.rehearsal.cast import Handout
from bot.rehearsal.loopback import Person
from bot.rehearsal.loopback.moments import RealMoments, pause
from bot.rehearsal.replaying.replay import plans_of_log, schedule_of_plan
from bot.rehearsal.replaying.replayed import Replay
from bot.rules.log_comparison import TOLERANCE, Comparison
from bot.rules.session_log import Change, SessionLog
from bot.rules.session_log_json import as_json_file, read_log
from bot.services.session_logs import session_log
from db.database import Database
from tests.journeys.question_stage import QuestionStage
from tests.journeys.stage import PATIENCE, SAMPLE, TITLES, Stage, pdt
from tests.stores import ask

pytestmark = pytest.mark.slow
SPEED = 3600
LOOK = timedelta(seconds=30)
UNSENT = ("pending", "claimed", "sending", "doubtful")
EVENTS = """
    SELECT kind, at, tapped_at, talk_id, leaves, amount_seconds, lengths, undoes, id FROM timing_events ORDER BY id
"""
DELIVERIES = """
    SELECT kind, key, due_at, state, lead_seconds, revision, talk_id FROM deliveries
    WHERE session_id IS NOT NULL AND user_id IS NULL ORDER BY kind, due_at, key
"""


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[QuestionStage]:
    """A session that is set up, with a hall full of people: 12:15."""
    async with QuestionStage.running(tmp_path) as stage:
        yield stage


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a replay left."""

    url: str
    compared: Comparison
    notes: Sequence[str]


async def exported(stage: Stage) -> SessionLog:
    """The log of the stage's only session, written and read again."""
    await stage.deliveries()
    db = Database(stage.bot.database_url)
    try:
        (key,) = stage.stored("SELECT id FROM sessions")[0]
        log = await session_log(db, server_id=stage.server.id, session_id=key, now=stage.clock.now())
    finally:
        await db.close()
    return read_log(as_json_file(log))


async def replayed(log: SessionLog, folder: Path) -> Replayed:
    """Its replay, as fast as it goes."""
    folder.mkdir()  # noqa: ASYNC240 - at once, and nothing else waits
    plans = plans_of_log(log)
    handout = Handout("recorded-session.json", plans[0], "A recorded session", None, None)
    notes: list[str] = []
    async with Replay(schedule_of_plan(plans[0]), handout, folder, log=log, plan=plans.__getitem__) as replay:
        replay.control.on_note.append(notes.append)
        compared = await replay.replay(SPEED)
        assert compared is not None
        return Replayed(replay.bot.database_url, compared, notes)


def events_of(url: str) -> list[tuple[Any, ...]]:
    """All timing events, with talks and undone events by their places in place of keys."""
    talks = {key: place for place, (key,) in enumerate(ask(url, "SELECT id FROM talks ORDER BY starts_at, id"), 1)}
    rows = ask(url, EVENTS)
    places = {row[-1]: place for place, row in enumerate(rows, 1)}
    told = []
    for kind, at, tapped_at, talk, leaves, amount, lengths, undoes, _ in rows:
        new = [(talks[int(key)], float(seconds)) for key, seconds in _json(lengths)]
        about = talks.get(talk), talks.get(leaves), float(amount), new, places.get(undoes)
        told.append((kind, _moment(at), _moment(tapped_at), *about))
    return told


def _moment(stored: str | datetime) -> datetime:
    """SQLite keeps text without a zone."""
    moment = datetime.fromisoformat(stored) if isinstance(stored, str) else stored
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _json(value: str | list[Any]) -> list[Any]:
    """SQLite keeps text, and PostgreSQL may give it."""
    loaded: list[Any] = json.loads(value) if isinstance(value, str) else value
    return loaded


def deliveries_of(url: str) -> list[tuple[Any, ...]]:
    """All that was sent or given up: kind, talk, lead, mark and state, by their moments."""
    talks = {key: place for place, (key,) in enumerate(ask(url, "SELECT id FROM talks ORDER BY starts_at, id"), 1)}
    told = []
    for kind, key, due_at, state, lead, revision, talk in ask(url, DELIVERIES):
        if state == "withdrawn":
            continue
        subject = key.split(":")[1].split("-")
        mark = "-".join(subject[2:]) if kind in ("cue", "ask") else ""
        about = revision if kind != "ask" else 0
        told.append((kind, talks.get(talk), lead, mark, about, state, _moment(due_at)))
    return sorted(told, key=str)


def looks(stage: QuestionStage, now: datetime) -> bool:
    """Whether the bot has still to look at what passing time changes."""
    return any(at and _moment(at) <= now for (at,) in stage.stored("SELECT replan_at FROM sessions"))


async def pass_time(stage: QuestionStage, until: str) -> None:
    """Let it become a moment of the day as on a clock that runs: the bot does what falls due on the way."""
    while stage.clock.now() < pdt(until):
        stage.clock.run_from(min(stage.clock.now() + LOOK, pdt(until)), 0)
        await stage.clock_noticed()
        async with asyncio.timeout(PATIENCE):
            now = stage.clock.now()
            while any(row.state in UNSENT and row.due_at <= now for row in await stage.rows()) or looks(stage, now):
                await pause(RealMoments(), 0.02)


async def confirm(stage: QuestionStage, person: Person, command: str, **options: object) -> None:
    """Use a command that asks before it does anything, and say yes."""
    asked = await stage.use(person, command, **options)
    assert asked.message is not None
    await stage.press(person, asked.message, asked.message.labels[0])


async def a_whole_session(stage: QuestionStage) -> None:
    """Late start, pause, time given and taken, a no-show, `ago`, undo, going back, a forgotten clock, questions."""
    moderator, second = stage.moderator, stage.second
    await pass_time(stage, "12:33")
    await stage.tap("Start")
    assert "is number 1" in await stage.ask(stage.people[0], "Why?", anonymous=True)
    await pass_time(stage, "12:34")
    await stage.ask(stage.people[1], "How?")
    await stage.use(moderator, "ask", question="From the third row", for_hall="Frau Grün")
    await pass_time(stage, "12:35")
    await stage.tap("Pause")
    await pass_time(stage, "12:36")
    await stage.tap("Resume")
    await stage.use(moderator, "timer extend", minutes="1:30")
    await stage.qa("next")
    await pass_time(stage, "12:37")
    await stage.qa("pin", question=await stage.question("third row"))
    await stage.use(second, "timer extend", minutes="-30s")
    await pass_time(stage, "12:40")
    await stage.use(second, "timer next", ago="1")
    await pass_time(stage, "12:41")
    await stage.use(second, "timer undo")
    await stage.use(moderator, "timer next", ago="0:30")
    await stage.qa("undo")
    await pass_time(stage, "12:42")
    await stage.tap("Skip next")
    await confirm(stage, moderator, "timer extend", minutes="-8")
    await pass_time(stage, "12:43")
    await stage.use(moderator, "timer start", talk=stage.talk_key(1))
    await pass_time(stage, "12:45")
    await confirm(stage, moderator, "timer rebalance")
    await pass_time(stage, "12:47")
    await stage.tap("Next")
    stage.clock.run_from(stage.clock.now() + timedelta(seconds=7, microseconds=123_457), 0)
    await stage.tap("+1 min")
    await pass_time(stage, "13:06")  # forgotten: asked about, rolled on by the plan, and put right
    await stage.use(moderator, "timer start", talk=stage.talk_key(8))
    await pass_time(stage, "13:20")
    await stage.ask(stage.people[2], "And then?", talk=stage.talk_key(8))
    await pass_time(stage, "13:25")
    await stage.tap("Next")
    await stage.use(moderator, "session close")
    await pass_time(stage, "13:40")


async def test_replay_gives_the_same_run_and_the_same_deliveries(stage: QuestionStage, tmp_path: Path) -> None:
    await a_whole_session(stage)
    log = await exported(stage)
    assert len(log.events) == len(stage.stored("SELECT id FROM timing_events")) > 15
    made = await replayed(log, tmp_path / "replay")
    assert made.notes == []
    assert events_of(made.url) == events_of(stage.bot.database_url)
    recorded, again = deliveries_of(stage.bot.database_url), deliveries_of(made.url)
    assert [row[:-1] for row in again] == [row[:-1] for row in recorded]
    late = {abs(one[-1] - other[-1]) for one, other in zip(recorded, again, strict=True)}
    assert max(late) <= TOLERANCE
    exact = [row for row in recorded if row[0] in ("cue", "ask", "question", "console")]
    assert exact == [row for row in again if row[0] in ("cue", "ask", "question", "console")]
    assert made.compared.differences == ()
    assert str(made.compared).startswith(f"Same run: {len(log.events)} of {len(log.events)} events. Same deliveries: ")


async def test_what_is_missing_or_other_in_a_replay_is_told(stage: QuestionStage, tmp_path: Path) -> None:
    await stage.tap("Start", at="12:30")
    await stage.tap("Pause", at="12:31")
    await stage.tap("Resume", at="12:33")
    await stage.tap("Next", at="12:38")
    log = await exported(stage)
    made = await replayed(broken(log), tmp_path / "replay")
    assert made.compared.differences[0] == "event 2 (pause, 19:31:00 UTC): it was not made again"
    assert not made.compared.same_run
    assert any(line.startswith("time signal of talk 1") for line in made.compared.differences)
    assert made.notes[0] == "event 2 (pause) could not be done again"


def broken(log: SessionLog) -> SessionLog:
    """With an event that nobody can make: a pause that leaves a talk which was never on stage."""
    events = [replace(event, leaves=9) if event.id == 2 else event for event in log.events]
    return replace(log, events=tuple(events))


async def test_changes_of_the_plan_are_made_again_at_their_moments(stage: QuestionStage, tmp_path: Path) -> None:
    moderator = stage.moderator
    await stage.use(stage.manager, "setup reminders", minutes="15, 5")
    await stage.use(stage.manager, "setup cues", marks="90s, 30s", in_channel=True)
    await stage.use(stage.manager, "setup questions", approval=True, closes=2)
    await pass_time(stage, "12:30")
    await stage.tap("Start")
    await pass_time(stage, "12:32")
    await stage.use(moderator, "session edit", talk=stage.talk_key(1), minutes="8")
    await pass_time(stage, "12:33")
    await stage.use(moderator, "session edit", talk=stage.talk_key(4), title="Quite another title", start="12:50")
    await pass_time(stage, "12:34")
    await stage.use(moderator, "session edit", talk=stage.talk_key(2), swap_with=stage.talk_key(3))
    await pass_time(stage, "12:37")
    renamed = SAMPLE.decode().replace(TITLES[9], "Renamed in the file")
    preview = await stage.preview(renamed.encode())
    await stage.press(stage.manager, preview.message, "Import")
    await pass_time(stage, "12:38")
    await stage.ask(stage.people[0], "Why?")
    await stage.tap("Next")
    await stage.qa("approve", question=await stage.question("Why"))
    await pass_time(stage, "12:45")
    await stage.tap("Next")
    await pass_time(stage, "12:52")
    log = await exported(stage)
    assert [plan.how for plan in log.plans] == [Change.IMPORT, Change.EDIT, Change.EDIT, Change.IMPORT]
    made = await replayed(log, tmp_path / "replay")
    assert made.notes == []
    planned = "SELECT title, starts_at, ends_at FROM talks ORDER BY starts_at, title"
    assert ask(made.url, planned) == stage.stored(planned)
    assert events_of(made.url) == events_of(stage.bot.database_url)
    assert made.compared.differences == ()


async def test_session_without_a_moderators_channel_is_replayed_in_its_thread(tmp_path: Path) -> None:
    async with Stage.running(tmp_path) as stage:
        await stage.use(stage.manager, "setup channel", channel=stage.hall, room="Hall F")
        preview = await stage.preview()
        await stage.press(stage.manager, preview.message, "Import")
        role = stage.server.add_role("Chairs")
        chair = stage.server.add_member("Robin", roles=[role])
        await stage.use(stage.manager, "setup moderators", role=role)
        stage.at("12:28")
        await stage.use(chair, "session open")
        stage.at("12:30")
        await stage.use(chair, "timer start")
        stage.at("12:34")
        await stage.use(chair, "timer next")
        log = await exported(stage)
        assert (log.settings.moderators_channel, log.settings.channel, log.settings.room_channel) == (
            False,
            False,
            True,
        )
        made = await replayed(log, tmp_path / "replay")
        assert made.notes == []
        assert events_of(made.url) == events_of(stage.bot.database_url)


async def test_where_people_take_part_nothing_is_compared(stage: QuestionStage, tmp_path: Path) -> None:
    await stage.tap("Start", at="12:30")
    await stage.tap("Next", at="12:35")
    log = await exported(stage)
    plans = plans_of_log(log)
    handout = Handout("recorded-session.json", plans[0], "A recorded session", None, None)
    (tmp_path / "replay").mkdir()
    async with Replay(
        schedule_of_plan(plans[0]), handout, tmp_path / "replay", log=log, plan=plans.__getitem__
    ) as replay:
        taking_part = asyncio.create_task(_take_part(replay))
        assert await replay.replay(SPEED) is None
        await taking_part
        # the part of the one who was taken over is not played any more
        assert ask(replay.bot.database_url, "SELECT count(*) FROM timing_events") == [(0,)]


async def _take_part(replay: Replay) -> None:
    async with asyncio.timeout(PATIENCE):
        while not replay.control.is_open:
            await pause(RealMoments(), 0.02)
    replay.control.take_over(replay.hall.moderator)
    await replay.clock.reach(pdt("12:40"))
    replay.control.finish()
