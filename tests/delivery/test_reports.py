"""A session's report goes to its moderators once, after its end, and is kept right; drawing holds up nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from bot.clock import give_way
from bot.delivery import report_pictures
from bot.drawing.palette import Look
from bot.errors import DrawingError
from bot.rules.question_steps import StepKind
from bot.rules.run import TimingKind
from bot.rules.session_report import SessionReport
from bot.services.moderators import set_moderators
from bot.services.report_settings import set_reports
from tests.builders import SERVER, a_schedule, a_session, at
from tests.delivery.desk import Desk
from tests.delivery.fakes import Posted
from tests.services.hall import Hall
from tests.services.store import deliveries, import_page

BACKSTAGE = 555
DRAWN = b"a picture of "


@pytest.fixture
async def hall(desk: Desk) -> Hall:
    """The ICML session, with a moderators' channel."""
    await set_moderators(desk.db, desk.clock, server_id=SERVER, channel_id=BACKSTAGE, role_id=None)
    return Hall(desk.db, desk.clock)


@pytest.fixture(autouse=True)
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[SessionReport]:
    """What was drawn, at once and in this process."""
    reports: list[SessionReport] = []

    async def draw(report: SessionReport, **_about: object) -> bytes:
        reports.append(report)
        return DRAWN + report.session.title.encode()

    draws_by(monkeypatch, draw)
    return reports


def draws_by(monkeypatch: pytest.MonkeyPatch, draw: Callable[..., Awaitable[bytes]]) -> None:
    monkeypatch.setattr(report_pictures, "draw_session", draw)


def reports(desk: Desk) -> list[Posted]:
    return [message for message in desk.channels.messages if message.content.startswith("**Report")]


async def ended(desk: Desk, hall: Hall) -> None:
    """One talk, five minutes over, and then the session is closed: 12:40."""
    await desk.until(at("12:30"))
    await hall.tap(TimingKind.START)
    await desk.until(at("12:40"))
    await hall.tap(TimingKind.CLOSE)


async def test_report_comes_to_the_moderators_a_minute_after_the_end_with_its_picture(desk: Desk, hall: Hall) -> None:
    await ended(desk, hall)
    await desk.until(at("12:40:59"))
    assert reports(desk) == []
    await desk.until(at("12:45"))
    (report,) = reports(desk)
    assert (report.channel_id, report.posted_at) == (BACKSTAGE, at("12:41"))
    assert "Started on time, ended 12:40 PDT, 1 h 20 min early." in report.content
    assert "5 min over its 5 min." in report.content
    (file,) = report.files
    assert (file.name, file.content) == ("report-1-deep-learning-dark.png", DRAWN + b"Deep Learning")
    assert "1. Talk 1: 10 min, 5 min late." in file.description


@pytest.mark.slow
async def test_end_that_is_taken_back_within_the_minute_reports_nothing(desk: Desk, hall: Hall) -> None:
    await ended(desk, hall)
    await desk.until(at("12:40:30"))
    await hall.tap(TimingKind.UNDO)
    await desk.until(at("12:44"))
    assert reports(desk) == []
    (row,) = await deliveries(desk.db, kind="report")
    assert row.state == "withdrawn"
    await hall.tap(TimingKind.CLOSE)
    await desk.until(at("12:46"))
    (report,) = reports(desk)
    assert "9 min over its 5 min." in report.content


@pytest.mark.slow
async def test_what_is_answered_afterwards_changes_words_and_picture(
    desk: Desk, hall: Hall, drawn: list[SessionReport]
) -> None:
    await desk.until(at("12:29"))
    (question,) = await hall.queued("Does it converge?")
    await ended(desk, hall)
    await desk.until(at("12:42"))
    (report,) = reports(desk)
    assert report.content.endswith("0 of 1 question answered, 1 not reached.")
    await hall.step(StepKind.ANSWER, question)
    await desk.until(at("12:45"))
    assert [edit.splitlines()[-1].rpartition(". ")[2] for edit in report.edits] == ["1 of 1 question answered."]
    assert [told.figures.questions.answered for told in drawn] == [0, 1]
    assert len(reports(desk)) == 1


