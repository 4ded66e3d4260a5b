"""The lines under one time line: a talk's kind, title, people, link and abstract."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from bot.errors import ScheduleError
from bot.schedules.drafts import DraftTalk
from bot.schedules.page_lines import LONGEST_KIND, Line, is_kind, is_sites_own, session_abstract, without_tags
from bot.schedules.people import are_several_people, is_continued, is_people, split_people
from bot.schedules.printed_times import PrintedTimes

EXAMPLE = "Thu 21 July 12:30 - 12:35 PDT"

_BARE_LINK = re.compile(r"<?(https?://[^\s<>]+)>?")
_LINKED = re.compile(r"[#*\s]*\[([^\n]{1,1000})\]\(<?((?:https?://|/)[^\s<>()]{1,2000})>?\)[*\s]*")
_BULLET = re.compile(r"(?:[-*•–]|\d{1,2}[.)])\s")
_OWN_ID = re.compile(r"/(?:virtual/\d{4}|[a-z]+)/(?:[a-z-]+/)*(\d+)/?$")


def read_talk(times: PrintedTimes, lines: Sequence[Line]) -> DraftTalk:
    """The talk that stands under a time line.

    Raises:
        ScheduleError: nothing stands there, or a second talk does, whose own time line is missing.
    """
    room, content = _without_tags(lines)
    url, content = _own_link(content)
    kind, rest = _kind(content)
    if not rest:
        raise ScheduleError(
            f"no talk stands under “{times.text}”",
            where=times.place,
            do="Copy the page to its end, or remove that line",
        )
    title, *below = rest
    title, url = _linked_title(title, url)
    _check_one_talk(below)
    people, abstract = _people(below)
    return DraftTalk(
        title=title.text,
        times=times,
        kind=kind,
        speakers=people,
        room=room,
        abstract=_paragraphs(abstract),
        url=url,
        file_id=own_id(url),
        doubts=tuple(_doubts(abstract)),
    )


def own_id(url: str | None) -> str | None:
    """The site's number of a talk, from the address of its page (`/virtual/2022/spotlight/16324`)."""
    found = _OWN_ID.search(url) if url else None
    return found[1] if found else None


def _without_tags(lines: Sequence[Line]) -> tuple[str | None, list[Line]]:
    room, kept = None, []
    for line in lines:
        if is_sites_own(line.text):
            continue
        labelled = session_abstract(line.text)
        text, named = without_tags(line.text if labelled is None else labelled)
        room = room or named
        if text:
            kept.append(line if text == line.text else line._replace(text=text))
    return room, kept


def _own_link(lines: Sequence[Line]) -> tuple[str | None, list[Line]]:
    """The link that stands on a line by itself, and the other lines."""
    bare = [_BARE_LINK.fullmatch(line.text) for line in lines]
    url = next((found[1] for found in bare if found), None)
    return url, [line for line, found in zip(lines, bare, strict=True) if not found or found[1] != url]


def _kind(lines: Sequence[Line]) -> tuple[str | None, Sequence[Line]]:
    """The kind, if the first line is one, and what follows it; a lone `Break` is its own title."""
    if not lines:
        return None, lines
    kind = lines[0].text.lstrip("# ")
    alone = len(lines) == 1 or _is_peoples_line(lines)
    if is_kind(kind):
        return kind, lines if alone else lines[1:]
    unfamiliar = len(kind) <= LONGEST_KIND and not alone and not lines[1].follows_gap and _people_apart(lines[2:3])
    return (kind, lines[1:]) if unfamiliar else (None, lines)


def _is_peoples_line(lines: Sequence[Line]) -> bool:
    """Whether the second line is people, so that the first is all the title there is; a title may hold dots too."""
    titled = not lines[1].follows_gap or any(are_several_people(line.text) for line in lines[2:3])
    return are_several_people(lines[1].text) and not titled


def _people_apart(lines: Sequence[Line]) -> bool:
    return bool(lines) and lines[0].follows_gap and is_people(lines[0].text)


def _linked_title(title: Line, url: str | None) -> tuple[Line, str | None]:
    linked = _LINKED.fullmatch(title.text)
    if linked:
        return title._replace(text=linked[1]), linked[2]
    return title._replace(text=title.text.lstrip("# ")), title.url or url


def _check_one_talk(lines: Sequence[Line]) -> None:
    """A kind on a line of its own, with a title under it, is a talk whose time line is missing."""
    for index, (kind, title) in enumerate(pairwise(lines)):
        if not (kind.follows_gap and is_kind(kind.text)):
            continue
        people = lines[index + 2].text if index + 2 < len(lines) else ""
        if not title.follows_gap or is_people(people) or own_id(title.url):
            raise without_times(kind, title)


def _doubts(abstract: Sequence[Line]) -> Iterator[str]:
    """A list of people in an abstract may be the rest of a talk that lost its other lines."""
    for line in abstract:
        if line.follows_gap and are_several_people(line.text):
            yield f"{line.place}: “{line.text[:80]}” reads like the people of another talk: is its time missing?"


def without_times(kind: Line, title: Line) -> ScheduleError:
    """The error for a talk whose time line is missing."""
    return ScheduleError(
        f"the talk “{title.text[:200]}” has no times",
        where=title.place,
        do=f"Write its time above “{kind.text}”, such as {EXAMPLE}",
    )


def _people(lines: Sequence[Line]) -> tuple[tuple[str, ...], Sequence[Line]]:
    """The people, if the first line names some, and the lines of the abstract."""
    if not lines or not is_people(lines[0].text):
        return (), lines
    count = 1
    while count < len(lines) and is_continued(lines[count - 1].text):
        count += 1
    return split_people(" ".join(line.text for line in lines[:count])), lines[count:]


def _paragraphs(lines: Sequence[Line]) -> str | None:
    """The abstract: lines that follow each other are one paragraph, but for the points of a list."""
    pieces: list[str] = []
    for line in lines:
        if pieces:
            pieces.append("\n\n" if line.follows_gap else "\n" if _BULLET.match(line.text) else " ")
        pieces.append(line.text)
    return "".join(pieces) or None
