"""Faults found in a request's body, nested by their place as Discord answers them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.rehearsal.loopback.errors import ApiError

Json = dict[str, Any]

SNOWFLAKE_DIGITS = 20


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in the body, from which its parts are reached; faults found there are collected for all."""

    path: tuple[str, ...]
    faults: dict[tuple[str, ...], list[Json]]

    def at(self, *steps: str | int) -> Spot:
        """A part of this place."""
        return Spot((*self.path, *map(str, steps)), self.faults)

    def fail(self, code: str, message: str) -> None:
        """Note a fault here."""
        self.faults.setdefault(self.path, []).append({"code": code, "message": message})

    def text(self, value: object, *, most: int, least: int = 0, required: bool = True) -> str:
        """A text of so many characters; what else there is, is a fault and read as empty."""
        if value is None or value == "":
            if required and (value is None or least):
                self.required()
            return ""
        if not isinstance(value, str):
            self.fail("STRING_TYPE_CONVERT", f'Could not interpret "{value}" as string.')
            return ""
        if not least <= len(value) <= most:
            self._length(least, most)
        return value

    def one_of(self, value: object, choices: Iterable[object]) -> None:
        """A value that must be among the choices."""
        allowed = list(choices)
        if value not in allowed:
            listed = ", ".join(str(choice) for choice in allowed)
            self.fail("BASE_TYPE_CHOICES", f"Value must be one of {{{listed}}}.")

    def number(self, value: object, *, least: int, most: int) -> None:
        """A whole number within limits."""
        if not isinstance(value, int) or isinstance(value, bool):
            self.fail("NUMBER_TYPE_COERCE", f'Value "{value}" is not int.')
        elif value < least:
            self.fail("NUMBER_TYPE_MIN", f"int value should be greater than or equal to {least}.")
        elif value > most:
            self.fail("NUMBER_TYPE_MAX", f"int value should be less than or equal to {most}.")

    def items(self, value: object, *, most: int, least: int = 0) -> Sequence[Any]:
        """A list of so many items; what is no list is a fault and read as empty."""
        if value is None:
            return []
        if not isinstance(value, list):
            self.fail("LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
            return []
        if not least <= len(value) <= most:
            self._length(least, most)
        return value

    def required(self) -> None:
        """Note that something must be here."""
        self.fail("BASE_TYPE_REQUIRED", "This field is required")

    def _length(self, least: int, most: int) -> None:
        if least:
            self.fail("BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most} in length.")
        else:
            self.fail("BASE_TYPE_MAX_LENGTH", f"Must be {most} or fewer in length.")


class Form:
    """One body under examination."""

    def __init__(self) -> None:
        self.root = Spot((), {})

    def at(self, *steps: str | int) -> Spot:
        return self.root.at(*steps)

    def check(self) -> None:
        """Refuse the body if any fault was found.

        Raises:
            ApiError: 400/50035 with the faults nested by place.
        """
        if self.root.faults:
            raise invalid_form(self.root.faults)


def invalid_form(faults: dict[tuple[str, ...], list[Json]]) -> ApiError:
    """400/50035, "Invalid Form Body"."""
    errors: Json = {}
    for path, found in faults.items():
        node = errors
        for step in path:
            node = node.setdefault(step, {})
        node["_errors"] = found
    return ApiError(400, 50035, "Invalid Form Body", errors)


def invalid(path: str, code: str, message: str) -> ApiError:
    """400/50035 for a single fault."""
    return invalid_form({(path,): [{"code": code, "message": message}]})


def snowflake(value: object, path: str) -> int:
    """An id from a path, a query or a body.

    Raises:
        ApiError: it is none.
    """
    text = str(value)
    if not text.isascii() or not text.isdigit() or len(text) > SNOWFLAKE_DIGITS:
        raise invalid(path, "NUMBER_TYPE_COERCE", f'Value "{text}" is not snowflake.')
    return int(text)
