"""The moderators' console, time signals, and what a tap is answered with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.messages.announcements import talk_line
from bot.messages.message import Button, Message
from bot.messages.text import MESSAGE_LIMIT, dotted, lines, plural, safe, within
from bot.messages.times import length, printed, relative
from bot.rules.console import ConsoleFacts
from bot.rules.hints import Habit
from bot.rules.programme import ExpectedSession, TalkState
from bot.rules.reminders import Place
from bot.rules.run import TimingEvent, TimingKind
from bot.rules.speakers import Presence
from bot.rules.taps import talk_on_stage
from bot.rules.timing import over_by

CONSOLE = (
    r"console:(?P<action>start|next|end|extend|pause|resume|skip|undo|rebalance|still|open)"
    r":(?P<session>\d+):(?P<talk>\d+):(?P<event>\d+):(?P<delivery>[\w-]{22})"
)
"""What a console's button carries: the talk that is on stage for whoever presses, and the last event they saw."""
CONFIRM = r"confirm:(?P<action>rebalance|extend):(?P<session>\d+):(?P<talk>\d+):(?P<seconds>-?\d{1,6})"
UNDO = r"undo:(?P<session>\d+):(?P<event>\d+)"
KINDS_HINTED = 3
OPENED = "The session is open; its console is in the moderators' place."


@dataclass(frozen=True, slots=True)
class QueuePart:
    """What the console shows of the questions, in lines, and their buttons."""

    lines: tuple[str, ...]
    buttons: tuple[Button, ...]


def console(
    session: ExpectedSession, facts: ConsoleFacts, place: Place, delivery_id: str, queue: QueuePart | None = None
) -> Message:
    """The one message a moderator runs the session with."""
    room = session.session.room
    head = dotted(f"**Console** · {safe(session.session.title, 150)}", safe(room, 60) if room else None)
    clock, rest = _buttons(session, facts, delivery_id), queue.lines if queue else ()
    buttons = (*clock, *queue.buttons) if queue else clock
    if facts.is_closed:
        return Message(within(MESSAGE_LIMIT, head, "The session is over.", _ended(facts, place), *rest), buttons)
    told = (head, *_on_stage(facts, place), *_following(facts, place), _end(facts, place))
    return Message(_with_hint(told, facts, place, rest), buttons)


def _with_hint(told: Sequence[str | None], facts: ConsoleFacts, place: Place, rest: Sequence[str] = ()) -> str:
    """What is told, the hint with it where there is one and room for it."""
    content = lines(*told, _hint(facts, place), *rest)
    return content if len(content) <= MESSAGE_LIMIT else within(MESSAGE_LIMIT, *told, *rest)


def _on_stage(facts: ConsoleFacts, place: Place) -> list[str]:
    current = facts.on_stage
    if current is None or facts.runs_out_at is None:
        return ["On stage: nobody yet" if not facts.last else "On stage: nobody"]
    if current.state is TalkState.PAUSED:
        left = facts.runs_out_at - current.ends_at if facts.over else None
        clock = f"PAUSED with {_clock(current.time_left)} left" if left is None else f"PAUSED, {facts.over} min over"
    elif facts.over:
        clock = f"OVER by {facts.over} min: time was up {relative(facts.runs_out_at)}"
    else:
        # true before and after: it stands unedited for the first minute over
        clock = f"time up at {printed(facts.runs_out_at, place.timezone)}, {relative(facts.runs_out_at)}"
    assumed = " (assumed from the plan: nobody tapped)" if current.assumed else ""
    return [f"On stage: {talk_line(current)}{assumed}", dotted(clock, _drift(facts.late))]


def _drift(minutes: int) -> str:
    if minutes == 0:
        return "on time"
    return f"{abs(minutes)} min {'late' if minutes > 0 else 'early'}"


def _following(facts: ConsoleFacts, place: Place) -> list[str]:
    expected = facts.following
    if expected is None:
        return ["Next: nothing more"]
    return [
        f"Next: {talk_line(expected)}, expected {printed(expected.starts_at, place.timezone)}",
        *_presence(facts.presence, place),
    ]


