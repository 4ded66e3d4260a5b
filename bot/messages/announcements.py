"""What the outbox posts to a session's channel: reminders, start and end, moves, the board, notices to managers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from bot.messages.message import (
    PING_ROOM,
    Message,
    agenda_button,
    ask_button,
    details_button,
    questions_button,
    remind_button,
    status_button,
)
from bot.messages.questions import board_line
from bot.messages.text import MESSAGE_LIMIT, dotted, fitting, lines, names, plural, safe
from bot.messages.times import length, printed, readers_time, relative
from bot.rules.programme import OFF, ExpectedSession, ExpectedTalk, TalkState, on_stage, up_next
from bot.rules.reminders import Place
from bot.rules.timing import over_by

SLOT_SHOWN = 10
MINUTE = timedelta(minutes=1)


def up_next_reminder(session: ExpectedSession, slot: Sequence[ExpectedTalk], place: Place, delivery_id: str) -> Message:
    """`Up next in 5 minutes: …` for the talk, or the talks, of one slot; says so where all were cancelled since."""
    running = [expected for expected in slot if expected.state not in OFF]
    if not running:
        return _cancelled(session, slot[0], place, delivery_id)
    if len(running) > 1:
        return _slot_reminder(session, running, place, delivery_id)
    expected = running[0]
    talk = expected.talk
    content = lines(
        f"Up next {relative(expected.starts_at)}: **{safe(talk.title)}**",
        dotted(safe(talk.kind, 40) if talk.kind else None, names(talk.speakers)),
        when(expected, place),
        where(session, talk.room),
    )
    first = (details_button(talk.id, delivery_id), agenda_button(delivery_id))
    return Message(content, (*first, ask_button(talk.id, delivery_id), remind_button(talk.id, delivery_id)))


def _slot_reminder(session: ExpectedSession, slot: Sequence[ExpectedTalk], place: Place, delivery_id: str) -> Message:
    first = slot[0]
    head = lines(
        f"Up next {relative(first.starts_at)}: {plural(len(slot), 'talk')} together",
        when(first, place),
        where(session, first.talk.room),
    )
    items = [f"- {talk_line(expected)}" for expected in slot]
    content = fitting(head, items, "… and {} more", limit=MESSAGE_LIMIT - PING_ROOM, at_most=SLOT_SHOWN)
    return Message(content, (agenda_button(delivery_id), remind_button(0, delivery_id)))


def _cancelled(session: ExpectedSession, expected: ExpectedTalk, place: Place, delivery_id: str) -> Message:
    talk = expected.talk
    content = lines(
        f"Cancelled: **{safe(talk.title)}** does not take place.",
        # not "announced for": what readers were told may have been another time
        f"It was planned for {printed(talk.starts_at, place.timezone, place.page_timezone)}.",
        where(session, talk.room),
    )
    return Message(content, (details_button(talk.id, delivery_id),))


def session_start(session: ExpectedSession, place: Place, delivery_id: str) -> Message:
    """The session begins: how many talks, until when, who moderates, which talk opens it."""
    running = [expected for expected in session.running_order if not expected.talk.is_break]
    ends_at = session.ends_at
    moderator = session.session.moderator
    room = session.session.room
    content = lines(
        f"**{safe(session.session.title, 200)}** begins now" + (f" in {safe(room, 100)}." if room else "."),
        f"{plural(len(running), 'talk')} until {_moment(ends_at, place)}." if ends_at else None,
        f"Moderator: {safe(moderator, 200)}." if moderator else None,
        f"First: {talk_line(running[0])}" if running else None,
    )
    return Message(content, (agenda_button(delivery_id), remind_button(0, delivery_id)))


def session_over(session: ExpectedSession, place: Place, delivery_id: str) -> Message:
    """The session is over, with thanks and, where somebody ran its clock, the run in three numbers."""
    moderator = session.session.moderator
    thanks = f"the speakers, {safe(moderator, 200)} who moderated" if moderator else "the speakers"
    content = lines(
        f"**{safe(session.session.title)}** is over. Thanks to {thanks} and everyone who came.",
        _in_numbers(session, place),
    )
    return Message(content, (agenda_button(delivery_id),))


def _in_numbers(session: ExpectedSession, place: Place) -> str | None:
    """The run in three numbers: started, ended, drift; None where nobody ran the clock."""
    done = [e for e in session.talks if e.state is TalkState.DONE and not e.talk.is_break]
    if not session.is_started or not done or session.starts_at is None or session.ends_at is None:
        return None
    drift = int(over_by(session.session, session) / MINUTE)
    verdict = "on time" if drift == 0 else f"{abs(drift)} min {'late' if drift > 0 else 'early'}"
    started, ended = printed(session.starts_at, place.timezone), printed(session.ends_at, place.timezone)
    return f"Started {started}, ended {ended}, {verdict}."


def moved(
    session: ExpectedSession, slot: Sequence[ExpectedTalk], place: Place, told: datetime, delivery_id: str
) -> Message:
    """One short notice that a talk announced for `told` is now expected at another time."""
    expected = slot[0]
    was = printed(told, place.timezone, place.page_timezone)
    direction = "later" if expected.starts_at > told else "earlier"
    content = lines(
        f"Moved: **{safe(expected.talk.title)}** starts {length(abs(expected.starts_at - told))} {direction} "
        "than announced.",
        f"Now {_moment(expected.starts_at, place)}; it was {was}.",
        where(session, expected.talk.room),
    )
    return Message(content, (details_button(expected.talk.id, delivery_id),))


def board(
    sessions: Sequence[ExpectedSession], place: Place, delivery_id: str, queued: Mapping[int, int] | None = None
) -> Message:
    """The channel's live board: what is on now, what comes next.

    It stands for minutes without an edit, so it says nothing that passing time makes untrue: no countdowns, which go
    on to "3 minutes ago" when a talk runs over.
    """
    about = [expected.talk.id for expected in (*on_stage(sessions), *up_next(sessions))]
    following = lines(_board_next(sessions, place), board_line(sum((queued or {}).get(key, 0) for key in about)))
    content = lines(_board_now(sessions, place, MESSAGE_LIMIT - len(following) - 1), following)
    if not on_stage(sessions) and not up_next(sessions):
        took_place = any(session.running_order for session in sessions)
        over = "That was the last talk here today. Thank you for coming."
        content = lines(_board_head(sessions), over if took_place else "Nothing takes place here today.")
    buttons = (agenda_button(delivery_id), ask_button(0, delivery_id), questions_button(0, delivery_id))
    return Message(content, (*buttons, remind_button(0, delivery_id)))


def left_board(delivery_id: str) -> Message:
    """What stands in place of a board whose channel no longer serves what it showed."""
    text = "This board is not kept up to date any more. /now tells what is on, /agenda what comes."
    return Message(text, (agenda_button(delivery_id),))


def _board_head(sessions: Sequence[ExpectedSession]) -> str:
    rooms = sorted({session.session.room for session in sessions if session.session.room})
    return f"**Now and next** in {safe(', '.join(rooms), 200)}" if rooms else "**Now and next**"


def _board_now(sessions: Sequence[ExpectedSession], place: Place, limit: int) -> str:
    talks = on_stage(sessions)
    if not talks:
        return lines(_board_head(sessions), "Now: nothing on stage")
    items = [lines(f"Now: {talk_line(expected)}", _board_until(expected, place)) for expected in talks]
    return fitting(_board_head(sessions), items, "… and {} more on stage", limit=limit, at_most=SLOT_SHOWN)


def _board_until(expected: ExpectedTalk, place: Place) -> str:
    """When the talk's time is up; where it is over its time nobody knows when it will end, only when it was to."""
    if expected.state is TalkState.PAUSED:
        return "paused"
    time_is_up = expected.ends_at + min(expected.time_left or timedelta(0), timedelta(0))
    return f"{'was to end at' if _is_over_time(expected) else 'until'} {_moment(time_is_up, place)}"


