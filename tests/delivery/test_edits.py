"""Posted messages brought up to date: moved and cancelled talks, and the board at each change."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.delivery.channel import Outcome
from bot.schedules.schedule import Talk
from bot.services.editing import TalkEdit, edit_talk
from bot.services.servers import set_leads, set_timezone
from tests.builders import NEW_YORK, SERVER, a_schedule, a_session, a_talk, at, fifteen_talks
from tests.clocks import SteppedClock
from tests.delivery.desk import Desk
from tests.delivery.fakes import FakeChannels, Posted
from tests.services.store import deliveries, import_page


def changed(talks: Iterable[Talk], title: str, **changes: object) -> list[Talk]:
    """The session's talks with one of them changed."""
    return [replace(talk, **changes) if talk.title == title else talk for talk in talks]  # type: ignore[arg-type] # any field


def moved(title: str, minutes: int) -> list[Talk]:
    """The session's talks with one of them moved."""
    by = timedelta(minutes=minutes)
    talk = next(talk for talk in fifteen_talks() if talk.title == title)
    return changed(fifteen_talks(), title, starts_at=talk.starts_at + by, ends_at=talk.ends_at + by)


async def reimport(desk: Desk, talks: Iterable[Talk]) -> None:
    await import_page(desk.db, desk.clock, a_schedule(a_session(*talks)))
    await desk.settle()


async def move(desk: Desk, start: str) -> None:
    """Give the first talk another start, as a moderator does on the day."""
    edit = TalkEdit(1, starts_at=at(start))
    await edit_talk(desk.db, desk.clock, server_id=SERVER, session_id=1, edit=edit, by=7)


def reminder(channels: FakeChannels, title: str = "Talk 1") -> Posted:
    return next(message for message in channels.starting("Up next") if f"**{title}**" in message.content)


def board(channels: FakeChannels) -> Posted:
    return channels.starting("**Now and next**")[-1]


async def test_reminder_of_a_talk_moved_by_a_few_minutes_is_edited_without_a_notice(
    desk: Desk, channels: FakeChannels
) -> None:
    await desk.until(at("12:26"))
    await reimport(desk, moved("Talk 1", 3))
    assert [edit.splitlines()[0] for edit in reminder(channels).edits] == ["Up next <t:1658431980:R>: **Talk 1**"]
    assert channels.starting("Moved") == []
    await reimport(desk, moved("Talk 1", 3))
    assert len(reminder(channels).edits) == 1


async def test_reminder_of_a_talk_moved_by_ten_minutes_is_edited_and_told_in_one_notice(
    desk: Desk, channels: FakeChannels
) -> None:
    await desk.until(at("12:26"))
    await move(desk, "12:42")
    await desk.settle()
    assert len(reminder(channels).edits) == 1
    assert [message.content.splitlines()[:2] for message in channels.starting("Moved")] == [
        [
            "Moved: **Talk 1** starts 12 min later than announced.",
            "Now 12:42 PDT (<t:1658432520:t> your time); it was 12:30 PDT.",
        ],
    ]
    await desk.until(at("12:41"))
    assert len(channels.starting("Moved")) == 1
    # announced once: the reminder that stands was edited, no second one is posted
    assert len([m for m in channels.starting("Up next") if "**Talk 1**" in m.content]) == 1


async def test_talk_announced_by_two_leads_gets_one_notice_when_it_moves(
    desk: Desk, channels: FakeChannels, clock: SteppedClock
) -> None:
    await set_leads(desk.db, clock, server_id=SERVER, minutes=[8, 5])
    await desk.until(at("12:26"))
    await move(desk, "12:42")
    await desk.settle()
    assert len(channels.starting("Moved")) == 1
    assert [len(m.edits) for m in channels.starting("Up next") if "**Talk 1**" in m.content] == [1, 1]


async def test_notice_of_a_move_taken_back_before_it_was_sent_is_withdrawn(
    desk: Desk, channels: FakeChannels, clock: SteppedClock
) -> None:
    await desk.until(at("12:26"))
    await move(desk, "12:42")
    await move(desk, "12:30")
    await desk.settle()
    states = [(row.state, row.details["told"]) for row in await deliveries(desk.db, kind="moved", state="withdrawn")]
    assert states == [("withdrawn", "2022-07-21T19:30:00+00:00")]


