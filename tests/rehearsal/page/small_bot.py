"""A bot of a few lines that shows everything a page can be used with."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands

from tests.rehearsal.conftest import Client

Interaction = discord.Interaction[Any]

ONE_OR_TWO = [discord.RadioGroupOption(label=label, value=value) for label, value in (("One", "1"), ("Two", "2"))]
SIZES = [app_commands.Choice(name=name, value=value) for name, value in (("small", "s"), ("big", "b"))]


class Everything(discord.ui.Modal, title="All there is"):
    """One field of each kind that a form holds at most five of."""

    line: discord.ui.Label[Any] = discord.ui.Label(
        text="Line", component=discord.ui.TextInput(custom_id="line", max_length=10, default="as")
    )
    check: discord.ui.Label[Any] = discord.ui.Label(
        text="Check", description="or not", component=discord.ui.Checkbox(custom_id="check")
    )
    who: discord.ui.Label[Any] = discord.ui.Label(
        text="Who", component=discord.ui.UserSelect(custom_id="who", required=False)
    )
    which: discord.ui.Label[Any] = discord.ui.Label(
        text="Which", component=discord.ui.RadioGroup(custom_id="which", options=ONE_OR_TWO)
    )
    paper: discord.ui.Label[Any] = discord.ui.Label(
        text="Paper", component=discord.ui.FileUpload(custom_id="paper", required=False)
    )

    async def on_submit(self, interaction: Interaction) -> None:
        parts = (self.line.component, self.check.component, self.who.component, self.which.component)
        values = [getattr(part, "value", None) or getattr(part, "values", None) for part in parts]
        who = [user.name for user in self.who.component.values]  # type: ignore[attr-defined] # a select of people
        papers = [(file.filename, await file.read()) for file in self.paper.component.values]  # type: ignore[attr-defined] # an upload
        await interaction.response.send_message(f"{values[0]} {values[1]} {who} {values[3]} {papers}", ephemeral=True)


class Choices(discord.ui.View):
    """Buttons and selects."""

    @discord.ui.button(label="Say so", custom_id="so")
    async def so(self, interaction: Interaction, _button: Any) -> None:  # noqa: ANN401 - a generic of the view
        await interaction.response.send_message("So.", ephemeral=True)

    @discord.ui.button(label="Form", custom_id="form")
    async def form(self, interaction: Interaction, _button: Any) -> None:  # noqa: ANN401 - as above
        await interaction.response.send_modal(Everything())

    @discord.ui.button(label="Nothing", custom_id="nothing")
    async def nothing(self, interaction: Interaction, button: Any) -> None:  # noqa: ANN401 - as above
        """Nobody answers."""

    @discord.ui.select(cls=discord.ui.ChannelSelect, custom_id="where", placeholder="Where?")
    async def where(self, interaction: Interaction, select: Any) -> None:  # noqa: ANN401 - as above
        await interaction.response.send_message(f"In {select.values[0].name}.", ephemeral=True)

    @discord.ui.select(
        custom_id="colour", options=[discord.SelectOption(label="Red", value="r"), discord.SelectOption(label="Blue")]
    )
    async def colour(self, interaction: Interaction, select: Any) -> None:  # noqa: ANN401 - as above
        await interaction.response.send_message(f"It is {select.values[0]}.", ephemeral=True)


def small_bot(client: Client) -> None:
    """Commands, a menu's entry, and what can be pressed."""
    client.intents.message_content = False

    @client.tree.command(description="Show what can be pressed")
    async def show(interaction: Interaction, privately: bool = False) -> None:  # noqa: FBT001, FBT002 - an option
        await interaction.response.send_message("Choose", view=Choices(timeout=None), ephemeral=privately)

    @client.tree.command(description="Takes one of each kind")
    @app_commands.choices(size=SIZES)
    async def take(  # noqa: PLR0917 - discord.py gives options by name
        interaction: Interaction,
        text: app_commands.Range[str, 1, 20],
        number: int | None = None,
        size: str | None = None,
        who: discord.Member | None = None,
        where: discord.TextChannel | None = None,
        role: discord.Role | None = None,
        file: discord.Attachment | None = None,
    ) -> None:
        content = (file.filename, await file.read()) if file else None
        names = [getattr(one, "name", None) for one in (who, where, role)]
        await interaction.response.send_message(f"{text} {number} {size} {names} {content}", ephemeral=True)

    @take.autocomplete("text")
    async def _texts(interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        more = getattr(interaction.namespace, "number", None)
        return [app_commands.Choice(name=f"{current} {more}", value=current)]

    group = app_commands.Group(
        name="manage", description="For managers", default_permissions=discord.Permissions(manage_guild=True)
    )

    @group.command(description="Only managers see this")
    async def everything(interaction: Interaction) -> None:
        await interaction.response.send_message("Managed.")

    client.tree.add_command(group)

    @client.tree.context_menu(name="Count words")
    async def count(interaction: Interaction, message: discord.Message) -> None:
        await interaction.response.send_message(f"{len(message.content.split())} words", ephemeral=True)
