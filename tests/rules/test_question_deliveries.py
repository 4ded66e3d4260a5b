"""What questions owe: a thread keeps what stands in it, and takes what a queue leaves that was opened again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bot.rules.outbox import State, Stored
from bot.rules.question_deliveries import IN_A_MESSAGE, with_threads
from bot.rules.reminders import Kind, Owed
from tests.builders import CHANNEL, SERVER, at

HEAD = 900
TALK = 1


def left(*questions: int) -> Owed:
    """What a closed queue owes."""
    return Owed(
        server_id=SERVER,
        channel_id=CHANNEL,
        kind=Kind.LEFTOVERS,
        subject=f"leftovers-{TALK}",
        session_id=1,
        talk_ids=(TALK,),
        due_at=at("12:45"),
        expires_at=None,
        text=f"{len(questions)} left",
        details={"questions": ",".join(map(str, questions)), "left": str(len(questions))},
    )


def stored(item: Owed, message_id: int | None = None) -> Stored:
    """The row of something that was posted."""
    return Stored(
        id=item.key,
        key=item.key,
        kind=item.kind,
        state=State.SENT if message_id else State.PENDING,
        due_at=item.due_at,
        expires_at=item.expires_at,
        channel_id=item.channel_id,
        session_id=item.session_id,
        talk_ids=item.talk_ids,
        message_id=message_id,
        details=item.details,
    )


def posted(items: Sequence[Owed]) -> list[Stored]:
    """All of it, posted."""
    return [stored(item, HEAD if item.kind is Kind.LEFTOVERS else HEAD + 1 + n) for n, item in enumerate(items)]


def in_thread(items: Sequence[Owed]) -> list[list[int]]:
    """The questions of each message of the thread."""
    parts = [item for item in items if item.kind is Kind.LEFT_PART]
    return [[int(key) for key in part.details["questions"].split(",")] for part in parts]


def head(items: Sequence[Owed]) -> Owed:
    return next(item for item in items if item.kind is Kind.LEFTOVERS)


def test_thread_begins_once_its_head_stands_and_holds_four_questions_a_message() -> None:
    assert with_threads([left(1, 2, 3, 4, 5)], [stored(left(1, 2, 3, 4, 5))]) == [left(1, 2, 3, 4, 5)]
    items = with_threads([left(1, 2, 3, 4, 5)], posted([left(1, 2, 3, 4, 5)]))
    assert in_thread(items) == [[1, 2, 3, 4], [5]]
    assert {item.channel_id for item in items if item.kind is Kind.LEFT_PART} == {HEAD}


def test_what_a_queue_leaves_that_was_opened_again_follows_in_further_messages() -> None:
    first = with_threads([left(1, 2, 3, 4, 5)], posted([left(1, 2, 3, 4, 5)]))
    # two were answered in the thread, and three came while the queue was open again
    again = with_threads([left(1, 3, 5, 6, 7, 8)], posted(first))
    assert in_thread(again) == [[1, 2, 3, 4], [5], [6, 7, 8]]
    assert [item.details["first"] for item in again if item.kind is Kind.LEFT_PART] == ["1", "5", "6"]
    assert head(again).text == "8 left"
    assert head(again).details["questions"] == "1,2,3,4,5,6,7,8"


def test_thread_stays_as_it_is_while_the_queue_is_open_again_and_once_all_is_answered() -> None:
    first = with_threads([left(1, 2)], posted([left(1, 2)]))
    assert in_thread(with_threads([], posted(first))) == [[1, 2]]


@given(st.lists(st.sets(st.integers(1, 30), min_size=1, max_size=9), min_size=1, max_size=5))
def test_no_question_is_lost_doubled_or_moved_however_often_a_queue_is_opened_again(rounds: list[set[int]]) -> None:
    items: list[Owed] = []
    seen: list[int] = []
    for questions in rounds:
        rows = posted(items) or posted([left(*sorted(questions))])
        before = in_thread(items)
        items = with_threads([left(*sorted(questions))], rows)
        assert in_thread(items)[: len(before)] == before
        assert with_threads([head(items)], posted(items)) == [replace(head(items)), *items[1:]]
        now = [key for part in in_thread(items) for key in part]
        assert len(now) == len(set(now))
        assert set(now) == {*seen, *questions}
        assert all(len(part) <= IN_A_MESSAGE for part in in_thread(items))
        assert int(head(items).details["left"]) == len(now)
        seen = now
