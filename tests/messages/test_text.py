"""Text that people typed or files hold, shown literally."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.messages.text import dotted, fitting, lines, names, plural, safe, shortened, within


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Convergence of k-IGN", "Convergence of k-IGN"),
        ("*b* _i_ ~~s~~ `c` ||x||", r"\*b\* \_i\_ \~\~s\~\~ \`c\` \|\|x\|\|"),
        ("# Heading", r"\# Heading"),
        ("-# small", r"\-# small"),
        ("> quote", r"\> quote"),
        ("- item", r"\- item"),
        ("3. item", r"3\. item"),
        ("C# and 3.5 - or > 2", "C# and 3.5 - or > 2"),
        ("back\\slash", r"back\\slash"),
        ("[click](https://evil.example)", r"\[click\](https://evil.example)"),
        ("a [x](http://one.example) b [y](https://two.example)", None),
        ("https://a.example[click](https://evil.example)", r"https://a.example\[click\](https://evil.example)"),
        ("[[a](https://evil.example)](https://b.example)", None),
        ("https://x.example/_a_b", "https://x.example/_a_b"),
        ("https://x.example/**bold**", r"https://x.example/\*\*bold\*\*"),
        ("<t:1658431800:R>", r"\<t:1658431800:R>"),
        ("</now:81384788765712384> <:e:81384788765712384> <id:customize>", None),
        ("<@81384788765712384>", "\\<@\u200b81384788765712384>"),
        ("<#81384788765712384>", r"\<#81384788765712384>"),
        ("@everyone and @here", "@\u200beveryone and @\u200bhere"),
        ("two\nlines\u2028and\ttabs", "two lines and tabs"),
        ("turned \u202eround", "turned round"),
        ("שלום", "\u2068שלום\u2069"),
    ],
)
def test_text_with_markup_is_shown_literally(text: str, shown: str | None) -> None:
    made_safe = safe(text)
    if shown is None:  # long: what could act has a backslash before it
        assert re.search(r"(?<!\\)[\[\]<]", made_safe) is None
    else:
        assert made_safe == shown


@given(st.text(alphabet="ab \\*_~|`[]()<>@#:/t.-1everyonh\n\u202e\u05d0https", max_size=120))
def test_nothing_in_any_text_can_act(text: str) -> None:
    made_safe = safe(text)
    without_links = re.sub(r"https?://[\w.~:/?#@!$&'+,;=%-]+", "", made_safe)
    without_pairs = re.sub(r"\\.", "", without_links)
    assert re.search(r"[\\*_~|`\[\]<\n\u202a-\u202e]", without_pairs) is None
    assert re.search(r"@(?:everyone|here)", made_safe) is None
    assert re.match(r"\u2068?(?:[#>-]|\d+[.)])", made_safe) is None


def test_text_beyond_its_limit_is_cut_at_a_word_with_an_ellipsis() -> None:
    assert safe("one two three four", 12) == "one two…"
    assert shortened("x" * 30, 10) == "x" * 9 + "…"
    assert shortened("as it is", 8) == "as it is"
    assert [len(shortened("word " * 100, limit)) <= limit for limit in (2, 7, 100, 299)] == [True] * 4


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (0, ""),
        (1, "P1"),
        (2, "P1 and P2"),
        (5, "P1, P2, P3, P4 and P5"),
        (6, "P1, P2, P3, P4 and 2 more"),
        (30, "P1, P2, P3, P4 and 26 more"),
    ],
)
def test_names_of_any_number_of_people_read_well(number: int, shown: str) -> None:
    assert names([f"P{n}" for n in range(1, number + 1)]) == shown


def test_plural_lines_and_dots_leave_out_what_is_not_there() -> None:
    assert [plural(1, "talk"), plural(0, "talk"), plural(5000, "talk")] == ["1 talk", "0 talks", "5,000 talks"]
    assert dotted("a", None, "", "b") == "a · b"
    assert lines("a", None, "", "b") == "a\nb"


def test_items_that_do_not_fit_are_counted() -> None:
    items = [f"item {number:02}" for number in range(100)]
    text = fitting("head", items, "… and {} more", limit=60)
    assert text == "head\nitem 00\nitem 01\nitem 02\nitem 03\nitem 04\n… and 95 more"
    assert fitting("head", items[:2], "… and {} more", limit=60) == "head\nitem 00\nitem 01"
    assert fitting("head", items, "… and {} more", at_most=1) == "head\nitem 00\n… and 99 more"
    assert fitting("head", items[:1], "… and {} more", at_most=1) == "head\nitem 00"


@given(items=st.lists(st.text("x", max_size=30), max_size=20), limit=st.integers(25, 200))
def test_fitted_text_is_never_longer_than_its_limit(items: list[str], limit: int) -> None:
    assert len(fitting("head", items, "… and {} more", limit=limit)) <= limit


def test_longest_lines_are_cut_first() -> None:
    assert within(30, "short", "x" * 40, None, "y" * 12) == f"short\n{'x' * 10}…\n{'y' * 12}"
    assert within(6, "a\\*b", "cd") == "a…\ncd"


@given(st.lists(st.one_of(st.none(), st.text(max_size=40)), max_size=8), st.integers(20, 90))
def test_lines_within_a_limit_fit_and_stay_as_they_are_where_they_do(parts: list[str | None], limit: int) -> None:
    shown, whole = within(limit, *parts), lines(*parts)
    assert len(shown) <= limit
    assert shown == whole or len(whole) > limit
