"""A manager's choices for the queues of a server: stored and re-planned in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple

from sqlmodel import col

from bot.clock import Clock
from bot.errors import CommandError
from bot.rules.questions import Order
from bot.rules.queue_times import QuestionSettings
from bot.services.planning import consoles_changed, replan
from bot.services.question_settings import question_settings_of
from bot.services.servers import server_row
from db.database import Database
from db.tables import Delivery, Server

SHOWS_A_QUEUE = timedelta(days=2)
"""How long after its moment a console may still be looked at."""


@dataclass(frozen=True, slots=True)
class QuestionChoice:
    """What a manager chose; None leaves it as it is.

    Attributes:
        opens: minutes before a talk; 0 is with its reminder.
        closes: minutes after a talk's actual end.
        retention: days; 0 is for good.
    """

    order: Order | None = None
    approval: bool | None = None
    opens: int | None = None
    closes: int | None = None
    seconds_between: int | None = None
    open_at_most: int | None = None
    retention: int | None = None


class _Bounds(NamedTuple):
    """What a number may be, and how it is stored: its key, and the seconds or days that one of it makes."""

    least: int
    most: int
    unit: str
    key: str
    factor: int = 1
    none_at_zero: bool = False


BOUNDS = {
    "opens": _Bounds(0, 7 * 24 * 60, "minutes", "opens_before", 60, none_at_zero=True),
    "closes": _Bounds(0, 24 * 60, "minutes", "closes_after", 60),
    "seconds_between": _Bounds(0, 60 * 60, "seconds", "seconds_between"),
    "open_at_most": _Bounds(1, 50, "questions", "open_at_most"),
    "retention": _Bounds(0, 3650, "days", "retention_days", none_at_zero=True),
}


async def set_questions(db: Database, clock: Clock, *, server_id: int, choice: QuestionChoice) -> QuestionSettings:
    """Store a choice and re-plan what is owed; all that is set then.

    Raises:
        CommandError: a number is out of bounds; says which they are.
    """
    now = clock.now()
    async with db.transaction(server_id) as session:
        server = await server_row(session, server_id)
        server.question_settings = _with(server.question_settings, choice)
        await session.flush()
        await replan(session, server=server, now=now)
        # they show who goes first, and whether a queue is open
        still_seen = col(Delivery.due_at) > now - SHOWS_A_QUEUE
        await consoles_changed(session, now, col(Delivery.server_id) == server_id, still_seen)
        return question_settings_of(server)


async def chosen_questions(db: Database, server_id: int) -> QuestionSettings:
    """What a server chose; defaults where it chose nothing."""
    async with db.reading() as session:
        return question_settings_of(await session.get(Server, server_id) or Server(id=server_id))


def _with(stored: dict[str, Any], choice: QuestionChoice) -> dict[str, Any]:
    """The stored settings with a choice taken in."""
    settings = dict(stored)
    if choice.order is not None:
        settings["order"] = choice.order.value
    if choice.approval is not None:
        settings["approval"] = choice.approval
    for name, bounds in BOUNDS.items():
        number: int | None = getattr(choice, name)
        if number is None:
            continue
        _check(name, number, bounds)
        settings.pop(bounds.key, None)
        if number or not bounds.none_at_zero:
            settings[bounds.key] = number * bounds.factor
    return settings


def _check(name: str, number: int, bounds: _Bounds) -> None:
    if not bounds.least <= number <= bounds.most:
        raise CommandError(
            f"{name} cannot be {number:,}", do=f"Give a number of {bounds.unit} from {bounds.least} to {bounds.most:,}"
        )
