"""A session with two bots that have the same shards: both receive everything that people do."""

from __future__ import annotations

from bot.rehearsal.loopback.hub import Event, InteractionSent, RequestServed, Subscription
from tests.faults.fault_stage import FaultStage
from tests.journeys.forked_bot import ForkedBot
from tests.journeys.stage import PATIENCE

CALLBACK = r"POST /interactions/\d+/[^/]+/callback"


class _Uses(Subscription):
    number = 0

    def put(self, event: Event) -> None:
        self.number += isinstance(event, InteractionSent)


class OverlapStage(FaultStage):
    """The second bot comes once the first is set up, as when another version takes over."""

    async def ready(self) -> None:
        await super().ready()
        folder = self.folder / "other"
        folder.mkdir()
        about = self.loopback.token, self.loopback.api_base, self.clock.setting
        self.other = ForkedBot(folder, *about, log_level="INFO", store=self.bot.database_url)
        await self.other.start()
        await self.loopback.wait_until_ready(shards=2, within=PATIENCE)
        self._before = len(self.loopback.requests.matching(CALLBACK))
        self._uses = _Uses(self.loopback.world.hub)
        self.loopback.world.hub._subscriptions.append(self._uses)

    async def close(self) -> None:
        if hasattr(self, "other"):
            await self.other.kill()
        await super().close()

    @property
    def sent(self) -> int:
        """How many commands, presses and choices people used since there are two."""
        return self._uses.number

    async def callbacks(self, number: int) -> list[RequestServed]:
        """The acknowledgements that the bots asked Discord for since there are two, once there are so many."""
        found = await self.loopback.requests.wait_for(CALLBACK, count=self._before + number, within=PATIENCE)
        return found[self._before :]

    @property
    def logs(self) -> str:
        """What both bots wrote."""
        return "".join(bot.log_path.read_text(encoding="utf-8") for bot in (self.bot, self.other))
