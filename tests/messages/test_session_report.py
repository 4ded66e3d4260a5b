"""The report's paragraph says what the figures say; hostile titles break nothing."""

from __future__ import annotations

import pytest

from bot.drawing.palette import Look
from bot.messages.session_report import ALT_LIMIT, alt_text, in_words, report_message
from bot.rules.questions import QuestionState
from tests.builders import NEW_YORK, a_planned_session, a_talk, at
from tests.messages.asking import ID, checked
from tests.messages.test_hostile_questions import HOSTILE
from tests.rules.test_run import CLOSE, END, OPEN, START, A, Desk
from tests.rules.test_session_report import a_question, four_talks_run, look


def test_paragraph_tells_start_end_longest_overrun_recovery_and_questions() -> None:
    states = (
        [QuestionState.ANSWERED] * 12 + [QuestionState.QUEUED] * 3 + [QuestionState.DISMISSED, QuestionState.MERGED]
    )
    asked = tuple(a_question(number, A, state) for number, state in enumerate(states, 1))
    assert in_words(look(four_talks_run(), "12:00", asked), NEW_YORK) == (
        "Started 3 min late, ended 15:00 EDT, on time. Longest overrun: “A”, 2 min over its 30 min. "
        "10 min of delay was recovered by the end. In all paused for 4 min and given 5 min more. 1 talk was skipped. "
        "12 of 15 questions answered, 3 not reached; 2 more were dismissed or merged."
    )


def test_paragraph_of_a_running_session_says_so_far() -> None:
    desk = Desk()
    desk.tap("10:03", START, A)
    assert in_words(look(desk, "10:20"), NEW_YORK).startswith("So far: started 3 min late, now 3 min late. ")


def test_paragraph_of_what_nobody_timed_says_that() -> None:
    desk = Desk()
    desk.tap("10:00", OPEN)
    told = in_words(look(desk, "13:00"), NEW_YORK)
    assert told == "Nobody timed this session, so its plan is all that is known. No questions were asked."


def test_paragraph_tells_of_assumed_times() -> None:
    desk = Desk(guard=True)
    desk.tap("10:00", START, A)
    told = in_words(look(desk, "14:00"), NEW_YORK)
    assert told.startswith("Started on time, ended 15:00 EDT by the plan: nobody tapped. Times of 4 talks are assumed")
    assert "overrun" not in told


def test_early_and_in_seconds() -> None:
    desk = Desk()
    desk.tap("09:59", START, A)
    desk.tap("10:29", END)
    desk.tap("10:29", CLOSE)
    told = in_words(look(desk, "10:30"), NEW_YORK)
    assert told.startswith("Started 1 min early, ended 13:29 EDT, 1 h 31 min early. No talk ran over its time. 3 talks")


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_message_with_hostile_titles_fits_and_does_no_harm(text: str) -> None:
    session = a_planned_session(a_talk(text, starts_at=at("10:00")), title=text, room=text)
    desk = Desk(session)
    desk.tap("10:00", START, 1)
    desk.tap("10:20", CLOSE)
    report = look(desk, "10:30")
    message = report_message(report, NEW_YORK, Look.LIGHT, ID)
    checked(message)
    assert "everyone @here" not in message.content
    assert len(alt_text(report, NEW_YORK)) <= ALT_LIMIT


def test_alt_text_goes_through_the_talks_as_far_as_there_is_room() -> None:
    told = alt_text(look(four_talks_run(), "12:00"), NEW_YORK)
    assert told.startswith("Planned and actual times of the talks of Deep Learning. Started 3 min late")
    assert told.endswith(
        "1. A: 32 min, 5 min late. 2. B: 35 min, 10 min late. 3. C: was skipped. 4. D: 19 min, on time."
    )


def test_button_shows_the_other_look_and_carries_the_delivery() -> None:
    report = look(four_talks_run(), "12:00")
    for shown, other in ((Look.DARK, "light"), (Look.LIGHT, "dark")):
        (button,) = report_message(report, NEW_YORK, shown, ID).buttons
        assert (button.label, button.custom_id) == (f"In {other} colours", f"report:{report.session.id}:{other}:{ID}")
