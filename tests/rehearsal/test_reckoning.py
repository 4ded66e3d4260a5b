"""What was lost, where somebody took part: judged by the store and by what was ever posted."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

import pytest

from bot.rehearsal.loopback import Loopback
from bot.rehearsal.loopback.world import posting
from bot.rehearsal.loopback.world.posting import Draft
from bot.rehearsal.reckoning import Played, posted_nonces, reckon, reminders_owed
from bot.rehearsal.summary import Summary, summarise
from bot.rehearsal.troubles import Absence
from bot.rules.outbox import State
from bot.rules.reminders import Kind, Owed
from bot.services.planning import row_of
from db.database import NOBODY, Database
from db.tables import Delivery, Server
from tests.builders import CHANNEL, SERVER, at

END = at("13:00")


def a_row(state: State, *, due: str = "12:25", until: str | None = "12:30", kind: Kind = Kind.UP_NEXT) -> Delivery:
    owed = Owed(SERVER, CHANNEL, kind, "talk-1", due_at=at(due), expires_at=at(until) if until else None)
    return Delivery(**row_of(owed, planned_at=at("12:20")) | {"state": state.value, "reason": "too late"})


def moved(*absences: Absence, until: datetime = END, speed: float = 60) -> Played:
    return Played(speed, absences=absences, moved_until=until)


@pytest.mark.parametrize(
    ("state", "is_lost"),
    [
        (State.PENDING, True),
        (State.CLAIMED, True),
        (State.SENDING, True),
        (State.DOUBTFUL, True),
        (State.SENT, False),
        (State.WITHDRAWN, False),
        (State.SKIPPED, False),
    ],
)
def test_what_nothing_became_of_is_lost(state: State, *, is_lost: bool) -> None:
    row = a_row(state)
    assert bool(reckon([row], moved(), frozenset({row.id})).lost) is is_lost


def test_what_is_due_later_is_not_lost() -> None:
    assert reckon([a_row(State.PENDING)], moved(until=at("12:24")), frozenset()).lost == []


def test_what_is_said_to_be_sent_and_was_never_posted_is_lost() -> None:
    row = a_row(State.SENT)
    assert reckon([row], moved(), frozenset()).lost == [row]
    assert reckon([row], Played(60), frozenset()).lost == []


@pytest.mark.parametrize(
    ("begins", "ends", "kept_from"),
    [
        ("12:24", "12:31", 1),  # away for as long as it held
        ("12:24", "12:29:50", 1),  # back for ten seconds, a sixth of a real one
        ("12:24", "12:29", 0),  # back for a minute, a real second: it could have been sent
        ("12:25:30", "12:31", 0),  # away only after half a minute
        ("12:31", "12:40", 0),
    ],
)
def test_what_held_while_discord_was_away_could_not_be_sent(begins: str, ends: str, kept_from: int) -> None:
    found = reckon([a_row(State.SKIPPED)], moved(Absence(at(begins), at(ends))), frozenset())
    assert (found.kept_from[Kind.UP_NEXT], len(found.given_up)) == (kept_from, 1 - kept_from)


def test_what_discord_refuses_is_given_up_whoever_was_away() -> None:
    found = reckon([a_row(State.FAILED)], moved(Absence(at("12:00"), at("13:00"))), frozenset())
    assert (found.kept_from, len(found.given_up)) == (Counter(), 1)


def test_reminders_owed_are_those_due_that_could_be_sent() -> None:
    rows = [a_row(State.SENT), a_row(State.WITHDRAWN), a_row(State.SKIPPED), a_row(State.PENDING, due="13:30")]
    played = moved(Absence(at("12:00"), at("13:00")))
    assert reminders_owed(rows, reckon(rows, played, frozenset()), END) == 1


def test_nonces_are_remembered_when_what_they_were_posted_with_is_gone() -> None:
    loopback = Loopback()
    channel = loopback.add_server("ICML").add_channel("hall-f")
    posting.delete(loopback.world, posting.post(loopback.world, channel, loopback.bot, Draft("Up next", nonce="n")))
    assert posted_nonces(loopback.world.channels.values()) == {"n"}


async def test_summary_goes_by_the_store_where_somebody_took_part(db: Database) -> None:
    sent, waiting = a_row(State.SENT), a_row(State.PENDING)
    waiting.key += "2"
    sent_id = sent.id
    async with db.transaction(NOBODY) as session:
        session.add(Server(id=SERVER))
        await session.flush()
        session.add(sent)
        session.add(waiting)

    async def summary(played: Played) -> Summary:
        nonces = frozenset({sent_id})
        return await summarise(talks=1, expected=15, messages=[], nonces=nonces, db=db, refused=0, played=played)

    lost = await summary(moved())
    assert (lost.posted, lost.expected, lost.is_clean) == (1, 2, False)
    assert "lost: up next: it is pending" in str(lost)
    early = await summary(moved(until=at("12:24")))
    assert (early.posted, early.is_clean) == (1, True)
    assert not (await summary(Played(60))).is_clean
