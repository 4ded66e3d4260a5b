"""The commands that Discord's client offers somebody in a channel, with what their options take."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.rehearsal.loopback import Channel, Person
from bot.rehearsal.loopback.validation.commands import NESTING, OptionKind
from bot.rehearsal.loopback.world.commands import MESSAGE
from bot.rehearsal.page.picking import OFFERED, picks
from bot.rehearsal.reading import clean

Json = dict[str, Any]

KINDS = {
    OptionKind.STRING: "text",
    OptionKind.INTEGER: "integer",
    OptionKind.BOOLEAN: "boolean",
    OptionKind.USER: "user",
    OptionKind.CHANNEL: "channel",
    OptionKind.ROLE: "role",
    OptionKind.MENTIONABLE: "mentionable",
    OptionKind.NUMBER: "number",
    OptionKind.ATTACHMENT: "file",
}


def offered(person: Person, channel: Channel) -> Json:
    """What they may use there: commands by their full names, and the entries of a message's menu."""
    commands = [drawn for command in person.commands(channel) for drawn in _drawn(command, [], person, channel)]
    return {
        "commands": sorted(commands, key=lambda command: str(command["path"])),
        "menus": sorted(command["name"] for command in person.commands(channel, MESSAGE)),
    }


def _drawn(command: Json, before: list[str], person: Person, channel: Channel) -> Iterator[Json]:
    names, inside = [*before, command["name"]], command.get("options", [])
    if any(option["type"] in NESTING for option in inside):
        for option in inside:
            yield from _drawn(option, names, person, channel)
        return
    yield {
        "path": " ".join(names),
        "description": clean(command["description"]),
        "options": [_option(option, person, channel) for option in inside],
    }


def _option(option: Json, person: Person, channel: Channel) -> Json:
    limits = "length" if option["type"] == OptionKind.STRING else "value"
    return {
        "name": option["name"],
        "description": clean(option["description"]),
        "kind": KINDS[OptionKind(option["type"])],
        "required": bool(option.get("required")),
        "choices": _choices(option, person, channel),
        "autocomplete": bool(option.get("autocomplete")),
        "min": option.get(f"min_{limits}"),
        "max": option.get(f"max_{limits}"),
    }


def _choices(option: Json, person: Person, channel: Channel) -> list[Json]:
    if option["type"] in OFFERED:
        found = picks(option["type"], channel, person.user, option.get("channel_types"))
        return [{"name": name, "value": str(thing.id)} for name, thing in found]
    return [{"name": clean(choice["name"]), "value": choice["value"]} for choice in option.get("choices", [])]
