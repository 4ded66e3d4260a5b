"""How links are shown, and which are refused before anything is looked up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from bot.errors import FetchError
from bot.fetching.addresses import AddressRule
from bot.fetching.links import check_link, parsed, shown


@pytest.mark.parametrize(
    ("url", "seen"),
    [
        ("https://conf.example/schedule.xml", "https://conf.example/schedule.xml"),
        ("https://conf.example/x?token=SECRET&a=b#SECRET", "https://conf.example/x"),
        ("https://SECRET:SECRET@conf.example:8443/x", "https://conf.example:8443/x"),
        ("https://SECRET@conf.example", "https://conf.example/"),
        ("https://conf.example/private-SECRET/basic.ics", "https://conf.example/…/basic.ics"),
        ("  https://conf.example/my file.csv ", "https://conf.example/my%20file.csv"),
        ("user:SECRET@conf.example/x", "this link"),
        ("//user:SECRET@conf.example/x", "this link"),
        ("ftp://user:SECRET@conf.example/x", "this link"),
        ("https://[SECRET/x", "this link"),
        ("https://conf.example:SECRET/x", "this link"),
        ("", "this link"),
        ("https://conf.example/" + "x" * 300, "https://conf.example/" + "x" * 179 + "…"),
    ],
)
def test_a_link_is_shown_without_its_secrets(url: str, seen: str) -> None:
    assert shown(url) == seen


@given(st.text() | st.from_regex(r"(https?|ftp|)(://|:/|:|)[^/ ]{0,20}@?[a-z.:\[\]]{0,9}/?[^\n]{0,9}"))
def test_whatever_is_typed_is_a_link_or_an_error_on_one_line(text: str) -> None:
    try:
        said = str(parsed(text).origin())
    except FetchError as error:
        said = str(error)
    assert said.isprintable()
    assert shown(text).isprintable()


@given(st.text("abcdefghijklmnopqrstuvwxyz:@%/\\#?[] ", min_size=1))
def test_no_query_is_ever_shown(query: str) -> None:
    assert "?" not in shown(f"https://u:p@conf.example/x?{query}")


@pytest.mark.parametrize(
    ("url", "what"),
    [
        ("http://conf.example/", "only https links are fetched"),
        ("file:///etc/passwd", "this is no link"),
        ("file://conf.example/etc/passwd", "only https links are fetched"),
        ("conf.example/schedule.xml", "this is no link"),
        ("schedule", "this is no link"),
        ("https://", "this is no link"),
        ("https://conf.example/\n/x", "this is no link"),
        ("https://conf.example\\@127.0.0.1/", "this is no link"),
        ("https://conf.example/" + "x" * 2_000, "this is no link"),
        ("https://me@conf.example/", "this link holds a user name or password"),
        ("https://:pass@conf.example/", "this link holds a user name or password"),
        ("https://conf.example:8443/", "port 8443 is not fetched from"),
        ("https://conf.example:22/", "port 22 is not fetched from"),
    ],
)
@pytest.mark.parametrize("allows_loopback", [False, True])
def test_what_is_refused(url: str, what: str, *, allows_loopback: bool) -> None:
    with pytest.raises(FetchError) as refused:
        check_link(parsed(url), AddressRule(allows_loopback))
    assert refused.value.what == what
    assert refused.value.do
    assert not refused.value.temporary


@pytest.mark.parametrize("url", ["https://conf.example", "HTTPS://conf.example:443/x?y", " https://8.8.8.8/ "])
def test_what_is_not(url: str) -> None:
    check_link(parsed(url), AddressRule())


def test_a_redirect_may_be_relative() -> None:
    base = URL("https://conf.example/a/b?x=1")
    assert parsed("../c", base=base) == URL("https://conf.example/c")
    assert parsed("//other.example/", base=base) == URL("https://other.example/")
