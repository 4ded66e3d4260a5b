"""Holds of every test, and of every process that one starts, that nothing says a bot's token; part of each run.

It is looked for after each test: in all files of the test's folder (logs, stores, exports), in what processes that it
started printed, in what it printed and logged itself, and in the words of its failure.
"""

from __future__ import annotations

import re
import subprocess
from asyncio.subprocess import Process
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

TOKEN = re.compile(rb"loopback\.[\w-]{43}")
"""As each loopback draws one."""
TELLING = 8
"""Characters; tests also set tokens that are none, and those stand in a text by chance."""
SHOWN = 200
SETTINGS_FILE = ".env"


class TokenLeakedError(AssertionError):
    """Something said a token; where, and the line without it."""


def refuse_tokens(said: bytes | str | None, where: str, token: str = "") -> None:
    """Look through what was said.

    Args:
        said: all of it.
        where: for the error.
        token: one more to look for than those that loopbacks draw.

    Raises:
        TokenLeakedError: there is one.
    """
    text = said.encode(errors="replace") if isinstance(said, str) else said or b""
    if len(token) >= TELLING:
        text = text.replace(token.encode(), b"loopback." + b"x" * 43)
    if found := TOKEN.search(text):
        before = text[: found.start()].splitlines() or [b""]
        after = text[found.end() :].partition(b"\n")[0]
        line = (before[-1] + b"[TOKEN]" + after)[:SHOWN].decode(errors="replace")
        raise TokenLeakedError(f"a token stands in {where}: {line}")


def refuse_tokens_in_folder(folder: Path) -> None:
    """Look through every file but one of settings; raises TokenLeakedError."""
    for path in folder.rglob("*"):
        if path.name != SETTINGS_FILE and not path.is_symlink() and path.is_file():
            refuse_tokens(path.read_bytes(), str(path.relative_to(folder)))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, object, object]:
    """Whatever started a bot has ended it by now, so that its log is whole."""
    folder = getattr(item, "funcargs", {}).get("tmp_path")
    result = yield
    if isinstance(folder, Path):
        refuse_tokens_in_folder(folder)
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(call: pytest.CallInfo[None]) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test that passes and printed or logged a token, or fails with one in its words, says so and nothing else."""
    report = yield
    try:
        if call.excinfo is not None and isinstance(call.excinfo.value, TokenLeakedError):
            raise call.excinfo.value  # its traceback shows what was said
        refuse_tokens(report.longreprtext, "the words of a failure")
        for name, text in report.sections:
            refuse_tokens(text, name)
    except TokenLeakedError as leak:
        report.outcome, report.longrepr, report.sections = "failed", str(leak), []
    return report


@pytest.fixture(scope="session", autouse=True)
def _pipes_are_looked_through() -> Iterator[None]:
    """What a process prints to a test, however that starts it and reads it: communicate is the way for both."""
    from_thread: Any = subprocess.Popen.communicate
    from_loop = Process.communicate

    def communicate(self: subprocess.Popen[Any], *args: Any, **options: Any) -> tuple[Any, Any]:  # noqa: ANN401 - its own
        said: tuple[Any, Any] = from_thread(self, *args, **options)
        _refuse_in_pipes(said)
        return said

    async def communicate_in_loop(self: Process, *args: bytes, **options: bytes) -> tuple[bytes, bytes]:
        said = await from_loop(self, *args, **options)
        _refuse_in_pipes(said)
        return said

    with pytest.MonkeyPatch.context() as here:
        here.setattr(subprocess.Popen, "communicate", communicate)
        here.setattr(Process, "communicate", communicate_in_loop)
        yield


def _refuse_in_pipes(said: tuple[bytes | str | None, bytes | str | None]) -> None:
    for text, where in zip(said, ("a process's output", "a process's errors"), strict=True):
        refuse_tokens(text, where)
