"""Which step of the guided set-up comes next, given what a server has chosen and which steps were left as they are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Step(StrEnum):
    """The steps of /setup start in their order; the last shows everything, with what is to be put right."""

    CHANNELS = "channels"
    MODERATORS = "moderators"
    ZONE = "zone"
    REMINDERS = "reminders"
    PING = "ping"
    IMPORT = "import"
    CHECK = "check"


STEPS = tuple(Step)
QUESTIONS = STEPS[:-1]
BEFORE_ROOMS = "channels before the rooms"
"""The mark of leaving the channels while no rooms were known yet: once they are, the step is open again."""


@dataclass(frozen=True, slots=True)
class SetUp:
    """What decides whether a step is open.

    Attributes:
        has_channel: one for all sessions is chosen; all_placed: every room has one of its own.
        marks: the steps that were answered or left as they are, see `mark_of`.
    """

    has_channel: bool = False
    has_rooms: bool = False
    all_placed: bool = False
    has_moderators: bool = False
    has_zone: bool = False
    has_ping: bool = False
    has_programme: bool = False
    marks: frozenset[str] = frozenset()


def is_open(step: Step, so_far: SetUp) -> bool:
    """Whether a step still waits for an answer."""
    answered = {
        Step.CHANNELS: so_far.has_channel
        or so_far.all_placed
        or (BEFORE_ROOMS in so_far.marks and not so_far.has_rooms),
        Step.MODERATORS: so_far.has_moderators,
        Step.ZONE: so_far.has_zone,
        Step.PING: so_far.has_ping,
        Step.IMPORT: so_far.has_programme,
        Step.CHECK: True,
    }
    return not answered.get(step) and step.value not in so_far.marks


def open_steps(so_far: SetUp) -> tuple[Step, ...]:
    """The steps that wait for an answer, in their order."""
    return tuple(step for step in STEPS if is_open(step, so_far))


def next_step(so_far: SetUp, after: Step | None = None) -> Step:
    """The first open step behind one, else the first of all; the last of all where none is open."""
    waiting = open_steps(so_far)
    behind = [step for step in waiting if after is None or STEPS.index(step) > STEPS.index(after)]
    return next(iter([*behind, *waiting]), Step.CHECK)


def step_before(step: Step) -> Step | None:
    """The step that Back leads to; None on the first."""
    number = STEPS.index(step)
    return STEPS[number - 1] if number else None


def mark_of(step: Step, so_far: SetUp) -> str:
    """What is remembered of a step that is left as it is."""
    return BEFORE_ROOMS if step is Step.CHANNELS and not so_far.has_rooms else step.value


def with_mark(marks: Iterable[str], mark: str) -> list[str]:
    """The marks with one more, each once."""
    return list(dict.fromkeys([*marks, mark]))
