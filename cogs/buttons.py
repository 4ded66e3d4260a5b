"""The base of every button and select: state in its custom_id, so that it works after a restart; errors in a line."""

from __future__ import annotations

import re
from collections.abc import Sequence
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


class PersistentSelect(discord.ui.DynamicItem[discord.ui.Select[Any]], template=r"^$"):
    """A select found again by its custom_id; subclasses name their template and say what a choice does."""

    template: ClassVar[re.Pattern[str]]

    def __init__(self, item: discord.ui.Select[Any], match: re.Match[str]) -> None:
        super().__init__(item)
        self.match = match

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        assert isinstance(item, discord.ui.Select)  # noqa: S101 - only selects are made with these ids
        return cls(item, match)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        try:
            await self.chosen(interaction, self.item.values)
        except Exception as error:  # noqa: BLE001 - one handler for commands, buttons and selects
            await answer_error(interaction, error)

    async def chosen(self, interaction: Interaction, values: Sequence[str]) -> None:
        """Acknowledge, check who may, one service call, show; the values are as a person's client sent them."""
        raise NotImplementedError


def register(client: ChairsideClient, *items: type[PersistentButton | PersistentSelect]) -> None:
    """Answer what is pressed or chosen there, also on messages posted before this start."""
    client.add_dynamic_items(*items)
