"""An edit stands until the file says something else; what the file said is all that decides."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.rules.kept_edits import as_json, merged, noted
from tests.builders import at

FILE: dict[str, Any] = {"title": "Trees", "room": None, "starts_at": at("12:30"), "ends_at": at("12:35")}
MOMENTS = [at("12:30"), at("12:40"), at("13:00")]
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "title": st.sampled_from(["Trees", "Forests", "Woods"]),
    "room": st.sampled_from([None, "Hall F", "Hall G"]),
    "starts_at": st.sampled_from(MOMENTS),
    "ends_at": st.sampled_from(MOMENTS),
}
WHOLE = st.fixed_dictionaries(VALUES)
SOME = st.fixed_dictionaries({}, optional=VALUES)


def test_edit_is_kept_while_the_file_says_what_it_said() -> None:
    said = noted(FILE, {"title": "Forests"}, {})
    assert said == {"title": "Trees"}
    stored = FILE | {"title": "Forests"}
    assert merged(FILE, stored, said) == (stored, said)
    assert merged(FILE | {"title": "Woods"}, stored, said) == (FILE | {"title": "Woods"}, {})


def test_start_and_end_are_kept_or_replaced_together() -> None:
    said = noted(FILE, {"starts_at": at("12:40"), "ends_at": at("12:45")}, {})
    stored = FILE | {"starts_at": at("12:40"), "ends_at": at("12:45")}
    longer = FILE | {"ends_at": at("12:50")}
    assert merged(longer, stored, said) == (longer, {})


def test_edit_that_is_taken_back_is_none() -> None:
    said = noted(FILE, {"room": "Hall F"}, {})
    assert noted(FILE | {"room": "Hall F"}, {"room": None}, said) == {}


@given(file=WHOLE, edits=st.lists(SOME, max_size=4), newer=WHOLE)
def test_after_any_edits_the_same_file_changes_nothing_and_a_newer_one_decides_what_it_changed(
    file: dict[str, Any], edits: list[dict[str, Any]], newer: dict[str, Any]
) -> None:
    stored: dict[str, Any] = dict(file)
    said: dict[str, Any] = {}
    for edit in edits:
        said = noted(stored, edit, said)
        stored |= edit
    assert merged(file, stored, said) == (stored, said)
    values, left = merged(newer, stored, said)
    for names in (("title",), ("room",), ("starts_at", "ends_at")):
        edited = any(stored[name] != file[name] for name in names)
        same = all(newer[name] == file[name] for name in names)
        kept = edited and same
        assert all(values[name] == (stored if kept else newer)[name] for name in names)
        assert all((name in left) == kept for name in names)
    assert all(left[name] == as_json(file[name]) for name in left)
