"""What becomes of direct messages when their talk's forecast changes: examples, and what holds for any changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.outbox import State
from bot.rules.personal_reminders import CLOSED, TAKEN_OFF, Aim, Corrected, Group, Placed, aim_of, change_of
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
