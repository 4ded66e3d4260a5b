"""Settings as nobody should write them: `chairside run` says what is wrong in one line and ends with exit code 2.

Each value of `VALUES` is tried for each setting there is; what a setting may be all the same stands in `TAKEN`.
"""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from discord.http import Route
from typing_extensions import override

from bot.cli import main
from bot.settings import Settings, read_settings

TOKEN = "MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs"
PASSWORD = "hunter2"
SETTINGS = sorted(name.upper() for name in Settings.model_fields)
LONGEST_LINE = 450
NO_TOKEN = (
    "chairside: DISCORD_TOKEN is not set. Put it in .env (see README, Going live), or try the bot without one: "
    "chairside rehearse.\n"
)
VALUES = {
    "spaces": "   ",
    "a word": "perhaps",
    "a negative number": "-1",
    "zero": "0",
    "a fraction": "1.5",
    "a huge number": "9" * 400,
    "a huge text": "x" * 100_000,
    "JSON": '{"a": 1}',
    "two lines": "first\nsecond",
    "a carriage return": "first\rsecond",
    "an escape sequence": "\x1b[2J",
    "other scripts": "schlüssel-鍵-\u202e",
    "bytes that are no text": "\udcff\udcfe",
    "a folder": ".",
}
OF_ONE_SETTING = {
    "DATABASE_URL": [
        "://",
        "sqlite:///x",
        "sqlite+nonsense:///x",
        f"mysql://bot:{PASSWORD}@host/x",
        f"postgresql+asyncpg://bot:{PASSWORD}@[::1",
        f"postgresql+asyncpg://bot:{PASSWORD}@host:port/x",
        "sqlite+aiosqlite:///.",
        "sqlite+aiosqlite:///..",
        "sqlite+aiosqlite:////",
        "sqlite+aiosqlite:////nowhere/at/all/x.sqlite3",
        f"sqlite+aiosqlite:///{'x' * 300}",
        f"sqlite+aiosqlite:////{'x' * 300}/x",
        f"sqlite+aiosqlite:////{'y/' * 3000}x",
        "sqlite+aiosqlite:///a\nb",
        "sqlite+aiosqlite:///\udcff",
        "sqlite+aiosqlite://host:99/x",
        f"sqlite+aiosqlite://bot:{PASSWORD}@host/x",
        "sqlite+aiosqlite:///x?timeout=soon",
        "sqlite+aiosqlite:///x?nonsense=1",
        "sqlite+aiosqlite:///file:x?mode=ro&uri=true",
    ],
    "CLOCK": [
        "@@@",
        "2022-07-21T12:20@60",
        "9999-12-31T23:59+00:00@1",
        "0001-01-01T00:00+14:00@1",
        "2022-07-21T12:20-07:00@nan",
        "2022-07-21T12:20-07:00@inf",
        "2022-07-21T12:20-07:00@-1",
        "2022-07-21T12:20-07:00@1@9999-12-31T23:59+00:00",
        "file:",
        "file:.",
        "file:/nowhere",
        f"file:{'x' * 5000}",
        "file:\udcff\n",
    ],
    "DISCORD_API_BASE": [
        "https://",
        "http:///x",
        "ftp://127.0.0.1/x",
        "http://[::1",
        "http://127.0.0.1:port/",
        "http://127.0.0.1:99999/",
        "http://127.0.0.1:0/",
        "http://127.0.0.1:1 /",
        "http://127.0.0.1:1/\nx",
        f"https://bot:{PASSWORD}@/",
        f"http://bot:{PASSWORD}@example.org/",
    ],
    "STAGE_URL": [
        "stage.example.org",
        "ftp://stage.example.org",
        "https://",
        "https:///x",
        "https://[::1",
        "https://example.org:port",
        "https://example.org:0",
        f"https://bot:{PASSWORD}@example.org",
        "https://example.org/?x=1",
        "https://example.org/#x",
        "https://example.org/> <@1>",
        "https://example.org/](x)",
        f"https://example.org/{'x' * 300}",
    ],
    "LOG_LEVEL": ["NOTSET", "10"],
    "SHARD_COUNT": ["100001", "1e5", "٣"],
    "SHARD_IDS": ["0,2", "1,1", ",", "0,x", "0 1"],
}
TAKEN = {
    "DISCORD_TOKEN": ["   "],
    "SHARD_IDS": ["0"],
}
REFUSED = [
    (name, value)
    for name in SETTINGS
    for value in [*VALUES.values(), *OF_ONE_SETTING.get(name, [])]
    if value not in TAKEN.get(name, [])
]


