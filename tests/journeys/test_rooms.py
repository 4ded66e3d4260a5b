"""Several rooms at once: each channel has its own, and one board says what is on in all of them."""

from __future__ import annotations

import pytest

from bot.rehearsal.loopback.world.messages import Message, Upload
from tests.journeys.stage import TITLES, Stage

HALL_G = b"title,start,end,room,date\nElsewhere,15:30,16:30,Hall G,2022-07-21\nLast,16:30,17:00,Hall G,2022-07-21\n"


async def two_rooms(stage: Stage) -> None:
    await stage.set_up()
    file = Upload("hall-g.csv", HALL_G)
    preview = await stage.use(stage.manager, "schedule import", file=file, timezone="America/New_York")
    await stage.press(stage.manager, preview.message, "Import")
    hall_g = stage.server.add_channel("hall-g")
    await stage.use(stage.manager, "setup channel", channel=hall_g, room="Hall G")
    chosen = await stage.use(stage.manager, "setup board", channel=stage.general)
    assert chosen.content.startswith(f"<#{stage.general.id}> has a board of all rooms")


async def board(stage: Stage, *words: str) -> Message:
    return await stage.until_posted("**Now in every room**", *words, channel=stage.general)


@pytest.mark.slow
async def test_board_of_all_rooms_follows_every_clock(stage: Stage) -> None:
    await two_rooms(stage)
    stage.at("12:16")
    first = await board(stage, "**Hall F** 15:30", "**Hall G** 15:30 Elsewhere")
    stage.at("12:31")
    await board(stage, "**Hall F** now", "**Hall G** now Elsewhere · 16:30 Last")
    await stage.use(stage.manager, "timer start")
    stage.at("12:33")
    await stage.use(stage.manager, "timer next")
    stage.at("12:34")
    shown = await board(stage, f"now {TITLES[1][:20]}")
    await stage.kill_bot()
    await stage.start_bot()
    stage.at("13:31")
    shown = await board(stage, "**Hall G** now Last (until 17:00)")
    assert shown.id == first.id
    assert len([m for m in stage.general.messages if m.content.startswith("**Now in every room**")]) == 1


async def test_each_channel_announces_its_own_room_and_no_other(stage: Stage) -> None:
    await two_rooms(stage)
    stage.at("12:26")
    await stage.until_reminded(TITLES[0])
    hall_g = next(channel for channel in stage.server.channels.values() if channel.name == "hall-g")
    await stage.until_posted("Up next", "Elsewhere", channel=hall_g)
    assert not [m for m in stage.hall.messages if "Elsewhere" in m.content]
    assert not [m for m in hall_g.messages if TITLES[0] in m.content]


async def test_now_tells_of_this_channels_room_or_of_all_of_them(stage: Stage) -> None:
    await two_rooms(stage)
    stage.at("12:31")
    here = await stage.use(stage.attendee, "now")
    assert TITLES[0] in here.content
    assert "Elsewhere" not in here.content
    everywhere = await stage.use(stage.attendee, "now", rooms=True)
    assert everywhere.content.startswith("**Now in every room**, times in EDT\n- **Hall F** now")
    assert "- **Hall G** now Elsewhere · 16:30 Last" in everywhere.content
    nothing = await stage.use(stage.attendee, "now", rooms=False)
    assert nothing.content == here.content


async def test_now_where_nothing_is_imported_says_so_for_every_room_as_well(stage: Stage) -> None:
    for rooms in (False, True):
        assert "There is no programme here yet" in (await stage.use(stage.attendee, "now", rooms=rooms)).content
