"""Imports what the bot does at its start and what commands import, for the process that others are forked from."""

from __future__ import annotations

import gc
from importlib import import_module

from sqlalchemy.orm import configure_mappers

from bot.cli import _loop_factory
from bot.client import COGS

COMMANDS = ("application", "doctor", "importing_cli", "export_cli", "schedule_export_cli", "database_cli", "logs")

_loop_factory()
for name in (*COGS, *(f"bot.{command}" for command in COMMANDS), "aiosqlite", "apscheduler.executors.asyncio"):
    import_module(name)
configure_mappers()
# it stays for good, in each of the forked as well: neither their collections of garbage nor their memory touch it
gc.collect()
gc.freeze()
