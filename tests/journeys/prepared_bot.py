"""A bot in a process that something was done to before the bot began in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.journeys.forked_bot import _CONTEXT, ForkedBot, ForkedProcess, run_command


def _run_prepared(prepare: Callable[..., None], arguments: tuple[object, ...], *command: object) -> None:
    prepare(*arguments)
    run_command(*command)  # type: ignore[arg-type] # as `spawn` hands them over


@dataclass
class PreparedBot(ForkedBot):
    """`prepare` is called with `arguments` in the bot's process; both are handed to it as pickles."""

    prepare: Callable[..., None] | None = None
    arguments: tuple[object, ...] = ()

    async def spawn(self) -> ForkedProcess:  # type: ignore[override] # it does what a subprocess does
        command = ["run"], self.environment, self.folder, self.log_path, self.log_path
        process = _CONTEXT.Process(target=_run_prepared, args=(self.prepare, self.arguments, *command), daemon=True)
        process.start()
        return ForkedProcess(process, (self.log_path,), self.environment["DISCORD_TOKEN"])
