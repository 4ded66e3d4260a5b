"""The two forms of the guided set-up: another time zone, and an address to import from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import discord

from bot.messages.forms import values_in

FIELD = "typed"
_FORMS = {
    "zone": ("Another time zone", "The venue's time zone", "A city, or a name such as Europe/Berlin", 100),
    "address": ("Import from an address", "The address", "https://… of a schedule, or a Google Sheets link", 2000),
}


def setup_modal(form: str) -> discord.ui.Modal:
    """The form; what is submitted is found by its custom_id, also after a restart."""
    title, name, example, longest = _FORMS[form]
    modal = discord.ui.Modal(title=title, custom_id=f"setupmodal:{form}")
    text: discord.ui.TextInput[discord.ui.Modal] = discord.ui.TextInput(
        custom_id=FIELD, min_length=1, max_length=longest
    )
    modal.add_item(discord.ui.Label(text=name, description=example, component=text))
    modal.stop()
    return modal


def typed_in(components: Sequence[Mapping[str, Any]]) -> str:
    """What a submitted form holds."""
    return str(values_in(components).get(FIELD) or "").strip()
