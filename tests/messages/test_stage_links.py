"""Links to the stage view, and the words on its screens, also of the longest and most hostile titles."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.messages.stage_links import page_link
from bot.messages.stage_words import late_words, plain, signal_words
from bot.rules.stage_links import Link, Page
from bot.rules.stage_view import Level, Signal
from bot.settings import LONGEST_URL
from tests.messages.asking import checked
from tests.messages.test_hostile_questions import HOSTILE

SECRET = "s" * 43
LINK = Link(12, Page.STAGE, 3, SECRET)


def test_link_is_shown_with_buttons_that_carry_which_one_was_seen() -> None:
    message = page_link(Page.STAGE, 3, "Deep Learning", LINK, "https://stage.example.org")
    assert f"<https://stage.example.org/stage/{SECRET}>" in message.content
    assert [(button.label, button.custom_id) for button in message.buttons] == [
        ("New link", "stagelink:new:3:12"),
        ("Revoke", "stagelink:revoke:3:12"),
    ]
    lobby = page_link(Page.LOBBY, 4, "ICML", Link(13, Page.LOBBY, 4, SECRET), "https://stage.example.org")
    assert f"/lobby/{SECRET}>" in lobby.content
    assert lobby.buttons[0].custom_id == "lobbylink:new:4:13"


def test_revoked_link_is_shown_no_more_and_a_new_one_is_offered() -> None:
    message = page_link(Page.STAGE, 3, "Deep Learning", None, "https://stage.example.org")
    assert "was revoked" in message.content
    assert "http" not in message.content
    assert [button.custom_id for button in message.buttons] == ["stagelink:new:3:0"]


@pytest.mark.parametrize(
    ("base", "words"),
    [
        ("http://0.0.0.0:8780", "Write the name of the bot's machine in place of 0.0.0.0"),
        ("http://[::]:8780", "Write the name of the bot's machine in place of ::"),
        ("http://127.0.0.1:8780", "It works on the bot's own machine alone"),
        ("http://192.0.2.7:8780", None),
        ("https://stage.example.org", None),
    ],
)
def test_address_that_does_not_reach_far_says_so(base: str, words: str | None) -> None:
    content = page_link(Page.STAGE, 3, "Deep Learning", LINK, base).content
    assert (words or "New link") in content
    assert ("STAGE_URL" in content) is (words is not None)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_title_pings_nobody_and_fits(text: str) -> None:
    base = "https://" + "x" * (LONGEST_URL - 8)
    for page in Page:
        for link in (LINK, None):
            checked(page_link(page, 10**17, text, link, base))


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_screens_show_one_line_that_turns_nothing(text: str) -> None:
    shown = plain(text, 300)
    assert len(shown) <= 300
    assert shown == " ".join(shown.split())
    assert not set(shown) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\x00\n")
    shown.encode()


def test_words_say_what_the_colour_does() -> None:
    marks = [timedelta(minutes=2), timedelta(seconds=30), timedelta(0)]
    assert [signal_words(Signal(mark, Level.RED)) for mark in marks] == ["2 min left", "30 s left", "Time"]
    assert signal_words(Signal(marks[0], Level.CALM, is_questions=True)) == "Questions: 2 min left"
    assert [late_words(minutes) for minutes in (3, 0, -2)] == ["3 min late", "", "2 min early"]
