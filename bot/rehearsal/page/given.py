"""What a window sends, field by field: each is what it should be, or the refusal names it."""

from __future__ import annotations

import json
from base64 import b64decode
from binascii import Error as NoBase64Error
from collections.abc import Sequence
from typing import Any

from bot.errors import CommandError
from bot.rehearsal.loopback import Upload
from bot.rehearsal.loopback.world.interactions import ATTACHMENT_LIMIT
from bot.rehearsal.page.refusals import MalformedError

Json = dict[str, Any]

LONGEST_NAME = 100
MEGABYTES = ATTACHMENT_LIMIT // 2**20


class Given:
    """One JSON object."""

    def __init__(self, fields: Json) -> None:
        self.fields = fields

    @classmethod
    def of(cls, body: bytes) -> Given:
        """What a request's body holds.

        Raises:
            MalformedError: it is no JSON object.
        """
        try:
            fields = json.loads(body, parse_constant=_refuse_constant)
        except (ValueError, RecursionError):
            fields = None
        if not isinstance(fields, dict):
            raise MalformedError("the body is no JSON object")
        return cls(fields)

    def text(self, name: str) -> str:
        return text(self.fields.get(name), name)

    def flag(self, name: str) -> bool:
        value = self.fields.get(name)
        if not isinstance(value, bool):
            raise MalformedError(f"{name} is to be true or false")
        return value

    def texts(self, name: str) -> list[str]:
        return [text(value, name) for value in listed(self.fields.get(name), name)]

    def mapping(self, name: str) -> Json:
        """An object within; none at all is an empty one."""
        value = self.fields.get(name, {})
        if not isinstance(value, dict):
            raise MalformedError(f"{name} is to be an object")
        return value


def _refuse_constant(word: str) -> None:
    """JSON has no NaN and no Infinity."""
    raise ValueError(word)


def text(value: object, name: str) -> str:
    """A string that can be written as UTF-8.

    Raises:
        MalformedError: it is none.
    """
    if not isinstance(value, str):
        raise MalformedError(f"{name} is to be a string")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise MalformedError(f"{name} holds half a character") from None
    return value


def listed(value: object, name: str) -> Sequence[object]:
    """A list; none at all is an empty one.

    Raises:
        MalformedError: it is none.
    """
    if value is None:
        return []
    if not isinstance(value, list):
        raise MalformedError(f"{name} is to be a list")
    return value


def upload(value: object, name: str) -> Upload:
    """A file with its name and its content in base64; the name is written as Discord writes it.

    Raises:
        MalformedError: it is none.
        CommandError: it is larger than Discord takes.
    """
    if not isinstance(value, dict):
        raise MalformedError(f"{name} is to be a file")
    try:
        data = b64decode(text(value.get("content"), name), validate=True)
    except (NoBase64Error, ValueError):
        raise MalformedError(f"{name} is to be a file in base64") from None
    if len(data) > ATTACHMENT_LIMIT:
        raise CommandError(f"the file is larger than {MEGABYTES} MiB", do="Discord takes no larger one")
    return Upload(file_name(text(value.get("name"), name)), data)


def file_name(named: str) -> str:
    """Letters, digits, dots, dashes and underscores."""
    last = named.replace("\\", "/").rpartition("/")[2]
    plain = "".join(character if character.isalnum() or character in "-_." else "_" for character in last)
    return plain[-LONGEST_NAME:].strip(".") or "file"
