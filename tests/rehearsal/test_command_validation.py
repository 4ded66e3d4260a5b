"""Limits of application commands, each one step over."""

from __future__ import annotations

from typing import Any

import pytest

from bot.rehearsal.loopback.errors import ApiError
from bot.rehearsal.loopback.validation.commands import check_all_commands, check_command, size_of
from tests.rehearsal.forms import BAD_LENGTH, REQUIRED, TOO_LONG, faults

Json = dict[str, Any]


def command(**changes: object) -> Json:
    return {"name": "schedule", "description": "The programme", **changes}


def option(name: str = "talk", kind: int = 3, **more: object) -> Json:
    return {"name": name, "description": "Which", "type": kind, **more}


MANY = [option(f"option-{n}") for n in range(26)]


@pytest.mark.parametrize(
    ("changes", "place", "code"),
    [
        ({"name": "Schedule"}, "name", "APPLICATION_COMMAND_INVALID_NAME"),
        ({"name": "my schedule"}, "name", "APPLICATION_COMMAND_INVALID_NAME"),
        ({"name": "x" * 33}, "name", BAD_LENGTH),
        ({"description": ""}, "description", REQUIRED),
        ({"description": "x" * 101}, "description", BAD_LENGTH),
        ({"options": MANY}, "options", TOO_LONG),
        (
            {"options": [option("a"), option("b", required=True)]},
            "options.1",
            "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
        ),
        ({"options": [option(), option()]}, "options.0", "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS"),
        ({"options": [option(kind=1), option("b")]}, "options", "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID"),
        ({"options": [option(kind=12)]}, "options.0.type", "BASE_TYPE_CHOICES"),
        (
            {"options": [option(kind=1, options=[option(kind=1)])]},
            "options.0.options.0.type",
            "BASE_TYPE_CHOICES",
        ),
        ({"options": [option(kind=2, options=[option()])]}, "options.0.options.0.type", "BASE_TYPE_CHOICES"),
        (
            {"options": [option(choices=[{"name": str(n), "value": str(n)} for n in range(26)])]},
            "options.0.choices",
            TOO_LONG,
        ),
        (
            {"options": [option(choices=[{"name": "a", "value": "a"}], autocomplete=True)]},
            "options.0.autocomplete",
            "APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_CHOICES",
        ),
        (
            {"options": [option(kind=6, choices=[{"name": "a", "value": "a"}])]},
            "options.0.choices",
            "APPLICATION_COMMAND_OPTIONS_CHOICES_INVALID",
        ),
        (
            {"options": [option(choices=[{"name": "x" * 101, "value": "a"}])]},
            "options.0.choices.0.name",
            BAD_LENGTH,
        ),
        ({"options": [option(max_length=6001)]}, "options.0.max_length", "NUMBER_TYPE_MAX"),
        ({"type": 3, "name": "Queue", "description": "no"}, "", "APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION"),
    ],
)
def test_command_over_a_limit(changes: Json, place: str, code: str) -> None:
    with pytest.raises(ApiError) as refused:
        check_command(command(**changes))
    assert faults(refused.value)[place] == code


def test_command_that_is_too_large_as_a_whole() -> None:
    choices = [{"name": f"{n:0100}", "value": f"{n:0100}"} for n in range(25)]
    large = command(options=[option("a", choices=choices), option("b", choices=choices[:14])])
    assert size_of(large) == len("scheduleThe programme") + 2 * len("aWhich") + 39 * 200
    check_command(large)
    large["options"][1]["choices"] = choices[:15]
    with pytest.raises(ApiError) as refused:
        check_command(large)
    assert faults(refused.value) == {"": "APPLICATION_COMMAND_TOO_LARGE"}


def test_too_many_commands_and_two_of_a_name() -> None:
    assert len(check_all_commands([command(name=f"c{n}") for n in range(100)])) == 100
    for kind, most in ((1, 100), (2, 15), (3, 15)):
        about = {"type": kind} if kind == 1 else {"type": kind, "description": ""}
        with pytest.raises(ApiError):
            check_all_commands([command(name=f"c{n}", **about) for n in range(most + 1)])
    with pytest.raises(ApiError) as refused:
        check_all_commands([command(), command()])
    assert faults(refused.value) == {"": "APPLICATION_COMMANDS_DUPLICATE_NAME"}
    check_all_commands([command(), command(type=3, description="")])


@pytest.mark.parametrize("name", ["jetzt", "šta", "अब", "อะไร", "it's", "up-next_2"])
def test_names_in_other_scripts(name: str) -> None:
    check_command(command(name=name))
