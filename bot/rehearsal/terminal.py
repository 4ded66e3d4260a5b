"""A rehearsal told in the terminal, as it happens: what readers of its channels see, and what people do there."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from bot.rehearsal.loopback import (
    Event,
    GatewayChanged,
    InteractionChanged,
    InteractionSent,
    Message,
    MessageCreated,
    MessageDeleted,
    MessageEdited,
)
from bot.rehearsal.loopback.world.interactions import Interaction
from bot.rehearsal.page.course import Course, Watched, speed_text
from bot.rehearsal.page.doings import answer_missing, deed, live_name, parts_drawn
from bot.rehearsal.reading import Reader, as_text, clean, names_on
from bot.timezones import abbreviation, local

WIDEST = 110
"""Beyond so many columns lines are hard to read, however wide the window is."""
BAR_WIDTH = 30
BOT, PERSON = "bold magenta", "bold green"
REFRESHES_PER_SECOND = 8


class Narration:
    """Tells a rehearsal on a console, from entering the context to leaving it.

    On a terminal a line at the bottom shows clock and progress; in a log there is none.
    """

    def __init__(self, rehearsal: Watched, console: Console) -> None:
        self._rehearsal = rehearsal
        self._console = console
        self._clock = rehearsal.clock
        self._zone = rehearsal.schedule.timezone or "UTC"
        self._course = Course.of(rehearsal.schedule)
        self._names = names_on(rehearsal.loopback.world)
        self._indent = len(self._time()) + 2
        self._told: dict[int, str] = {}
        self._posted = 0
        self._online = False
        self._was_online = False
        self._events = rehearsal.loopback.subscribe()
        self._task: asyncio.Task[None] | None = None
        self._live = Live(
            console=console, get_renderable=self.progress, refresh_per_second=REFRESHES_PER_SECOND, transient=True
        )

    async def __aenter__(self) -> Self:
        self._rehearsal.on_restart.append(self._tell_restart)
        if self._console.is_interactive:
            self._live.start()
        self._task = asyncio.create_task(self._run(), name="narration")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        """Tell what has happened so far, then fall silent."""
        self._events.close()
        self._rehearsal.on_restart.remove(self._tell_restart)
        try:
            if self._task is not None:
                await self._task
        finally:
            self._live.stop()

    def progress(self) -> Table:
        """The line at the bottom: clock, how far the session is, talks, messages, speed."""
        now = self._clock.now()
        line = Table.grid(padding=(0, 1))
        words = f"{self._course.standing(now)} · {self._posted} posted · {speed_text(self._clock.speed)}"
        room = self._console.width - len(self._time(seconds=True)) - len(words) - 4
        bar = ProgressBar(total=1, completed=self._course.share(now), width=min(BAR_WIDTH, max(room, 1)))
        line.add_row(Text(self._time(seconds=True), "bold cyan"), bar, Text(words, overflow="ellipsis", no_wrap=True))
        return line

    def note(self, text: str) -> None:
        """Tell something that is no message, such as what was done to the bot."""
        self._print(self._head(None, Text(clean(text), "italic")))

    async def _run(self) -> None:
        async for event in self._events:
            self._tell(event)

    def _tell(self, event: Event) -> None:
        match event:
            case MessageCreated(message):
                self._created(message)
            case MessageEdited(message) if message.id in self._told:
                self._edited(message)
            case MessageEdited(message):  # a deferred answer takes the place of "thinking …"
                self._created(message)
            case MessageDeleted(message) if message.id in self._told and self._is_missed(message):
                self._print(self._head(message, Text(f"{message.author.name}'s message is deleted", "red")))
            case InteractionSent(interaction) if done := deed(interaction):
                self._print([Text(), *self._head(interaction, Text(interaction.user.name, PERSON) + f" {done}")])
            case InteractionChanged(interaction) if interaction.died:
                words = f"{interaction.user.name} reads: {answer_missing(interaction)}"
                self._print(self._head(interaction, Text(words, "red")))
            case GatewayChanged(ready):
                self._connection(online=ready > 0)
            case _:
                pass

    def _is_missed(self, message: Message) -> bool:
        """Whether anybody misses it: the bot takes its time signals away by itself."""
        signal = any(button.get("custom_id", "").startswith("clock:") for button in message.buttons)
        return not message.ephemeral and not signal

    def _created(self, message: Message) -> None:
        if not message.text and not message.components and not message.attachments:
            return
        self._told[message.id] = message.text
        rows = []
        if message.only_for is not None:
            head = Text(f"only {message.only_for.name} sees this", "italic")
        else:
            self._posted += message.author.bot
            rows.append(Text())
            head = Text(message.author.name, BOT if message.author.bot else PERSON)
            if message.cause is not None:
                head += Text(f" answers {message.cause.user.name}")
        self._print([*rows, *self._head(message, head), *self._body(message, message.text)])

    def _edited(self, message: Message) -> None:
        """Tell the lines that are new; a board's are cut to one row each, since it changes all the time."""
        before = self._told[message.id]
        if message.text == before:
            return
        self._told[message.id] = message.text
        new = [line for line in message.text.split("\n") if line not in before.split("\n")]
        if message.only_for is not None:
            head = Text(f"only {message.only_for.name} sees this, now", "italic")
        elif name := live_name(message):
            head = Text(f"{name} now says", BOT)
        else:
            head = Text(message.author.name, BOT) + Text(" edits a message")
        body = self._body(message, "\n".join(new) or message.text, compact=live_name(message) is not None)
        self._print([*self._head(message, head), *body])

    def _head(self, about: Message | Interaction | None, words: Text) -> list[Text]:
        """A line that begins with the time, and where it happens."""
        begin = Text(f"{self._time()}  ", "dim")
        if about is not None:
            name = about.channel.name
            begin.append(f"{name if name.startswith('@') else f'#{name}'}  ", "cyan")
        first, *more = words.wrap(self._console, self._width(begin.cell_len))
        return [begin + first, *(self._indented(row) for row in more)]

    def _body(self, message: Message, content: str, *, compact: bool = False) -> list[Text]:
        """The text under its head, and what hangs on the message unless it is told compactly."""
        text = as_text(content, Reader(self._clock.now(), self._zone, self._names))
        width = self._width(self._indent)
        wrapped = text.split("\n", allow_blank=True) if compact else text.wrap(self._console, width)
        rows = list(wrapped) if content else []
        rows += [] if compact else [Text(row, "cyan") for row in parts_drawn(message)]
        for row in rows:
            row.truncate(width, overflow="ellipsis")
            if message.only_for is not None:
                row.stylize("dim")
        return [self._indented(row) for row in rows]

    def _indented(self, row: Text) -> Text:
        return Text(" " * self._indent) + row if row else row

    def _print(self, rows: list[Text]) -> None:
        """Print all of it at once, so that the progress line is redrawn once."""
        for row in rows:
            row.rstrip()
        # Rows fit already; letting rich wrap them again would break them at other places.
        self._console.print(Text("\n").join(rows), soft_wrap=True, highlight=False)

    def _width(self, indent: int) -> int:
        return max(min(self._console.width, WIDEST) - indent, 20)

    def _connection(self, *, online: bool) -> None:
        """Tell that the bot came or went; that it leaves once all is over goes without saying."""
        if online == self._online:
            return
        self._online = online
        if online:
            self.note("the bot is back" if self._was_online else "the bot is online")
            self._was_online = True
        elif self._clock.now() < self._rehearsal.ends_at:
            self.note("the bot is offline")

    def _tell_restart(self) -> None:
        self.note("the bot is killed, as by a power cut, and started again")

    def _time(self, *, seconds: bool = False) -> str:
        now = self._clock.now()
        return f"{local(now, self._zone):{'%H:%M:%S' if seconds else '%H:%M'}} {abbreviation(now, self._zone)}"
