"""Answers about the programme, for one person: now, up next, the agenda, one talk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.messages.announcements import talk_line
from bot.messages.message import Message, remind_button
from bot.messages.text import MESSAGE_LIMIT, dotted, fitting, lines, names, plural, safe, shortened
from bot.messages.times import day_name, for_reader, length, printed, readers_date, relative
from bot.rules.programme import ExpectedSession, ExpectedTalk, TalkState, on_stage, up_next

WORTH_READING = 40
LINK_LIMIT = 300
STATES = {
    TalkState.ON_STAGE: "on now",
    TalkState.PAUSED: "paused",
    TalkState.DONE: "over",
    TalkState.SKIPPED: "skipped",
    TalkState.CANCELLED: "cancelled",
}
NOTHING_IMPORTED = "There is no programme here yet. A manager of this server imports one with /schedule import."


@dataclass(frozen=True, slots=True)
class Shown:
    """A session as it is shown: its forecast, the venue's zone, the page's, and the one that the reader chose."""

    expected: ExpectedSession
    timezone: str
    page_timezone: str | None
    own: str | None = None

    def at(self, moment: datetime) -> str:
        return for_reader(moment, self.timezone, self.page_timezone, self.own)


def now_answer(sessions: Sequence[Shown]) -> Message:
    """What is on stage in each session, and where nothing is, what comes next."""
    if not sessions:
        return Message(NOTHING_IMPORTED)
    items = [_on_stage(shown, expected) for shown in sessions for expected in on_stage([shown.expected])]
    if items:
        return Message(fitting("**On stage now**", items, "… and {} more"))
    nothing = "Nothing is on stage right now."
    return Message(lines(nothing, upnext_answer(sessions, MESSAGE_LIMIT - len(nothing) - 1).content))


def _on_stage(shown: Shown, expected: ExpectedTalk) -> str:
    until = f"until {shown.at(expected.ends_at)}, {relative(expected.ends_at)}"
    return lines(f"On now: {talk_line(expected)}", dotted(room_and_session(shown, expected), until))


def upnext_answer(sessions: Sequence[Shown], limit: int = MESSAGE_LIMIT) -> Message:
    """The talks of the next slot, as far as a message holds them."""
    if not sessions:
        return Message(NOTHING_IMPORTED)
    slot = up_next([shown.expected for shown in sessions])
    if not slot:
        return Message("Nothing more is coming up: the programme is over.")
    shown_by_id = {shown.expected.session.id: shown for shown in sessions}
    items = []
    for expected in slot:
        shown = shown_by_id[expected.talk.session_id]
        span = length(expected.ends_at - expected.starts_at)
        items.append(
            lines(talk_line(expected), dotted(room_and_session(shown, expected), shown.at(expected.starts_at), span))
        )
    head = f"Up next {relative(slot[0].starts_at)}, {readers_date(slot[0].starts_at)}:"
    return Message(fitting(head, items, "… and {} more", limit=limit))


def room_and_session(shown: Shown, expected: ExpectedTalk) -> str:
    room = expected.talk.room or shown.expected.session.room
    title = shown.expected.session.title
    return dotted(safe(room, 100) if room else None, safe(title, 120) if title != room else None)


def talk_answer(
    shown: Shown,
    expected: ExpectedTalk,
    abstract: str | None = None,
    url: str | None = None,
    *,
    offers_reminder: bool = False,
) -> Message:
    """All there is about one talk; the abstract takes what room is left."""
    people, links = expected.talk.speakers, (f"<{url}>", None) if url and _is_short_link(url) else (None,)
    everybody = (names(people, len(people)), names(people, 10), names(people))
    heads = (_talk_head(shown, expected, listed, link) for link in links for listed in everybody)
    head = next(head for head in heads if len(head) <= MESSAGE_LIMIT)
    text = _within(abstract or "", MESSAGE_LIMIT - len(head) - 2)
    is_ahead = expected.state is TalkState.WAITING
    buttons = (remind_button(expected.talk.id),) if offers_reminder and is_ahead else ()
    return Message(f"{head}\n\n{text}" if text else head, buttons)


def _is_short_link(url: str) -> bool:
    return len(url) <= LINK_LIMIT and not set("<> ") & set(url)


def _talk_head(shown: Shown, expected: ExpectedTalk, people: str, link: str | None) -> str:
    talk = expected.talk
    state = STATES.get(expected.state)
    moment = relative(expected.starts_at) if expected.state is TalkState.WAITING else None
    return lines(
        f"**{safe(talk.title)}**",
        dotted(state.capitalize() if state else None, safe(talk.kind, 40) if talk.kind else None, people),
        dotted(
            day_name(expected.starts_at, shown.timezone),
            shown.at(expected.starts_at),
            length(expected.ends_at - expected.starts_at),
            moment,
        ),
        room_and_session(shown, expected),
        link,
    )


def _within(text: str, room: int) -> str:
    """As much of a text as fits once it is made safe, which makes it longer; nothing where only a word or two would."""
    limit = room
    while limit >= WORTH_READING:
        shown = safe(text, limit)
        if len(shown) <= room:
            return shown
        limit -= max(len(shown) - room, 1)
    return ""


def several_talks(found: Sequence[tuple[Shown, ExpectedTalk]], words: str) -> Message:
    """The talks that fit somebody's words, or that none does."""
    if not found:
        return Message(f"No talk fits “{safe(words, 100)}”. Try a word of its title or a speaker's name, or /agenda.")
    items = [
        lines(talk_line(expected), dotted(shown.at(expected.starts_at), room_and_session(shown, expected)))
        for shown, expected in found
    ]
    return Message(fitting(f"**{plural(len(found), 'talk')}** for “{safe(words, 100)}”", items, "… and {} more"))


def talk_choice(expected: ExpectedTalk, timezone: str) -> str:
    """A talk as an autocomplete choice: at most 100 characters, plain text."""
    return shortened(f"{printed(expected.starts_at, timezone)} {expected.talk.title}", 100)
