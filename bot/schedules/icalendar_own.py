"""What Chairside's own calendars hold beside what calendars understand: their properties, ids and descriptions."""

from __future__ import annotations

from collections.abc import Sequence

PREFIX = "X-CHAIRSIDE-"
NUMBER, SESSION, SESSION_ROOM = f"{PREFIX}SESSION-NUMBER", f"{PREFIX}SESSION", f"{PREFIX}SESSION-ROOM"
MODERATOR, SOURCE, PAGE_TIMEZONE = f"{PREFIX}MODERATOR", f"{PREFIX}SOURCE", f"{PREFIX}PAGE-TIMEZONE"
KIND, PERSON, ROOM, ID = f"{PREFIX}KIND", f"{PREFIX}PERSON", f"{PREFIX}ROOM", f"{PREFIX}ID"
"""A talk has as many of PERSON as people; where one of the others is missing, there is no such thing."""
_OURS = "@chairside"


def uid_of_ours(digest: str) -> str:
    """The UID of an event whose talk has no id that is its own all over the world."""
    return digest + _OURS


def is_uid_of_ours(uid: str | None) -> bool:
    """Whether a UID is one that we made up, so that it says nothing about the talk."""
    return uid is not None and uid.endswith(_OURS)


def description(people: Sequence[str], abstract: str | None) -> str:
    """What a calendar shows under the title: who speaks, then about what."""
    return "\n\n".join(filter(None, (", ".join(people), abstract)))


def abstract_in(shown: str | None, people: Sequence[str]) -> str | None:
    """The abstract of a description of these people; all of it, where somebody wrote another."""
    if not shown or not people:
        return shown or None
    head = description(people, None)
    return None if shown == head else shown.removeprefix(f"{head}\n\n")
