"""A message drawn for the page, as HTML in which nothing of the content can become markup."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from html import escape
from itertools import groupby

from bot.rehearsal.reading.inline import Span, Style
from bot.rehearsal.reading.markup import Block, Kind, read
from bot.rehearsal.reading.reader import Reader

_HTML = {
    Style.BOLD: ("<strong>", "</strong>"),
    Style.ITALIC: ("<em>", "</em>"),
    Style.UNDERLINE: ("<u>", "</u>"),
    Style.STRIKE: ("<s>", "</s>"),
    Style.CODE: ("<code>", "</code>"),
    Style.MENTION: ('<span class="mention">', "</span>"),
    Style.SPOILER: ('<span class="spoiler" tabindex="0">', "</span>"),
}
_PARAGRAPHS = {Kind.TEXT: "p", Kind.QUOTE: "blockquote", Kind.SMALL: "small"}
_FIRST_HEADING = 3


def as_html(content: str, reader: Reader) -> str:
    """The message for the page. Line feeds stay as they are: the page shows them by `white-space: pre-wrap`."""
    return "".join(_drawn(read(content, reader)))


def _drawn(blocks: Sequence[Block]) -> Iterator[str]:
    for listed, group in groupby(blocks, key=_list_tag):
        if listed is None:
            yield from map(_block, group)
        else:
            yield f"<{listed}>{''.join(map(_item, group))}</{listed}>"


def _list_tag(block: Block) -> str | None:
    if block.kind is not Kind.ITEM:
        return None
    return "ul" if block.marker == "•" else "ol"


def _item(block: Block) -> str:
    number = f' value="{int(block.marker.removesuffix("."))}"' if block.marker != "•" else ""
    return f'<li class="level-{block.level}"{number} dir="auto">{_inside(block)}</li>'


def _block(block: Block) -> str:
    if block.kind is Kind.CODE:
        return f'<pre tabindex="0">{_inside(block)}</pre>'
    tag = _PARAGRAPHS.get(block.kind) or f"h{_FIRST_HEADING + block.level - 1}"
    return f'<{tag} dir="auto">{_inside(block)}</{tag}>'


def _inside(block: Block) -> str:
    return "".join(
        _linked(link, "".join(map(_span, spans))) for link, spans in groupby(block.spans, key=lambda span: span.link)
    )


def _linked(link: str | None, inside: str) -> str:
    if link is None:
        return inside
    return f'<a href="{escape(link)}" target="_blank" rel="noopener noreferrer">{inside}</a>'


def _span(span: Span) -> str:
    drawn = escape(span.text)
    if span.moment is not None:
        moment = span.moment
        written = datetime.fromtimestamp(moment.unix, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        data = f'data-unix="{moment.unix}" data-style="{moment.style}"'
        drawn = f'<time datetime="{written}" title="{escape(moment.full)}" {data}>{drawn}</time>'
    for style, (before, after) in _HTML.items():
        if style in span.style:
            drawn = f"{before}{drawn}{after}"
    return drawn
