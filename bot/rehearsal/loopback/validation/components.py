"""Limits of components: rows of buttons, selects, and the newer layouts that replace content and embeds."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from typing import Any

from bot.rehearsal.loopback.validation.form import Spot
from bot.rehearsal.loopback.world.messages import walk

Json = dict[str, Any]

MAX_ROWS = 5
MAX_IN_ROW = 5
MAX_LAYOUT = 40
MAX_LAYOUT_TEXT = 4000
MAX_OPTIONS = 25
MAX_GALLERY = 10
MAX_SECTION_TEXTS = 3


class Kind(IntEnum):
    """Discord's component types."""

    ROW = 1
    BUTTON = 2
    STRING_SELECT = 3
    TEXT_INPUT = 4
    USER_SELECT = 5
    ROLE_SELECT = 6
    MENTIONABLE_SELECT = 7
    CHANNEL_SELECT = 8
    SECTION = 9
    TEXT = 10
    THUMBNAIL = 11
    GALLERY = 12
    FILE = 13
    SEPARATOR = 14
    CONTAINER = 17
    LABEL = 18
    FILE_UPLOAD = 19
    RADIO_GROUP = 21
    CHECKBOX_GROUP = 22
    CHECKBOX = 23


SELECTS = frozenset(
    {Kind.STRING_SELECT, Kind.USER_SELECT, Kind.ROLE_SELECT, Kind.MENTIONABLE_SELECT, Kind.CHANNEL_SELECT}
)
_IN_ROW = SELECTS | {Kind.BUTTON}
_LAYOUT = frozenset(
    {Kind.ROW, Kind.SECTION, Kind.TEXT, Kind.GALLERY, Kind.FILE, Kind.SEPARATOR, Kind.CONTAINER},
)
_IN_CONTAINER = _LAYOUT - {Kind.CONTAINER}
_STYLES = range(1, 7)
_LINK, _PREMIUM = 5, 6


def check_components(spot: Spot, value: object, *, layout: bool) -> list[Json]:
    """A message's components; `layout` is whether its flags ask for components V2. Faults are noted."""
    components = list(spot.items(value, most=MAX_LAYOUT if layout else MAX_ROWS))
    allowed = _LAYOUT if layout else frozenset({Kind.ROW})
    _check_all(spot, components, allowed)
    if spot.faults:
        return components
    _check_unique(spot, components)
    if layout:
        _check_size(spot, components)
    return components


def _check_all(spot: Spot, components: list[Json], allowed: frozenset[Kind]) -> None:
    for index, component in enumerate(components):
        check_component(spot.at(index), component, allowed)


def check_component(spot: Spot, component: object, allowed: frozenset[Kind]) -> None:
    """One component that must be of an allowed kind, with all that it holds."""
    if not isinstance(component, dict):
        spot.fail("MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType")
    elif component.get("type") not in allowed:
        spot.at("type").one_of(component.get("type"), sorted(int(kind) for kind in allowed))
    elif (check := _CHECKS.get(component["type"])) is not None:
        check(spot, component)


def _check_row(spot: Spot, row: Json) -> None:
    inside = spot.at("components")
    children = list(inside.items(row.get("components"), least=1, most=MAX_IN_ROW))
    _check_all(inside, children, _IN_ROW)
    if len(children) > 1 and any(child.get("type") in SELECTS for child in children if isinstance(child, dict)):
        inside.fail("COMPONENT_LAYOUT_WIDTH_EXCEEDED", "The specified component exceeds the maximum width")


def _check_button(spot: Spot, button: Json) -> None:
    style = button.get("style")
    spot.at("style").one_of(style, _STYLES)
    spot.at("label").text(button.get("label"), most=80, required=False)
    if style == _LINK:
        spot.at("url").text(button.get("url"), least=1, most=512)
    elif style != _PREMIUM:
        check_custom_id(spot, button)
    if not button.get("label") and not button.get("emoji") and style != _PREMIUM:
        spot.fail("BUTTON_COMPONENT_MISSING_LABEL_OR_EMOJI", "A label or an emoji is required")
    if style == _LINK and "custom_id" in button:
        spot.at("custom_id").fail(
            "COMPONENT_CUSTOM_ID_MUTUALLY_EXCLUSIVE", "A custom id and url cannot both be specified"
        )


def check_custom_id(spot: Spot, component: Json) -> None:
    """Its own id, 1 to 100 characters."""
    spot.at("custom_id").text(component.get("custom_id"), least=1, most=100)


