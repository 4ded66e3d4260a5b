"""What the terminal tells of questions: briefly, and what only one person sees as such."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from bot.errors import CommandError
from bot.messages import question_queue, questions
from bot.messages.message import Message
from bot.rehearsal.cast import build_hall
from bot.rehearsal.loopback import Loopback, Person, Server, TextChannel
from bot.rehearsal.loopback.moments import RealMoments, pause
from bot.rehearsal.loopback.world import posting
from bot.rehearsal.loopback.world.interactions import InteractionKind
from bot.rehearsal.loopback.world.messages import Message as Posted
from bot.rehearsal.loopback.world.messages import MessageFlag
from bot.rehearsal.loopback.world.posting import Change, Draft
from bot.rehearsal.questions_told import is_queue_line
from bot.rehearsal.terminal import Narration
from bot.rehearsal.timetable import RehearsalClock
from bot.rules.questions import Order, Question, QuestionState, count
from bot.rules.queue_times import Phase
from tests.builders import FIRST_START
from tests.messages.asking import ID, SESSION, TALK, a_question
from tests.rehearsal.test_terminal import SCHEDULE, Playing, told

TITLE = TALK.talk.title


def rows(message: Message) -> list[dict[str, object]]:
    """Its buttons and selects as the loopback keeps them."""
    view = message.view()
    return [*view.to_components()] if message.buttons or message.selects else []


class Hall:
    """A hall's channel that the terminal tells of, at 80 columns; the clock stands still."""

    def __init__(self, channel: TextChannel, playing: Playing) -> None:
        self.channel, self.playing = channel, playing
        self.world = channel.world

    async def told(self, *doings: Callable[[], object]) -> str:
        """What the terminal shows of all that."""
        console = Console(file=io.StringIO(), width=80)
        async with Narration(self.playing, console):
            for doing in doings:
                doing()
                await pause(RealMoments(), 0)  # a message is told as it is by then
        return told(console)

    def post(self, message: Message, only_for: Person | None = None) -> Posted:
        flags = MessageFlag.EPHEMERAL if only_for else MessageFlag(0)
        user = only_for.user if only_for else None
        draft = Draft(message.content, components=rows(message), only_for=user, flags=flags)
        return posting.post(self.world, self.channel, self.world.bot, draft)

    def edit(self, posted: Posted, message: Message) -> None:
        posting.edit(self.world, posted, Change(content=message.content, components=rows(message)))


@pytest.fixture
def stage(loopback: Loopback, hall: TextChannel, tmp_path: Path) -> Hall:
    clock = RehearsalClock(tmp_path / "clock.json", FIRST_START)
    return Hall(hall, Playing(loopback, clock, build_hall(loopback, SCHEDULE, "ICML 2022")))


@pytest.fixture
def ada(server: Server) -> Person:
    return server.add_member("Ada")


def received(question: Question, position: int = 2) -> Message:
    return questions.received(question, TITLE, waits_for_approval=False, position=position)


async def test_question_is_one_line_that_says_it_is_private(stage: Hall, ada: Person, hall: TextChannel) -> None:
    send = stage.world.interactions.send
    shown = await stage.told(
        lambda: send(InteractionKind.COMMAND, ada.user, hall, {"name": "ask", "type": 1}),
        lambda: stage.post(received(a_question(name="Ada")), ada),
        lambda: stage.post(received(a_question(text="*Really*?", name="Ada", anonymous=True)), ada),
    )
    assert (
        shown
        == """
15:30 EDT  #hall-f  Ada asks: Does this hold for k-IGN? (privately: number 2 in
           line)
15:30 EDT  #hall-f  Ada asks anonymously: *Really*? (privately: number 2 in
           line)
"""
    )


async def test_who_enters_one_for_somebody_else_says_for_whom(stage: Hall, robin: Person) -> None:
    shown = await stage.told(lambda: stage.post(received(a_question(name="the third row")), robin))
    assert "Robin Walters enters for the third row: Does this hold for k-IGN?" in " ".join(shown.split())


async def test_name_from_right_to_left_is_its_own_asker(stage: Hall, server: Server) -> None:
    noa = server.add_member("נועה לוי")
    shown = await stage.told(lambda: stage.post(received(a_question(name="נועה לוי")), noa))
    assert "נועה לוי asks: Does this hold" in shown


