"""The buttons and selects of a message, row by row, as JSON that can be used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from bot.rehearsal.loopback import Channel, Message, User
from bot.rehearsal.loopback.validation.components import SELECTS, Kind
from bot.rehearsal.loopback.world.messages import BUTTON, LINK_STYLE
from bot.rehearsal.page.picking import TAKES, picks
from bot.rehearsal.reading import clean

Json = dict[str, Any]

MAKE_A_SELECTION = "Make a selection"
_LOOKS = {1: "primary", 2: "secondary", 3: "success", 4: "danger"}
_SAFE = ("https://", "http://")


def rows(message: Message) -> list[list[Json]]:
    """What hangs on a message, as people see it there."""
    place, reader = message.channel, message.only_for
    drawn = ([_control(part, place, reader) for part in row if _is_control(part)] for row in _rows(message.components))
    return [row for row in drawn if row]


def select(component: Json, place: Channel, reader: User | None) -> Json:
    """A select of any kind with all that it offers to a reader; None is whoever looks there."""
    return {
        "id": component["custom_id"],
        "kind": "select",
        "placeholder": clean(component.get("placeholder") or MAKE_A_SELECTION),
        **bounds(component),
        "disabled": bool(component.get("disabled")),
        "options": list(_options(component, place, reader)),
    }


def bounds(component: Json) -> Json:
    """How many values are to be chosen, at least and at most: one, unless it says otherwise."""
    least, most = (1 if component.get(key) is None else component[key] for key in ("min_values", "max_values"))
    return {"min": least, "max": most}


def options(component: Json) -> list[Json]:
    """The options of a select, a radio group or a checkbox group."""
    return [
        {
            "label": clean(option["label"]),
            "value": option["value"],
            "description": clean(option.get("description") or "") or None,
            "default": bool(option.get("default")),
        }
        for option in component.get("options", [])
    ]


def _options(component: Json, place: Channel, reader: User | None) -> Iterator[Json]:
    kind = TAKES.get(component["type"])
    if kind is None:
        yield from options(component)
        return
    chosen = {default["id"] for default in component.get("default_values") or []}
    for name, thing in picks(kind, place, reader, component.get("channel_types")):
        number = str(thing.id)
        yield {"label": name, "value": number, "description": None, "default": number in chosen}


def _rows(components: Iterable[Json]) -> Iterator[list[Json]]:
    for component in components:
        if component["type"] == Kind.ROW:
            yield component["components"]
            continue
        yield from _rows(component.get("components", []))
        if "accessory" in component:
            yield [component["accessory"]]


def _is_control(component: Json) -> bool:
    return component["type"] == BUTTON or component["type"] in SELECTS


def _control(component: Json, place: Channel, reader: User | None) -> Json:
    if component["type"] != BUTTON:
        return select(component, place, reader)
    emoji = component.get("emoji") or {}
    drawn: Json = {
        "id": component.get("custom_id"),
        "kind": "button",
        "label": clean(component.get("label") or ""),
        "look": _LOOKS.get(component["style"], "secondary"),
        "emoji": clean(emoji.get("name") or "") or None,
        "disabled": bool(component.get("disabled")),
    }
    if component["style"] != LINK_STYLE:
        return drawn
    url = component.get("url") or ""
    is_safe = url.startswith(_SAFE)
    return drawn | {"kind": "link", "url": url if is_safe else None, "disabled": drawn["disabled"] or not is_safe}
