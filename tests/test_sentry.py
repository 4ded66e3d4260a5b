"""What of an unexpected error leaves the machine: where and of what type, nobody's words and no secret."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator

import pytest
import sentry_sdk
from pydantic import SecretStr
from sentry_sdk.envelope import Envelope
from sentry_sdk.transport import Transport

from bot.errors import ConfigurationError
from bot.logs import _ended
from bot.sentry import set_up_sentry
from bot.settings import Settings

TOKEN = "MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs"
QUESTION = "Does it hold without the second assumption?"
DSN = "https://0123456789abcdef0123456789abcdef@sentry.example/7"
log = logging.getLogger("bot.test_sentry")


class Kept(Transport):
    """Keeps what would be sent."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[bytes] = []

    def capture_envelope(self, envelope: Envelope) -> None:
        self.sent.append(envelope.serialize())


@pytest.fixture
def kept() -> Iterator[Kept]:
    transport = Kept()
    hook = sys.excepthook
    set_up_sentry(Settings(discord_token=SecretStr(TOKEN), sentry_dsn=SecretStr(DSN)), transport)
    yield transport
    sentry_sdk.get_client().close()
    sentry_sdk.init()  # without a DSN: nothing is sent any more
    sys.excepthook = hook


def fail(asked: str, credential: str) -> None:
    """Fail with both in locals and in the error's words."""
    raise ValueError(f"{asked} cannot be stored with {credential}")


def test_neither_a_questions_text_nor_the_token_is_sent(kept: Kept) -> None:
    try:
        fail(QUESTION, TOKEN)
    except ValueError:
        about = {"delivery": f"d{TOKEN}", "session": 7, "server": "42", "kind": "question", "text": QUESTION}
        log.exception("a question could not be stored: %s", QUESTION, extra=about)
    (sent,) = kept.sent
    assert QUESTION.encode() not in sent
    assert TOKEN.encode() not in sent
    for word in (b"ValueError", b"a question could not be stored: %s", b'"session":7', b"in fail", b"[token]"):
        assert word.replace(b"in fail", b'"function":"fail"') in sent


def test_what_ends_the_program_is_sent_once_without_its_words(kept: Kept) -> None:
    try:
        fail(QUESTION, TOKEN)
    except ValueError as error:
        _ended(ValueError, error, error.__traceback__)
    (sent,) = kept.sent
    assert b'"function":"fail"' in sent
    assert QUESTION.encode() not in sent
    assert TOKEN.encode() not in sent


def test_error_that_a_library_logs_is_sent_without_its_words(kept: Kept) -> None:
    logging.getLogger("asyncio").error(f"Task exception was never retrieved {QUESTION}")  # noqa: G004 - as asyncio does
    (sent,) = kept.sent
    assert b'"logger":"asyncio"' in sent
    assert QUESTION.encode() not in sent


def test_what_is_no_error_is_neither_sent_nor_kept_for_the_next(kept: Kept) -> None:
    log.info("asked: %s", QUESTION)
    log.warning("asked: %s", QUESTION)
    assert kept.sent == []
    log.error("something else")
    assert QUESTION.encode() not in kept.sent[0]


@pytest.mark.parametrize(
    "dsn", ["x", "https://sentry.example/7", "ftp://k@sentry.example/7", "https://k@sentry.example/"]
)
def test_malformed_dsn_is_one_line_that_does_not_show_it(dsn: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        set_up_sentry(Settings(sentry_dsn=SecretStr(dsn)), Kept())
    assert str(refused.value) == "SENTRY_DSN is none. Copy it from Sentry, or leave it unset."
