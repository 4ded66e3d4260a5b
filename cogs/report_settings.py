"""For managers: /setup report, in the group of the other settings."""

from __future__ import annotations

from discord import app_commands

from bot.messages.message import Message
from bot.messages.text import lines
from bot.services.report_settings import set_reports
from cogs.answers import Interaction, acknowledge, answer, server_id


@app_commands.command(name="report", description="What is told after a session, and hints from the talks before")
@app_commands.describe(
    posts="Whether a session's report goes to its moderators by itself at the end",
    moderators="Whether the conference's report names the moderators, as the programme prints them",
    hints="Whether the console tells by how much talks of a kind ran over before, and a likely end",
)
async def report(
    interaction: Interaction,
    posts: bool | None = None,  # noqa: FBT001 - discord.py makes an option of it
    moderators: bool | None = None,  # noqa: FBT001 - as above
    hints: bool | None = None,  # noqa: FBT001 - as above
) -> None:
    """Choose what reports tell; without a choice, show what was chosen."""
    await acknowledge(interaction)
    given = {"posts": posts, "names_moderators": moderators, "hints": hints}
    chosen = {name: value for name, value in given.items() if value is not None}
    client = interaction.client
    settings = await set_reports(client.db, client.clock, server_id=server_id(interaction), chosen=chosen)
    if chosen:
        client.store_changed()
    told = [
        "A session's report goes to its moderators by itself."
        if settings.posts
        else "Reports come by `/session report` only.",
        f"The conference's report {'names' if settings.names_moderators else 'does not name'} the moderators.",
        "Consoles tell what talks before suggest." if settings.hints else "Consoles give no hints from talks before.",
    ]
    await answer(interaction, Message(lines(*told)))
