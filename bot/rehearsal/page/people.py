"""Who one can be on the page: the manager, the moderator, a speaker, or one of those in the audience who ask."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bot.rehearsal.cast import Hall
from bot.rehearsal.loopback import Person
from bot.rehearsal.page.refusals import NotThereError
from bot.rehearsal.reading import clean

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Company:
    """The people of a hall by their ids, as the page writes them."""

    hall: Hall

    def person(self, number: str) -> Person:
        """Somebody one can be.

        Raises:
            NotThereError: there is nobody like that.
        """
        found = next((person for _, person in self._parts() if str(person.id) == number), None)
        if found is None:
            raise NotThereError("nobody like that is in this rehearsal", do="Choose somebody at the top of the page")
        return found

    def drawn(self) -> list[Json]:
        """All of them, in the order in which they are offered."""
        return [{"id": str(person.id), "name": clean(person.name), "role": role} for role, person in self._parts()]

    def _parts(self) -> Iterator[tuple[str, Person]]:
        yield "manager", self.hall.manager
        yield "moderator", self.hall.moderator
        yield from (("speaker", person) for person in self.hall.speakers)
        yield from (("attendee", person) for person in self.hall.attendees)
