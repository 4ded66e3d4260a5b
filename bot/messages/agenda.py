"""The agenda, for one person: a day or what is on now and next, of all rooms or one, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.messages.announcements import talk_line
from bot.messages.message import Button, Message, Option, Select, page_button
from bot.messages.programme import NOTHING_IMPORTED, STATES, Shown, room_and_session
from bot.messages.reminders import remind_select
from bot.messages.text import dotted, fitting, lines, plural, safe, shortened
from bot.messages.times import day_name, own_time, printed, readers_time, relative
from bot.rules.programme import ON, ExpectedTalk, TalkState, on_stage, up_next

AGENDA_PAGE = 12
NOW_PAGE = 6
OPTION_LIMIT = 100
NOW = "now"
"""In place of a day: what is on and what comes next."""


@dataclass(frozen=True, slots=True)
class Room:
    """The room that an agenda is limited to, with the digest that its buttons carry."""

    name: str
    digest: str


def agenda(
    sessions: Sequence[Shown],
    day: date | None,
    days: Sequence[date],
    page: int = 0,
    *,
    room: Room | None = None,
    offers_reminders: bool = False,
) -> Message:
    """One conference day, a page of talks at a time, with buttons to leaf through pages and days."""
    if day is None:
        return Message(NOTHING_IMPORTED)
    entries = [(shown, expected) for shown in sessions for expected in shown.expected.talks]
    if not entries:
        return _nothing(room, _leafing(day.isoformat(), days, 0, 1, room))
    pages, page, part = _page_of(entries, page, AGENDA_PAGE)
    first = sessions[0]
    head = f"**Agenda** · {day_name(part[0][1].starts_at, first.timezone)}"
    counted = plural(len(entries), "talk"), f"page {page + 1} of {pages}" if pages > 1 else None
    head = dotted(head, safe(room.name, 60) if room else None, *counted)
    items: list[str] = []
    session_id = None
    for shown, expected in part:
        session = shown.expected.session
        heading = f"__{dotted(safe(session.title, 100), safe(session.room, 60) if session.room else None)}__"
        items.append(lines(heading if session.id != session_id else None, _agenda_line(shown, expected)))
        session_id = session.id
    buttons = _leafing(day.isoformat(), days, page, pages, room)
    return Message(fitting(head, items, "… and {} more"), buttons, _reminders(part) if offers_reminders else ())


def now_and_next(
    sessions: Sequence[Shown], page: int = 0, *, room: Room | None = None, offers_reminders: bool = False
) -> Message:
    """What is on stage and what comes next in each of a day's sessions, a page at a time."""
    entries = [entry for shown in sessions for entry in _now_of(shown)]
    if not entries:
        return _nothing(room, ()) if room else Message(_OVER if sessions else NOTHING_IMPORTED)
    pages, page, part = _page_of(entries, page, NOW_PAGE)
    head = dotted(
        "**Now and next**", safe(room.name, 60) if room else None, f"page {page + 1} of {pages}" if pages > 1 else None
    )
    items = [_now_line(shown, expected) for shown, expected in part]
    buttons = _leafing(NOW, (), page, pages, room)
    return Message(fitting(head, items, "… and {} more"), buttons, _reminders(part) if offers_reminders else ())


_OVER = "Nothing is on, and nothing more is coming up: the programme is over."
_Entry = tuple[Shown, ExpectedTalk]


def _nothing(room: Room | None, buttons: tuple[Button, ...]) -> Message:
    where = f" in {safe(room.name, 100)}" if room else ""
    return Message(f"Nothing takes place{where} then.", buttons)


def _page_of(entries: Sequence[_Entry], page: int, size: int) -> tuple[int, int, Sequence[_Entry]]:
    """How many pages there are, the nearest one to what was asked for, and what stands on it."""
    pages = max(1, -(-len(entries) // size))
    page = min(max(page, 0), pages - 1)
    return pages, page, entries[page * size : (page + 1) * size]


def _now_of(shown: Shown) -> list[_Entry]:
    return [(shown, e) for e in (*on_stage([shown.expected]), *up_next([shown.expected])[:1])]


def _now_line(shown: Shown, expected: ExpectedTalk) -> str:
    is_on = expected.state in ON
    moment = expected.ends_at if is_on else expected.starts_at
    when = f"{'until ' if is_on else ''}{shown.at(moment)}, {relative(moment)}"
    return lines(
        f"{'On now' if is_on else 'Next'}: {talk_line(expected)}", dotted(room_and_session(shown, expected), when)
    )


def _agenda_line(shown: Shown, expected: ExpectedTalk) -> str:
    talk = expected.talk
    title = f"**{safe(shortened(talk.title, 60))}**"
    moment = expected.starts_at
    time = dotted(printed(moment, shown.timezone), own_time(moment, shown.timezone, shown.own))
    return dotted(f"{time} ({readers_time(moment)})", title, STATES.get(expected.state))


def _leafing(day: str, days: Sequence[date], page: int, pages: int, room: Room | None) -> tuple[Button, ...]:
    """Buttons to the pages and days around this one."""
    digest = room.digest if room else None
    buttons = []
    if pages > 1:
        buttons.append(page_button("Earlier", day, page - 1, digest) if page else None)
        buttons.append(page_button("Later", day, page + 1, digest) if page < pages - 1 else None)
    before = [other for other in days if other.isoformat() < day]
    after = [other for other in days if other.isoformat() > day]
    around = (*before[-1:], *after[:1])
    buttons.extend(page_button(f"{o:%a} {o.day} {o:%b}", o.isoformat(), 0, digest) for o in around)
    return tuple(button for button in buttons if button)


def _reminders(part: Sequence[_Entry]) -> tuple[Select, ...]:
    options = talk_options(part)
    return (remind_select(options),) if options else ()


def talk_options(entries: Sequence[_Entry]) -> list[Option]:
    """The talks that are to come, as options that hand over their keys."""
    waiting = [(shown, e) for shown, e in entries if e.state is TalkState.WAITING and not e.talk.is_break]
    return [
        Option(shortened(f"{printed(e.starts_at, shown.timezone)} {e.talk.title}", OPTION_LIMIT), str(e.talk.id))
        for shown, e in waiting
    ]
