"""Submitted forms, found by their custom_id, so that one opened before a restart still counts."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import discord

from cogs.answers import Interaction, acknowledge, answer_error
from cogs.audit import begin_record, record, record_unanswered
from cogs.permissions import require_audience

Components = Sequence[Mapping[str, Any]]


async def if_submitted(
    interaction: Interaction,
    template: str,
    take: Callable[[re.Match[str], Components], Awaitable[None]],
    *,
    in_place: bool = False,
) -> None:
    """Acknowledge and take a form whose custom_id fits the template; any other interaction is left alone.

    With `in_place` the message whose button opened the form is redrawn, and a refusal stands beside it.
    """
    data: Mapping[str, Any] = interaction.data or {}
    found = re.fullmatch(template, str(data.get("custom_id", "")))
    if interaction.type is not discord.InteractionType.modal_submit or found is None:
        return
    try:
        require_audience(interaction)
        begin_record(interaction)
        await (interaction.response.defer() if in_place else acknowledge(interaction))
        await take(found, data.get("components", []))
        await record(interaction)
    except Exception as error:  # noqa: BLE001 - one handler for commands, buttons and forms
        await record_unanswered(interaction, error)
        await answer_error(interaction, error, beside=in_place)
