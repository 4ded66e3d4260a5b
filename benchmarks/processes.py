"""What the system has in its books for a process (`/proc`, on Linux)."""

from __future__ import annotations

import os
from pathlib import Path

from bot.rehearsal.bot_process import BotProcess


def number_of(bot: BotProcess) -> int:
    """The running bot's process number."""
    process = bot._process  # noqa: SLF001 - nobody but a benchmark needs it
    assert process is not None
    assert process.pid
    return process.pid


def cpu_seconds(pid: int) -> float:
    """Processor time that the process has used, its own and the system's for it."""
    # the fields behind the name, which may itself hold spaces and brackets
    fields = (_books(pid) / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_mib(pid: int) -> float:
    """Memory that the process holds."""
    lines = (_books(pid) / "status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS:"))


def _books(pid: int) -> Path:
    return Path("/proc") / str(pid)
