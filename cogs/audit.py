"""For managers: what moderators and managers did, recorded as they do it, and /status audit's pages."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from typing import Any

import aiohttp
import discord
from discord import app_commands
from sqlalchemy.exc import SQLAlchemyError

from bot.fetching.links import shown
from bot.messages.audit import ENTRIES_SHOWN, audit_log
from bot.messages.message import Message
from bot.messages.text import shortened
from bot.rules.audit import Act
from bot.services.audit import Entry, acts
from cogs.answers import Interaction, server_id
from cogs.permissions import ABOUT, AS_MODERATOR, action_of
from db.beside import write_beside

log = logging.getLogger(__name__)
VALUE_LENGTH = 200
ENTRY = "entry"
"""Under this key an interaction remembers its entry."""
_ASKERS = frozenset({"question", "for_hall"})
"""What people ask, and who they are, is kept with the question alone, and goes with it."""
_QUESTION = re.compile(r"question#\d+")


def begin_record(interaction: Interaction) -> None:
    """Have what is about to be done recorded if it is a moderator's or manager's and changes something.

    The entry is written in the act's own transaction, so that neither is kept without the other.
    """
    action, data = action_of(interaction), dict(interaction.data or {})
    parts = set(str(data.get("custom_id", "")).split(":"))
    if not (action.is_recorded or action.for_others) or parts & action.shown_by or interaction.guild_id is None:
        return
    clock = interaction.client.clock
    did, details = _what(interaction, data)
    shortly = {name: shortened(text, VALUE_LENGTH) for name, text in details.items()}

    def act() -> Act | None:
        # whose session it is about, and whether they pass as a moderator, is found out on the way
        if not (action.is_recorded or interaction.extras.get(AS_MODERATOR)):
            return None
        return Act(interaction.user.id, did, shortly, interaction.extras.get(ABOUT), clock.now())

    interaction.extras[ENTRY] = entry = Entry(clock, interaction.guild_id, act)
    write_beside(entry)


async def record(interaction: Interaction) -> None:
    """Make sure that what was just done is in the server's log, also where it stored nothing."""
    entry: Entry | None = interaction.extras.get(ENTRY)
    if entry is None:
        return
    client = interaction.client
    try:
        await entry.write_late(client.db)
    except SQLAlchemyError:
        log.exception(
            "interaction %s: what was done could not be recorded",
            interaction.id,
            extra={"server": str(interaction.guild_id)},
        )
    client.store_changed()


async def record_unanswered(interaction: Interaction, error: Exception) -> None:
    """Record what was done though Discord did not take the answer, as where somebody dismissed it meanwhile."""
    cause = error.original if isinstance(error, app_commands.CommandInvokeError) else error
    if isinstance(cause, discord.HTTPException | aiohttp.ClientError | OSError) and interaction.response.is_done():
        await record(interaction)


def _what(interaction: Interaction, data: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    if interaction.type is discord.InteractionType.modal_submit:
        return "filled in", dict(_fields(data.get("components", ())))
    if interaction.type is discord.InteractionType.component:
        return _used(interaction, data)
    command = interaction.command
    name = command.name if isinstance(command, app_commands.ContextMenu) else getattr(command, "qualified_name", "")
    given = ((option, value) for option, value in interaction.namespace if value is not None)
    return f"/{name}", {
        option: "…" if option in _ASKERS and not _QUESTION.fullmatch(str(value)) else _in_words(value)
        for option, value in given
    }


def _used(interaction: Interaction, data: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    """What stands on the button that was pressed, or on the options that were chosen."""
    item = next(iter(_items(interaction.message, data.get("custom_id"))), None)
    if isinstance(item, discord.Button):
        return "pressed", {"button": item.label or ""}
    if not isinstance(item, discord.SelectMenu):
        return "pressed", {}
    values = data.get("values", ())
    labels = {option.value: option.label for option in item.options}
    tag = {discord.ComponentType.channel_select: "<#{}>", discord.ComponentType.role_select: "<@&{}>"}.get(
        item.type, "{}"
    )
    return "chose", {item.placeholder or "option": ", ".join(labels.get(value, tag.format(value)) for value in values)}


def _items(message: discord.Message | None, custom_id: object) -> Iterator[discord.Component]:
    for row in message.components if message else ():
        for item in getattr(row, "children", [row]):
            if getattr(item, "custom_id", None) == custom_id:
                yield item


def _fields(components: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - a form as Discord sends it
    for part in components:
        inner = part.get("components") or ([part["component"]] if "component" in part else [])
        yield from _fields(inner)
        if "value" in part:
            yield str(part.get("custom_id", "field")), _in_words(part["value"])


def _in_words(value: object) -> str:
    """An option's value for people; of an address no more than may be shown."""
    if isinstance(value, discord.Attachment):
        return value.filename
    if isinstance(value, discord.abc.User | discord.Role) or hasattr(value, "mention"):
        return str(getattr(value, "mention", value))
    text = str(value).strip()
    return shown(text) if text.casefold().startswith(("http:", "https:")) else text


async def audit_page(interaction: Interaction, by: int | None, before: int | None = None) -> Message:
    """A page of the server's log, newest first."""
    found = await acts(interaction.client.db, server_id(interaction), limit=ENTRIES_SHOWN + 1, by=by, before=before)
    return audit_log(found, by, is_first=before is None)
