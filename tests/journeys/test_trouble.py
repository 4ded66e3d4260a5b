"""What goes wrong at a conference: Discord away, a channel deleted, a permission missing."""

from __future__ import annotations

from http import HTTPStatus

import pytest

from bot.rehearsal.loopback.world.channels import TextChannel
from bot.rehearsal.loopback.world.messages import Message
from bot.rehearsal.loopback.world.permissions import Permission
from tests.journeys.stage import TITLES, Stage

TICK_THE_BOX = (
    "Tick Send Messages for Chairside under Edit Channel → Permissions of #hall-f. "
    "Reminders that are still due then go out by themselves."
)


def notices(channel: TextChannel) -> list[Message]:
    return [message for message in channel.messages if message.content.startswith("Chairside cannot post")]


async def test_reminder_due_while_discord_is_away_comes_once_when_it_is_back(stage: Stage) -> None:
    await stage.set_up()
    stage.at("12:24")
    stage.loopback.faults.down()
    stage.at("12:25")
    await stage.loopback.wait_until_gone()
    stage.at("12:27")
    stage.loopback.faults.up()
    reminder = await stage.until_reminded(TITLES[0])
    assert "<t:1658431800:R>" in reminder.content  # the time left is Discord's to count, so it is true
    await stage.loopback.wait_until_ready(within=20)
    stage.at("12:30")
    await stage.until_reminded(TITLES[1])
    assert stage.announced() == list(TITLES[:2])


@pytest.mark.slow
async def test_reminder_whose_answer_is_lost_is_found_and_not_doubled(stage: Stage) -> None:
    await stage.set_up()
    stage.loopback.faults.lose_response(1, matching=rf"POST /channels/{stage.hall.id}/messages")
    stage.at("12:25")
    await stage.until_reminded(TITLES[0])
    stage.at("12:30")
    await stage.until_reminded(TITLES[1])
    assert stage.announced() == list(TITLES[:2])
    await stage.loopback.requests.wait_for(rf"GET /channels/{stage.hall.id}/messages")


async def test_missing_permission_is_told_once_and_what_is_still_due_goes_out_once_it_is_back(stage: Stage) -> None:
    await stage.set_up()
    stage.hall.deny_bot("send_messages")
    told = await stage.use(stage.manager, "setup start")  # what the gateway tells comes in order
    assert "To put right" in told.content
    stage.at("12:25")
    notice = await stage.until_posted("Chairside cannot post", channel=stage.general)
    assert notice.content.splitlines() == [
        "Chairside cannot post: in #hall-f it lacks Send Messages.",
        TICK_THE_BOX,
    ]
    stage.at("12:30")
    status = await stage.use(stage.manager, "status now")
    assert "in #hall-f it lacks Send Messages" in status.content
    stage.hall.allow_bot("send_messages")
    await stage.until_reminded(TITLES[1])
    assert TITLES[0] not in stage.announced()
    assert len(notices(stage.general)) == 1
    # the bot asked Discord for nothing that it was not allowed
    assert [request.path for request in stage.loopback.requests if request.status == HTTPStatus.FORBIDDEN] == []


async def test_deleted_channel_is_told_once_and_reminders_go_on_in_the_new_one(stage: Stage) -> None:
    await stage.set_up()
    stage.at("12:25")
    await stage.until_reminded(TITLES[0])
    stage.hall.delete()
    stage.at("12:30")
    notice = await stage.until_posted("Chairside cannot post", channel=stage.general)
    assert "was deleted" in notice.content
    assert "/setup channel" in notice.content
    stage.at("12:31")
    answer = await (await stage.manager.slash(stage.general, "setup channel", channel=stage.general)).final()
    assert "announced in" in answer.content
    await stage.until_posted("Up next", TITLES[1], channel=stage.general)
    assert len(notices(stage.general)) == 1


async def test_archived_thread_is_not_taken_for_a_deleted_channel(stage: Stage) -> None:
    await stage.set_up()
    stage.at("12:20")
    await stage.use(stage.manager, "session console")
    (thread,) = stage.hall.threads
    await stage.until_posted("**Console**", channel=thread)  # type: ignore[arg-type] # threads wait as well
    stage.hall.deny_bot("manage_threads")
    thread.archive(locked=True)
    locked = await stage.use(stage.manager, "setup channel", channel=thread)
    assert locked.content == f"“{thread.name}” is a locked thread. Unlock it first, or choose another channel."
    thread.archive()
    chosen = await stage.use(stage.manager, "setup channel", channel=thread)
    assert "announced in" in chosen.content
    assert "It is archived at the moment: the next post opens it again." in chosen.content
    stage.at("12:25")
    await stage.until_posted("Up next", TITLES[0], channel=thread)  # type: ignore[arg-type] # as above
    assert not thread.archived
    assert notices(stage.general) == []


@pytest.mark.slow
async def test_board_deleted_by_hand_comes_back_at_its_next_change(stage: Stage) -> None:
    await stage.set_up()
    stage.at("12:20")
    board = await stage.until_posted("**Now and next**")
    tidy = stage.server.add_role("Tidy", Permission.MANAGE_MESSAGES)
    await stage.server.add_member("Tim", roles=[tidy]).delete(board)
    stage.at("12:30")
    again = await stage.until_posted("**Now and next**", f"Now: **{TITLES[0]}**")
    assert again.id != board.id
    assert stage.boards() == [again]


@pytest.mark.slow
async def test_gateway_closed_in_every_way_that_allows_it_comes_back_and_posts_go_on(stage: Stage) -> None:
    await stage.set_up()
    stage.loopback.faults.invalidate_sessions()
    stage.at("12:25")
    await stage.until_reminded(TITLES[0])
    await stage.loopback.wait_until_ready(within=20)
    assert (await stage.use(stage.attendee, "upnext")).content.startswith("Up next <t:1658431800:R>")
