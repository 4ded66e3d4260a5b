"""Google Sheets links as people copy them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.fetching.spreadsheet_links import csv_link

SHEET = "https://docs.google.com/spreadsheets/d/1aB_c-9"
CSV = f"{SHEET}/export?format=csv"
PUBLISHED = "https://docs.google.com/spreadsheets/d/e/2PACX-1v_x"


@pytest.mark.parametrize(
    ("copied", "fetched"),
    [
        (f"{SHEET}/edit#gid=7", f"{CSV}&gid=7"),
        (f"{SHEET}/edit?gid=7#gid=7", f"{CSV}&gid=7"),
        (f"{SHEET}/edit?gid=7#gid=8", f"{CSV}&gid=8"),
        (f"{SHEET}/edit?usp=sharing", CSV),
        (f"{SHEET}/edit?usp=sharing&gid=12", f"{CSV}&gid=12"),
        (f"{SHEET}/edit?pli=1&gid=0#gid=0&range=A1:C3", f"{CSV}&gid=0"),
        (f"  {SHEET}/edit ", CSV),
        (f"{SHEET}/", CSV),
        (SHEET, CSV),
        (f"{SHEET}/view", CSV),
        (f"{SHEET}/preview#gid=3", f"{CSV}&gid=3"),
        (f"{SHEET}/htmlview", CSV),
        (f"{SHEET}/htmlview?gid=5", f"{CSV}&gid=5"),
        (f"{SHEET}/htmlview/sheet?headers=true&gid=5", f"{CSV}&gid=5"),
        (f"{SHEET}/edit?resourcekey=0-abc#gid=7", f"{CSV}&gid=7&resourcekey=0-abc"),
        ("http://docs.google.com/spreadsheets/d/1aB_c-9/edit", CSV),
        ("https://docs.google.com/spreadsheets/u/1/d/1aB_c-9/edit#gid=7", f"{CSV}&gid=7"),
        ("https://docs.google.com/a/conf.example/spreadsheets/d/1aB_c-9/edit#gid=7", f"{CSV}&gid=7"),
        (f"{SHEET}/pubhtml", f"{SHEET}/pub?output=csv"),
        (f"{PUBLISHED}/pubhtml", f"{PUBLISHED}/pub?output=csv"),
        (f"{PUBLISHED}/pubhtml?gid=7&single=true", f"{PUBLISHED}/pub?output=csv&gid=7&single=true"),
        (f"{PUBLISHED}/pubhtml#gid=7", f"{PUBLISHED}/pub?output=csv&gid=7&single=true"),
        (f"{PUBLISHED}/pub?output=html", f"{PUBLISHED}/pub?output=csv"),
        (f"{PUBLISHED}/pub", f"{PUBLISHED}/pub?output=csv"),
    ],
)
def test_a_sheet_that_is_looked_at_becomes_its_csv(copied: str, fetched: str) -> None:
    assert csv_link(copied) == fetched
    assert csv_link(fetched) == fetched


@pytest.mark.parametrize(
    "url",
    [
        f"{SHEET}/export?format=csv&gid=7",
        f"{SHEET}/export?format=xlsx",
        f"{SHEET}/gviz/tq?tqx=out:csv&sheet=Talks",
        f"{PUBLISHED}/pub?gid=7&single=true&output=csv",
        f"{PUBLISHED}/pub?output=xlsx",
        f"{PUBLISHED}/edit",
        "https://docs.google.com/document/d/1aB_c-9/edit",
        "https://docs.google.com/spreadsheets/",
        "https://docs.google.com/spreadsheets/d/",
        "https://me@docs.google.com/spreadsheets/d/1aB_c-9/edit",
        "https://docs.google.com:8443/spreadsheets/d/1aB_c-9/edit",
        "https://docs.google.com.example/spreadsheets/d/1aB_c-9/edit",
        "https://conf.example/?next=https://docs.google.com/spreadsheets/d/1aB_c-9/edit",
        "ftp://docs.google.com/spreadsheets/d/1aB_c-9/edit",
        "https://conf.example/schedule.xml#gid=7",
        "https://[",
        "",
    ],
)
def test_any_other_link_is_left_alone(url: str) -> None:
    assert csv_link(url) == url


@given(st.text())
def test_whatever_is_typed_is_left_alone(text: str) -> None:
    assert csv_link(text) == text