def _is_over_time(expected: ExpectedTalk) -> bool:
    """Whether it is over by a whole minute: until then the clocks of those who read "until 13:06" show 13:06."""
    return expected.time_left is not None and expected.time_left <= -MINUTE


def _board_next(sessions: Sequence[ExpectedSession], place: Place) -> str:
    """What comes next, in less than half of a message."""
    slot = up_next(sessions)
    if not slot:
        return "Next: nothing more today"
    waits = any(_waits(session, slot[0]) for session in sessions)
    head = "Next, as soon as it can start:" if waits else f"Next at {_moment(slot[0].starts_at, place)}:"
    if len(slot) == 1:
        return lines(head, talk_line(slot[0]))
    items = [f"- {talk_line(expected)}" for expected in slot]
    return fitting(head, items, "… and {} more", limit=MESSAGE_LIMIT // 2, at_most=SLOT_SHOWN // 2)


def _waits(session: ExpectedSession, following: ExpectedTalk) -> bool:
    """Whether a talk of this session only waits for a tap: its time has come, its forecast start is merely now."""
    if not session.is_started or following not in session.talks:
        return False
    current = next(iter(on_stage([session])), None)
    if current is None:
        return following.starts_at > following.talk.starts_at
    return _is_over_time(current) and following.starts_at <= current.ends_at


def notice(problem: str, remedy: str, delivery_id: str, cannot: str = "post") -> Message:
    """What keeps Chairside from posting, or from what else it `cannot`, for whoever can put it right."""
    return Message(lines(f"Chairside cannot {cannot}: {problem}", remedy), (status_button(delivery_id),))


def talk_line(expected: ExpectedTalk) -> str:
    """Title, kind and people on one line."""
    talk = expected.talk
    return dotted(f"**{safe(talk.title, 200)}**", safe(talk.kind, 40) if talk.kind else None, names(talk.speakers, 3))


def when(expected: ExpectedTalk, place: Place) -> str:
    """Start in printed and reader's time, and how long it takes."""
    return dotted(_moment(expected.starts_at, place), length(expected.ends_at - expected.starts_at))


def where(session: ExpectedSession, room: str | None = None) -> str:
    """Room and session."""
    place = room or session.session.room
    title = session.session.title
    return dotted(safe(place, 100) if place else None, safe(title, 150) if title != place else None)


def _moment(moment: datetime, place: Place) -> str:
    return f"{printed(moment, place.timezone, place.page_timezone)} ({readers_time(moment)} your time)"
