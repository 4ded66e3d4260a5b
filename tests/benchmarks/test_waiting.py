"""What is counted of whoever waits for the bot, also where it never answers."""

from __future__ import annotations

import discord
import pytest

from benchmarks.waiting import timed
from bot.rehearsal.loopback import Loopback
from tests.rehearsal.conftest import UNHURRIED, Client, connected, point_client_at


def with_commands(client: Client) -> None:
    """One command is answered, one is put off for good."""

    @client.tree.command(description="is answered")
    async def now(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("Now")

    @client.tree.command(description="is put off")
    async def later(interaction: discord.Interaction) -> None:
        await interaction.response.defer(ephemeral=True)


async def test_use_that_is_not_answered_in_time_is_none_and_ends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    async with Loopback(gateway=UNHURRIED) as loopback:
        point_client_at(loopback, monkeypatch)
        server = loopback.add_server("ICML 2022")
        hall, ada = server.add_channel("hall-f"), server.add_member("Ada")
        async with connected(loopback, with_commands):
            answered = await timed("now", ada.slash(hall, "now"), within=5)
            assert answered is not None
            assert answered.what == "now"
            assert 0 < answered.acknowledged <= answered.answered
            assert await timed("later", ada.slash(hall, "later"), within=0.01) is None
