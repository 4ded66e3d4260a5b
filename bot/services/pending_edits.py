"""Edits of the programme that a manager was shown and has yet to confirm: kept in the store, beside files that wait."""

from __future__ import annotations

import secrets
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.clock import Clock
from bot.errors import CommandError
from bot.services.editing import SessionEdit, TalkEdit
from bot.services.servers import server_row
from db.database import Database
from db.programme_tables import ProgrammeVersion
from db.tables import PendingImport


async def hold_edit(db: Database, clock: Clock, *, server_id: int, user_id: int, edit: SessionEdit) -> str:
    """Keep an edit until it is applied or left; returns the id that its buttons carry."""
    key = secrets.token_urlsafe(16)
    async with db.transaction(server_id) as session:
        await server_row(session, server_id)
        held = {"edit": _as_json(edit), "after": await newest_version(session, server_id)}
        row = PendingImport(
            id=key, server_id=server_id, user_id=user_id, content=b"", options=held, created_at=clock.real()
        )
        session.add(row)
    return key


async def newest_version(session: AsyncSession, server_id: int) -> int:
    """The key of the last change of a server's programme, 0 before the first."""
    newest = select(func.max(ProgrammeVersion.id)).where(ProgrammeVersion.server_id == server_id)
    return (await session.exec(newest)).one() or 0


async def take_edit(session: AsyncSession, *, server_id: int, key: str) -> None:
    """Let an edit be applied once, and only to the programme that it was shown for.

    Raises:
        CommandError: it was dealt with already, or the programme changed since.
    """
    row = await session.get(PendingImport, key)
    if row is None or row.server_id != server_id:
        raise CommandError("this edit was already dealt with, or is too old", do="Use /schedule edit again")
    if row.options.get("after") != await newest_version(session, server_id):
        raise CommandError("the programme changed since", do="Look at it anew with /schedule edit")
    await session.delete(row)
    await session.flush()


async def held_edit(db: Database, *, server_id: int, key: str) -> SessionEdit:
    """The edit that is waiting under an id.

    Raises:
        CommandError: it was dealt with already, or waited too long.
    """
    async with db.reading() as session:
        row = await session.get(PendingImport, key)
    if row is None or row.server_id != server_id or "edit" not in row.options:
        raise CommandError("this edit was already dealt with, or is too old", do="Use /schedule edit again")
    return _from_json(row.options["edit"])


def _as_json(edit: SessionEdit) -> dict[str, Any]:
    def plain(values: dict[str, Any]) -> dict[str, Any]:
        return {name: _plain(value) for name, value in values.items()}

    return {**plain(asdict(edit)), "talk": plain(asdict(edit.talk)) if edit.talk else None}


def _plain(value: Any) -> Any:  # noqa: ANN401 - any field's value
    if isinstance(value, datetime):
        return value.isoformat()
    return value.total_seconds() if isinstance(value, timedelta) else value


def _from_json(stored: dict[str, Any]) -> SessionEdit:
    talk = stored["talk"]
    if talk is not None:
        starts_at, length = talk["starts_at"], talk["length"]
        moment = datetime.fromisoformat(starts_at) if starts_at else None
        talk = TalkEdit(**{**talk, "starts_at": moment, "length": _span(length)})
    return SessionEdit(**{**stored, "talk": talk, "shift": _span(stored["shift"])})


def _span(seconds: float | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)
