from __future__ import annotations

import io

import aiohttp
import discord
import pytest
from discord import ui

from bot.rehearsal.loopback import Loopback, TextChannel
from bot.rehearsal.loopback.world.messages import walk
from tests.rehearsal.conftest import connected


def calendar(text: bytes = b"BEGIN:VCALENDAR") -> discord.File:
    return discord.File(io.BytesIO(text), "talks.ics", description="Your talks")


async def test_files_of_the_bot_can_be_fetched(loopback: Loopback, hall: TextChannel) -> None:
    async with connected(loopback) as client:
        sent = await client.text_channel(hall).send("Programme", file=calendar())
        [attachment] = hall.messages[0].attachments
        assert (attachment.filename, attachment.text, attachment.description) == (
            "talks.ics",
            "BEGIN:VCALENDAR",
            "Your talks",
        )
        assert await sent.attachments[0].read() == b"BEGIN:VCALENDAR"
        async with aiohttp.ClientSession() as session, session.get(attachment.url) as response:
            assert response.headers["Content-Type"].startswith("text/calendar")
        await sent.delete()
        with pytest.raises(discord.NotFound):
            await sent.attachments[0].read()


async def test_an_edit_keeps_replaces_and_removes_files(loopback: Loopback, hall: TextChannel) -> None:
    async with connected(loopback) as client:
        sent = await client.text_channel(hall).send("Programme", file=calendar())
        await sent.edit(content="Programme, again")
        assert [a.text for a in hall.messages[0].attachments] == ["BEGIN:VCALENDAR"]
        sent = await sent.add_files(calendar(b"more"))
        assert [a.text for a in hall.messages[0].attachments] == ["BEGIN:VCALENDAR", "more"]
        await sent.edit(attachments=[])
        assert hall.messages[0].attachments == []


class Card(ui.LayoutView):
    """The newer layout, with a button beside its text."""

    card: ui.Container[ui.LayoutView] = ui.Container(
        ui.TextDisplay("# Up next"),
        ui.Section(ui.TextDisplay("Convergence"), accessory=ui.Button(label="Ask", custom_id="ask:1")),
    )


async def test_layout_is_read_like_any_message(loopback: Loopback, hall: TextChannel) -> None:
    async with connected(loopback) as client:
        sent = await client.text_channel(hall).send(view=Card())
        [message] = hall.messages
        assert message.text == "# Up next\nConvergence"
        assert message.labels == ["Ask"]
        assert [component["id"] for component in walk(message.components)] == [1, 2, 3, 4, 5]
        with pytest.raises(discord.HTTPException) as refused:
            await sent.edit(content="classic content")
        assert refused.value.code == 50035
