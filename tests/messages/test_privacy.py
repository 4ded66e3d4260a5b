"""What a person reads about what is stored of them."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.messages.privacy import FORGET, confirm, removed, stored
from bot.messages.text import MESSAGE_LIMIT
from bot.rules.traces import Traces

NOTHING = Traces(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ())
MUCH = Traces(
    questions=3,
    anonymous=1,
    votes=1,
    entered=2,
    steps=1_200,
    queues=1,
    timing_events=16,
    imports=1,
    pending_imports=1,
    changes=2,
    undone=1,
    settings=1,
    direct=3,
    subscriptions=2,
    mentioned=1,
    speaks=1,
    linked=2,
    names=1,
    actions=1,
    moderated=("Deep Learning", "Sparsity"),
)
LINES = [
    "- 3 questions asked, 1 of them anonymous to the room",
    "- 1 vote",
    "- 2 questions entered for somebody else",
    "- 1,200 steps taken with questions as a moderator",
    "- 1 queue opened or closed as a moderator",
    "- 16 taps on sessions' clocks",
    "- 1 programme imported",
    "- 1 file waiting for you to confirm its import",
    "- 2 changes of a programme",
    "- 1 change of a programme undone",
    "- your time zone and whether direct messages reach you",
    "- 2 reminders that you asked for",
    "- mentioned in 1 reminder in channels, as you agreed",
    "- 3 direct messages, sent or waiting",
    "- speaker of 1 talk",
    "- 2 speakers linked as a moderator",
    "- 1 name in schedules linked with you",
    "- 1 entry in servers' audit logs",
    "- moderator of 2 sessions: “Deep Learning”, “Sparsity”",
]


def test_stored_lists_what_there_is_and_says_over_which_servers() -> None:
    shown = stored(MUCH).content.splitlines()
    assert shown[0] == "On all servers that this bot serves, this is stored with your Discord id:"
    assert shown[1:20] == LINES
    assert "/privacy delete" in shown[20]


def test_stored_leaves_out_what_there_is_none_of() -> None:
    assert stored(replace(NOTHING, votes=2)).content.splitlines()[1:-2] == ["- 2 votes"]
    assert stored(NOTHING).content == "Nothing is stored about you, on any server that this bot serves."


def test_confirm_asks_with_a_button_for_that_person_only() -> None:
    message = confirm(MUCH, 912345678901234567)
    assert message.content.splitlines()[1:20] == LINES
    (button,) = message.buttons
    found = re.fullmatch(FORGET, button.custom_id)
    assert found
    assert found["person"] == "912345678901234567"
    assert confirm(NOTHING, 1).buttons == ()


def test_removed_tells_numbers_and_what_stays() -> None:
    shown = removed(replace(MUCH, moderated=()), ["Deep Learning"]).content.splitlines()
    assert shown[0] == "You were removed from:"
    assert shown[1:19] == LINES[:18]
    assert shown[19] == (
        "You stay the moderator of 1 session not over yet (“Deep Learning”). "
        "Use /session handover there, or /privacy delete again afterwards."
    )
    assert shown[20] == "Messages that show your name are edited where the bot still can; it deletes none."


def test_removed_twice_says_that_nothing_was_left() -> None:
    assert removed(NOTHING, []).content == "Nothing was left to remove."


def test_titles_can_neither_ping_nor_fill_a_message() -> None:
    hostile = replace(MUCH, moderated=("@everyone [x](http://y) " + "w" * 400,) * 40)
    for message in (stored(hostile), confirm(hostile, 1), removed(hostile, hostile.moderated)):
        assert len(message.content) <= MESSAGE_LIMIT
        assert "@everyone" not in message.content
        assert "and 35 more" in message.content
