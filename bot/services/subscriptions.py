"""What people ask to be reminded of: adding, listing and removing, each with the rows that follow from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.clock import Clock
from bot.errors import CommandError
from bot.rules.programme import OFF, ExpectedTalk, TalkState
from bot.rules.subscriptions import (
    BY_WORDS,
    DEFAULT_LEAD,
    MATCHES_AT_MOST,
    SUBSCRIPTIONS_AT_MOST,
    Wanted,
    Wish,
    checked_words,
    fitting_lead,
    same_wish,
)
from bot.services.people import owe_again
from bot.services.personal_planning import leave_mentions, plan_people
from bot.services.planning import follow_people
from bot.services.programme import PlacedSession, load_sessions
from bot.services.servers import server_row
from bot.services.wishes import offered_to, wish_of
from db.bulk import in_parts
from db.database import Database
from db.people_tables import Person, Subscription
from db.tables import Server, Talk

NOT_THERE = "that reminder is not there any more"


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks to be reminded of; no lead is the default, or a shorter one where the talk begins sooner.

    Attributes:
        about: the key of the talk or session.
        words: the name or word, as typed.
    """

    server_id: int
    user_id: int
    kind: Wanted
    about: int | None = None
    words: str = ""
    lead: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Upcoming:
    """A talk that somebody is reminded of, with its session."""

    placed: PlacedSession
    expected: ExpectedTalk


@dataclass(frozen=True, slots=True)
class Held:
    """A subscription as it stands.

    Attributes:
        talks: those it is about, in order of expected start.
        title: what it is about, as people call it.
        is_new: it was not there before; changed: it had another lead.
    """

    wish: Wish
    title: str
    talks: tuple[Upcoming, ...]
    is_new: bool = False

    def ahead(self, now: datetime) -> list[Upcoming]:
        """The talks that it still reminds of."""
        return [one for one in self.talks if one.expected.state not in OFF and one.expected.starts_at > now]


async def subscribe(db: Database, clock: Clock, asked: Asked) -> Held:
    """Remind somebody from now on, by the channel of their direct messages that is stored already.

    Asking for the same again sets its lead; without one, what is set stays.

    Raises:
        CommandError: there is no such talk, it began or is off, it is too much, or a word fits too many.
    """
    now = clock.now()
    async with db.transaction((asked.server_id, asked.user_id)) as session:
        server = await server_row(session, asked.server_id)
        rows = await _of_person(session, asked.server_id, asked.user_id)
        wish, talks = await _wish(session, server, asked, now)
        known = same_wish([wish_of(row) for row in rows], wish.kind, wish.about, wish.words)
        lead = asked.lead or (known.lead if known else _lead(wish, talks, now))
        if known is None:
            if len(rows) >= SUBSCRIPTIONS_AT_MOST:
                raise CommandError(
                    f"you have {SUBSCRIPTIONS_AT_MOST} reminders here, which is the most",
                    do="Remove one with /remind remove",
                )
            session.add(_row_of(asked, wish, lead, now, mentions=any(row.mentions for row in rows)))
        else:
            row = next(row for row in rows if row.id == known.id)
            row.lead_seconds = int(lead.total_seconds())
        await session.flush()
        await plan_people(session, server, now, user_id=asked.user_id)
        await follow_people(session, server, [one.placed for one in talks], now)
        rows = await _of_person(session, asked.server_id, asked.user_id)
        stored = same_wish([wish_of(row) for row in rows], wish.kind, wish.about, wish.words)
        assert stored is not None  # noqa: S101 - it was just written
        return Held(stored, _title(stored, talks), talks, is_new=known is None)


def _lead(wish: Wish, talks: Sequence[Upcoming], now: datetime) -> timedelta:
    """The default, or a shorter one where the only talk that is meant begins sooner."""
    if wish.kind in BY_WORDS or not talks:
        return DEFAULT_LEAD
    lead = fitting_lead(talks[0].expected.starts_at, now)
    if lead is None:
        raise CommandError("it begins within a minute, so there is nothing to remind you of")
    return lead


async def _wish(
    session: AsyncSession, server: Server, asked: Asked, now: datetime
) -> tuple[Wish, tuple[Upcoming, ...]]:
    """What was asked for, checked, with the talks that it is about."""
    words = checked_words(asked.words, asked.kind) if asked.kind in BY_WORDS else ""
    wish = Wish(0, asked.user_id, asked.kind, timedelta(0), asked.about, words)
    offered = await offered_to(session, server, [wish], now)
    fitting = offered.all_of(wish)
    if len(fitting) > MATCHES_AT_MOST:
        raise CommandError(
            f"“{words}” fits {len(fitting):,} talks, and {MATCHES_AT_MOST} is the most", do="Write more of it"
        )
    talks = await _upcoming(session, server, fitting, now)
    if asked.kind not in BY_WORDS:
        _check_ahead(asked.kind, talks, now)
    return wish, talks


def _check_ahead(kind: Wanted, talks: Sequence[Upcoming], now: datetime) -> None:
    if not talks:
        raise CommandError(f"that {kind} is not in this server's programme", do="Choose one that the command offers")
    expected = talks[0].expected
    if expected.state in OFF:
        raise CommandError(f"that {kind} does not take place: it was {expected.state}", do="Choose another in /agenda")
    if expected.state is not TalkState.WAITING or expected.starts_at <= now:
        raise CommandError(f"that {kind} has begun already", do="See /now, or choose another in /agenda")


