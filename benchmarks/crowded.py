"""When all comes at once, 100 sessions, commands, votes and taps: how long people wait, and reminders are late."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta

from benchmarks.acknowledging import COMMANDS
from benchmarks.asking import WITHIN, open_list, put_questions, vote
from benchmarks.bench import Bench, bench, milliseconds, wait_until
from benchmarks.figures import Figure, spread
from benchmarks.lateness import P50 as LATE_P50
from benchmarks.lateness import P99 as LATE_P99
from benchmarks.programmes import jitter, long_session, running_sessions
from benchmarks.tapping import started
from benchmarks.waiting import Waited, timed
from bot.clock import real_now
from bot.rehearsal.loopback import Message, Person
from bot.schedules.schedule import Schedule

SESSIONS, TALKS = 100, 15
TALK = timedelta(seconds=16)
"""As in the benchmark of lateness: 12 messages and edits a second go out beside the answers."""
LONG_TALK = timedelta(minutes=30)
UNTIL_SETTLED = timedelta(seconds=14)
QUESTIONS, VOTES, VOTERS = 40, 200, 60
SECONDS = 30
VOTES_A_SECOND, COMMANDS_A_SECOND, TAPS_A_SECOND = 20.0, 5.0, 0.5
P99 = 25.0

Use = Callable[[int], Awaitable[Waited | None]]


async def crowded() -> list[Figure]:
    """20 votes, 5 commands and half a tap a second for half a minute, whoever has been answered, beside reminders."""
    async with bench(SESSIONS + 1, lead_minutes=5) as made:
        first = real_now() + UNTIL_SETTLED
        await made.fill(long_session(f"Room {SESSIONS + 1}", first, LONG_TALK))
        await put_questions(made, QUESTIONS, VOTES)
        running = running_sessions(SESSIONS, TALKS, first - TALK, TALK)
        await made.fill(running)
        moderator = made.server.add_member("Robin", manages_server=True)
        voters = [made.server.add_member(f"Voter {number}") for number in range(VOTERS)]
        async with made.running(until=first):
            await wait_until(first)
            console = await started(moderator, made.channels[-1])
            lists = [await open_list(voter, made.channels[-1]) for voter in voters]
            began = real_now()
            uses = [use async for use in _uses(made, moderator, console, list(zip(voters, lists, strict=True)))]
            waited = [one for one in await asyncio.gather(*uses) if one]
            beside = await _reminders(made, running, began)
    return [*_waiting(waited, len(uses)), *beside, Figure("429s", made.loopback.requests.rate_limited, "", 0)]


def _waiting(waited: list[Waited], used: int) -> list[Figure]:
    kinds = ("vote", "command", "tap")
    return [
        *spread(f"acknowledged, {SESSIONS} sessions, all kinds", [one.acknowledged for one in waited], p99=P99),
        *(
            figure
            for kind in kinds
            for figure in spread(f"a {kind}, acknowledged", [one.acknowledged for one in waited if one.what == kind])
        ),
        *(
            figure
            for kind in kinds
            for figure in spread(f"a {kind}, answered in full", [one.answered for one in waited if one.what == kind])
        ),
        Figure("uses not acknowledged or answered", used - len(waited), "", 0),
    ]


async def _reminders(made: Bench, running: Schedule, began: datetime) -> list[Figure]:
    """How late those came that fell due meanwhile: each talk but the first is announced as the one before it begins."""
    ended = began + timedelta(seconds=SECONDS)
    await wait_until(ended + timedelta(seconds=1))
    owed = [talk for session in running.sessions for talk in session.talks[:-1] if began <= talk.starts_at < ended]
    rows = [row for row in await made.deliveries("up_next", began) if row.due_at < ended]
    arrivals = made.arrivals()
    late = milliseconds([(row.due_at, arrivals[row.message_id or 0]) for row in rows if row.message_id in arrivals])
    return [
        *spread("reminders beside it, posted after their moment", late, p50=LATE_P50, p99=LATE_P99),
        Figure(f"reminders beside it, not posted of {len(owed)}", len(owed) - len(late), "", 0),
    ]


async def _uses(
    made: Bench, moderator: Person, console: Message, voters: list[tuple[Person, Message]]
) -> AsyncIterator[asyncio.Task[Waited | None]]:
    """Everything that is used, each at its moment."""

    def voted(number: int) -> Awaitable[Waited | None]:
        person, shown = voters[number % VOTERS]
        return timed("vote", vote(person, shown), within=WITHIN)

    def commanded(number: int) -> Awaitable[Waited | None]:
        name, options = COMMANDS[number % len(COMMANDS)]
        return timed("command", made.attendee.slash(made.channels[number % SESSIONS], name, **options), within=WITHIN)

    def tapped(_: int) -> Awaitable[Waited | None]:
        return timed("tap", moderator.press(console, "+1 min"), within=WITHIN)

    rates: tuple[tuple[Use, float], ...] = (
        (voted, VOTES_A_SECOND),
        (commanded, COMMANDS_A_SECOND),
        (tapped, TAPS_A_SECOND),
    )
    moments = [
        ((number + jitter(number)) / a_second, use, number)
        for use, a_second in rates
        for number in range(round(SECONDS * a_second))
    ]
    began = real_now()
    for second, use, number in sorted(moments, key=lambda moment: moment[0]):
        await wait_until(began + timedelta(seconds=second))
        yield asyncio.ensure_future(use(number))
