"""A server's own time signals: ladders by kind of talk, time kept for questions, and where they are given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.clock import Clock
from bot.errors import CommandError
from bot.services.planning import replan
from bot.services.servers import server_row
from db.database import Database

MOST_MARKS = 6
EVERY_KIND = ""


@dataclass(frozen=True, slots=True)
class CueChoice:
    """What a manager chose; None leaves it as it is.

    Attributes:
        kind: the kind of talk that marks and questions are for; every kind if empty.
        marks: time left at which a signal is given; empty goes back to the default ladder.
        questions: how much of the length is kept for questions; zero is none.
        in_channel: whether the session's channel gets the signals as well.
        guards_clock: whether a forgotten clock rolls on by the plan.
    """

    kind: str = EVERY_KIND
    marks: Sequence[timedelta] | None = None
    questions: timedelta | None = None
    in_channel: bool | None = None
    guards_clock: bool | None = None


async def set_cues(db: Database, clock: Clock, *, server_id: int, choice: CueChoice) -> None:
    """Store a choice and re-plan what is owed.

    Raises:
        CommandError: too many marks, or one below zero.
    """
    if choice.marks and (len(choice.marks) > MOST_MARKS or min(choice.marks) <= timedelta(0)):
        raise CommandError(
            "these marks cannot be used", do=f"Give one to {MOST_MARKS} lengths of time, such as 5, 2, 1 or 1:00, 30s"
        )
    async with db.transaction(server_id) as session:
        server = await server_row(session, server_id)
        server.cue_settings = _with(server.cue_settings, choice)
        if choice.guards_clock is not None:
            server.guards_clock = choice.guards_clock
        await session.flush()
        await replan(session, server=server, now=clock.now())


def _with(settings: dict[str, Any], choice: CueChoice) -> dict[str, Any]:
    """The stored settings with a choice taken in."""
    kind = choice.kind.casefold()
    ladders, questions = dict(settings.get("ladders", {})), dict(settings.get("questions", {}))
    if choice.marks is not None:
        ladders.pop(kind, None)
        ladders |= {kind: [mark.total_seconds() for mark in choice.marks]} if choice.marks else {}
    if choice.questions is not None:
        questions.pop(kind, None)
        questions |= {kind: choice.questions.total_seconds()} if choice.questions else {}
    in_channel = settings.get("in_channel", False) if choice.in_channel is None else choice.in_channel
    return {"ladders": ladders, "questions": questions, "in_channel": in_channel}
