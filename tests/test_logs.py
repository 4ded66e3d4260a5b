"""What operators read: one line a decision, never a secret."""

from __future__ import annotations

import json
import logging
import sys
import threading
from collections.abc import Iterator
from typing import Literal

import pytest
from pydantic import SecretStr

from bot.logs import set_up_logging
from bot.settings import Settings

ASKED = "Does the thesis hold?"
TOKEN = "MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs"


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    root, others = logging.getLogger(), [logging.getLogger(name) for name in ("discord", "apscheduler", "aiosqlite")]
    kept = root.handlers[:], root.level, [logger.level for logger in others]
    hooks = sys.excepthook, threading.excepthook, sys.unraisablehook
    yield
    sys.excepthook, threading.excepthook, sys.unraisablehook = hooks
    root.handlers[:], level, levels = kept
    root.setLevel(level)
    for logger, before in zip(others, levels, strict=True):
        logger.setLevel(before)


def logged(capsys: pytest.CaptureFixture[str], **settings: object) -> str:
    """What is written for one line and one error that both hold the token."""
    set_up_logging(Settings(discord_token=SecretStr(TOKEN), **settings))  # type: ignore[arg-type] # any settings
    log = logging.getLogger("bot.test")
    log.info("sent delivery %s with %s", 7, TOKEN)
    log.error("a request failed", exc_info=RuntimeError(f"refused {TOKEN}"))
    return capsys.readouterr().err


@pytest.mark.parametrize("log_format", ["console", "json"])
def test_token_is_struck_out_of_messages_and_tracebacks(capsys: pytest.CaptureFixture[str], log_format: str) -> None:
    written = logged(capsys, log_format=log_format)
    assert TOKEN not in written
    assert written.count("[token]") == 2


def test_json_is_one_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    first, second = (json.loads(line) for line in logged(capsys, log_format="json").splitlines())
    del first["at"]
    assert first == {"level": "INFO", "logger": "bot.test", "message": "sent delivery 7 with [token]"}
    assert second["exception"].endswith("RuntimeError: refused [token]")


def test_json_says_what_a_line_is_about_and_nothing_else_of_what_it_is_handed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    about = {"delivery": "abc", "session": None, "server": "42", "kind": "up_next"}
    kept_out = {"asker": "Ada", "text": "Does it hold?", "user_id": 1234567890123456789}
    for log_format in ("json", "console"):
        set_up_logging(Settings(log_format=log_format))
        logging.getLogger("bot.test").info("sent", extra=about | kept_out)
    in_json, on_console = capsys.readouterr().err.splitlines()
    entry = json.loads(in_json)
    del entry["at"]
    said = {"level": "INFO", "logger": "bot.test", "message": "sent"}
    assert entry == said | {"delivery": "abc", "server": "42", "kind": "up_next"}
    assert on_console.endswith(" INFO    bot.test: sent")


class RefusedError(Exception):
    """As the driver of PostgreSQL tells what the store refused."""

    def __str__(self) -> str:
        return f"duplicate key\nDETAIL:  Key (text)=({ASKED}\n\n{ASKED}) already exists."


@pytest.mark.parametrize("log_format", ["console", "json"])
def test_values_that_a_store_names_are_struck_out_and_the_traceback_stays(
    capsys: pytest.CaptureFixture[str], log_format: Literal["console", "json"]
) -> None:
    set_up_logging(Settings(log_format=log_format))

    def store_what_is_refused() -> None:
        raise RefusedError

    def wrap() -> None:
        try:
            store_what_is_refused()
        except RefusedError as refused:
            logging.getLogger("bot.test").warning("the store refused: %s", refused)
            raise RuntimeError(f"wrapped: {refused}") from refused

    try:
        wrap()
    except RuntimeError:
        logging.getLogger("bot.test").exception("not stored")
    written = capsys.readouterr().err
    assert "thesis" not in written
    assert written.count("DETAIL: [values]") == 3
    assert "in store_what_is_refused" in written
    assert "The above exception was the direct cause" in written


@pytest.mark.parametrize("log_format", ["console", "json"])
def test_what_ends_the_program_or_a_thread_is_logged_without_secrets(
    capsys: pytest.CaptureFixture[str], log_format: Literal["console", "json"]
) -> None:
    set_up_logging(Settings(discord_token=SecretStr(TOKEN), log_format=log_format))
    error = RuntimeError(f"refused {TOKEN}")

    def fail() -> None:
        raise error

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    sys.excepthook(RuntimeError, error, error.__traceback__)
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    written = capsys.readouterr().err
    assert TOKEN not in written
    for words in ("a thread ended unexpectedly", "the bot ended unexpectedly"):
        assert words in written
    assert written.count("RuntimeError: refused [token]") == 2
    if log_format == "json":
        assert [json.loads(line)["level"] for line in written.splitlines()] == ["ERROR", "CRITICAL"]


def test_libraries_are_heard_from_warnings_on_whatever_the_level(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging(Settings(log_level="DEBUG"))
    for name in ("discord.gateway", "apscheduler.scheduler", "aiosqlite"):
        logging.getLogger(name).info("a step")
        logging.getLogger(name).warning("trouble")
    assert [line.split(": ")[1] for line in capsys.readouterr().err.splitlines()] == ["trouble"] * 3
    set_up_logging(Settings(log_level="ERROR"))
    logging.getLogger("discord").warning("trouble")
    assert capsys.readouterr().err == ""
