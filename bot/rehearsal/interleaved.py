"""What is told of a rehearsal in one column: for a narrow window, and for a log."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from bot.rehearsal.entry import NARROWEST, WIDEST, Entry, place_name

PLACE = "cyan"


def interleaved(entry: Entry, time: str, console: Console) -> list[Text]:
    """The rows of an entry: the time and where it happens before its head, its body beneath it."""
    indent = len(time) + 2
    width = max(min(console.width, WIDEST) - indent, NARROWEST)
    begin = Text(f"{time}  ", "dim")
    if entry.channel is not None:
        begin.append(f"{place_name(entry.channel)}  ", PLACE)
    first, *more = entry.head.wrap(console, max(width + indent - begin.cell_len, NARROWEST))
    below = [*more, *_body(entry, console, width), *entry.parts]
    for row in below:
        row.truncate(width, overflow="ellipsis")
    head = [Text(), begin + first] if entry.is_new else [begin + first]
    return [*head, *(Text(" " * indent) + row if row else row for row in below)]


def _body(entry: Entry, console: Console, width: int) -> list[Text]:
    """Wrapped; of a board one row a line, since it changes all the time."""
    if entry.body is None:
        return []
    return entry.lines if entry.is_live else list(entry.body.wrap(console, width))
