"""A recorded session as JSON, and read again: what comes from a stranger is checked, and refused in one line."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, fields
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import ValidationError

from bot.errors import LogError
from bot.rules.run import TimingEvent
from bot.rules.session_log import (
    LoggedChange,
    LoggedDelivery,
    LoggedPlan,
    LoggedQuestion,
    LoggedQueue,
    LoggedSettings,
    LoggedStep,
    SessionLog,
    planned,
)
from bot.rules.session_log_form import Event, File

VERSION = 1
YEARS = range(1980, 2100)
MAX_BYTES = 10_000_000
_WRITE_ONE = "Write it with: chairside export log --session ID --out FILE"


def as_json_file(log: SessionLog) -> bytes:
    """A log as a file: UTF-8, moments RFC 3339 in UTC to the microsecond, spans in seconds."""
    stored = {"chairside_log": VERSION, **{f.name: getattr(log, f.name) for f in fields(log)}}
    stored["plans"] = [{**asdict(plan), "programme": plan.programme} for plan in log.plans]
    stored["settings"] = asdict(log.settings)
    stored["events"] = [_event_json(event) for event in log.events]
    for name in ("questions", "steps", "queues", "deliveries"):
        stored[name] = [asdict(each) for each in getattr(log, name)]
    return (json.dumps(stored, ensure_ascii=False, indent=1, default=_plain) + "\n").encode()


def _plain(value: object) -> str:
    if not isinstance(value, datetime):
        raise TypeError(f"{type(value).__name__} is no JSON value")
    return value.astimezone(UTC).isoformat()


def _event_json(event: TimingEvent) -> dict[str, Any]:
    return {
        "number": event.id,
        "kind": event.kind.value,
        "at": event.at,
        "tapped_at": event.tapped_at,
        "talk": event.talk_id,
        "leaves": event.leaves,
        "by": event.by,
        "amount": event.amount.total_seconds(),
        "lengths": [[talk, length.total_seconds()] for talk, length in event.lengths],
        "undoes": event.undoes,
    }


def read_log(content: bytes) -> SessionLog:
    """The recorded session that a file holds.

    Raises:
        LogError: it holds none, one of another version, or something in it cannot be.
    """
    if len(content) > MAX_BYTES:
        raise LogError(f"the file has more than {MAX_BYTES // 1_000_000} MB", do=_WRITE_ONE)
    try:
        stored = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise LogError("this is not JSON", do=_WRITE_ONE) from error
    version = stored.get("chairside_log") if isinstance(stored, dict) else None
    if version is None:
        raise LogError("this is not a recorded session", do=_WRITE_ONE)
    if type(version) is not int or version != VERSION:
        shown = repr(version)[:40]
        raise LogError(f"this log is of version {shown}, and {VERSION} is known here", do="Use a newer Chairside")
    try:
        file = File.model_validate_json(content)
    except ValidationError as error:
        raise _refusal(error) from error
    log = _log_of(file, stored)
    _check(log)
    return log


def _refusal(error: ValidationError) -> LogError:
    """The first thing that is wrong, by its place: `events 4, tapped_at`."""
    wrong = error.errors(include_url=False, include_context=False, include_input=False)[0]
    parts: list[str] = []
    for part in wrong["loc"]:
        if isinstance(part, int) and parts:
            parts[-1] += f" {part + 1}"
        else:
            parts.append(str(part)[:40])
    return LogError(wrong["msg"].rstrip("."), where=", ".join(parts) or None, do="Export the session's log again")


def _log_of(file: File, stored: dict[str, Any]) -> SessionLog:
    programmes = [plan["programme"] for plan in stored["plans"]]
    return SessionLog(
        starts_at=file.starts_at,
        until=file.until,
        timezone=file.timezone,
        page_timezone=file.page_timezone,
        plans=tuple(
            LoggedPlan(plan.at, plan.how, tuple(plan.talks), programme)
            for plan, programme in zip(file.plans, programmes, strict=True)
        ),
        settings=LoggedSettings(
            **{
                **file.settings.model_dump(),
                "lead_minutes": tuple(file.settings.lead_minutes),
                "ladders": {kind: tuple(marks) for kind, marks in file.settings.ladders.items()},
            }
        ),
        events=tuple(_event_of(event) for event in file.events),
        questions=tuple(LoggedQuestion(**each.model_dump()) for each in file.questions),
        steps=tuple(
            LoggedStep(
                **each.model_dump(exclude={"changes", "kind"}),
                kind=each.kind.value,
                changes=tuple(LoggedChange(**{**c.model_dump(), "state": c.state.value}) for c in each.changes),
            )
            for each in file.steps
        ),
        queues=tuple(LoggedQueue(**{**each.model_dump(), "phase": each.phase.value}) for each in file.queues),
        deliveries=tuple(
            LoggedDelivery(**{**each.model_dump(), "talks": tuple(each.talks), "state": each.state.value})
            for each in file.deliveries
        ),
        left_out=tuple(file.left_out),
    )


def _event_of(event: Event) -> TimingEvent:
    return TimingEvent(
        id=event.number,
        kind=event.kind,
        at=event.at,
        tapped_at=event.tapped_at,
        talk_id=event.talk,
        leaves=event.leaves,
        by=event.by,
        amount=timedelta(seconds=event.amount),
        lengths=tuple((talk, timedelta(seconds=seconds)) for talk, seconds in event.lengths),
        undoes=event.undoes,
    )


def _check(log: SessionLog) -> None:
    """What no single value shows: numbers that there are, moments in order.

    Raises:
        LogError: something refers to nothing, or comes before what it follows.
    """
    _check_moments(log)
    talks = {number for plan in log.plans for number in plan.talks}
    for place, number in _talks_named(log):
        if number is not None and number not in talks:
            raise LogError(f"there is no talk {number} in its plan", where=place, do="Export the session's log again")
    _check_numbers("events", [event.id for event in log.events], [event.undoes for event in log.events])
    _check_numbers("questions", [question.number for question in log.questions])
    _check_numbers("steps", [step.number for step in log.steps], [step.undoes for step in log.steps])
    asked = len(log.questions)
    for step in log.steps:
        if any(max(c.question, c.merged_into or 1) > asked for c in step.changes):
            raise LogError("there is no such question", where=f"steps {step.number}")
    first, *later = log.plans
    if first.at is not None or any(plan.at is None for plan in later):
        raise LogError("only the first plan has no moment", where="plans")
    for name, moments in _in_order(log):
        out = next((n for n, (a, b) in enumerate(itertools.pairwise([log.starts_at, *moments]), 1) if b < a), None)
        if out is not None:
            raise LogError("its moment is before what it follows", where=f"{name} {out}")
    latest = max((moment for _, moments in _in_order(log) for moment in moments), default=log.starts_at)
    if not latest <= log.until <= log.starts_at + timedelta(days=40):
        raise LogError("it ends before what it holds, or weeks after it began", where="until")


def _check_moments(log: SessionLog) -> None:
    """What a clock can show, and a plan can be read as."""
    for name, moment in (("starts_at", log.starts_at), ("until", log.until)):
        if moment.year not in YEARS:
            raise LogError(f"no session took place in {moment.year}", where=name)
    for number, plan in enumerate(log.plans, 1):
        try:
            planned(plan)
        except (ValueError, TypeError, OverflowError) as error:
            raise LogError("its talks have times that cannot be read", where=f"plans {number}") from error


def _talks_named(log: SessionLog) -> Iterator[tuple[str, int | None]]:
    for event in log.events:
        named = (event.talk_id, event.leaves, *(talk for talk, _ in event.lengths))
        yield from ((f"events {event.id}", number) for number in named)
    for name, rows in (("questions", log.questions), ("steps", log.steps), ("queues", log.queues)):
        yield from ((f"{name} {place}", row.talk) for place, row in enumerate(rows, 1))  # type: ignore[attr-defined] # each has one
    for place, delivery in enumerate(log.deliveries, 1):
        yield from ((f"deliveries {place}", number) for number in delivery.talks)


def _check_numbers(name: str, numbers: Sequence[int], undoes: Sequence[int | None] = ()) -> None:
    if list(numbers) != list(range(1, len(numbers) + 1)):
        raise LogError("they are not numbered from 1 on", where=name)
    wrong = next((n for n, undone in enumerate(undoes, 1) if undone is not None and undone >= n), None)
    if wrong is not None:
        raise LogError("it takes back what comes after it", where=f"{name} {wrong}")


def _in_order(log: SessionLog) -> Iterator[tuple[str, list[datetime]]]:
    yield "plans", [plan.at for plan in log.plans if plan.at is not None]
    yield "events", [event.tapped_at for event in log.events]
    yield "questions", [question.entered_at for question in log.questions]
    yield "steps", [step.at for step in log.steps]
