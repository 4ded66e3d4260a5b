"""Rows written in bulk: what is stored is what one row at a time would have stored."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import insert

from db.bulk import AT_ONCE, insert_rows
from db.columns import METADATA
from db.database import NOBODY, Database
from db.tables import Server
from tests.services.store import everything

DELIVERIES = METADATA.tables["deliveries"]
NOON = datetime(2022, 7, 21, 12, tzinfo=UTC)


def a_row(number: int, **values: Any) -> dict[str, Any]:  # noqa: ANN401 - any column's value
    """An outbox row, its columns in another order than the table's."""
    return {
        "due_at": NOON + timedelta(seconds=number),
        "details": {"talk_ids": [number], "said": "é"},
        "id": f"{number:022}",
        "key": f"key-{number}",
        "server_id": 1,
        "channel_id": 2,
        "kind": "up_next",
        "state": "pending",
        "lead_seconds": 300,
        "revision": 0,
        "attempts": 0,
        "expires_at": None,
        "planned_at": NOON.astimezone(timezone(timedelta(hours=-7))),
    } | values


def stored(db: Database) -> list[tuple[object, ...]]:
    """What the store itself holds, in order of key."""
    return everything(db)["deliveries"]


def as_text(value: object) -> str:
    """A stored value in words; PostgreSQL's driver reads JSON by itself."""
    return json.dumps(value) if isinstance(value, dict) else str(value)


async def written(db: Database, rows: list[dict[str, Any]]) -> list[tuple[object, ...]]:
    async with db.transaction(NOBODY) as session:
        session.add(Server(id=1))
        await session.flush()
        await insert_rows(session, DELIVERIES, rows)
    return stored(db)


async def test_row_written_in_bulk_is_the_row_that_is_written_alone(db: Database) -> None:
    bulk = await written(db, [a_row(1)])
    async with db.transaction(NOBODY) as session:
        await session.exec(insert(DELIVERIES).values(**a_row(2)))
    alone = stored(db)[-1]
    differing = [list(map(as_text, pair)) for pair in zip(bulk[0], alone, strict=True) if pair[0] != pair[1]]
    assert differing[:2] == [[f"{1:022}", f"{2:022}"], ["key-1", "key-2"]]
    assert [text[:19] for text in differing[2]] == ["2022-07-21 12:00:01", "2022-07-21 12:00:02"]
    assert differing[3:] == [['{"talk_ids": [1], "said": "\\u00e9"}', '{"talk_ids": [2], "said": "\\u00e9"}']]


@pytest.mark.parametrize("number", [0, 1, AT_ONCE, 2 * AT_ONCE + 1])
async def test_all_rows_are_written_however_many(db: Database, number: int) -> None:
    assert len(await written(db, [a_row(key) for key in range(number)])) == number


async def test_row_that_lacks_a_column_of_the_others_is_refused_and_nothing_is_kept(db: Database) -> None:
    lacking = {name: value for name, value in a_row(2).items() if name != "expires_at"}
    with pytest.raises(KeyError, match="expires_at"):
        await written(db, [a_row(1), lacking])
    assert stored(db) == []


async def test_naive_time_is_refused_in_bulk_as_well(db: Database) -> None:
    with pytest.raises(ValueError, match="only aware times are stored"):
        await written(db, [a_row(1, due_at=datetime(2022, 7, 21))])  # noqa: DTZ001 - naive on purpose
