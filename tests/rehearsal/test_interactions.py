from __future__ import annotations

import asyncio
import io
import re
from typing import Self

import discord
import pytest
from discord import ui

from bot.rehearsal.loopback import (
    Loopback,
    ManualMoments,
    Person,
    PersonRefusedError,
    Reply,
    Server,
    TextChannel,
)
from bot.rehearsal.loopback.people.reply import FAILED, NO_RESPONSE
from tests.rehearsal.conftest import Client, connected


class Next(ui.DynamicItem[ui.Button[ui.View]], template=r"next:(?P<talk>\d+)"):
    """A button that carries the talk it leaves."""

    def __init__(self, talk: int) -> None:
        super().__init__(ui.Button(label="Next", custom_id=f"next:{talk}"))
        self.talk = talk

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction, _item: ui.Item[ui.View], match: re.Match[str], /
    ) -> Self:
        return cls(int(match["talk"]))

    async def callback(self, interaction: discord.Interaction) -> None:
        view = ui.View(timeout=None)
        view.add_item(Next(self.talk + 1))
        await interaction.response.edit_message(content=f"talk {self.talk} is over", view=view)


class Deaf(ui.Button[ui.View]):
    """Does nothing when pressed, not even acknowledge."""

    async def callback(self, interaction: discord.Interaction) -> None:
        pass


