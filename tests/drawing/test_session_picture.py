"""The session's picture: its size, nothing overlapping or cut, and what it says of each session."""

from __future__ import annotations

import io
import itertools
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from matplotlib.patches import Patch
from matplotlib.text import Text
from PIL import Image

from bot.drawing.bars import actual
from bot.drawing.geometry import SHOWN_AT_MOST
from bot.drawing.palette import PALETTES, Look, Part
from bot.drawing.session_picture import drawn, session_picture
from bot.drawing.sheet import BAR, WIDTH, Sheet, plain_style
from bot.rules.session_report import SessionReport
from tests.builders import LOS_ANGELES, NEW_YORK
from tests.drawing.odd import reports
from tests.drawing.sessions import (
    SESSIONS,
    many_talks,
    no_talks,
    nobody_timed,
    odd_titles,
    one_talk,
    posters,
    still_on,
    the_icml_session,
)

DISCORD_SHOWS = 10 * 1024 * 1024
ROUNDING = 0.5
"""Pixels: letters are set on whole ones."""
Edges = tuple[float, float, float, float]


def sheet_of(report: SessionReport, zone: str = NEW_YORK, page: str | None = LOS_ANGELES) -> Sheet:
    with plain_style():
        return drawn(report, zone, page, Look.DARK)


def texts(sheet: Sheet) -> list[Text]:
    return [artist for artist in sheet.figure.get_children() if isinstance(artist, Text) and artist.get_text()]


def words(sheet: Sheet) -> list[str]:
    return [text.get_text() for text in texts(sheet)]


def bars(sheet: Sheet) -> list[Patch]:
    return [artist for artist in sheet.figure.get_children() if isinstance(artist, Patch) and artist.get_gid() == BAR]


def edges(artist: Text | Patch) -> Edges:
    box = artist.get_window_extent()
    return box.x0, box.y0, box.x1, box.y1


def overlap(a: Edges, b: Edges) -> bool:
    across, along = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    return across > ROUNDING and along > ROUNDING


def is_tidy(sheet: Sheet) -> None:
    """No two texts overlap, no text lies on a bar, nothing leaves the picture."""
    with plain_style():
        said = [(text.get_text(), edges(text)) for text in texts(sheet)]
        drawn_bars = [("a bar", edges(bar)) for bar in bars(sheet)]
    height = sheet.figure.bbox.height
    assert [what for what, (x0, y0, x1, y1) in said + drawn_bars if min(x0, y0) < 0 or x1 > WIDTH or y1 > height] == []
    said.sort(key=lambda each: each[1][1])
    pairs = [*itertools.combinations(said, 2), *itertools.product(said, drawn_bars)]
    assert [(a[0], b[0]) for a, b in pairs if overlap(a[1], b[1])] == []


@pytest.mark.parametrize("name", SESSIONS)
def test_nothing_overlaps_or_is_cut(name: str) -> None:
    is_tidy(sheet_of(SESSIONS[name]()))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    reports(), st.sampled_from([NEW_YORK, "Asia/Kathmandu", "Australia/Lord_Howe"]), st.none() | st.just(LOS_ANGELES)
)
def test_nothing_overlaps_or_is_cut_in_any_session(report: SessionReport, zone: str, page: str | None) -> None:
    is_tidy(sheet_of(report, zone, page))


@pytest.mark.slow
@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(reports(), st.sampled_from([NEW_YORK, "Asia/Kathmandu"]))
def test_nothing_overlaps_or_is_cut_in_many_sessions(report: SessionReport, zone: str) -> None:
    is_tidy(sheet_of(report, zone))


@pytest.mark.parametrize("look", Look)
def test_it_is_a_png_of_1200_pixels_on_discords_background(look: Look) -> None:
    picture = session_picture(the_icml_session(), NEW_YORK, LOS_ANGELES, look)
    image = Image.open(io.BytesIO(picture))
    assert (image.format, image.width) == ("PNG", WIDTH)
    corner = image.convert("RGB").getpixel((2, 2))
    assert corner == tuple(bytes.fromhex(PALETTES[look].background[1:]))
    assert len(picture) < 300_000


def test_the_same_report_gives_the_same_bytes() -> None:
    first, second = (session_picture(odd_titles(), NEW_YORK, None, Look.LIGHT) for _ in range(2))
    assert first == second


@pytest.mark.slow
def test_the_largest_is_far_below_what_discord_takes() -> None:
    assert len(session_picture(posters(1000), NEW_YORK, LOS_ANGELES, Look.DARK)) < DISCORD_SHOWS / 10


