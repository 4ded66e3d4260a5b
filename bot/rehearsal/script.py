"""What the cast does and when: a lively session starts late, runs over, pauses, skips a no-show, is tapped twice."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.rehearsal.cast import Cast, Hall
from bot.rehearsal.loopback.errors import PersonRefusedError
from bot.rehearsal.loopback.world.messages import Message
from bot.schedules.schedule import Schedule, Session, Talk

Act = Callable[[], Awaitable[object]]
MINUTE = timedelta(minutes=1)
LATE_START, OVERRUN, PAUSE = 3 * MINUTE, 2 * MINUTE, MINUTE
PAUSED, NO_SHOW, TAPPED_TWICE = 2, 4, 5
EXTRA = {1: OVERRUN, PAUSED: PAUSE}
"""How much longer than planned a talk takes, by its number from 0: one runs over, one is paused."""
MOST_TALKS = 40
"""A poster session of hundreds is not tapped through; it goes by the plan."""
FEWEST_FOR_MISHAPS = 8


@dataclass(frozen=True, slots=True)
class Step:
    """Something that somebody does at a virtual moment."""

    at: datetime
    act: Act


def steps(cast: Cast, hall: Hall, schedule: Schedule, restart: Act) -> list[Step]:
    """What the cast does during the first session, in order; the punctual one leaves all to the bot."""
    if cast is Cast.PUNCTUAL:
        return []
    session = schedule.sessions[0]
    played = [*_asked(hall, session), *_moderated(hall, session)]
    middle = session.talks[len(session.talks) // 2]
    played.append(Step(middle.starts_at + (middle.ends_at - middle.starts_at) / 2, restart))
    return sorted(played, key=lambda step: step.at)


def _asked(hall: Hall, session: Session) -> list[Step]:
    """What attendees ask."""
    ada, yusuf = hall.attendees
    channel = hall.channels.get(session.room, hall.channel)
    middle = session.talks[len(session.talks) // 2]

    async def read_details() -> None:
        reminders = [message for message in channel.messages if "Details" in message.labels]
        if reminders:
            await ada.press(reminders[-1], "Details")

    acts: tuple[tuple[float, Act], ...] = (
        (-6, lambda: ada.slash(channel, "upnext")),
        (-4, read_details),
        (2, lambda: yusuf.slash(channel, "now")),
        (8, lambda: yusuf.slash(channel, "agenda")),
        (14, lambda: ada.slash(channel, "talk", talk=_word(middle.title))),
    )
    return [Step(session.starts_at + minutes * MINUTE, act) for minutes, act in acts]


def _moderated(hall: Hall, session: Session) -> list[Step]:
    """The moderator's taps: one a talk, and the mishaps of a real session where there are talks enough for them."""
    talks = [talk for talk in session.talks if not talk.cancelled]
    if len(talks) > MOST_TALKS or _in_parallel(talks):
        return []
    mishaps = len(talks) >= FEWEST_FOR_MISHAPS
    at = session.starts_at + (LATE_START if mishaps else timedelta(0))
    played = [Step(at, _press(hall, "Start"))]
    for number, talk in enumerate(talks):
        if mishaps and number == NO_SHOW:
            continue
        played += _during(hall, number, at) if mishaps else []
        at += talk.length + (EXTRA.get(number, timedelta(0)) if mishaps else timedelta(0))
        at = max(at, _planned_start_after(talks, number))
        last = number == len(talks) - 1
        played.append(
            Step(at, _press(hall, "End session" if last else "Next", twice=mishaps and number == TAPPED_TWICE))
        )
    return played


def _during(hall: Hall, number: int, at: datetime) -> list[Step]:
    if number == PAUSED:
        return [Step(at + 2 * MINUTE, _press(hall, "Pause")), Step(at + 2 * MINUTE + PAUSE, _press(hall, "Resume"))]
    return [Step(at + 2 * MINUTE, _press(hall, "Skip next"))] if number == NO_SHOW - 1 else []


def _planned_start_after(talks: list[Talk], number: int) -> datetime:
    """A punctual moderator does not start a talk before its time."""
    following = talks[number + 1 :]
    return following[0].starts_at if following else talks[number].ends_at


def _in_parallel(talks: list[Talk]) -> bool:
    return any(later.starts_at < talk.ends_at for talk, later in itertools.pairwise(talks))


def _press(hall: Hall, label: str, *, twice: bool = False) -> Act:
    async def press() -> None:
        console = _console(hall)
        if console is None or label not in console.labels:
            return  # the bot is just being restarted, or somebody else was faster
        button = next(b["custom_id"] for b in console.buttons if b.get("label") == label)
        taps = [hall.moderator.press(console, custom_id=button) for _ in range(2 if twice else 1)]
        for outcome in await asyncio.gather(*taps, return_exceptions=True):
            if isinstance(outcome, BaseException) and not isinstance(outcome, PersonRefusedError):
                raise outcome  # a button that changed under the thumb is part of the play

    return press


def _console(hall: Hall) -> Message | None:
    """The console as it stands."""
    found = [message for message in hall.backstage.messages if message.content.startswith("**Console**")]
    return found[-1] if found else None


def _word(title: str) -> str:
    """A word that somebody would search a talk by."""
    return max(title.split(), key=len)
