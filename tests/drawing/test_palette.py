"""The picture's colours: letters are readable, and no two parts of a bar differ by colour alone."""

from __future__ import annotations

import itertools

import pytest

from bot.drawing.palette import PALETTES, Look, Palette, Part

LETTERS, SHAPES = 4.5, 3.0
"""WCAG's least contrast, of text and of what a picture means."""


def luminance(colour: str) -> float:
    shares = [each / 255 for each in bytes.fromhex(colour[1:])]
    linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a: str, b: str) -> float:
    darker, lighter = sorted((luminance(a), luminance(b)))
    return (lighter + 0.05) / (darker + 0.05)


palettes = pytest.mark.parametrize("palette", PALETTES.values(), ids=PALETTES)


@palettes
def test_letters_are_readable(palette: Palette) -> None:
    for colour in (palette.text, palette.muted, palette.late, palette.early):
        assert contrast(colour, palette.background) >= LETTERS


@palettes
def test_bars_stand_out_from_their_lane(palette: Palette) -> None:
    for part, ink in palette.inks.items():
        assert contrast(ink.outline, palette.lane) >= SHAPES, part
        assert contrast(ink.outline, palette.background) >= SHAPES, part


@palettes
def test_parts_of_a_bar_differ_without_colour(palette: Palette) -> None:
    lower = [part for part in Part if part not in {Part.PLANNED, Part.NOT_HELD, Part.GOES_ON}]
    shapes = {part: (palette.inks[part].fill is None, palette.inks[part].hatch) for part in lower}
    assert all(a != b for a, b in itertools.combinations(shapes.values(), 2))
    planned, not_held = palette.inks[Part.PLANNED], palette.inks[Part.NOT_HELD]
    assert (planned.fill is None, planned.dashed) != (not_held.fill is None, not_held.dashed)


@palettes
def test_hatches_are_seen_on_their_fill(palette: Palette) -> None:
    for part, ink in palette.inks.items():
        if ink.hatch:
            assert contrast(ink.strokes or ink.outline, ink.fill or palette.lane) >= 2, part


def test_every_part_has_an_ink_in_every_look() -> None:
    assert {look: set(palette.inks) for look, palette in PALETTES.items()} == {look: set(Part) for look in Look}
