"""The day itself: posting paused and resumed, channels renamed or replaced, the bot removed and invited again."""

from __future__ import annotations

import asyncio

import pytest

from bot.rehearsal.loopback.moments import RealMoments, pause
from tests.journeys.stage import PATIENCE, TITLES, Stage


@pytest.mark.slow
async def test_nothing_is_posted_or_edited_while_paused_and_what_still_helps_comes_after(stage: Stage) -> None:
    await stage.set_up()
    stage.at("12:20")
    board = await stage.until_posted("**Now and next**")
    shown = board.content
    assert "nothing is posted or edited" in (await stage.use(stage.manager, "status pause")).content
    stage.at("12:31")
    assert "**Paused** since" in (await stage.use(stage.manager, "status now")).content
    await stage.kill_bot()
    await stage.start_bot()
    stage.at("12:32")
    await stage.use(stage.manager, "now")
    assert stage.announced() == []
    assert board.content == shown
    assert (await stage.use(stage.manager, "status resume")).content.startswith("Posting again.")
    await stage.until_reminded(TITLES[1])
    await stage.until_posted("**Now and next**", TITLES[0])
    assert stage.announced() == [TITLES[1]]
    assert (await stage.use(stage.manager, "status resume")).content == "Posting was not paused."


async def test_channel_that_was_renamed_goes_on_and_one_that_was_deleted_is_replaced(stage: Stage) -> None:
    await stage.set_up()
    stage.hall.name = "hall-f-day-1"
    stage.server.channel_changed(stage.hall)
    stage.at("12:25")
    await stage.until_reminded(TITLES[0])
    stage.server.remove_channel(stage.hall)
    another = stage.server.add_channel("hall-f-again")
    stage.at("12:30")
    notice = await stage.until_posted("Chairside cannot post", channel=stage.general)
    assert "was deleted" in notice.content
    stage.hall = another
    await stage.use(stage.manager, "setup channel", channel=another)
    await stage.until_reminded(TITLES[1])
    await stage.until_posted("**Now and next**")
    assert stage.announced() == [TITLES[1]]


def servers(stage: Stage) -> dict[int, object]:
    """When the bot left each server that it knows."""
    return dict(stage.stored("SELECT id, left_at FROM servers"))


async def until_noticed_as_left(stage: Stage) -> None:
    async with asyncio.timeout(PATIENCE):
        while servers(stage)[stage.server.id] is None:
            await pause(RealMoments(), 0.02)


@pytest.mark.slow
async def test_bot_removed_while_it_was_away_posts_nothing_and_goes_on_once_invited_again(stage: Stage) -> None:
    await stage.set_up()
    await stage.kill_bot()
    stage.server.remove_bot()
    await stage.start_bot()
    stage.at("12:26")
    await until_noticed_as_left(stage)
    stage.server.invite_bot()
    await stage.until_reminded(TITLES[0])
    stage.at("12:30")
    await stage.until_reminded(TITLES[1])
    assert stage.announced() == list(TITLES[:2])


@pytest.mark.slow
async def test_removal_while_the_connection_was_down_is_noticed_without_a_restart_and_an_outage_is_none(
    stage: Stage,
) -> None:
    other = stage.loopback.add_server("NeurIPS 2022")
    async with asyncio.timeout(PATIENCE):
        while not {other.id, stage.server.id} <= set(servers(stage)):
            await pause(RealMoments(), 0.02)
    stage.loopback.faults.invalidate_sessions()
    stage.server.remove_bot()
    other.go_away()
    await until_noticed_as_left(stage)
    assert servers(stage)[other.id] is None
    stage.server.invite_bot()
    async with asyncio.timeout(PATIENCE):
        while servers(stage)[stage.server.id] is not None:
            await pause(RealMoments(), 0.02)


@pytest.mark.slow
async def test_board_in_a_channel_that_is_used_no_more_says_so(stage: Stage) -> None:
    await stage.set_up()
    stage.at("12:20")
    board = await stage.until_posted("**Now and next**")
    another = stage.server.add_channel("another")
    await stage.use(stage.manager, "setup channel", channel=another)
    left = await stage.until_posted("not kept up to date any more")
    assert left.id == board.id
    await stage.until_posted("**Now and next**", channel=another)
