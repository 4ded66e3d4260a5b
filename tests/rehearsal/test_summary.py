"""The verdict of a rehearsal: what is lost, and what could not be said in time at such a speed."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.rehearsal.loopback import Loopback, Message
from bot.rehearsal.reckoning import Played
from bot.rehearsal.summary import Summary, summarise
from bot.rules.outbox import State
from bot.rules.reminders import Kind, Owed
from bot.services.planning import row_of
from db.database import NOBODY, Database
from db.tables import Delivery, Server
from tests.builders import CHANNEL, SERVER, at


async def summary_of(db: Database, *lateness_ms: float, speed: float, restarts: int = 0) -> Summary:
    """The summary of a rehearsal in which messages came so late."""
    async with db.transaction(NOBODY) as session:
        session.add(Server(id=SERVER))
        await session.flush()
        for number, late in enumerate(lateness_ms):
            item = Owed(SERVER, CHANNEL, Kind.UP_NEXT, f"talk-{number}", due_at=at("12:25"), expires_at=at("12:30"))
            session.add(Delivery(**row_of(item, planned_at=at("12:20")) | {"state": "sent", "lateness_ms": late}))
    played = Played(speed, restarts=restarts)
    return await summarise(talks=1, expected=0, messages=[], db=db, refused=0, played=played)


@pytest.mark.parametrize(
    ("lateness_ms", "of_session"),
    [(66.0, "66 ms are 4 s"), (1500.0, "1,500 ms are 1 min 30 s"), (4.0, "4 ms are less than a second")],
)
async def test_lateness_is_told_in_real_time_and_by_the_sessions_clock(
    db: Database, lateness_ms: float, of_session: str
) -> None:
    latest = of_session.partition(" are")[0]
    assert str(await summary_of(db, 3.0, 4.0, lateness_ms, speed=60)).splitlines()[1:3] == [
        f"in real time half of the messages were 4 ms late at most, the latest {latest}",
        f"at 60x these {of_session} of the session",
    ]


async def test_lateness_at_the_speed_of_life_is_told_once(db: Database) -> None:
    assert "of the session" not in str(await summary_of(db, 4.0, speed=1))


async def test_lateness_is_not_told_where_nothing_came(db: Database) -> None:
    assert "latest" not in str(await summary_of(db, speed=60))


@pytest.mark.parametrize("restarts", [0, 1])
async def test_restart_is_told_beside_the_lateness(db: Database, restarts: int) -> None:
    told = str(await summary_of(db, 2746.0, speed=60, restarts=restarts))
    assert ("meanwhile the bot was killed" in told) == bool(restarts)


async def given_up(db: Database, kind: Kind, *, until: datetime, speed: float, state: State = State.SKIPPED) -> Summary:
    """The summary of a rehearsal that gave up one delivery, due at 12:25, and owed one reminder."""
    item = Owed(SERVER, CHANNEL, kind, "talk-1", due_at=at("12:25"), expires_at=until)
    async with db.transaction(NOBODY) as session:
        session.add(Server(id=SERVER))
        await session.flush()
        session.add(Delivery(**row_of(item, planned_at=at("12:20")) | {"state": state.value, "reason": "too late"}))
    expected = 1 if kind is Kind.UP_NEXT else 0
    return await summarise(talks=1, expected=expected, messages=[], db=db, refused=0, played=Played(speed))


async def test_reminder_that_was_skipped_is_not_as_it_should_be(db: Database) -> None:
    summary = await given_up(db, Kind.UP_NEXT, until=at("12:30"), speed=600)
    assert not summary.is_clean
    assert "1 message given up" in str(summary)
    assert "given up: up next: too late" in str(summary)


async def test_time_signal_of_half_a_minute_may_be_overtaken_at_600_times_the_speed(db: Database) -> None:
    summary = await given_up(db, Kind.CUE, until=at("12:25:30"), speed=600)
    assert summary.is_clean
    assert "overtaken, as they held for less than a moment at this speed: 1 time signal" in str(summary)


async def test_time_signal_of_half_a_minute_may_not_be_skipped_where_it_held_for_three_seconds(db: Database) -> None:
    summary = await given_up(db, Kind.CUE, until=at("12:25:30"), speed=10)
    assert not summary.is_clean
    assert "given up: time signal: too late" in str(summary)


@pytest.mark.parametrize(
    ("contents", "nonces", "doubled"),
    [
        (["**Now and next** in Hall F\nThat was the last talk here today."] * 2, ["a", "b"], 0),
        (["Up next in 5 minutes: **Talk 1**"] * 2, ["a", "b"], 1),
        (["Up next in 5 minutes: **Talk 1**", "Up next in 4 minutes: **Talk 1**"], ["a", "a"], 1),
        (["Done."] * 2, [None, None], 0),
    ],
)
async def test_message_is_doubled_that_is_the_same_delivery_or_reminds_in_the_same_words(
    db: Database, contents: list[str], nonces: list[str | None], doubled: int
) -> None:
    loopback = Loopback()
    channel = loopback.add_server("ICML").add_channel("hall-f")
    pairs = enumerate(zip(contents, nonces, strict=True))
    posted = [Message(number, channel, loopback.bot, content, nonce=nonce) for number, (content, nonce) in pairs]
    summary = await summarise(talks=1, expected=2, messages=posted, db=db, refused=0, played=Played(60))
    assert summary.doubled == doubled


async def test_reminder_that_the_moderator_was_ahead_of_is_none_lost(db: Database) -> None:
    summary = await given_up(db, Kind.UP_NEXT, until=at("12:30"), speed=60, state=State.WITHDRAWN)
    assert summary.is_clean
    assert "withdrawn, as the moderator was ahead of them: 1 reminder" in str(summary)
