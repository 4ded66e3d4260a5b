"""The tables of a conference; docs/data.md describes each column."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from bot.conference_report.columns import Column, Form, Table, a_moment, made
from bot.rules.conference_report import AskedQuestion, ConferenceDelivery, ConferenceReport, ConferenceSession, room_of
from bot.rules.questions import QuestionCounts
from bot.rules.run import TimingEvent
from bot.rules.session_report import ReportedTalk

_COUNTS = ("entered", "asked", "answered", "left", "dismissed", "merged")


class _Spoken(NamedTuple):
    """A talk in its session."""

    session: ConferenceSession
    talk: ReportedTalk


class _Tapped(NamedTuple):
    """A timing event in its session."""

    session_id: int
    event: TimingEvent


class _Sent(NamedTuple):
    """A delivery and its place in the table."""

    number: int
    delivery: ConferenceDelivery


def tables(report: ConferenceReport) -> tuple[Table, ...]:
    """All tables of a conference."""
    spoken = [_Spoken(each, talk) for each, talk in report.talks()]
    tapped = [_Tapped(each.report.session.id, event) for each in report.sessions for event in each.events]
    tapped.sort(key=lambda one: one.event.id)
    sent = [_Sent(number, delivery) for number, delivery in enumerate(report.deliveries, 1)]
    zone = report.timezone
    return (
        made("sessions", _SESSIONS, report.sessions, zone),
        made("talks", _TALKS, spoken, zone),
        made("timing_events", _TIMING_EVENTS, tapped, zone),
        made("questions", _QUESTIONS, report.questions, zone),
        made("deliveries", _DELIVERIES, sent, zone),
    )


def _session_counts(name: str) -> Column[ConferenceSession]:
    return Column(f"questions_{name}", Form.NUMBER, lambda each: _figure(each.report.figures.questions, name))


def _talk_counts(name: str) -> Column[_Spoken]:
    return Column(f"questions_{name}", Form.NUMBER, lambda each: _figure(each.talk.questions, name))


def _figure(counts: QuestionCounts, name: str) -> int:
    figure: int = getattr(counts, name)
    return figure


def _actual_start(each: ConferenceSession) -> datetime | None:
    return min((talk.starts_at for talk in each.report.talks if talk.starts_at is not None), default=None)


def _actual_end(each: ConferenceSession) -> datetime | None:
    """None while the session goes on."""
    ends = [talk.ends_at for talk in each.report.talks if talk.ends_at is not None]
    return max(ends, default=None) if each.report.is_over else None


def _longest(each: ConferenceSession) -> tuple[int | None, timedelta | None]:
    """The talk that ran over by most, and by how much."""
    longest = each.report.figures.longest
    return (longest.talk.id, longest.overran) if longest else (None, None)


_SESSIONS: list[Column[ConferenceSession]] = [
    Column("session_id", Form.NUMBER, lambda each: each.report.session.id),
    Column("title", Form.TEXT, lambda each: each.report.session.title),
    Column("room", Form.TEXT, lambda each: each.report.session.room),
    Column("moderator", Form.TEXT, lambda each: each.report.session.moderator),
    *a_moment("planned_start", lambda each: each.report.session.starts_at),
    *a_moment("planned_end", lambda each: each.planned_end),
    *a_moment("actual_start", _actual_start),
    *a_moment("actual_end", _actual_end),
    Column("timed", Form.FLAG, lambda each: each.report.is_timed),
    Column("over", Form.FLAG, lambda each: each.is_over),
    Column("started_late_seconds", Form.SPAN, lambda each: each.report.figures.started_late),
    Column("ended_late_seconds", Form.SPAN, lambda each: each.report.figures.ended_late),
    Column("recovered_seconds", Form.SPAN, lambda each: each.report.figures.recovered),
    Column("longest_overrun_talk_id", Form.NUMBER, lambda each: _longest(each)[0]),
    Column("longest_overrun_seconds", Form.SPAN, lambda each: _longest(each)[1]),
    Column("paused_seconds", Form.SPAN, lambda each: each.report.figures.paused),
    Column("extended_seconds", Form.SPAN, lambda each: each.report.figures.extended),
    Column("talks", Form.NUMBER, lambda each: sum(not talk.talk.is_break for talk in each.report.talks)),
    Column("talks_timed", Form.NUMBER, lambda each: each.report.figures.timed),
    Column("talks_assumed", Form.NUMBER, lambda each: each.report.figures.assumed),
    Column("talks_skipped", Form.NUMBER, lambda each: each.report.figures.skipped),
    Column("talks_cancelled", Form.NUMBER, lambda each: each.report.figures.cancelled),
    *map(_session_counts, _COUNTS),
]

_TALKS: list[Column[_Spoken]] = [
    Column("talk_id", Form.NUMBER, lambda each: each.talk.talk.id),
    Column("session_id", Form.NUMBER, lambda each: each.session.report.session.id),
    Column("number", Form.NUMBER, lambda each: each.talk.number),
    Column("title", Form.TEXT, lambda each: each.talk.talk.title),
    Column("kind", Form.TEXT, lambda each: each.talk.talk.kind),
    Column("speakers", Form.TEXT, lambda each: "; ".join(each.talk.talk.speakers) or None),
    Column("room", Form.TEXT, lambda each: room_of(each.session, each.talk) or None),
    Column("break", Form.FLAG, lambda each: each.talk.talk.is_break),
    *a_moment("planned_start", lambda each: each.talk.talk.starts_at),
    *a_moment("planned_end", lambda each: each.talk.talk.ends_at),
    *a_moment("actual_start", lambda each: each.talk.starts_at),
    *a_moment("actual_end", lambda each: each.talk.ends_at),
    Column("state", Form.TEXT, lambda each: each.talk.state.value),
    Column("timed", Form.FLAG, lambda each: each.talk.is_timed),
    Column("assumed", Form.FLAG, lambda each: each.talk.assumed),
    Column("times_on_stage", Form.NUMBER, lambda each: len(each.talk.stints)),
    Column("planned_seconds", Form.SPAN, lambda each: each.talk.planned),
    Column("allotted_seconds", Form.SPAN, lambda each: each.session.allotted.get(each.talk.talk.id)),
    Column("took_seconds", Form.SPAN, lambda each: each.talk.took),
    Column("drift_seconds", Form.SPAN, lambda each: each.talk.drift),
    Column("overran_seconds", Form.SPAN, lambda each: each.talk.overran),
    Column("paused_seconds", Form.SPAN, lambda each: each.talk.paused),
    Column("extended_seconds", Form.SPAN, lambda each: each.talk.extended),
    *map(_talk_counts, _COUNTS),
]

_TIMING_EVENTS: list[Column[_Tapped]] = [
    Column("event_id", Form.NUMBER, lambda each: each.event.id),
    Column("session_id", Form.NUMBER, lambda each: each.session_id),
    Column("talk_id", Form.NUMBER, lambda each: each.event.talk_id),
    Column("kind", Form.TEXT, lambda each: each.event.kind.value),
    *a_moment("at", lambda each: each.event.at),
    *a_moment("tapped_at", lambda each: each.event.tapped_at),
    Column("moderator", Form.NUMBER, lambda each: each.event.by),
    Column("leaves_talk_id", Form.NUMBER, lambda each: each.event.leaves),
    Column("amount_seconds", Form.SPAN, lambda each: each.event.amount or None),
    Column("lengths", Form.TEXT, lambda each: _lengths(each.event)),
    Column("undoes_event_id", Form.NUMBER, lambda each: each.event.undoes),
]


def _lengths(event: TimingEvent) -> str | None:
    """`12: 240; 13: 90.5`: talks and their new lengths in seconds."""
    return "; ".join(f"{key}: {length.total_seconds():g}" for key, length in event.lengths) or None


_QUESTIONS: list[Column[AskedQuestion]] = [
    Column("question_id", Form.NUMBER, lambda each: each.id),
    Column("session_id", Form.NUMBER, lambda each: each.session_id),
    Column("talk_id", Form.NUMBER, lambda each: each.talk_id),
    Column("state", Form.TEXT, lambda each: each.state.value),
    *a_moment("entered_at", lambda each: each.entered_at),
    *a_moment("asked_at", lambda each: each.asked_at),
    Column("pinned", Form.FLAG, lambda each: each.pinned),
    Column("votes", Form.NUMBER, lambda each: each.votes),
    Column("merged_into", Form.NUMBER, lambda each: each.merged_into),
]

_DELIVERIES: list[Column[_Sent]] = [
    Column("number", Form.NUMBER, lambda each: each.number),
    Column("session_id", Form.NUMBER, lambda each: each.delivery.session_id),
    Column("talk_id", Form.NUMBER, lambda each: each.delivery.talk_id),
    Column("kind", Form.TEXT, lambda each: each.delivery.kind),
    Column("direct", Form.FLAG, lambda each: each.delivery.is_direct),
    # as text: spreadsheets and JavaScript would round so large a number
    Column("channel_id", Form.TEXT, lambda each: each.delivery.channel_id and str(each.delivery.channel_id)),
    Column("state", Form.TEXT, lambda each: each.delivery.state),
    Column("lead_seconds", Form.SPAN, lambda each: each.delivery.lead),
    *a_moment("due_at", lambda each: each.delivery.due_at),
    Column("sent_at", Form.MOMENT, lambda each: each.delivery.sent_at),
    Column("lateness_seconds", Form.SPAN, lambda each: each.delivery.lateness),
    Column("attempts", Form.NUMBER, lambda each: each.delivery.attempts),
]
