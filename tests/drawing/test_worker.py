"""A picture drawn in a process of its own: what comes back, and that nothing is left behind."""

from __future__ import annotations

import asyncio
import os
import stat
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.drawing import worker
from bot.drawing.palette import Look
from bot.drawing.session_picture import session_picture
from bot.drawing.worker import draw_session
from bot.errors import DrawingError
from tests.builders import LOS_ANGELES, NEW_YORK
from tests.drawing.sessions import one_talk
from tests.test_schedule_worker import HANGS, children, is_running, needs_children, pipe

__all__ = ["pipe"]

# Does what the process does, with another way of drawing.
DRAWER = """
import os, sys
from bot.drawing import process, session_picture
session_picture.session_picture = lambda *given: {}
process.main()
"""
MEMORY = 1_000_000_000


def drawer(what: str, memory: int = MEMORY) -> Sequence[str]:
    return (sys.executable, "-P", "-c", DRAWER.format(what), str(memory))


async def draw(command: Sequence[str] = worker.COMMAND, seconds: float = 60) -> bytes:
    return await draw_session(
        one_talk(), timezone=NEW_YORK, page_timezone=LOS_ANGELES, look=Look.DARK, seconds=seconds, command=command
    )


async def refused(command: Sequence[str], seconds: float = 60) -> DrawingError:
    with pytest.raises(DrawingError) as caught:
        await draw(command, seconds)
    assert "\n" not in str(caught.value)
    return caught.value


async def test_it_draws_what_would_be_drawn_here_also_from_a_home_nobody_may_write_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "matplotlibrc").write_text("font.size: 40\nbackend: nonsense\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", "/nowhere")
    assert await draw() == session_picture(one_talk(), NEW_YORK, LOS_ANGELES, Look.DARK)
    # What took it a while to find out is kept for the next time, where nobody else writes.
    folder = Path(worker._folder().name)
    assert await asyncio.to_thread(lambda: stat.S_IMODE(folder.stat().st_mode)) == 0o700
    assert await asyncio.to_thread(lambda: [path.suffix for path in folder.glob("fontlist-*")]) == [".json"]


async def test_the_token_is_not_handed_over(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "very-secret")
    await refused(drawer("sys.exit(str(os.environ))"))
    assert "PYTHONPATH" in caplog.text
    assert "very-secret" not in caplog.text


async def test_it_steps_back_behind_the_bot(caplog: pytest.LogCaptureFixture) -> None:
    await refused(drawer("sys.exit(f'nice {os.nice(0)}')"))
    assert f"nice {min(os.nice(0) + 10, 19)}" in caplog.text


async def test_what_hangs_is_ended(pipe: Path) -> None:
    telling = asyncio.create_task(asyncio.to_thread(pipe.read_text))
    error = await refused((sys.executable, "-c", HANGS, str(pipe)), seconds=1)
    assert error.what == "drawing this takes longer than 1 s"
    assert not is_running(int(await telling))


async def test_a_caller_that_is_cancelled_leaves_no_process_behind(pipe: Path) -> None:
    drawing = asyncio.create_task(draw((sys.executable, "-c", HANGS, str(pipe))))
    process = int(await asyncio.to_thread(pipe.read_text))
    drawing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await drawing
    assert not is_running(process)


@needs_children
async def test_one_is_drawn_at_a_time(pipe: Path) -> None:
    before = children()
    first, second = (asyncio.create_task(draw((sys.executable, "-c", HANGS, str(pipe)))) for _ in range(2))
    await asyncio.to_thread(pipe.read_text)
    assert len(children() - before) == 1
    first.cancel()
    await asyncio.to_thread(pipe.read_text)
    assert len(children() - before) == 1
    second.cancel()
    await asyncio.wait({first, second})
    assert children() == before


@pytest.mark.parametrize("how", ["os.kill(os.getpid(), 9)", "bytearray(600_000_000)"])
async def test_too_much_memory_is_an_error(how: str) -> None:
    error = await refused(drawer(how, memory=700_000_000))
    assert error.what == "drawing this takes too much memory"


async def test_a_bug_is_logged_and_told_as_an_error(caplog: pytest.LogCaptureFixture) -> None:
    error = await refused(drawer("1 / 0"))
    assert "Ask the bot's operator" in str(error)
    assert "ZeroDivisionError: division by zero" in caplog.text


async def test_a_process_that_cannot_start_is_an_error(caplog: pytest.LogCaptureFixture) -> None:
    assert "cannot begin" in (await refused(("/no/such/program",))).what
