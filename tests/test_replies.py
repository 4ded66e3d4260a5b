"""Who asked can be told in private for as long as Discord takes answers to what they asked with."""

from __future__ import annotations

import weakref
from dataclasses import dataclass, field
from typing import Any

import pytest

from bot.messages.message import Message
from bot.replies import KEPT_AT_MOST, Replies
from tests.clocks import SteppedClock


@dataclass
class Asked:
    """As much of an interaction as is used: what was said to whoever asked."""

    told: list[tuple[str, bool]] = field(default_factory=list)

    @property
    def followup(self) -> Asked:
        return self

    async def send(self, content: str, *, ephemeral: bool) -> None:
        self.told.append((content, ephemeral))


@pytest.fixture
def replies(clock: SteppedClock) -> Replies:
    return Replies(clock)


def asked(replies: Replies, question_id: int) -> Asked:
    interaction: Any = Asked()
    replies.keep(question_id, interaction)
    return interaction  # type: ignore[no-any-return] # an Asked


async def test_asker_is_told_in_private_for_fourteen_minutes(replies: Replies, clock: SteppedClock) -> None:
    ana = asked(replies, 1)
    clock.advance(seconds=14 * 60)
    await replies.tell(1, Message("Merged."))
    clock.advance(seconds=1)
    await replies.tell(1, Message("Too late."))
    await replies.tell(2, Message("Nobody's."))
    assert ana.told == [("Merged.", True)]


async def test_what_was_sent_with_a_question_is_let_go(replies: Replies) -> None:
    @dataclass
    class Sent:
        followup: Asked

    ana = Asked()
    interaction: Any = Sent(ana)
    replies.keep(1, interaction)
    left = weakref.ref(interaction)
    del interaction
    await replies.tell(1, Message("Merged."))
    assert (left(), ana.told) == (None, [("Merged.", True)])


@pytest.mark.slow
async def test_no_more_than_a_crowd_is_remembered(replies: Replies) -> None:
    first = asked(replies, 1)
    for number in range(2, KEPT_AT_MOST + 2):
        last = asked(replies, number)
    await replies.tell(1, Message("?"))
    await replies.tell(KEPT_AT_MOST + 1, Message("!"))
    assert (first.told, last.told) == ([], [("!", True)])
