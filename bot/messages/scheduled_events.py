"""What one of Discord's scheduled events says, and a stage's topic, within Discord's limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.messages.text import fitting, plural
from bot.messages.typed import label, literal

NAME_LIMIT = LOCATION_LIMIT = 100
DESCRIPTION_LIMIT = 1000
TOPIC_LIMIT = 120
TALK_ROOM, MODERATOR_ROOM = 90, 150


@dataclass(frozen=True, slots=True)
class EventTexts:
    """What people read: name and location are plain text, the description is Markdown."""

    name: str
    location: str
    description: str


def event_texts(facts: Mapping[str, Any]) -> EventTexts:
    """The texts of facts as bot.rules.scheduled_events makes them. No times: Discord shows them itself."""
    moderator = f"Moderator: {literal(facts['moderator'], MODERATOR_ROOM, 200)}" if facts["moderator"] else ""
    head = " · ".join(filter(None, (moderator, plural(facts["talks"], "talk"))))
    first = [f"- {literal(title, TALK_ROOM, 130)}" for title in facts["first"]]
    talks = [*first, *[""] * (facts["talks"] - len(first))]
    return EventTexts(
        name=label(facts["title"], NAME_LIMIT),
        location=label(facts["place"], LOCATION_LIMIT),
        description=fitting(head, talks, "… and {} more", limit=DESCRIPTION_LIMIT, at_most=len(first)),
    )


def topic_text(topic: str) -> str:
    """A stage's topic, plain text."""
    return label(topic, TOPIC_LIMIT)
