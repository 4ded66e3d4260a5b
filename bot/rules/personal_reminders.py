"""What becomes of the direct messages about a talk when its forecast changes: decided once for all who get the same.

Two thousand people may be reminded of one talk. Their rows differ in whom they are for only, so they are looked at in
groups that share a talk, a lead and a standing, and changed by one statement a group.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.rules.outbox import POSTED, UNSENT, WORTH_AN_EDIT, State, too_late
from bot.rules.programme import OFF, ExpectedSession, ExpectedTalk, fingerprint
from bot.rules.reminders import Kind

CLOSED = "direct messages are closed"
"""Why one was not sent: such a row waits again once they are open, the talk's move alone does not bring it back."""
TAKEN_OFF = "the talk does not take place"


@dataclass(frozen=True, slots=True)
class Aim:
    """What direct messages about a talk are to say.

    Attributes:
        text: digest of what they show beside the start.
        off: it was cancelled or skipped.
    """

    starts_at: datetime
    text: str
    off: bool

    def due_at(self, lead: timedelta) -> datetime:
        return self.starts_at - lead

    def state(self, now: datetime) -> State:
        """Where a reminder that was not sent stands."""
        if self.off:
            return State.WITHDRAWN
        return State.PENDING if self.starts_at > now else State.SKIPPED


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that share all of this.

    Attributes:
        edit_at: the earliest edit that they wait for; None where one waits for none.
    """

    talk_id: int
    kind: Kind
    lead: timedelta
    state: State
    due_at: datetime
    shown_start: datetime | None = None
    shown_text: str | None = None
    edit_at: datetime | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """An unsent group takes this state, moment and reason."""

    state: State
    due_at: datetime
    expires_at: datetime
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Corrected:
    """A posted group is brought up to date."""


def aim_of(session: ExpectedSession, expected: ExpectedTalk, frame: tuple[object, ...] = ()) -> Aim:
    """What is to be said about a talk; `frame` is what else shows beside it, such as the venue's zone."""
    talk = expected.talk
    room = talk.room or session.session.room
    off = expected.state in OFF
    text = fingerprint([talk.title, talk.speakers, room, session.session.title, off, *frame])
    return Aim(expected.starts_at, text, off)


def change_of(group: Group, aim: Aim, now: datetime) -> Placed | Corrected | None:
    """What a group's rows are to become; None where they are right."""
    if group.state in POSTED:
        return Corrected() if _is_outdated(group, aim, now) else None
    if group.state is State.FAILED or (group.state not in UNSENT and not _comes_back(group, aim, now)):
        return None
    due_at, state = aim.due_at(group.lead), aim.state(now)
    if group.state in UNSENT and state is State.PENDING and due_at == group.due_at:
        return None
    reason = {State.WITHDRAWN: TAKEN_OFF, State.SKIPPED: too_late(group.kind, aim.starts_at)}.get(state)
    return Placed(state, due_at, aim.starts_at, reason)


def _comes_back(group: Group, aim: Aim, now: datetime) -> bool:
    """Whether what was put aside is owed again: a talk that was off, or one that had begun and now is ahead."""
    if aim.state(now) is not State.PENDING:
        return False
    if group.state is State.WITHDRAWN:
        return True
    return group.reason != CLOSED and aim.due_at(group.lead) != group.due_at


def _is_outdated(group: Group, aim: Aim, now: datetime) -> bool:
    if group.edit_at is not None and group.edit_at >= now:
        return False
    shown = group.shown_start or aim.starts_at
    moved = abs(aim.starts_at - shown) >= WORTH_AN_EDIT
    return (moved or group.shown_text != aim.text) and max(shown, aim.starts_at) > now
