"""A session's report tells what a count by hand of the stored events gives, and comes once, to its moderators."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from matplotlib.text import Text

from bot.conference_report.tables import tables
from bot.conference_report.written import written
from bot.drawing.palette import Look
from bot.drawing.session_picture import drawn, session_picture
from bot.drawing.sheet import plain_style
from bot.messages.times import clock, length, signed
from bot.rehearsal.loopback import Message
from bot.rules.conference_report import ConferenceReport
from bot.services.conference_report import conference_report
from bot.services.session_reports import ToldSession, conference_reports
from db.database import Database
from db.tables import Server
from tests.journeys.run_stage import RunStage
from tests.journeys.stage import TITLES, pdt
from tests.recounting import Planned, Raw, Recount, recount

STEPS: tuple[tuple[str, str, dict[str, object]], ...] = (
    ("12:33", "timer start", {}),
    ("12:38", "qa next", {}),
    ("12:39", "qa answered", {}),
    ("12:40:30", "timer next", {}),
    ("12:42", "timer pause", {}),
    ("12:43:15", "timer resume", {}),
    ("12:43:20", "timer extend", {"minutes": "2"}),
    ("12:49", "timer next", {}),
    ("12:49:10", "timer undo", {}),
    ("12:50", "timer next", {}),
    ("12:52", "session close", {}),
)
PNG = b"\x89PNG\r\n\x1a\n"


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[RunStage]:
    """The ICML session, with its console."""
    async with RunStage.running(tmp_path) as stage:
        yield stage


def counted(stage: RunStage, until: datetime) -> Recount:
    """By hand, from what the store holds."""
    talks = stage.stored("SELECT id, title, starts_at, ends_at, cancelled FROM talks ORDER BY id")
    columns = "id, kind, at, talk_id, amount_seconds, undoes"
    rows = stage.stored(f"SELECT {columns} FROM timing_events ORDER BY id")  # noqa: S608 - a constant
    return recount(
        [Planned(key, title, moment(a), moment(b), bool(off)) for key, title, a, b, off in talks],
        [Raw(i, kind, moment(at), talk, timedelta(seconds=s), undoes) for i, kind, at, talk, s, undoes in rows],
        until,
    )


def moment(stored: object) -> datetime:
    """A moment as SQLite or PostgreSQL gives it."""
    return stored if isinstance(stored, datetime) else datetime.fromisoformat(f"{stored}+00:00")


def size(png: bytes) -> tuple[int, int]:
    return int.from_bytes(png[16:20]), int.from_bytes(png[20:24])


async def play(stage: RunStage) -> None:
    """Three talks: late and over its time; paused and extended; begun twice, since it was undone. Closed at 12:52."""
    for number in range(3):
        stage.at(f"12:2{number + 6}")
        asked = await stage.use(stage.attendee, "ask", question=f"Why is that so, {number}?", talk=stage.talk_key(1))
        assert "in line:" in asked.content
    for time, command, options in STEPS:
        stage.at(time)
        await stage.use(stage.moderator, command, **options)


async def the_report(stage: RunStage, *words: str) -> Message:
    return await stage.until_posted("**Report: Deep Learning**", *words, channel=stage.backstage)


@pytest.mark.slow
async def test_words_of_the_report_are_what_a_count_by_hand_gives(stage: RunStage) -> None:
    await play(stage)
    stage.at("12:53")
    report = await the_report(stage)
    by_hand = counted(stage, pdt("12:52"))
    assert by_hand.longest is not None
    titles = dict(stage.stored("SELECT id, title FROM talks"))
    talk, overran = by_hand.longest
    assert by_hand.started_late == timedelta(minutes=3)
    assert f"Started {length(by_hand.started_late)} late, ended 15:52 EDT, 1 h 8 min early." in report.content
    assert f"“{titles[talk]}”, {length(overran)} over its 5 min." in report.content
    assert f"{length(by_hand.recovered or timedelta(0))} of delay was recovered" in report.content
    assert f"paused for {length(by_hand.paused)} and given {length(by_hand.extended)} more" in report.content
    ((answered,),) = stage.stored("SELECT count(*) FROM questions WHERE state = 'answered'")
    ((left,),) = stage.stored("SELECT count(*) FROM questions WHERE state IN ('queued', 'waiting')")
    assert report.content.splitlines()[1].endswith(f"{answered} of 3 questions answered, {left} not reached.")
    assert "12 talks were skipped." in report.content


@pytest.mark.slow
async def test_report_comes_with_its_picture_once_and_follows_what_is_answered_later(stage: RunStage) -> None:
    await play(stage)
    stage.at("12:53")
    report = await the_report(stage, "1 of 3 questions answered")
    (picture,) = report.attachments
    assert picture.data.startswith(PNG)
    assert size(picture.data)[0] == 1200
    assert picture.description is not None
    assert picture.description.startswith("Planned and actual times of the talks of Deep Learning. Started 3 min late")
    await stage.use(stage.moderator, "qa next", talk=stage.talk_key(1))
    await stage.use(stage.moderator, "qa answered")
    after = await the_report(stage, "2 of 3 questions answered")
    assert after.id == report.id
    (other,) = after.attachments
    assert other.data.startswith(PNG)
    assert other.data != picture.data
    await stage.kill_bot()
    await stage.start_bot()
    stage.at("12:58")
    await stage.deliveries()
    assert [m.id for m in stage.backstage.messages if m.content.startswith("**Report")] == [report.id]


@pytest.mark.slow
async def test_command_and_button_show_the_report_in_either_look_to_moderators_alone(stage: RunStage) -> None:
    await stage.tap("Start", at="12:33")
    stage.at("12:36")
    shown = await stage.use(stage.moderator, "session report")
    assert shown.ephemeral
    assert "So far: started 3 min late, now 3 min late." in shown.content
    assert shown.message is not None
    (dark,) = shown.message.attachments
    light = await stage.press(stage.moderator, shown.message, "In light colours")
    assert light.ephemeral
    assert light.message is not None
    (other,) = light.message.attachments
    assert size(dark.data) == size(other.data)
    assert dark.data != other.data
    assert re.fullmatch(r"report-\d+-deep-learning-light\.png", other.filename)
    refused = await stage.use(stage.attendee, "session report")
    assert "only this session's moderators may do this" in refused.content


@pytest.mark.slow
async def test_report_of_what_nobody_timed_comes_on_request_only(stage: RunStage) -> None:
    stage.at("14:30")
    shown = await stage.use(stage.manager, "session report", session=stage.session_key(1))
    assert "Nobody timed this session" in shown.content
    assert shown.message is not None
    assert size(shown.message.attachments[0].data)[0] == 1200
    assert TITLES[0] not in shown.content
    assert not [m for m in stage.backstage.messages if m.content.startswith("**Report")]


async def test_server_chooses_what_reports_tell(stage: RunStage) -> None:
    as_it_is = await stage.use(stage.manager, "setup report")
    assert as_it_is.content.splitlines()[0] == "A session's report goes to its moderators by itself."
    chosen = await stage.use(stage.manager, "setup report", posts=False, moderators=True)
    assert chosen.content.splitlines() == [
        "Reports come by `/session report` only.",
        "The conference's report names the moderators.",
        "Consoles give no hints from talks before.",
    ]
    await stage.tap("Start", at="12:30")
    stage.at("12:31")
    await stage.use(stage.moderator, "session close")
    stage.at("12:33")
    await stage.deliveries()
    assert not stage.stored("SELECT id FROM deliveries WHERE kind = 'report'")


@pytest.mark.slow
async def test_where_no_files_may_be_attached_the_words_come_and_say_what_to_tick(stage: RunStage) -> None:
    stage.backstage.deny_bot("attach_files")
    await stage.tap("Start", at="12:30")
    stage.at("12:36")
    await stage.use(stage.moderator, "session close")
    stage.at("12:37")
    report = await the_report(stage, "Its picture needs Attach Files")
    assert report.attachments == []
    check = await stage.use(stage.manager, "setup check")
    assert "Attach Files" in check.content
    shown = await stage.use(stage.moderator, "session report")  # an answer to a command may always hold files
    assert shown.message is not None
    assert len(shown.message.attachments) == 1


async def made_from_store(stage: RunStage, at: str) -> tuple[ToldSession, ConferenceReport]:
    """The session's and the conference's report, read from the bot's store at a moment."""
    db = Database(stage.bot.database_url)
    try:
        ((server, conference),) = stage.stored("SELECT server_id, id FROM conferences")
        async with db.reading() as session:
            row = await session.get(Server, server)
            assert row is not None
            (told,) = await conference_reports(session, row, conference, pdt(at))
        return told, await conference_report(db, conference, pdt(at))
    finally:
        await db.close()


