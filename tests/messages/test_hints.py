"""What the console and `/timer status` say of the talks before, also of kinds with hostile names."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.messages.console import QueuePart, console, status
from bot.messages.message import Message
from bot.rules.console import console_facts
from bot.rules.hints import Habit, Hint
from bot.rules.programme import PlannedSession
from bot.rules.run import Run
from bot.rules.speakers import Presence
from bot.rules.stints import Stint
from bot.rules.timing import forecast
from tests.builders import a_place, a_planned_session, at
from tests.messages.asking import ID, checked
from tests.messages.test_hostile_questions import HOSTILE

MINUTE = timedelta(minutes=1)
LONG = 10**17


def a_habit(minutes: float, talks: int = 43) -> Habit:
    return Habit(minutes * MINUTE, talks, timedelta(0))


def both(hint: Hint | None, *, title: str = "Deep Learning", queue: QueuePart | None = None) -> list[Message]:
    """The console and what one person is told, ten minutes into the session."""
    session: PlannedSession = replace(a_planned_session(), title=title)
    talks = [replace(talk, title=title, speakers=(title,) * 9) for talk in session.talks]
    session = replace(session, talks=tuple(talks))
    run, now = Run(stints=(Stint(1, at("12:30")),)), at("12:40")
    expected = forecast(session, run, now, guard=False)
    facts = console_facts(expected, run, now, hint=hint)
    if queue:
        later: tuple[tuple[int, datetime], ...] = tuple((LONG + n, now) for n in range(5))
        facts = replace(facts, presence=Presence(tuple(range(LONG, LONG + 5)), (LONG,), later, 99))
    return [console(expected, facts, a_place(), ID, queue), status(expected, facts, a_place())]


def told(*habits: tuple[str | None, Habit]) -> str:
    (first, second) = (
        [line for line in m.content.splitlines() if "Hint" in line] for m in both(Hint(habits, at("14:06")))
    )
    assert first == second
    return first[0]


def test_hint_names_each_kind_what_it_did_before_and_the_likely_end() -> None:
    assert told(("Oral", a_habit(5 / 3))) == (
        "Hint from talks before: Oral 1:40 over on average (of 43); likely end 14:06 PDT"
    )
    assert told(("Spotlight", a_habit(-0.5, 120)), (None, a_habit(2, 20))) == (
        "Hint from talks before: Spotlight 0:30 short on average (of 120), "
        "talks of no kind 2:00 over on average (of 20); likely end 14:06 PDT"
    )
    many = told(*((f"Kind {number}", a_habit(1)) for number in range(9)))
    assert many.count("on average") == 3
    assert "6 more kinds; likely end" in many


def test_without_a_hint_nothing_is_said() -> None:
    assert not any("Hint" in message.content for message in both(None))


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_kinds_fit_and_ping_nobody(text: str) -> None:
    for message in both(Hint(tuple((text, a_habit(100, 1000)) for _ in range(9)), at("14:06"))):
        checked(message)
        (line,) = (line for line in message.content.splitlines() if line.startswith("Hint from"))
        assert line.endswith("likely end 14:06 PDT")
        assert not any(ping in line for ping in ("@everyone", "@here", "<@&", "<@8"))


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_console_fits_with_all_that_it_may_hold(text: str) -> None:
    hint, queue = Hint(tuple((text, a_habit(100, 1000)) for _ in range(9)), at("14:06")), QueuePart(("x" * 400,), ())
    for one in (hint, None):
        for message in both(one, title=text, queue=queue):
            checked(message)
