"""What the buttons and selects for questions carry, and how a message lays them out."""

from __future__ import annotations

import re

import pytest

from bot.messages import message as m
from bot.messages import question_queue
from bot.messages import questions as shown
from bot.messages.message import Button, Message, Option, Select
from bot.rules.questions import Order, QuestionState, in_order
from tests.messages.asking import ID, SESSION, TALK, a_question, moderators, page, queue

LARGEST = 10**18 - 1
EVERY_ID = {
    "ASK": [m.ask_button().custom_id, m.ask_button(LARGEST, ID).custom_id],
    "ASK_MODAL": [f"askmodal:{LARGEST}"],
    "QUESTIONS": [m.questions_button(LARGEST, ID, page=9999).custom_id, m.questions_button(1).custom_id],
    "VOTE": [f"vote:{LARGEST}:{LARGEST}:9999"],
    "QUEUE": [f"queue:answered:{LARGEST}:{LARGEST}:{LARGEST}:{ID}", "queue:list:3:1:0"],
    "QUESTION_PAGE": [f"qpage:{LARGEST}:{LARGEST}:9999"],
    "QUESTION": [f"question:answered:{LARGEST}:{LARGEST}"],
    "CHOOSE": [f"choose:{LARGEST}:{LARGEST}:9999"],
    "MERGE": [f"merge:{LARGEST}:{LARGEST}:{LARGEST}"],
    "LEFT": [f"left:{LARGEST}:{ID}"],
    "STEP_UNDO": [f"qundo:{LARGEST}:{LARGEST}"],
}
TEMPLATES = ["DETAILS", "AGENDA", "STATUS", "PAGE", "IMPORT", *EVERY_ID]


@pytest.mark.parametrize(("name", "custom_id"), [(name, each) for name, ids in EVERY_ID.items() for each in ids])
def test_every_custom_id_fits_and_is_read_by_its_own_template_alone(name: str, custom_id: str) -> None:
    assert len(custom_id) <= 100
    assert [other for other in TEMPLATES if re.fullmatch(getattr(m, other), custom_id)] == [name]


@pytest.mark.parametrize("name", EVERY_ID)
def test_no_template_reads_a_number_too_large_for_the_database(name: str) -> None:
    too_large = [each.replace(str(LARGEST), str(10 * LARGEST)) for each in EVERY_ID[name] if str(LARGEST) in each]
    assert too_large
    assert [each for each in too_large if re.fullmatch(getattr(m, name), each)] == []


def test_every_button_that_is_drawn_is_read_by_a_template() -> None:
    questions = [
        a_question(1, "Asked?", QuestionState.ASKED),
        a_question(2, "Waits?", QuestionState.WAITING),
        *queue(30),
    ]
    messages = [
        page(in_order(questions, Order.TOP, {}), 2),
        moderators(questions, 1, proposals=[(questions[4], questions[5], 90.0)], last_step=5),
        *(question_queue.one_for_moderators(question, TALK, SESSION, last_step=5) for question in questions[:3]),
        shown.leftovers_part(queue(4), 1, 1, 1, ID, set()),
        Message("", question_queue.console_buttons(SESSION, 1, 9, 3, 2, ID)),
    ]
    drawn = [button.custom_id for message in messages for button in message.buttons]
    drawn += [select.custom_id for message in messages for select in message.selects]
    unread = [each for each in drawn if not any(re.fullmatch(getattr(m, name), each) for name in TEMPLATES)]
    assert unread == []


async def test_view_puts_selects_first_and_buttons_in_rows() -> None:
    buttons = (
        Button("c", "3", row=2),
        *(Button(f"a{n}", f"a{n}") for n in range(6)),
        Button("off", "4", disabled=True),
    )
    view = Message("x", buttons, (Select("s", "Choose", (Option("One", "1"), Option("Two", "2", "second"))),)).view()
    rows = view.to_components()
    assert [[part.get("label", part.get("placeholder")) for part in row["components"]] for row in rows] == [
        ["Choose"],
        ["a0", "a1", "a2", "a3", "a4"],
        ["a5", "off"],
        ["c"],
    ]
    assert rows[2]["components"][1]["disabled"] is True
    assert rows[0]["components"][0]["options"] == [
        {"label": "One", "value": "1", "default": False},
        {"label": "Two", "value": "2", "default": False, "description": "second"},
    ]
