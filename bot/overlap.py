"""Interactions that two processes with the same shards both receive: whoever acknowledges first does what they ask for.

Everything that an interaction asks for is done after it was acknowledged, which Discord takes once.
"""

from __future__ import annotations

import logging

import discord
from typing_extensions import override

ALREADY_ACKNOWLEDGED, UNKNOWN_INTERACTION = 40060, 10062
"""Discord's codes for one that was acknowledged before, and for one that is gone: so, or since 3 s are over."""


def is_anothers(error: BaseException | None) -> bool:
    """Whether an interaction cannot be acknowledged any more: most likely, another process did."""
    return isinstance(error, discord.HTTPException) and error.code in (ALREADY_ACKNOWLEDGED, UNKNOWN_INTERACTION)


class _NotAnothers(logging.Filter):
    @override
    def filter(self, record: logging.LogRecord) -> bool:
        return not (record.exc_info and is_anothers(record.exc_info[1]))


_NOT_ANOTHERS = _NotAnothers()


def pass_over_what_another_completes() -> None:
    """Keep discord.py from logging an autocompletion as an error that another process has answered."""
    logging.getLogger("discord.app_commands.tree").addFilter(_NOT_ANOTHERS)
