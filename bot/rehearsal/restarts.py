"""The bot killed on purpose and started again, one time after the other."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from bot.errors import ChairsideError, CommandError
from bot.rehearsal.bot_process import BotProcess
from bot.rehearsal.loopback.errors import LoopbackTimeoutError
from bot.rehearsal.loopback.loopback import Loopback

READY_SECONDS = 30
PATIENCE = 2
"""How many times that long is waited for a bot that nothing keeps from coming."""


class BotEndedError(ChairsideError):
    """The bot ended by itself in the middle of a rehearsal, or did not come back."""


class Restarts:
    """Restarts that anybody may ask for; `run` carries them out. `number` counts them.

    Args:
        is_hindered: whether Discord keeps the bot from coming just now.
        changed: called back when a restart begins and when it is over.
    """

    def __init__(self, loopback: Loopback, is_hindered: Callable[[], bool], changed: Callable[[], None]) -> None:
        self._loopback = loopback
        self._is_hindered = is_hindered
        self._changed = changed
        self.number = 0
        self._asked, self._over = asyncio.Event(), asyncio.Event()
        self._over.set()

    @property
    def under_way(self) -> bool:
        return not self._over.is_set()

    def ask(self) -> None:
        """Have the bot killed and started again.

        Raises:
            CommandError: that is under way already.
        """
        if self.under_way:
            raise CommandError("the bot is being started again already", do="Wait until it is back")
        self.number += 1
        self._over.clear()
        self._asked.set()
        self._changed()

    async def over(self) -> None:
        """Wait until none is under way."""
        await self._over.wait()

    async def run(self, bot: BotProcess) -> None:
        """Restart the bot whenever it is asked for, until cancelled.

        Raises:
            BotEndedError: it did not come back though nothing keeps it from that.
        """
        while True:
            await self._asked.wait()
            self._asked.clear()
            await bot.kill()
            await bot.start()
            await self._loopback.wait_until_gone(within=READY_SECONDS)
            await self._back(bot)
            self._over.set()
            self._changed()

    async def _back(self, bot: BotProcess) -> None:
        in_vain = 0
        while in_vain < PATIENCE:
            try:
                await self._loopback.wait_until_ready(within=READY_SECONDS)
            except LoopbackTimeoutError:
                in_vain = 0 if self._is_hindered() else in_vain + 1
            else:
                return
        raise BotEndedError(f"the bot did not come back. Its log ends: {bot.log_tail()}")
