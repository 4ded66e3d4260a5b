"""Imports the commands as the bot does at its start, for the process that bots are forked from."""

from __future__ import annotations

from importlib import import_module

from bot.client import COGS

for cog in COGS:
    import_module(cog)
