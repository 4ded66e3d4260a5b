"""Logging for operators: one line a decision, console or JSON; the token never appears."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime

from bot.settings import Settings

CONSOLE_FORMAT = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"
FIELDS = ("delivery", "session", "server", "kind")
"""What `extra` may say a line is about; nothing else of it is written."""


class JsonLines(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        entry = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        entry |= {name: value for name in FIELDS if (value := getattr(record, name, None)) is not None}
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=False)


class WithoutSecret(logging.Formatter):
    """Another formatter's output with the token struck out, tracebacks included."""

    def __init__(self, inner: logging.Formatter, secret: str) -> None:
        super().__init__()
        self._inner = inner
        self._secret = secret

    def format(self, record: logging.LogRecord) -> str:
        return self._inner.format(record).replace(self._secret, "[token]")


def set_up_logging(settings: Settings) -> None:
    """Log to standard error as the settings say."""
    formatter = JsonLines() if settings.log_format == "json" else logging.Formatter(CONSOLE_FORMAT)
    token = settings.discord_token.get_secret_value() if settings.discord_token else ""
    handler = logging.StreamHandler()
    handler.setFormatter(WithoutSecret(formatter, token) if token else formatter)
    logging.basicConfig(level=settings.log_level, handlers=[handler], force=True)
    # discord.py and APScheduler tell every step at INFO; operators want decisions
    for name in ("discord", "apscheduler", "aiosqlite", "alembic"):
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelName(settings.log_level)))
