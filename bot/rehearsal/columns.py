"""What is told of a rehearsal side by side: the session's channel at the left, the moderators' at the right.

A terminal only grows downwards, so what happens in both at about the same time is gathered and printed at once.
"""

from __future__ import annotations

import unicodedata
from itertools import zip_longest

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from bot.messages.text import FIRST_STRONG_ISOLATE, POP_ISOLATE
from bot.rehearsal.cast import Hall
from bot.rehearsal.entry import HANGING, WIDEST, Entry, hanging, place_name
from bot.rehearsal.loopback import Channel, Thread

FROM = 100
"""As wide a window is needed."""
SEPARATOR = " │ "
_ISOLATES = "\u2066\u2067\u2068"
_LEFT_TO_RIGHT_ISOLATE = "\u2066"
_TURNS = frozenset({"R", "AL", "AN", "RLE", "RLO", "LRE", "LRO", "PDF", "RLI", "LRI", "FSI", "PDI"})


class Columns:
    """Lays entries out in two columns. What `add` and `take` return is to be printed at once, in order."""

    def __init__(self, console: Console, hall: Hall, indent: int) -> None:
        self._console = console
        self._backstage = hall.backstage
        channels = set(hall.channels.values())
        self._home = channels.pop() if len(channels) == 1 else None
        self._indent = indent
        self._time = ""
        self._is_apart = False
        self._sides: tuple[list[Text], list[Text]] = ([], [])
        self._width = 0
        self._below_header: int | None = None

    def add(self, entry: Entry, time: str) -> list[Text]:
        """Gather an entry; returns the rows of what was gathered before, if that was at another time."""
        whole = entry.channel is None
        done = self.take() if time != self._time or whole else []
        if whole:
            return [*done, *self._across(entry, time)]
        if not any(self._sides):
            self._width = self._column_width()
            self._time, self._is_apart = time, False
        side = self._sides[self._is_backstage(entry.channel)]
        self._is_apart |= entry.is_new and not side
        side.extend([Text()] if entry.is_new and side else [])
        side.extend(self._rows(entry))
        return done

    def take(self) -> list[Text]:
        """The rows of what has been gathered; the columns' names over them once a screenful."""
        if not any(self._sides):
            return []
        left, right = self._sides
        self._sides = ([], [])
        rows = [self._row("", Text(), Text())] if self._is_apart else []
        pairs = zip_longest(left, right, fillvalue=Text())
        rows += [self._row("" if number else self._time, *pair) for number, pair in enumerate(pairs)]
        return self._headed(rows)

    def _headed(self, rows: list[Text]) -> list[Text]:
        seen = self._below_header
        if seen is None or seen + len(rows) > self._console.height - 2:
            rows, seen = [self._header(), *rows], 0
        self._below_header = seen + len(rows)
        return rows

    def _column_width(self) -> int:
        room = self._console.width - self._indent - len(SEPARATOR)
        return min(room // 2, WIDEST)

    def _is_backstage(self, channel: Channel | None) -> bool:
        return (channel.trunk if isinstance(channel, Thread) else channel) is self._backstage

    def _across(self, entry: Entry, time: str) -> list[Text]:
        """What is about no channel stands across both."""
        row = Text(f"{time}".ljust(self._indent), "dim") + entry.head
        return self._headed([Text(), row] if entry.is_new else [row])

    def _rows(self, entry: Entry) -> list[Text]:
        """An entry within its column; where it is not the one that the column is named after, it says so."""
        head = entry.head
        if entry.channel not in (self._home, self._backstage) and entry.channel is not None:
            head = Text(f"{place_name(entry.channel)}  ", "cyan") + head
        rows = list(hanging(self._console, head, self._width))
        for line in (*entry.lines, *entry.parts):
            below = hanging(self._console, line, self._width - HANGING)
            rows.extend(Text(" " * HANGING) + row for row in below)
        return rows

    def _row(self, time: str, left: Text, right: Text) -> Text:
        for text in (left, right):
            text.rstrip()
        row = Text(time.ljust(self._indent), "dim") + _alone(left)
        row.append(" " * (self._width - left.cell_len))
        return row + Text(SEPARATOR, "dim") + _alone(right)

    def _header(self) -> Text:
        """The columns' names on a line that goes across."""
        width = self._column_width()
        left = f"{place_name(self._home)}, the session's channel" if self._home else "the sessions' channels"
        right = f"{place_name(self._backstage)}, with the console"
        titles = [_filled(title, width) for title in (left, right)]
        return Text("─" * (self._indent - 1) + " ", "dim") + titles[0] + Text("─┼ ", "dim") + titles[1]


def _filled(title: str, width: int) -> Text:
    text = Text(title, "bold")
    text.truncate(width - 1, overflow="ellipsis")
    return text + Text(" " + "─" * (width - 1 - cell_len(text.plain)), "dim")


def _alone(row: Text) -> Text:
    """A row that turns nothing beside it round, in a terminal that writes right-to-left text as it is read.

    Where a line was broken within an isolate, each of its rows opens and closes its own.
    """
    if not any(unicodedata.bidirectional(character) in _TURNS for character in row.plain):
        return row
    opened = unopened = 0
    for character in row.plain:
        opened += character in _ISOLATES
        if character == POP_ISOLATE and opened:
            opened -= 1
        elif character == POP_ISOLATE:
            unopened += 1
    before = Text(_LEFT_TO_RIGHT_ISOLATE + FIRST_STRONG_ISOLATE * unopened)
    return before + row + Text(POP_ISOLATE * (opened + 1))
