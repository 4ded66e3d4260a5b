"""What people who asked to be reminded are sent: a direct message in their own zone, or a mention in the channel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.messages.message import Button, Message, details_button
from bot.messages.text import dotted, lines, names, safe
from bot.messages.times import for_reader, length, relative
from bot.rules.programme import ExpectedTalk, PlannedSession, TalkState

TITLE_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Reminded:
    """A talk as people are reminded of it; `is_off` where it does not take place any more."""

    expected: ExpectedTalk
    session: PlannedSession
    timezone: str
    page_timezone: str | None
    channel_id: int | None
    is_off: bool = False

    def at(self, own: str | None) -> str:
        return for_reader(self.expected.starts_at, self.timezone, self.page_timezone, own)


def direct_reminder(about: Reminded, own: str | None, delivery_id: str) -> Message:
    """A reminder to one person, with times in the zone that they chose as well; it says so where the talk is off."""
    content = lines(_head(about), _people(about), _when(about, own), _where(about))
    remove = Button("Remove this reminder", f"noreminder:{about.expected.talk.id}:{delivery_id}")
    return Message(content, (details_button(about.expected.talk.id, delivery_id), remove))


def mention(about: Reminded, people: Sequence[int], delivery_id: str) -> Message:
    """A reminder in the session's channel to those whose direct messages are closed, pinging them and nobody else.

    Once posted it names nobody who was removed since.
    """
    whom = " ".join(f"<@{user_id}>" for user_id in people)
    content = lines(whom or None, _head(about), _when(about, None), _room(about))
    button = details_button(about.expected.talk.id, delivery_id)
    return Message(content, (button,), mentions=tuple(people))


def _head(about: Reminded) -> str:
    expected = about.expected
    title = f"**{safe(expected.talk.title, TITLE_LIMIT)}**"
    if about.is_off:
        was = "was skipped" if expected.state is TalkState.SKIPPED else "was cancelled"
        return f"{title} does not take place: it {was}."
    # a countdown goes on by itself to "2 minutes ago"
    return f"{title} begins {relative(expected.starts_at)}"


def _people(about: Reminded) -> str:
    talk = about.expected.talk
    return dotted(safe(talk.kind, 40) if talk.kind else None, names(talk.speakers))


def _when(about: Reminded, own: str | None) -> str:
    expected = about.expected
    if about.is_off:
        return f"It was planned for {for_reader(expected.talk.starts_at, about.timezone, about.page_timezone, own)}."
    return dotted(about.at(own), length(expected.ends_at - expected.starts_at))


def _where(about: Reminded) -> str:
    return dotted(_room(about), f"<#{about.channel_id}>" if about.channel_id else None)


def _room(about: Reminded) -> str:
    room, title = about.expected.talk.room or about.session.room, about.session.title
    return dotted(safe(room, 100) if room else None, safe(title, 150) if title != room else None)


def first_contact(server: str) -> Message:
    """The short message that finds out whether direct messages reach somebody."""
    return Message(
        f"What you asked for on {safe(server, 100)}, and what concerns a talk of your own there, comes here. "
        "There, /remind list shows your reminders, /mytimezone chooses the zone that times are shown in."
    )
