"""What the moderators' place is owed: the console, time signals, and the question whether a clock was forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.rules.cues import CueSettings, owed_cues
from bot.rules.hints import Hint
from bot.rules.programme import ExpectedSession, ExpectedTalk, fingerprint, next_change
from bot.rules.reminders import Kind, Owed, Place
from bot.rules.run import ANSWER_TIME, Run, asks_at, rolled_on
from bot.rules.speakers import Presence, Speaker, presence
from bot.rules.taps import following_talk, talk_on_stage
from bot.rules.timing import MINUTE, over_by

CONSOLE_AHEAD = timedelta(minutes=15)
CONSOLE_STAYS = timedelta(hours=1)
"""How long after a session that nobody ran its console is still worth posting."""


@dataclass(frozen=True, slots=True)
class ConsoleFacts:
    """What the console shows; it changes only when one of these does, and then it is edited, the hint apart.

    Attributes:
        runs_out_at: when the time of the talk on stage is up; may be past.
        over: whole minutes that the talk on stage is over its time.
        late: the drift of the talk on stage, in whole minutes.
        session_over: whole minutes that the forecast end is past the planned end; below zero is early.
        last: the last event, which Undo takes back; 0 if there is none.
        presence: who of the speakers is here.
        hint: what the past says; it is as it was when the console was last drawn for anything else.
    """

    on_stage: ExpectedTalk | None
    following: ExpectedTalk | None
    runs_out_at: datetime | None
    over: int
    late: int
    ends_at: datetime | None
    session_over: int
    last: int
    is_open: bool
    is_closed: bool
    presence: Presence = field(default_factory=Presence)
    hint: Hint | None = None


def console_facts(
    session: ExpectedSession, run: Run, now: datetime, speakers: Sequence[Speaker] = (), hint: Hint | None = None
) -> ConsoleFacts:
    """What the console shows at a moment."""
    current = talk_on_stage(session)
    left = current.time_left if current else None
    return ConsoleFacts(
        on_stage=current,
        following=following_talk(session),
        runs_out_at=now + left if left is not None else None,
        over=max(0, -left // MINUTE) if left is not None else 0,
        late=_minutes(current.drift) if current and current.drift is not None else 0,
        ends_at=session.ends_at,
        session_over=_minutes(over_by(session.session, session)),
        last=run.last.id if run.last else 0,
        is_open=run.opened_at is not None,
        is_closed=run.closed_at is not None or session.is_over,
        presence=presence(session, speakers, following_talk(session)),
        hint=hint,
    )


def goes_on_by_itself_at(session: ExpectedSession, run: Run, now: datetime, *, guard: bool) -> datetime | None:
    """When the console of a forgotten clock next shows another talk: nobody taps, and nothing is owed otherwise."""
    forgotten = guard and run.is_started and run.closed_at is None
    return next_change([session], now) if forgotten and rolled_on(session.session, run, now).is_forgotten else None


def _minutes(span: timedelta) -> int:
    """Whole minutes, towards zero."""
    return int(span / MINUTE)


def owed_console(
    session: ExpectedSession, run: Run, place: Place, now: datetime, speakers: Sequence[Speaker] = ()
) -> list[Owed]:
    """The session's one console message; it appears before the session, or when somebody opens it."""
    planned = [talk for talk in session.session.talks if not talk.cancelled]
    if not planned:
        return []
    appears_at = min(talk.starts_at for talk in planned) - CONSOLE_AHEAD
    ends_at = max(talk.ends_at for talk in planned)
    opened = run.opened_at is not None
    return [
        Owed(
            server_id=place.server_id,
            channel_id=place.channel_id,
            kind=Kind.CONSOLE,
            subject=f"session-{session.session.id}",
            session_id=session.session.id,
            due_at=min(appears_at, run.opened_at) if run.opened_at else appears_at,
            expires_at=None if opened else ends_at + CONSOLE_STAYS,
            text=_shown(console_facts(session, run, now, speakers), place),
        )
    ]


def _shown(facts: ConsoleFacts, place: Place) -> str:
    """Digest of what the console shows; moments that move with the clock count by the minute."""
    talk = facts.on_stage
    parts: list[object] = [place.timezone, facts.last, facts.is_open, facts.is_closed, facts.session_over, facts.late]
    if talk is not None:
        moving = talk.state.value if facts.over or talk.state.value == "paused" else facts.runs_out_at
        parts += [talk.talk.id, talk.talk.title, talk.talk.speakers, talk.assumed, facts.over, moving]
    if facts.following is not None:
        parts += [facts.following.talk.id, facts.following.talk.title, facts.following.talk.speakers]
    here = facts.presence
    if here != Presence():
        later = [(user_id, f"{moment:%d %H:%M}") for user_id, moment in here.missing_later]
        parts += [here.here, here.missing, later, here.more]
    return fingerprint(parts)


def owed_signals(
    session: ExpectedSession, run: Run, place: Place, now: datetime, settings: CueSettings, *, guard: bool = True
) -> list[Owed]:
    """The time signals of the talk on stage, and the question whether it is still going on if nobody taps."""
    planned = session.session
    cues = [
        Owed(
            server_id=place.server_id,
            channel_id=place.channel_id,
            kind=Kind.CUE,
            subject=f"talk-{cue.talk_id}-{cue.stint}-{int(cue.mark.total_seconds())}",
            session_id=planned.id,
            talk_ids=(cue.talk_id,),
            revision=cue.revision,
            due_at=cue.due_at,
            expires_at=cue.expires_at,
            details={"mark": str(cue.mark.total_seconds()), "questions": "yes" if cue.is_questions else ""},
        )
        for cue in owed_cues(planned, run, now, settings, guard=guard)
    ]
    return [*cues, *(_question(session, run, place) if guard else [])]


def _question(session: ExpectedSession, run: Run, place: Place) -> list[Owed]:
    asked = asks_at(session.session, run)
    stint = run.on_stage
    if asked is None or stint is None:
        return []
    return [
        Owed(
            server_id=place.server_id,
            channel_id=place.channel_id,
            kind=Kind.ASK,
            subject=f"talk-{stint.talk_id}-{stint.number}",
            session_id=session.session.id,
            talk_ids=(stint.talk_id,),
            revision=run.last.id if run.last else 0,
            due_at=asked,
            expires_at=asked + ANSWER_TIME,
        )
    ]
