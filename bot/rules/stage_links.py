"""Which page a secret link leads to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Page(StrEnum):
    """The pages of the stage view: a session's, a room's for all day, a conference's. The values stand in addresses."""

    STAGE = "stage"
    ROOM = "room"
    LOBBY = "lobby"


@dataclass(frozen=True, slots=True)
class Link:
    """A link that works.

    Attributes:
        id: never used again, so that an old link is never taken for the one after it.
        subject: the session that the stage's page is of, the conference that the lobby's is of; of a room, `id`.
        secret: what makes its address impossible to guess.
    """

    id: int
    page: Page
    subject: int
    secret: str
