"""The difference between what is owed and what the outbox holds: examples of each change, and its properties."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.outbox import Edit, Move, OutboxChange, Shelve, State, compare
from bot.rules.reminders import Kind, Owed, owed_by_session
from bot.schedules.schedule import Talk
from tests.builders import CHANNEL, SERVER, a_place, a_talk, at, expected, minutes
from tests.rules.outbox_model import OutboxModel
from tests.rules.strategies import NOW, changed, leads, sessions

REMINDER = f"{SERVER}:talk-1:up_next:300:{CHANNEL}:0"


def owed(*talks: Talk, leads: tuple[int, ...] = (5,), channel_id: int = CHANNEL) -> list[Owed]:
    """What a session with these talks owes, its start and end left out."""
    everything = owed_by_session(expected(*talks), a_place(channel_id), minutes(*leads))
    return [item for item in everything if item.kind is Kind.UP_NEXT]


def starting(time: str) -> Talk:
    return a_talk(starts_at=at(time))


@pytest.fixture
def outbox() -> OutboxModel:
    return OutboxModel()


@pytest.fixture
def posted(outbox: OutboxModel) -> OutboxModel:
    """An outbox whose reminder of the 12:30 talk was posted at 12:25."""
    outbox.at(at("12:20"), owed(starting("12:30")))
    assert outbox.post_due(at("12:25")) == [REMINDER]
    return outbox


def test_first_plan_owes_everything_and_the_second_nothing(outbox: OutboxModel) -> None:
    plan = owed_by_session(expected(), a_place(), minutes(5))
    assert outbox.at(at("12:20"), plan) == OutboxChange(new=tuple(plan))
    assert outbox.at(at("12:20"), plan) == OutboxChange()


def test_reminder_of_a_talk_that_has_begun_is_not_created(outbox: OutboxModel) -> None:
    assert outbox.at(at("12:30"), owed(starting("12:30"))).is_empty


def test_reminder_due_in_the_past_for_a_talk_to_come_is_created(outbox: OutboxModel) -> None:
    assert [item.key for item in outbox.at(at("12:29"), owed(starting("12:30"))).new] == [REMINDER]


def test_two_leads_that_are_both_past_make_one_reminder(outbox: OutboxModel) -> None:
    plan = owed(starting("12:30"), leads=(15, 5))
    assert [item.lead for item in outbox.at(at("12:27"), plan).new] == minutes(5)
    assert outbox.at(at("12:27"), plan).is_empty


def test_pending_reminder_of_a_moved_talk_takes_its_new_times(outbox: OutboxModel) -> None:
    outbox.at(at("12:20"), owed(starting("12:30")))
    plan = owed(starting("12:40"))
    assert outbox.at(at("12:20"), plan) == OutboxChange(moved=(Move(f"id of {REMINDER}", plan[0]),))
    assert outbox.at(at("12:20"), plan).is_empty


def test_claimed_reminder_waits_again_because_its_text_may_have_changed(outbox: OutboxModel) -> None:
    outbox.at(at("12:20"), owed(starting("12:30")))
    outbox.set_state(REMINDER, State.CLAIMED)
    plan = owed(replace(starting("12:30"), title="Renamed"))
    assert outbox.at(at("12:20"), plan).moved == (Move(f"id of {REMINDER}", plan[0]),)
    assert outbox.rows[REMINDER].state is State.PENDING


def test_blocked_reminder_stays_blocked_while_its_talk_is_where_it_was(outbox: OutboxModel) -> None:
    outbox.at(at("12:20"), owed(starting("12:30")))
    outbox.set_state(REMINDER, State.BLOCKED)
    assert outbox.at(at("12:26"), owed(starting("12:30"))).is_empty


def test_pending_reminder_of_a_talk_moved_into_the_past_is_skipped_with_its_reason(outbox: OutboxModel) -> None:
    outbox.at(at("12:20"), owed(starting("12:30")))
    reason = "too late: its talk began at 2022-07-21 19:10:00 UTC before it could be sent"
    change = outbox.at(at("12:20"), owed(starting("12:10")))
    assert change == OutboxChange(shelved=(Shelve(f"id of {REMINDER}", State.SKIPPED, reason, at("12:10")),))


def test_skipped_reminder_of_a_talk_moved_on_again_waits_again(outbox: OutboxModel) -> None:
    outbox.at(at("12:20"), owed(starting("12:30")))
    outbox.at(at("12:20"), owed(starting("12:10")))
    outbox.at(at("12:20"), owed(starting("12:45")))
    assert outbox.rows[REMINDER].state is State.PENDING


def test_reminder_withdrawn_for_another_lead_stays_so_once_that_one_was_posted(outbox: OutboxModel) -> None:
    outbox.at(at("12:00"), owed(starting("12:30"), leads=(5,)))
    outbox.at(at("12:00"), owed(starting("12:30"), leads=(10,)))
    assert len(outbox.post_due(at("12:20"))) == 1
    assert outbox.at(at("12:26"), owed(starting("12:30"), leads=(5,))).is_empty


def test_pending_reminder_of_a_cancelled_talk_is_withdrawn(outbox: OutboxModel) -> None:
    outbox.at(at("12:20"), owed(starting("12:30")))
    change = outbox.at(at("12:20"), owed(replace(starting("12:30"), cancelled=True)))
    shelve = Shelve(f"id of {REMINDER}", State.WITHDRAWN, "the talk was cancelled")
    assert change == OutboxChange(shelved=(shelve,))


def test_posted_reminder_of_a_cancelled_talk_is_edited(posted: OutboxModel) -> None:
    change = posted.at(at("12:26"), owed(replace(starting("12:30"), cancelled=True)))
    assert [edit.id for edit in change.edits] == [f"id of {REMINDER}"]
    assert replace(change, edits=()).is_empty


def test_posted_reminder_moved_by_less_than_a_minute_is_left_alone(posted: OutboxModel) -> None:
    assert posted.at(at("12:26"), owed(starting("12:30:59"))).is_empty


@pytest.mark.parametrize("start", ["12:31", "12:29", "12:39:59"])
def test_posted_reminder_moved_by_a_minute_or_more_is_edited_without_a_notice(posted: OutboxModel, start: str) -> None:
    plan = owed(starting(start))
    assert posted.at(at("12:26"), plan) == OutboxChange(edits=(Edit(f"id of {REMINDER}", plan[0]),))
    assert posted.edit_due() == [REMINDER]
    assert posted.at(at("12:26"), plan).is_empty


def test_posted_reminder_moved_by_ten_minutes_is_edited_and_told_once(posted: OutboxModel) -> None:
    plan = owed(starting("12:40"))
    notice = Owed(
        server_id=SERVER,
        channel_id=CHANNEL,
        kind=Kind.MOVED,
        subject="talk-1",
        due_at=at("12:26"),
        expires_at=at("12:40"),
        session_id=3,
        talk_ids=(1,),
        revision=1,
        starts_at=at("12:40"),
        details={"told": "2022-07-21T19:30:00+00:00"},
    )
    edit = Edit(f"id of {REMINDER}", plan[0], announced_start=at("12:40"), revision=1)
    assert posted.at(at("12:26"), plan) == OutboxChange(new=(notice,), edits=(edit,))
    # not told again, neither before the message is edited nor after
    assert posted.at(at("12:26"), plan).new == ()
    posted.edit_due()
    assert posted.at(at("12:26"), plan).is_empty


def test_moves_that_add_up_to_ten_minutes_are_told_when_they_do(posted: OutboxModel) -> None:
    told = []
    for start in ("12:34", "12:38", "12:42", "12:46", "12:50", "12:53"):
        told.append(len(posted.at(at("12:26"), owed(starting(start))).new))
        posted.edit_due()
    assert told == [0, 0, 1, 0, 0, 1]


def test_talk_announced_by_two_leads_is_told_once_when_it_moves(outbox: OutboxModel) -> None:
    outbox.at(at("12:00"), owed(starting("12:30"), leads=(15, 5)))
    assert len(outbox.post_due(at("12:25"))) == 2
    change = outbox.at(at("12:26"), owed(starting("12:50"), leads=(15, 5)))
    assert [item.kind for item in change.new] == [Kind.MOVED]
    assert len(change.edits) == 2
    outbox.edit_due()
    again = outbox.at(at("12:27"), owed(starting("13:10"), leads=(15, 5)))
    assert [(item.kind, item.revision) for item in again.new] == [(Kind.MOVED, 2)]


def test_move_told_by_a_later_reminder_already_needs_no_notice(outbox: OutboxModel) -> None:
    outbox.at(at("12:00"), owed(starting("12:30"), leads=(15, 5)))
    outbox.post_due(at("12:15"))
    outbox.at(at("12:16"), owed(starting("12:38"), leads=(15, 5)))
    outbox.edit_due()
    outbox.post_due(at("12:33"))
    assert outbox.at(at("12:34"), owed(starting("12:40"), leads=(15, 5))).new == ()


def test_posted_reminder_follows_its_talk_after_the_lead_times_changed(posted: OutboxModel) -> None:
    plan = owed(starting("12:50"), leads=(10,))
    change = posted.at(at("12:26"), plan)
    assert [(item.kind, item.due_at) for item in change.new] == [
        (Kind.UP_NEXT, at("12:40")),
        (Kind.MOVED, at("12:26")),
    ]
    assert [edit.id for edit in change.edits] == [f"id of {REMINDER}"]


def test_posted_reminder_whose_talk_has_begun_is_left_alone(posted: OutboxModel) -> None:
    assert posted.at(at("12:40"), owed(replace(starting("12:30"), title="Renamed"))).is_empty


def test_channel_that_another_talk_at_that_time_was_announced_in_is_told_of_this_one(outbox: OutboxModel) -> None:
    elsewhere = owed_by_session(expected(starting("12:30"), session_id=4, first_id=50), a_place(), minutes(5))
    outbox.at(at("12:20"), elsewhere)
    outbox.post_due(at("12:25"))
    change = outbox.at(at("12:26"), [*elsewhere, *owed(starting("12:30"))])
    assert [item.key for item in change.new] == [REMINDER]


def test_other_channel_is_told_late_of_a_talk_that_was_announced_in_the_first(posted: OutboxModel) -> None:
    change = posted.at(at("12:26"), owed(starting("12:30"), channel_id=7))
    assert [(item.channel_id, item.due_at) for item in change.new] == [(7, at("12:25"))]


def test_reminder_that_did_not_get_out_counts_as_not_told(outbox: OutboxModel) -> None:
    outbox.at(at("12:00"), owed(starting("12:30"), leads=(15,)))
    outbox.set_state(REMINDER.replace(":300:", ":900:"), State.SENDING)
    outbox.set_state(REMINDER.replace(":300:", ":900:"), State.PENDING)
    change = outbox.at(at("12:26"), owed(starting("12:30"), leads=(5,)))
    assert [item.lead for item in change.new] == minutes(5)


def test_talk_that_joins_a_posted_slot_is_added_to_its_reminder(outbox: OutboxModel) -> None:
    lower, posters = starting("15:00"), (starting("12:30"), starting("12:30"))
    outbox.at(at("12:20"), owed(lower, *posters))
    outbox.post_due(at("12:25"))
    change = outbox.at(at("12:26"), owed(starting("12:30"), *posters))
    assert [edit.owed.talk_ids for edit in change.edits] == [(1, 2, 3)]
    assert change.new == ()


def test_first_talk_that_leaves_a_posted_slot_leaves_the_others_announced(outbox: OutboxModel) -> None:
    outbox.at(at("12:20"), owed(starting("12:30"), starting("12:30"), starting("12:30")))
    outbox.post_due(at("12:25"))
    plan = owed(starting("13:00"), starting("12:30"), starting("12:30"))
    change = outbox.at(at("12:26"), plan)
    assert [edit.owed.talk_ids for edit in change.edits] == [(1,)]
    assert sorted((item.kind, item.talk_ids) for item in change.new) == [(Kind.MOVED, (1,)), (Kind.UP_NEXT, (2, 3))]
    outbox.edit_due()
    assert outbox.at(at("12:26"), plan).is_empty


def test_first_talk_cancelled_in_a_posted_slot_is_taken_out_of_its_reminder(outbox: OutboxModel) -> None:
    outbox.at(at("12:20"), owed(starting("12:30"), starting("12:30")))
    outbox.post_due(at("12:25"))
    plan = owed(replace(starting("12:30"), cancelled=True), starting("12:30"))
    change = outbox.at(at("12:26"), plan)
    assert [edit.owed.talk_ids for edit in change.edits] == [(2,)]
    assert change.new == ()
    outbox.edit_due()
    assert outbox.at(at("12:26"), plan).is_empty


def test_pending_notice_of_a_move_is_not_withdrawn_by_the_next_plan(posted: OutboxModel) -> None:
    posted.at(at("12:26"), owed(starting("12:45")))
    posted.edit_due()
    assert posted.at(at("12:26"), owed(starting("12:45"))).is_empty
    assert [row.state for row in posted.rows.values() if row.kind is Kind.MOVED] == [State.PENDING]


def test_posted_notice_of_a_move_is_not_edited_by_a_later_one(posted: OutboxModel) -> None:
    posted.at(at("12:26"), owed(starting("12:45")))
    posted.post_due(at("12:26"))
    posted.edit_due()
    change = posted.at(at("12:27"), owed(starting("12:50")))
    assert [edit.id for edit in change.edits] == [f"id of {REMINDER}"]


@pytest.mark.parametrize("state", [State.SENDING, State.DOUBTFUL])
def test_reminder_that_may_be_on_its_way_is_edited_and_never_owed_again(outbox: OutboxModel, state: State) -> None:
    outbox.at(at("12:20"), owed(starting("12:30")))
    outbox.set_state(REMINDER, state)
    change = outbox.at(at("12:26"), owed(starting("12:33")))
    assert ([edit.id for edit in change.edits], change.new, change.moved) == ([f"id of {REMINDER}"], (), ())


def test_failed_reminder_is_not_owed_again(outbox: OutboxModel) -> None:
    outbox.at(at("12:20"), owed(starting("12:30")))
    outbox.set_state(REMINDER, State.FAILED)
    assert outbox.at(at("12:21"), owed(starting("12:33"))).is_empty


@given(data=st.data(), leads=leads(), posted_until=st.integers(0, 150))
def test_change_applied_leaves_nothing_to_change(
    data: st.DataObject, leads: list[timedelta], posted_until: int
) -> None:
    session = data.draw(sessions())
    outbox = OutboxModel()
    outbox.at(NOW, owed_by_session(session, a_place(), leads))
    now = NOW + timedelta(minutes=posted_until)
    outbox.post_due(NOW + timedelta(minutes=posted_until // 2))
    plan = owed_by_session(data.draw(changed(session)), a_place(), data.draw(st.one_of(st.just(leads), _other_leads)))
    first = outbox.at(now, plan)
    assert [item for item in first.new if item.expires_at is not None and item.expires_at <= now] == []
    again = outbox.at(now, plan)
    assert (again.new, again.moved, again.shelved) == ((), (), ())
    outbox.edit_due()
    assert outbox.at(now, plan) == OutboxChange()


_other_leads = leads()


@given(data=st.data(), leads=leads())
def test_no_talk_is_announced_twice_at_one_lead_whatever_is_changed(
    data: st.DataObject, leads: list[timedelta]
) -> None:
    """Steps of five minutes, with an edit before each; `OutboxModel` refuses a key that exists."""
    session = data.draw(sessions())
    outbox = OutboxModel()
    now: datetime = NOW
    posted: list[str] = []
    for _ in range(6):
        outbox.at(now, owed_by_session(session, a_place(), leads))
        posted += outbox.post_due(now)
        outbox.edit_due()
        session = data.draw(changed(session))
        now += timedelta(minutes=5)
    assert len(posted) == len(set(posted))


def test_comparing_nothing_with_nothing_is_empty() -> None:
    assert compare([], [], NOW).is_empty


@pytest.mark.parametrize("kind", [Kind.QUESTION, Kind.LEFTOVERS, Kind.CUE])
def test_other_message_about_a_talk_never_passes_for_its_reminder(outbox: OutboxModel, kind: Kind) -> None:
    reminder = owed(starting("12:30"))
    about = replace(reminder[0], kind=kind, subject="question-3", starts_at=None, text="", details={"question": "3"})
    about = replace(about, expires_at=None)
    outbox.at(at("12:26"), [*reminder, about])
    outbox.post_due(at("12:26"))
    assert outbox.at(at("12:27"), reminder).is_empty