async def test_reminder_of_a_talk_cancelled_since_says_so(desk: Desk, channels: FakeChannels) -> None:
    await desk.until(at("12:26"))
    await reimport(desk, changed(fifteen_talks(), "Talk 1", cancelled=True))
    assert [edit.splitlines()[0] for edit in reminder(channels).edits] == [
        "Cancelled: **Talk 1** does not take place.",
    ]


async def test_reminder_shows_a_new_title_and_new_people(desk: Desk, channels: FakeChannels) -> None:
    await desk.until(at("12:26"))
    await reimport(desk, changed(fifteen_talks(), "Talk 1", speakers=("Ada Lovelace",)))
    assert reminder(channels).edits[0].splitlines()[1] == "Spotlight · Ada Lovelace"


async def test_reminder_shows_the_zone_that_was_set_since(
    desk: Desk, channels: FakeChannels, clock: SteppedClock
) -> None:
    await desk.until(at("12:26"))
    await set_timezone(desk.db, clock, server_id=SERVER, timezone=NEW_YORK)
    await desk.settle()
    assert "15:30 EDT · 12:30 PDT" in reminder(channels).edits[0]


async def test_reminder_follows_its_talk_after_the_lead_times_changed(
    desk: Desk, channels: FakeChannels, clock: SteppedClock
) -> None:
    await desk.until(at("12:26"))
    await set_leads(desk.db, clock, server_id=SERVER, minutes=[10])
    await desk.settle()
    await reimport(desk, moved("Talk 1", 3))
    assert len(reminder(channels).edits) == 1
    assert len([m for m in channels.starting("Up next") if "**Talk 1**" in m.content]) == 1


async def test_reminder_follows_its_talk_into_another_session(desk: Desk, channels: FakeChannels) -> None:
    await desk.until(at("12:26"))
    first, *others = moved("Talk 1", 3)
    other = a_session(first, a_talk("New", starts_at=at("15:00")), title="Elsewhere", room="Hall G")
    await import_page(desk.db, desk.clock, a_schedule(a_session(*others), other))
    await desk.settle()
    assert reminder(channels).edits[0].splitlines()[-1] == "Hall G · Elsewhere"


async def test_change_just_before_its_moment_is_in_the_message(
    desk: Desk, channels: FakeChannels, clock: SteppedClock
) -> None:
    await desk.until(at("12:24:59"))
    assert (await deliveries(desk.db, kind="up_next"))[0].state == "claimed"
    await reimport(desk, changed(fifteen_talks(), "Talk 1", speakers=("Ada Lovelace",)))
    await desk.until(at("12:25"))
    assert reminder(channels).content.splitlines()[1] == "Spotlight · Ada Lovelace"
    assert reminder(channels).posted_at == at("12:25")


@pytest.mark.slow
async def test_poster_that_leaves_a_posted_slot_leaves_the_others_announced(desk: Desk, channels: FakeChannels) -> None:
    async def store(*posters: Talk) -> None:
        await import_page(desk.db, desk.clock, a_schedule(a_session(*posters, title="Posters")))
        await desk.settle()

    first, *others = (a_talk(f"Poster {n}", starts_at=at("16:00"), speakers=(f"P{n}",)) for n in range(3))
    await store(first, *others)
    await desk.until(at("15:56"))
    await store(replace(first, starts_at=at("16:30"), ends_at=at("16:35")), *others)
    stands, second = (message for message in channels.starting("Up next") if message.posted_at > at("15:00"))
    assert stands.edits[-1].startswith("Up next <t:1658446200:R>: **Poster 0**")
    assert second.content.startswith("Up next <t:1658444400:R>: 2 talks together")


@pytest.mark.slow
async def test_board_is_posted_once_and_edited_at_each_change_only(desk: Desk, channels: FakeChannels) -> None:
    await desk.until(at("15:00"))
    assert len(channels.starting("**Now and next**")) == 1
    stands = board(channels)
    # once for each of the 15 starts, which are the ends of those before, and for the last end
    heads = [edit.splitlines()[1].split(" · ")[0] for edit in stands.edits]
    over = "That was the last talk here today. Thank you for coming."
    assert heads == [*(f"Now: **Talk {number}**" for number in range(1, 16)), over]


