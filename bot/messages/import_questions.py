"""What an import asks where a file leaves something open, and the form in which a manager answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import discord

from bot.errors import ScheduleQuestion
from bot.messages.forms import values_in
from bot.messages.message import Button, Message
from bot.messages.organising import refusal

ANSWER_FIELD = "answer"
LONGEST_ANSWER = 100
_FORMS = {
    "timezone": ("Name the time zone", "The venue's time zone", "A city of it, such as Europe/Berlin"),
    "year": ("Name the year", "The year", "Four digits, such as 2026"),
}


def import_question(question: ScheduleQuestion, pending_id: str) -> Message:
    """What is open, with buttons to settle it; the file is kept meanwhile."""
    option = question.option
    if option in _FORMS:
        settle = [Button(_FORMS[option][0], f"importasks:{option}::{pending_id}", primary=True)]
    else:
        settle = [Button("Day first", f"importasks:{option}:yes:{pending_id}", primary=True)]
        settle += [Button("Month first", f"importasks:{option}:no:{pending_id}", primary=True)]
    return Message(refusal(question).content, (*settle, Button("Discard", f"import:discard:{pending_id}")))


def answer_modal(option: str, pending_id: str) -> discord.ui.Modal:
    """The form for an answer; what is submitted is found by its custom_id, also after a restart."""
    title, name, example = _FORMS[option]
    modal = discord.ui.Modal(title=title, custom_id=f"importmodal:{option}:{pending_id}")
    text: discord.ui.TextInput[discord.ui.Modal] = discord.ui.TextInput(
        custom_id=ANSWER_FIELD, min_length=1, max_length=LONGEST_ANSWER
    )
    modal.add_item(discord.ui.Label(text=name, description=example, component=text))
    modal.stop()
    return modal


def answered_in(components: Sequence[Mapping[str, Any]]) -> str:
    """What a submitted form holds."""
    return str(values_in(components).get(ANSWER_FIELD) or "").strip()
