"""A bot on a machine whose clock can be set by hours while it runs."""

from __future__ import annotations

import importlib
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from bot import clock
from tests.journeys.forked_bot import _CONTEXT
from tests.journeys.prepared_bot import PreparedBot
from tests.journeys.run_stage import RunStage
from tests.journeys.stage import pdt


def wrong_by(seconds: Any) -> None:  # noqa: ANN401 - a number in memory that the test writes to
    """In the bot's process: whoever asks the machine for the time is told another."""

    class Set(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override] # plain ones are made
            return (datetime.now(UTC) + timedelta(seconds=seconds.value)).astimezone(tz)  # noqa: TID251 - the machine

    clock.real_now = lambda: Set.now(UTC)
    for name in ("schedulers.base", "triggers.interval", "triggers.date"):
        importlib.import_module(f"apscheduler.{name}").datetime = Set  # type: ignore[attr-defined] # as it imports it


class SteppedStage(RunStage):
    """Its clock runs at its true speed; `set_machine` sets the bot's machine's clock."""

    async def start_bot(self) -> None:
        if not isinstance(self.bot, PreparedBot):
            self.seconds = _CONTEXT.RawValue("d", 0.0)
            self.bot = PreparedBot(
                *(self.folder, self.loopback.token, self.loopback.api_base, self.clock.setting),
                log_level="INFO",
                store=self.bot.store,
                prepare=wrong_by,
                arguments=(self.seconds,),
            )
        await super().start_bot()

    def set_machine(self, by: timedelta) -> None:
        """From now on the bot's machine is so far ahead of the true time."""
        self.seconds.value = by.total_seconds()

    def run_from(self, time: str, *, plus: float = 0.0) -> None:
        """Let it be this moment for the bot, by its machine's clock, and go on from there at true speed."""
        wrong = timedelta(seconds=self.seconds.value)
        self.clock.run_from(pdt(time) + timedelta(seconds=plus) - wrong, 1)