async def test_without_its_picture_the_words_go_out_and_say_so(
    desk: Desk, hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(_report: SessionReport, **_about: object) -> bytes:
        raise DrawingError("the picture cannot be drawn")

    draws_by(monkeypatch, fail)
    await ended(desk, hall)
    await desk.until(at("12:42"))
    (report,) = reports(desk)
    assert report.files == ()
    assert report.content.endswith("the button tries again.")


async def rounds(desk: Desk, *times: str) -> None:
    """Rounds at these moments, without waiting for what is being drawn."""
    for time in times:
        desk.clock.jump(at(time))
        for _ in range(5):
            await desk.sender.round()
            await asyncio.wait([asyncio.ensure_future(give_way()) for _ in range(3)])


async def test_while_one_is_drawn_everything_else_goes_out_and_the_next_report_waits(
    desk: Desk, hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = a_session(title="Robustness", room="Hall G")
    await import_page(desk.db, desk.clock, a_schedule(second), source_name="hall-g")
    may_go_on, drawing = asyncio.Event(), list[str]()

    async def draw(report: SessionReport, *, look: Look, **_about: object) -> bytes:
        drawing.append(f"{report.session.title} {look}")
        await may_go_on.wait()
        return DRAWN

    draws_by(monkeypatch, draw)
    await desk.until(at("12:30"))
    for session in (1, 2):
        await hall.tap(TimingKind.START, session=session)
    await desk.until(at("12:31"))
    await hall.tap(TimingKind.CLOSE)
    await rounds(desk, "12:31:59", "12:32", "12:34")
    assert drawing == ["Deep Learning dark"]
    last = desk.channels.messages[-1]
    assert (last.channel_id, last.posted_at) == (BACKSTAGE, at("12:34"))
    assert "1:00" in last.content
    await hall.tap(TimingKind.CLOSE, session=2)
    await rounds(desk, "12:34:59", "12:35:30")
    assert drawing == ["Deep Learning dark"]
    assert reports(desk) == []
    may_go_on.set()
    await desk.until(at("12:36"))
    assert drawing == ["Deep Learning dark", "Robustness dark"]
    assert [message.content.split(" ·")[0] for message in reports(desk)] == [
        "**Report: Deep Learning**",
        "**Report: Robustness**",
    ]


@pytest.mark.slow
async def test_bot_that_ended_while_drawing_draws_anew_and_posts_once(
    desk: Desk, hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(_report: SessionReport, **_about: object) -> bytes:
        await asyncio.Event().wait()
        return b""

    async def at_once(_report: SessionReport, **_about: object) -> bytes:
        return DRAWN

    await ended(desk, hall)
    draws_by(monkeypatch, never)
    await rounds(desk, "12:41")
    (row,) = await deliveries(desk.db, kind="report")
    assert row.state == "claimed"
    await desk.sender.stop()
    draws_by(monkeypatch, at_once)
    await desk.restart()
    await desk.until(at("12:44"))
    assert len(reports(desk)) == 1


@pytest.mark.slow
async def test_server_that_wants_none_gets_none_by_itself(desk: Desk, hall: Hall) -> None:
    await set_reports(desk.db, desk.clock, server_id=SERVER, chosen={"posts": False})
    await ended(desk, hall)
    await desk.until(at("12:50"))
    assert reports(desk) == []


@pytest.mark.slow
async def test_session_that_nobody_timed_is_not_reported(desk: Desk, hall: Hall) -> None:
    await desk.until(at("15:00"))
    assert reports(desk) == []
    assert await deliveries(desk.db, kind="report") == []


@pytest.mark.slow
async def test_session_whose_clock_was_forgotten_is_over_by_the_plan_and_reported(desk: Desk, hall: Hall) -> None:
    await desk.until(at("12:30"))
    await hall.tap(TimingKind.START)
    await desk.until(at("14:05"))
    over = [m.posted_at for m in desk.channels.messages if "is over" in m.content]
    (report,) = reports(desk)
    assert (over, report.posted_at) == ([at("14:00")], at("14:01"))
    assert "Times of 15 talks are assumed" in report.content
