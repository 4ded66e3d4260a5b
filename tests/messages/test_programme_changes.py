"""Changes of a programme in words."""

from __future__ import annotations

from dataclasses import replace

from bot.messages.organising import VANISHES, ImportCounts, import_preview
from bot.messages.programme_changes import CHANGES_SHOWN, change_lines
from bot.rules.programme_diff import TalkFacts, change_of
from tests.builders import LOS_ANGELES, NEW_YORK, a_schedule, at

TREES = TalkFacts("Trees", at("12:30"), at("12:35"), "Hall F")
WHEN = "Thu 21 July 2022, 15:30 EDT · 12:30 PDT"


def test_each_change_is_one_line_that_says_what_it_was_and_is() -> None:
    changes = [
        change_of(TREES, replace(TREES, starts_at=at("12:40"), ends_at=at("12:45"), room="Hall G")),
        change_of(TREES, replace(TREES, room=None)),
        change_of(TREES, replace(TREES, title="*Forests*")),
        change_of(TREES, replace(TREES, cancelled=True)),
        change_of(None, TREES),
        change_of(TREES, None),
        change_of(TREES, TREES),
    ]
    assert change_lines(changes, NEW_YORK, LOS_ANGELES) == [
        f"- Removed: **Trees** · {WHEN} · Hall F",
        f"- Cancelled: **Trees** · {WHEN} · Hall F",
        f"- Moved: **Trees** · {WHEN} to 15:40 EDT · 12:40 PDT · Hall F to Hall G",
        f"- Other room: **Trees** · Hall F to no room · {WHEN}",
        f"- New: **Trees** · {WHEN} · Hall F",
        f"- Retitled: **Trees** to **\\*Forests\\*** · {WHEN}",
    ]


def test_of_many_changes_their_number_is_told() -> None:
    lines = change_lines([change_of(None, TREES)] * (CHANGES_SHOWN + 3), NEW_YORK, None)
    assert (len(lines), lines[-1]) == (CHANGES_SHOWN + 1, "… and 3 more changes")


def test_preview_of_a_second_import_tells_the_changes_and_warns_of_a_file_cut_short() -> None:
    changes = (change_of(TREES, None),)
    counts = ImportCounts("ICML", "x", NEW_YORK, 0, 0, 1, 1, channel_is_set=True, changes=changes, vanishes=True)
    lines = import_preview(a_schedule(), counts, "abcdefghijklmnopqrst_-").content.splitlines()
    assert lines[-2:] == [VANISHES, f"- Removed: **Trees** · {WHEN} · Hall F"]
