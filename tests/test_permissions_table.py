"""The table of permissions names all that the cogs offer and nothing else, and its page is as it would be written."""

from __future__ import annotations

import re
from pathlib import Path

import discord
from discord import app_commands

from bot.client import COGS, ChairsideClient
from bot.messages import message
from bot.permissions_page import permissions_page
from bot.rules.permissions import ACTIONS, Audience, Way
from bot.settings import Settings
from cogs.buttons import PersistentSelect
from db.database import Database
from tests.builders import DURING_BREAK
from tests.clocks import SteppedClock

ROOT = Path(__file__).parents[1]


async def offered() -> set[tuple[Way, str]]:
    """Every command, menu, button and select of the cogs, and every form that one of them opens."""
    db = Database("sqlite+aiosqlite:///:memory:")
    client = ChairsideClient(settings=Settings(_env_file=None), db=db, clock=SteppedClock(DURING_BREAK))
    for cog in COGS:
        await client.load_extension(cog)
    found = {
        (Way.MENU if isinstance(command, app_commands.ContextMenu) else Way.COMMAND, command.qualified_name)
        for kind in (None, *discord.AppCommandType)
        for command in (client.tree.walk_commands() if kind is None else client.tree.walk_commands(type=kind))
        if not isinstance(command, app_commands.Group)
    }
    for pattern, item in client._connection._view_store._dynamic_items.items():
        is_select = issubclass(item, PersistentSelect) or "Select" in repr(vars(item).get("__orig_bases__"))
        found.add((Way.SELECT if is_select else Way.BUTTON, head(pattern.pattern)))
    forms = [value for name, value in vars(message).items() if name.endswith("_MODAL")]
    return found | {(Way.FORM, head(form)) for form in forms}


def head(pattern: str) -> str:
    """What the custom_ids of a pattern begin with, up to the first colon."""
    found = re.match(r"\w+", pattern)
    assert found
    return found[0]


async def test_table_names_all_that_there_is_and_nothing_else() -> None:
    assert {(action.way, action.name) for action in ACTIONS} == await offered()


async def test_managers_commands_are_hidden_from_others_by_default_and_no_others_are() -> None:
    db = Database("sqlite+aiosqlite:///:memory:")
    client = ChairsideClient(settings=Settings(_env_file=None), db=db, clock=SteppedClock(DURING_BREAK))
    for cog in COGS:
        await client.load_extension(cog)
    audiences: dict[str, set[Audience]] = {}
    for action in ACTIONS:
        if action.way is Way.COMMAND:
            audiences.setdefault(action.name.split()[0], set()).add(action.audience)
    for command in client.tree.get_commands():
        if isinstance(command, app_commands.ContextMenu):
            continue
        hidden = command.default_permissions is not None and command.default_permissions.manage_guild
        assert (command.name, hidden) == (command.name, audiences[command.name] == {Audience.MANAGERS})


def test_page_is_as_the_table_has_it() -> None:
    page = (ROOT / "docs" / "permissions.md").read_text(encoding="utf-8")
    assert page == permissions_page(), "run: make permissions"
