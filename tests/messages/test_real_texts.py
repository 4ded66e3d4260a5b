"""Every message with the longest titles, lists of people and abstracts of the real schedules: it fits Discord's limits.

It reads well without colour or emoji as well: what a message means stands in words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache

import pytest

from bot.drawing.palette import Look
from bot.messages import announcements, console, personal_reminders, questions, reminders, rooms_board, speakers
from bot.messages.agenda import agenda, now_and_next
from bot.messages.message import Message
from bot.messages.programme import Shown, now_answer, several_talks, talk_answer, talk_choice, upnext_answer
from bot.messages.programme_changes import programme_changed
from bot.messages.session_report import ALT_LIMIT, alt_text, report_message
from bot.rules.console import console_facts
from bot.rules.programme import ExpectedSession, ExpectedTalk, PlannedSession, PlannedTalk, TalkState, by_plan, on_stage
from bot.rules.programme_diff import TalkFacts, change_of
from bot.rules.questions import Question, QuestionState
from bot.rules.reminders import Place
from bot.rules.run import Run, TimingEvent, TimingKind, fold
from bot.rules.session_report import session_report
from bot.rules.speakers import Speaker
from bot.rules.subscriptions import Wanted
from bot.schedules.detect import read_schedule
from bot.schedules.schedule import ReadingOptions, Talk
from tests.messages.asking import ID, a_question, checked
from tests.shared import SHARED, needs_shared

pytestmark = needs_shared

ZONE, PAGE = "America/New_York", "America/Los_Angeles"
PLACE = Place(1, 2, ZONE, PAGE)
ZONES = {"fosdem-2013.xml": "Europe/Brussels", "30c3-2013.json": "Europe/Berlin", "gpn11-2011.csv": "Europe/Berlin"}
START = datetime.fromisoformat("2022-07-21T19:30:00+00:00")
MINUTES = timedelta(minutes=5)
LONGEST = 8
_COLOURED = re.compile("[\U0001f300-\U0001faff\u2600-\u27bf\ufe0f]")


@dataclass(frozen=True)
class Hall:
    """The session of all that is longest, at the moment that its second talk is on stage."""

    session: ExpectedSession
    abstracts: Sequence[str | None]

    @property
    def shown(self) -> Shown:
        return Shown(self.session, ZONE, PAGE, "Asia/Kolkata")

    @property
    def talk(self) -> ExpectedTalk:
        return on_stage([self.session])[0]

    @property
    def waiting(self) -> list[ExpectedTalk]:
        return [expected for expected in self.session.talks if expected.state is TalkState.WAITING]


@cache
def real_talks() -> tuple[Talk, ...]:
    found: list[Talk] = []
    for path in sorted(SHARED.iterdir()):
        if path.suffix != ".md":
            options = ReadingOptions(START, timezone=ZONES.get(path.name, "Europe/Berlin"), name=path.name)
            found += read_schedule(path.read_bytes(), options).talks
    return tuple(found)


@cache
def hall() -> Hall:
    """The talks with the longest titles, people and abstracts, one after the other in the longest room and session."""
    talks = real_talks()
    longest = [
        talk for size in (_title, _people, _abstract, _room) for talk in sorted(talks, key=size, reverse=True)[:LONGEST]
    ]
    room = max((talk.room for talk in talks if talk.room), key=len)
    planned = tuple(
        PlannedTalk(
            *(number, 1, talk.title, START + number * MINUTES, START + (number + 1) * MINUTES),
            kind=talk.kind,
            speakers=talk.speakers,
            room=talk.room,
        )
        for number, talk in enumerate(longest, 1)
    )
    session = PlannedSession(1, longest[0].title, planned, room, ", ".join(max(talks, key=_people).speakers))
    return Hall(by_plan(session, START + 2 * MINUTES), [talk.abstract for talk in longest])


def _title(talk: Talk) -> int:
    return len(talk.title)


def _people(talk: Talk) -> int:
    return len(", ".join(talk.speakers))


def _abstract(talk: Talk) -> int:
    return len(talk.abstract or "")


def _room(talk: Talk) -> int:
    return len(talk.room or "")


def a_speaker(number: int, *, here: bool = False, cues: bool = False) -> Speaker:
    key = hall().waiting[0].talk.id
    return Speaker(number, key, 10**18 + number, START, 5, START, START if here else None, wants_cues=cues)


def the_console() -> Message:
    many = [a_speaker(number, here=number % 2 == 0) for number in range(1, 21)]
    facts = console_facts(hall().session, Run(), START + 2 * MINUTES, many)
    return console.console(hall().session, facts, PLACE, ID)


def changed() -> Message:
    facts = [TalkFacts(e.talk.title, e.starts_at, e.ends_at, e.talk.room) for e in hall().session.talks]
    changes = [
        change_of(None, facts[0]),
        change_of(facts[1], None),
        *(change_of(old, replace(old, title=f"{old.title} again", room="Elsewhere")) for old in facts[2:]),
    ]
    return programme_changed(changes, ZONE, PAGE, ID)


def reminded() -> personal_reminders.Reminded:
    return personal_reminders.Reminded(hall().talk, hall().session.session, ZONE, PAGE, 2)


def listed() -> list[reminders.ShownReminder]:
    moment = reminders.Moment(START, ZONE, PAGE, "Asia/Kolkata")
    return [
        reminders.ShownReminder(number, kind, expected.talk.title, MINUTES, 3, 2, moment)
        for kind in Wanted
        for number, expected in enumerate(hall().session.talks, 1)
    ]


def left() -> list[Question]:
    return [a_question(number, hall().abstracts[17] or "Why?", QuestionState.QUEUED) for number in range(1, 30)]


def the_report() -> Message:
    """Of a session whose first talk, the one with the longest title, ran over, and which was closed then."""
    session = hall().session.session
    ends = START + 9 * MINUTES
    taps = (TimingKind.START, START, session.talks[0].id), (TimingKind.CLOSE, ends, None)
    events = [TimingEvent(number, kind, at, at, talk_id=talk) for number, (kind, at, talk) in enumerate(taps, 1)]
    asked = [a_question(number, "Why?", QuestionState.QUEUED) for number in range(1, 30)]
    report = session_report(session, fold(session, events), asked, ends)
    assert len(alt_text(report, ZONE)) <= ALT_LIMIT
    return report_message(report, ZONE, Look.DARK, ID)


VIEWS: Mapping[str, Callable[[], Message]] = {
    "up next": lambda: announcements.up_next_reminder(hall().session, hall().waiting[:1], PLACE, ID),
    "several up next": lambda: announcements.up_next_reminder(hall().session, hall().waiting, PLACE, ID),
    "session start": lambda: announcements.session_start(hall().session, PLACE, ID),
    "session over": lambda: announcements.session_over(hall().session, PLACE, ID),
    "moved": lambda: announcements.moved(hall().session, hall().waiting[:1], PLACE, START, ID),
    "board": lambda: announcements.board([hall().session] * 5, PLACE, ID, {hall().talk.talk.id: 12}),
    "report": the_report,
    "left board": lambda: announcements.left_board(ID),
    "board of rooms": lambda: rooms_board.rooms_board(
        [replace(hall().session, session=replace(hall().session.session, room=f"Room {n}")) for n in range(30)],
        ZONE,
        ID,
    ),
    "programme changed": changed,
    "console": the_console,
    "cue": lambda: console.cue(hall().talk.talk.title, MINUTES, questions=True, delivery_id=ID, session_id=1),
    "forgotten clock": lambda: console.ask(hall().talk.talk.title, 1, 2, 3, ID),
    "claim": lambda: speakers.claim(10**18, hall().talk.talk.title, 1, ID),
    "here?": lambda: speakers.whether_here(
        hall().waiting[0], a_speaker(1, cues=True), PLACE, ID, hall().session.session.room, again=True
    ),
    "speaker's cue": lambda: speakers.speakers_cue(hall().talk.talk.title, MINUTES, a_speaker(1), ID, questions=False),
    "left to the speaker": lambda: speakers.left_to_speaker(hall().talk.talk, left(), 2, ID),
    "leftovers": lambda: questions.leftovers_head(hall().talk, 29, ID),
    "question": lambda: questions.asked(left()[0], hall().talk, hall().session.session.title, ID),
    "direct reminder": lambda: personal_reminders.direct_reminder(reminded(), "Asia/Kolkata", ID),
    "mention": lambda: personal_reminders.mention(reminded(), [10**18 + n for n in range(50)], ID),
    "reminder set": lambda: reminders.reminder_set(listed()[0], reminders.Reach(), START, is_new=True),
    "reminders": lambda: reminders.reminders_list(listed(), 0, reminders.Reach(is_closed=True)),
    "now": lambda: now_answer([hall().shown] * 9),
    "upnext": lambda: upnext_answer([hall().shown] * 9),
    "agenda": lambda: agenda([hall().shown] * 3, START.date(), [START.date()] * 9, 1, offers_reminders=True),
    "now and next": lambda: now_and_next([hall().shown] * 9),
    "several talks": lambda: several_talks([(hall().shown, e) for e in hall().session.talks], "nets"),
}


@pytest.mark.parametrize("name", VIEWS)
def test_message_fits_and_means_the_same_without_colour_or_emoji(name: str) -> None:
    message = VIEWS[name]()
    checked(message)
    given = "".join(f"{e.talk.title}{e.talk.room}{e.talk.speakers}" for e in hall().session.talks) + str(
        hall().abstracts
    )
    own = [found for found in _COLOURED.findall(message.content) if found not in given]
    assert own == []
    assert message.content.strip()
    assert all(button.label.strip() for button in message.buttons)


def test_every_real_talk_is_shown_whole_with_its_abstract_as_far_as_it_fits() -> None:
    for number, talk in enumerate(real_talks(), 1):
        planned = PlannedTalk(
            *(number, 1, talk.title, talk.starts_at, talk.ends_at, talk.kind, talk.speakers, talk.room)
        )
        session = by_plan(PlannedSession(1, "Session", (planned,), talk.room), START)
        shown, expected = Shown(session, ZONE, PAGE), session.talks[0]
        checked(talk_answer(shown, expected, talk.abstract, talk.url, offers_reminder=True))
        checked(announcements.up_next_reminder(session, [expected], PLACE, ID))
        assert 1 <= len(talk_choice(expected, ZONE)) <= 100
