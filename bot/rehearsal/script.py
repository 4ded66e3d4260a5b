"""What the cast does and when: a lively session starts late, runs over, pauses, skips a no-show, is tapped twice."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.rehearsal import asking, chairing
from bot.rehearsal.asking import Heard
from bot.rehearsal.cast import Cast, Hall
from bot.rehearsal.inquiries import HOSTILE, LONG_TALK, Inquiry, Way, inquiries
from bot.rehearsal.lanes import Act
from bot.rehearsal.loopback.people.person import Person
from bot.rehearsal.loopback.world.channels import TextChannel
from bot.rehearsal.stints import (
    LATE_START,
    MINUTE,
    NO_SHOW,
    PAUSE,
    PAUSED,
    TAPPED_TWICE,
    Stint,
    as_played,
    by_plan,
    has_mishaps,
)
from bot.rules.queue_times import QuestionSettings
from bot.schedules.schedule import Schedule, Session

CLOCK, QUESTIONS = "clock", "questions"
"""The moderator's two hands; attendees have a lane each."""
QUESTION_TIME = {True: (-5.5, -4.5, -3.5, -2.5, -1.5), False: (-1.7, -0.9)}
"""Minutes before a talk's end at which the next question is asked, in a long talk and in a short one."""
LAST_ANSWERED = -0.2
VOTERS, VOTES = 3, 3
ONE_IN = 15
"""Of what a lively audience asks, the punctual cast asks one in so many."""
DISMISSED, PINNED, TOO_LATE = 1, 2, (0, 3, 7)
"""By the talk's number."""
HURRIED = 20
"""By the question's number."""
MERGED = 3
HOSTILE_WORD = HOSTILE.split()[0]
VOTED_FROM, VOTED_EVERY, ALL_VOTED, RESTARTED = 0.45, 0.03, 0.53, 0.4
"""Shares of a talk's length."""
TIDIED = -0.7
"""Minutes before the first question is asked."""
UNHURRIED = 80.0
"""So fast a clock may run for an audience of full size."""


@dataclass(frozen=True, slots=True)
class Step:
    """Something that somebody does at a virtual moment, after what they did before; without a lane nobody else acts.

    Attributes:
        by: the ids of those who do it.
    """

    at: datetime
    act: Act
    by: tuple[int, ...] = ()
    lane: str | None = CLOCK