def test_a_file_of_matplotlibs_settings_changes_nothing() -> None:
    import matplotlib as mpl  # noqa: PLC0415 - only here

    before = session_picture(one_talk(), NEW_YORK, None, Look.DARK)
    with mpl.rc_context(
        {"font.size": 40, "text.parse_math": True, "hatch.linewidth": 9, "savefig.dpi": 10, "text.usetex": True}
    ):
        assert session_picture(one_talk(), NEW_YORK, None, Look.DARK) == before


def test_it_tells_the_sessions_figures() -> None:
    said = words(sheet_of(the_icml_session()))
    assert "\u200eThu 21 July 2022 · 15:30–17:00 EDT · 12:30–14:00 PDT" in said
    assert "\u200eHall F · Moderator: Robin Walters" in said
    assert [said[said.index(label) + 1] for label in ("Started", "Ended", "Recovered", "Questions")] == [
        "3:00 late",
        "by plan",
        "–",
        "24 asked",
    ]
    assert "15:33, planned 15:30" in said
    assert "17:00, assumed" in said
    assert "21 answered · 9 left" in said


def test_a_row_tells_drift_questions_and_what_happened() -> None:
    said = words(sheet_of(the_icml_session()))
    assert said[said.index("2") : said.index("3")][1:] == [
        "+5:00",
        "asked 1 · answered 1 · left 1 · 2:00 over",
        "Rich Feature Construction for the Optimization-Generalization Di…",
    ]
    assert "skipped" in said
    assert "no questions · 1:00 paused" in said
    assert "asked 1 · answered 1 · left 0 · time assumed" in said


@pytest.mark.parametrize(
    ("made", "legend"),
    [
        (the_icml_session, set(Part) - {Part.GOES_ON}),
        (one_talk, {Part.PLANNED, Part.SPOKEN, Part.OVER}),
        (nobody_timed, {Part.PLANNED}),
        (still_on, {Part.PLANNED, Part.SPOKEN, Part.OVER, Part.GOES_ON}),
        (no_talks, set()),
    ],
)
def test_the_legend_has_what_occurs(made: Callable[[], SessionReport], legend: set[Part]) -> None:
    assert set(words(sheet_of(made()))) & set(Part) == legend


def test_a_session_nobody_timed_says_so() -> None:
    sheet = sheet_of(nobody_timed())
    assert "Nobody started the clock: this is the plan alone." in words(sheet)
    assert "Started" not in words(sheet)
    assert len(bars(sheet)) == len(nobody_timed().talks) + 1  # the legend's


def test_a_session_that_goes_on_says_when_it_was_drawn() -> None:
    said = words(sheet_of(still_on()))
    assert "Still going on: this is how it stood at 14:22 EDT." in said
    assert "not begun" in said
    assert "asked 2 · answered 2 · left 1 · on stage 2 times" in said


def test_a_cancelled_rest_says_so() -> None:
    assert words(sheet_of(SESSIONS["cancelled half-way"]())).count("cancelled") == 4
    assert words(sheet_of(SESSIONS["skipped half-way"]())).count("skipped") == 4


def test_what_is_too_much_is_counted() -> None:
    said = words(sheet_of(posters(SHOWN_AT_MOST + 20)))
    assert "and 20 more talks, not drawn here" in said
    assert str(SHOWN_AT_MOST) in said
    assert str(SHOWN_AT_MOST + 1) not in said


def test_no_session_of_up_to_twenty_talks_has_letters_below_24_pixels() -> None:
    for report in (the_icml_session(), one_talk(), many_talks(20)):
        sheet = sheet_of(report)
        assert min(float(text.get_fontsize()) for text in texts(sheet)) * sheet.figure.dpi / 72 >= 23.9


def test_formulas_are_drawn_as_they_stand() -> None:
    sheet = sheet_of(odd_titles())
    assert "$x_i^2$ and \\frac{a}{b} $$ 100% _under_ {brace} #1" in words(sheet)
    assert not any(text.get_parse_math() for text in texts(sheet))


def test_a_talk_without_a_title_has_a_name() -> None:
    assert "Untitled" in words(sheet_of(odd_titles()))


def test_every_bar_stands_where_its_times_are() -> None:
    report = one_talk()
    spoken, over = actual(report.talks[0])
    drawn_bars = [bar for bar in bars(sheet_of(report)) if bar.get_window_extent().y1 < 100]
    (_, _), (starts, turns), (turned, ends) = [(edges(bar)[0], edges(bar)[2]) for bar in drawn_bars]
    assert (turned - starts) / (ends - turned) == pytest.approx(
        (spoken.ends_at - spoken.starts_at) / (over.ends_at - over.starts_at), rel=0.05
    )
    assert turns == pytest.approx(turned, abs=3)
