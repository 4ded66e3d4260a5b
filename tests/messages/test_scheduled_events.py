"""What Discord's list of events and a stage's topic say, with the longest and the most hostile texts."""

from __future__ import annotations

import re

import pytest

from bot.messages.scheduled_events import (
    DESCRIPTION_LIMIT,
    LOCATION_LIMIT,
    NAME_LIMIT,
    TOPIC_LIMIT,
    event_texts,
    topic_text,
)

HOSTILE = [
    "x" * 4000,
    "@everyone <@1> <@&2> <#3> " * 100,
    "**_~`|" * 500,
    "\u202eabc\u2066" * 300,
    "مرحبا " * 500,
    "e" + "\u0301" * 4000,
    "[a](https://example.org) https://discord.gg/abc " * 90,
    "\n\n\n- a\n# b" * 300,
    " ",
    "\u200b",
]


def facts(text: str, talks: int = 30) -> dict[str, object]:
    return {"title": text, "place": text, "moderator": text, "talks": talks, "first": [text] * min(talks, 8)}


@pytest.mark.parametrize("text", HOSTILE)
def test_texts_fit_and_hold_no_mention(text: str) -> None:
    texts = event_texts(facts(text))
    assert 1 <= len(texts.name) <= NAME_LIMIT
    assert 1 <= len(texts.location) <= LOCATION_LIMIT
    assert 1 <= len(texts.description) <= DESCRIPTION_LIMIT
    assert 1 <= len(topic_text(text)) <= TOPIC_LIMIT
    assert re.search(r"@everyone|(?<!\\)<[@#]|discord\.gg/", texts.description) is None
    assert "\u202e" not in "".join((texts.name, texts.location, texts.description, topic_text(text)))


def test_description_names_moderator_number_and_first_talks() -> None:
    texts = event_texts(
        {"title": "Deep Learning", "place": "Hall F", "moderator": "Robin", "talks": 3, "first": ["One", "Two"]}
    )
    assert (texts.name, texts.location) == ("Deep Learning", "Hall F")
    assert texts.description == "Moderator: Robin · 3 talks\n- One\n- Two\n… and 1 more"


def test_session_without_moderator_or_talks_says_what_there_is() -> None:
    texts = event_texts({"title": "Lunch", "place": "Foyer", "moderator": None, "talks": 0, "first": []})
    assert texts.description == "0 talks"
    assert event_texts({**facts("One", 1), "moderator": None}).description == "1 talk\n- One"
