"""What a session's people do, and at which of it the bot is killed: the same seed gives the same script."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum, auto

from tests.journeys.stage import pdt

ROUNDS = 12
PEOPLE = 8
QUESTIONS = (
    "Does this hold for directed graphs?",
    "What is the cost of training?",
    "Is the bound tight?",
    "How was the baseline tuned?",
    "Does it transfer to speech?",
    "Why this loss and no other?",
    "What happens with label noise?",
    "Is the code public?",
)
TAPS: tuple[tuple[str, dict[str, object], int], ...] = (
    ("timer next", {}, 6),
    ("timer extend", {"minutes": "2"}, 2),
    ("timer pause", {}, 2),
    ("timer resume", {}, 2),
    ("timer skip", {}, 1),
    ("timer undo", {}, 1),
    ("timer end", {}, 1),
    ("timer start", {}, 1),
    ("qa next", {}, 4),
    ("qa answered", {}, 2),
    ("qa undo", {}, 1),
    ("qa close", {}, 1),
    ("qa open", {}, 1),
)
"""What moderators do, with its options and how often beside the others; one that does not fit is refused."""
MOVES = (10, 20, 30, 45, 60, 90, 150)
"""Seconds by which the clock moves on; a talk has five minutes."""


@dataclass(frozen=True, slots=True)
class Move:
    """The clock moves on to a moment."""

    to: datetime


@dataclass(frozen=True, slots=True)
class Tap:
    """A moderator uses a command."""

    command: str
    options: dict[str, object]


@dataclass(frozen=True, slots=True)
class Ask:
    """An attendee asks."""

    person: int
    question: str
    anonymous: bool


@dataclass(frozen=True, slots=True)
class Vote:
    """An attendee votes for one of the questions that are listed, if there are any."""

    person: int
    choice: int


Step = Move | Tap | Ask | Vote


class Trigger(Enum):
    """What the kill waits for, once its step has begun."""

    DELAY = auto()
    POST = auto()
    """The first message that is posted: before the bot is told that it stands."""


@dataclass(frozen=True, slots=True)
class Kill:
    """SIGKILL during a step, and perhaps again while the bot comes up; delays are real seconds."""

    trigger: Trigger
    delay: float
    again: float | None
    away: bool
    """The clock's next move comes before the bot is started again."""


def script(seed: int) -> list[Step]:
    """A session from before its first reminder until after its last question."""
    draw = random.Random(f"script {seed}")  # noqa: S311 - the same for each run of a seed
    at = pdt("12:25")
    steps: list[Step] = [Move(at), Move(pdt("12:30")), Tap("timer start", {})]
    at = pdt("12:30")
    for _ in range(ROUNDS):
        steps += _asked(draw)
        command, options, _ = draw.choices(TAPS, [weight for *_, weight in TAPS])[0]
        steps.append(Tap(command, options))
        at += timedelta(seconds=draw.choice(MOVES))
        steps.append(Move(at))
    steps.append(Tap("session close", {}))
    steps += [Move(at + timedelta(minutes=minutes)) for minutes in (1, 12, 30)]
    return steps


def _asked(draw: random.Random) -> Iterator[Step]:
    for _ in range(draw.randint(0, 2)):
        if draw.random() < 0.6:
            yield Ask(draw.randrange(PEOPLE), draw.choice(QUESTIONS), draw.random() < 0.2)
        else:
            yield Vote(draw.randrange(PEOPLE), draw.randrange(len(QUESTIONS)))


def kills(seed: int, posts: list[int], number: int) -> dict[int, Kill]:
    """Which steps the bot is killed at, and how; one that is killed twice at a step counts twice.

    Args:
        seed: what is drawn from.
        posts: how many messages each step makes the bot post: half of the kills strike where there are some.
        number: of kills.
    """
    draw = random.Random(f"kills {seed}")  # noqa: S311 - as above
    busy = [step for step, posted in enumerate(posts) if posted]
    order = draw.sample(busy, min(number // 2, len(busy)))
    order += draw.sample(sorted(set(range(len(posts))) - set(order)), len(posts) - len(order))
    chosen: dict[int, Kill] = {}
    for step in order:
        if number <= 0:
            break
        again = draw.uniform(0, 0.6) if number > 1 and draw.random() < 0.2 else None
        trigger = Trigger.POST if posts[step] and draw.random() < 0.6 else Trigger.DELAY
        chosen[step] = Kill(trigger, draw.uniform(0, 0.15), again, away=draw.random() < 0.1)
        number -= 1 if again is None else 2
    # what comes while the bot is down cannot kill it
    return {step: replace(kill, away=kill.away and step + 1 not in chosen) for step, kill in chosen.items()}
