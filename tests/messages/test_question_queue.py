"""Questions word for word, as moderators read and move them."""

from __future__ import annotations

import pytest

from bot.messages import question_queue
from bot.messages.message import Button, Message, Option
from bot.rules.question_text import question_text
from bot.rules.questions import QuestionState
from bot.rules.queue_times import Phase
from tests.messages.asking import ID, SESSION, TALK, a_question, checked, labels, moderators, queue

TWO_LINES = question_text("Does this hold for k-IGN?\n\nAnd without the smoothness assumption?")


async def test_moderators_list_names_everyone_and_offers_what_can_be_done() -> None:
    questions = [
        a_question(1, "Asked?", QuestionState.ASKED),
        a_question(2, "Waits?", QuestionState.WAITING, anonymous=True),
        a_question(3, "Third?", votes=5),
        a_question(4, "Fourth?", pinned=True, votes=1),
        a_question(5, "Off topic", QuestionState.DISMISSED),
    ]
    message = moderators(questions, proposals=[(questions[2], questions[1], 93.4)], last_step=77)
    assert message.content == (
        "**Questions** for **Talk 1**\n"
        "the queue is open · most votes first · 2 queued · 1 waiting for approval\n"
        "**1.** being asked now · 0 votes · Ada Lovelace: Asked?\n"
        "**2.** waiting for approval · 0 votes · Ada Lovelace (anonymous to the room): Waits?\n"
        "**3.** queued, pinned · 1 vote · Ada Lovelace: Fourth?\n"
        "**4.** queued · 5 votes · Ada Lovelace: Third?\n"
        "**5.** dismissed · 0 votes · Ada Lovelace: Off topic\n"
        "Alike, 93 of 100: 2 and 4: “Waits?”"
    )
    assert checked(message) == [
        ["Choose a question"],
        ["Next question", "Answered", "Close queue", "Undo"],
        ["Merge 2 into 4"],
    ]
    assert [button.custom_id for button in message.buttons] == [
        "queue:next:3:1:1",
        "queue:answered:3:1:1",
        "queue:close:3:1:1",
        "qundo:77:3",
        "merge:2:3:3",
    ]
    assert message.selects[0].custom_id == "choose:3:1:0"
    assert message.selects[0].options[1] == Option("2. Waits?", "2", "waiting for approval, 0 votes, Ada Lovelace")


async def test_moderators_list_has_ten_a_page_and_at_most_three_merges() -> None:
    questions = queue(25)
    pairs = [(questions[n], questions[n + 1], 90.0) for n in range(0, 10, 2)]
    message = moderators(questions, 1, proposals=pairs, phase=Phase.CLOSED)
    assert checked(message) == [
        ["Choose a question"],
        ["Next question", "Open queue"],
        ["Merge 2 into 1", "Merge 4 into 3", "Merge 6 into 5"],
        ["Earlier", "Later"],
    ]
    assert [option.value for option in message.selects[0].options] == [str(n) for n in range(11, 21)]
    assert [button.custom_id for button in message.buttons[-2:]] == ["qpage:3:1:0", "qpage:3:1:2"]


async def test_moderators_list_of_nothing() -> None:
    message = moderators([])
    assert message.content.splitlines()[2] == "Nobody has asked anything yet."
    assert checked(message) == [["Close queue"]]
    assert labels(moderators([], phase=Phase.VOTING)) == ["Close queue"]
    assert labels(moderators([], phase=Phase.CLOSED)) == ["Open queue"]


@pytest.mark.parametrize(
    ("state", "actions"),
    [
        (QuestionState.WAITING, ["approve", "dismiss"]),
        (QuestionState.QUEUED, ["ask", "answered", "pin", "dismiss"]),
        (QuestionState.ASKED, ["answered", "dismiss"]),
        (QuestionState.ANSWERED, []),
        (QuestionState.DISMISSED, []),
        (QuestionState.MERGED, []),
    ],
)
async def test_one_question_has_the_buttons_that_its_state_allows(state: QuestionState, actions: list[str]) -> None:
    message = question_queue.one_for_moderators(a_question(7, state=state), TALK, SESSION, last_step=5)
    assert [button.custom_id for button in message.buttons] == [
        *(f"question:{action}:7:3" for action in actions),
        "qundo:5:3",
        "question:back:7:3",
    ]
    assert checked(message)[-1] == ["Undo the last step", "Back to the list"]


def test_one_question_for_moderators_says_all_about_it() -> None:
    question = a_question(7, TWO_LINES, anonymous=True, pinned=True, votes=2)
    message = question_queue.one_for_moderators(question, TALK, SESSION, into=a_question(8, "Is it tight?"))
    assert message.content == (
        "For **Talk 1**\n"
        "> Does this hold for k-IGN?\n> And without the smoothness assumption?\n"
        "Asked by Ada Lovelace (anonymous to the room)\n"
        "Now: queued, pinned · 2 votes\n"
        "Merged into “Is it tight?”"
    )
    assert labels(message) == ["Ask now", "Mark as answered", "Unpin", "Dismiss", "Back to the list"]


def test_step_is_told_with_an_undo() -> None:
    assert question_queue.step_done("“Why?” was pinned", 12, SESSION) == Message(
        "“Why?” was pinned.", (Button("Undo", "qundo:12:3", row=0),)
    )
    assert question_queue.step_done("The queue is closed.", 12, SESSION).content == "The queue is closed."


def test_console_shows_the_top_three_and_how_many_more() -> None:
    current = a_question(9, "Why?", QuestionState.ASKED, anonymous=True)
    assert question_queue.console_lines(current, queue(3), 4, 2, Phase.OPEN) == [
        "Questions (open): 7 queued · 2 waiting for approval",
        "Being asked: Why? · anonymous",
        "**1.** Question 1? · Person 1",
        "**2.** Question 2? · Person 2",
        "**3.** Question 3? · Person 3",
        "… and 4 more",
    ]
    assert question_queue.console_lines(None, queue(5), 0, 0, Phase.VOTING)[-1] == "… and 2 more"
    assert question_queue.console_lines(None, [], 0, 0, Phase.OPEN) == ["Questions (open): none queued"]
    assert question_queue.console_lines(None, [], 0, 0, Phase.CLOSED) == []


@pytest.mark.parametrize(
    ("sees", "queued", "waiting", "expected_labels"),
    [
        (0, 0, 0, ["Questions"]),
        (0, 3, 0, ["Next question", "Questions"]),
        (9, 3, 2, ["Next question", "Answered", "Questions (2 waiting)"]),
        (9, 0, 0, ["Answered", "Questions"]),
    ],
)
async def test_console_buttons_do_what_can_be_done(
    sees: int, queued: int, waiting: int, expected_labels: list[str]
) -> None:
    buttons = question_queue.console_buttons(SESSION, 1, sees, queued, waiting, ID)
    assert [button.label for button in buttons] == expected_labels
    assert [button.label for button in buttons if button.primary] == expected_labels[:1][: int(bool(sees or queued))]
    assert buttons[-1].custom_id == f"queue:list:3:1:{sees}:{ID}"
    clock = tuple(Button(f"Clock {n}", f"c{n}") for n in range(6))
    assert checked(Message("x", (*clock, *buttons))) == [
        [f"Clock {n}" for n in range(5)],
        ["Clock 5"],
        expected_labels,
    ]
