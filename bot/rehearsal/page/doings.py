"""What people do and what hangs on messages, in words: for the terminal and for the page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.rehearsal.loopback import Message
from bot.rehearsal.loopback.people.reply import FAILED, NO_RESPONSE
from bot.rehearsal.loopback.validation.commands import OptionKind
from bot.rehearsal.loopback.validation.components import SELECTS
from bot.rehearsal.loopback.world.interactions import Interaction, InteractionKind
from bot.rehearsal.loopback.world.messages import BUTTON, walk
from bot.rehearsal.page.rows import MAKE_A_SELECTION
from bot.rehearsal.reading import clean

Json = dict[str, Any]

LIVE = {"**Now and next**": "board", "**Console**": "console"}
"""The messages that are kept up to date, by their first words."""
_CHAT_INPUT = 1


def live_name(message: Message) -> str | None:
    """`board` or `console` for a message that is kept up to date, None for any other; only its first words tell."""
    if not message.author.bot or message.ephemeral:
        return None
    return next((name for begins, name in LIVE.items() if message.content.startswith(begins)), None)


def deed(interaction: Interaction) -> str | None:
    """`uses /talk talk: Neural`, `presses [Details]`; None for what nobody else would notice."""
    match interaction.kind:
        case InteractionKind.COMMAND if interaction.data.get("type", _CHAT_INPUT) == _CHAT_INPUT:
            return " ".join([f"uses /{interaction.command}", *_options(interaction)])
        case InteractionKind.COMMAND:
            return f"uses “{interaction.command}” from a menu"
        case InteractionKind.COMPONENT:
            return _use(interaction)
        case InteractionKind.MODAL:
            return "sends a form"
        case _:
            return None


def answer_missing(interaction: Interaction) -> str:
    """What Discord says to a person whom the bot did not answer."""
    return NO_RESPONSE if interaction.kind is InteractionKind.COMMAND else FAILED


def controls(message: Message) -> Iterator[str]:
    """What stands on the buttons and selects, in reading order."""
    for component in walk(message.components):
        if component["type"] == BUTTON:
            emoji = component.get("emoji") or {}
            label = " ".join(filter(None, (emoji.get("name"), component.get("label")))) or "…"
            yield clean(label) + (" (off)" if component.get("disabled") else "")
        elif component["type"] in SELECTS:
            yield f"{clean(component.get('placeholder') or MAKE_A_SELECTION)} ▾"


def parts_drawn(message: Message) -> list[str]:
    """Files and controls as rows of text: `[Details] [Agenda]`, `[Choose a channel ▾]`."""
    files = [f"(file: {clean(attachment.filename)})" for attachment in message.attachments]
    return [" ".join(row) for row in (files, [f"[{control}]" for control in controls(message)]) if row]


def _use(interaction: Interaction) -> str:
    component = interaction.message.component(interaction.data["custom_id"]) if interaction.message else None
    if "values" not in interaction.data:
        return f"presses [{clean((component or {}).get('label') or '…')}]"
    options = {option["value"]: option["label"] for option in (component or {}).get("options", [])}
    resolved = interaction.data.get("resolved", {})
    chosen = (options.get(value) or _resolved(resolved, value) or value for value in interaction.data["values"])
    return f"chooses {clean(', '.join(chosen))}"


def _options(interaction: Interaction) -> Iterator[str]:
    options: list[Json] = interaction.data.get("options", [])
    while options and "options" in options[0]:
        options = options[0]["options"]
    for option in options:
        if "value" not in option:  # a subcommand without options of its own
            continue
        value = str(option["value"])
        if option["type"] >= OptionKind.USER:
            value = _resolved(interaction.data.get("resolved", {}), value) or value
        yield f"{option['name']}: {clean(value)}"


def _resolved(resolved: Json, number: str) -> str | None:
    """The name of what an id stands for in an interaction."""
    for kind, sign in (("channels", "#"), ("users", "@"), ("roles", "@"), ("attachments", "")):
        found = resolved.get(kind, {}).get(number)
        if found is not None:
            return sign + str(found.get("global_name") or found.get("name") or found.get("filename") or number)
    return None
