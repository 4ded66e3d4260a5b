"""What is struck out of logs and reports, and what is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.scrubbing import Scrub

TOKEN = "MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs"
OF_INTERACTION = "aW50ZXJhY3Rpb246MTIzNDU2Nzg5MDEyMzQ1Njc4OTA"


@pytest.mark.parametrize(
    ("text", "scrubbed"),
    [
        (f"Authorization: Bot {TOKEN}, again {TOKEN}", "Authorization: Bot [token], again [token]"),
        ("postgresql+asyncpg://bot:s3cret@db:5432/x", "postgresql+asyncpg://bot:[password]@db:5432/x"),
        ("https://ada:s3cret@example.org/a.ics", "https://ada:[password]@example.org/a.ics"),
        (
            f"PATCH https://discord.com/api/v10/webhooks/1234/{OF_INTERACTION}/messages/@original responded with 429",
            "PATCH https://discord.com/api/v10/webhooks/1234/[token]/messages/@original responded with 429",
        ),
        (f"/webhooks/1234/{OF_INTERACTION}?wait=1", "/webhooks/1234/[token]?wait=1"),
        (f"'/interactions/1234/{OF_INTERACTION}'", "'/interactions/1234/[token]'"),
        ("/interactions/1234/short/callback", "/interactions/1234/[token]/callback"),
        ("https://example.org/a.ics?key=s3cret&x=1 later", "https://example.org/a.ics?[query] later"),
        (
            "https://calendar.google.com/calendar/ical/x/private-0a1b2c/basic.ics",
            "https://calendar.google.com/calendar/ical/x/private-[key]/basic.ics",
        ),
        (
            "duplicate key value\nDETAIL:  Key (text)=(One?\nTwo?) already exists.",
            "duplicate key value\nDETAIL: [values]",
        ),
        ("exception in autocomplete (Guild: 12, User: 34)", "exception in autocomplete (Guild: 12, User: [id])"),
        ("schedule at https://example.org/a.ics: 12:30 PDT", "schedule at https://example.org/a.ics: 12:30 PDT"),
        ("shard 0 at 127.0.0.1:5432, user@host, 10 % left?", "shard 0 at 127.0.0.1:5432, user@host, 10 % left?"),
    ],
)
def test_secrets_are_struck_out_and_the_rest_stays(text: str, scrubbed: str) -> None:
    assert Scrub(TOKEN)(text) == scrubbed


@given(before=st.text(), after=st.text())
def test_token_never_stays_whatever_it_stands_in(before: str, after: str) -> None:
    assert TOKEN not in Scrub(TOKEN)(before + TOKEN + after)


@given(st.text(st.characters(exclude_characters="/:?")))
def test_what_holds_no_address_is_left_as_it_is(text: str) -> None:
    assert Scrub(TOKEN)(text) == text


@pytest.mark.parametrize("token", [f" {TOKEN}\n", TOKEN])
def test_token_is_known_without_the_spaces_around_it(token: str) -> None:
    assert Scrub(token)(f"<{TOKEN}>") == "<[token]>"


@pytest.mark.parametrize("token", [None, "", "  "])
def test_without_a_token_nothing_is_taken_for_one(token: str | None) -> None:
    assert Scrub(token)("a b") == "a b"