def csv_rows(report: ConferenceReport, name: str) -> list[dict[str, str]]:
    table = next(table for table in tables(report) if table.name == name)
    return list(csv.DictReader(io.StringIO(written(table, "csv").decode("utf-8-sig"), newline="")))


@pytest.mark.slow
async def test_picture_tables_and_words_agree_with_a_count_by_hand(stage: RunStage) -> None:
    await play(stage)
    stage.at("12:53")
    posted = await the_report(stage)
    by_hand = counted(stage, pdt("12:52"))
    told, conference = await made_from_store(stage, "12:53")
    # the very bytes that were posted, so that what this sheet holds is what people saw
    zone, page = told.placed.timezone, told.placed.page_timezone
    assert posted.attachments[0].data == session_picture(told.report, zone, page, Look.DARK)
    with plain_style():
        texts = {text.get_text() for text in drawn(told.report, zone, page, Look.DARK).figure.findobj(Text)}
    assert {f"{clock(by_hand.started_late or timedelta(0))} late", clock(by_hand.recovered or timedelta(0))} <= texts
    plan = {key: (moment(a), moment(b)) for key, a, b in stage.stored("SELECT id, starts_at, ends_at FROM talks")}
    for row in csv_rows(conference, "talks"):
        planned_start, planned_end = plan[int(row["talk_id"])]
        by_talk = by_hand.talks.get(int(row["talk_id"]))
        if by_talk is None:
            assert (row["state"], row["actual_start"], row["drift_seconds"]) == ("skipped", "", "")
            continue
        overran = by_talk.took - (planned_end - planned_start)
        assert float(row["overran_seconds"]) == overran.total_seconds()
        assert float(row["paused_seconds"]) == by_talk.paused.total_seconds()
        assert float(row["extended_seconds"]) == by_talk.extended.total_seconds()
        assert datetime.fromisoformat(row["actual_start"]) == by_talk.starts[0]
        drift = by_talk.ends[-1] - planned_end
        assert float(row["drift_seconds"]) == drift.total_seconds()
        assert signed(drift) in texts
    (row,) = csv_rows(conference, "sessions")
    assert float(row["started_late_seconds"]) == (by_hand.started_late or timedelta(0)).total_seconds()
    assert float(row["ended_late_seconds"]) == (by_hand.ended_late or timedelta(0)).total_seconds()
    assert float(row["recovered_seconds"]) == (by_hand.recovered or timedelta(0)).total_seconds()
    states = dict(stage.stored("SELECT state, count(*) FROM questions GROUP BY state"))
    assert (row["questions_answered"], row["questions_left"]) == (str(states["answered"]), str(states["queued"]))
    assert f"{states['answered']} answered · {states['queued']} left" in texts
    assert len(csv_rows(conference, "timing_events")) == stage.stored("SELECT count(*) FROM timing_events")[0][0]
