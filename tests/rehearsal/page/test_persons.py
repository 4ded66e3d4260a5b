"""What somebody sees on the page is what they would see on Discord, whoever else watches."""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import replace

import pytest

from bot.rehearsal.cast import Cast
from bot.rehearsal.loopback import GatewayChanged, Permission, Thread
from bot.rehearsal.loopback.world import posting
from bot.rehearsal.loopback.world.channels import ChannelKind
from bot.rehearsal.loopback.world.messages import Message, MessageFlag, Upload
from bot.rehearsal.loopback.world.posting import Change, Draft
from bot.rehearsal.page import drawn
from bot.rehearsal.rehearsal import Rehearsal
from tests.rehearsal.page.browser import Browser, Json
from tests.rehearsal.page.conftest import NOW

PRIVATE = Draft(flags=MessageFlag.EPHEMERAL)


def post(rehearsal: Rehearsal, content: str, draft: Draft = PRIVATE) -> Message:
    world = rehearsal.loopback.world
    return posting.post(world, rehearsal.hall.channel, world.bot, replace(draft, content=content))


def places(state: Json) -> list[str]:
    return [channel["name"] for place in state["places"] for channel in place["channels"]]


def contents(state: Json) -> list[str]:
    return [message["html"].removeprefix('<p dir="auto">').removesuffix("</p>") for message in state["messages"]]


async def test_state_holds_what_is_for_their_eyes(rehearsal: Rehearsal, browser: Browser) -> None:
    hall, world = rehearsal.hall, rehearsal.loopback.world
    ada, yusuf, *_ = hall.attendees
    post(rehearsal, "For all", Draft())
    post(rehearsal, "For Ada", replace(PRIVATE, only_for=ada.user))
    post(rehearsal, "For Yusuf", replace(PRIVATE, only_for=yusuf.user))
    posting.post(world, hall.backstage, world.bot, Draft("For moderators"))
    posting.post(world, yusuf.direct_channel, world.bot, Draft("Two minutes left."))
    seen = {person: await browser.state(person) for person in (None, ada, yusuf, hall.moderator, hall.manager)}
    assert {person.name if person else None: (places(state), contents(state)) for person, state in seen.items()} == {
        None: (
            ["general", "hall-f", "moderators", "@Yusuf"],
            ["For all", "For Ada", "For Yusuf", "For moderators", "Two minutes left."],
        ),
        "Ada": (["general", "hall-f"], ["For all", "For Ada"]),
        "Yusuf": (["general", "hall-f", "@Chairside"], ["For all", "For Yusuf", "Two minutes left."]),
        hall.moderator.name: (["general", "hall-f", "moderators"], ["For all", "For moderators"]),
        hall.manager.name: (["general", "hall-f", "moderators"], ["For all", "For moderators"]),
    }
    assert (seen[ada]["me"], seen[None]["me"]) == (str(ada.id), None)
    assert [message["dismissable"] for message in seen[ada]["messages"]] == [False, True]


async def test_each_is_told_only_what_they_see(rehearsal: Rehearsal, browser: Browser) -> None:
    world = rehearsal.loopback.world
    ada, yusuf, *_ = rehearsal.hall.attendees
    async with browser.watching(ada) as hers, browser.watching(yusuf) as his, browser.watching() as all_of_it:
        for window in (hers, his, all_of_it):
            await window.next()
        secret = post(rehearsal, "For Ada", replace(PRIVATE, only_for=ada.user))
        posting.edit(world, secret, Change(content="For Ada, now"))
        posting.post(world, rehearsal.hall.backstage, world.bot, Draft("For moderators"))
        everything = [(await all_of_it.next())[0] for _ in range(3)]
        posting.delete(world, secret)
        post(rehearsal, "For all", Draft())
        everything += [(await all_of_it.next())[0] for _ in range(2)]
        told = [[(await window.next())[0] for _ in range(count)] for window, count in ((hers, 4), (his, 1))]
    assert told == [["message", "message", "gone", "message"], ["message"]]
    assert everything == ["message", "message", "message", "gone", "message"]


async def test_nobody_else_can_be_watched_as(rehearsal: Rehearsal, browser: Browser) -> None:
    line = "nobody like that is in this rehearsal. Choose somebody at the top of the page."
    for number in ("17", "nobody", str(rehearsal.loopback.bot.id), str(rehearsal.hall.listeners[0].id)):
        assert await browser.get("events", **{"as": number}) == {"error": line}


async def test_channel_says_whether_they_may_write_there(rehearsal: Rehearsal, browser: Browser) -> None:
    hall = rehearsal.hall
    hall.channel.deny_bot("send_messages")
    hall.channel.set_overwrite(hall.attendees[0].user, deny=Permission.SEND_MESSAGES)
    for person, writes in ((hall.attendees[0], [True, False]), (hall.attendees[1], [True, True])):
        channels = (await browser.state(person))["places"][0]["channels"]
        assert [channel["writes"] for channel in channels] == writes
    assert "writes" not in (await browser.state())["places"][0]["channels"][0]


