"""Questions word for word, as the room and whoever asked read them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.messages import question_form
from bot.messages import questions as shown
from bot.messages.message import Button, Message
from bot.rehearsal.loopback.validation.modals import check_modal
from bot.rules.question_text import question_text
from bot.rules.questions import Question, QuestionState, Standing
from bot.rules.queue_times import Phase
from bot.services.speakers import SPEAKERS_AT_MOST
from tests.messages.asking import ID, TALK, VIEWER, a_question, checked, labels, page, queue

TWO_LINES = question_text("Does this hold for k-IGN?\n\nAnd without the smoothness assumption?")


def test_question_before_the_speaker_is_a_heading_with_who_asked() -> None:
    question = a_question(7, TWO_LINES, QuestionState.ASKED)
    message = shown.asked(question, TALK, "Deep Learning", ID)
    assert message == Message(
        "# Does this hold for k-IGN? And without the smoothness assumption?\n"
        "Asked by Ada Lovelace\n"
        "for **Talk 1** · Deep Learning",
        (Button("Questions", f"questions:1:0:{ID}"),),
    )
    long = shown.asked(replace(question, text="word " * 60), TALK, "Deep Learning", ID).content
    assert long.startswith("## word word")


def test_anonymous_question_before_the_speaker_names_nobody() -> None:
    question = a_question(7, state=QuestionState.ASKED, anonymous=True)
    content = shown.asked(question, TALK, "Deep Learning", ID).content
    assert content.splitlines()[1] == "Asked anonymously"
    assert "Ada" not in content


@pytest.mark.parametrize(
    ("state", "first", "has_text"),
    [
        (QuestionState.ANSWERED, "Answered: Does this hold for k-IGN?", True),
        (QuestionState.QUEUED, "This question went back to the queue.", True),
        (QuestionState.DISMISSED, "This question was taken back.", False),
        (QuestionState.WAITING, "This question was taken back.", False),
        (QuestionState.MERGED, "This question was taken back.", False),
    ],
)
def test_question_that_is_no_longer_asked_is_small(state: QuestionState, first: str, has_text: bool) -> None:  # noqa: FBT001 - a column
    message = shown.asked(a_question(), TALK, "Deep Learning", ID, state=state)
    assert message.content.splitlines()[0] == first
    assert ("k-IGN" in message.content) is has_text
    assert ("Ada" in message.content) is has_text
    assert "#" not in message.content
    assert message.buttons == (Button("Questions", f"questions:1:0:{ID}"),)


async def test_queue_of_one_talk_for_one_person() -> None:
    questions = [
        a_question(11, votes=4),
        a_question(12, "Is the code public?", anonymous=True, votes=1),
        a_question(13, "Mine?", asker=VIEWER, name="Emmy Noether"),
        *queue(4),
    ]
    message = page(questions, now_asked=a_question(9, "Why?", QuestionState.ASKED), votes=frozenset({11}))
    assert message.content == (
        "**Questions** for **Talk 1**\n"
        "7 queued · 1 asked so far · page 1 of 2\n"
        "Being asked now: Why? · Ada Lovelace\n"
        "**1.** Does this hold for k-IGN?\nAda Lovelace · 4 votes (you voted)\n"
        "**2.** Is the code public?\nanonymous · 1 vote\n"
        "**3.** Mine?\nEmmy Noether · no votes yet (yours)\n"
        "**4.** Question 1?\nPerson 1 · no votes yet\n"
        "**5.** Question 2?\nPerson 2 · no votes yet"
    )
    assert checked(message) == [["Take back 1", "Vote 2", "Vote 4", "Vote 5"], ["Later", "Ask"]]
    assert message.buttons[0].custom_id == "vote:11:1:0"


async def test_pages_of_a_queue_stay_within_it() -> None:
    second = page(queue(11), 1)
    assert second.content.splitlines()[1] == "11 queued · page 2 of 3"
    assert checked(second) == [[f"Vote {n}" for n in range(6, 11)], ["Earlier", "Later", "Ask"]]
    assert [button.custom_id for button in second.buttons[5:]] == ["questions:1:0", "questions:1:2", "ask:1"]
    assert checked(page(queue(11), 99)) == [["Vote 11"], ["Earlier", "Ask"]]


async def test_waiting_questions_are_in_nobodys_queue() -> None:
    waiting = a_question(1, "Secret so far?", QuestionState.WAITING)
    message = page([waiting])
    assert message.content == "**Questions** for **Talk 1**\n0 queued\nNo question is queued."
    assert checked(message) == [["Ask"]]


def test_voting_only_and_closed_queues_say_so_and_have_no_ask_button() -> None:
    voting, closed = page(queue(2), phase=Phase.VOTING), page(queue(2), phase=Phase.CLOSED)
    assert "Voting only: new questions are not taken now." in voting.content
    assert labels(voting) == ["Vote 1", "Vote 2"]
    assert "Closed: questions and votes are not taken now." in closed.content
    assert labels(closed) == []


def test_whoever_asked_reads_what_was_understood_and_where_to_see_more() -> None:
    message = shown.received(a_question(7, TWO_LINES), "Talk 1", waits_for_approval=False, position=3)
    assert message == Message(
        "Your question for **Talk 1** is number 3 in line:\n"
        "> Does this hold for k-IGN?\n> And without the smoothness assumption?\n"
        "Asked as Ada Lovelace.\n"
        "/questions mine shows what becomes of it.",
        (Button("Questions", "questions:1:0"),),
    )


def test_whoever_asked_anonymously_is_told_who_sees_it_and_that_it_waits() -> None:
    question = a_question(7, state=QuestionState.WAITING, anonymous=True)
    content = shown.received(question, "Talk 1", waits_for_approval=True, position=0).content
    assert content.splitlines() == [
        "Your question for **Talk 1** waits for a moderator's approval; then the room sees it:",
        "> Does this hold for k-IGN?",
        "Anonymous to the room; moderators see who asked.",
        "/questions mine shows what becomes of it.",
    ]


def test_question_much_like_a_queued_one_offers_a_vote_for_that() -> None:
    alike = a_question(3, "Does it hold for k-IGN?", votes=4, anonymous=True)

    def told(other: Question) -> Message:
        return shown.received(a_question(7), "Talk 1", waits_for_approval=False, position=2, alike=other)

    content = told(alike).content.splitlines()[-1]
    assert content == "One in the queue is much like yours: Does it hold for k-IGN? · anonymous · 4 votes"
    assert told(alike).buttons[0] == Button("Vote for that one", "vote:3:1:0")
    waiting = told(replace(alike, standing=Standing(QuestionState.WAITING)))
    assert "Does it hold" not in waiting.content
    assert labels(waiting) == ["Questions"]
    assert labels(told(a_question(7))) == ["Questions"]


def test_refusal_gives_back_what_was_typed() -> None:
    message = shown.refused("you asked 4 s ago. Ask again in 26 seconds.", "Why *does* it\nwork?")
    assert message == Message(
        "you asked 4 s ago. Ask again in 26 seconds.\n"
        "Nothing was stored. This is what you typed:\n"
        r"> Why \*does\* it"
        "\n> work?"
    )
    assert shown.refused("It opens <t:1658431800:R>.", "x").content.startswith("It opens <t:1658431800:R>.")


def test_refusal_of_a_text_longer_than_a_message_says_so() -> None:
    content = shown.refused("the question has 4,000 characters.", "word " * 800).content
    assert "This is what you typed, as far as a message holds it:" in content
    assert 1900 < len(content) <= 2000
    assert "as far as" not in shown.refused("no", "word " * 300 + "…").content


def test_a_person_reads_what_became_of_theirs() -> None:
    items = [
        (a_question(1, anonymous=True), "Talk 1", "queued, 4 votes"),
        (a_question(2, "Why?", QuestionState.MERGED), "Talk 2", "merged into “Why is *that*?”: asked"),
    ]
    assert shown.mine(items).content == (
        "**Your questions** · 2\n"
        "- Does this hold for k-IGN?\nqueued, 4 votes · for **Talk 1** · anonymous to the room\n"
        r"- Why?"
        "\n"
        r"merged into “Why is \*that\*?”: asked · for **Talk 2**"
    )
    assert shown.mine([]).content == "You have asked no question here yet. /ask puts one in a talk's queue."
    assert shown.mine(items * 40).content.splitlines()[-1].startswith("… and ")


def test_board_counts_only_when_there_are_any() -> None:
    assert shown.board_line(0) is None
    assert shown.board_line(1) == "1 question queued · see /questions list, add yours with /ask"


def test_leftovers_are_announced_with_their_number() -> None:
    assert shown.leftovers_head(TALK, 3, ID) == Message(
        "3 questions for **Talk 1** were not reached. They continue in the thread below.",
        (Button("Questions", f"questions:1:0:{ID}"),),
    )
    assert "1 question for **Talk 1** was not reached. It continues" in shown.leftovers_head(TALK, 1, ID).content
    assert shown.thread_name(TALK) == "Questions: Talk 1"


async def test_leftovers_have_a_button_each_and_the_answered_ones_keep_theirs() -> None:
    questions = [*queue(3), a_question(8, "Not approved", QuestionState.WAITING)]
    message = shown.leftovers_part(questions, 5, 2, 3, ID, {2})
    assert message.content == (
        "**Not reached** · part 2 of 3 · answers are welcome here\n"
        "**5.** Question 1?\nPerson 1 · no votes yet\n"
        "**6.** Question 2?\nPerson 2 · no votes yet · answered\n"
        "**7.** Question 3?\nPerson 3 · no votes yet"
    )
    assert checked(message) == [["Mark 5 as answered", "6 is answered", "Mark 7 as answered"]]
    assert [button.disabled for button in message.buttons] == [False, True, False]
    assert {button.custom_id for button in message.buttons} == {f"left:{n}:{ID}" for n in (1, 2, 3)}


async def test_first_message_of_a_thread_calls_the_speakers_and_fits_with_the_longest_questions() -> None:
    speakers = tuple(range(10**18, 10**18 + SPEAKERS_AT_MOST))
    questions = [a_question(number, "@everyone " * 400) for number in range(1, 5)]
    message = shown.leftovers_part(questions, 1, 1, 9, ID, set(), speakers)
    assert message.content.splitlines()[0] == " ".join(f"<@{user_id}>" for user_id in speakers)
    assert message.mentions == speakers
    assert len(checked(message)[0]) == 4


async def test_form_asks_for_the_text_and_whether_anonymously() -> None:
    modal = question_form.ask_modal(7, "On Convergence of Invariant Graph Networks and Others")
    data = check_modal(modal.to_dict())
    assert data["custom_id"] == "askmodal:7"
    assert data["title"] == "Ask: On Convergence of Invariant Graph…"
    assert [(part["label"], part["component"]["custom_id"]) for part in data["components"]] == [
        ("Your question", "question"),
        ("Ask anonymously", "anonymous"),
    ]
    assert data["components"][1]["description"] == "Anonymous to the room; moderators see who asked."
    assert modal.is_finished()  # so discord.py keeps none of them
    assert check_modal(question_form.ask_modal(0, None).to_dict())["title"] == "Ask the speaker"


@pytest.mark.parametrize("typed", ["", "Why?", "x" * 700, "x" * 5000])
async def test_form_holds_all_that_was_typed_before(typed: str) -> None:
    field = check_modal(question_form.ask_modal(7, "Talk 1", typed).to_dict())["components"][0]["component"]
    assert field.get("value") == (typed[:4000] or None)
    assert (field["min_length"], field["max_length"]) == (1, max(500, min(len(typed), 4000)))


@pytest.mark.parametrize("anonymous", [True, False])
def test_submitted_form_is_read(anonymous: bool) -> None:  # noqa: FBT001 - a column
    fields = ({"custom_id": "question", "value": " Why? "}, {"custom_id": "anonymous", "value": anonymous})
    assert question_form.asked_in([{"type": 18, "component": field} for field in fields]) == (" Why? ", anonymous)
    assert question_form.asked_in([{"type": 18}]) == ("", False)


def test_everyone_whose_question_was_merged_is_credited_and_nobody_anonymous_is_named() -> None:
    ada, ben, again, cleo = (
        replace(a_question(number), asker_name=asker, anonymous=asker == "Cleo")
        for number, asker in enumerate(("Ada", "Ben", "Ada", "Cleo"), 1)
    )
    content = shown.asked(ada, TALK, "Deep Learning", ID, state=QuestionState.ASKED, merged=[ben, again, cleo]).content
    assert "Asked by Ada, Ben and 1 anonymously" in content
    assert "Cleo" not in content