class _Refusal(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(401)
        self.send_header("Content-Length", "0")
        self.end_headers()

    @override
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def discord() -> Iterator[str]:
    """A Discord that accepts no token: there a bot ends by itself that should not have come so far."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Refusal) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/api/v10"
        server.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


@contextmanager
def put_back() -> Iterator[None]:
    """What a process sets for itself once: where Discord is, and how things are logged."""
    names = (None, "discord", "apscheduler", "aiosqlite")
    levels, handlers, base = [logging.getLogger(name).level for name in names], logging.root.handlers[:], Route.BASE
    hooks = sys.excepthook, threading.excepthook, sys.unraisablehook
    try:
        yield
    finally:
        sys.excepthook, threading.excepthook, sys.unraisablehook = hooks
        logging.root.handlers[:], Route.BASE = handlers, base
        for name, level in zip(names, levels, strict=True):
            logging.getLogger(name).setLevel(level)


def said_by_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], environment: dict[str, str]
) -> str:
    """What `chairside run` with these settings says, which is one line, before it ends with exit code 2."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.argv", ["chairside", "run"])
    with put_back(), pytest.raises(SystemExit) as left:
        main()
    printed = capsys.readouterr()
    assert (left.value.code, printed.out) == (2, "")
    assert printed.err.startswith("chairside: ")
    assert len(printed.err.splitlines()) == 1
    assert len(printed.err) <= LONGEST_LINE
    assert printed.err.rstrip("\n").isprintable()
    assert TOKEN not in printed.err
    assert PASSWORD not in printed.err
    return printed.err


@pytest.mark.timeout(30)
@pytest.mark.parametrize(("name", "value"), REFUSED, ids=[f"{name}-{ascii(value)[1:40]}" for name, value in REFUSED])
def test_hostile_value_is_refused_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], discord: str, name: str, value: str
) -> None:
    beside = {"DISCORD_TOKEN": TOKEN, "DISCORD_API_BASE": discord, "LOG_LEVEL": "ERROR"}
    if name == "SHARD_IDS":
        beside["SHARD_COUNT"] = "2"
    said = said_by_run(monkeypatch, capsys, beside | {name: value})
    # a file that cannot be used is named instead of the setting
    assert any(words in said for words in (name, ": the clock file cannot be read", ": the database"))
    assert "Discord does not accept" not in said
    if name == "DISCORD_TOKEN" and value != ".":
        assert value not in said


@pytest.mark.parametrize("name", SETTINGS)
def test_empty_setting_is_as_one_that_is_not_set(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    unset = read_settings()
    monkeypatch.setenv(name, "")
    assert read_settings() == unset


@pytest.mark.parametrize("value", ["", "   ", "\n"])
def test_token_of_nothing_but_spaces_is_not_set(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], value: str
) -> None:
    assert said_by_run(monkeypatch, capsys, {"DISCORD_TOKEN": value}) == NO_TOKEN


@pytest.mark.parametrize("value", ["1.2.3", f"{TOKEN}\n", f" {TOKEN} "])
def test_token_is_taken_without_the_spaces_around_it(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", value)
    token = read_settings().discord_token
    assert token is not None
    assert token.get_secret_value() == value.strip()


FILES = {
    "bytes": (b"DISCORD_TOKEN=\xff\xfe\x00", ".env: it cannot be read (UnicodeDecodeError). See .env.example."),
    "UTF-16": ("DISCORD_TOKEN=x\n".encode("utf-16"), ".env: it cannot be read (UnicodeDecodeError). See .env.example."),
    "10 MB of a word": (b"x" * 10_000_000, ".env: it is too large for a file of settings. See .env.example."),
    "10 MB of lines": (b"A=b\n" * 2_500_000, ".env: it is too large for a file of settings. See .env.example."),
    "an open quotation mark": (
        f'LOG_LEVEL=INFO\nDISCORD_TOKEN="{TOKEN}\n'.encode(),
        ".env: line 2 is no setting. Write NAME=value, and close each quotation mark; see .env.example.",
    ),
    "a value without a name": (
        f"={TOKEN}\n".encode(),
        ".env: line 1 is no setting. Write NAME=value, and close each quotation mark; see .env.example.",
    ),
    "a NUL": (f"DISCORD_TOKEN={TOKEN}\0".encode(), "DISCORD_TOKEN is no bot's token, which is three parts "),
    "a NUL in a path": (
        f"DISCORD_TOKEN={TOKEN}\nDATABASE_URL=sqlite+aiosqlite:///a\0b".encode(),
        "DATABASE_URL does not name one file and nothing else. ",
    ),
    "nothing": (b"", NO_TOKEN.removeprefix("chairside: ")),
    "something else": (b"%PDF-1.7\nhello\n<html>\n", NO_TOKEN.removeprefix("chairside: ")),
}


@pytest.mark.parametrize("kind", FILES)
def test_hostile_file_of_settings_is_refused_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, kind: str
) -> None:
    content, line = FILES[kind]
    (tmp_path / ".env").write_bytes(content)
    assert said_by_run(monkeypatch, capsys, {}).startswith(f"chairside: {line}")


def test_folder_called_env_is_no_file_of_settings(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """It may be a virtual environment; settings then come from the environment alone."""
    (tmp_path / ".env").mkdir()
    assert said_by_run(monkeypatch, capsys, {}) == NO_TOKEN


def test_file_of_settings_that_cannot_be_read_is_refused_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    unreadable = Path("/proc/self/mem")  # a file that even root cannot read from its beginning
    if not unreadable.exists():
        pytest.skip("no such file on this system")
    (tmp_path / ".env").symlink_to(unreadable)
    assert said_by_run(monkeypatch, capsys, {}).startswith("chairside: .env: it cannot be read (")
