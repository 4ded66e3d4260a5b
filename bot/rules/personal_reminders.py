"""What becomes of the direct messages about a talk when its forecast changes: decided once for all who get the same.

Two thousand people may be reminded of one talk. Their rows differ in whom they are for only, so they are looked at in
groups that share a talk, a lead and a standing, and changed by one statement a group.

What was sent is edited when its talk moves, which nobody is notified of. So where the new moment is ahead, and far from
the one that it was last sent for, a further reminder is owed: another row, of the next revision.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.rules.outbox import POSTED, UNSENT, WORTH_A_NOTICE, WORTH_AN_EDIT, State, too_late
from bot.rules.programme import OFF, ExpectedSession, ExpectedTalk, fingerprint
from bot.rules.reminders import Kind

CLOSED = "direct messages are closed"
"""Why one was not sent: such a row waits again once they are open, the talk's move alone does not bring it back."""
MENTIONED = f"{CLOSED}: mentioned in the session's channel"
"""Why one failed whose reader was reminded all the same."""
TAKEN_OFF = "the talk does not take place"
REMINDED_ALREADY = "no longer owed: an earlier reminder was for about the same moment"


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
        revision: 0 for the first reminder of a talk, more for one that is owed because the talk moved since.
        sent_for: the latest moment that an earlier one was sent for; None where none was.
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
    revision: int = 0
    sent_for: datetime | None = None

    @property
    def has_reminded(self) -> bool:
        """Whether it reached its readers, or is on its way to them."""
        return self.state in POSTED or (self.state is State.FAILED and self.reason == MENTIONED)

    def is_to_come(self, aim: Aim) -> bool:
        """Whether the moment is one that nobody was reminded for: of the first reminder any is."""
        if not self.revision:
            return True
        return self.sent_for is not None and aim.due_at(self.lead) - self.sent_for >= WORTH_A_NOTICE


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
    due_at, state = aim.due_at(group.lead), _state(group, aim, now)
    if group.state in UNSENT and state is State.PENDING and due_at == group.due_at:
        return None
    withdrawn = TAKEN_OFF if aim.off else REMINDED_ALREADY
    reason = {State.WITHDRAWN: withdrawn, State.SKIPPED: too_late(group.kind, aim.starts_at)}.get(state)
    return Placed(state, due_at, aim.starts_at, reason)


def is_owed_again(group: Group, aim: Aim, now: datetime) -> bool:
    """Whether readers who were reminded are to be reminded once more, unless they are to be already."""
    due_at = aim.due_at(group.lead)
    is_late = due_at > now and due_at - group.due_at >= WORTH_A_NOTICE
    return group.kind is Kind.PERSONAL and group.has_reminded and is_late and not aim.off


def _state(group: Group, aim: Aim, now: datetime) -> State:
    state = aim.state(now)
    return State.WITHDRAWN if state is State.PENDING and not group.is_to_come(aim) else state


def _comes_back(group: Group, aim: Aim, now: datetime) -> bool:
    """Whether what was put aside is owed again: a talk that was off, or one that had begun and now is ahead."""
    if _state(group, aim, now) is not State.PENDING or (group.revision and aim.due_at(group.lead) <= now):
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
