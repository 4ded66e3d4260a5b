"""The audit log as managers read it."""

from __future__ import annotations

import re

from bot.messages.audit import ENTRIES_SHOWN, audit_log, audit_told
from bot.messages.message import AUDIT
from bot.messages.text import MESSAGE_LIMIT
from bot.rules.audit import Act
from tests.builders import at

START = Act(5, "/timer start", {"talk": "Deep Nets"}, "Deep Learning", at("12:31"), 9)


def test_entry_says_when_who_what_and_where() -> None:
    line = audit_told(START, "d" * 22).content
    assert line == f"<t:{int(at('12:31').timestamp())}:f> <@5> /timer start talk: Deep Nets · Deep Learning"
    assert re.fullmatch(AUDIT, audit_told(START, "d" * 22).buttons[0].custom_id)


def test_person_who_was_removed_is_nobody_and_people_who_were_given_are_shown_by_discord() -> None:
    act = Act(None, "/session handover", {"to": "<@7>"}, None, at("12:31"))
    assert audit_told(act, "d" * 22).content.endswith("removed person /session handover to: <@7>")


def test_nothing_recorded_is_said() -> None:
    assert audit_log([], None, is_first=True).content == "Nothing is recorded yet."
    assert audit_log([], None, is_first=False).content == "Nothing older is recorded."


def test_older_entries_are_a_press_away_and_none_is_passed_over() -> None:
    acts = [Act(5, "/timer next", {}, "w" * 400, at("12:31"), number) for number in range(ENTRIES_SHOWN + 1, 0, -1)]
    page = audit_log(acts, 5, is_first=True)
    shown = page.content.count("/timer next")
    (button,) = page.buttons
    assert button.custom_id == f"audit:5:{acts[shown - 1].id}"
    assert audit_log(acts[:3], None, is_first=True).buttons == ()


def test_entries_can_neither_ping_nor_fill_a_message() -> None:
    hostile = Act(
        5, "/schedule edit", dict.fromkeys(map(str, range(9)), "@everyone <@&1> **x** " * 99), "#" * 900, at("12:31"), 1
    )
    page = audit_log([hostile] * (ENTRIES_SHOWN + 1), None, is_first=True)
    assert len(page.content) <= MESSAGE_LIMIT
    assert "/schedule edit" in page.content
    assert page.buttons
    for content in (page.content, audit_told(hostile, "d" * 22).content):
        assert "@everyone" not in content
        assert re.search(r"(?<!\\)<@&1>", content) is None
