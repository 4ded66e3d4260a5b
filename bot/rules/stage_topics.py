"""What the topic of a room's stage says: the talk that is on, by the clock."""

from __future__ import annotations

from bot.rules.programme import ExpectedSession, on_stage

TOPIC_KEPT = 500


def owed_topic(expected: ExpectedSession) -> str | None:
    """The talk on stage of a session that its moderator began, its own title between two; None before and after."""
    if not expected.is_started or expected.is_over:
        return None
    talks = on_stage([expected])
    return topic_of_talk(talks[0].talk.title) if talks else expected.session.title


def topic_of_talk(title: str) -> str:
    """What a stage says while a talk is on."""
    return f"Now: {title}"[:TOPIC_KEPT]
