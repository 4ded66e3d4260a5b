"""Somebody takes away in mid-session what the bot works with: permissions, roles, threads; and gives it back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.journeys.run_stage import RunStage
from tests.journeys.stage import TITLES


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[RunStage]:
    async with RunStage.running(tmp_path) as stage:
        yield stage


@pytest.mark.slow
@pytest.mark.parametrize(
    ("permission", "box"),
    [
        ("view_channel", "View Channel"),
        ("send_messages", "Send Messages"),
        ("read_message_history", "Read Message History"),
    ],
)
async def test_permission_taken_away_in_mid_session_is_told_once_and_what_still_helps_comes_when_it_is_back(
    stage: RunStage, permission: str, box: str
) -> None:
    await stage.tap("Start", at="12:30")
    await stage.until_reminded(TITLES[1])
    stage.hall.deny_bot(permission)
    await stage.tap("Next", at="12:35")  # the clock goes on
    notice = await stage.until_posted("Chairside cannot post", channel=stage.general)
    assert box in notice.content
    posted = len(stage.announced())
    stage.at("12:38")
    stage.hall.allow_bot(permission)
    await stage.until_reminded(TITLES[2])
    assert len(stage.announced()) == posted + 1
    told = [message for message in stage.general.messages if "Chairside cannot post" in message.content]
    assert len(told) == 1
    refused = [request for request in stage.loopback.requests if request.status == 403]
    assert len(refused) <= 2  # of a channel that is hidden from it the bot hears nothing more


async def test_permissions_that_are_not_needed_may_be_taken_away(stage: RunStage) -> None:
    for channel in (stage.hall, stage.backstage):
        channel.deny_bot("embed_links", "manage_messages", "mention_everyone", "attach_files")
    await stage.tap("Start", at="12:30")
    await stage.until_reminded(TITLES[1])
    stage.at("12:34")
    await stage.until_posted("1:00 left", channel=stage.backstage)
    assert "Chairside cannot post" not in "".join(message.content for message in stage.general.messages)


async def test_moderators_role_deleted_in_mid_session_leaves_managers_who_choose_another(stage: RunStage) -> None:
    await stage.tap("Start", at="12:30")
    console = await stage.console(f"On stage: **{TITLES[0]}**")
    stage.server.remove_role(stage.role)
    said = await stage.press(stage.moderator, console, "Next")
    assert "/setup moderators" in said.content or "manager" in said.content.casefold(), said.content
    answer = await stage.press(stage.manager, await stage.console(), "Next")
    assert TITLES[1] in answer.content
    check = await stage.use(stage.manager, "setup check")
    assert "role" in check.text.casefold()
    another = stage.server.add_role("Chairs")
    kim = stage.server.add_member("Kim", roles=[another])
    await stage.use(stage.manager, "setup moderators", channel=stage.backstage, role=another)
    assert TITLES[2] in (await stage.press(kim, await stage.console(), "Next")).content


async def test_role_to_ping_deleted_in_mid_session_pings_nobody_and_the_reminder_comes(stage: RunStage) -> None:
    attendees = stage.server.add_role("Attendees", mentionable=True)
    await stage.use(stage.manager, "setup reminders", ping=attendees)
    stage.at("12:25")
    first = await stage.until_posted("Up next", TITLES[0])
    assert attendees.mention in first.content
    stage.server.remove_role(attendees)
    stage.at("12:30")
    second = await stage.until_reminded(TITLES[1])
    assert "<@&" not in second.content


@pytest.mark.slow
async def test_moderators_channel_deleted_in_mid_session_is_told_and_the_session_goes_on_in_another(
    stage: RunStage,
) -> None:
    await stage.tap("Start", at="12:30")
    stage.backstage.delete()
    stage.at("12:34")
    notice = await stage.until_posted("Chairside cannot post", channel=stage.general)
    assert "was deleted" in notice.content
    assert "/setup moderators" in notice.content
    assert TITLES[0] in (await stage.use(stage.moderator, "timer status")).content
    stage.backstage = stage.server.add_channel("moderators-again")
    await stage.use(stage.manager, "setup moderators", channel=stage.backstage, role=stage.role)
    console = await stage.console(f"On stage: **{TITLES[0]}**")
    stage.at("12:35")
    await stage.clock_noticed()
    assert TITLES[1] in (await stage.press(stage.moderator, console, "Next")).content