class Rooms(ui.Select[ui.View]):
    async def callback(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message(f"chosen {self.values}", ephemeral=True)


class Moderators(ui.UserSelect[ui.View]):
    async def callback(self, interaction: discord.Interaction) -> None:
        await interaction.response.defer()
        await interaction.edit_original_response(content=f"chosen {[user.name for user in self.values]}", view=None)


def panel() -> ui.View:
    view = ui.View(timeout=None)
    view.add_item(Next(1))
    view.add_item(Deaf(label="Deaf", custom_id="deaf"))
    view.add_item(ui.Button(label="Closed", disabled=True, custom_id="closed"))
    view.add_item(ui.Button(label="Programme", url="https://icml.cc/virtual/2022/session/20106"))
    options = [discord.SelectOption(label="Hall F", value="f"), discord.SelectOption(label="Hall G", value="g")]
    view.add_item(Rooms(custom_id="rooms", options=options, min_values=1, max_values=2))
    view.add_item(Moderators(custom_id="moderators", max_values=5))
    return view


def with_everything(client: Client) -> None:
    client.add_dynamic_items(Next)
    release = client.release

    @client.tree.command(description="Buttons and selects")
    async def show(interaction: discord.Interaction, *, private: bool = False) -> None:
        await interaction.response.send_message("Console", view=panel(), ephemeral=private)

    @client.tree.command(description="Answers later")
    async def slow(interaction: discord.Interaction, *, private: bool) -> None:
        await interaction.response.defer(ephemeral=private, thinking=True)
        await release.wait()
        await interaction.followup.send("15 talks", ephemeral=not private)
        await interaction.followup.send(
            "and a plan", file=discord.File(io.BytesIO(b"BEGIN:VCALENDAR"), "plan.ics"), ephemeral=True
        )
        await interaction.edit_original_response(content="15 talks, stored")

    @client.tree.command(description="Never answers")
    async def deaf(interaction: discord.Interaction) -> None:
        await release.wait()
        await interaction.response.send_message("too late")

    @client.tree.command(description="Answers twice")
    async def twice(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("once")
        interaction.response._response_type = None
        try:
            await interaction.response.send_message("twice")
        except discord.HTTPException as error:
            await interaction.followup.send(f"{error.status} {error.code}")


async def test_dynamic_button_still_works_after_a_restart(loopback: Loopback, hall: TextChannel, robin: Person) -> None:
    async with connected(loopback, with_everything):
        await robin.slash(hall, "show")
    async with connected(loopback, with_everything):
        [console] = hall.messages
        reply = await robin.press(console, "Next")
        assert reply.content == console.content == "talk 1 is over"
        assert [b["custom_id"] for b in console.buttons] == ["next:2"]
        assert [edit.content for edit in console.edits] == ["Console"]


async def test_two_people_press_at_once(loopback: Loopback, hall: TextChannel, robin: Person, attendee: Person) -> None:
    async with connected(loopback, with_everything):
        await robin.slash(hall, "show")
        [console] = hall.messages
        replies = await asyncio.gather(robin.press(console, "Next"), attendee.press(console, custom_id="next:1"))
        assert [reply.failed for reply in replies] == [False, False]


async def test_buttons_that_cannot_be_pressed(loopback: Loopback, hall: TextChannel, robin: Person) -> None:
    async with connected(loopback, with_everything):
        await robin.slash(hall, "show")
        [console] = hall.messages
        assert console.labels == ["Next", "Deaf"]
        for label in ("Closed", "Programme", "Gone"):
            with pytest.raises(PersonRefusedError):
                await robin.press(console, label)


async def test_selects(loopback: Loopback, hall: TextChannel, robin: Person, attendee: Person) -> None:
    async with connected(loopback, with_everything):
        await robin.slash(hall, "show")
        [console] = hall.messages
        assert (await robin.choose(console, "rooms", ["Hall F", "g"])).content == "chosen ['f', 'g']"
        for values in ([], ["Hall H"], ["f", "g", "f"]):
            with pytest.raises(PersonRefusedError):
                await robin.choose(console, "rooms", values)
        reply = await (await robin.choose(console, "moderators", [robin, attendee])).final()
        assert reply.content == console.content == "chosen ['robin_walters', 'attendee']"
        assert console.components == []


async def test_ephemeral_answer_is_for_one_person(
    loopback: Loopback, hall: TextChannel, robin: Person, attendee: Person
) -> None:
    async with connected(loopback, with_everything) as client:
        reply = await robin.slash(hall, "show", private=True)
        assert reply.message is not None
        assert hall.messages == []
        assert [m async for m in client.text_channel(hall).history()] == []
        assert robin.sees(hall) == [reply.message]
        assert attendee.sees(hall) == []
        with pytest.raises(PersonRefusedError):
            await attendee.press(reply.message, "Next")
        assert (await robin.press(reply.message, "Next")).content == "talk 1 is over"


@pytest.mark.parametrize("private", [True, False])
async def test_deferred_answer_and_followups(
    loopback: Loopback, hall: TextChannel, robin: Person, *, private: bool
) -> None:
    async with connected(loopback, with_everything) as client:
        reply = await robin.slash(hall, "slow", private=private)
        assert (reply.deferred, reply.ephemeral, reply.content) == (True, private, "")
        client.release.set()
        assert (await reply.final()).content == "15 talks"
        plan = await reply.followed_up()
        assert (plan.content, plan.ephemeral, plan.attachments[0].text) == ("and a plan", True, "BEGIN:VCALENDAR")
        await loopback.requests.wait_for("PATCH .*@original")
        assert reply.content == "15 talks, stored"
        assert len(hall.messages) == (0 if private else 1)


async def died(loopback: Loopback, moments: ManualMoments, reply: asyncio.Task[Reply]) -> Reply:
    """Let three seconds pass once the interaction is on its way."""
    with loopback.subscribe() as events:
        await anext(events)
    moments.advance(3.001)
    return await reply


async def test_unanswered_interaction_dies_after_three_seconds(still: Loopback, moments: ManualMoments) -> None:
    server = still.add_server("ICML 2022")
    hall, robin = server.add_channel("hall-f"), server.add_member("Robin")
    async with connected(still, with_everything) as client:
        reply = await died(still, moments, asyncio.create_task(robin.slash(hall, "deaf")))
        assert (reply.failed, reply.content, reply.acknowledged_after) == (True, NO_RESPONSE, None)
        client.release.set()
        [late] = await still.requests.wait_for("POST /interactions/.*/callback")
        assert late.status == 404
        assert hall.messages == []
        await robin.slash(hall, "show")
        pressed = await died(still, moments, asyncio.create_task(robin.press(hall.messages[0], "Deaf")))
        assert pressed.content == FAILED


async def test_second_acknowledgement_is_refused(loopback: Loopback, hall: TextChannel, robin: Person) -> None:
    async with connected(loopback, with_everything):
        reply = await robin.slash(hall, "twice")
        assert (await reply.followed_up()).content == "400 40060"


async def test_token_expires_after_fifteen_minutes(still: Loopback, moments: ManualMoments) -> None:
    server = still.add_server("ICML 2022")
    hall, robin = server.add_channel("hall-f"), server.add_member("Robin")
    async with connected(still, with_everything) as client:
        await robin.slash(hall, "slow", private=True)
        moments.advance(15 * 60 + 1)
        client.release.set()
        [late] = await still.requests.wait_for("POST /webhooks")
        assert late.status == 401


async def test_interaction_carries_permissions_and_locale(
    loopback: Loopback, server: Server, hall: TextChannel
) -> None:
    heard: list[discord.Interaction] = []
    kim = server.add_member("Kim", locale="ko")

    def set_up(client: Client) -> None:
        @client.tree.command(description="Now")
        async def now(interaction: discord.Interaction) -> None:
            heard.append(interaction)
            await interaction.response.send_message("now")

    async with connected(loopback, set_up) as client:
        hall.deny_bot("embed_links")
        await client.heard.wait_for("changed #hall-f")
        await kim.slash(hall, "now")
        [interaction] = heard
        assert interaction.locale is discord.Locale.korean
        channel = client.text_channel(hall)
        assert interaction.app_permissions == channel.permissions_for(channel.guild.me)
        assert isinstance(interaction.user, discord.Member)
        assert interaction.permissions == channel.permissions_for(interaction.user)
