"""Limits of modals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.rehearsal.loopback.validation.components import (
    SELECTS,
    Kind,
    check_custom_id,
    check_options,
    check_range,
    check_select,
)
from bot.rehearsal.loopback.validation.form import Form, Spot
from bot.rehearsal.loopback.world.messages import walk

Json = dict[str, Any]

MAX_PARTS = 5
MAX_INPUT = 4000
MAX_CHECKS = 10
_SHORT, _PARAGRAPH = 1, 2


def check_modal(data: Json) -> Json:
    """The modal that the bot wants shown.

    Raises:
        ApiError: it breaks a limit.
    """
    form = Form()
    spot = form.at("data")
    spot.at("title").text(data.get("title"), least=1, most=45)
    check_custom_id(spot, data)
    parts = spot.at("components").items(data.get("components") or [], least=1, most=MAX_PARTS)
    for index, part in enumerate(parts):
        _check_part(spot.at("components", index), part)
    _check_unique(spot, list(parts))
    form.check()
    return data


def _check_part(spot: Spot, part: Json) -> None:
    kind = part.get("type")
    if kind == Kind.ROW:
        children = spot.at("components").items(part.get("components"), least=1, most=1)
        for index, child in enumerate(children):
            inside = spot.at("components", index)
            inside.at("label").text(child.get("label"), least=1, most=45)
            _check_input(inside, child)
    elif kind == Kind.LABEL:
        spot.at("label").text(part.get("label"), least=1, most=45)
        spot.at("description").text(part.get("description"), most=100, required=False)
        _check_input(spot.at("component"), part.get("component") or {})
    elif kind == Kind.TEXT:
        spot.at("content").text(part.get("content"), least=1, most=MAX_INPUT)
    else:
        spot.at("type").one_of(kind, [int(Kind.ROW), int(Kind.TEXT), int(Kind.LABEL)])


def _check_input(spot: Spot, component: Json) -> None:
    check = _INPUTS.get(component.get("type", 0))
    if check is None:
        spot.at("type").one_of(component.get("type"), sorted(int(kind) for kind in _INPUTS))
        return
    check_custom_id(spot, component)
    check(spot, component)


def _check_text_input(spot: Spot, text: Json) -> None:
    spot.at("style").one_of(text.get("style"), [_SHORT, _PARAGRAPH])
    spot.at("min_length").number(text.get("min_length") or 0, least=0, most=MAX_INPUT)
    spot.at("max_length").number(text.get("max_length") or MAX_INPUT, least=1, most=MAX_INPUT)
    spot.at("value").text(text.get("value"), most=MAX_INPUT, required=False)
    spot.at("placeholder").text(text.get("placeholder"), most=100, required=False)


def _check_upload(spot: Spot, upload: Json) -> None:
    check_range(spot, upload, most=MAX_CHECKS)


def _check_radio(spot: Spot, group: Json) -> None:
    check_options(spot, group, least=2, most=MAX_CHECKS)


def _check_group(spot: Spot, group: Json) -> None:
    check_options(spot, group, least=1, most=MAX_CHECKS)
    check_range(spot, group, most=MAX_CHECKS)


def _check_nothing_more(spot: Spot, component: Json) -> None:
    del spot, component


def _check_unique(spot: Spot, parts: list[Json]) -> None:
    ids = [component["custom_id"] for component in walk(parts) if "custom_id" in component]
    if len(set(ids)) < len(ids):
        spot.at("components").fail("COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated")


_INPUTS: dict[int, Callable[[Spot, Json], None]] = {
    Kind.TEXT_INPUT: _check_text_input,
    **dict.fromkeys(SELECTS, check_select),
    Kind.FILE_UPLOAD: _check_upload,
    Kind.RADIO_GROUP: _check_radio,
    Kind.CHECKBOX_GROUP: _check_group,
    Kind.CHECKBOX: _check_nothing_more,
}
