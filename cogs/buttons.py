"""The base of every button: state in its custom_id, so that it works after a restart; errors answered in a line."""

from __future__ import annotations

import re
from typing import Any, ClassVar, Self

import discord

from bot.client import ChairsideClient
from cogs.answers import Interaction, answer_error


class PersistentButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"^$"):
    """A button found again by its custom_id; subclasses name their template and say what a press does."""

    template: ClassVar[re.Pattern[str]]

    def __init__(self, item: discord.ui.Button[Any], match: re.Match[str]) -> None:
        super().__init__(item)
        self.match = match

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        assert isinstance(item, discord.ui.Button)  # noqa: S101 - only buttons are made with these ids
        return cls(item, match)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        try:
            await self.pressed(interaction)
        except Exception as error:  # noqa: BLE001 - one handler for commands and buttons
            await answer_error(interaction, error)

    async def pressed(self, interaction: Interaction) -> None:
        """Acknowledge, check who may, one service call, show."""
        raise NotImplementedError


def register(client: ChairsideClient, *buttons: type[PersistentButton]) -> None:
    """Answer presses of these buttons, also on messages posted before this start."""
    client.add_dynamic_items(*buttons)
