"""What a new version of a programme changes for whoever goes to its talks: in values that messages put into words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from bot.rules.changes import much_alike

VANISHING = 3
"""Where more than one in so many talks is gone, the file is more likely cut short than the programme."""
TOLD_AHEAD = timedelta(days=7)
"""A programme is built for months; who reads a channel is told of what changes in the days before."""


class Origin(StrEnum):
    """What changed a programme; the values are what a version stores. What moderators do on the day is not told."""

    IMPORT = "import"
    REFRESH = "refresh"
    EDIT = "edit"
    ON_THE_DAY = "on the day"


class ChangeKind(StrEnum):
    """What happened to a talk, the gravest first."""

    REMOVED = "removed"
    CANCELLED = "cancelled"
    MOVED = "moved"
    OTHER_ROOM = "other room"
    ADDED = "new"
    REINSTATED = "takes place after all"
    RETITLED = "retitled"
    DETAILS = "details"


@dataclass(frozen=True, slots=True)
class TalkFacts:
    """What an attendee needs to know of a talk; times aware."""

    title: str
    starts_at: datetime
    ends_at: datetime
    room: str | None = None
    cancelled: bool = False

    def as_json(self) -> list[Any]:
        """The facts as JSON holds them."""
        return [self.title, self.starts_at.isoformat(), self.ends_at.isoformat(), self.room, self.cancelled]

    @classmethod
    def from_json(cls, stored: Sequence[Any]) -> TalkFacts:
        """What `as_json` gave."""
        title, starts_at, ends_at, room, cancelled = stored
        return cls(title, datetime.fromisoformat(starts_at), datetime.fromisoformat(ends_at), room, cancelled)


@dataclass(frozen=True, slots=True)
class TalkChange:
    """One talk before and after; None where it was not there, or is no longer."""

    kind: ChangeKind
    before: TalkFacts | None
    after: TalkFacts | None

    @property
    def facts(self) -> TalkFacts:
        """The talk as it is named: by what it is now, where it still is."""
        facts = self.after or self.before
        assert facts is not None  # noqa: S101 - a change has one side at least
        return facts


@dataclass(frozen=True, slots=True)
class ProgrammeChange:
    """One change of a server's programme.

    Attributes:
        name: of the source that was imported, or of the session that was edited.
        by: a Discord user; None is the command line or the refresh.
        changes: what it did, or what undoing it does, talk by talk.
        earlier: how many changes before it can be undone after it.
        stays_cut: the title of a session that has begun, whose talks stay in it.
    """

    version_id: int
    origin: Origin
    name: str
    at: datetime
    by: int | None
    changes: tuple[TalkChange, ...]
    timezone: str
    earlier: int
    stays_cut: str | None = None


def change_of(before: TalkFacts | None, after: TalkFacts | None) -> TalkChange:
    """What became of a talk that differs; of several changes the gravest."""
    if before is None or after is None:
        return TalkChange(ChangeKind.ADDED if before is None else ChangeKind.REMOVED, before, after)
    if before.cancelled and after.cancelled:
        return TalkChange(ChangeKind.DETAILS, before, after)
    for kind, differs in (
        (ChangeKind.CANCELLED, after.cancelled and not before.cancelled),
        (ChangeKind.REINSTATED, before.cancelled and not after.cancelled),
        (ChangeKind.MOVED, (before.starts_at, before.ends_at) != (after.starts_at, after.ends_at)),
        (ChangeKind.OTHER_ROOM, before.room != after.room),
        (ChangeKind.RETITLED, before.title != after.title),
    ):
        if differs:
            return TalkChange(kind, before, after)
    return TalkChange(ChangeKind.DETAILS, before, after)


def is_news(change: TalkChange, now: datetime) -> bool:
    """Whether those who read a session's channel are told: of what lies ahead and near, and of more than spelling."""
    known = [facts for facts in (change.before, change.after) if facts is not None]
    ahead = any(now < facts.ends_at and facts.starts_at < now + TOLD_AHEAD for facts in known)
    if change.kind is ChangeKind.RETITLED and change.before and change.after:
        return ahead and not much_alike(change.before.title, change.after.title)
    if change.kind is ChangeKind.ADDED:
        return ahead and not change.facts.cancelled
    return ahead and change.kind is not ChangeKind.DETAILS


def in_order(changes: Sequence[TalkChange]) -> list[TalkChange]:
    """The gravest kind first, each kind by start."""
    kinds = list(ChangeKind)
    return sorted(changes, key=lambda change: (kinds.index(change.kind), change.facts.starts_at, change.facts.title))


def vanishes(changes: Sequence[TalkChange], stored: int) -> bool:
    """Whether more than a third of the talks that were stored would be gone."""
    return sum(change.kind is ChangeKind.REMOVED for change in changes) * VANISHING > stored