def _presence(presence: Presence, place: Place) -> list[str]:
    """Who of the speakers is here and who is missing, as far as they are linked."""
    here = f"here: {_people(presence.here)}" if presence.here else None
    missing = f"**missing: {_people(presence.missing)}**" if presence.missing else None
    later = [f"<@{user_id}> ({printed(moment, place.timezone)})" for user_id, moment in presence.missing_later]
    more = [f"{presence.more} more"] if presence.more else []
    return [
        *([f"Its speakers: {dotted(here, missing)}"] if here or missing else []),
        *([f"Missing for later: {', '.join([*later, *more])}"] if later else []),
    ]


def _people(user_ids: Sequence[int]) -> str:
    return ", ".join(f"<@{user_id}>" for user_id in user_ids)


def _end(facts: ConsoleFacts, place: Place) -> str | None:
    if facts.ends_at is None:
        return None
    verdict = f"{facts.session_over} min over" if facts.session_over > 0 else "in time"
    return f"Session: expected to end {printed(facts.ends_at, place.timezone)}, {verdict}"


def _hint(facts: ConsoleFacts, place: Place) -> str | None:
    """Marked as what it is: the line above is the forecast that everything goes by."""
    if facts.hint is None:
        return None
    more = len(facts.hint.habits) - KINDS_HINTED
    habits = [_habit(kind, habit) for kind, habit in facts.hint.habits[:KINDS_HINTED]]
    told = ", ".join([*habits, *([f"{plural(more, 'more kind')}"] if more > 0 else [])])
    return f"Hint from talks before: {told}; likely end {printed(facts.hint.ends_at, place.timezone)}"


def _habit(kind: str | None, habit: Habit) -> str:
    by = f"{_clock(abs(habit.by))} {'over' if habit.by > timedelta(0) else 'short'} on average"
    return f"{safe(kind, 40) if kind else 'talks of no kind'} {by} (of {habit.talks})"


def _ended(facts: ConsoleFacts, place: Place) -> str | None:
    return f"It ended {printed(facts.ends_at, place.timezone)}." if facts.ends_at else None


def _buttons(session: ExpectedSession, facts: ConsoleFacts, delivery_id: str) -> tuple[Button, ...]:
    """At most one tap a talk: Start first, then Next; the rest is for when things go otherwise."""
    talk = facts.on_stage.talk.id if facts.on_stage else 0

    def button(label: str, action: str, *, primary: bool = False) -> Button:
        custom_id = f"console:{action}:{session.session.id}:{talk}:{facts.last}:{delivery_id}"
        return Button(label, custom_id, primary=primary)

    undo = [button("Undo", "undo")] if facts.last else []
    if facts.is_closed:
        return tuple(undo or [button("Open again", "open")])
    if facts.on_stage is None:
        start = [button("Start", "start", primary=True), button("Skip next", "skip")] if facts.following else []
        return (*start, *undo)
    forward = button("Next", "next", primary=True) if facts.following else button("End session", "next", primary=True)
    paused = facts.on_stage.state is TalkState.PAUSED
    hold = button("Resume", "resume") if paused else button("Pause", "pause")
    skip = [button("Skip next", "skip")] if facts.following else []
    shorten = [button("Rebalance", "rebalance")] if facts.session_over > 0 else []
    return (forward, button("+1 min", "extend"), hold, *skip, *undo, *shorten)


def cue(title: str, mark: timedelta, *, questions: bool, delivery_id: str, session_id: int) -> Message:
    """A time signal: the first words are the whole message on a phone."""
    name = f"**{safe(title, 120)}**"
    if questions:
        text = f"Questions now: {_clock(mark)} left of {name}"
    elif mark > timedelta(0):
        text = f"{_clock(mark)} left: {name}"
    elif mark == timedelta(0):
        text = f"Time is up: {name}"
    else:
        text = f"{length(-mark)} over: {name}"
    return Message(text, (Button("Status", f"clock:{session_id}:{delivery_id}"),))


CLOCK = r"clock:(?P<session>\d+):(?P<delivery>[\w-]{22})"


def ask(title: str, session_id: int, talk_id: int, event_id: int, delivery_id: str) -> Message:
    """Asked once when a clock seems forgotten."""
    tail = f"{session_id}:{talk_id}:{event_id}:{delivery_id}"
    return Message(
        lines(
            f"Is **{safe(title, 150)}** still on stage? It is well over its time.",
            "Without an answer in 3 minutes the clock goes on by the plan; a later tap puts it right.",
        ),
        (Button("Still on stage", f"console:still:{tail}"), Button("Next", f"console:next:{tail}", primary=True)),
    )


