"""Questions in the terminal's telling: a line for each that is asked, for votes, for what the room is shown.

Sixty people's private answers would drown the channel; whatever only one of them sees is told as such, and briefly.
"""

from __future__ import annotations

import asyncio
import itertools
import re
from collections import Counter
from collections.abc import Callable, Iterator

from rich.text import Text

from bot.messages.text import FIRST_STRONG_ISOLATE, POP_ISOLATE, plural
from bot.rehearsal.entry import Entry
from bot.rehearsal.loopback import Channel, Message
from bot.rehearsal.loopback.world.interactions import Interaction, InteractionKind
from bot.rehearsal.reading import clean

VOTES_GATHER_SECONDS = 0.8
"""Real time in which votes are gathered into one line."""
MANY = 5
"""So many votes for one question are worth saying for which."""
SHOWN_AT_MOST = 90
PERSON = "bold green"
BOT = "bold magenta"
PRIVATE = "dim"
_ASKING = frozenset({"ask", "Queue as question", "questions list"})
_SILENT = ("ask:", "questions:", "vote:", "askmodal:")
_ISOLATES = dict.fromkeys(map(ord, f"{FIRST_STRONG_ISOLATE}{POP_ISOLATE}"))
_IN_LINE = re.compile(r"is number ([\d,]+) in line:|waits for a moderator's approval")
_REFUSED = "Nothing was stored. This is what you typed"
_ASKED_AS = "Asked as "
_PAGE = "**Questions** for "
_VOTED = "(you voted)"
_QUEUE_LINES = re.compile(
    r"Questions \(|Being asked: |\*\*\d+\.\*\* |… and [\d,]+ more$|[\d,]+ questions? queued · see "
)
_ITEM = re.compile(r"\*\*(\d+)\.\*\* ")

Drawn = Callable[[str], Text]


def is_queue_line(line: str) -> bool:
    """Whether a board's or console's line shows the queue, which is told by itself."""
    return _QUEUE_LINES.match(line) is not None


def is_quiet(interaction: Interaction) -> bool:
    """Whether what a person does is told with its answer: asking, looking at the queue, voting."""
    if interaction.kind is InteractionKind.COMMAND:
        return interaction.command in _ASKING
    return str(interaction.data.get("custom_id", "")).startswith(_SILENT)


def is_aside(message: Message) -> bool:
    """Whether it is somebody's private answer about questions: of such there are many, all much alike."""
    if message.only_for is None:
        return False
    about = message.cause is not None and message.cause.name in _ASKING
    said = (message.content, *(edit.content for edit in message.edits))
    return about or _is_step(message) or any(map(_is_answer, said))


def _is_answer(content: str) -> bool:
    return content.startswith(_PAGE) or _REFUSED in content or _IN_LINE.search(content.partition("\n")[0]) is not None


