"""How every command and button answers: acknowledged at once, privately unless it is for the room, errors in a line."""

from __future__ import annotations

import logging

import aiohttp
import discord
from discord import app_commands
from sqlalchemy.exc import SQLAlchemyError

from bot.client import ChairsideClient
from bot.errors import ChairsideError, CommandError
from bot.messages.message import Message
from bot.messages.organising import refusal
from bot.overlap import is_anothers

log = logging.getLogger(__name__)

Interaction = discord.Interaction[ChairsideClient]
CHOICES = 25
"""As many as autocompletion may offer."""
NUMBER_DIGITS = 18
"""All numbers of so many digits fit a database's whole number."""
UNEXPECTED = Message("Something went wrong inside Chairside; nothing was changed. Please try again in a moment.")
STORE_AWAY = Message(
    "Chairside's store does not answer, so nothing was changed. Try again in a minute; if it goes on, tell whoever "
    "runs the bot: its log says why."
)


async def acknowledge(interaction: Interaction) -> None:
    """Answer within Discord's 3 s, whatever the database does: the content follows, to this person only."""
    await interaction.response.defer(ephemeral=True, thinking=True)


async def answer(interaction: Interaction, message: Message) -> None:
    """Fill in the acknowledged answer."""
    await interaction.edit_original_response(
        content=message.content, view=message.view() if message.buttons or message.selects else None
    )


async def redraw(interaction: Interaction, message: Message) -> None:
    """Replace the message whose button was pressed, after a deferral."""
    await interaction.edit_original_response(content=message.content, view=message.view())


async def answer_error(interaction: Interaction, error: Exception, *, beside: bool = False) -> None:
    """One line that says what is wrong and what to do; what is no refusal is logged and not explained.

    Args:
        interaction: what failed.
        error: how.
        beside: leave the message alone whose button was pressed, and say it in one of its own.
    """
    about = _about(interaction)
    cause = error.original if isinstance(error, app_commands.CommandInvokeError) else error
    if isinstance(error, app_commands.TransformerError):
        # Discord's clients hand over people by their id wherever they are, and threads that were archived meanwhile
        do = "Choose somebody who is on this server, or a channel or thread that is open"
        cause = CommandError(f"“{error.value}” cannot be used there", do=do)
    if is_anothers(cause):
        _left_to_another(interaction)
        return
    if isinstance(cause, ChairsideError):
        message = refusal(cause)
    else:
        log.error("interaction %s failed", interaction.id, exc_info=cause, extra=about)
        message = STORE_AWAY if isinstance(cause, SQLAlchemyError) else UNEXPECTED
    try:
        if beside:
            await interaction.followup.send(message.content, ephemeral=True)
        elif interaction.response.is_done():
            await answer(interaction, message)
        else:
            await _answer_first(interaction, message, is_lost=isinstance(cause, aiohttp.ClientError | OSError))
    except (discord.HTTPException, aiohttp.ClientError, OSError) as gone:
        log.warning("interaction %s could not be answered any more: %s", interaction.id, gone, extra=about)


async def _answer_first(interaction: Interaction, message: Message, *, is_lost: bool) -> None:
    """Answer what was not acknowledged; `is_lost` where nobody knows whether it was."""
    try:
        await interaction.response.send_message(message.content, ephemeral=True)
    except discord.HTTPException as error:
        if not is_anothers(error):
            raise
        # another process answers it; or this one did, what Discord said got lost, and it would show "thinking" for long
        if is_lost:
            await interaction.followup.send(message.content, ephemeral=True)
        else:
            _left_to_another(interaction)


def _left_to_another(interaction: Interaction) -> None:
    words = "interaction %s was acknowledged by another process, or too late"
    log.info(words, interaction.id, extra=_about(interaction))


def _about(interaction: Interaction) -> dict[str, str] | None:
    """What a log line about it names."""
    return {"server": str(interaction.guild_id)} if interaction.guild_id else None


def server_id(interaction: Interaction) -> int:
    """The server that an interaction comes from.

    Raises:
        CommandError: it comes from no server.
    """
    if interaction.guild_id is None:
        raise CommandError("this works on a server only", do="Use it in one of the server's channels")
    return interaction.guild_id


def number_of(text: str) -> int | None:
    """A stored row's number as an option or a button hands it over; None for what can be none, however long."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= NUMBER_DIGITS else None


def key_of(chosen: str | None, prefix: str, what: str) -> int | None:
    """The key that an autocompleted option hands over; `what` it is not a one of, if somebody typed something else.

    Raises:
        CommandError: somebody did.
    """
    if chosen is None:
        return None
    number = number_of(chosen.removeprefix(prefix))
    if number is None:
        raise CommandError(f"“{chosen}” is not a {what}", do="Choose one that the command offers")
    return number
