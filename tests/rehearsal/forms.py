"""Reading what the loopback answers to a bad form."""

from __future__ import annotations

from typing import Any

from bot.rehearsal.loopback.errors import ApiError

Json = dict[str, Any]

TOO_LONG, BAD_LENGTH, REQUIRED = "BASE_TYPE_MAX_LENGTH", "BASE_TYPE_BAD_LENGTH", "BASE_TYPE_REQUIRED"


def faults(error: ApiError) -> dict[str, str]:
    """The codes by place, such as `embeds.0.title`."""
    assert (error.status, error.code, error.message) == (400, 50035, "Invalid Form Body")

    def walk(node: Json, path: tuple[str, ...]) -> dict[str, str]:
        found: dict[str, str] = {}
        for key, inside in node.items():
            if key == "_errors":
                found[".".join(path)] = inside[0]["code"]
            else:
                found |= walk(inside, (*path, key))
        return found

    assert error.errors is not None
    return walk(error.errors, ())
