"""A token that is said on purpose fails the test that brought it about, wherever it is said."""

from __future__ import annotations

import logging
import secrets
from pathlib import Path

import pytest

from tests.journeys.forked_bot import fork
from tests.leaks import TokenLeakedError, refuse_tokens

pytest_plugins = ["pytester"]

WAYS = {
    "a log in its folder": ("(tmp_path / 'deep').mkdir(); (tmp_path / 'deep' / 'bot.log').write_text(SAID)", "bot.log"),
    "what it prints": ("print(SAID)", "Captured stdout call"),
    "what it logs": ("logging.getLogger('bot').warning(SAID)", "Captured log call"),
    "an error": ("raise RuntimeError(SAID)", "the words of a failure"),
    "a process": ("subprocess.run([*PRINTS, 'stdout'], env=SETTINGS, capture_output=True)", "a process's output"),
    "a process of a loop": ("asyncio.run(started())", "a process's errors"),
}
TEST = """
import asyncio, logging, os, subprocess, sys
SAID = {said!r}
SETTINGS = os.environ | {{"SAID": SAID}}
PRINTS = [sys.executable, "-c", "import os, sys; print(os.environ['SAID'], file=getattr(sys, sys.argv[1]))"]
async def started():
    process = await asyncio.create_subprocess_exec(*PRINTS, "stderr", env=SETTINGS, stderr=asyncio.subprocess.PIPE)
    await process.communicate()
def test_it(tmp_path):
    {act}
"""


def a_token() -> str:
    """As a loopback draws one."""
    return f"loopback.{secrets.token_urlsafe(32)}"


@pytest.mark.parametrize("way", WAYS)
def test_token_is_found_in(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    act, where = WAYS[way]
    monkeypatch.setattr(logging.root, "handlers", [])  # this very test logs none
    token = a_token()
    pytester.makepyfile(TEST.format(said=f"Authorization: Bot {token} sent", act=act))
    ended = pytester.runpytest_inprocess("-p", "tests.leaks", "-p", "no:asyncio", "-p", "no:cacheprovider")
    told = ended.stdout.str()
    assert ended.ret == pytest.ExitCode.TESTS_FAILED
    assert f"{where}: " in told
    assert "Authorization: Bot [TOKEN] sent" in told
    assert token not in told


def test_what_holds_none_passes(pytester: pytest.Pytester) -> None:
    acts = "; ".join(act for act, _ in WAYS.values() if "raise" not in act)
    pytester.makepyfile(TEST.format(said="Authorization: Bot [token] sent", act=acts))
    ended = pytester.runpytest_inprocess("-p", "tests.leaks", "-p", "no:asyncio", "-p", "no:cacheprovider")
    ended.assert_outcomes(passed=1)


@pytest.mark.slow
async def test_token_that_a_command_prints_is_found_when_it_ends(tmp_path: Path) -> None:
    token = "MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs"
    out, err = tmp_path / "out", tmp_path / "err"
    process = fork(["import", f"/nowhere/{token}.txt"], {"DISCORD_TOKEN": token}, tmp_path, out, err)
    with pytest.raises(TokenLeakedError, match=r"a token stands in err: .*/nowhere/\[TOKEN\]"):
        await process.wait()


def test_other_words_of_its_kind_are_none() -> None:
    refuse_tokens("loopback.errors import PersonRefusedError", "a traceback")
    refuse_tokens(b"x.y.z", "a log", token="x.y")
    refuse_tokens(None, "nothing")