async def test_refusal_says_what_the_asker_reads(stage: Hall, ada: Person) -> None:
    error = str(CommandError("questions for this talk are closed", do="Name another talk"))
    shown = await stage.told(lambda: stage.post(questions.refused(error, "May I still ask?"), ada))
    assert "Ada asks: May I still ask? (privately: refused: questions for this talk are closed. Name another" in (
        " ".join(shown.split())
    )


async def test_votes_are_counted_and_not_shown_one_by_one(stage: Hall, server: Server) -> None:
    queued = [a_question(1, "Why this loss?"), a_question(2, "Why not?", asker=7)]

    def page(*voted: int) -> Message:
        return questions.queue_page(TALK, queued, None, count(queued), Phase.OPEN, voted, 900)

    people = [server.add_member(f"Listener {number}") for number in range(6)]
    pages: list[Posted] = []
    shown = await stage.told(
        *(lambda who=who: pages.append(stage.post(page(), who)) for who in people),
        *(lambda number=number: stage.edit(pages[number], page(1)) for number in range(6)),
        lambda: stage.edit(pages[0], page(1, 2)),
        lambda: stage.edit(pages[0], Message("that question is being asked now.")),
    )
    assert (
        shown
        == """
15:30 EDT  #hall-f  Listener 0 reads: that question is being asked now.
15:30 EDT  #hall-f  7 votes for 2 questions, 6 of them for “Why this loss?”
"""
    )


async def test_room_is_shown_a_question_and_told_once_that_it_is_answered(stage: Hall) -> None:
    question = a_question(state=QuestionState.ASKED, name="Ada")
    posted: list[Posted] = []
    answered = questions.asked(question, TALK, "Deep Learning", ID, state=QuestionState.ANSWERED)
    shown = await stage.told(
        lambda: posted.append(stage.post(questions.asked(question, TALK, "Deep Learning", ID))),
        lambda: stage.edit(posted[0], answered),
    )
    assert (
        shown
        == """

15:30 EDT  #hall-f  Chairside
           Does this hold for k-IGN?
           Asked by Ada
15:30 EDT  #hall-f  Answered: Does this hold for k-IGN?
"""
    )


async def test_leftovers_are_told_without_their_buttons(stage: Hall) -> None:
    left = [a_question(1, "Why this loss?", name="Ada"), a_question(2, "Why not?", name="Ben")]

    def part(*answered: int) -> Message:
        return questions.leftovers_part(left, 1, 1, 1, ID, answered)

    posted: list[Posted] = []
    shown = await stage.told(lambda: posted.append(stage.post(part())), lambda: stage.edit(posted[0], part(2)))
    assert (
        shown
        == """

15:30 EDT  #hall-f  Chairside
           Not reached · answers are welcome here
           1. Why this loss?
           2. Why not?
15:30 EDT  #hall-f  Answered: Why not?
"""
    )


async def test_moderators_list_is_told_by_its_count_and_what_looks_alike(stage: Hall, robin: Person) -> None:
    queued = [a_question(1, "Why this loss?"), a_question(2, "Why this loss?")]

    def listed(*, alike: bool) -> Message:
        pairs = [(queued[0], queued[1], 100.0)] if alike else []
        return question_queue.moderators_list(SESSION, TALK, queued, Order.TOP, {}, Phase.OPEN, 0, pairs)

    posted: list[Posted] = []
    step = question_queue.step_done("“Why this loss?” was put to the speaker", 1, SESSION)
    shown = await stage.told(
        lambda: posted.append(stage.post(listed(alike=True), robin)),
        lambda: stage.edit(posted[0], replace(listed(alike=False), content=listed(alike=False).content + "\n")),
        lambda: stage.post(step, robin),
    )
    assert (
        shown
        == """
15:30 EDT  #hall-f  only Robin Walters sees this
           the queue is open · most votes first · 2 queued
           Alike, 100 of 100: 2 and 1: “Why this loss?”
15:30 EDT  #hall-f  only Robin Walters sees this, now
           the queue is open · most votes first · 2 queued
"""
    )


def test_lines_of_console_and_board_that_show_the_queue_are_known() -> None:
    asked = a_question(9, state=QuestionState.ASKED)
    lines = question_queue.console_lines(asked, [a_question(1), a_question(2)], 3, 0, Phase.OPEN)
    assert all(map(is_queue_line, [*lines, questions.board_line(3) or ""]))
    assert not any(map(is_queue_line, ["On stage: **Title**", "Now: **Title** · Oral", "until 15:35 EDT"]))
