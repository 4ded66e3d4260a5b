"""2,000 attendees with reminders for one talk: how long until all are out, what goes first, a kill on the way."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import col, select

from benchmarks.bench import READY_SECONDS, Bench, bench, wait, wait_until
from benchmarks.figures import Figure, percentile
from benchmarks.programmes import single_talks
from bot.clock import AnchoredClock, real_now
from bot.rehearsal.loopback import Person
from bot.services.editing import TalkEdit, edit_talk
from bot.services.personal_planning import plan_people
from db.columns import METADATA
from db.database import NOBODY
from db.people_tables import Mention
from db.tables import Delivery, Server

PEOPLE = 2000
CLOSED = 100
"""Of those, the ones who take no direct messages any more; half of them agreed to a mention."""
CHANNELS = 20
"""In each of them a reminder falls due at the same moment."""
LEAD_MINUTES = 5
UNTIL_CONNECTED = timedelta(seconds=25)
AT_MOST_SECONDS, QUIET_SECONDS = 150, 12
PROMISED_SECONDS = 80
KILLED_AFTER = 20


@dataclass(frozen=True, slots=True)
class _Crowd:
    """The people of a bench, and when their reminders fall due."""

    made: Bench
    people: list[Person]
    due: datetime

    def moments(self) -> list[datetime]:
        """When each direct message was taken."""
        return sorted(m.created_at for person in self.people for m in person.direct_channel.posted.values())

    def doubled(self) -> int:
        return sum(len(person.direct_channel.posted) > 1 for person in self.people)

    def missed(self) -> int:
        """Those who take direct messages and got none."""
        return sum(not person.direct_channel.posted for person in self.people[CLOSED:])

    def out(self) -> float:
        """Seconds from the due moment to the last direct message; NaN unless everybody has theirs."""
        moments = self.moments()
        all_out = bool(moments) and not self.missed()
        return (moments[-1] - self.due).total_seconds() if all_out else percentile([], 50)


async def reminding() -> list[Figure]:
    """Once undisturbed, once with the process killed on the way."""
    return [*await _undisturbed(), *await _killed()]


async def _undisturbed() -> list[Figure]:
    async with bench(CHANNELS, lead_minutes=LEAD_MINUTES) as made:
        crowd, moved = await _crowd(made)
        async with made.running(until=crowd.due):
            await wait_until(crowd.due)
            await _until_out(crowd)
        channels = sorted(made.arrivals().values())
        ups = [row for row in await made.deliveries("up_next", crowd.due - timedelta(minutes=1)) if row.message_id]
        arrivals = made.arrivals()
        reminders = [arrivals[row.message_id] for row in ups if row.message_id in arrivals]
        mentioned = await _mentioned(made)
    direct = crowd.moments()
    early = sum(at > direct[0] for at in reminders) if direct else percentile([], 50)
    return [
        Figure(f"{PEOPLE:,} people, one talk: all out within", crowd.out(), "s", PROMISED_SECONDS),
        Figure("doubled", crowd.doubled(), "", 0),
        Figure("without theirs", crowd.missed(), "", 0),
        Figure("most that arrived in any second", _most_in_a_second(direct), ""),
        Figure(f"of {CHANNELS} channels' reminders, after the first direct message", early, "", 0),
        Figure("mentioned in the channel, their messages being closed", abs(CLOSED // 2 - mentioned), "off", 0),
        Figure("messages in channels", len(channels), ""),
        Figure("429s", made.loopback.requests.rate_limited, "", 0),
        Figure(f"moving a talk of {PEOPLE:,} people in the store", moved, "ms"),
    ]


async def _killed() -> list[Figure]:
    async with bench(CHANNELS, lead_minutes=LEAD_MINUTES) as made:
        crowd, _ = await _crowd(made)
        bot = made.bot
        await bot.start()
        try:
            await wait_until(crowd.due)
            await wait(KILLED_AFTER)
            before = len(crowd.moments())
            await bot.kill()
            await bot.start()
            await made.loopback.wait_until_ready(within=READY_SECONDS)
            await _until_out(crowd)
        finally:
            await bot.stop()
    return [
        Figure(f"killed after {KILLED_AFTER} s, sent by then", before, ""),
        Figure("killed and started again: all out within", crowd.out(), "s", PROMISED_SECONDS + 10),
        Figure("killed and started again: doubled", crowd.doubled(), "", 0),
        Figure("killed and started again: without theirs", crowd.missed(), "", 0),
    ]


async def _crowd(made: Bench) -> tuple[_Crowd, float]:
    """Everybody reminded of the first room's talk; how many milliseconds moving that took, for all of them."""
    people = [made.server.add_member(f"Attendee {number}") for number in range(PEOPLE)]
    for person in people[:CLOSED]:
        person.take_direct_messages(allowed=False)
    await made.fill(single_talks(CHANNELS, CHANNELS, real_now() + timedelta(hours=1), timedelta(0)))
    server_id = made.server.id
    async with made.store() as db:
        async with db.transaction(NOBODY) as session:
            connection = await session.connection()
            stored = [{"id": p.id, "dm_channel_id": p.direct_channel.id, "told_closed": False} for p in people]
            await connection.execute(METADATA.tables["people"].insert(), stored)
            wish = {"server_id": server_id, "kind": "talk", "talk_id": 1, "lead_seconds": 60 * LEAD_MINUTES}
            wishes = [
                {**wish, "user_id": p.id, "mentions": number < CLOSED // 2, "made_at": real_now()}
                for number, p in enumerate(people)
            ]
            await connection.execute(METADATA.tables["subscriptions"].insert(), wishes)
            server = await session.get_one(Server, server_id)
            for person in people:
                await plan_people(session, server, real_now(), user_id=person.id)
        due = real_now() + UNTIL_CONNECTED
        starts, moved = due + timedelta(minutes=LEAD_MINUTES), 0.0
        for session_id in range(1, CHANNELS + 1):
            began = time.perf_counter()
            await edit_talk(
                db,
                AnchoredClock(),
                server_id=server_id,
                session_id=session_id,
                edit=TalkEdit(session_id, starts_at=starts),
                by=1,
            )
            moved = moved or (time.perf_counter() - began) * 1000
    return _Crowd(made, people, due), moved


async def _mentioned(made: Bench) -> int:
    query = select(Mention.user_id).join(Delivery, col(Delivery.id) == Mention.delivery_id)
    async with made.store() as db, db.reading() as session:
        return len(set(await session.exec(query.where(Delivery.state == "sent"))))


def _most_in_a_second(moments: Sequence[datetime]) -> int:
    by_second = Counter[int]()
    first = 0
    for last, moment in enumerate(moments):
        while moments[first] <= moment - timedelta(seconds=1):
            first += 1
        by_second[0] = max(by_second[0], last - first + 1)
    return by_second[0]


async def _until_out(crowd: _Crowd) -> None:
    """Until everybody has theirs and nothing was asked for in a while, or it takes too long."""
    requests, quiet = crowd.made.loopback.requests, 0
    for _ in range(AT_MOST_SECONDS):
        before = len(requests)
        await wait(1)
        quiet = quiet + 1 if len(requests) == before else 0
        if quiet >= (2 if not crowd.missed() else QUIET_SECONDS):
            return
