"""The inside of a block: styles, mentions, moments, links and code, found in one pass.

Markup pairs like brackets that may overlap, so a span only carries the set of styles in force: there is no tree.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import Flag, auto
from functools import reduce
from itertools import groupby
from operator import or_

from bot.rehearsal.reading.reader import Reader, clean, moment_text


class Style(Flag):
    """What markup does to text; it adds up."""

    BOLD = auto()
    ITALIC = auto()
    UNDERLINE = auto()
    STRIKE = auto()
    SPOILER = auto()
    CODE = auto()
    MENTION = auto()


PLAIN = Style(0)


@dataclass(frozen=True, slots=True)
class Moment:
    """A `<t:…>`: what it names, how it is to be written, and the moment in full."""

    unix: int
    style: str
    full: str


@dataclass(frozen=True, slots=True)
class Span:
    """Text of one look."""

    text: str
    style: Style = PLAIN
    link: str | None = None
    moment: Moment | None = None


# Nothing here repeats without a bound over what another alternative could match too: hostile input stays linear.
_TOKEN = re.compile(
    r"""
      \\(?P<escaped>[^A-Za-z0-9\s])
    | (?P<ticks>`+)
    | <t:(?P<unix>-?[0-9]{1,13})(?::(?P<how>[tTdDfFsSR]))?>
    | <(?P<sigil>\#|@!?|@&)(?P<id>[0-9]{1,20})>
    | </(?P<command>[-\w\ ]{1,100}):[0-9]{1,20}>
    | <a?:(?P<emoji>\w{1,32}):[0-9]{1,20}>
    | <(?P<quiet>https?://[^\s<>]{1,1000})>
    | (?P<url>https?://[^\s<>*|`]{1,1000})
    | \]\((?P<target>https?://[^\s()<>]{1,1000})\)
    | (?P<mark>\*+|_+|~~|\|\||\[)
    """,
    re.VERBOSE,
)
_MARKS: dict[str, tuple[tuple[str, Style], ...]] = {
    "*": (("*", Style.ITALIC),),
    "**": (("**", Style.BOLD),),
    "***": (("**", Style.BOLD), ("*", Style.ITALIC)),
    "_": (("_", Style.ITALIC),),
    "__": (("__", Style.UNDERLINE),),
    "___": (("__", Style.UNDERLINE), ("_", Style.ITALIC)),
    "~~": (("~~", Style.STRIKE),),
    "||": (("||", Style.SPOILER),),
}
_AFTER_URL = ".,:;!?'\")]"


@dataclass(slots=True, eq=False)
class _Mark:
    """A delimiter; shown literally until its partner is found."""

    literal: str
    style: Style = PLAIN
    target: str | None = None
    paired: bool = False


@dataclass(slots=True)
class _Inline:
    """One pass over a block's text: what was found so far, and the delimiters still open."""

    text: str
    reader: Reader
    found: list[Span | _Mark] = field(default_factory=list)
    opened: dict[str, tuple[_Mark, int]] = field(default_factory=dict)
    said: int = 0
    links: list[_Mark] = field(default_factory=list)
    ticks: dict[int, list[int]] = field(default_factory=dict)

    def say(self, text: str, style: Style = PLAIN, link: str | None = None, moment: Moment | None = None) -> None:
        if text:
            self.found.append(Span(text, style, link, moment))
            self.said += 1

    def token(self, match: re.Match[str]) -> int:
        """Take up one token; the answer is where to read on."""
        found = match.group(match.lastgroup or 0)
        match match.lastgroup:
            case "escaped":
                self.say(found)
            case "ticks":
                return self._code(match.start(), len(found))
            case "unix" | "how":
                self._moment(int(match["unix"]), match["how"] or "f", match.group())
            case "id":
                sigil = match["sigil"].removesuffix("!")
                known = self.reader.names(sigil, int(found))
                self.say(clean(sigil[0] + (known or "unknown")), Style.MENTION)
            case "command":
                self.say(f"/{found}", Style.MENTION)
            case "emoji":
                self.say(f":{found}:")
            case "quiet":
                self.say(found, link=found)
            case "url":
                kept = found.rstrip(_AFTER_URL)
                self.say(kept, link=kept)
                return match.start() + len(kept)
            case "target":
                self._end_link(found, match.group())
            case _:
                self._mark(match)
        return match.end()

    def _moment(self, unix: int, how: str, literal: str) -> None:
        try:
            text, full = moment_text(unix, how, self.reader), moment_text(unix, "F", self.reader)
        except (OverflowError, ValueError, OSError):
            self.say(literal)
        else:
            self.say(text, moment=Moment(unix, how, full))

    def _code(self, start: int, length: int) -> int:
        """Code up to the next run of as many backticks; without one the run is text."""
        if not self.ticks:
            for run in re.finditer("`+", self.text):
                self.ticks.setdefault(len(run.group()), []).append(run.start())
        ends = self.ticks.get(length, [])
        index = bisect_left(ends, start + length)
        if index == len(ends):
            self.say("`" * length)
            return start + length
        code = self.text[start + length : ends[index]]
        self.say(code.strip(" ") or code, Style.CODE)
        return ends[index] + length

    def _end_link(self, url: str, literal: str) -> None:
        if not self.links:
            self.say(literal)
            return
        opening = self.links.pop()
        opening.target, opening.paired = url, True
        self.found.append(_Mark("", paired=True))

    def _mark(self, match: re.Match[str]) -> None:
        run = match.group()
        if run == "[":
            self.links.append(_Mark(run))
            self.found.append(self.links[-1])
            return
        if run not in _MARKS:
            self.say(run)
            return
        before = self.text[match.start() - 1 : match.start()] or " "
        after = self.text[match.end() : match.end() + 1] or " "
        for literal, style in _MARKS[run]:
            self._pair(_Mark(literal, style), before, after)

    def _pair(self, mark: _Mark, before: str, after: str) -> None:
        """Join a delimiter to its open partner, or leave it open; `2 * 3` and snake_case open nothing."""
        single, inside = len(mark.literal) == 1, mark.literal == "_"
        closes = not (single and before.isspace()) and not (inside and _in_word(after))
        opens = not (single and after.isspace()) and not (inside and _in_word(before))
        opening, said_before = self.opened.get(mark.literal, (None, 0))
        if opening is not None and closes and self.said > said_before:
            opening.paired = mark.paired = True
            del self.opened[mark.literal]
        elif opens:
            self.opened[mark.literal] = (mark, self.said)
        self.found.append(mark)

    def spans(self) -> Iterator[Span]:
        """What was found, with the styles of all delimiters that found a partner."""
        active: dict[str, Style] = {}
        link: str | None = None
        for found in self.found:
            style = reduce(or_, active.values(), PLAIN)
            if isinstance(found, Span):
                yield replace(found, style=found.style | style, link=link or found.link)
            elif not found.paired:
                yield Span(found.literal, style, link)
            elif not found.style:
                link = found.target
            elif active.pop(found.literal, None) is None:
                active[found.literal] = found.style


def _in_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def spans_of(text: str, reader: Reader) -> tuple[Span, ...]:
    """The text of one block, in order."""
    inline = _Inline(text, reader)
    position = 0
    while match := _TOKEN.search(text, position):
        inline.say(text[position : match.start()])
        position = inline.token(match)
    inline.say(text[position:])
    return tuple(_joined(inline.spans()))


def _joined(spans: Iterator[Span]) -> Iterator[Span]:
    """Neighbours of one look as one span; escapes and unpaired delimiters cut text into many."""
    for (style, link, moment), alike in groupby(spans, key=lambda span: (span.style, span.link, span.moment)):
        if moment is None:
            yield Span("".join(span.text for span in alike), style, link)
        else:
            yield from alike
