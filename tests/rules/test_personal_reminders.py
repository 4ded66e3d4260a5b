"""What becomes of direct messages when their talk's forecast changes: examples, and what holds for any changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.outbox import State
from bot.rules.personal_reminders import (
    CLOSED,
    MENTIONED,
    REMINDED_ALREADY,
    TAKEN_OFF,
    Aim,
    Corrected,
    Group,
    Placed,
    aim_of,
    change_of,
    is_owed_again,
)
from bot.rules.reminders import Kind
from tests.builders import DURING_BREAK, FIRST_START, expected

LEAD = timedelta(minutes=5)
MINUTE = timedelta(minutes=1)
AIM = Aim(FIRST_START, "text", off=False)
WAITS = Group(1, Kind.PERSONAL, LEAD, State.PENDING, FIRST_START - LEAD)
SENT = replace(WAITS, state=State.SENT, shown_start=FIRST_START, shown_text="text")


def test_what_is_right_stays() -> None:
    assert change_of(WAITS, AIM, DURING_BREAK) is None
    assert change_of(SENT, AIM, DURING_BREAK) is None


@pytest.mark.parametrize("state", [State.PENDING, State.CLAIMED, State.BLOCKED])
def test_unsent_ones_move_with_their_talk(state: State) -> None:
    later = replace(AIM, starts_at=FIRST_START + MINUTE)
    moved = change_of(replace(WAITS, state=state), later, DURING_BREAK)
    assert moved == Placed(State.PENDING, FIRST_START + MINUTE - LEAD, FIRST_START + MINUTE)


def test_talk_that_is_off_takes_back_what_waits_and_its_return_owes_it_again() -> None:
    off = replace(AIM, off=True)
    taken = change_of(WAITS, off, DURING_BREAK)
    assert taken == Placed(State.WITHDRAWN, WAITS.due_at, FIRST_START, TAKEN_OFF)
    stored = replace(WAITS, state=State.WITHDRAWN, reason=TAKEN_OFF)
    assert change_of(stored, off, DURING_BREAK) is None
    assert change_of(stored, AIM, DURING_BREAK) == Placed(State.PENDING, WAITS.due_at, FIRST_START)
    assert change_of(stored, AIM, FIRST_START) is None


def test_talk_that_began_early_skips_what_waits() -> None:
    now = FIRST_START - 10 * MINUTE
    skipped = change_of(WAITS, replace(AIM, starts_at=now), now)
    assert isinstance(skipped, Placed)
    assert (skipped.state, (skipped.reason or "")[:25]) == (State.SKIPPED, "too late: its talk began ")


def test_what_was_skipped_comes_back_only_with_another_moment_and_not_where_messages_are_closed() -> None:
    now = FIRST_START - MINUTE
    skipped = replace(WAITS, state=State.SKIPPED, reason="too late")
    later = replace(AIM, starts_at=FIRST_START + 10 * MINUTE)
    assert change_of(skipped, AIM, now) is None
    assert change_of(skipped, later, now) == Placed(State.PENDING, later.due_at(LEAD), later.starts_at)
    assert change_of(replace(skipped, reason=CLOSED), later, now) is None
    assert change_of(replace(skipped, state=State.FAILED), later, now) is None


@pytest.mark.parametrize(
    ("aim", "outdated"),
    [
        (replace(AIM, starts_at=FIRST_START + MINUTE / 2), False),
        (replace(AIM, starts_at=FIRST_START + MINUTE), True),
        (replace(AIM, starts_at=FIRST_START - MINUTE), True),
        (replace(AIM, text="another room"), True),
        (replace(AIM, off=True, text="off"), True),
    ],
)
@pytest.mark.parametrize("state", [State.SENT, State.SENDING, State.DOUBTFUL])
def test_posted_ones_are_edited_from_a_minute_on(aim: Aim, *, outdated: bool, state: State) -> None:
    change = change_of(replace(SENT, state=state), aim, DURING_BREAK)
    assert change == (Corrected() if outdated else None)


def test_posted_ones_are_left_once_their_talk_has_begun_and_while_their_edit_waits() -> None:
    other = replace(AIM, text="another room")
    assert change_of(SENT, other, FIRST_START) is None
    assert change_of(replace(SENT, edit_at=DURING_BREAK), other, DURING_BREAK) is None
    assert change_of(replace(SENT, edit_at=DURING_BREAK - MINUTE), other, DURING_BREAK) == Corrected()


def test_digest_tells_title_people_room_and_whether_it_is_off() -> None:
    session = expected()
    talk = session.talks[0]
    texts = {
        aim_of(session, talk).text,
        aim_of(session, replace(talk, talk=replace(talk.talk, title="Another"))).text,
        aim_of(session, replace(talk, talk=replace(talk.talk, room="Hall G"))).text,
        aim_of(session, talk, ("Europe/Berlin",)).text,
    }
    assert len(texts) == 4


moments = st.integers(-30, 60).map(lambda minutes: FIRST_START + MINUTE * minutes)
aims = st.builds(Aim, starts_at=moments, text=st.sampled_from("ab"), off=st.booleans())


@given(due_at=moments, history=st.lists(aims, min_size=1, max_size=5), now=moments)
def test_unsent_rows_end_as_planning_from_scratch_would_have_them(
    due_at: datetime, history: list[Aim], now: datetime
) -> None:
    group = replace(WAITS, due_at=due_at)
    for aim in history:
        change = change_of(group, aim, now)
        if isinstance(change, Placed):
            group = replace(group, state=change.state, due_at=change.due_at, reason=change.reason)
        assert change_of(group, aim, now) is None
    last = history[-1]
    if last.state(now) is State.PENDING:
        assert (group.state, group.due_at) == (State.PENDING, last.due_at(LEAD))
    else:
        assert group.state is not State.PENDING


TEN = 10 * MINUTE
FURTHER = replace(WAITS, revision=1, sent_for=WAITS.due_at, due_at=WAITS.due_at + TEN)


def later(minutes: float) -> Aim:
    return replace(AIM, starts_at=FIRST_START + MINUTE * minutes)


@pytest.mark.parametrize(
    ("group", "aim", "owed"),
    [
        (SENT, later(9.9), False),
        (SENT, later(10), True),
        (SENT, later(24 * 60), True),
        (SENT, later(-30), False),
        (SENT, replace(later(60), off=True), False),
        (replace(SENT, state=State.SENDING), later(60), True),
        (replace(SENT, state=State.FAILED, reason=MENTIONED), later(60), True),
        (replace(SENT, state=State.FAILED, reason="Discord refused it"), later(60), False),
        (replace(SENT, kind=Kind.MENTION), later(60), False),
        (WAITS, later(60), False),
        (replace(WAITS, state=State.SKIPPED), later(60), False),
    ],
)
def test_who_was_reminded_is_again_from_ten_minutes_later_on(group: Group, aim: Aim, *, owed: bool) -> None:
    assert is_owed_again(group, aim, WAITS.due_at + MINUTE) is owed


def test_nobody_is_reminded_again_whose_new_moment_has_passed() -> None:
    assert is_owed_again(SENT, later(10), WAITS.due_at + TEN - MINUTE)
    assert not is_owed_again(SENT, later(10), WAITS.due_at + TEN)


def test_further_one_moves_with_its_talk_and_is_withdrawn_where_that_comes_back() -> None:
    now = WAITS.due_at + MINUTE
    assert change_of(FURTHER, later(10), now) is None
    assert change_of(FURTHER, later(60), now) == Placed(State.PENDING, later(60).due_at(LEAD), later(60).starts_at)
    back = Placed(State.WITHDRAWN, later(5).due_at(LEAD), later(5).starts_at, REMINDED_ALREADY)
    assert change_of(FURTHER, later(5), now) == back
    assert change_of(replace(FURTHER, sent_for=None), later(60), now) == replace(
        back, due_at=later(60).due_at(LEAD), expires_at=later(60).starts_at
    )
    withdrawn = replace(FURTHER, state=State.WITHDRAWN, reason=REMINDED_ALREADY, due_at=later(5).due_at(LEAD))
    assert change_of(withdrawn, later(5), now) is None
    assert change_of(withdrawn, later(60), now) == Placed(State.PENDING, later(60).due_at(LEAD), later(60).starts_at)
    # its moment passed while the talk was to begin earlier: who saw the edit knows
    assert change_of(withdrawn, later(10), later(10).due_at(LEAD)) is None


@given(history=st.lists(st.tuples(aims, st.integers(1, 20)), min_size=1, max_size=12))
def test_however_a_talk_moves_reminders_of_it_are_ten_minutes_apart(history: list[tuple[Aim, int]]) -> None:
    """The last one sent is followed by one row at most, as the store has it."""
    now, sent = WAITS.due_at, SENT
    waits: Group | None = None
    moments = [sent.due_at]
    for aim, minutes in history:
        change = change_of(waits, aim, now) if waits else None
        if waits and isinstance(change, Placed):
            waits = replace(waits, state=change.state, due_at=change.due_at, reason=change.reason)
        if not waits and is_owed_again(sent, aim, now):
            waits = replace(sent, state=State.PENDING, due_at=aim.due_at(LEAD), revision=1, sent_for=sent.due_at)
        now += MINUTE * minutes
        if waits and waits.state is State.PENDING and waits.due_at <= now:
            sent, waits = replace(waits, state=State.SENT), None
            moments.append(sent.due_at)
    assert all(after - before >= TEN for before, after in pairwise(moments))
