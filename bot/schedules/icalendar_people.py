"""Who speaks at an iCalendar event: its attendees, else organisers and contacts where they differ between events."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from bot.schedules.icalendar_lines import Component, Property
from bot.schedules.people import LONGEST_NAME

_ON_TAKING_PART = frozenset({"ROLE", "CUTYPE", "PARTSTAT"})
_SPEAKING_ROLES = frozenset({"REQ-PARTICIPANT", "CHAIR"})
_ADDRESS = re.compile(r"mailto:|https?:|tel:|[^\s@]@[^\s@]|^[+\d\s()/-]+$", re.IGNORECASE)
_SEPARATORS = re.compile(r"\s*[;\n\u00b7\u22c5]\s*|\s+(?:&|and)\s+", re.IGNORECASE)
_MAY_PART = frozenset(";\n\u00b7\u22c5&,")
_COMMA = re.compile(r"\s*,\s*")


def split_names(text: str) -> tuple[str, ...]:
    """The names in one field; a comma parts them only where none of its sides is a name's half (`Family, Given`)."""
    if _MAY_PART.isdisjoint(text) and "and" not in text.casefold():
        return (text.strip(),) if text.strip() else ()
    names: list[str] = []
    for part in _SEPARATORS.split(text):
        by_comma = [name for name in _COMMA.split(part) if name]
        whole = len(by_comma) > 1 and all(len(name.split()) > 1 for name in by_comma)
        names += by_comma if whole or len(by_comma) > 2 else [part]  # noqa: PLR2004 - one comma may be in a name
    return tuple(dict.fromkeys(name.strip() for name in names if name.strip()))


class People:
    """Who speaks, as far as one file tells.

    Attributes:
        warnings: names that are too long to be some.
    """

    def __init__(self, events: Sequence[Component]) -> None:
        self.warnings: list[str] = []
        self._by_attendees = any(_attendees(event) for event in events)
        others = () if self._by_attendees else ("ORGANIZER", "CONTACT")
        self._differing = [name for name in others if _differ(_named(event, name) for event in events)]

    def of(self, event: Component, place: str) -> tuple[str, ...]:
        """The names of an event's speakers."""
        if self._by_attendees:
            stated: Iterable[str] = _attendees(event)
        else:
            stated = next((names for name in self._differing if (names := _named(event, name))), ())
        people = tuple(dict.fromkeys(name for field in stated for name in split_names(field)))
        bearable = tuple(name for name in people if len(name) <= LONGEST_NAME)
        if len(bearable) < len(people):
            self.warnings.append(f"{place}: a name of more than {LONGEST_NAME} characters is left out")
        return bearable


def _differ(stated: Iterable[tuple[str, ...]]) -> bool:
    return len({names for names in stated if names}) > 1


def _attendees(event: Component) -> tuple[str, ...]:
    return tuple(name for found in event.every("ATTENDEE") if _speaks(found) and (name := _name(found)))


def _speaks(attendee: Property) -> bool:
    """Whether an attendee is a person who takes part; rooms, guests and those who declined do not."""
    stated = attendee.parameters
    return _ON_TAKING_PART.isdisjoint(stated) or (
        stated.get("ROLE", "REQ-PARTICIPANT").upper() in _SPEAKING_ROLES
        and stated.get("CUTYPE", "INDIVIDUAL").upper() in {"INDIVIDUAL", "UNKNOWN"}
        and stated.get("PARTSTAT", "").upper() != "DECLINED"
    )


def _named(event: Component, name: str) -> tuple[str, ...]:
    """Whom ORGANIZER names by its CN, or CONTACT by its text."""
    given = (found.text if name == "CONTACT" else _name(found) for found in event.every(name))
    return tuple(text for text in given if text and not _is_address(text))


def _name(found: Property) -> str:
    name = found.parameters.get("CN", "").strip()
    return "" if _is_address(name) else name


def _is_address(text: str) -> bool:
    """Whether a text is, or holds, an address or is a telephone number."""
    return (":" in text or "@" in text or not text[:1].isalpha()) and _ADDRESS.search(text) is not None
