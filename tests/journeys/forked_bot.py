"""The command line in a process of its own that is forked from one which has imported everything already."""

from __future__ import annotations

import asyncio
import os
import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from bot import schedule_worker
from bot.cli import main
from bot.rehearsal.bot_process import BotProcess
from bot.schedule_process import answer
from tests.leaks import refuse_tokens

PRELOADED = ["tests.journeys.preloaded"]
_CONTEXT = get_context("forkserver")
_CONTEXT.set_forkserver_preload(PRELOADED)


def run_command(
    arguments: Sequence[str], environment: dict[str, str], folder: Path, out_path: Path, err_path: Path
) -> None:
    """`chairside` with these arguments and nothing but this environment; in the forked process."""
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    for stream, path in ((1, out_path), (2, err_path)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT), stream)
    random.seed()  # or all of them would draw the same
    schedule_worker._answer = read_in_fork
    sys.argv = ["chairside", *arguments]
    main()


async def read_in_fork(request: bytes, name: str, seconds: float, command: Sequence[str]) -> tuple[bytes, int, str]:
    """A schedule is read beside the bot as always, by a process that has imported the readers already.

    What becomes of one that takes too long, or of its command, is tests/test_schedule_worker.py's.
    """
    receiver, sender = os.pipe()
    process = os.fork()
    if process == 0:
        with os.fdopen(sender, "wb") as answers:
            answers.write(answer(request))
        os._exit(0)
    os.close(sender)
    return await asyncio.to_thread(_answered, receiver, process), 0, ""


def _answered(receiver: int, process: int) -> bytes:
    with os.fdopen(receiver, "rb") as answers:
        answered = answers.read()
    os.waitpid(process, 0)
    return answered


def fork(
    arguments: Sequence[str], environment: dict[str, str], folder: Path, out_path: Path, err_path: Path
) -> ForkedProcess:
    """Start `chairside` so."""
    process = _CONTEXT.Process(
        target=run_command, args=(arguments, environment, folder, out_path, err_path), daemon=True
    )
    process.start()
    return ForkedProcess(process, (out_path, err_path), environment.get("DISCORD_TOKEN", ""))


@dataclass
class ForkedProcess:
    """As much of asyncio.subprocess.Process as BotProcess uses."""

    process: ForkServerProcess
    printed: tuple[Path, ...]
    token: str

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
        for path in {path for path in self.printed if path.exists()}:
            refuse_tokens(path.read_bytes(), path.name, self.token)
        return self.process.exitcode or 0


class ForkedBot(BotProcess):
    """BotProcess without the second and a half that Python takes to import the bot."""

    async def spawn(self) -> ForkedProcess:  # type: ignore[override] # it does what a subprocess does
        return fork(["run"], self.environment, self.folder, self.log_path, self.log_path)
