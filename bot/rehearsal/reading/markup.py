"""A message as blocks: paragraphs, quotes, list items, headings and code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from bot.rehearsal.reading.inline import Span, Style, spans_of
from bot.rehearsal.reading.reader import Reader, clean


class Kind(StrEnum):
    """What a block is."""

    TEXT = "text"
    QUOTE = "quote"
    ITEM = "item"
    HEADING = "heading"
    SMALL = "small"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that belong together; `level` is a heading's or an item's depth, `marker` an item's bullet."""

    kind: Kind
    spans: tuple[Span, ...]
    level: int = 0
    marker: str = ""


_LINE = re.compile(
    r"(?P<quote>> )|(?P<small>-# )|(?P<heading>#{1,3}) +(?=\S)|(?P<indent> {0,40})(?P<bullet>[-*]|[0-9]{1,9}\.) +(?=\S)"
)
_LANGUAGE = re.compile(r"[\w+-]{0,30}\n")


def read(content: str, reader: Reader) -> list[Block]:
    """The blocks of a message, in linear time whatever it holds."""
    blocks: list[Block] = []
    content = clean(content)
    position = 0
    while (start := content.find("```", position)) >= 0 and (end := content.find("```", start + 3)) >= 0:
        blocks += _blocks(content[position:start].removesuffix("\n"), reader)
        code = content[start + 3 : end]
        language = _LANGUAGE.match(code)
        code = code[language.end() :] if language else code
        blocks.append(Block(Kind.CODE, (Span(code.removesuffix("\n"), Style.CODE),)))
        position = end + 3 + content.startswith("\n", end + 3)
    return [*blocks, *_blocks(content[position:], reader)]


def _blocks(text: str, reader: Reader) -> Iterator[Block]:
    """Lines gathered into blocks: plain ones and quoted ones run on, each other one stands by itself."""
    gathered: list[str] = []
    kind = Kind.TEXT
    lines = text.split("\n") if text else []
    for number, line in enumerate(lines):
        if line.startswith(">>> "):
            yield from _gathered(kind, gathered, reader)
            rest = [line.removeprefix(">>> "), *lines[number + 1 :]]
            yield from _gathered(Kind.QUOTE, rest, reader)
            return
        start = _LINE.match(line)
        alone = start is not None and not start["quote"]
        next_kind = Kind.QUOTE if start is not None and start["quote"] else Kind.TEXT
        if alone or next_kind is not kind:
            yield from _gathered(kind, gathered, reader)
            gathered, kind = [], next_kind
        if start is not None and alone:
            yield _line_alone(start, line[start.end() :], reader)
        else:
            gathered.append(line.removeprefix("> ") if next_kind is Kind.QUOTE else line)
    yield from _gathered(kind, gathered, reader)


def _gathered(kind: Kind, lines: list[str], reader: Reader) -> Iterator[Block]:
    if lines:
        yield Block(kind, spans_of("\n".join(lines), reader))


def _line_alone(start: re.Match[str], rest: str, reader: Reader) -> Block:
    spans = spans_of(rest, reader)
    if start["small"]:
        return Block(Kind.SMALL, spans)
    if start["heading"]:
        return Block(Kind.HEADING, spans, len(start["heading"]))
    bullet = start["bullet"]
    return Block(Kind.ITEM, spans, min(len(start["indent"]) // 2, 5), "•" if bullet in "-*" else bullet)
