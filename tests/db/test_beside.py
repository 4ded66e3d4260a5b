"""What is written beside a transaction is kept exactly where that is, and once."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from db.beside import write_beside
from db.database import NOBODY, Database
from db.tables import Server


class Note:
    """A server's row as what is written besides; not before it is `wanted`."""

    def __init__(self, key: int, *, wanted: bool = True) -> None:
        self.is_written = False
        self.key = key
        self.wanted = wanted

    async def write(self, session: AsyncSession) -> bool:
        if self.wanted:
            session.add(Server(id=self.key))
            await session.flush()
        return self.wanted


async def add(db: Database, key: int) -> None:
    async with db.transaction(NOBODY) as session:
        session.add(Server(id=key))


async def kept(db: Database) -> set[int]:
    async with db.reading() as session:
        return set(await session.exec(select(Server.id)))


@pytest.mark.slow
async def test_next_transaction_takes_it_along_and_no_other(db: Database) -> None:
    write_beside(note := Note(7))
    await add(db, 1)
    assert note.is_written
    await add(db, 2)
    assert await kept(db) == {1, 2, 7}


async def test_transaction_that_fails_keeps_neither_and_no_later_one_keeps_it(db: Database) -> None:
    await add(db, 1)
    write_beside(note := Note(7))
    with pytest.raises(IntegrityError):
        await add(db, 1)
    await add(db, 2)
    assert not note.is_written
    assert await kept(db) == {1, 2}


async def test_act_is_not_kept_without_what_is_written_besides(db: Database) -> None:
    await add(db, 7)
    write_beside(note := Note(7))
    with pytest.raises(IntegrityError):
        await add(db, 1)
    assert not note.is_written
    assert await kept(db) == {7}


async def test_what_is_not_wanted_yet_waits_for_a_later_transaction(db: Database) -> None:
    write_beside(note := Note(7, wanted=False))
    await add(db, 1)
    assert not note.is_written
    note.wanted = True
    await add(db, 2)
    assert note.is_written
    assert await kept(db) == {1, 2, 7}


async def test_other_tasks_transactions_have_nothing_to_do_with_it(db: Database) -> None:
    write_beside(note := Note(7))
    await asyncio.create_task(add(db, 1))
    assert not note.is_written
    assert await kept(db) == {1}
    await add(db, 2)
    assert note.is_written


async def test_reading_and_trying_leave_it_for_the_transaction_that_is_kept(db: Database) -> None:
    write_beside(note := Note(7))
    async with db.reading(), db.trying(NOBODY):
        pass
    assert not note.is_written
    await add(db, 1)
    assert await kept(db) == {1, 7}
