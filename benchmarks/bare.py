"""The smallest discord.py bot that posts at given moments: timers, no store, no plan. What Chairside stands beside.

Run as `python -m benchmarks.bare JOB`, JOB being the JSON file that `BareClient` in benchmarks/bare_client.py writes.
"""

from __future__ import annotations

import asyncio
import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import discord
from discord import app_commands

from bot.clock import real_now
from bot.discord_address import use_api_base, use_gateway

Interaction = discord.Interaction[discord.Client]


class Bare(discord.Client):
    """Posts each text at its moment and answers one command."""

    def __init__(self, job: dict[str, Any]) -> None:
        intents = discord.Intents.none()
        intents.guilds = True
        super().__init__(intents=intents, max_messages=None)
        self._posts = job["posts"]
        self._tree = app_commands.CommandTree(self)
        self._tasks: set[asyncio.Task[None]] = set()

    async def setup_hook(self) -> None:
        _, gateway, _ = await self.http.get_bot_gateway()
        use_gateway(gateway)
        self._tree.add_command(app_commands.Command(name="now", description="The time", callback=_now))
        await self._tree.sync()
        loop = asyncio.get_running_loop()
        for moment, channel_id, text in self._posts:
            seconds = (datetime.fromisoformat(moment) - real_now()).total_seconds()
            loop.call_later(max(0.0, seconds), self._start, channel_id, text)

    def _start(self, channel_id: int, text: str) -> None:
        task = asyncio.get_running_loop().create_task(self._post(channel_id, text))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _post(self, channel_id: int, text: str) -> None:
        try:
            await self.get_partial_messageable(channel_id).send(text)
        except discord.HTTPException as error:
            print(f"not posted in {channel_id}: {error.status}", file=sys.stderr)


async def _now(interaction: Interaction) -> None:
    await interaction.response.defer(ephemeral=True, thinking=True)
    await interaction.edit_original_response(content="Now.")


if __name__ == "__main__":
    job = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    use_api_base(job["api_base"])
    Bare(job).run(job["token"], log_handler=None)