def tapped(event: TimingEvent, after: ExpectedSession, place: Place) -> Message:
    """What a tap did and what follows from it, with a button that takes it back."""
    undo = (Button("Undo", f"undo:{after.session.id}:{event.id}"),) if event.kind is not TimingKind.UNDO else ()
    return Message(lines(_did(event, after, place), _follows(after, place)), undo)


def _did(event: TimingEvent, after: ExpectedSession, place: Place) -> str:
    titles = {talk.id: f"“{safe(talk.title, 120)}”" for talk in after.session.talks}
    name, still = titles.get(event.talk_id or 0, "the session"), titles.get(event.leaves or 0)
    at = printed(event.at, place.timezone)
    current = talk_on_stage(after)
    left = _clock(current.time_left if current else None)
    until = printed(current.ends_at, place.timezone) if current else at
    return {
        TimingKind.OPEN: f"{still} is still on stage." if still else OPENED,
        TimingKind.START: f"{name} is on stage since {at}.",
        TimingKind.END: f"{name} ended at {at}.",
        TimingKind.PAUSE: f"{name} is paused with {left} left.",
        TimingKind.RESUME: f"{name} goes on with {left} left.",
        TimingKind.EXTEND: f"{name} {'extended' if event.amount > timedelta(0) else 'shortened'} to {until}.",
        TimingKind.SKIP: f"{name} is skipped.",
        TimingKind.REBALANCE: f"{plural(len(event.lengths), 'talk')} shortened.",
        TimingKind.CLOSE: f"The session is closed at {at}.",
        TimingKind.UNDO: "The last step is taken back.",
    }[event.kind]


def _follows(after: ExpectedSession, place: Place) -> str | None:
    if after.ends_at is None:
        return None
    if after.is_over:
        return f"It ended {printed(after.ends_at, place.timezone)}."
    over = int(over_by(after.session, after) / timedelta(minutes=1))
    verdict = f", {over} min over" if over > 0 else ", in time"
    return f"The session is now expected to end {printed(after.ends_at, place.timezone)}{verdict}."


def edited(after: ExpectedSession, talk_id: int, place: Place) -> Message:
    """What a change of the plan made of a talk, and what follows from it."""
    expected = next(e for e in after.talks if e.talk.id == talk_id)
    when = f"{printed(expected.starts_at, place.timezone)} to {printed(expected.ends_at, place.timezone)}"
    return Message(lines(f"“{safe(expected.talk.title, 120)}” is now expected {when}.", _follows(after, place)))


def status(session: ExpectedSession, facts: ConsoleFacts, place: Place) -> Message:
    """How the clock stands, for one person."""
    head = f"**{safe(session.session.title, 150)}**"
    if facts.is_closed:
        return Message(lines(head, "The session is over.", _ended(facts, place)))
    told = (head, *_on_stage(facts, place), *_following(facts, place), _end(facts, place))
    return Message(_with_hint(told, facts, place))


def rebalance_preview(
    session: ExpectedSession, lengths: list[tuple[int, timedelta]], saved: timedelta, stays_over: timedelta
) -> Message:
    """What a rebalance would do, with the question whether to."""
    talks = {talk.id: talk for talk in session.session.talks}
    shown = [f"- {safe(talks[key].title, 80)}: {_clock(new)}" for key, new in lengths[:12] if key in talks]
    more = f"… and {len(lengths) - 12} more" if len(lengths) > 12 else None  # noqa: PLR2004 - as many as are shown
    over = f"{_clock(stays_over)} stays over: no talk goes below 1:00." if stays_over > timedelta(0) else None
    confirm = Button("Shorten them", f"confirm:rebalance:{session.session.id}:0:0", primary=True)
    head = f"Shortening what remains would save {_clock(saved)}:"
    return Message(lines(head, *shown, more, over), (confirm,))


def confirm_extension(refusal: str, session_id: int, talk_id: int, seconds: int) -> Message:
    """Ask before time is taken away that is not there."""
    return Message(refusal, (Button("Do it", f"confirm:extend:{session_id}:{talk_id}:{seconds}", primary=True),))


def _clock(span: timedelta | None) -> str:
    """`4:30`."""
    seconds = int((span or timedelta(0)).total_seconds())
    sign = "-" if seconds < 0 else ""
    return f"{sign}{abs(seconds) // 60}:{abs(seconds) % 60:02}"
