"""What a new version of a programme changes, the gravest first."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.rules.programme_diff import ChangeKind, TalkFacts, change_of, in_order, vanishes
from tests.builders import at

TREES = TalkFacts("Trees", at("12:30"), at("12:35"), "Hall F")


@pytest.mark.parametrize(
    ("after", "kind"),
    [
        (None, ChangeKind.REMOVED),
        (replace(TREES, cancelled=True, room="Hall G"), ChangeKind.CANCELLED),
        (replace(TREES, starts_at=at("12:31"), title="Forests"), ChangeKind.MOVED),
        (replace(TREES, ends_at=at("12:40")), ChangeKind.MOVED),
        (replace(TREES, room=None, title="Forests"), ChangeKind.OTHER_ROOM),
        (replace(TREES, title="Forests"), ChangeKind.RETITLED),
        (TREES, ChangeKind.DETAILS),
    ],
)
def test_gravest_change_of_a_talk_is_told(after: TalkFacts | None, kind: ChangeKind) -> None:
    assert change_of(TREES, after).kind is kind


def test_talk_that_was_not_there_is_new_and_one_that_was_cancelled_takes_place_after_all() -> None:
    assert change_of(None, TREES).kind is ChangeKind.ADDED
    assert change_of(replace(TREES, cancelled=True), TREES).kind is ChangeKind.REINSTATED


def test_changes_are_told_by_kind_and_start() -> None:
    later = replace(TREES, title="Later", starts_at=at("13:00"), ends_at=at("13:05"))
    changes = [change_of(None, later), change_of(None, TREES), change_of(later, None)]
    assert [(c.kind.value, c.facts.title) for c in in_order(changes)] == [
        ("removed", "Later"),
        ("new", "Trees"),
        ("new", "Later"),
    ]


@pytest.mark.parametrize(("gone", "stored", "expected"), [(0, 0, False), (1, 3, False), (2, 5, True), (1, 1, True)])
def test_more_than_a_third_gone_is_said(gone: int, stored: int, expected: bool) -> None:  # noqa: FBT001 - what comes out
    assert vanishes([change_of(TREES, None)] * gone, stored) is expected
