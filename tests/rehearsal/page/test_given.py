"""What a window may send: whatever it is, it is taken or refused in a line."""

from __future__ import annotations

import json
from base64 import b64encode

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from bot.errors import CommandError
from bot.rehearsal.loopback.world.interactions import ATTACHMENT_LIMIT
from bot.rehearsal.page.given import LONGEST_NAME, Given, file_name, upload
from bot.rehearsal.page.refusals import MalformedError


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"1", b'"x"', b"{", b"\xff", b'{"x": NaN}', b'{"x": -Infinity}', b"[" * 100_000]
)
def test_what_is_no_object_is_refused(body: bytes) -> None:
    with pytest.raises(MalformedError, match="the body is no JSON object"):
        Given.of(body)


@for_all(st.binary())
def test_any_bytes_are_taken_or_refused(body: bytes) -> None:
    try:
        assert isinstance(Given.of(body).fields, dict)
    except MalformedError:
        return


@for_all(st.text())
def test_file_name_is_plain(named: str) -> None:
    plain = file_name(named)
    assert 0 < len(plain) <= LONGEST_NAME
    assert all(character.isalnum() or character in "-_." for character in plain)
    assert file_name(plain) == plain


@pytest.mark.parametrize(
    ("named", "plain"),
    [
        ("a b.txt", "a_b.txt"),
        ("../../x.csv", "x.csv"),
        ("C:\\y.ics", "y.ics"),
        ("..", "file"),
        ("עברית.xml", "עברית.xml"),
    ],
)
def test_file_name_as_discord_writes_it(named: str, plain: str) -> None:
    assert file_name(named) == plain


def test_file_of_discords_limit_is_taken_and_no_larger_one() -> None:
    exactly = b64encode(bytes(ATTACHMENT_LIMIT)).decode()
    assert len(upload({"name": "x", "content": exactly}, "file").data) == ATTACHMENT_LIMIT
    with pytest.raises(CommandError, match="the file is larger than 10 MiB"):
        upload({"name": "x", "content": b64encode(bytes(ATTACHMENT_LIMIT + 1)).decode()}, "file")


def test_fields_are_what_they_should_be() -> None:
    sent = Given(json.loads('{"as": "1", "on": true, "values": ["a"], "half": "\\ud800", "no": null}'))
    assert (sent.text("as"), sent.flag("on"), sent.texts("values"), sent.mapping("absent")) == ("1", True, ["a"], {})
    for wrong in (
        lambda: sent.text("on"),
        lambda: sent.text("half"),
        lambda: sent.text("absent"),
        lambda: sent.flag("as"),
        lambda: sent.texts("as"),
        lambda: sent.mapping("no"),
    ):
        with pytest.raises(MalformedError):
            wrong()
