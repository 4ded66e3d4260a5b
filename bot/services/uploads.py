"""Files that are handed over on Discord."""

from __future__ import annotations

from bot.errors import CommandError

UPLOAD_LIMIT = 8_000_000
"""Bytes; Discord takes 10 MiB from a bot."""


def check_upload(content: bytes, command: str) -> None:
    """Refuse a file that Discord does not take, with the command that whoever runs the bot gets it by.

    Raises:
        CommandError: it is too large.
    """
    if len(content) > UPLOAD_LIMIT:
        raise CommandError(
            f"the file has {len(content) / 1_000_000:.1f} MB, and Discord takes {UPLOAD_LIMIT // 1_000_000}",
            do=f"Ask whoever runs the bot for it: {command}",
        )