@pytest.mark.slow
async def test_board_is_right_at_every_change(desk: Desk, channels: FakeChannels) -> None:
    shown: list[tuple[str, str]] = []
    for talk in fifteen_talks():
        await desk.until(talk.starts_at)
        lines = board(channels).edits[-1].splitlines()
        shown.append((lines[1].split("**")[1], lines[-1].split("**")[1] if "**" in lines[-1] else lines[-1]))
    titles = [f"Talk {number}" for number in range(1, 16)]
    assert shown == list(zip(titles, [*titles[1:], "Next: nothing more today"], strict=True))


async def test_board_takes_up_a_change_of_the_programme_at_once(desk: Desk, channels: FakeChannels) -> None:
    await desk.until(at("12:26"))
    await reimport(desk, moved("Talk 1", 3))
    assert "Next at 12:33 PDT (<t:1658431980:t>" in board(channels).edits[-1]


async def test_board_deleted_by_hand_comes_back_at_the_next_change(desk: Desk, channels: FakeChannels) -> None:
    await desk.until(at("12:31"))
    first = board(channels)
    channels.delete(first)
    await desk.until(at("12:35"))
    second = board(channels)
    assert (second.id != first.id, second.posted_at, second.delivery_id != first.delivery_id) == (
        True,
        at("12:35"),
        True,
    )
    await desk.until(at("12:40"))
    assert len(second.edits) == 1
    assert len(channels.starting("**Now and next**")) == 2


async def test_reminder_deleted_by_hand_is_not_posted_again(desk: Desk, channels: FakeChannels) -> None:
    await desk.until(at("12:26"))
    channels.delete(reminder(channels))
    await reimport(desk, moved("Talk 1", 3))
    assert len(channels.starting("Up next")) == 1
    row = (await deliveries(desk.db, kind="up_next"))[0]
    assert (row.state, row.reason, row.edit_at) == ("sent", "the message is gone", None)


async def test_edit_that_discord_did_not_take_is_tried_again(desk: Desk, channels: FakeChannels) -> None:
    await desk.until(at("12:26"))
    channels.edit_failures = [Outcome.NOT_SENT, Outcome.UNKNOWN]
    await reimport(desk, moved("Talk 1", 3))
    await desk.until(at("12:27"))
    assert len(reminder(channels).edits) == 1


async def test_edit_given_up_after_a_failed_try_leaves_nothing_to_wake_for(
    desk: Desk, channels: FakeChannels, clock: SteppedClock
) -> None:
    await desk.until(at("12:26"))
    channels.edit_failures = [Outcome.NOT_SENT, Outcome.NOT_SENT, Outcome.REFUSED, Outcome.REFUSED]
    await reimport(desk, moved("Talk 1", 3))
    await desk.until(at("12:27"))
    assert desk.alarm.armed is not None
    assert desk.alarm.armed > clock.real()


async def test_board_whose_edit_is_forbidden_is_right_again_once_it_may_be_edited(
    desk: Desk, channels: FakeChannels
) -> None:
    await desk.until(at("12:29"))
    channels.edit_failures = [Outcome.FORBIDDEN] * 3
    await desk.until(at("12:33"))
    assert board(channels).edits[-1].splitlines()[1].startswith("Now: **Talk 1**")


async def test_edit_asked_for_while_another_is_under_way_is_made_after_it(
    desk: Desk, channels: FakeChannels, clock: SteppedClock
) -> None:
    await desk.until(at("12:26"))

    async def change_again() -> None:
        channels.editing = None
        clock.advance(seconds=1)
        await import_page(desk.db, clock, a_schedule(a_session(*moved("Talk 1", 5))))

    channels.editing = change_again
    await reimport(desk, moved("Talk 1", 3))
    assert reminder(channels).edits[-1].startswith("Up next <t:1658432100:R>")


async def test_error_in_one_edit_neither_ends_the_sender_nor_goes_round(
    desk: Desk, channels: FakeChannels, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    await desk.until(at("12:26"))

    async def fail() -> None:
        raise RuntimeError("unexpected")

    channels.editing = fail
    await reimport(desk, moved("Talk 1", 3))
    requests = len(channels.requests)
    await desk.until(at("12:26:20"))
    assert len(channels.requests) - requests < 20
    channels.editing = None
    await desk.until(at("12:28"))
    assert len(reminder(channels).edits) == 1
