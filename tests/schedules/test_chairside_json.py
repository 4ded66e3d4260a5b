"""The JSON of an export: also what `chairside import --json` printed before there were exports."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.schedules.as_json import as_json, as_json_file
from bot.schedules.detect import read_schedule
from tests.builders import LOS_ANGELES, a_schedule, a_session, a_talk
from tests.schedules.pages import refusal
from tests.schedules.programmes import OPTIONS, facts


def changed(**changes: Any) -> bytes:  # noqa: ANN401 - any JSON value
    """A file whose only talk has these values."""
    told = as_json(a_schedule(a_session(a_talk())))
    told["sessions"][0]["talks"][0] |= changes
    return json.dumps(told).encode()


def test_what_import_printed_before_is_read() -> None:
    told = as_json(a_schedule(page_timezone=None))
    del told["page_timezone"]
    for session in told["sessions"]:
        del session["source"]
    back = read_schedule(json.dumps(told, sort_keys=True).encode(), OPTIONS)
    assert facts(back) == facts(a_schedule(page_timezone=None))


def test_file_is_text_that_people_can_read() -> None:
    content = as_json_file(a_schedule(a_session(a_talk("Naïve 日本"))))
    assert content.endswith(b"}\n")
    assert '\n          "title": "Naïve 日本",\n' in content.decode()


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"starts_at": "noon"}, "session 1, talk 1, starts_at: this export cannot be read (input should be a valid"),
        ({"starts_at": "2022-07-21T12:30:00"}, "session 1, talk 1, starts_at: this export cannot be read (input"),
        ({"title": None}, "session 1, talk 1, title: this export cannot be read (input should be a valid string)"),
        ({"speakers": "Ada"}, "session 1, talk 1, speakers: this export cannot be read"),
        ({"title": " "}, "no talk is left that could be announced (session 1, talk 1: this has no title: left out)"),
        ({"ends_at": "2022-07-21T19:30:00Z"}, "no talk is left that could be announced (session 1, talk 1: “Conv"),
        ({"title": "x" * 1_001}, "session 1, talk 1: a title of 1,001 characters"),
        ({"speakers": [str(number) for number in range(501)]}, "session 1, talk 1: 501 people give one talk"),
    ],
)
def test_value_that_makes_no_sense_is_refused_with_its_place(changes: dict[str, object], told: str) -> None:
    assert told in refusal(changed(**changes))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (f'"{LOS_ANGELES}"', '"Mars/Olympus"', "Mars/Olympus is no time zone"),
        ("}\n  ]\n}", "}\n  ]\n", "this export cannot be read (EOF"),
        ('"talks": [', '"talks": [' + "[" * 9_999, "this export cannot be read"),
        ('"title": "Conv', '"title": "\\ud800', "this export cannot be read"),
    ],
)
def test_file_that_is_broken_is_refused(old: str, new: str, told: str) -> None:
    text = as_json_file(a_schedule(a_session(a_talk()))).decode()
    assert old in text
    assert told.casefold() in refusal(text.replace(old, new)).casefold()


def test_what_nobody_sees_is_in_no_id_and_no_link() -> None:
    (talk,) = read_schedule(changed(id="g\0-1", url="https://example.org/\0"), OPTIONS).talks
    assert (talk.file_id, talk.url) == ("g-1", "https://example.org/")


def test_link_that_is_none_is_left_out() -> None:
    (talk,) = read_schedule(changed(url="javascript:alert(1)"), OPTIONS).talks
    assert talk.url is None
