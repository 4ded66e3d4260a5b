"""One thing told of a rehearsal, and how its words are broken into rows: for either layout of the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rich.console import Console
from rich.text import Text

from bot.messages.text import shortened
from bot.rehearsal.loopback import Channel, Thread

WIDEST = 110
"""Beyond so many columns lines are hard to read, however wide the window is."""
NARROWEST = 20
HANGING = 2
THREAD_NAME = 40


@dataclass(frozen=True, slots=True)
class Entry:
    """What somebody said or did, or what became of a message.

    Attributes:
        head: who does what.
        body: the text beneath it.
        parts: files and buttons, a row each.
        channel: where it happens; None for what happens to the bot.
        is_new: a message or deed of its own, set apart from what precedes it; else something that follows from that.
        is_live: of a board or a console, which change all the time.
    """

    head: Text
    body: Text | None = None
    parts: tuple[Text, ...] = ()
    channel: Channel | None = None
    is_new: bool = False
    is_live: bool = False

    @property
    def lines(self) -> list[Text]:
        """The body's lines as they were written."""
        return list(self.body.split("\n", allow_blank=True)) if self.body is not None else []


def place_name(channel: Channel) -> str:
    """`#hall-f`, `@Robin`, `↳ Questions: Conver…` of a thread."""
    if isinstance(channel, Thread):
        return f"↳ {shortened(channel.name, THREAD_NAME)}"
    return channel.name if channel.name.startswith("@") else f"#{channel.name}"


def hanging(console: Console, line: Text, width: int) -> Iterator[Text]:
    """A line broken into rows, all but the first indented: where the next line begins can be seen."""
    first, *rest = line.wrap(console, width - HANGING) or [Text()]
    yield first
    yield from (Text(" " * HANGING) + row for row in rest)
