"""Starts the bare discord.py bot of benchmarks/bare.py on a bench, and ends it."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

from benchmarks.bench import READY_SECONDS, Bench

ROOT = Path(__file__).parent.parent
_PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL")

Post = tuple[datetime, int, str]
"""When, in which channel, and what."""


@asynccontextmanager
async def bare_client(bench: Bench, posts: Sequence[Post]) -> AsyncIterator[int]:
    """The bare bot's process number, once it is connected; it is ended by its own handle."""
    job = bench.folder / "bare.json"
    job.write_text(
        json.dumps(
            {
                "api_base": bench.loopback.api_base,
                "token": bench.loopback.token,
                "posts": [(moment.isoformat(), channel_id, text) for moment, channel_id, text in posts],
            }
        ),
        encoding="utf-8",
    )
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    with (bench.folder / "bare.log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "benchmarks.bare", str(job), cwd=ROOT, env=environment, stdout=log, stderr=log
        )
    try:
        await bench.loopback.wait_until_ready(within=READY_SECONDS)
        yield process.pid
    finally:
        process.terminate()
        await process.wait()
