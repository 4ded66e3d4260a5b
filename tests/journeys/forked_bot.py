"""The bot as a process of its own that is forked from one which has imported everything: its start costs no import."""

from __future__ import annotations

import asyncio
import os
import random
import sys
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from bot.cli import main
from bot.rehearsal.bot_process import BotProcess

PRELOADED = ["bot.application", "bot.client", "tests.journeys.preloaded_cogs"]
_CONTEXT = get_context("forkserver")
_CONTEXT.set_forkserver_preload(PRELOADED)


def run_bot(environment: dict[str, str], folder: Path, log_path: Path) -> None:
    """`chairside run` with nothing but this environment; in the forked process."""
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    log = os.open(log_path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    for stream in (1, 2):
        os.dup2(log, stream)
    random.seed()  # or all of them would draw the same
    sys.argv = ["chairside", "run"]
    main()


@dataclass
class ForkedProcess:
    """As much of asyncio.subprocess.Process as BotProcess uses."""

    process: ForkServerProcess

    @property
    def pid(self) -> int:
        return self.process.pid or 0

    @property
    def returncode(self) -> int | None:
        return self.process.exitcode

    def kill(self) -> None:
        self.process.kill()

    def terminate(self) -> None:
        self.process.terminate()

    async def wait(self) -> int:
        """Wait until it has ended; its exit code."""
        ended, loop = asyncio.Event(), asyncio.get_running_loop()
        sentinel = self.process.sentinel
        loop.add_reader(sentinel, ended.set)
        try:
            await ended.wait()
        finally:
            loop.remove_reader(sentinel)
        self.process.join()
        return self.process.exitcode or 0


class ForkedBot(BotProcess):
    """BotProcess without the second and a half that Python takes to import the bot."""

    async def spawn(self) -> ForkedProcess:  # type: ignore[override] # it does what a subprocess does
        process = _CONTEXT.Process(target=run_bot, args=(self.environment, self.folder, self.log_path), daemon=True)
        process.start()
        return ForkedProcess(process)
