"""The rehearsal in a wide terminal: the session's channel at the left, the moderators' at the right."""

from __future__ import annotations

import io
import itertools
from datetime import timedelta
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from bot.rehearsal.cast import Hall, build_hall
from bot.rehearsal.columns import Columns
from bot.rehearsal.entry import Entry
from bot.rehearsal.loopback import Channel, Loopback
from bot.rehearsal.loopback.world import posting
from bot.rehearsal.loopback.world.posting import Draft
from bot.rehearsal.terminal import Narration
from bot.rehearsal.timetable import RehearsalClock
from tests.builders import FIRST_START, NEW_YORK, a_schedule, a_session, a_talk
from tests.rehearsal.test_terminal import SCHEDULE, Playing, told

TWO_ROOMS = a_schedule(a_session(a_talk(), room="Hall F"), a_session(a_talk(), room="Hall G"), timezone=NEW_YORK)
TIME = "15:25 EDT"


@pytest.fixture
def stage(loopback: Loopback) -> Hall:
    return build_hall(loopback, SCHEDULE, "ICML 2022")


def columns(hall: Hall, width: int = 100, height: int = 50) -> Columns:
    return Columns(Console(width=width, height=height), hall, indent=len(TIME) + 2)


def says(channel: Channel | None, body: str = "", *, head: str = "Chairside", is_new: bool = True) -> Entry:
    return Entry(Text(head), Text(body) if body else None, channel=channel, is_new=is_new)


def drawn(rows: list[Text]) -> str:
    return "\n" + "\n".join(row.plain.rstrip() for row in rows) + "\n"


def test_what_happens_in_both_channels_at_one_time_stands_side_by_side(stage: Hall) -> None:
    shown = columns(stage)
    title = "Rich Feature Construction for the Optimization-Generalization Dilemma"
    shown.add(says(stage.backstage, head="Robin presses [Next]"), TIME)
    shown.add(says(stage.channel, f"Up next in 5 minutes: {title}\n5 min"), TIME)
    shown.add(says(stage.backstage, f"On stage: {title}", head="console now says", is_new=False), TIME)
    shown.add(says(stage.channel, head="Ada uses /now"), TIME)
    assert (
        drawn(shown.take())
        == """
────────── #hall-f, the session's channel ─────────────┼ #moderators, with the console ─────────────
                                                       │
15:25 EDT  Chairside                                   │ Robin presses [Next]
             Up next in 5 minutes: Rich Feature        │ console now says
               Construction for the                    │   On stage: Rich Feature Construction for
               Optimization-Generalization Dilemma     │     the Optimization-Generalization Dilemma
             5 min                                     │
                                                       │
           Ada uses /now                               │
"""
    )
    assert shown.take() == []


def test_entry_of_a_later_time_finishes_what_was_gathered(stage: Hall) -> None:
    shown = columns(stage)
    assert shown.add(says(stage.channel, "first"), TIME) == []
    assert "first" in drawn(shown.add(says(stage.channel, "second"), "15:26 EDT"))
    assert drawn(shown.take()).splitlines()[2].startswith("15:26 EDT  Chairside")


def test_what_becomes_of_the_bot_stands_across_both_columns_in_its_place(stage: Hall) -> None:
    shown = columns(stage)
    shown.add(says(stage.channel, "before"), TIME)
    rows = drawn(shown.add(says(None, head="the bot is offline", is_new=False), TIME)).splitlines()
    assert "before" in rows[-2]
    assert rows[-1] == "15:25 EDT  the bot is offline"


def test_names_of_the_columns_come_again_with_each_screenful(stage: Hall) -> None:
    shown = columns(stage, height=20)
    rows = [row for number in range(30) for row in shown.add(says(stage.channel, "x"), f"15:{number} EDT")]
    at = [number for number, row in enumerate(rows) if "#moderators" in row.plain]
    assert at[0] == 0
    assert {later - earlier for earlier, later in itertools.pairwise(at)} == {16}  # five entries of three rows


def test_other_places_than_those_that_the_columns_are_named_after_are_named(loopback: Loopback) -> None:
    hall = build_hall(loopback, TWO_ROOMS, "ICML 2022")
    shown = columns(hall, width=140)
    shown.add(says(hall.channels["Hall G"]), TIME)
    shown.add(says(hall.attendees[0].direct_channel), TIME)
    shown.add(says(hall.backstage), TIME)
    rows = drawn(shown.take()).splitlines()
    assert "the sessions' channels" in rows[1]
    assert rows[3].startswith("15:25 EDT  #hall-g  Chairside   ")
    assert rows[3].endswith("│ Chairside")
    assert rows[5].startswith("           @Ada  Chairside   ")


@pytest.mark.parametrize("width", [100, 141, 400])
@pytest.mark.parametrize("words", ["深層学習の収束性 ", "שלום עולם ", "👩‍🔬 e\u0301 ", "x" * 300, "\u202emirrored "])
def test_whatever_is_written_stays_within_its_column(stage: Hall, width: int, words: str) -> None:
    shown = columns(stage, width=width)
    shown.add(says(stage.channel, words * 20, head=words * 20), TIME)
    shown.add(says(stage.backstage, words * 20), TIME)
    rows = [row.plain for row in shown.take()]
    assert max(map(cell_len, rows)) <= width
    assert len({cell_len(row.partition("│")[0]) for row in rows[1:]}) == 1


def test_right_to_left_text_turns_nothing_beside_it_round(stage: Hall) -> None:
    shown = columns(stage)
    shown.add(says(stage.channel, "\u2068" + "שלום עולם " * 10 + "\u2069"), TIME)
    shown.add(says(stage.backstage, "one " * 60), TIME)
    left = [row.plain.partition("│")[0] for row in shown.take() if "ש" in row.plain]
    assert len(left) > 1  # an isolate that was cut in two
    for text in left:
        depths = [sum((c in "\u2066\u2068") - (c == "\u2069") for c in text[:end]) for end in range(len(text) + 1)]
        assert depths[-1] == 0
        assert min(depths) == 0
        assert all(depths[number] for number, c in enumerate(text) if "א" <= c <= "ת")


@pytest.mark.parametrize(("width", "side_by_side"), [(99, False), (100, True)])
async def test_wide_terminal_is_told_in_columns(
    loopback: Loopback, stage: Hall, tmp_path: Path, width: int, *, side_by_side: bool
) -> None:
    clock = RehearsalClock(tmp_path / "clock.json", FIRST_START - timedelta(minutes=5))
    terminal = Console(file=io.StringIO(), width=width, force_terminal=True, _environ={"TERM": "xterm"})
    log = Console(file=io.StringIO(), width=width)
    async with Narration(Playing(loopback, clock, stage), terminal), Narration(Playing(loopback, clock, stage), log):
        for channel in (stage.channel, stage.backstage):
            posting.post(loopback.world, channel, loopback.world.bot, Draft("Hello"))
    assert ("│" in told(terminal)) is side_by_side
    assert ("#hall-f  " in told(terminal)) is not side_by_side
    assert "│" not in told(log)
