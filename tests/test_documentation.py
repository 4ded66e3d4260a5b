"""Every setting is described to operators, in `.env.example` and in the README."""

from __future__ import annotations

import re
from pathlib import Path

from bot.settings import Settings

ROOT = Path(__file__).parents[1]
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