@dataclass(frozen=True, slots=True)
class Scene:
    """Where a session is played.

    Attributes:
        one_in: only one of so many talks is asked about: people's hands, and the bot, do not speed up with the clock.
    """

    hall: Hall
    channel: TextChannel
    heard: Heard
    one_in: int

    @property
    def is_unhurried(self) -> bool:
        return self.one_in == 1

    def asked_about(self, talks: Sequence[Stint]) -> list[Stint]:
        """Where time runs fast only the longest, in which there is real time enough beside the clock's own steps."""
        by_length = sorted(talks, key=lambda stint: stint.length, reverse=True)
        return sorted(by_length[: max(1, len(talks) // self.one_in)], key=lambda stint: stint.number)

    @property
    def voters(self) -> int:
        """How many people vote during a talk."""
        return -(-VOTERS // self.one_in)

    def question_time(self, stint: Stint) -> tuple[float, ...]:
        """At what minutes before its end a talk's questions are asked."""
        return QUESTION_TIME[stint.length >= LONG_TALK][-max(1, VOTERS // self.one_in) :]


def steps(
    cast: Cast, hall: Hall, schedule: Schedule, *, heard: Heard, restart: Act, speed: float = UNHURRIED
) -> list[Step]:
    """What the cast does during the first session, in order; the punctual one leaves the clock to the bot.

    Where nobody acts at first it is what a lively cast does, should it be let; only the power cut is left out.

    Args:
        cast: how it is played.
        hall: where, and by whom.
        schedule: what is played.
        heard: takes what people are told of their questions.
        restart: kills the bot and starts it again.
        speed: how fast the clock runs.
    """
    session = schedule.sessions[0]
    channel = hall.channels.get(session.room, hall.channel)
    scene = Scene(hall, channel, heard, one_in=max(1, math.ceil(speed / UNHURRIED)))
    if cast is Cast.PUNCTUAL:
        return _in_order(_asked_a_little(scene, by_plan(session)))
    stints = as_played(session)
    talks = scene.asked_about([stint for stint in stints if not stint.is_break])
    played = [
        *_looked(hall, session, channel),
        *_tapped(hall, session, stints),
        *_asked(scene, talks),
        *_voted(scene, talks),
        *_chaired(scene, talks),
    ]
    if cast is Cast.NOBODY:
        return _in_order(played)
    middle = session.talks[len(session.talks) // 2]
    cut_at = middle.starts_at + (middle.ends_at - middle.starts_at) * RESTARTED
    return _in_order([*played, Step(cut_at, restart, lane=None)])


def over_at(cast: Cast, schedule: Schedule) -> datetime:
    """When the last queue of the session that is played has closed."""
    session = schedule.sessions[0]
    stints = [] if cast is Cast.PUNCTUAL else as_played(session)
    ends_at = max([session.ends_at, *(stint.ends_at for stint in stints)])
    return ends_at + QuestionSettings().closes_after + MINUTE


def _in_order(played: Iterable[Step]) -> list[Step]:
    return sorted(played, key=lambda step: step.at)


def _looked(hall: Hall, session: Session, channel: TextChannel) -> list[Step]:
    """What attendees look up."""
    ada, yusuf, *_ = hall.attendees
    middle = session.talks[len(session.talks) // 2]

    async def read_details() -> None:
        reminders = [message for message in channel.messages if "Details" in message.labels]
        if reminders:
            await ada.press(reminders[-1], "Details")

    acts: tuple[tuple[float, Person, Act], ...] = (
        (-6, ada, lambda: ada.slash(channel, "upnext")),
        (-4, ada, read_details),
        (2, yusuf, lambda: yusuf.slash(channel, "now")),
        (8, yusuf, lambda: yusuf.slash(channel, "agenda")),
        (14, ada, lambda: ada.slash(channel, "talk", talk=_word(middle.title))),
    )
    return [Step(session.starts_at + minutes * MINUTE, act, by=(person.id,)) for minutes, person, act in acts]


def _tapped(hall: Hall, session: Session, stints: Sequence[Stint]) -> Iterator[Step]:
    """The moderator's taps: one a talk, and the mishaps of a real session where there are talks enough for them."""
    mishaps = has_mishaps(session)
    if stints:
        yield _tap(hall, session.starts_at + (LATE_START if mishaps else timedelta(0)), chairing.press(hall, "Start"))
    for stint in stints:
        yield from _during(hall, stint) if mishaps else []
        label = "End session" if stint is stints[-1] else "Next"
        yield _tap(hall, stint.ends_at, chairing.press(hall, label, twice=mishaps and stint.number == TAPPED_TWICE))


def _tap(hall: Hall, at: datetime, act: Act, lane: str = CLOCK) -> Step:
    return Step(at, act, by=(hall.moderator.id,), lane=lane)


def _during(hall: Hall, stint: Stint) -> Iterator[Step]:
    at = stint.starts_at + 2 * MINUTE
    if stint.number == PAUSED:
        yield _tap(hall, at, chairing.press(hall, "Pause"))
        yield _tap(hall, at + PAUSE, chairing.press(hall, "Resume"))
    elif stint.number == NO_SHOW - 1:
        yield _tap(hall, at, chairing.press(hall, "Skip next"))


def _asked(scene: Scene, talks: Sequence[Stint]) -> Iterator[Step]:
    """All questions; one comes too soon after another, and some after their talk's queue closed."""
    planned = inquiries(talks)
    for inquiry in [
        *planned[:: 1 if scene.is_unhurried else 2],
        *(inquiry.hurried for inquiry in planned[HURRIED : HURRIED + 1]),
    ]:
        yield _ask(scene, inquiry)
    # where time runs fast somebody's click takes minutes, so that nobody can mean to be just too late
    for stint in (stint for stint in talks if stint.number in TOO_LATE and scene.is_unhurried):
        late = Inquiry(stint.ends_at + QuestionSettings().closes_after + 2 * MINUTE, stint.number, "May I still ask?")
        act = asking.ask_too_late(scene.hall, scene.channel, late, stint.talk, scene.heard)
        yield Step(late.at, act, by=_by(scene, late), lane=_lane(late))


def _asked_a_little(scene: Scene, talks: Sequence[Stint]) -> Iterator[Step]:
    """A few questions and votes, where nobody takes the talks one by one."""
    for inquiry in inquiries([stint for stint in talks if not stint.is_break])[1::ONE_IN]:
        yield _ask(scene, inquiry)
        yield _vote(scene, inquiry.at + MINUTE, inquiry.who + 1)


def _ask(scene: Scene, inquiry: Inquiry) -> Step:
    act = asking.ask(scene.hall, scene.channel, inquiry, scene.heard)
    return Step(inquiry.at, act, by=_by(scene, inquiry), lane=_lane(inquiry))


def _by(scene: Scene, inquiry: Inquiry) -> tuple[int, ...]:
    """Whoever types it, and the moderator where they put it in."""
    person, moderator = scene.hall.attendees[inquiry.who].id, scene.hall.moderator.id
    return {Way.HALL: (moderator,), Way.MESSAGE: (person, moderator)}.get(inquiry.way, (person,))


def _vote(scene: Scene, at: datetime, number: int) -> Step:
    who = number % len(scene.hall.attendees)
    person = scene.hall.attendees[who]
    return Step(at, asking.vote(person, scene.channel, number, VOTES), by=(person.id,), lane=f"votes {who}")


def _lane(inquiry: Inquiry) -> str:
    return f"{inquiry.way} {inquiry.who}"


def _voted(scene: Scene, talks: Sequence[Stint]) -> Iterator[Step]:
    """Some attendees in the middle of each talk; in the longest one all listeners at about the same moment."""
    for stint in talks:
        for number in range(scene.voters):
            at = stint.starts_at + stint.length * (VOTED_FROM + VOTED_EVERY * number)
            yield _vote(scene, at, stint.number * VOTERS + number)
    if talks and scene.is_unhurried:
        longest = max(talks, key=lambda stint: stint.length)
        at = longest.starts_at + longest.length * ALL_VOTED
        act, all_of_them = asking.vote_all_at_once(scene.hall.listeners, scene.channel), scene.hall.listeners
        yield Step(at, act, by=tuple(person.id for person in all_of_them), lane="listeners")


def _chaired(scene: Scene, talks: Sequence[Stint]) -> Iterator[Step]:
    """The question time of each talk, and what a moderator does with the queue before it."""
    hall = scene.hall
    for stint in talks:
        moments = [stint.ends_at + minutes * MINUTE for minutes in scene.question_time(stint)]
        for at in moments:
            yield _tap(hall, at, chairing.press_and_see(hall, "Next question"), QUESTIONS)
        yield _tap(hall, stint.ends_at + LAST_ANSWERED * MINUTE, chairing.press_and_see(hall, "Answered"), QUESTIONS)
        if scene.is_unhurried and (act := _tidied(hall, stint)) is not None:
            yield _tap(hall, moments[0] + TIDIED * MINUTE, act, QUESTIONS)
    if talks:
        yield _tap(hall, talks[-1].ends_at + 2 * MINUTE, chairing.mark_answered(hall, scene.channel), QUESTIONS)


def _tidied(hall: Hall, stint: Stint) -> Act | None:
    """What a moderator does with a talk's queue before questions are taken."""
    if stint.length >= LONG_TALK:
        return chairing.merge(hall, MERGED)
    if stint.number == PINNED:
        return chairing.single_out(hall, "4. ", "Pin")
    return chairing.single_out(hall, HOSTILE_WORD, "Dismiss") if stint.number == DISMISSED else None


def _word(title: str) -> str:
    """A word that somebody would search a talk by."""
    return max(title.split(), key=len)
