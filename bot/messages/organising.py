"""Answers for those who manage a server: what an import found, what is set, how deliveries stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.errors import ChairsideError, NotAllowedError, ScheduleError
from bot.messages.message import Message, import_buttons
from bot.messages.programme_changes import change_lines
from bot.messages.text import dotted, fitting, lines, plural, safe
from bot.messages.times import day_name, printed, readers_date, relative
from bot.messages.typed import error_line
from bot.rules.following import Follows
from bot.rules.programme_diff import TalkChange
from bot.schedules.schedule import Schedule

SESSIONS_SHOWN = 8
WARNINGS_SHOWN = 3
VANISHES = "**More than a third of the talks that are stored are not in this file.** Is it the whole programme?"
LONG_OVER = (
    "This programme ended more than a week ago: nothing is announced, and it is archived within the hour. "
    "If its year is wrong, import it again with {year}"
)
SOURCES_SHOWN = 4
MODERATORS_SHOWN = 5


_LONG_OVER = LONG_OVER.format(year="year:")


@dataclass(frozen=True, slots=True)
class ImportCounts:
    """What an import changes, or changed."""

    conference: str
    source: str
    timezone: str
    added: int
    changed: int
    removed: int
    unchanged: int
    channel_is_set: bool
    changes: tuple[TalkChange, ...] = ()
    vanishes: bool = False
    sessions_changed: int = 0
    changes_nothing: bool = False
    is_long_over: bool = False


def import_preview(schedule: Schedule, counts: ImportCounts, pending_id: str) -> Message:
    """What a file holds and what importing it would change, with the question whether to."""
    if counts.changes_nothing:
        return difference(schedule, counts)
    return Message(_found(schedule, counts), import_buttons(pending_id))


def difference(schedule: Schedule, counts: ImportCounts) -> Message:
    """What a file holds and what importing it would change."""
    if counts.changes_nothing:
        return Message(_found(schedule, counts, "Nothing to import: all of this is stored already."))
    return Message(_found(schedule, counts))


def _found(schedule: Schedule, counts: ImportCounts, *last: str) -> str:
    page = schedule.page_timezone
    head = lines(
        f"**{plural(len(schedule.talks), 'talk')}** in {plural(len(schedule.sessions), 'session')}, "
        f"for “{safe(counts.conference, 100)}”",
        f"Venue's zone: {counts.timezone}"
        + (f"; the page prints {page}" if page not in (None, counts.timezone) else ""),
        _change_line(counts),
        VANISHES if counts.vanishes else None,
        _LONG_OVER if counts.is_long_over else None,
    )
    is_first = not (counts.changed or counts.removed or counts.unchanged)
    told = [] if is_first else change_lines(counts.changes, counts.timezone, schedule.page_timezone)
    items = told or [
        _session_line(schedule, index, counts.timezone) for index in range(min(len(schedule.sessions), SESSIONS_SHOWN))
    ]
    rest = 0 if told else len(schedule.sessions) - len(items)
    items += [f"… and {plural(rest, 'more session')}"] if rest else []
    items += [f"Note: {safe(warning, 200)}" for warning in schedule.warnings[:WARNINGS_SHOWN]]
    more = len(schedule.warnings) - WARNINGS_SHOWN
    items += [f"… and {plural(more, 'more note')}"] if more > 0 else []
    return fitting(head, [*items, *last], "… and {} more")


def _session_line(schedule: Schedule, index: int, timezone: str) -> str:
    session = schedule.sessions[index]
    page = schedule.page_timezone
    return "- " + dotted(
        f"**{safe(session.title, 100)}**",
        safe(session.room, 60) if session.room and not session.is_named_after_room else None,
        f"{day_name(session.starts_at, timezone)}, {printed(session.starts_at, timezone, page)} to "
        f"{printed(session.ends_at, timezone, page)}",
        plural(len(session.talks), "talk"),
        f"moderator {safe(session.moderator, 80)}" if session.moderator else None,
    )


def _change_line(counts: ImportCounts) -> str:
    parts = [
        f"{counts.added} new" if counts.added else None,
        f"{counts.changed} changed" if counts.changed else None,
        f"{counts.removed} no longer in the file (kept as cancelled)" if counts.removed else None,
        f"{counts.unchanged} unchanged" if counts.unchanged else None,
    ]
    talks = "Talks: " + (", ".join(part for part in parts if part) or "none")
    sessions = f"{plural(counts.sessions_changed, 'session')} with another title, room or moderator"
    return f"{talks}; {sessions}" if counts.sessions_changed else talks


def imported(counts: ImportCounts) -> Message:
    """What was stored, and what is still missing before it is announced."""
    next_step = (
        "Reminders go out by themselves; /status now shows the next one."
        if counts.channel_is_set
        else "No channel is set yet, so nothing will be posted: choose one with /setup channel."
    )
    if counts.is_long_over:
        next_step = _LONG_OVER
    return Message(lines(f"Imported into “{safe(counts.conference, 100)}”. {_change_line(counts)}.", next_step))


def exported(talks: int, conference: str) -> str:
    """What the file holds that stands beside it."""
    return f"{plural(talks, 'talk')} of “{safe(conference, 100)}”. Importing this file again changes nothing."


_SWITCHES = (
    ("--day-first or --month-first", "dates: day first or dates: month first"),
    ("--timezone", "timezone:"),
    ("--year", "year:"),
)
"""What the command line calls the options of /schedule import."""


def refusal(error: ChairsideError) -> Message:
    """One line: what is wrong, where, and what to do."""
    text = str(error)
    if isinstance(error, ScheduleError):
        for switch, option in _SWITCHES:
            text = text.replace(switch, option)
    who = _who_may(error) if isinstance(error, NotAllowedError) else None
    return Message(" ".join(filter(None, (error_line(text), who))))


def _who_may(error: NotAllowedError) -> str | None:
    """The moderators as Discord shows them; an answer to one person alone pings nobody."""
    people = [f"<@{user_id}>" for user_id in error.user_ids[:MODERATORS_SHOWN]]
    role = [f"members of <@&{error.role_id}>"] if error.role_id else []
    return f"They are: {', '.join([*people, *role])}." if people or role else None


def status(
    *,
    by_state: dict[str, int],
    next_due_at: datetime | None,
    blocked: str | None,
    late_reasons: Sequence[str],
    worst_lateness_ms: float | None,
    problems: Sequence[str],
    paused_at: datetime | None = None,
) -> Message:
    """How deliveries stand, in words: what is sent, what waits, what went wrong and why."""
    sent, waiting = by_state.get("sent", 0), by_state.get("pending", 0)
    items = [
        f"**Paused** since {readers_date(paused_at)}: nothing is posted until /status resume." if paused_at else None,
        f"Posted: {sent}"
        + (f", the latest at most {worst_lateness_ms:.0f} ms after its moment" if worst_lateness_ms else ""),
        f"Waiting: {waiting}" + (f", the next {relative(next_due_at)}" if next_due_at else ""),
        f"Held back: {by_state.get('blocked', 0)}. {safe(blocked or '', 300)}" if by_state.get("blocked") else None,
        f"Given up: {by_state.get('skipped', 0) + by_state.get('failed', 0)}"
        if by_state.get("skipped") or by_state.get("failed")
        else None,
        *(f"- {safe(reason, 200)}" for reason in late_reasons),
        *(f"**To put right:** {problem}" for problem in problems),
        "Everything is in order." if not problems and not blocked and not paused_at else None,
    ]
    return Message(fitting("**Status**", [item for item in items if item], "… and {} more"))


def paused(since: datetime) -> Message:
    """What a pause does, and how it ends."""
    return Message(
        f"Paused since {readers_date(since)}: nothing is posted or edited on this server, consoles and direct messages "
        "included. Clocks go on. /status resume ends it; what still helps then is posted."
    )


def resumed(*, was_paused: bool) -> Message:
    """That posting goes on."""
    if not was_paused:
        return Message("Posting was not paused.")
    return Message("Posting again. What came too late meanwhile is left out; messages that stand are put right.")


@dataclass(frozen=True, slots=True)
class FollowedShown:
    """An address that a schedule comes from, without its secrets; `problem` is why it was not fetched the last time."""

    url: str
    follows: Follows
    problem: str | None = None


_FOLLOWING = {
    Follows.ASK: "looked at every 10 minutes, changes are asked about",
    Follows.APPLY: "looked at every 10 minutes, changes apply by themselves",
    Follows.NEVER: "not looked at again",
}


def schedule_overview(entries: Sequence[str], followed: Sequence[FollowedShown] = ()) -> Message:
    """The sessions that are stored, one a line, and the addresses that they come from."""
    if not entries:
        return Message("No programme is stored. Import one with /schedule import.")
    sources = [
        dotted(
            f"From {safe(source.url, 100)}: {_FOLLOWING[source.follows]}",
            f"**it could not be fetched: {safe(source.problem, 200)}**" if source.problem else None,
        )
        for source in followed
    ]
    head = lines(f"**{plural(len(entries), 'session')}** stored", *sources[:SOURCES_SHOWN])
    return Message(fitting(head, list(entries), "… and {} more"))


HELP = Message(
    lines(
        "**Chairside** announces each talk of a conference session here, in your own local time.",
        "",
        "For everyone:",
        "- /now: what is on stage",
        "- /upnext: what comes next",
        "- /agenda: the day's programme, of a room, or what is on now and next",
        "- /talk: find a talk by words of its title, people or abstract",
        "- /remind add: a direct message before a talk, session, speaker or word; /remind list: yours; /remind remove",
        "- /mytimezone: times in your own zone as well",
        "- /ask: put a question in the queue of the talk on stage, or of another; anonymously, if you like",
        "- /questions list: a talk's questions, and your votes; /questions mine: what became of yours",
        "- /privacy show: what is stored about you; /privacy delete: remove it",
        "- /speaker link: say that you speak in a talk; /speaker checkin: say that you are here",
        "",
        "For moderators:",
        "- /session console: where a session's console is; its buttons run the clock; open, close, handover, edit",
        "- /session stage: the secret link to a countdown for the hall's screen; managers: for lobby and room, too",
        "- /session report: what happened, as a picture and in words; it comes by itself at the end",
        "- /timer: start, next, end, pause, resume, extend, skip, undo, rebalance, status",
        "- /qa: list, next, answered, dismiss, pin, merge, approve, undo, open, close, order, export",
        "",
        "For managers of this server:",
        "- /setup start: all settings, step by step; /setup check: which box to tick where",
        "- /setup questions: how questions are taken; /setup board: all rooms in one message",
        "- /setup events: sessions in the server's list of events, and what is on as a stage's topic",
        "- /schedule import: store a programme, from a file or an address; /schedule show: what is stored",
        "- /schedule diff, edit, undo, export: compare it, change it, take changes back, hand it on",
        "- /status now: what was posted, what waits, what went wrong; /status audit: who did what",
        "- /status pause, resume: post nothing on this server for a while",
    )
)
