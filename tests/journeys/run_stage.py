"""A stage with a console: a moderators' channel, and two moderators who press its buttons."""

from __future__ import annotations

import asyncio

from bot.rehearsal.loopback import Message, TextChannel
from bot.rehearsal.loopback.moments import RealMoments, pause
from tests.journeys.stage import PATIENCE, Stage


class RunStage(Stage):
    """A stage whose server has a moderators' channel, and a moderator with the role."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.backstage: TextChannel = self.server.add_channel("moderators")
        role = self.server.add_role("Moderators")
        self.moderator = self.server.add_member("Robin", roles=[role])
        self.second = self.server.add_member("Sam", roles=[role])
        self.role = role

    async def ready(self) -> None:
        """Set up, imported, and the console there: 12:15."""
        await self.use(self.manager, "setup moderators", channel=self.backstage, role=self.role)
        await self.set_up()
        self.at("12:15")
        await self.console()

    async def console(self, *words: str) -> Message:
        """The console, once it shows all these words."""
        return await self.until_posted("**Console** · Deep Learning", *words, channel=self.backstage)

    async def until_stored(self, taps: int) -> None:
        """Wait until so many timing events are in the store."""
        async with asyncio.timeout(PATIENCE):
            while self.stored("SELECT count(*) FROM timing_events") < [(taps,)]:
                await pause(RealMoments(), 0.02)

    async def tap(self, label: str, *, at: str | None = None) -> str:
        """Press one of the console's buttons as it is now; the answer."""
        if at is not None:
            self.at(at)
        await self.clock_noticed()
        console = await self.backstage.wait_for(
            lambda message: message.content.startswith("**Console**") and label in message.labels, within=PATIENCE
        )
        return (await self.press(self.moderator, console, label)).content