def check_select(spot: Spot, select: Json) -> None:
    """A select of any kind."""
    check_custom_id(spot, select)
    spot.at("placeholder").text(select.get("placeholder"), most=150, required=False)
    check_range(spot, select, most=MAX_OPTIONS)
    if select["type"] == Kind.STRING_SELECT:
        check_options(spot, select, least=1, most=MAX_OPTIONS)
    elif select.get("default_values"):
        _check_defaults(spot.at("default_values"), select)


def _check_defaults(spot: Spot, select: Json) -> None:
    """What is chosen already: as many as may be chosen, and of the select's kind."""
    least, most = (1 if select.get(key) is None else select[key] for key in ("min_values", "max_values"))
    for index, default in enumerate(spot.items(select["default_values"], least=least, most=most)):
        spot.at(index, "type").one_of(default.get("type"), _DEFAULTS[select["type"]])


def check_range(spot: Spot, component: Json, *, most: int) -> None:
    """How many values may be chosen; null is as good as nothing."""
    for key, least in (("min_values", 0), ("max_values", 1)):
        if component.get(key) is not None:
            spot.at(key).number(component[key], least=least, most=most)


def check_options(spot: Spot, component: Json, *, least: int, most: int) -> None:
    """The options of a select, radio group or checkbox group: limits, and no value twice."""
    inside = spot.at("options")
    options = inside.items(component.get("options") or [], least=least, most=most)
    for index, option in enumerate(options):
        inside.at(index, "label").text(option.get("label"), least=1, most=100)
        inside.at(index, "value").text(option.get("value"), least=1, most=100)
        inside.at(index, "description").text(option.get("description"), most=100, required=False)
    values = [option.get("value") for option in options]
    for index, value in enumerate(values):
        if value in values[:index]:
            inside.at(index, "value").fail(
                "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", "The specified option value is already used"
            )


def _check_section(spot: Spot, section: Json) -> None:
    texts = list(spot.at("components").items(section.get("components"), least=1, most=MAX_SECTION_TEXTS))
    _check_all(spot.at("components"), texts, frozenset({Kind.TEXT}))
    check_component(spot.at("accessory"), section.get("accessory"), frozenset({Kind.BUTTON, Kind.THUMBNAIL}))


def _check_container(spot: Spot, container: Json) -> None:
    children = list(spot.at("components").items(container.get("components"), least=1, most=MAX_LAYOUT))
    _check_all(spot.at("components"), children, _IN_CONTAINER)


def _check_text(spot: Spot, display: Json) -> None:
    spot.at("content").text(display.get("content"), least=1, most=MAX_LAYOUT_TEXT)


def _check_gallery(spot: Spot, gallery: Json) -> None:
    spot.at("items").items(gallery.get("items"), least=1, most=MAX_GALLERY)


def _check_unique(spot: Spot, components: list[Json]) -> None:
    seen: set[str] = set()
    for component in walk(components):
        custom_id = component.get("custom_id")
        if custom_id in seen:
            spot.fail("COMPONENT_CUSTOM_ID_DUPLICATED", f"Component custom id cannot be duplicated: {custom_id}")
        if custom_id is not None:
            seen.add(custom_id)


def _check_size(spot: Spot, components: list[Json]) -> None:
    every = list(walk(components))
    if len(every) > MAX_LAYOUT:
        spot.fail("COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", f"Must be {MAX_LAYOUT} or fewer components in total.")
    if sum(len(c["content"]) for c in every if c["type"] == Kind.TEXT) > MAX_LAYOUT_TEXT:
        spot.fail("COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", f"Total displayable text size exceeds {MAX_LAYOUT_TEXT}")


_DEFAULTS = {
    Kind.USER_SELECT: ("user",),
    Kind.ROLE_SELECT: ("role",),
    Kind.MENTIONABLE_SELECT: ("user", "role"),
    Kind.CHANNEL_SELECT: ("channel",),
}
_CHECKS: dict[int, Callable[[Spot, Json], None]] = {
    Kind.ROW: _check_row,
    Kind.BUTTON: _check_button,
    **dict.fromkeys(SELECTS, check_select),
    Kind.SECTION: _check_section,
    Kind.CONTAINER: _check_container,
    Kind.TEXT: _check_text,
    Kind.GALLERY: _check_gallery,
}
