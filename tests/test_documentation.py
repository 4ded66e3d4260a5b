"""Every setting, command and permission is described, and nothing that is not there."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path

import discord
import pytest
from discord import app_commands

from bot.client import COGS, ChairsideClient
from bot.messages.organising import HELP
from bot.settings import Settings
from cogs.asking import queue_as_question
from db.database import Database
from tests.builders import DURING_BREAK
from tests.clocks import SteppedClock

ROOT = Path(__file__).parents[1]
MEMORY = "sqlite+aiosqlite:///:memory:"
SETTINGS = sorted(name.upper() for name in Settings.model_fields)


def test_every_setting_is_in_env_example_and_nothing_else_is() -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    assert sorted(re.findall(r"^#?([A-Z_]+)=", example, re.MULTILINE)) == SETTINGS


def test_every_setting_is_described_in_the_readme() -> None:
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [name for name in SETTINGS if f"`{name}" not in page] == []


def test_example_of_settings_is_read_as_the_defaults() -> None:
    """As it stands, and with every comment before a setting taken away."""
    defaults = Settings(_env_file=None)
    assert Settings(_env_file=ROOT / ".env.example") == defaults
    uncommented = re.sub(r"^#(?=[A-Z_]+=)", "", (ROOT / ".env.example").read_text(encoding="utf-8"), flags=re.MULTILINE)
    values = dict(line.split("=", 1) for line in uncommented.splitlines() if re.match(r"[A-Z_]+=", line))
    assert values["DATABASE_URL"] == defaults.database_url
    assert values["DISCORD_API_BASE"] == defaults.discord_api_base


def test_every_fault_in_the_operators_table_names_a_test_that_shows_it() -> None:
    page = (ROOT / "docs" / "operators.md").read_text(encoding="utf-8")
    section = page.partition("## What happens when something goes wrong")[2].partition("\n## ")[0]
    head, _, *rows = [row.strip("|").split("|") for row in re.findall(r"^\|.*\|$", section, re.MULTILINE)]
    columns = "fault, what the operator sees, what moderators and attendees see, what is tried again"
    assert [cell.strip() for cell in head] == [*columns.split(", "), "given up, and when", "shown by"]
    modules = (ROOT / "tests").rglob("test_*.py")
    written = {
        name
        for path in modules
        for name in re.findall(r"^(?:async )?def (test_\w+)", path.read_text("utf-8"), re.MULTILINE)
    }
    assert len(rows) > 35
    for cells in rows:
        assert len(cells) == len(head), cells[0]
        assert cells[-1].strip().strip("`") in written, cells[0]


@pytest.mark.parametrize(("page", "is_whole"), [("README.md", False), ("docs/commands.md", True)])
async def test_every_command_is_described_with_its_options_and_nothing_else_is(page: str, *, is_whole: bool) -> None:
    """The README may leave out the options that a person may leave out, and both what all moderators' commands have."""
    commands = await _commands()
    described = _described((ROOT / page).read_text(encoding="utf-8"), commands)
    assert sorted(described) == sorted(commands)
    for name, options in described.items():
        unknown = [option for option in options if option.strip("[]") not in commands[name]]
        assert (name, unknown) == (name, [])
        due = [option if not is_free else f"[{option}]" for option, is_free in commands[name].items()]
        told = [option for option in due if (is_whole and option != "[session]") or not option.startswith("[")]
        missing = [option for option in told if option not in options]
        assert (name, missing) == (name, [])


def _described(page: str, commands: Collection[str]) -> dict[str, list[str]]:
    """A table's row may hold several: `/timer pause`, `resume`; an option in brackets may be left out."""
    tables = (page.partition("\n## Commands")[2] or page).partition("\n## ")[0]
    described: dict[str, list[str]] = {}
    for row in re.findall(r"^\| (.*?) \|", tables, re.MULTILINE):
        group = ""
        for span in re.findall(r"`([^`]+)`", row):
            group = span.split()[0][1:] if span.startswith("/") else group
            words = span.lstrip("/").split() if span.startswith("/") else [group, *span.split()]
            length = 2 if " ".join(words[:2]) in commands else 1
            described[" ".join(words[:length])] = words[length:]
    return described


async def _commands() -> dict[str, dict[str, bool]]:
    """Every slash command by its full name, with its options and whether each may be left out."""
    client = ChairsideClient(settings=Settings(_env_file=None), db=Database(MEMORY), clock=SteppedClock(DURING_BREAK))
    for cog in COGS:
        await client.load_extension(cog)
    return {
        command.qualified_name: {option.name: not option.required for option in command.parameters}
        for command in client.tree.walk_commands()
        if isinstance(command, app_commands.Command)
    }


async def test_menus_and_help_name_what_there_is() -> None:
    commands = await _commands()
    words = re.findall(r"/(\w+)(?: (\w+))?:", HELP.content)
    assert [f"{group} {name}".strip() for group, name in words if not _is_there(group, name, commands)] == []
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"*{queue_as_question.name}*" in page


def _is_there(group: str, name: str, commands: dict[str, dict[str, bool]]) -> bool:
    return f"{group} {name}".strip() in commands or (not name and any(c.startswith(f"{group} ") for c in commands))


def test_invitation_asks_for_the_permissions_that_the_pages_name() -> None:
    named = {
        "View Channels": discord.Permissions(view_channel=True),
        "Send Messages": discord.Permissions(send_messages=True),
        "Send Messages in Threads": discord.Permissions(send_messages_in_threads=True),
        "Create Public Threads": discord.Permissions(create_public_threads=True),
        "Create Private Threads": discord.Permissions(create_private_threads=True),
        "Attach Files": discord.Permissions(attach_files=True),
        "Read Message History": discord.Permissions(read_message_history=True),
    }
    wanted = sum(permission.value for permission in named.values())
    for name in ("README.md", "docs/organisers.md"):
        page = " ".join((ROOT / name).read_text(encoding="utf-8").split())
        assert re.findall(r"permissions=(\d+)", page) == [str(wanted)]
        assert [words for words in named if words not in page] == []
