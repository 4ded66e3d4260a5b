"""How the audience of a rehearsal asks and votes: with commands, forms and buttons, as people do."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from dataclasses import dataclass
from typing import TypeVar

from bot.rehearsal.cast import ANSWER_SECONDS, Hall
from bot.rehearsal.inquiries import Inquiry, Way
from bot.rehearsal.lanes import Act
from bot.rehearsal.loopback.errors import LoopbackTimeoutError, PersonRefusedError
from bot.rehearsal.loopback.people.person import Person
from bot.rehearsal.loopback.people.reply import Reply
from bot.rehearsal.loopback.world.channels import TextChannel
from bot.rehearsal.loopback.world.messages import Message
from bot.schedules.schedule import Talk

Done = TypeVar("Done")

FROM_THE_HALL = "somebody in the third row"
IN_LINE, WAITS = " is number ", "waits for a moderator's approval"
AT_ONCE = 5
"""How many listeners' answers are under way at a time, so that the burst leaves the bot's clock its turn."""


@dataclass(slots=True)
class Heard:
    """What people were told of their questions.

    Attributes:
        accepted: questions that the bot said are in line.
        unanswered: of which nobody knows, since the bot did not answer.
    """

    accepted: int = 0
    unanswered: int = 0

    async def note(self, asked: Reply) -> None:
        """Count the answer to a question."""
        try:
            content = (await asked.final(within=ANSWER_SECONDS)).content
        except LoopbackTimeoutError:
            content = None
        if content is None or asked.failed:
            self.unanswered += 1
        elif content.startswith("Your question ") and (IN_LINE in content or WAITS in content):
            self.accepted += 1


def if_possible(act: Callable[[], Awaitable[object]]) -> Act:
    """People let be what they cannot do just then: a button is gone, or the bot is away."""

    async def tried() -> None:
        try:
            await act()
        except (PersonRefusedError, LoopbackTimeoutError):
            return

    return tried


def ask(hall: Hall, channel: TextChannel, inquiry: Inquiry, heard: Heard) -> Act:
    """Put one question."""

    async def act() -> None:
        reply = await _sent(hall, channel, inquiry)
        if reply is not None:
            await heard.note(reply)

    return if_possible(act)


async def _sent(hall: Hall, channel: TextChannel, inquiry: Inquiry) -> Reply | None:
    person = hall.attendees[inquiry.who]
    options: dict[str, object] = {"question": inquiry.text} | ({"anonymous": True} if inquiry.anonymous else {})
    match inquiry.way:
        case Way.COMMAND:
            return await person.slash(channel, "ask", **options)
        case Way.HALL:
            return await hall.moderator.slash(channel, "ask", question=inquiry.text, for_hall=FROM_THE_HALL)
        case Way.MESSAGE:
            said = await person.say(channel, inquiry.text)
            return await hall.moderator.context_menu(said, "Queue as question")
        case Way.FORM:
            reminder = _latest(channel, "Up next", "Ask")
            form = await person.press(reminder, "Ask") if reminder else None
            if form is None or form.modal is None:
                return None
            return await person.submit(form.modal, {"question": inquiry.text, "anonymous": inquiry.anonymous})


def ask_too_late(hall: Hall, channel: TextChannel, inquiry: Inquiry, talk: Talk, heard: Heard) -> Act:
    """Put a question to a talk whose queue is closed."""

    async def act() -> None:
        person = hall.attendees[inquiry.who]
        offered = await person.autocomplete(channel, "ask", question=inquiry.text, talk=talk.title)
        if offered:
            await heard.note(await person.slash(channel, "ask", question=inquiry.text, talk=offered[0].value))

    return if_possible(act)


def vote(person: Person, channel: TextChannel, first: int, most: int) -> Act:
    """Open the list and vote for some of its questions, from one of them on."""

    async def act() -> None:
        page = await _list(person, channel, by_command=first % 2 == 0)
        labels = [label for label in page.labels if label.startswith("Vote ")] if page else []
        for number in range(min(most, len(labels))):
            if page is not None:
                pressed = await person.press(page, labels[(first + number) % len(labels)])
                await pressed.final(within=ANSWER_SECONDS)

    return if_possible(act)


async def _list(person: Person, channel: TextChannel, *, by_command: bool) -> Message | None:
    board = None if by_command else _latest(channel, "**Now and next**", "Questions")
    reply = await (person.press(board, "Questions") if board else person.slash(channel, "questions list"))
    return (await reply.final(within=ANSWER_SECONDS)).message


def vote_all_at_once(crowd: Iterable[Person], channel: TextChannel) -> Act:
    """The listeners look at the queue, then all vote for the question that goes first."""

    async def act() -> None:
        pages = await _some_at_a_time(_looked(person, channel) for person in crowd)
        target = next((ids[0] for _, page in pages if page and (ids := _vote_ids(page))), None)
        voters = [(person, page) for person, page in pages if page and target in _vote_ids(page)]
        await _some_at_a_time(_voted(person, page, target) for person, page in voters if target)

    return if_possible(act)


async def _looked(person: Person, channel: TextChannel) -> tuple[Person, Message | None]:
    return person, await _list(person, channel, by_command=True)


async def _voted(person: Person, page: Message, target: str) -> None:
    await (await person.press(page, custom_id=target)).final(within=ANSWER_SECONDS)


async def _some_at_a_time(doings: Iterable[Coroutine[object, object, Done]]) -> list[Done]:
    places = asyncio.Semaphore(AT_ONCE)

    async def in_turn(doing: Coroutine[object, object, Done]) -> Done:
        async with places:
            return await doing

    return await asyncio.gather(*(in_turn(doing) for doing in doings))


def _vote_ids(page: Message) -> list[str]:
    return [b["custom_id"] for b in page.buttons if b.get("custom_id", "").startswith("vote:")]


def _latest(channel: TextChannel, begins: str, label: str) -> Message | None:
    """The newest message of a kind that has such a button."""
    found = (m for m in reversed(channel.messages) if m.content.startswith(begins) and label in m.labels)
    return next(found, None)
