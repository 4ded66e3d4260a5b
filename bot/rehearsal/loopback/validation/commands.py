"""Limits of application commands."""

from __future__ import annotations

import unicodedata
from collections import Counter
from enum import IntEnum
from typing import Any

from bot.rehearsal.loopback.validation.form import Form, Spot

Json = dict[str, Any]

MAX_COMMANDS = {1: 100, 2: 15, 3: 15}
MAX_OPTIONS = 25
MAX_CHOICES = 25
MAX_CHARACTERS = 8000
MAX_STRING = 6000
_INDIC = (range(0x0900, 0x0980), range(0x0E00, 0x0E80))


class OptionKind(IntEnum):
    """Discord's option types."""

    SUBCOMMAND = 1
    GROUP = 2
    STRING = 3
    INTEGER = 4
    BOOLEAN = 5
    USER = 6
    CHANNEL = 7
    ROLE = 8
    MENTIONABLE = 9
    NUMBER = 10
    ATTACHMENT = 11


NESTING = frozenset({OptionKind.SUBCOMMAND, OptionKind.GROUP})
WITH_CHOICES = frozenset({OptionKind.STRING, OptionKind.INTEGER, OptionKind.NUMBER})


def check_command(payload: Json) -> Json:
    """One command to register.

    Raises:
        ApiError: it breaks a limit.
    """
    form = Form()
    _check_command(form.root, payload)
    form.check()
    return payload


def check_all_commands(payloads: list[Json]) -> list[Json]:
    """All commands of a scope, to replace what is registered.

    Raises:
        ApiError: one breaks a limit, there are too many, or a name comes twice.
    """
    form = Form()
    for index, payload in enumerate(payloads):
        _check_command(form.at(index), payload)
    keys = Counter((payload.get("type", 1), payload.get("name")) for payload in payloads)
    for kind, most in MAX_COMMANDS.items():
        if sum(count for (of_kind, _), count in keys.items() if of_kind == kind) > most:
            form.root.fail("BASE_TYPE_MAX_LENGTH", f"Must be {most} or fewer in length.")
    if any(count > 1 for count in keys.values()):
        form.root.fail("APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique")
    form.check()
    return payloads


def _check_command(spot: Spot, command: Json) -> None:
    kind = command.get("type", 1)
    spot.at("type").one_of(kind, MAX_COMMANDS)
    if kind != 1:
        spot.at("name").text(command.get("name"), least=1, most=32)
        if command.get("description") or command.get("options"):
            spot.fail("APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION", "Context menus have no description or options")
        return
    _check_name(spot.at("name"), command.get("name"))
    spot.at("description").text(command.get("description"), least=1, most=100)
    _check_options(spot.at("options"), command.get("options"), parent=None)
    if not spot.faults and size_of(command) > MAX_CHARACTERS:
        spot.fail("APPLICATION_COMMAND_TOO_LARGE", f"Command exceeds maximum size ({MAX_CHARACTERS})")


def _check_name(spot: Spot, name: object) -> None:
    text = spot.text(name, least=1, most=32)
    if text and not (all(map(_fits_name, text)) and text.lower() == text):
        spot.fail("APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")


def _fits_name(character: str) -> bool:
    indic = any(ord(character) in script for script in _INDIC)
    return character in "-_'" or indic or unicodedata.category(character)[0] in "LN"


def _check_options(spot: Spot, value: object, *, parent: OptionKind | None) -> None:
    options = list(spot.items(value, most=MAX_OPTIONS))
    names = Counter(option.get("name") for option in options)
    seen_optional = False
    for index, option in enumerate(options):
        here = spot.at(index)
        here.at("type").one_of(option.get("type"), [int(kind) for kind in _allowed(parent)])
        _check_name(here.at("name"), option.get("name"))
        here.at("description").text(option.get("description"), least=1, most=100)
        if names[option.get("name")] > 1:
            here.fail("APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", "Option name already exists")
        if option.get("type") in NESTING:
            _check_options(here.at("options"), option.get("options"), parent=OptionKind(option["type"]))
            continue
        if option.get("required") and seen_optional:
            here.fail(
                "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
                "Required options must be placed before non-required options",
            )
        seen_optional = seen_optional or not option.get("required")
        _check_parameter(here, option)
    if len({option.get("type") in NESTING for option in options}) > 1:
        spot.fail("APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Sub-command option types and others cannot be mixed")


def _allowed(parent: OptionKind | None) -> list[OptionKind]:
    if parent is OptionKind.GROUP:
        return [OptionKind.SUBCOMMAND]
    return [kind for kind in OptionKind if parent is None or kind not in NESTING]


def _check_parameter(spot: Spot, option: Json) -> None:
    kind = option.get("type")
    choices = spot.at("choices").items(option.get("choices") or [], most=MAX_CHOICES)
    if choices and kind not in WITH_CHOICES:
        spot.at("choices").fail("APPLICATION_COMMAND_OPTIONS_CHOICES_INVALID", "This option type has no choices")
    if choices and option.get("autocomplete"):
        spot.at("autocomplete").fail(
            "APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_CHOICES", "Autocomplete and choices exclude each other"
        )
    check_choices(spot.at("choices"), list(choices), text=kind == OptionKind.STRING)
    for key, least in (("min_length", 0), ("max_length", 1)):
        if option.get(key) is not None:
            spot.at(key).number(option[key], least=least, most=MAX_STRING)


def check_choices(spot: Spot, choices: list[Json], *, text: bool) -> None:
    """Choices that a person can pick, registered or from autocomplete; faults are noted."""
    for index, choice in enumerate(choices):
        spot.at(index, "name").text(choice.get("name"), least=1, most=100)
        if text:
            spot.at(index, "value").text(choice.get("value"), least=1, most=100)
        elif not isinstance(choice.get("value"), int | float):
            spot.at(index, "value").fail("NUMBER_TYPE_COERCE", f'Value "{choice.get("value")}" is not a number.')


def size_of(command: Json) -> int:
    """The characters that count towards Discord's limit: names, descriptions and values, all the way down."""
    own = sum(_longest(command, key) for key in ("name", "description"))
    options = sum(size_of(option) for option in command.get("options") or [])
    choices = sum(
        _longest(choice, "name") + len(str(choice.get("value", ""))) for choice in command.get("choices") or []
    )
    return own + options + choices


def _longest(part: Json, key: str) -> int:
    texts = [part.get(key) or "", *(part.get(f"{key}_localizations") or {}).values()]
    return max(len(text) for text in texts)
