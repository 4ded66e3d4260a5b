"""Pages for tests: small ones written out, and what reading one gives."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TypedDict, Unpack

import pytest

from bot.errors import ScheduleError
from bot.schedules.detect import read_schedule
from bot.schedules.schedule import ReadingOptions, Schedule, Talk

SAVED = Path(__file__).parent / "saved"
HEAD = "Session\n\nDeep Learning\n\nHall F\n\nModerator: Robin Walters\n\nAbstract:\n\nChat is not available.\n\n"
TIMES = "Thu 21 July 12:30 - 12:35 PDT"


def at(text: str) -> datetime:
    """A UTC moment of the tests' day, as `19:30`, or of another, as `2022-07-22 19:30`."""
    return datetime.fromisoformat(text if "-" in text else f"2022-07-21 {text}").replace(tzinfo=UTC)


class Stated(TypedDict, total=False):
    """What whoever imports states about the page."""

    timezone: str | None
    year: int | None
    today: str


def options(**stated: Unpack[Stated]) -> ReadingOptions:
    today = at(f"{stated.get('today', '2022-07-01')} 12:00")
    return ReadingOptions(today=today, timezone=stated.get("timezone"), year=stated.get("year"), name="page.txt")


def a_talk(
    times: str = TIMES, *, kind: str = "Spotlight", title: str = "Graphs", rest: str = "Ada One · Bo Two"
) -> str:
    """One talk as the site prints it."""
    return f"{times}\n\n{kind}\n{title}\n\n{rest}\n\n"


def a_page(*talks: str, head: str = HEAD) -> str:
    return head + "".join(talks or (a_talk(),))


def read(text: str | bytes, **stated: Unpack[Stated]) -> Schedule:
    content = text.encode() if isinstance(text, str) else text
    return read_schedule(content, options(**stated))


def only_talk(text: str, **stated: Unpack[Stated]) -> Talk:
    """The one talk of a page."""
    (talk,) = read(text, **stated).talks
    return talk


def refusal(text: str | bytes, **stated: Unpack[Stated]) -> str:
    """The sentence with which a page is refused."""
    with pytest.raises(ScheduleError) as refused:
        read(text, **stated)
    return str(refused.value)
