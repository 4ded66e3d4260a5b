"""What is owed, compared with what the outbox holds: the difference is a value that a service writes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from bot.rules.reminders import OF_EVENTS, TO_PEOPLE, Kind, Owed

WORTH_AN_EDIT = timedelta(minutes=1)
WORTH_A_NOTICE = timedelta(minutes=10)


class State(StrEnum):
    """Where a delivery stands.

    pending -> claimed (leased and prepared) -> sending (may be on its way) -> sent
    sending -> doubtful (no answer, or the process died): the channel is searched before it is sent again
    pending -> blocked (no permission, no channel) -> pending when that is put right in time
    any unsent -> skipped (too late to help), withdrawn (no longer owed), failed (Discord refuses it)
    """

    PENDING = "pending"
    CLAIMED = "claimed"
    SENDING = "sending"
    DOUBTFUL = "doubtful"
    SENT = "sent"
    BLOCKED = "blocked"
    SKIPPED = "skipped"
    WITHDRAWN = "withdrawn"
    FAILED = "failed"


UNSENT = frozenset({State.PENDING, State.CLAIMED, State.BLOCKED})
POSTED = frozenset({State.SENDING, State.DOUBTFUL, State.SENT})
SHELVED = frozenset({State.SKIPPED, State.WITHDRAWN})
NO_LONGER_OWED = "no longer owed: the plan, the channel or the lead times changed"


@dataclass(frozen=True, slots=True)
class Stored:
    """What the comparison needs to know of an outbox row."""

    id: str
    key: str
    kind: Kind
    state: State
    due_at: datetime
    expires_at: datetime | None
    channel_id: int
    session_id: int | None = None
    talk_ids: tuple[int, ...] = ()
    revision: int = 0
    shown_start: datetime | None = None
    announced_start: datetime | None = None
    shown_text: str | None = None
    message_id: int | None = None
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_posted_reminder(self) -> bool:
        return self.kind is Kind.UP_NEXT and self.state in POSTED


@dataclass(frozen=True, slots=True)
class Move:
    """An unsent row takes the times of what is owed now, and waits again."""

    id: str
    owed: Owed


@dataclass(frozen=True, slots=True)
class Edit:
    """A posted message is brought up to date; `announced_start` is set where a notice tells the move as well."""

    id: str
    owed: Owed
    announced_start: datetime | None = None
    revision: int | None = None


@dataclass(frozen=True, slots=True)
class Shelve:
    """An unsent row that will not be sent: skipped or withdrawn, with its reason; `expires_at` where that moved."""

    id: str
    state: State
    reason: str
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class OutboxChange:
    """The difference between what is owed and what is stored."""

    new: tuple[Owed, ...] = ()
    moved: tuple[Move, ...] = ()
    edits: tuple[Edit, ...] = ()
    shelved: tuple[Shelve, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.new or self.moved or self.edits or self.shelved)


class Standing:
    """Finds what a posted reminder stands for now: its own slot, else the one that took its talks in."""

    def __init__(self, owed: Iterable[Owed]) -> None:
        self._by_key: dict[str, Owed] = {}
        self._by_talk: dict[tuple[int, int], list[Owed]] = defaultdict(list)
        for item in owed:
            self._by_key[item.key] = item
            if item.kind is Kind.UP_NEXT:
                for talk_id in item.talk_ids:
                    self._by_talk[item.channel_id, talk_id].append(item)

    def of(self, key: str, channel_id: int, talk_ids: Sequence[int]) -> Owed | None:
        """What the row of that key tells now; a slot that takes place goes before a talk that was cancelled."""
        own = self._by_key.get(key)
        if own is not None and not own.only_if_posted:
            return own
        near = [item for talk_id in talk_ids for item in self._by_talk.get((channel_id, talk_id), ())]
        return min(near, key=lambda item: (item.only_if_posted, talk_ids.index(_first_of(item, talk_ids))), default=own)


def _first_of(item: Owed, talk_ids: Sequence[int]) -> int:
    return next(talk_id for talk_id in talk_ids if talk_id in item.talk_ids)


def compare(
    owed: Sequence[Owed], stored: Sequence[Stored], now: datetime, told: frozenset[int] = frozenset()
) -> OutboxChange:
    """What to write so that the outbox holds what is owed; comparing again once that is done gives an empty change.

    Until its message is edited, a row that stands for an edit is named again; a notice is not.

    Args:
        owed: everything, past and to come.
        stored: the rows that may stand for it.
        now: virtual.
        told: the talks whose change is told by a message of its own, so that no notice of a move is owed.
    """
    rows = {row.key: row for row in stored}
    kept = {item.key for item in owed}
    standing = _standing(owed, stored)
    worth = _Worth(owed, standing, now)
    new: list[Owed] = []
    moved: list[Move] = []
    shelved: list[Shelve] = []
    for item in owed:
        row = rows.get(item.key)
        if row is None:
            if worth.posting(item):
                new.append(item)
        elif row.state in SHELVED:
            if worth.posting(item):
                moved.append(Move(row.id, item))
        elif row.state in UNSENT:
            _unsent(item, row, now, moved, shelved)
    shelved.extend(_not_owed(row, now) for row in stored if row.key not in kept and _withdrawable(row))
    edits, notices = _edits(standing, rows, now, told)
    return OutboxChange((*new, *notices), tuple(moved), edits, tuple(shelved))


def _standing(owed: Sequence[Owed], stored: Sequence[Stored]) -> list[tuple[Stored, Owed]]:
    """The posted rows, each with what it stands for now."""
    posted = [row for row in stored if row.state in POSTED and row.kind is not Kind.MOVED]
    found = Standing(owed if posted else ())  # what is imported first has nothing posted, and thousands owed
    # nothing but a reminder is taken over by another slot's: a question put to the room stays what it is
    talks = (row.talk_ids if row.kind is Kind.UP_NEXT else () for row in posted)
    stand = ((row, found.of(row.key, row.channel_id, of)) for row, of in zip(posted, talks, strict=True))
    return [(row, item) for row, item in stand if item is not None]


class _Worth:
    """Whether something that no row waits for still helps: nobody is told late what this channel was told."""

    def __init__(self, owed: Sequence[Owed], standing: Sequence[tuple[Stored, Owed]], now: datetime) -> None:
        self._now = now
        self._told = {
            (item.channel_id, talk_id) for row, item in standing if row.is_posted_reminder for talk_id in item.talk_ids
        }
        self._latest: dict[tuple[int, str], datetime] = {}
        for item in owed:
            if item.kind is Kind.UP_NEXT and item.due_at <= now:
                about = item.channel_id, item.subject
                self._latest[about] = max(item.due_at, self._latest.get(about, item.due_at))

    def posting(self, item: Owed) -> bool:
        if item.only_if_posted or (item.expires_at is not None and item.expires_at <= self._now):
            return False
        if item.kind is not Kind.UP_NEXT or item.due_at > self._now:
            return True
        if item.due_at < self._latest[item.channel_id, item.subject]:
            return False  # another lead of the same slot is due as well, and says all of it
        return not all((item.channel_id, talk_id) in self._told for talk_id in item.talk_ids)


def _unsent(item: Owed, row: Stored, now: datetime, moved: list[Move], shelved: list[Shelve]) -> None:
    if item.only_if_posted:
        reason = "the talk was cancelled" if item.kind is Kind.UP_NEXT else NO_LONGER_OWED
        shelved.append(Shelve(row.id, State.WITHDRAWN, reason))
    elif item.expires_at is not None and item.expires_at <= now:
        shelved.append(Shelve(row.id, State.SKIPPED, too_late(item.kind, item.expires_at), item.expires_at))
    elif row.state is State.CLAIMED or _differs(item, row):
        # a claimed row's message is written already, perhaps from the programme as it was before
        moved.append(Move(row.id, item))


def _differs(item: Owed, row: Stored) -> bool:
    wanted = item.due_at, item.expires_at, item.session_id, item.talk_ids
    return wanted != (row.due_at, row.expires_at, row.session_id, row.talk_ids)


def _edits(
    standing: Sequence[tuple[Stored, Owed]], rows: dict[str, Stored], now: datetime, told: frozenset[int]
) -> tuple[tuple[Edit, ...], list[Owed]]:
    """Posted messages that are no longer right, and one notice for each talk that moved far."""
    edits: list[Edit] = []
    notices: list[Owed] = []
    for group in _by_subject(standing, now):
        notice = _notice(group, rows, now)
        if notice is not None and not told.isdisjoint(notice.talk_ids):
            edits.extend(Edit(row.id, item, item.starts_at, row.revision) for row, item in group)
        elif notice is not None:
            notices.append(notice)
            edits.extend(Edit(row.id, item, item.starts_at, notice.revision) for row, item in group)
        else:
            edits.extend(Edit(row.id, item) for row, item in group if _is_outdated(row, item))
    return tuple(edits), notices


def _by_subject(standing: Sequence[tuple[Stored, Owed]], now: datetime) -> Iterable[list[tuple[Stored, Owed]]]:
    """A talk announced twice, by two leads, is one subject: its move is told once."""
    groups: dict[tuple[int, str, Kind], list[tuple[Stored, Owed]]] = defaultdict(list)
    for row, item in standing:
        if item.expires_at is None or item.expires_at > now:
            groups[item.channel_id, item.subject, item.kind].append((row, item))
    return groups.values()


def _is_outdated(row: Stored, item: Owed) -> bool:
    shift = abs(item.starts_at - row.shown_start) if item.starts_at and row.shown_start else timedelta(0)
    return shift >= WORTH_AN_EDIT or item.text != row.shown_text or item.session_id != row.session_id


def _notice(group: Sequence[tuple[Stored, Owed]], rows: dict[str, Stored], now: datetime) -> Owed | None:
    """A notice if the talk is expected far from every time that readers were told."""
    item = group[0][1]
    told = [start for row, _ in group if (start := row.announced_start or row.shown_start)]
    if item.kind is not Kind.UP_NEXT or item.only_if_posted or item.starts_at is None or not told:
        return None
    starts_at = item.starts_at
    nearest = min(told, key=lambda start: abs(starts_at - start))
    if abs(starts_at - nearest) < WORTH_A_NOTICE:
        return None
    notice = moved_notice(item, nearest, max(row.revision for row, _ in group) + 1, now)
    while notice.key in rows:
        notice = notice.revised(notice.revision + 1)
    return notice


def moved_notice(item: Owed, told: datetime, revision: int, now: datetime) -> Owed:
    """One short notice that a talk announced for `told` is now expected at another time."""
    return Owed(
        server_id=item.server_id,
        channel_id=item.channel_id,
        kind=Kind.MOVED,
        subject=item.subject,
        session_id=item.session_id,
        talk_ids=item.talk_ids,
        revision=revision,
        due_at=now,
        expires_at=item.starts_at,
        starts_at=item.starts_at,
        details={"told": told.isoformat()},
    )


def _withdrawable(row: Stored) -> bool:
    return row.state in UNSENT and row.kind is not Kind.MOVED and row.kind not in OF_EVENTS


def _not_owed(row: Stored, now: datetime) -> Shelve:
    if row.expires_at is not None and row.expires_at <= now:
        return Shelve(row.id, State.SKIPPED, too_late(row.kind, row.expires_at))
    return Shelve(row.id, State.WITHDRAWN, NO_LONGER_OWED)


def too_late(kind: Kind, expires_at: datetime) -> str:
    """Why an unsent row was given up."""
    what = "its talk began" if kind in (Kind.UP_NEXT, Kind.MOVED, *TO_PEOPLE) else "it was no longer news"
    return f"too late: {what} at {expires_at:%Y-%m-%d %H:%M:%S} UTC before it could be sent"
