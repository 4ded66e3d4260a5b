"""A rehearsal told in the terminal, as it happens: what readers of its channels see, and what people do there."""

from __future__ import annotations

import asyncio
import re
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from bot.rehearsal.columns import FROM, Columns
from bot.rehearsal.entry import Entry
from bot.rehearsal.interleaved import interleaved
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
from bot.rehearsal.page.course import Course, Watched
from bot.rehearsal.page.doings import answer_missing, deed, live_name, parts_drawn
from bot.rehearsal.questions_told import BOT, PERSON, QuestionsTold, is_queue_line, is_quiet
from bot.rehearsal.reading import Reader, as_text, clean, names_on
from bot.timezones import abbreviation, local

GATHER_SECONDS = 0.25
"""Real time in which what happens in both columns is gathered; nobody notices that it is told so much later."""
_COUNTDOWN = re.compile(r"<t:\d+:R>")
BAR_WIDTH = 30
REFRESHES_PER_SECOND = 8


class Narration:
    """Tells a rehearsal on a console, from entering the context to leaving it.

    On a terminal a line at the bottom shows clock and progress; in a log there is none. Where the terminal is wide
    enough, the session's channel and the moderators' stand side by side.
    """

    def __init__(self, rehearsal: Watched, console: Console) -> None:
        self._rehearsal = rehearsal
        self._console = console
        self._clock = rehearsal.clock
        self._zone = rehearsal.schedule.timezone or "UTC"
        self._course = Course.of(rehearsal.schedule)
        self._names = names_on(rehearsal.loopback.world)
        self._columns = Columns(console, rehearsal.hall, indent=len(self._time()) + 2)
        self._flush_at: asyncio.TimerHandle | None = None
        self._told: dict[int, str] = {}
        self._questions = QuestionsTold(self._put, self._drawn)
        self._posted = 0
        self._online = False
        self._was_online = False
        self._events = rehearsal.loopback.subscribe()
        self._task: asyncio.Task[None] | None = None
        self._live = Live(
            console=console, get_renderable=self.progress, refresh_per_second=REFRESHES_PER_SECOND, transient=True
        )

    async def __aenter__(self) -> Self:
        self._rehearsal.control.on_note.append(self.note)
        if self._console.is_interactive:
            self._live.start()
        self._task = asyncio.create_task(self._run(), name="narration")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        """Tell what has happened so far, then fall silent."""
        self._events.close()
        self._rehearsal.control.on_note.remove(self.note)
        try:
            if self._task is not None:
                await self._task
            self._questions.flush()
            self._flush()
        finally:
            self._live.stop()

    def progress(self) -> Table:
        """The line at the bottom: clock, how far the session is, talks, messages, speed."""
        now = self._clock.now()
        line = Table.grid(padding=(0, 1))
        words = f"{self._course.standing(now)} · {self._posted} posted · {self._course.pace(now, self._clock.speed)}"
        room = self._console.width - len(self._time(seconds=True)) - len(words) - 4
        bar = ProgressBar(total=1, completed=self._course.share(now), width=min(BAR_WIDTH, max(room, 1)))
        line.add_row(Text(self._time(seconds=True), "bold cyan"), bar, Text(words, overflow="ellipsis", no_wrap=True))
        return line

    def note(self, text: str) -> None:
        """Tell something that is no message, such as what was done to the bot."""
        self._put(Entry(Text(clean(text), "italic")))

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
                words = Text(f"{message.author.name}'s message is deleted", "red")
                self._put(Entry(words, channel=message.channel))
            case InteractionSent(interaction) if is_quiet(interaction):
                pass
            case InteractionSent(interaction) if done := deed(interaction):
                words = Text(interaction.user.name, PERSON) + f" {done}"
                self._put(Entry(words, channel=interaction.channel, is_new=True))
            case InteractionChanged(interaction) if interaction.died:
                words = Text(f"{interaction.user.name} reads: {answer_missing(interaction)}", "red")
                self._put(Entry(words, channel=interaction.channel))
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
        if self._questions.tells(message, None):
            self._posted += message.author.bot and message.only_for is None
            return
        if message.only_for is not None:
            head = Text(f"only {message.only_for.name} sees this", "italic")
        else:
            self._posted += message.author.bot
            head = Text(message.author.name, BOT if message.author.bot else PERSON)
            if message.cause is not None:
                head += Text(f" answers {message.cause.user.name}")
        self._put(self._entry(message, head, message.text, is_new=message.only_for is None))

    def _edited(self, message: Message) -> None:
        """Tell the lines that are new; of a board or console no more than these."""
        before = self._told[message.id]
        if message.text == before:
            return
        self._told[message.id] = message.text
        if self._questions.tells(message, before):
            return
        is_live = live_name(message) is not None
        new = _new_lines(before, message.text)
        if is_live:
            new = [line for line in new if not is_queue_line(line)]
            if not new:
                return
        if message.only_for is not None:
            head = Text(f"only {message.only_for.name} sees this, now", "italic")
        elif name := live_name(message):
            head = Text(f"{name} now says", BOT)
        else:
            head = Text(message.author.name, BOT) + Text(" edits a message")
        self._put(self._entry(message, head, "\n".join(new) or message.text, is_live=is_live))

    def _entry(
        self, message: Message, head: Text, content: str, *, is_new: bool = False, is_live: bool = False
    ) -> Entry:
        """What a message says, and what hangs on it unless it is told compactly."""
        body = self._drawn(content) if content else None
        parts = () if is_live else tuple(Text(row, "cyan") for row in parts_drawn(message))
        if message.only_for is not None:
            for text in (body, *parts):
                if text is not None:
                    text.stylize("dim")
        return Entry(head, body, parts, message.channel, is_new=is_new, is_live=is_live)

    def _drawn(self, content: str) -> Text:
        return as_text(content, Reader(self._clock.now(), self._zone, self._names))

    def _put(self, entry: Entry) -> None:
        """Tell an entry now, or with what else happens within a moment."""
        if not self._is_wide:
            self._flush()
            self._print(interleaved(entry, self._time(), self._console))
            return
        self._print(self._columns.add(entry, self._time()))
        if self._flush_at is None:
            self._flush_at = asyncio.get_running_loop().call_later(GATHER_SECONDS, self._flush)

    @property
    def _is_wide(self) -> bool:
        """Whether there is a terminal, and room in it for two columns; it may be resized at any time."""
        return self._console.is_interactive and self._console.width >= FROM

    def _flush(self) -> None:
        """Print what was gathered."""
        if self._flush_at is not None:
            self._flush_at.cancel()
            self._flush_at = None
        self._print(self._columns.take())

    def _print(self, rows: list[Text]) -> None:
        """Print all of it at once, so that the progress line is redrawn once."""
        if not rows:
            return
        for row in rows:
            row.rstrip()
        # Rows fit already; letting rich wrap them again would break them at other places.
        self._console.print(Text("\n").join(rows), soft_wrap=True, highlight=False)

    def _connection(self, *, online: bool) -> None:
        """Tell that the bot came or went; that it leaves once all is over goes without saying."""
        if online == self._online:
            return
        self._online = online
        if online:
            self.note("the bot is back" if self._was_online else "the bot is online")
            self._was_online = True
        elif not self._rehearsal.control.finished.is_set():
            self.note("the bot is offline")

    def _time(self, *, seconds: bool = False) -> str:
        now = self._clock.now()
        return f"{local(now, self._zone):{'%H:%M:%S' if seconds else '%H:%M'}} {abbreviation(now, self._zone)}"


def _new_lines(before: str, now: str) -> list[str]:
    """The lines that were not there before; one whose countdown alone was put right by seconds is no news."""
    known = {_COUNTDOWN.sub("", line) for line in before.split("\n")}
    return [line for line in now.split("\n") if _COUNTDOWN.sub("", line) not in known]