async def test_thread_of_members_appears_for_them_alone(rehearsal: Rehearsal, browser: Browser) -> None:
    hall, world = rehearsal.hall, rehearsal.loopback.world
    ada, yusuf, *_ = hall.attendees
    about = world.snowflakes.make(), world, "Console", ChannelKind.PRIVATE_THREAD
    thread = Thread(*about, trunk=hall.channel, owner=world.bot, created_at=NOW, archived_at=NOW)
    async with browser.watching(ada) as hers, browser.watching(yusuf) as his:
        await hers.next()
        await his.next()
        hall.server.open_thread(thread)
        thread.add(ada.user)
        # somebody who joins in between has seen it already, those who were there have not
        assert "Console" in places(await browser.state(ada))
        name, state = await hers.next()
        posting.post(world, thread, world.bot, Draft("For Ada"))
        post(rehearsal, "For all", Draft())
        assert (name, "Console" in places(state)) == ("state", True)
        assert [(await hers.next())[0] for _ in range(2)] == ["message", "message"]
        name, told = await his.next()
        assert (name, told["channel"]) == ("message", str(hall.channel.id))


async def test_message_is_drawn_once_however_many_windows_are_open(
    rehearsal: Rehearsal, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawings: list[int] = []
    draw = drawn.message

    def counted(shown: Message, *rest: object) -> Json:
        drawings.append(shown.id)
        return draw(shown, *rest)  # type: ignore[arg-type] # as it came

    monkeypatch.setattr(drawn, "message", counted)
    people = [None, rehearsal.hall.manager, rehearsal.hall.moderator, *rehearsal.hall.attendees]
    async with AsyncExitStack() as windows:
        opened = [await windows.enter_async_context(browser.watching(people[n % len(people)])) for n in range(20)]
        for window in opened:
            await window.next()
        told = [post(rehearsal, f"{number}", Draft()) for number in range(3)]
        for window in opened:
            assert [(await window.next())[1]["id"] for _ in told] == [str(message.id) for message in told]
        await browser.state(rehearsal.hall.attendees[0])
    assert drawings == [message.id for message in told]


async def test_page_knows_when_its_last_window_is_closed(
    rehearsal: Rehearsal, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.rehearsal.page.server.LEFT_SECONDS", 0)
    page = browser.page
    assert not page.is_watched
    await page.until_left()
    async with browser.watching() as first:
        await first.next()
        async with browser.watching(rehearsal.hall.manager) as second:
            await second.next()
        assert page.is_watched
    await page.until_left()
    assert not page.is_watched


async def test_file_is_saved_and_never_shown(rehearsal: Rehearsal, browser: Browser) -> None:
    message = post(rehearsal, "", Draft(uploads=[Upload('x".html', b"<script>")]))
    [drawn_message] = (await browser.state())["messages"]
    url = f"/files/{message.id}/0?{message.attachments[0].id}"
    assert drawn_message["files"] == [{"name": 'x".html', "size": 8, "url": url}]
    async with browser.http.get(browser.page.url.rstrip("/") + drawn_message["files"][0]["url"]) as response:
        headers = response.headers
        assert (response.status, await response.read()) == (200, b"<script>")
    assert headers["Content-Disposition"] == 'attachment; filename="x_.html"'
    assert (headers["Content-Type"], headers["X-Content-Type-Options"]) == ("application/octet-stream", "nosniff")
    for path in (f"{message.id}/1", "17/0", f"{message.id}/x"):
        async with browser.http.get(f"{browser.page.url}files/{path}") as response:
            assert response.status == 404


async def test_picture_is_shown_with_its_size_and_what_it_says(rehearsal: Rehearsal, browser: Browser) -> None:
    data = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (1200).to_bytes(4) + (640).to_bytes(4) + b"\x08\x06"
    post(rehearsal, "", Draft(uploads=[Upload("report.png", data, "Fifteen talks\x07."), Upload("cut.png", data[:20])]))
    [drawn_message] = (await browser.state())["messages"]
    picture, cut = drawn_message["files"]
    assert picture["picture"] == {"width": 1200, "height": 640, "alt": "Fifteen talks."}
    assert "picture" not in cut
    for file, kind in ((picture, "image/png"), (cut, "application/octet-stream")):
        async with browser.http.get(browser.page.url.rstrip("/") + file["url"]) as response:
            assert (response.status, response.headers["Content-Type"]) == (200, kind)
            assert response.headers["X-Content-Type-Options"] == "nosniff"


async def test_bot_that_comes_and_goes_stands_on_the_controls(rehearsal: Rehearsal, browser: Browser) -> None:
    async with browser.watching() as window:
        await window.next()
        rehearsal.control.open(Cast.LIVELY, 60)
        stands = await window.until("control")
        assert (stands["speed"], stands["bot"], stands["next"]) == (60, "starting", None)
        rehearsal.loopback.world.hub.publish(GatewayChanged(1))
        await window.until("bot", online=True)
        rehearsal.control.finish()
        assert (await window.until("control", finished=True))["took_part"] is True
