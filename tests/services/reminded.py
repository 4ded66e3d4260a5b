"""People who ask to be reminded, for tests on the store: their direct messages' channels are known already."""

from __future__ import annotations

from datetime import timedelta

from bot.rules.subscriptions import Wanted
from bot.services.people import remember_direct_channel
from bot.services.subscriptions import Asked, Held, subscribe
from db.database import Database
from db.tables import Delivery
from tests.builders import SERVER
from tests.clocks import SteppedClock
from tests.services.store import deliveries

ADA, GRACE = 912345678901234567, 912345678901234568


def direct_channel(user_id: int) -> int:
    return user_id + 10_000


async def ask(
    db: Database,
    clock: SteppedClock,
    kind: Wanted,
    about: int | str,
    *,
    user_id: int = ADA,
    lead: float | None = 5,
    server_id: int = SERVER,
) -> Held:
    """Somebody asks to be reminded, so many minutes before."""
    await remember_direct_channel(db, user_id, direct_channel(user_id))
    key, words = (about, "") if isinstance(about, int) else (None, about)
    before = None if lead is None else timedelta(minutes=lead)
    return await subscribe(db, clock, Asked(server_id, user_id, kind, key, words, before))


async def personal(db: Database, **columns: object) -> list[Delivery]:
    """The rows of direct messages, in order of due time."""
    return [row for row in await deliveries(db, kind="personal") if _has(row, columns)]


def _has(row: Delivery, columns: dict[str, object]) -> bool:
    return all(getattr(row, name) == value for name, value in columns.items())


async def owed(db: Database) -> set[tuple[int | None, int | None, int, str]]:
    """Who is owed what and when, by what waits: person, talk, lead in minutes and the due time as the page has it."""
    rows = await personal(db, state="pending")
    return {
        (row.user_id, row.talk_id, row.lead_seconds // 60, f"{row.due_at - timedelta(hours=7):%H:%M}") for row in rows
    }
