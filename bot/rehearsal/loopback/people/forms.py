"""Choosing in selects and filling in modals, checked as Discord's client checks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from bot.rehearsal.loopback.errors import PersonRefusedError
from bot.rehearsal.loopback.people.resolving import Resolved
from bot.rehearsal.loopback.validation.commands import OptionKind
from bot.rehearsal.loopback.validation.components import SELECTS, Kind
from bot.rehearsal.loopback.world.messages import Upload, walk

if TYPE_CHECKING:
    from bot.rehearsal.loopback.world.channels import Channel

Json = dict[str, Any]

_TAKES = {
    Kind.USER_SELECT: OptionKind.USER,
    Kind.ROLE_SELECT: OptionKind.ROLE,
    Kind.MENTIONABLE_SELECT: OptionKind.MENTIONABLE,
    Kind.CHANNEL_SELECT: OptionKind.CHANNEL,
}
_SINGLE = 1


def select_values(select: Json, values: Sequence[object], resolved: Resolved) -> list[str]:
    """The values of a select, as Discord sends them.

    Raises:
        PersonRefusedError: too few, too many, or not among the options.
    """
    least, most = (_SINGLE if select.get(key) is None else select[key] for key in ("min_values", "max_values"))
    if select.get("required") is False and not values:
        return []
    if not least <= len(values) <= most:
        raise PersonRefusedError(f"{select['custom_id']} takes {least} to {most} values, not {len(values)}")
    kind = _TAKES.get(select["type"])
    if kind is not None:
        return [resolved.take(kind, value, select) for value in values]
    return [_offered(select, value) for value in values]


def _offered(select: Json, value: object) -> str:
    for option in select["options"]:
        if value in (option["value"], option["label"]):
            picked: str = option["value"]
            return picked
    raise PersonRefusedError(f"{select['custom_id']} offers {[o['label'] for o in select['options']]}, not {value!r}")


def fill_modal(channel: Channel, modal: Json, given: Mapping[str, object]) -> tuple[list[Json], Json]:
    """The components of a modal's submission, and what they refer to.

    Raises:
        PersonRefusedError: a field is unknown, missing, or does not take the value.
    """
    fields = {part["custom_id"] for part in walk(modal["components"]) if "custom_id" in part}
    unknown = [name for name in given if name not in fields]
    if unknown:
        raise PersonRefusedError(f"{modal['title']!r} has no field {', '.join(unknown)}; it has {sorted(fields)}")
    resolved = Resolved(channel)
    return [_part(part, given, resolved) for part in modal["components"]], resolved.payload


def _part(part: Json, given: Mapping[str, object], resolved: Resolved) -> Json:
    kept: Json = {key: part[key] for key in ("type", "id") if key in part}
    if part["type"] == Kind.ROW:
        return {**kept, "components": [_answer(child, given, resolved) for child in part["components"]]}
    if part["type"] == Kind.LABEL:
        return {**kept, "component": _answer(part["component"], given, resolved)}
    return kept


def _answer(field: Json, given: Mapping[str, object], resolved: Resolved) -> Json:
    kept: Json = {key: field[key] for key in ("type", "id", "custom_id") if key in field}
    value = given.get(field["custom_id"], field.get("value"))
    kind = field["type"]
    if kind == Kind.TEXT_INPUT:
        return {**kept, "value": _text(field, value)}
    if kind == Kind.CHECKBOX:
        return {**kept, "value": bool(field.get("default") if value is None else value)}
    if kind == Kind.RADIO_GROUP:
        return {**kept, "value": _radio(field, value)}
    values = _list(value)
    if not values and field.get("required", True):
        raise PersonRefusedError(f"{field['custom_id']} is required")
    if kind == Kind.FILE_UPLOAD:
        return {**kept, "values": [resolved.add_file(file) for file in values if isinstance(file, Upload)]}
    if kind in SELECTS:
        return {**kept, "values": select_values(field, values, resolved)}
    return {**kept, "values": [_offered(field, one) for one in values]}


def _list(value: object) -> list[object]:
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def _text(field: Json, value: object) -> str:
    text = "" if value is None else str(value)
    least, most = field.get("min_length") or 0, field.get("max_length") or 4000
    if not text and field.get("required", True):
        raise PersonRefusedError(f"{field['custom_id']} is required")
    if text and not least <= len(text) <= most:
        raise PersonRefusedError(f"{field['custom_id']} takes {least} to {most} characters, not {len(text)}")
    return text


def _radio(field: Json, value: object) -> str | None:
    if value is None:
        default = next((option["value"] for option in field["options"] if option.get("default")), None)
        if default is None and field.get("required", True):
            raise PersonRefusedError(f"{field['custom_id']} is required")
        return default
    return _offered(field, value)
