"""The form that an Ask button opens, and what a submitted one holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import discord

from bot.messages.forms import values_in
from bot.messages.typed import SEEN_BY, label
from bot.rules.question_text import QUESTION_LIMIT

TEXT_FIELD, ANONYMOUS_FIELD = "question", "anonymous"
TITLE_LIMIT = 45
INPUT_LIMIT = 4000


def ask_modal(talk_id: int, talk_title: str | None, typed: str = "") -> discord.ui.Modal:
    """The form for a question. What is submitted is found by its custom_id, also after a restart, not by this object.

    Args:
        talk_id: 0 for the one that a question in this channel is for.
        talk_title: None where it would have to be looked up first: a modal must be shown at once.
        typed: what the person typed before; all of it stays, too long or not.
    """
    title = f"Ask: {label(talk_title, TITLE_LIMIT - 5)}" if talk_title else "Ask the speaker"
    modal = discord.ui.Modal(title=title, custom_id=f"askmodal:{talk_id}")
    text: discord.ui.TextInput[discord.ui.Modal] = discord.ui.TextInput(
        custom_id=TEXT_FIELD,
        style=discord.TextStyle.paragraph,
        default=typed[:INPUT_LIMIT] or None,
        min_length=1,
        max_length=max(QUESTION_LIMIT, min(len(typed), INPUT_LIMIT)),
    )
    anonymous: discord.ui.Checkbox[discord.ui.Modal] = discord.ui.Checkbox(custom_id=ANONYMOUS_FIELD)
    modal.add_item(discord.ui.Label(text="Your question", component=text))
    modal.add_item(discord.ui.Label(text="Ask anonymously", description=SEEN_BY, component=anonymous))
    modal.stop()
    return modal


def asked_in(components: Sequence[Mapping[str, Any]]) -> tuple[str, bool]:
    """What a submitted form holds: the text as typed, and whether it is to be anonymous."""
    values = values_in(components)
    return str(values.get(TEXT_FIELD) or ""), values.get(ANONYMOUS_FIELD) is True