class QuestionsTold:
    """Turns what concerns questions into short entries.

    Args:
        put: tells an entry.
        drawn: a message's Markdown as a reader sees it.
    """

    def __init__(self, put: Callable[[Entry], None], drawn: Drawn) -> None:
        self._put = put
        self._drawn = drawn
        self._voted: set[tuple[str, str]] = set()
        self._votes: Counter[str] = Counter()
        self._votes_in: Channel | None = None
        self._flush_at: asyncio.TimerHandle | None = None

    def tells(self, message: Message, before: str | None) -> bool:
        """Tell a message, new or edited, if it is about questions; whether it is, and so needs no other telling."""
        if message.only_for is not None:
            return self._tell_private(message, message.only_for.name, before)
        if not message.author.bot:
            return False
        if _shows_question(message) or _shows_question_text(before):
            self._tell_shown(message, before)
            return True
        if message.content.startswith("**Not reached**"):
            self._tell_left(message, before)
            return True
        return False

    def flush(self) -> None:
        """Tell the votes that were gathered."""
        if self._flush_at is not None:
            self._flush_at.cancel()
            self._flush_at = None
        if not self._votes:
            return
        votes, self._votes = self._votes, Counter()
        (most, number), *others = votes.most_common()
        on = f"{len(votes)} questions" if others else f"“{_short(most)}”"
        if others and number >= MANY:
            on += f", {number} of them for “{_short(most)}”"
        self._put(Entry(Text(f"{plural(votes.total(), 'vote')} for {on}", PRIVATE), channel=self._votes_in))

    def _tell_private(self, message: Message, reader: str, before: str | None) -> bool:
        content = message.content
        if found := _IN_LINE.search(content.partition("\n")[0]):
            place = f"number {found[1]} in line" if found[1] else "waits for approval"
            self._tell_asked(message, reader, place)
        elif _REFUSED in content:
            why = content.partition(f"\n{_REFUSED}")[0]
            self._tell_asked(message, reader, f"refused: {self._drawn(why).plain}")
        elif content.startswith(_PAGE):
            self._tell_list(message, reader, is_new=before is None)
        elif before is not None and before.startswith(_PAGE):
            words = Text(f"{reader} reads: {self._drawn(content).plain}", PRIVATE)
            self._put(Entry(words, channel=message.channel))
        else:
            return _is_step(message)
        return True

    def _tell_asked(self, message: Message, reader: str, place: str) -> None:
        rows = message.content.split("\n")
        typed = self._drawn(" ".join(row.removeprefix("> ") for row in rows if row.startswith("> "))).plain
        named = next((row.removeprefix(_ASKED_AS).rstrip(".") for row in rows if row.startswith(_ASKED_AS)), None)
        asker = self._drawn(named).plain if named else reader
        how = " asks" if asker.translate(_ISOLATES) == clean(reader).translate(_ISOLATES) else f" enters for {asker}"
        if any(row.startswith("Anonymous to the room") for row in rows):
            how += " anonymously"
        head = Text(reader, PERSON) + Text(f"{how}: {_short(typed)}") + Text(f" (privately: {place})", PRIVATE)
        self._put(Entry(head, channel=message.channel))

    def _tell_list(self, message: Message, reader: str, *, is_new: bool) -> None:
        """Of an attendee's list the votes; of a moderator's how much is queued, and what looks alike."""
        if any(b.get("custom_id", "").startswith("queue:") for b in message.buttons):
            rows = message.content.split("\n")
            told = [rows[1], *(row for row in rows if is_new and row.startswith("Alike, "))]
            head = Text(f"only {reader} sees this{'' if is_new else ', now'}", "italic")
            body = self._drawn("\n".join(told))
            body.stylize(PRIVATE)
            self._put(Entry(head, body, channel=message.channel))
            return
        for text in _voted_for(message.content):
            if (reader, text) not in self._voted:
                self._voted.add((reader, text))
                self._count(self._drawn(text).plain, message.channel)

    def _count(self, text: str, channel: Channel) -> None:
        self._votes[text] += 1
        self._votes_in = channel
        if self._flush_at is None:
            self._flush_at = asyncio.get_running_loop().call_later(VOTES_GATHER_SECONDS, self.flush)

    def _tell_shown(self, message: Message, before: str | None) -> None:
        """What the room is shown; later only what became of it."""
        first, *rest = message.content.split("\n")
        if before is None:
            body = self._drawn("\n".join([first, *rest[:1]]))
            self._put(Entry(Text(message.author.name, BOT), body, channel=message.channel, is_new=True))
        elif not _shows_question(message):
            self._put(Entry(self._drawn(first), channel=message.channel))

    def _tell_left(self, message: Message, before: str | None) -> None:
        rows = message.content.split("\n")
        if before is None:
            body = self._drawn("\n".join(row for row in rows if not rows.index(row) or _ITEM.match(row)))
            self._put(Entry(Text(message.author.name, BOT), body, channel=message.channel, is_new=True))
            return
        new = [row for row in rows if row not in before.split("\n") and row.endswith("answered")]
        for row in new:
            text = rows[rows.index(row) - 1]
            self._put(Entry(Text("Answered: ") + self._drawn(_ITEM.sub("", text)), channel=message.channel))


def _is_step(message: Message) -> bool:
    """Whether it shows a moderator's step, or one question with what can be done: what they press says as much."""
    ids = [b.get("custom_id", "") for b in message.buttons]
    return bool(ids) and all(custom_id.startswith(("qundo:", "question:")) for custom_id in ids)


def _shows_question(message: Message) -> bool:
    return _shows_question_text(message.content) and any(
        b.get("custom_id", "").startswith("questions:") for b in message.buttons
    )


def _shows_question_text(content: str | None) -> bool:
    return content is not None and content.startswith(("# ", "## "))


def _voted_for(page: str) -> Iterator[str]:
    """The questions of a list that its reader has voted for: each line of facts stands below its question."""
    rows = page.split("\n")
    for text, facts in itertools.pairwise(rows):
        if facts.endswith(_VOTED) and (found := _ITEM.match(text)):
            yield text[found.end() :]


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= SHOWN_AT_MOST else f"{line[: SHOWN_AT_MOST - 1].rstrip()}…"
