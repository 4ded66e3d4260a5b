"""Forms that the bot shows to one person: as JSON for the page, and what was filled in as the loopback takes it."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bot.rehearsal.loopback import Channel, Modal, Person
from bot.rehearsal.loopback.validation.components import SELECTS, Kind
from bot.rehearsal.loopback.world.messages import walk
from bot.rehearsal.page import given
from bot.rehearsal.page.picking import TAKES, picked
from bot.rehearsal.page.refusals import MalformedError, NotThereError
from bot.rehearsal.page.rows import bounds, options, select
from bot.rehearsal.reading import clean

Json = dict[str, Any]

KEPT = 500
"""Forms that nobody has sent; the oldest make way."""
_PARAGRAPH = 2
_SEVERAL = SELECTS | {Kind.CHECKBOX_GROUP}


class Forms:
    """The forms that are open, each by a token that only who got it may use, until it is sent."""

    def __init__(self) -> None:
        self._open: OrderedDict[str, tuple[Person, Modal]] = OrderedDict()
        self._sending: set[str] = set()

    def show(self, person: Person, modal: Modal) -> Json:
        """Keep a form open for a person, and draw it."""
        token = secrets.token_urlsafe(16)
        self._open[token] = person, modal
        if len(self._open) > KEPT:
            self._open.popitem(last=False)
        place = modal.reply.interaction.channel
        return {"token": token, "title": clean(modal.title), "fields": list(_fields(modal.data, place, person))}

    def of(self, person: Person, token: str) -> Modal:
        """The form behind a token.

        Raises:
            NotThereError: it was sent, or is somebody else's.
        """
        owner, modal = self._open.get(token, (None, None))
        if modal is None or owner != person or token in self._sending:
            raise NotThereError("that form is not open any more", do="Open it again")
        return modal

    @contextmanager
    def sending(self, token: str) -> Iterator[None]:
        """Nobody sends a form twice; it stays open only where it could not be sent."""
        self._sending.add(token)
        try:
            yield
            self._open.pop(token, None)
        finally:
            self._sending.discard(token)


def filled_in(person: Person, modal: Modal, values: Json) -> dict[str, object]:
    """What was filled in, with files, people, roles and channels in place of what stands for them.

    Raises:
        CommandError: a value is of another kind, or stands for nothing.
    """
    parts = {part["custom_id"]: part for part in walk(modal.data["components"]) if "custom_id" in part}
    place = modal.reply.interaction.channel
    return {name: _value(parts.get(name), name, value, person, place) for name, value in values.items()}


def _value(part: Json | None, name: str, value: object, person: Person, place: Channel) -> object:
    kind = part["type"] if part else None
    if value is None:
        return None
    if kind == Kind.CHECKBOX:
        if not isinstance(value, bool):
            raise MalformedError(f"{name} is to be true or false")
        return value
    if kind == Kind.FILE_UPLOAD:
        return [given.upload(file, name) for file in given.listed(value, name)]
    if part is None or kind not in _SEVERAL:
        return given.text(value, name)
    chosen = [given.text(one, name) for one in given.listed(value, name)]
    takes = TAKES.get(part["type"])
    if takes is None:
        return chosen
    return [picked(takes, one, place, person.user, part.get("channel_types")) for one in chosen]


def _fields(modal: Json, place: Channel, person: Person) -> Iterator[Json]:
    for part in modal["components"]:
        if part["type"] == Kind.ROW:
            child = part["components"][0]
            yield {**_about(child.get("label"), None), **_field(child, place, person)}
        elif part["type"] == Kind.LABEL:
            yield {**_about(part.get("label"), part.get("description")), **_field(part["component"], place, person)}
        else:
            yield {"id": None, "kind": "text", **_about(part.get("content"), None)}


def _about(label: str | None, description: str | None) -> Json:
    return {"label": clean(label or ""), "description": clean(description or "") or None}


def _field(part: Json, place: Channel, person: Person) -> Json:
    common = {"id": part["custom_id"], "required": part.get("required", True)}
    kind = part["type"]
    if kind == Kind.TEXT_INPUT:
        return common | {
            "kind": "paragraph" if part.get("style") == _PARAGRAPH else "line",
            "value": clean(part.get("value") or ""),
            "placeholder": clean(part.get("placeholder") or "") or None,
            "min": part.get("min_length") or 0,
            "max": part.get("max_length") or 4000,
        }
    if kind in SELECTS:
        return select(part, place, person.user) | common
    if kind == Kind.CHECKBOX:
        return common | {"kind": "check", "value": bool(part.get("default")), "required": False}
    if kind == Kind.FILE_UPLOAD:
        return common | {"kind": "file"} | bounds(part)
    drawn = common | {"kind": "radio" if kind == Kind.RADIO_GROUP else "check", "options": options(part)}
    return drawn if kind == Kind.RADIO_GROUP else drawn | bounds(part)
