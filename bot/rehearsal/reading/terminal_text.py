"""A message drawn for the terminal."""

from __future__ import annotations

from rich.text import Text

from bot.rehearsal.reading.inline import Style
from bot.rehearsal.reading.markup import Kind, read
from bot.rehearsal.reading.reader import Reader

_TERMINAL = {
    Style.BOLD: "bold",
    Style.ITALIC: "italic",
    Style.UNDERLINE: "underline",
    Style.STRIKE: "strike",
    Style.CODE: "cyan",
    Style.MENTION: "cyan",
}


def as_text(content: str, reader: Reader) -> Text:
    """The message for the terminal; a spoiler stays covered."""
    text = Text()
    for number, block in enumerate(read(content, reader)):
        text.append("\n" if number else "")
        part = Text(f"{'  ' * block.level}{block.marker} " if block.kind is Kind.ITEM else "")
        for span in block.spans:
            look = " ".join(_TERMINAL[style] for style in _TERMINAL if style in span.style)
            look += f" link {span.link}" if span.link else ""
            part.append("█" * len(span.text) if Style.SPOILER in span.style else span.text, look or None)
        if block.kind is Kind.HEADING:
            part.stylize("bold")
        if block.kind is Kind.SMALL:
            part.stylize("dim")
        if block.kind is Kind.QUOTE:
            part = Text("\n").join(Text("▎ ", "dim") + line for line in part.split("\n", allow_blank=True))
        text.append(part)
    return text
