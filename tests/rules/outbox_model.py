"""An outbox in memory: applies what `compare` says and posts or edits as the sender would."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.rules.outbox import POSTED, OutboxChange, Standing, State, Stored, compare
from bot.rules.reminders import Owed


class OutboxModel:
    """Rows by key. `at` plans; `post_due` posts what is due; `edit_due` brings posted rows up to date."""

    def __init__(self) -> None:
        self.rows: dict[str, Stored] = {}
        self._owed: Sequence[Owed] = ()
        self._item_of: dict[str, Owed] = {}
        self._edits: set[str] = set()

    def at(self, now: datetime, owed: Sequence[Owed]) -> OutboxChange:
        """Compare and write the difference."""
        self._owed = owed
        change = compare(owed, list(self.rows.values()), now)
        for item in change.new:
            assert item.key not in self.rows
            self.rows[item.key] = _row(item)
            self._item_of[item.key] = item
        for move in change.moved:
            row = self._named(move.id)
            self.rows[row.key] = replace(
                row,
                state=State.PENDING,
                due_at=move.owed.due_at,
                expires_at=move.owed.expires_at,
                session_id=move.owed.session_id,
                talk_ids=move.owed.talk_ids,
            )
            self._item_of[row.key] = move.owed
        for edit in change.edits:
            row = self._named(edit.id)
            self._edits.add(row.key)
            self.rows[row.key] = replace(
                row,
                session_id=edit.owed.session_id,
                talk_ids=edit.owed.talk_ids,
                announced_start=edit.announced_start or row.announced_start,
                revision=row.revision if edit.revision is None else edit.revision,
            )
        for shelve in change.shelved:
            row = self._named(shelve.id)
            self.rows[row.key] = replace(row, state=shelve.state)
        return change

    def post_due(self, now: datetime) -> list[str]:
        """Post what is pending, due and not expired; the keys posted."""
        due = [
            row
            for row in self.rows.values()
            if row.state is State.PENDING and row.due_at <= now and (row.expires_at is None or row.expires_at > now)
        ]
        for row in due:
            self.set_state(row.key, State.SENT)
        return [row.key for row in due]

    def set_state(self, key: str, state: State) -> None:
        row, item = self.rows[key], self._item_of[key]
        if state in POSTED:
            row = replace(row, shown_start=item.starts_at, announced_start=item.starts_at, shown_text=item.text)
        self.rows[key] = replace(row, state=state)

    def edit_due(self) -> list[str]:
        """Edit what stands for an edit; the keys edited."""
        edited, self._edits = sorted(self._edits), set()
        standing = Standing(self._owed)
        for key in edited:
            row = self.rows[key]
            item = standing.of(row.key, row.channel_id, row.talk_ids)
            assert item is not None
            self.rows[key] = replace(row, shown_start=item.starts_at, shown_text=item.text)
        return edited

    def _named(self, row_id: str) -> Stored:
        return next(row for row in self.rows.values() if row.id == row_id)


def _row(item: Owed) -> Stored:
    return Stored(
        id=f"id of {item.key}",
        key=item.key,
        kind=item.kind,
        state=State.PENDING,
        due_at=item.due_at,
        expires_at=item.expires_at,
        channel_id=item.channel_id,
        session_id=item.session_id,
        talk_ids=item.talk_ids,
        revision=item.revision,
    )