async def _upcoming(
    session: AsyncSession, server: Server, talk_ids: Sequence[int], now: datetime
) -> tuple[Upcoming, ...]:
    """These talks with their forecast, in order of expected start."""
    keys = set(talk_ids)
    sessions: set[int] = set()
    for part in in_parts(sorted(keys)):
        sessions |= set(await session.exec(select(Talk.session_id).where(col(Talk.id).in_(part))))
    placed: list[PlacedSession] = []
    for part in in_parts(sorted(sessions)):
        placed += await load_sessions(session, server=server, now=now, session_ids=part)
    found = [Upcoming(p, e) for p in placed for e in p.expected.talks if e.talk.id in keys]
    return tuple(sorted(found, key=lambda one: (one.expected.starts_at, one.expected.talk.id)))


def _title(wish: Wish, talks: Sequence[Upcoming]) -> str:
    if wish.kind in BY_WORDS:
        return wish.words
    if not talks:
        return "what is no longer planned"
    first = talks[0]
    return first.expected.talk.title if wish.kind is Wanted.TALK else first.placed.session.title


def _row_of(asked: Asked, wish: Wish, lead: timedelta, now: datetime, *, mentions: bool) -> Subscription:
    return Subscription(
        server_id=asked.server_id,
        user_id=asked.user_id,
        kind=wish.kind.value,
        talk_id=wish.about if wish.kind is Wanted.TALK else None,
        session_id=wish.about if wish.kind is Wanted.SESSION else None,
        words=wish.words or None,
        lead_seconds=int(lead.total_seconds()),
        mentions=mentions,
        made_at=now,
    )


async def _of_person(session: AsyncSession, server_id: int, user_id: int) -> list[Subscription]:
    mine = Subscription.server_id == server_id, Subscription.user_id == user_id
    return list(await session.exec(select(Subscription).where(*mine).order_by(col(Subscription.id))))


@dataclass(frozen=True, slots=True)
class Reminders:
    """A person's reminders on one server.

    Attributes:
        mentions: they agreed to be mentioned in the session's channel.
        person: their zone and whether direct messages reach them.
    """

    held: tuple[Held, ...]
    person: Person
    mentions: bool
    now: datetime


async def reminders_of(db: Database, clock: Clock, server_id: int, user_id: int) -> Reminders:
    """What a person is reminded of on one server, in the order in which they asked."""
    now = clock.now()
    async with db.reading() as session:
        rows = await _of_person(session, server_id, user_id)
        person = await session.get(Person, user_id) or Person(id=user_id)
        server = await session.get(Server, server_id)
        if server is None or not rows:
            return Reminders((), person, mentions=False, now=now)
        wishes = [wish_of(row) for row in rows]
        offered = await offered_to(session, server, wishes, now)
        talks = await _upcoming(session, server, [key for wish in wishes for key in offered.of(wish)], now)
    held = []
    for wish in wishes:
        about = set(offered.of(wish))
        theirs = tuple(one for one in talks if one.expected.talk.id in about)
        held.append(Held(wish, _title(wish, theirs), theirs))
    return Reminders(tuple(held), person, mentions=any(row.mentions for row in rows), now=now)


async def wishes_for(db: Database, clock: Clock, server_id: int, user_id: int, talk_id: int) -> list[Held]:
    """The subscriptions that remind a person of one talk."""
    mine = await reminders_of(db, clock, server_id, user_id)
    return [held for held in mine.held if any(one.expected.talk.id == talk_id for one in held.talks)]


async def unsubscribe(db: Database, clock: Clock, *, user_id: int, wish_id: int) -> tuple[Wish, str]:
    """Remind a person of this no longer; what it was, and its title. What is sent already stays.

    Raises:
        CommandError: they have no such reminder, on any server.
    """
    async with db.reading() as session:
        known = await session.get(Subscription, wish_id)
    async with db.transaction({user_id, *([known.server_id] if known else [])}) as session:
        row = await session.get(Subscription, wish_id)
        if row is None or row.user_id != user_id:
            raise CommandError(NOT_THERE, do="See what there is with /remind list")
        wish, server, now = wish_of(row), await session.get_one(Server, row.server_id), clock.now()
        offered = await offered_to(session, server, [wish], now)
        title = _title(wish, await _upcoming(session, server, offered.of(wish)[:1], now))
        await session.delete(row)
        await session.flush()
        await plan_people(session, server, now, user_id=user_id)
        return wish, title


async def agree_to_mentions(db: Database, clock: Clock, *, server_id: int, user_id: int, agreed: bool) -> None:
    """Whether a person may be mentioned in the sessions' channels of a server where direct messages are closed.

    What was given up for that, and still helps, is owed again, or waits no longer.

    Raises:
        CommandError: they have no reminder there.
    """
    async with db.transaction((server_id, user_id)) as session:
        rows = await _of_person(session, server_id, user_id)
        if not rows:
            raise CommandError("you have no reminders here", do="Add one with /remind add")
        for row in rows:
            row.mentions = agreed
        await (owe_again(session, user_id, clock.now()) if agreed else leave_mentions(session, server_id, user_id))
