"""The real bot as a process of its own, so that it can be killed and started again in mid-session."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

STOP_SECONDS = 5
LOG_TAIL_LINES = 20
_PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "SYSTEMROOT", "TEMP", "TMP")
"""What of this process's environment the bot gets: never DISCORD_TOKEN or DATABASE_URL."""


@dataclass(slots=True)
class BotProcess:
    """`chairside run` against a loopback, with its clock in one folder, and its store as well unless one is given.

    Attributes:
        stage_address: where it serves the stage view; None for nowhere.
    """

    folder: Path
    token: str
    api_base: str
    clock: str
    log_level: str = "WARNING"
    store: str | None = None
    stage_address: str | None = None
    _process: asyncio.subprocess.Process | None = field(default=None, init=False)
    _up: asyncio.Event = field(default_factory=asyncio.Event, init=False)

    @property
    def database_url(self) -> str:
        return self.store or f"sqlite+aiosqlite:///{self.folder / 'rehearsal.sqlite3'}"

    @property
    def log_path(self) -> Path:
        return self.folder / "bot.log"

    @property
    def environment(self) -> dict[str, str]:
        """Everything that the bot is told; its working folder holds no .env either."""
        passed_on = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        shows = {"STAGE_ADDRESS": self.stage_address} if self.stage_address else {}
        return {
            **passed_on,
            **shows,
            "DISCORD_TOKEN": self.token,
            "DISCORD_API_BASE": self.api_base,
            "DATABASE_URL": self.database_url,
            "CLOCK": self.clock,
            "LOG_LEVEL": self.log_level,
        }

    async def start(self) -> None:
        """Start it; its log is appended to a file."""
        self._process = await self.spawn()
        self._up.set()

    async def spawn(self) -> asyncio.subprocess.Process:
        """A fresh interpreter that runs the bot."""
        command = (sys.executable, "-m", "bot", "run")
        with self.log_path.open("ab") as log:
            return await asyncio.create_subprocess_exec(
                *command, cwd=self.folder, env=self.environment, stdout=log, stderr=log, **_apart()
            )

    async def kill(self) -> None:
        """End it as a power cut would."""
        self._up.clear()
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    async def stop(self) -> int | None:
        """Ask it to end (SIGTERM), kill it if it does not; its exit code."""
        self._up.clear()
        if self._process is None or self._process.returncode is not None:
            return self._process.returncode if self._process else None
        self._process.terminate()
        try:
            async with asyncio.timeout(STOP_SECONDS):
                return await self._process.wait()
        except TimeoutError:
            await self.kill()
            return self._process.returncode

    async def ended_by_itself(self) -> int:
        """Wait until it ends without having been killed or stopped; its exit code."""
        while True:
            await self._up.wait()
            assert self._process is not None  # noqa: S101 - it is up
            code = await self._process.wait()
            if self._up.is_set():
                return code

    def log_tail(self) -> str:
        """The last lines of its log."""
        if not self.log_path.exists():
            return ""
        lines = self.log_path.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(lines[-LOG_TAIL_LINES:])


def _apart() -> dict[str, Any]:
    """A terminal sends Ctrl+C to all processes of a group: the bot would end with it, before its time."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}
