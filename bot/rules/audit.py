"""One entry of the audit log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that a moderator or manager did.

    Attributes:
        by: Discord user; None for a removed person.
        action: a command's name with its slash, or `pressed`, `chose`, `filled in`.
        details: what was given, by the name of the option, the button or the field.
        about: the title of the session it was about.
        at: virtual.
    """

    by: int | None
    action: str
    details: Mapping[str, str]
    about: str | None
    at: datetime
    id: int = 0
