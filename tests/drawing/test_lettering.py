"""Text in pixels: what is kept of it, where it is cut, and in which order it comes out."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.font_manager import fontManager, get_font
from matplotlib.ft2font import LoadFlags

from bot.drawing import lettering
from bot.drawing.lettering import UNDRAWABLE, cut, drawable, fitting, measured, properties, width_of, wrapped

SIZE = 24


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("  two\n words\t", "two words"),
        ("a\x00b\x1b[31m", "a b [31m"),
        ("safe\u202egnp.exe", "safegnp.exe"),
        ("\u2066isolated\u2069", "isolated"),
        ("heart \u2764\ufe0f", "heart \u2764"),
        ("lone \ud800", f"lone {UNDRAWABLE}"),
        ("private \ue000", f"private {UNDRAWABLE}"),
        ("Z" + "\u0301" * 40, "Z\u0301\u0301"),
        ("x" * 100_000, "x" * lettering.LONGEST),
        ("", ""),
    ],
)
def test_what_is_kept(text: str, kept: str) -> None:
    assert drawable(text) == kept


@settings(deadline=None)
@given(st.text(max_size=200), st.sampled_from([60, 300, 900]))
def test_what_is_cut_fits_and_draws_without_a_warning(text: str, width: int) -> None:
    line = cut(drawable(text), width, SIZE)
    wide, high = measured(line, SIZE)
    assert wide <= width
    assert fitting(line, width, 1.2 * SIZE, SIZE) <= SIZE
    assert high >= 0


@settings(deadline=None)
@given(st.text("abc d", max_size=200))
def test_wrapping_keeps_the_words_and_the_width(text: str) -> None:
    rows = wrapped(drawable(text), 200, SIZE, lines=2)
    assert len(rows) <= 2
    assert all(width_of(row, SIZE) <= 200 for row in rows)
    if not any(row.endswith("…") for row in rows):
        assert " ".join(rows).split() == text.split()


def test_what_fits_is_not_cut() -> None:
    assert cut("A short title", 900, SIZE) == "A short title"
    assert cut("A longer title than that", 150, SIZE) == "A longer ti…"


def test_no_letter_loses_its_marks() -> None:
    line = cut("e\u0301" * 60, 300, SIZE)
    assert unicodedata.normalize("NFC", line[:-1]) == "é" * (len(line[:-1]) // 2)


def order(text: str) -> str:
    """The characters as they stand from left to right, as laid out for drawing."""
    font = get_font(fontManager._find_fonts_by_props(properties(text, SIZE)))
    placed = sorted((item.x, item.glyph_index) for item in font._layout(text, LoadFlags.DEFAULT))
    names = {font.get_char_index(ord(character)): character for character in text}
    return "".join(names[glyph] for _, glyph in placed)


def test_right_to_left_comes_out_in_order() -> None:
    assert order("שלום 12") == "12 םולש"
    assert order("Room שלום") == "Room םולש"


def test_a_font_that_has_it_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    assert properties("plain", SIZE).get_family() == [lettering.FAMILY]
    installed = {entry.name for entry in fontManager.ttflist}
    if "Noto Sans CJK JP" in installed:
        assert properties("学ぶ", SIZE).get_family() == [lettering.FAMILY, "Noto Sans CJK JP"]
        assert drawable("学ぶ") == "学ぶ"


def test_without_any_such_font_it_says_that_something_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lettering, "_entries", lambda _: ())
    lettering._other_family.cache_clear()
    assert drawable("学 x") == f"{UNDRAWABLE} x"
    lettering._other_family.cache_clear()
