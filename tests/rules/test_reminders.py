"""What a session owes its channel, by examples from the real session and by properties."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given

from bot.rules.programme import ExpectedSession, by_plan, slots
from bot.rules.reminders import URGENCY, Kind, Owed, owed_board, owed_by_session
from bot.timezones import local
from tests.builders import CHANNEL, LOS_ANGELES, SERVER, a_place, a_planned_session, a_talk, at, expected, minutes
from tests.rules.strategies import leads, sessions


def up_next(owed: list[Owed]) -> list[Owed]:
    return [item for item in owed if item.kind is Kind.UP_NEXT and not item.only_if_posted]


def due_times(owed: list[Owed]) -> list[tuple[str, int]]:
    """Each reminder's wall time as the page prints times, and its lead in minutes."""
    return [(f"{local(o.due_at, LOS_ANGELES):%H:%M}", o.lead // timedelta(minutes=1)) for o in up_next(owed)]


def test_icml_session_owes_each_of_its_15_talks_one_reminder_at_its_own_lead() -> None:
    owed = owed_by_session(expected(), a_place(), minutes(5))
    assert due_times(owed) == [
        *((f"12:{minute}", 5) for minute in (25, 30, 35, 40, 45, 50, 55)),
        ("13:00", 5),  # the Oral, at the start of the last Spotlight before it
        *((f"13:{minute}", 5) for minute in (20, 25, 30, 35, 40, 45, 50)),
    ]


def test_first_reminder_is_owed_as_a_whole_value() -> None:
    first = owed_by_session(expected(), a_place(), minutes(5))[0]
    assert replace(first, text="") == Owed(
        server_id=SERVER,
        channel_id=CHANNEL,
        kind=Kind.UP_NEXT,
        subject="talk-1",
        due_at=at("12:25"),
        expires_at=at("12:30"),
        session_id=3,
        talk_ids=(1,),
        lead=timedelta(minutes=5),
        starts_at=at("12:30"),
    )
    assert first.key == f"{SERVER}:talk-1:up_next:300:{CHANNEL}:0"


def test_start_and_end_of_the_session_are_owed_at_its_first_start_and_last_end() -> None:
    owed = owed_by_session(expected(), a_place(), minutes(5))
    frame = [(o.kind, o.due_at, o.expires_at) for o in owed if o.kind is not Kind.UP_NEXT]
    assert frame == [
        (Kind.SESSION_START, at("12:30"), at("12:40")),
        (Kind.SESSION_OVER, at("14:00"), at("14:30")),
    ]


def test_two_leads_before_talks_shorter_than_the_longer_one_make_one_reminder_each() -> None:
    owed = owed_by_session(expected(), a_place(), minutes(15, 5))
    assert due_times(owed)[:4] == [("12:15", 15), ("12:25", 5), ("12:30", 5), ("12:35", 5)]
    # the talk after the Oral is longer than 15 minutes away when the Oral begins, the others are not
    assert due_times(owed)[-8:] == [("13:10", 15), *((f"13:{minute}", 5) for minute in (20, 25, 30, 35, 40, 45, 50))]


def test_talk_after_a_long_one_is_announced_at_both_leads() -> None:
    long, short = a_talk("Oral", minutes=20), a_talk("Next", starts_at=at("12:50"))
    owed = owed_by_session(expected(long, short), a_place(), minutes(15, 5))
    assert due_times(owed) == [("12:15", 15), ("12:25", 5), ("12:35", 15), ("12:45", 5)]


def test_lead_longer_than_the_talk_before_waits_until_that_one_has_begun() -> None:
    owed = owed_by_session(expected(a_talk("A"), a_talk("B", starts_at=at("12:35"))), a_place(), minutes(30))
    assert due_times(owed) == [("12:00", 30), ("12:30", 30)]


def test_gap_before_a_talk_leaves_its_lead_as_it_is() -> None:
    owed = owed_by_session(expected(a_talk("A"), a_talk("B", starts_at=at("14:00"))), a_place(), minutes(10))
    assert due_times(owed) == [("12:20", 10), ("13:50", 10)]


def test_break_is_not_announced_but_holds_back_the_reminder_after_it() -> None:
    talks = (
        a_talk("A", minutes=30),
        a_talk("Coffee", starts_at=at("13:00"), minutes=3, kind="Coffee Break"),
        a_talk("B", starts_at=at("13:03")),
    )
    assert due_times(owed_by_session(expected(*talks), a_place(), minutes(5))) == [("12:25", 5), ("13:00", 5)]


def test_hundred_posters_at_one_time_share_one_reminder() -> None:
    posters = [a_talk(f"Poster {number}", kind="Poster") for number in range(100)]
    owed = up_next(owed_by_session(expected(*posters), a_place(), minutes(5)))
    assert [(item.subject, item.talk_ids) for item in owed] == [("talk-1", tuple(range(1, 101)))]


def test_cancelled_talk_is_owed_only_where_its_reminder_stands() -> None:
    talks = (a_talk("A", cancelled=True), a_talk("B", starts_at=at("12:35")))
    owed = owed_by_session(expected(*talks), a_place(), minutes(5))
    assert [(o.subject, o.kind, o.due_at, o.only_if_posted) for o in owed] == [
        ("talk-1", Kind.UP_NEXT, at("12:25"), True),
        ("talk-2", Kind.UP_NEXT, at("12:30"), False),
        ("session-3", Kind.SESSION_START, at("12:35"), False),
        ("session-3", Kind.SESSION_OVER, at("12:40"), False),
    ]


def test_session_with_every_talk_cancelled_owes_no_start_and_no_end() -> None:
    owed = owed_by_session(expected(a_talk(cancelled=True)), a_place(), minutes(5))
    assert [(o.kind, o.only_if_posted) for o in owed] == [(Kind.UP_NEXT, True)]


def test_talk_after_midnight_is_announced_in_order() -> None:
    late = a_talk("Late", starts_at=at("23:55"), minutes=10)
    after = a_talk("After midnight", starts_at=at("00:05", "2022-07-22"))
    assert due_times(owed_by_session(expected(late, after), a_place(), minutes(5))) == [("23:50", 5), ("00:00", 5)]


def test_change_to_winter_time_inside_a_session_shifts_no_reminder() -> None:
    before = a_talk("01:50 EDT", starts_at=at("22:50", "2022-11-05"), minutes=10)
    after = a_talk("01:00 EST", starts_at=before.ends_at)
    owed = up_next(owed_by_session(expected(before, after), a_place(timezone="America/New_York"), minutes(5)))
    assert [item.due_at - before.starts_at for item in owed] == minutes(-5, 5)


def test_digest_of_a_reminder_changes_with_what_it_shows_but_not_with_a_move() -> None:
    def text(**changes: object) -> str:
        talk = replace(a_talk(), **changes)  # type: ignore[arg-type] # any field of a talk
        return owed_by_session(expected(talk), a_place(), minutes(5))[0].text

    moved = {"starts_at": at("12:31"), "ends_at": at("12:36")}
    assert text(**moved) == text()
    others: list[dict[str, object]] = [{"title": "X"}, {"kind": "Oral"}, {"speakers": ("Y",)}, {"room": "Z"}]
    others.append({"ends_at": at("12:36")})
    assert [change for change in others if text(**change) == text()] == []


def test_board_is_owed_15_minutes_before_the_first_start_until_the_last_end() -> None:
    later = expected(a_talk("Later", starts_at=at("16:00")), session_id=4, first_id=90)
    board = owed_board([expected(), later], a_place(), date(2022, 7, 21))
    assert board is not None
    assert replace(board, text="") == Owed(
        server_id=SERVER,
        channel_id=CHANNEL,
        kind=Kind.BOARD,
        subject="board-2022-07-21",
        due_at=at("12:15"),
        expires_at=at("16:05"),
        details={"day": "2022-07-21"},
    )


def test_board_of_a_day_on_which_all_was_called_off_is_edited_but_not_posted() -> None:
    board = owed_board([expected(a_talk(cancelled=True))], a_place(), date(2022, 7, 21))
    assert board is not None
    assert board.only_if_posted
    assert owed_board([], a_place(), date(2022, 7, 21)) is None


def test_digest_of_the_board_changes_with_the_room_it_shows() -> None:
    def text(room: str) -> str:
        board = owed_board([by_plan(a_planned_session(room=room), at("12:00"))], a_place(), date(2022, 7, 21))
        assert board is not None
        return board.text

    assert text("Hall F") != text("Hall G")


def test_every_kind_has_an_urgency_with_reminders_before_corrections_before_boards() -> None:
    assert set(URGENCY) == set(Kind)
    order = [Kind.CUE, Kind.SESSION_START, Kind.UP_NEXT, Kind.MOVED, Kind.NOTICE, Kind.BOARD]
    assert sorted(order, key=lambda kind: URGENCY[kind]) == order
    assert len({URGENCY[kind] for kind in order}) == len(order)


@given(session=sessions(), leads=leads())
def test_no_key_is_owed_twice_in_any_session(session: ExpectedSession, leads: list[timedelta]) -> None:
    counted = Counter(item.key for item in owed_by_session(session, a_place(), leads))
    assert [key for key, times in counted.items() if times > 1] == []


@given(session=sessions(), leads=leads())
def test_reminder_is_due_before_its_talk_and_not_before_the_slot_ahead_of_it(
    session: ExpectedSession, leads: list[timedelta]
) -> None:
    starts = [slot[0].starts_at for slot in slots(session)]
    for item in up_next(owed_by_session(session, a_place(), leads)):
        assert item.starts_at is not None
        ahead = [start for start in starts if start < item.starts_at]
        assert max(ahead, default=item.due_at) <= item.due_at < item.starts_at


@given(session=sessions(), leads=leads())
def test_every_running_talk_that_is_no_break_is_announced(session: ExpectedSession, leads: list[timedelta]) -> None:
    announced = {talk_id for item in up_next(owed_by_session(session, a_place(), leads)) for talk_id in item.talk_ids}
    assert announced == {e.talk.id for e in session.running_order if not e.talk.is_break}
