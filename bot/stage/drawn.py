"""What the pages are told of a session and of a conference, as JSON: instants, the venue's times, and words.

Texts stay as people wrote them, without the characters that turn the direction of what follows; the page sets them as
text, never as HTML.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.messages.stage_words import CANCELLED, PHASE_WORDS, ended_words, late_words, plain, signal_words
from bot.messages.text import at_a_glance, plural
from bot.messages.times import day_name
from bot.rules.lobby_view import Item, Room
from bot.rules.programme import PlannedTalk
from bot.rules.questions import askers
from bot.rules.stage_view import Phase, Shown, StageState
from bot.services.stage_views import AskedNow, LobbyView, StageView
from bot.stage.feed import Json
from bot.timezones import abbreviation, local

QUESTION_SHOWN, TITLE_SHOWN, NAME_SHOWN = 600, 300, 60


def stage(view: StageView) -> Json:
    """A session's page."""
    state, session, zone = view.state, view.placed.session, view.placed.timezone
    return {
        "session": plain(session.title, TITLE_SHOWN),
        "room": plain(session.room or "", NAME_SHOWN),
        **_zone(view.now, zone),
        **_countdown(state),
        **(dict.fromkeys(("label", "then"), CANCELLED) if session.is_cancelled else {}),
        "on": _shown(state.on),
        "next": _shown(state.following),
        "nextAt": _when(state.follows_at, view.now, zone) if state.following else "",
        "late": late_words(state.late) if state.phase is not Phase.OVER else "",
        "ends": _ends(state, zone),
        "question": _question(view.asked),
    }


def nothing() -> Json:
    """The page of a session of which no talk is left."""
    blank = dict.fromkeys(("session", "room", "zone", "day", "nextAt", "late", "ends"), "")
    absent = dict.fromkeys(("on", "next", "question"))
    return {**blank, **absent, "offset": 0, **_countdown(StageState(Phase.OVER))}


def lobby(view: LobbyView) -> Json:
    """A conference's page."""
    state, zone = view.state, view.timezone
    return {
        "conference": plain(view.conference, TITLE_SHOWN),
        **_zone(view.now, zone),
        "shownDay": f"{state.day:%a} {state.day.day} {state.day:%B %Y}" if state.day else "",
        "rooms": [_room(room, zone) for room in state.rooms],
        "over": [plain(name, NAME_SHOWN) or "without a room" for name in state.over],
    }


def _zone(now: datetime, zone: str) -> Json:
    """By which the page draws the venue's clock: what it is ahead of UTC, in minutes."""
    there = local(now, zone)
    offset = there.utcoffset() or timedelta(0)
    return {
        "zone": abbreviation(now, zone),
        "offset": int(offset / timedelta(minutes=1)),
        "day": day_name(now, zone),
    }


def _countdown(state: StageState) -> Json:
    label, then = PHASE_WORDS[state.phase]
    return {
        "phase": state.phase.value,
        "label": "By the plan" if state.by_plan else label,
        "then": "By the plan its time is up" if state.by_plan else then,
        "to": _milliseconds(state.counts_to),
        "left": int(state.left / timedelta(milliseconds=1)) if state.left is not None else None,
        "signals": [
            {"mark": int(s.mark / timedelta(milliseconds=1)), "level": s.level.value, "words": signal_words(s)}
            for s in state.signals
        ],
    }


def _milliseconds(moment: datetime | None) -> int | None:
    return round(moment.timestamp() * 1000) if moment else None


def _shown(shown: Shown | None) -> Json | None:
    if shown is None:
        return None
    return {**_talk(shown.talk), "beside": _beside(shown.beside)}


def _talk(talk: PlannedTalk) -> Json:
    named = [plain(name, NAME_SHOWN) for name in talk.speakers]
    return {"title": plain(talk.title, TITLE_SHOWN), "speakers": _credited([name for name in named if name])}


def _beside(more: int) -> str:
    return f"and {more} more at the same time" if more else ""


def _credited(people: Sequence[str]) -> Json:
    shown, more = at_a_glance(people)
    return {"names": list(shown), "more": f"{more} more" if more else ""}


def _question(asked: AskedNow | None) -> Json | None:
    """Whom it is from is told as far as the room reads that on Discord."""
    if asked is None:
        return None
    names, hidden = askers(asked.group)
    by = _credited([plain(name, NAME_SHOWN) for name in names]) if asked.names_askers else _credited([])
    anonymously = ("anonymously" if not names else f"{hidden} anonymously") if hidden and asked.names_askers else ""
    return {"text": plain(asked.question.text, QUESTION_SHOWN), "by": by, "anonymously": anonymously}


def _ends(state: StageState, zone: str) -> str:
    if state.planned_end is None or state.expected_end is None or state.phase is Phase.OVER:
        return ""
    return ended_words(_time(state.expected_end, zone), _time(state.planned_end, zone))


def _time(moment: datetime | None, zone: str) -> str:
    return f"{local(moment, zone):%H:%M}" if moment else ""


def _when(moment: datetime | None, now: datetime, zone: str) -> str:
    """With the day, unless it is today's."""
    is_today = moment is None or local(moment, zone).date() == local(now, zone).date()
    return _time(moment, zone) if moment is None or is_today else f"{day_name(moment, zone)}, {_time(moment, zone)}"


def _room(room: Room, zone: str) -> Json:
    return {
        "name": plain(room.name, NAME_SHOWN) or "without a room",
        "on": _item(room.on, zone, is_on=True),
        "next": _item(room.following, zone, is_on=False),
    }


def _item(item: Item | None, zone: str, *, is_on: bool) -> Json | None:
    if item is None:
        return None
    time = _time(item.at, zone)
    if is_on:
        time = "paused" if item.is_paused else f"was to end {time}" if item.is_over_time else f"until {time}"
    more = f"and {plural(item.beside, 'more talk')}" if item.beside else ""
    return {**_talk(item.expected.talk), "time": time, "late": late_words(item.late), "beside": more}
