"""What a running bot holds in memory for good: not what only some servers, or other commands, ever need."""

from __future__ import annotations

import subprocess
import sys

import pytest

SELDOM = (
    *("sentry_sdk", "prometheus_client", "alembic", "rich"),
    *("icalendar", "recurring_ical_events", "selectolax", "pylatexenc", "python_calamine", "defusedxml"),
    *("matplotlib", "numpy", "PIL", "jinja2", "pyarrow"),
)
PROGRAM = f"""
import importlib, sys
import bot.application, bot.client, bot.sentry
from bot.settings import Settings

settings = Settings(_env_file=None)
bot.sentry.set_up_sentry(settings)
bot.application.build(settings)
for name in bot.client.COGS:
    importlib.import_module(name)
print(sorted(set(sys.modules) & set({SELDOM!r})))
"""


@pytest.mark.slow
def test_bot_starts_without_what_it_seldom_needs() -> None:
    told = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)  # noqa: S603 - its own words
    assert told.stdout == "[]\n"
