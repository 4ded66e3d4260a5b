"""What a channel is told of a changed programme: what is right when it is sent, and once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.schedules.schedule import Talk
from bot.services.editing import TalkEdit, edit_talk
from bot.services.undoing import preview_undo, undo_change
from tests.builders import SERVER, a_schedule, a_session, a_talk, at, fifteen_talks
from tests.delivery.desk import Desk
from tests.delivery.fakes import FakeChannels
from tests.services.store import deliveries, import_page, use_channel

WHEN = "Thu 21 July 2022, "


async def reimport(desk: Desk, talks: list[Talk], *, room: str | None = "Hall F") -> None:
    await import_page(desk.db, desk.clock, a_schedule(a_session(*talks, room=room)))


def told(channels: FakeChannels) -> list[list[str]]:
    return [message.content.splitlines()[1:] for message in channels.starting("**The programme changed**")]


def at_times(*minutes: tuple[str, float]) -> list[Talk]:
    """The fifteen talks, some of them so many minutes later."""
    shifts = dict(minutes)
    return [
        replace(talk, starts_at=talk.starts_at + by, ends_at=talk.ends_at + by)
        for talk in fifteen_talks()
        for by in [timedelta(minutes=shifts.get(talk.title, 0))]
    ]


async def test_swap_a_move_a_cancellation_and_a_new_talk_are_told_in_one_message(
    desk: Desk, channels: FakeChannels
) -> None:
    await desk.until(at("12:26"))
    talks = at_times(("Talk 1", 5), ("Talk 2", -5), ("Talk 9", 10))
    talks[4] = replace(talks[4], cancelled=True)
    await reimport(desk, [*talks, a_talk("Talk 16", starts_at=at("14:00"))])
    await desk.settle()
    assert told(channels) == [
        [
            f"- Cancelled: **Talk 5** · {WHEN}12:50 PDT",
            f"- Moved: **Talk 2** · {WHEN}12:35 PDT to 12:30 PDT",
            f"- Moved: **Talk 1** · {WHEN}12:30 PDT to 12:35 PDT",
            f"- Moved: **Talk 9** · {WHEN}13:25 PDT to 13:35 PDT",
            f"- New: **Talk 16** · {WHEN}14:00 PDT",
        ]
    ]
    assert channels.starting("Moved") == []
    await reimport(desk, [*talks, a_talk("Talk 16", starts_at=at("14:00"))])
    await desk.until(at("13:00"))
    assert len(told(channels)) == 1


async def test_reminder_that_stands_is_edited_and_its_move_not_told_twice(desk: Desk, channels: FakeChannels) -> None:
    await desk.until(at("12:26"))
    await reimport(desk, at_times(("Talk 1", 12)))
    await desk.settle()
    (reminder,) = (m for m in channels.starting("Up next") if "**Talk 1**" in m.content)
    assert len(reminder.edits) == 1
    assert told(channels) == [[f"- Moved: **Talk 1** · {WHEN}12:30 PDT to 12:42 PDT"]]
    await desk.until(at("12:41"))
    assert channels.starting("Moved") == []


async def test_changes_while_nothing_can_be_sent_are_told_as_one(desk: Desk, channels: FakeChannels) -> None:
    await desk.until(at("12:20"))
    await reimport(desk, at_times(("Talk 9", 10)))
    await reimport(desk, at_times(("Talk 9", 10), ("Talk 8", 5)))
    await reimport(desk, at_times(("Talk 9", 15), ("Talk 8", 0)))
    await desk.settle()
    assert told(channels) == [[f"- Moved: **Talk 9** · {WHEN}13:25 PDT to 13:40 PDT"]]


async def test_change_taken_back_before_it_was_told_is_not_told(desk: Desk, channels: FakeChannels) -> None:
    await desk.until(at("12:20"))
    await reimport(desk, at_times(("Talk 9", 10)))
    await reimport(desk, at_times())
    await desk.settle()
    assert told(channels) == []
    assert [row.state for row in await deliveries(desk.db, kind="changes")] == ["withdrawn"]
    await reimport(desk, at_times(("Talk 9", 10)))
    await desk.settle()
    assert len(told(channels)) == 1


async def test_session_that_begins_later_is_one_line(desk: Desk, channels: FakeChannels) -> None:
    await desk.until(at("12:00"))
    await reimport(desk, list(fifteen_talks(at("12:50"))))
    await desk.settle()
    assert told(channels) == [
        [f"- 15 talks 20 min later · **Talk 1** to **Talk 15** · from {WHEN}12:30 PDT to 12:50 PDT on"]
    ]


async def test_session_that_moves_to_a_room_with_a_channel_of_its_own_is_told_in_both(
    desk: Desk, channels: FakeChannels
) -> None:
    await use_channel(desk.db, desk.clock, 77, room="Hall G")
    await desk.until(at("12:00"))
    await reimport(desk, [replace(talk, room="Hall G") for talk in fifteen_talks()], room="Hall G")
    await desk.settle()
    assert sorted(m.channel_id for m in channels.starting("**The programme changed**")) == sorted({77, _hall(channels)})


def _hall(channels: FakeChannels) -> int:
    return next(m.channel_id for m in channels.starting("**The programme changed**") if m.channel_id != 77)


async def test_what_is_over_spelled_otherwise_or_weeks_away_is_not_told(desk: Desk, channels: FakeChannels) -> None:
    await desk.until(at("13:00"))
    talks = at_times(("Talk 1", -1))
    talks[9] = replace(talks[9], title="Talk: 10", abstract="More.")
    later = a_session(a_talk("Later", starts_at=at("12:00", "2022-08-01")), title="Later", room=None)
    await import_page(desk.db, desk.clock, a_schedule(a_session(*talks), later))
    await desk.settle()
    assert told(channels) == []


async def test_of_hundreds_of_changes_the_number_is_right(desk: Desk, channels: FakeChannels) -> None:
    many = [a_talk(f"Talk {n}", starts_at=at("12:30") + timedelta(minutes=n), speakers=(f"S{n}",)) for n in range(300)]
    await reimport(desk, many)
    await desk.until(at("12:21"))
    await reimport(desk, [replace(talk, cancelled=True) for talk in many])
    await desk.settle()
    assert told(channels)[0][-1] == "… and 288 more changes"


async def test_board_of_what_was_undone_says_that_nothing_takes_place(desk: Desk, channels: FakeChannels) -> None:
    await reimport(desk, list(fifteen_talks()))
    await desk.until(at("12:21"))
    change = await preview_undo(desk.db, desk.clock, SERVER)
    await undo_change(desk.db, desk.clock, server_id=SERVER, version_id=change.version_id, by=7)
    await desk.settle()
    (board,) = channels.starting("**Now and next**")
    assert board.edits[-1].splitlines()[1:] == ["Nothing takes place here today."]


async def test_undo_of_what_moderators_did_on_the_day_tells_nothing(desk: Desk, channels: FakeChannels) -> None:
    await reimport(desk, list(fifteen_talks()))
    await desk.until(at("12:21"))
    edit = TalkEdit(8, starts_at=at("13:20"))
    await edit_talk(desk.db, desk.clock, server_id=SERVER, session_id=1, edit=edit, by=7)
    change = await preview_undo(desk.db, desk.clock, SERVER)
    await undo_change(desk.db, desk.clock, server_id=SERVER, version_id=change.version_id, by=7)
    await desk.settle()
    assert told(channels) == []
