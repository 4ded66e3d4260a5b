"""Logging for operators: one line a decision, console or JSON; no secret appears, nor what anybody typed."""

from __future__ import annotations

import json
import logging
import sys
import threading
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from bot.scrubbing import Scrub
from bot.settings import Settings

CONSOLE_FORMAT = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"
FIELDS = ("delivery", "session", "server", "kind")
"""What `extra` may say a line is about; nothing else of it is written."""

log = logging.getLogger(__name__)


class ConsoleLines(logging.Formatter):
    """A line for people, and a traceback below it."""

    def __init__(self, scrub: Scrub) -> None:
        super().__init__(CONSOLE_FORMAT)
        self._scrub = scrub

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's own name
        return self._scrub(super().formatMessage(record))

    def formatException(self, ei: Any) -> str:  # noqa: ANN401, N802 - logging's own
        # piece by piece: what is struck out may end with the error's words, which have lines of their own
        return "".join(map(self._scrub, traceback.format_exception(*ei))).rstrip("\n")


class JsonLines(ConsoleLines):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "message": self._scrub(record.getMessage()),
        }
        about = {name: value for name in FIELDS if (value := getattr(record, name, None)) is not None}
        entry |= {name: self._scrub(value) if isinstance(value, str) else value for name, value in about.items()}
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=False)


def set_up_logging(settings: Settings) -> None:
    """Log to standard error as the settings say, also what ends the program or one of its threads."""
    scrub = Scrub(settings.discord_token.get_secret_value() if settings.discord_token else None)
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines(scrub) if settings.log_format == "json" else ConsoleLines(scrub))
    logging.basicConfig(level=settings.log_level, handlers=[handler], force=True)
    # discord.py and APScheduler tell every step at INFO; operators want decisions
    for name in ("discord", "apscheduler", "aiosqlite", "alembic"):
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelName(settings.log_level)))
    # Python itself would print them as they are
    sys.excepthook = _ended
    threading.excepthook = _thread_ended
    sys.unraisablehook = _ignored


def _ended(kind: type[BaseException], error: BaseException, at: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    log.critical("the bot ended unexpectedly", exc_info=(kind, error, at))


def _thread_ended(ended: threading.ExceptHookArgs) -> None:
    if ended.exc_value is not None and not issubclass(ended.exc_type, SystemExit):
        log.error("a thread ended unexpectedly", exc_info=(ended.exc_type, ended.exc_value, ended.exc_traceback))


def _ignored(error: sys.UnraisableHookArgs) -> None:
    if error.exc_value is not None:
        log.error("an error was ignored", exc_info=(error.exc_type, error.exc_value, error.exc_traceback))
