"""Answers about the programme, for one person: now, up next, the agenda, one talk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.messages.announcements import talk_line
from bot.messages.message import Button, Message, page_button
from bot.messages.text import MESSAGE_LIMIT, dotted, fitting, lines, names, plural, safe, shortened
from bot.messages.times import day_name, length, printed, readers_date, readers_time, relative
from bot.rules.programme import ExpectedSession, ExpectedTalk, TalkState, on_stage, up_next

AGENDA_PAGE = 12
WORTH_READING = 40
LINK_LIMIT = 300
_STATES = {
    TalkState.ON_STAGE: "on now",
    TalkState.PAUSED: "paused",
    TalkState.DONE: "over",
    TalkState.SKIPPED: "skipped",
    TalkState.CANCELLED: "cancelled",
}
NOTHING_IMPORTED = "There is no programme here yet. A manager of this server imports one with /schedule import."


@dataclass(frozen=True, slots=True)
class Shown:
    """A session as it is shown: its forecast, the venue's zone and the page's."""

    expected: ExpectedSession
    timezone: str
    page_timezone: str | None

    def at(self, moment: datetime) -> str:
        return f"{printed(moment, self.timezone, self.page_timezone)} ({readers_time(moment)} your time)"


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
    return lines(f"On now: {talk_line(expected)}", dotted(_where(shown, expected), until))


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
        items.append(lines(talk_line(expected), dotted(_where(shown, expected), shown.at(expected.starts_at), span)))
    head = f"Up next {relative(slot[0].starts_at)}, {readers_date(slot[0].starts_at)}:"
    return Message(fitting(head, items, "… and {} more", limit=limit))


def _where(shown: Shown, expected: ExpectedTalk) -> str:
    room = expected.talk.room or shown.expected.session.room
    title = shown.expected.session.title
    return dotted(safe(room, 100) if room else None, safe(title, 120) if title != room else None)


def agenda(sessions: Sequence[Shown], day: date | None, days: Sequence[date], page: int = 0) -> Message:
    """One conference day, a page of talks at a time, with buttons to leaf through pages and days."""
    if day is None or not sessions:
        return Message(NOTHING_IMPORTED)
    entries = [(shown, expected) for shown in sessions for expected in shown.expected.talks]
    pages = max(1, -(-len(entries) // AGENDA_PAGE))
    page = min(max(page, 0), pages - 1)
    part = entries[page * AGENDA_PAGE : (page + 1) * AGENDA_PAGE]
    first = sessions[0]
    head = f"**Agenda** · {day_name(part[0][1].starts_at, first.timezone)}"
    head = dotted(head, plural(len(entries), "talk"), f"page {page + 1} of {pages}" if pages > 1 else None)
    items: list[str] = []
    session_id = None
    for shown, expected in part:
        session = shown.expected.session
        heading = f"__{dotted(safe(session.title, 100), safe(session.room, 60) if session.room else None)}__"
        items.append(lines(heading if session.id != session_id else None, _agenda_line(shown, expected)))
        session_id = session.id
    return Message(fitting(head, items, "… and {} more"), _leafing(day, days, page, pages))


def _agenda_line(shown: Shown, expected: ExpectedTalk) -> str:
    talk = expected.talk
    title = f"**{safe(shortened(talk.title, 60))}**"
    state = _STATES.get(expected.state)
    return dotted(f"{printed(expected.starts_at, shown.timezone)} ({readers_time(expected.starts_at)})", title, state)


def _leafing(day: date, days: Sequence[date], page: int, pages: int) -> tuple[Button, ...]:
    """Buttons to the pages and days around this one."""
    buttons = []
    if pages > 1:
        buttons.append(page_button("Earlier", day.isoformat(), page - 1) if page else None)
        buttons.append(page_button("Later", day.isoformat(), page + 1) if page < pages - 1 else None)
    before = [other for other in days if other < day]
    after = [other for other in days if other > day]
    buttons.append(
        page_button(f"{before[-1]:%a} {before[-1].day} {before[-1]:%b}", before[-1].isoformat(), 0) if before else None
    )
    buttons.append(
        page_button(f"{after[0]:%a} {after[0].day} {after[0]:%b}", after[0].isoformat(), 0) if after else None
    )
    return tuple(button for button in buttons if button)


def talk_answer(shown: Shown, expected: ExpectedTalk, abstract: str | None = None, url: str | None = None) -> Message:
    """All there is about one talk; the abstract takes what room is left."""
    people, links = expected.talk.speakers, (f"<{url}>", None) if url and _is_short_link(url) else (None,)
    everybody = (names(people, len(people)), names(people, 10), names(people))
    heads = (_talk_head(shown, expected, listed, link) for link in links for listed in everybody)
    head = next(head for head in heads if len(head) <= MESSAGE_LIMIT)
    text = _within(abstract or "", MESSAGE_LIMIT - len(head) - 2)
    return Message(f"{head}\n\n{text}" if text else head)


def _is_short_link(url: str) -> bool:
    return len(url) <= LINK_LIMIT and not set("<> ") & set(url)


def _talk_head(shown: Shown, expected: ExpectedTalk, people: str, link: str | None) -> str:
    talk = expected.talk
    state = _STATES.get(expected.state)
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
        _where(shown, expected),
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
        lines(talk_line(expected), dotted(shown.at(expected.starts_at), _where(shown, expected)))
        for shown, expected in found
    ]
    return Message(fitting(f"**{plural(len(found), 'talk')}** for “{safe(words, 100)}”", items, "… and {} more"))


def talk_choice(expected: ExpectedTalk, timezone: str) -> str:
    """A talk as an autocomplete choice: at most 100 characters, plain text."""
    return shortened(f"{printed(expected.starts_at, timezone)} {expected.talk.title}", 100)
