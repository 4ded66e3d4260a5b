"""Real files cut, spliced and damaged: a right import or a clear refusal, whatever the bytes."""

from __future__ import annotations

import random
import re
from datetime import UTC, datetime

import pytest

from bot.errors import ScheduleError
from bot.schedules.detect import read_schedule
from bot.schedules.schedule import ReadingOptions
from tests.shared import SHARED, needs_shared

TODAY = datetime(2026, 1, 5, tzinfo=UTC)
MUTATIONS = 500
LONGEST = 30_000
"""Characters of a file that are kept, so that hundreds are read in seconds."""
ODD = (
    b"\x00",
    b"\xff",
    b"\r\n",
    b"<",
    b'"',
    b"{",
    b"]]>",
    b"25:99",
    b"\xed\xa0\x80",
    b"1e999",
    b";",
    b"\t",
    b"null",
    b"-",
)


FIELD = re.compile(rb"(?<=[>,;\t:\"])[^<>,;\t\r\n\"]{1,80}(?=[<,;\t\r\n\"])")
"""What stands between two delimiters of any of the formats."""


def with_swapped_fields(content: bytes, chance: random.Random) -> bytes:
    """A file in which two values have changed places: a room where a time was, a name where a room was."""
    fields = list(FIELD.finditer(content))
    if len(fields) < 2:
        return content
    one, other = sorted(chance.sample(fields, 2), key=lambda found: found.start())
    between = content[one.end() : other.start()]
    return content[: one.start()] + other[0] + between + one[0] + content[other.end() :]


def mutated(content: bytes, other: bytes, chance: random.Random) -> bytes:
    """One file after a few random injuries."""
    start = chance.randrange(max(1, len(content) - LONGEST)) if chance.random() < 0.2 else 0
    piece = bytearray(content[start : start + LONGEST])
    for _ in range(chance.randint(1, 12)):
        at, length = chance.randrange(len(piece) or 1), chance.randint(1, 200)
        match chance.randrange(7):
            case 0:
                del piece[at : at + length]
            case 1:
                piece[at:at] = chance.choice(ODD) * chance.randint(1, 5)
            case 2:
                piece[at : at + 1] = bytes([chance.randrange(256)])
            case 3:
                begin = chance.randrange(len(other))
                piece[at:at] = other[begin : begin + length]
            case 4:
                piece[at:at] = piece[at : at + length]
            case 5:
                piece = bytearray(with_swapped_fields(bytes(piece), chance))
            case _:
                lines = bytes(piece).split(b"\n")
                chance.shuffle(lines)
                piece = bytearray(b"\n".join(lines)) if chance.random() < 0.1 else piece
    return bytes(piece)


def test_swapped_fields_are_the_same_fields() -> None:
    row = b"A,B,12:30,Hall F\n"
    swapped = {with_swapped_fields(row, random.Random(seed)) for seed in range(20)}  # noqa: S311 - as below
    assert all(sorted(each) == sorted(row) for each in swapped)
    assert len(swapped - {row}) > 1


@needs_shared
@pytest.mark.parametrize("seed", range(5))
def test_damaged_file_is_read_or_refused_and_nothing_else(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - the same injuries each time
    files = [path.read_bytes() for path in sorted(SHARED.iterdir()) if path.name != "README.md"]
    outcomes = {True: 0, False: 0}
    for _ in range(MUTATIONS // 5):
        content = mutated(chance.choice(files), chance.choice(files), chance)
        zone = chance.choice([None, "Europe/Berlin"])
        try:
            schedule = read_schedule(content, ReadingOptions(TODAY, timezone=zone))
        except ScheduleError as refusal:
            assert "\n" not in str(refusal)  # noqa: PT017 - both outcomes are right
            outcomes[False] += 1
        else:
            assert all(talk.title and talk.starts_at < talk.ends_at for talk in schedule.talks)
            assert str(schedule).encode()
            outcomes[True] += 1
    assert min(outcomes.values()) > 0, outcomes
