"""Keeps the interaction that a question came with for a while, so that its asker can be told in private of its fate."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

import discord

from bot.clock import Clock
from bot.messages.message import Message

log = logging.getLogger(__name__)

KEPT_FOR = timedelta(minutes=14)
"""Real time: Discord takes answers to an interaction for 15 minutes."""
KEPT_AT_MOST = 5_000


class Replies:
    """In memory only: after a restart, or later, /questions mine still says what became of a question."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: dict[int, tuple[datetime, discord.Webhook]] = {}

    def keep(self, question_id: int, interaction: discord.Interaction[Any]) -> None:
        """Remember how a question's asker can be reached."""
        real = self._clock.real()
        old = [key for key, (since, _) in self._kept.items() if since < real - KEPT_FOR]
        surplus = list(self._kept)[: max(0, len(self._kept) - KEPT_AT_MOST + 1)]
        for key in {*old, *surplus}:
            del self._kept[key]
        # all that telling them needs; the interaction itself holds who they are and all they sent
        self._kept[question_id] = real, interaction.followup

    async def tell(self, question_id: int, message: Message) -> None:
        """Tell the asker, and nobody else; nothing happens where that is no longer possible."""
        since, followup = self._kept.get(question_id, (None, None))
        if since is None or followup is None or since < self._clock.real() - KEPT_FOR:
            return
        try:
            await followup.send(message.content, ephemeral=True)
        except discord.HTTPException as gone:
            log.info("the asker of question %s could not be told: %s", question_id, gone)
