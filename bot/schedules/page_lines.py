"""The lines of a virtual-site page, and which of them are the site's own words rather than the programme's."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

# What may stand before the word that names a kind: `Outstanding Paper Oral`, `Coffee Break`.
_KIND = re.compile(
    r"(?:(?:outstanding|contributed|invited|keynote|lightning|short|long|expo|plenary|coffee|tea|lunch|opening|closing|"
    r"welcome|industry|poster|oral|spotlight|award|panel|affinity|paper|best|test of time|journal) )*"
    r"(?:spotlight|oral|poster|talk|keynote|break|lunch|panel|tutorial|workshop|remarks|discussion|demonstration|demo|"
    r"award|social|introduction|q ?& ?a|competition|ceremony|reception|welcome|presentation|talk panel)s?",
    re.IGNORECASE,
)
LONGEST_KIND = 40
_NAVIGATION = re.compile(r"skip to (?:yearly menu bar|main content)|main navigation$", re.IGNORECASE)
_FOOTER = re.compile(
    r"successful page load|\S+ uses cookies |the \S+ logo above may be used|do not remove: this comment is monitored",
    re.IGNORECASE,
)
_SITES_OWN = frozenset(
    (
        *("chat is not available", "chat is not available.", "abstract", "show more", "show less", "view full details"),
        *("log in and register to view live content", "[ bookmark ]", "bookmark", "add to calendar", "livestream"),
        *("video", "slides", "project page", "paper pdf", "openreview", "join zoom", "ask questions here"),
    )
)
_LONGEST_OWN = max(map(len, _SITES_OWN))
_SESSION = re.compile(r"(?:(?:oral|poster|spotlight|plenary|tutorial) )?session", re.IGNORECASE)
_CHAIR = re.compile(r"(?:session )?(?:moderator|chair)s?(?:\(s\))? ?:(.*)", re.IGNORECASE)
_ABSTRACT = re.compile(r"abstract ?:(.*)", re.IGNORECASE)
_TAG = re.compile(r"\[ ?([^\[\]]{1,80}?) ?\](?!\()")
_SPACED_TAG = re.compile(r"\[ ([^\[\]]{1,80}?) \] ?(?!\()")
_TRAILING_TAG = re.compile(r" \[ ([^\[\]]{1,80}) \]$")
_LINK_TAGS = re.compile(
    r"abstract|(?:paper |poster |project )?(?:pdf|page)|paper|poster|slides?|video|openreview|code|supplementary.*|"
    r"bookmark|livestream|visit .*|join .*|project|chat|zoom|link|url|website|recording|blog|proceedings|arxiv",
    re.IGNORECASE,
)
_ROOM_WORDS = re.compile(
    r"\b(?:hall|room|ballroom|auditorium|theat(?:er|re)|foyer|lounge|pavilion|exhibit\w*|level|floor|hotel|center|centre"
    r"|online|virtual|stage)\b|^[A-Z]?\d+[A-Za-z]?(?: ?[-–&/] ?[A-Z]?\d+[A-Za-z]?)*$",
    re.IGNORECASE,
)


class Line(NamedTuple):
    """One line of a page, its spaces squeezed; `url` is where its text links to, if it is a link."""

    text: str
    place: str
    url: str | None = None
    follows_gap: bool = False


def is_kind(text: str) -> bool:
    """Whether a line names a kind of talk and nothing else."""
    return len(text) <= LONGEST_KIND and _KIND.fullmatch(text) is not None


def is_session_heading(text: str) -> bool:
    """Whether a line is the word that stands above a session's title."""
    return _SESSION.fullmatch(text.lstrip("# ")) is not None


def is_navigation(text: str) -> bool:
    """Whether a line is where a copied page begins anew."""
    return _NAVIGATION.match(text) is not None


def is_sites_own(text: str) -> bool:
    """Whether a line is a label or button of the site."""
    return len(text) <= _LONGEST_OWN and text.casefold() in _SITES_OWN


def is_room(text: str) -> bool:
    """Whether a line reads as the name of a room."""
    longest = 60
    return len(text) <= longest and _ROOM_WORDS.search(text) is not None


def chair(text: str) -> str | None:
    """Who a `Moderator:` or `Session Chair:` line names, empty if nobody; None for another line."""
    found = _CHAIR.fullmatch(text.strip("*# "))
    return found[1].strip(" *") if found else None


def session_abstract(text: str) -> str | None:
    """What follows `Abstract:` on its line; None for another line."""
    found = _ABSTRACT.fullmatch(text.strip("*# "))
    return found[1].strip(" *") if found else None


def without_footer(lines: Sequence[Line]) -> Iterator[Line]:
    """The lines up to the site's footer."""
    for line in lines:
        if _FOOTER.match(line.text):
            return
        yield line


def without_tags(text: str) -> tuple[str, str | None]:
    """The line without its `[ … ]` tags at either end, and the room that one of them names.

    Links to slides and the like are dropped. Brackets that hug their text (`[Re] …`) belong to a title.
    """
    if "[" not in text:
        return text.strip(), None
    rooms = [tag for tag in _TAG.findall(text) if not _LINK_TAGS.fullmatch(tag)]
    if not _TAG.sub("", text).strip() and "](" not in text:
        return "", rooms[0] if rooms and (is_room(rooms[0]) or "[ " in text) else None
    room = None
    while tag := _SPACED_TAG.match(text):
        room = room or (None if _LINK_TAGS.fullmatch(tag[1]) else tag[1])
        text = text[tag.end() :]
    if text.endswith(" ]") and (tag := _TRAILING_TAG.search(text)):
        room = room or (None if _LINK_TAGS.fullmatch(tag[1]) else tag[1])
        text = text[: tag.start()]
    return text.strip(), room
