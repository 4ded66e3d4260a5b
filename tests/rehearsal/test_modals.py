from __future__ import annotations

from typing import Self

import discord
import pytest
from discord import ui

from bot.rehearsal.loopback import Loopback, Person, PersonRefusedError, TextChannel, Upload
from tests.rehearsal.conftest import Client, connected


class Ask(ui.Modal, title="Ask the speaker"):
    question: ui.TextInput[Self] = ui.TextInput(label="Question", custom_id="question", min_length=2, max_length=500)
    how: ui.Label[Self] = ui.Label(
        text="How", component=ui.Select(custom_id="how", options=[discord.SelectOption(label="Anonymous", value="a")])
    )

    async def on_submit(self, interaction: discord.Interaction) -> None:
        assert isinstance(self.how.component, ui.Select)
        said = f"{self.question.value!r} {self.how.component.values}"
        await interaction.response.send_message(said, ephemeral=True)


def with_question(client: Client) -> None:
    @client.tree.command(description="Ask")
    async def ask(interaction: discord.Interaction) -> None:
        await interaction.response.send_modal(Ask())


async def test_modal(loopback: Loopback, hall: TextChannel, robin: Person) -> None:
    async with connected(loopback, with_question):
        reply = await robin.slash(hall, "ask")
        assert reply.modal is not None
        assert reply.modal.title == "Ask the speaker"
        answer = await robin.submit(reply, {"question": "Does it scale?", "how": "Anonymous"})
        assert (answer.content, answer.ephemeral) == ("'Does it scale?' ['a']", True)
        for values in ({"how": "a"}, {"question": "x", "how": "a"}, {"question": "Why?"}, {"colour": "red"}):
            with pytest.raises(PersonRefusedError):
                await robin.submit(reply, values)


async def test_modal_with_file_radio_and_checkbox(loopback: Loopback, hall: TextChannel, robin: Person) -> None:
    class Form(ui.Modal, title="All fields"):
        file: ui.Label[Self] = ui.Label(text="File", component=ui.FileUpload(custom_id="file"))
        zone: ui.Label[Self] = ui.Label(
            text="Zone",
            component=ui.RadioGroup(
                custom_id="zone",
                options=[
                    discord.RadioGroupOption(label="Eastern", value="east"),
                    discord.RadioGroupOption(label="Pacific", value="west"),
                ],
            ),
        )
        sure: ui.Label[Self] = ui.Label(text="Sure", component=ui.Checkbox(custom_id="sure"))

        async def on_submit(self, interaction: discord.Interaction) -> None:
            file, zone, sure = self.file.component, self.zone.component, self.sure.component
            assert isinstance(file, ui.FileUpload)
            assert isinstance(zone, ui.RadioGroup)
            assert isinstance(sure, ui.Checkbox)
            await interaction.response.send_message(f"{file.values[0].filename} {zone.value} {sure.value}")

    def set_up(client: Client) -> None:
        @client.tree.command(description="Form")
        async def form(interaction: discord.Interaction) -> None:
            await interaction.response.send_modal(Form())

    async with connected(loopback, set_up):
        reply = await robin.slash(hall, "form")
        values = {"file": Upload("icml.txt", b"12:30"), "zone": "Pacific", "sure": True}
        assert (await robin.submit(reply, values)).content == "icml.txt west True"
