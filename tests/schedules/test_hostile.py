"""Bad input does no harm: a clear refusal or a right import, whatever the bytes, and soon."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import ScheduleError
from bot.schedules.detect import read_schedule
from bot.schedules.schedule import Schedule
from tests.schedules.pages import HEAD, SAVED, a_page, a_talk, options
from tests.shared import SHARED, needs_shared

PAGE = a_page(
    a_talk(rest="Ada One · Bo Two\n\nWe count $k$ graphs, \\citet{x} says."),
    a_talk(
        "Thu 21 July 12:35 - 12:55 PDT", kind="Oral", title="[ Hall G ] Trees", rest="Cy Three\n\nhttps://example.org/1"
    ),
)
PIECES = (
    *(
        "\n",
        "\n\n",
        " ",
        "Session\n",
        "Moderator: ",
        "Abstract:\n",
        "Oral\n",
        "Break\n",
        "[ ",
        " ]",
        "·",
        "Skip to main content\n",
    ),
    *(
        "Thu ",
        "21 ",
        "July ",
        "2022 ",
        "12:30 ",
        "12:30 - 12:35 ",
        "24:00",
        "a.m.",
        "PDT\n",
        "IST\n",
        "UTC+",
        "noon",
        "-",
        "–",
        "$",
    ),
    *(
        "<div>",
        "</div>",
        "<html>",
        '<div class="event-card">',
        '<span class="touchup-time">',
        "\\textit{",
        "\u202e",
        "\x00",
    ),
)


def outcome(content: bytes) -> Schedule | ScheduleError:
    try:
        return read_schedule(content, options(timezone="America/New_York"))
    except ScheduleError as refused:
        return refused


def harmless(content: bytes) -> None:
    """Read it; a schedule must make sense, and a refusal must be one line with a place."""
    came_of_it = outcome(content)
    if isinstance(came_of_it, Schedule):
        make_sense(came_of_it)
    else:
        assert came_of_it.what
        assert came_of_it.where
        assert "\n" not in str(came_of_it)


def make_sense(schedule: Schedule) -> None:
    assert schedule.sessions
    assert list(schedule.sessions) == sorted(schedule.sessions, key=lambda session: session.starts_at)
    for session in schedule.sessions:
        assert session.title
        assert session.talks
        for talk in session.talks:
            assert talk.ends_at > talk.starts_at
            assert talk.title
            assert "\n" not in talk.title
            assert all(talk.speakers)


@given(st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=4)), max_size=40).map("".join))
def test_pieces_of_pages_in_any_order(text: str) -> None:
    harmless(text.encode("utf-8", errors="surrogatepass"))
    harmless((HEAD + text).encode("utf-8", errors="surrogatepass"))


@given(st.binary(max_size=200))
def test_any_bytes(content: bytes) -> None:
    harmless(content)


def cut(source: bytes, chance: random.Random) -> bytes:
    start, end = sorted(chance.randrange(len(source)) for _ in range(2))
    return source[:start] + source[end:]


def splice(source: bytes, chance: random.Random) -> bytes:
    start, end, there = (chance.randrange(len(source)) for _ in range(3))
    return source[:there] + source[start:end] + source[there:]


def flip(source: bytes, chance: random.Random) -> bytes:
    flipped = bytearray(source)
    for _ in range(chance.randrange(1, 8)):
        flipped[chance.randrange(len(flipped))] ^= 1 << chance.randrange(8)
    return bytes(flipped)


def swap_lines(source: bytes, chance: random.Random) -> bytes:
    lines = source.split(b"\n")
    one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return b"\n".join(lines)


def drop_lines(source: bytes, chance: random.Random) -> bytes:
    return b"\n".join(line for line in source.split(b"\n") if chance.random() > 0.05)


MUTATIONS: tuple[Callable[[bytes, random.Random], bytes], ...] = (cut, splice, flip, swap_lines, drop_lines)


@pytest.mark.parametrize("mutate", MUTATIONS)
@pytest.mark.parametrize("source", [PAGE.encode(), (SAVED / "session.html").read_bytes()], ids=["text", "html"])
def test_mutated_pages(source: bytes, mutate: Callable[[bytes, random.Random], bytes]) -> None:
    chance = random.Random(mutate.__name__)  # noqa: S311 - the same mutations every time
    for _ in range(60):
        harmless(mutate(source, chance))


@needs_shared
@pytest.mark.parametrize("mutate", MUTATIONS)
def test_mutated_seed(mutate: Callable[[bytes, random.Random], bytes]) -> None:
    source = (SHARED / "icml-2022-deep-learning-hall-f.txt").read_bytes()
    chance = random.Random(mutate.__name__)  # noqa: S311 - the same mutations every time
    for _ in range(20):
        harmless(mutate(source, chance))


@pytest.mark.parametrize(
    "unit",
    [
        *(
            "a\n",
            "\n",
            " ",
            "12:30 " * 19 + "\n",
            "Ada One · ",
            "[ Hall F ] ",
            "Moderator: Ada\n",
            "Oral\n",
            "Session\n",
        ),
        *("words $x$ and \\textit{words}, ", "$\\frac{a}{b}$", "\u0301"),
    ],
)
def test_half_a_million_characters_of_anything(unit: str) -> None:
    harmless((a_page() + unit * (500_000 // len(unit))).encode())


@pytest.mark.parametrize(
    "unit",
    [
        *(
            "<div>",
            "<p>",
            "<b>",
            "<table><tr><td>",
            "<a href=/virtual/2022/oral/1>",
            "&amp;",
            "<",
            "<title",
            " a=b",
            "<!--",
        ),
        *(
            "<input ",
            "<select><option>",
            "<br>12:30",
            '<div class="event-card"><span class="touchup-time">x</span></div>',
        ),
    ],
)
def test_a_quarter_of_a_million_characters_of_html(unit: str) -> None:
    harmless(("<html>" + unit * (250_000 // len(unit))).encode())
    harmless(("<html><div" + unit * (250_000 // len(unit))).encode())
