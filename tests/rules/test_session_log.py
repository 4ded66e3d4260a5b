"""A session's log: written and read it is the same; what a stranger made of it is refused in a line."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import LogError
from bot.rules.run import TimingEvent, TimingKind, fold
from bot.rules.session_log import SessionLog, planned
from bot.rules.session_log_json import MAX_BYTES, as_json_file, read_log
from tests.builders import at
from tests.rules.logs import a_log, logs

EVENTS = (
    TimingEvent(1, TimingKind.START, at("10:02"), at("10:03"), talk_id=1, by=1),
    TimingEvent(
        2, TimingKind.EXTEND, at("10:04"), at("10:04"), talk_id=1, leaves=1, by=2, amount=timedelta(seconds=-30)
    ),
    TimingEvent(3, TimingKind.UNDO, at("10:05"), at("10:05"), leaves=1, by=1, undoes=2),
)


@given(logs())
def test_log_of_whatever_was_tapped_is_read_as_it_was_written_and_folds_to_the_same_run(log: SessionLog) -> None:
    again = read_log(as_json_file(log))
    assert again == log
    runs = [fold(planned(each.plans[0]), each.events, guard=each.settings.guards_clock) for each in (log, again)]
    assert (runs[0], runs[0].begun, runs[0].lifts) == (runs[1], runs[1].begun, runs[1].lifts)
    assert as_json_file(again) == as_json_file(log)


def stored() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(as_json_file(a_log(EVENTS)))
    return loaded


def talk_of(file: dict[str, Any]) -> dict[str, Any]:
    talk: dict[str, Any] = file["plans"][0]["programme"]["sessions"][0]["talks"][0]
    return talk


def refusal(content: bytes) -> str:
    with pytest.raises(LogError) as told:
        read_log(content)
    assert "\n" not in str(told.value)
    assert len(str(told.value)) < 400
    return str(told.value)


def changed(change: Callable[[dict[str, Any]], object]) -> str:
    file = stored()
    change(file)
    return refusal(json.dumps(file).encode())


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "this is not JSON. Write it with: chairside export log --session ID --out FILE."),
        (b"\xff\xfe\x00", "this is not JSON"),
        (b"[" * 100_000, "this is not JSON"),
        (b"[1]", "this is not a recorded session"),
        (b"{}", "this is not a recorded session"),
        (b'{"sessions": []}', "this is not a recorded session"),
        (b'{"chairside_log": 2}', "this log is of version 2, and 1 is known here. Use a newer Chairside."),
        (b'{"chairside_log": true}', "this log is of version True"),
        (b'{"chairside_log": "1"}', "this log is of version '1'"),
        (b'{"chairside_log": 1}', "starts_at: Field required"),
        (b" " * (MAX_BYTES + 1), "the file has more than 10 MB"),
    ],
)
def test_what_is_no_log_is_refused(content: bytes, said: str) -> None:
    assert refusal(content).startswith(said)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda f: f.update(more=1), "more: Extra inputs are not permitted"),
        (lambda f: f["events"][1].update(kind="explode"), "events 2, kind: Input should be"),
        (lambda f: f["events"][1].update(tapped_at="noon"), "events 2, tapped_at: "),
        (lambda f: f["events"][1].update(tapped_at="2022-07-21T10:00"), "events 2, tapped_at: "),
        (lambda f: f["events"][1].pop("tapped_at"), "events 2, tapped_at: Field required"),
        (lambda f: f["events"][1].update(talk="1"), "events 2, talk: Input should be a valid integer"),
        (lambda f: f["events"][1].update(talk=6), "events 2: there is no talk 6 in its plan"),
        (lambda f: f["events"][1].update(leaves=0), "events 2, leaves: "),
        (lambda f: f["events"][1].update(lengths=[[9, 60]]), "events 2: there is no talk 9"),
        (lambda f: f["events"][1].update(amount=1e99), "events 2, amount: "),
        (lambda f: f["events"][1].update(by=10**9), "events 2, by: "),
        (lambda f: f["events"][2].update(undoes=3), "events 3: it takes back what comes after it"),
        (lambda f: f["events"][2].update(number=7), "events: they are not numbered from 1 on"),
        (lambda f: f["events"].reverse(), "events: they are not numbered from 1 on"),
        (lambda f: f["events"][1].update(tapped_at=at("10:02").isoformat()), "events 2: its moment is before"),
        (lambda f: f["events"][0].update(tapped_at=at("09:00").isoformat()), "events 1: its moment is before"),
        (lambda f: f.update(until=at("10:00").isoformat()), "until: it ends before what it holds"),
        (lambda f: f.update(until="2099-01-01T00:00:00Z"), "until: it ends before what it holds, or weeks"),
        (lambda f: f.update(plans=[]), "plans: List should have at least 1 item"),
        (lambda f: f["plans"][0].update(talks=[1, 2]), "plans 1: Value error, its talks are not numbered"),
        (lambda f: f["plans"][0].update(talks=[1, 1, 2, 3, 4]), "plans 1: Value error, its talks are not numbered"),
        (lambda f: f["plans"][0].update(programme="none"), "plans 1, programme: "),
        (lambda f: f["plans"][0]["programme"].update(sessions=[]), "plans 1, programme, sessions: "),
        (lambda f: f["plans"][0].update(at=at("10:00").isoformat()), "plans: only the first plan has no moment"),
        (lambda f: f.update(starts_at="9999-12-31T23:00:00Z", until="9999-12-31T23:59:00Z"), "starts_at: no session"),
        (lambda f: f.update(starts_at="0001-01-01T00:00:00+23:00"), "starts_at: no session took place in 1."),
        (lambda f: talk_of(f).update(starts_at=1658431800), "plans 1: its talks have times that cannot be read"),
        (
            lambda f: talk_of(f).update(starts_at="2022-07-21T10:00"),
            "plans 1, programme, sessions 1, talks 1, starts_at",
        ),
        (lambda f: talk_of(f).update(title=None), "plans 1, programme, sessions 1, talks 1, title: Input should be"),
        (lambda f: f["questions"][0].update(talk=8), "questions 1: there is no talk 8"),
        (lambda f: f["deliveries"][0].update(kind="audit"), "deliveries 1, kind: Input should be"),
        (lambda f: f["deliveries"][0].update(talks=[77]), "deliveries 1: there is no talk 77"),
        (lambda f: f["settings"].update(lead_minutes=[]), "settings, lead_minutes: "),
        (lambda f: f["settings"].update(question_choices={"mood": 1}), "settings, question_choices, mood"),
        (lambda f: f.update(left_out=["x" * 501]), "left_out 1: "),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(change: Callable[[dict[str, Any]], object], said: str) -> None:
    assert changed(change).startswith(said)


def test_a_thousand_events_are_read() -> None:
    pauses = [TimingEvent(n, TimingKind.OPEN, at("10:00"), at("10:00"), by=1) for n in range(1, 1001)]
    log = a_log(pauses)
    assert read_log(as_json_file(log)) == log


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=5), st.lists, max_leaves=5), st.data())
def test_nothing_but_a_line_comes_of_a_value_that_is_another_one(value: object, data: st.DataObject) -> None:
    file = stored()
    key = data.draw(st.sampled_from(sorted(file)))
    file[key] = value
    with contextlib.suppress(LogError):
        read_log(json.dumps(file).encode())
