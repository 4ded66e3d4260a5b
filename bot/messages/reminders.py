"""Answers to whoever asks to be reminded: what is set, the list, and what to do where direct messages are closed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.messages.message import Button, Message, Option, Select, unremind_button
from bot.messages.text import BUTTON_LABEL_LIMIT, dotted, fitting, lines, plural, safe, shortened
from bot.messages.times import for_reader, length, relative
from bot.rules.subscriptions import MATCHES_AT_MOST, Wanted

REMINDERS_PAGE = 8
OPTION_LIMIT = 100
CLOSED = (
    "**Your direct messages are closed to this bot**, so reminders cannot reach you there. "
    "Open them (this server's name → Privacy Settings → Direct Messages), then add a reminder or press again."
)
CLOSED_STILL = "Your direct messages are closed to this bot, so these do not reach you there."
MENTIONED = "You are mentioned in the session's channel instead."
MENTION_ME = Button("Mention me in the channel instead", "mentions:yes")
MENTION_ME_NOT = Button("Don't mention me", "mentions:no")
NO_REMINDERS = Message(
    "You have no reminders here. /remind add takes a talk, a session, a speaker or a word; "
    "*Remind me* stands under agendas and reminders."
)


@dataclass(frozen=True, slots=True)
class Moment:
    """When a talk begins, and the zones that it is shown in."""

    starts_at: datetime
    timezone: str
    page_timezone: str | None
    own: str | None

    def shown(self, before: timedelta = timedelta(0)) -> str:
        return for_reader(self.starts_at - before, self.timezone, self.page_timezone, self.own)


@dataclass(frozen=True, slots=True)
class ShownReminder:
    """A reminder as it is listed.

    Attributes:
        title: the talk's or session's, or the name or word.
        talks: how many it fits; ahead: how many of those are still to come.
        next: the next of them.
    """

    id: int
    kind: Wanted
    title: str
    lead: timedelta
    talks: int
    ahead: int
    next: Moment | None

    @property
    def is_word(self) -> bool:
        return self.kind in (Wanted.SPEAKER, Wanted.WORD)


@dataclass(frozen=True, slots=True)
class Reach:
    """Whether direct messages reach somebody, and what they agreed to where none does.

    Attributes:
        news: the last one could not reach them, and they have not been told.
    """

    is_closed: bool = False
    mentions: bool = False
    news: bool = False


def reminder_set(reminder: ShownReminder, reach: Reach, now: datetime, *, is_new: bool) -> Message:
    """What somebody is reminded of from now on, or was already."""
    verb = "You are reminded of" if is_new else "Already set: you are reminded of"
    return Message(
        lines(f"{verb} {_what(reminder)} {_before(reminder)}.", _next(reminder, now), _fits(reminder), _reached(reach)),
        (unremind_button(reminder.id), *_choice(reach)),
    )


def _what(reminder: ShownReminder) -> str:
    title = safe(reminder.title, 200)
    match reminder.kind:
        case Wanted.TALK:
            return f"**{title}**"
        case Wanted.SESSION:
            return f"the start of **{title}**"
        case Wanted.SPEAKER:
            return f"talks by “{title}”"
        case Wanted.WORD:
            return f"talks with “{title}” in their title"


def _before(reminder: ShownReminder) -> str:
    return f"{length(reminder.lead)} before"


def _next(reminder: ShownReminder, now: datetime) -> str | None:
    """When the reminder comes; at once where its moment has passed already."""
    if reminder.next is None:
        return None
    starts_at = reminder.next.starts_at
    if starts_at - reminder.lead <= now:
        return f"It begins {relative(starts_at)}, at {reminder.next.shown()}, so the reminder comes at once."
    which = "The next one comes" if reminder.ahead > 1 else "It comes"
    return f"{which} {relative(starts_at - reminder.lead)}, at {reminder.next.shown(reminder.lead)}."


def _fits(reminder: ShownReminder) -> str | None:
    if not reminder.is_word:
        return None
    if not reminder.talks:
        return "No talk fits it as yet; one that a later version of the programme brings will."
    more = f", of which the first {MATCHES_AT_MOST} count" if reminder.talks > MATCHES_AT_MOST else ""
    return f"It fits {plural(reminder.talks, 'talk')}{more}; those that a later version brings are added."


def _reached(reach: Reach) -> str | None:
    if not reach.is_closed:
        return None
    return lines(CLOSED, MENTIONED if reach.mentions else None)


def _choice(reach: Reach) -> tuple[Button, ...]:
    if not reach.is_closed:
        return (MENTION_ME_NOT,) if reach.mentions else ()
    return (MENTION_ME_NOT if reach.mentions else MENTION_ME,)


def missed(message: Message, reach: Reach) -> Message:
    """An answer that says once that the last reminder could not reach somebody."""
    if not reach.news:
        return message
    said = lines(CLOSED, MENTIONED if reach.mentions else "The last reminder could not reach you.")
    content = message.content if CLOSED in message.content else f"{said}\n\n{message.content}"
    buttons = message.buttons
    if len(content) > 2000:  # noqa: PLR2004 - as many as a message holds
        content = said
    offered = tuple(button for button in _choice(reach) if button not in buttons)
    return Message(content, (*buttons, *offered), message.selects)


def reminders_list(reminders: Sequence[ShownReminder], page: int, reach: Reach) -> Message:
    """A page of somebody's reminders, with what removes them and the file for their calendar."""
    if not reminders:
        return NO_REMINDERS
    pages = -(-len(reminders) // REMINDERS_PAGE)
    page = min(max(page, 0), pages - 1)
    part = reminders[page * REMINDERS_PAGE : (page + 1) * REMINDERS_PAGE]
    head = dotted(
        f"**{plural(len(reminders), 'reminder')}** of yours", f"page {page + 1} of {pages}" if pages > 1 else None
    )
    leafing = (
        Button("Earlier", f"reminders:{page - 1}") if page else None,
        Button("Later", f"reminders:{page + 1}") if page < pages - 1 else None,
        Button("As .ics", "reminders:ics"),
        *_choice(reach),
    )
    options = tuple(Option(_label(one), str(one.id)) for one in part)
    remove = Select(f"unremindof:{page}", "Remove a reminder", options)
    head = lines(head, CLOSED_STILL if reach.is_closed and not reach.news else None)
    content = fitting(head, [_entry(one) for one in part], "… and {} more")
    return Message(content, tuple(button for button in leafing if button), (remove,))


def _entry(reminder: ShownReminder) -> str:
    if reminder.next is None:
        when = "nothing to come" if reminder.talks else "no talk fits it as yet"
    else:
        at = reminder.next.shown(reminder.lead)
        when = f"next {at}, {relative(reminder.next.starts_at - reminder.lead)}"
    counted = f"{plural(reminder.ahead, 'talk')} to come" if reminder.is_word and reminder.ahead else None
    title = safe(shortened(reminder.title, 60))
    kind = "" if reminder.kind is Wanted.TALK else f"{reminder.kind.value} "
    return "- " + dotted(f"{kind}**{title}**", _before(reminder), counted, when)


def _label(reminder: ShownReminder) -> str:
    """A reminder in an autocomplete choice or a select: plain text of at most 100 characters."""
    kind, before = "" if reminder.kind is Wanted.TALK else f"{reminder.kind.value}: ", f" · {_before(reminder)}"
    return shortened(" ".join(f"{kind}{reminder.title}".split()), OPTION_LIMIT - len(before)) + before


def reminder_choice(reminder: ShownReminder) -> str:
    """As `_label`, for autocompletion."""
    return _label(reminder)


def removed(title: str, kind: Wanted, others: Sequence[tuple[int, Wanted, str]] = ()) -> Message:
    """What somebody is reminded of no longer, and the reminders that still remind of the same talk."""
    what = f"“{safe(title, 200)}”" if title else f"that {kind.value}"
    if not others:
        return Message(f"You are no longer reminded of {what}.")
    listed = ", ".join(f"your {kind.value} “{safe(words, 60)}”" for _, kind, words in others[:3])
    buttons = tuple(
        unremind_button(wish_id, shortened(f"Remove {kind.value} {words}", BUTTON_LABEL_LIMIT))
        for wish_id, kind, words in others[:5]
    )
    if title:
        return Message(f"Your reminder of {what} itself is removed; you are still reminded of it by {listed}.", buttons)
    return Message(f"You are reminded of that talk by {listed}.", buttons)


def which_talk(options: Sequence[Option]) -> Message:
    """Asks which of the talks to come somebody means."""
    if not options:
        return Message("No talk is to come here. /remind add takes any talk of the programme.")
    return Message("Which talk are you to be reminded of?", selects=(remind_select(options),))


def remind_select(options: Sequence[Option]) -> Select:
    return Select("remindof", "Remind me of …", tuple(options[:25]))


def mentions_chosen(*, agreed: bool) -> Message:
    """Whether somebody is mentioned where direct messages are closed."""
    if agreed:
        return Message(
            "Where a direct message does not reach you, you are mentioned in the session's channel, where everybody "
            "there sees it."
        )
    return Message("You are not mentioned in channels any more.")


def zone_chosen(zone: str | None, venue: str | None, moment: datetime | None) -> Message:
    """What zone somebody chose, beside the venue's."""
    if zone is None:
        own = "You chose no zone: times are the venue's, and Discord's in the zone of your device."
    else:
        own = f"Times are shown in {zone} as well, in answers to you and in direct messages, on all servers."
    now = f"It is {for_reader(moment, venue, None, zone)} now." if venue and moment else None
    hint = "/mytimezone timezone: chooses another; “unset” takes it back."
    return Message(lines(own, f"The venue's zone is {venue}." if venue else None, now, hint))
