"""The base of every button and select: state in its custom_id, so that it works after a restart; errors in a line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Self, TypeVar

import discord

from bot.client import ChairsideClient
from cogs.answers import Interaction, answer_error
from cogs.audit import begin_record, record, record_unanswered
from cogs.permissions import require_audience

_KEEPS_MESSAGE = discord.InteractionResponseType.deferred_message_update
"""What was pressed stands there, and would be replaced by the line that says why nothing was done."""

Item = TypeVar("Item", bound=discord.ui.Item[Any])


class Persistent(discord.ui.DynamicItem[Item], template=r"^$"):
    """An item found again by its custom_id; errors of its use go the way of commands' errors."""

    def __init__(self, item: Item, match: re.Match[str]) -> None:
        super().__init__(item)
        self.match = match

    @classmethod
    async def from_custom_id(cls, _interaction: discord.Interaction[Any], item: Any, match: re.Match[str], /) -> Self:  # noqa: ANN401 - of the kind that carries such ids
        return cls(item, match)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        try:
            require_audience(interaction)
            begin_record(interaction)
            await self.used(interaction)
            await record(interaction)
        except Exception as error:  # noqa: BLE001 - one handler for commands, buttons and selects
            await record_unanswered(interaction, error)
            await answer_error(interaction, error, beside=interaction.response.type is _KEEPS_MESSAGE)

    async def used(self, interaction: Interaction) -> None:
        """Acknowledge, one service call, show; who may was checked."""
        raise NotImplementedError


class PersistentButton(Persistent[discord.ui.Button[Any]], template=r"^$"):
    """A button; subclasses name their template and say what a press does."""

    async def used(self, interaction: Interaction) -> None:
        await self.pressed(interaction)

    async def pressed(self, interaction: Interaction) -> None:
        """As `used`."""
        raise NotImplementedError


class PersistentSelect(Persistent[discord.ui.Select[Any]], template=r"^$"):
    """A select; subclasses name their template and say what a choice does."""

    async def used(self, interaction: Interaction) -> None:
        await self.chosen(interaction, self.item.values)

    async def chosen(self, interaction: Interaction, values: Sequence[str]) -> None:
        """As `used`; the values are as a person's client sent them."""
        raise NotImplementedError


def register(client: ChairsideClient, *items: type[PersistentButton | PersistentSelect]) -> None:
    """Answer what is pressed or chosen there, also on messages posted before this start."""
    client.add_dynamic_items(*items)
