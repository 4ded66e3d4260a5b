"""A schedule read in a process of its own: what comes back, and that nothing is left behind."""

from __future__ import annotations

import asyncio
import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Coroutine, Sequence
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path

import pytest
import uvloop

from bot.errors import ScheduleError
from bot.schedule_answers import TOO_LARGE
from bot.schedule_process import LARGEST_ANSWER, answer
from bot.schedule_worker import AT_ONCE, read_in_worker
from bot.schedules.decoding import MAX_BYTES
from bot.schedules.detect import read_schedule
from bot.schedules.schedule import ReadingOptions
from tests.shared import SHARED, needs_shared

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "bot" / "rehearsal" / "sample" / "icml-2022-deep-learning.txt"
CHILDREN = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children")
needs_children = pytest.mark.skipif(not CHILDREN.exists(), reason="only Linux lists a process's children")
OPTIONS = ReadingOptions(datetime(2026, 1, 5, tzinfo=UTC), name="programme.txt")

# Does what the process does, with another reader.
READER = "import os, sys; from bot import schedule_process as p; p.read_schedule = lambda *given: {}; p.main()"
HANGS = """
import os, sys, threading
sys.stdin.buffer.read()
with open(sys.argv[1], "w") as told:
    told.write(str(os.getpid()))
threading.Event().wait()
"""
MEETS = """
import pickle, socket, sys
with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as meeting:
    meeting.recv(1)
sys.stdin.buffer.read()
sys.stdout.buffer.write(pickle.dumps(("too large", None)))
"""


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    """Where a process tells its number; reading it waits until it does."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    return path


def reader(what: str, memory: int = 1_500_000_000) -> Sequence[str]:
    return (sys.executable, "-P", "-c", READER.format(what), str(memory))


async def refused(command: Sequence[str], seconds: float = 60) -> ScheduleError:
    with pytest.raises(ScheduleError) as caught:
        await read_in_worker(b"content", OPTIONS, seconds=seconds, command=command)
    assert type(caught.value) is ScheduleError
    assert caught.value.where == "programme.txt"
    return caught.value


def children() -> set[str]:
    """The processes that this one has started and that are still there."""
    return set(CHILDREN.read_text().split())


def is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


@needs_shared
@pytest.mark.parametrize("name", ["emf-2016.xml", "moca-2024.ics"])
async def test_it_reads_what_the_bot_itself_would_read(name: str) -> None:
    content = (SHARED / name).read_bytes()
    assert await read_in_worker(content, OPTIONS, seconds=60) == read_schedule(content, OPTIONS)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"Nothing that could be a schedule", id="not understood"),
        pytest.param(b"x" * (MAX_BYTES + 1), id="too large"),
        pytest.param(b"title,start,end\nOpening,2026-07-01 09:00,2026-07-01 10:00\n", id="a question"),
    ],
)
async def test_errors_and_questions_come_back_whole(content: bytes) -> None:
    with pytest.raises(ScheduleError) as here:
        read_schedule(content, OPTIONS)
    with pytest.raises(ScheduleError) as there:
        await read_in_worker(content, OPTIONS, seconds=60)
    assert type(there.value) is type(here.value)
    assert vars(there.value) == vars(here.value)  # what, where, do, and a question's option
    assert str(there.value) == str(here.value)


async def test_it_works_from_a_folder_with_a_bot_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bot.py").write_text("raise SystemExit('the wrong one')", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    schedule = await read_in_worker(SAMPLE.read_bytes(), OPTIONS, seconds=60)
    assert len(schedule.talks) == 15


async def test_the_token_is_not_handed_over(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "very-secret")
    monkeypatch.setenv("DATABASE_URL", "postgresql://me:very-secret@db/chairside")
    await refused(reader("sys.exit(str(os.environ))"))
    assert "PYTHONPATH" in caplog.text
    assert "very-secret" not in caplog.text


async def test_what_a_reader_prints_is_no_answer() -> None:
    error = await refused(reader("print('something') or os.system('echo more') or bytes(10**12)"))
    assert "too large or too tangled" in error.what


async def test_what_hangs_is_ended(pipe: Path) -> None:
    telling = asyncio.create_task(asyncio.to_thread(pipe.read_text))
    error = await refused((sys.executable, "-c", HANGS, str(pipe)), seconds=1)
    assert (error.what, error.do) == ("reading this takes longer than 1 s", "Import it in parts, or in another format")
    assert not is_running(int(await telling))


async def test_a_caller_that_is_cancelled_leaves_no_process_behind(pipe: Path) -> None:
    command = (sys.executable, "-c", HANGS, str(pipe))
    reading = asyncio.create_task(read_in_worker(b"content", OPTIONS, seconds=60, command=command))
    process = int(await asyncio.to_thread(pipe.read_text))
    assert is_running(process)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert not is_running(process)


@needs_children
async def test_a_caller_cancelled_at_any_step_of_the_start_leaves_no_process_behind() -> None:
    before = children()
    for steps in range(8):
        reading = asyncio.create_task(read_in_worker(b"content", OPTIONS, command=(sys.executable, "-c", HANGS)))
        for _ in range(steps):
            turn = asyncio.Event()
            asyncio.get_running_loop().call_soon(turn.set)
            await turn.wait()
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
    assert children() == before


@pytest.mark.parametrize("check", [test_what_hangs_is_ended, test_a_caller_that_is_cancelled_leaves_no_process_behind])
def test_uvloop_does_the_same(check: Callable[[Path], Coroutine[None, None, None]], pipe: Path) -> None:
    uvloop.run(check(pipe))


@needs_children
def test_uvloop_leaves_nothing_behind_at_the_start_either() -> None:
    uvloop.run(test_a_caller_cancelled_at_any_step_of_the_start_leaves_no_process_behind())


@pytest.mark.parametrize("how", ["os.kill(os.getpid(), 9)", "os.abort()"])
async def test_a_process_that_is_killed_is_an_error(how: str) -> None:
    error = await refused(reader(how))
    assert (error.what, error.do) == ("this is too large or too tangled", "Import it in parts")


async def test_memory_is_bounded() -> None:
    error = await refused(reader("bytearray(600_000_000) and 1 / 0", memory=500_000_000))
    assert error.what == "this is too large or too tangled"


async def test_a_bug_is_logged_and_told_as_an_error(caplog: pytest.LogCaptureFixture) -> None:
    error = await refused(reader("1 / 0"))
    assert "Ask the bot's operator" in str(error)
    assert "Traceback" in caplog.text
    assert "ZeroDivisionError: division by zero" in caplog.text


async def test_a_process_that_cannot_even_start_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    await refused((sys.executable, "-c", "import no_such_library"))
    assert "No module named 'no_such_library'" in caplog.text


@needs_children
async def test_few_run_at_a_time() -> None:
    waiting: list[asyncio.StreamWriter] = []
    running: set[int] = set()
    others = children()

    async def meet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        waiting.append(writer)
        if len(waiting) == AT_ONCE:
            running.add(len(children() - others))
            for each in waiting:
                each.write(b"!")
                each.close()
            waiting.clear()

    async with await asyncio.start_server(meet, "127.0.0.1") as server:
        command = (sys.executable, "-c", MEETS, str(server.sockets[0].getsockname()[1]))
        await asyncio.gather(*(refused(command) for _ in range(3 * AT_ONCE)))
    assert running == {AT_ONCE}


def read_the_sample(folder: Path) -> None:
    """As the journeys' bot does, in the forked process."""
    os.chdir(folder)
    os.environ.clear()
    schedule = uvloop.run(read_in_worker(SAMPLE.read_bytes(), OPTIONS, seconds=60))
    sys.exit(len(schedule.talks))


@pytest.mark.slow
def test_a_forked_bot_can_read_as_well(tmp_path: Path) -> None:
    process = get_context("forkserver").Process(target=read_the_sample, args=(tmp_path,), daemon=True)
    process.start()
    process.join()
    assert process.exitcode == 15


def test_an_answer_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    schedule = read_schedule(SAMPLE.read_bytes(), OPTIONS)
    longer = "x" * LARGEST_ANSWER
    monkeypatch.setattr("bot.schedule_process.read_schedule", lambda *_: [schedule, longer])
    assert pickle.loads(answer(pickle.dumps((b"", OPTIONS)))) == (TOO_LARGE, None)  # noqa: S301 - our own


def test_the_process_imports_nothing_that_it_does_not_need() -> None:
    printed = subprocess.run(
        [sys.executable, "-c", "import bot.schedule_process, sys; print(*sys.modules)"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout.split()  # fmt: skip
    heavy = {"asyncio", "aiohttp", "discord", "sqlmodel", "sqlalchemy", "pydantic", "uvloop", "bot.clock", "db"}
    assert set(printed) & heavy == set()
