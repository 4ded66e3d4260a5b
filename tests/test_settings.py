"""The operator's settings: where they come from, and one line for each that is malformed."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import ConfigurationError
from bot.settings import DEFAULT_API_BASE, DEFAULT_DATABASE_URL, Settings, is_loopback, read_settings

TOKEN = "MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs"


CLOCK_LINE = (
    "CLOCK=noon is not a clock. "
    "Write CLOCK=2022-07-21T12:20-07:00@60, the same with @ and the real time it began, or CLOCK=file:PATH."
)
COUNT_LINE = "SHARD_COUNT: Input should be a valid integer, unable to parse string as an integer. See .env.example."
NO_TOKEN = (
    "DISCORD_TOKEN is no bot's token, which is three parts with dots between them. Copy it anew from the Developer "
    "Portal under Bot, Reset Token; it is no id, key or client secret."
)


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An empty environment, and a folder without .env."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)


def refusal(monkeypatch: pytest.MonkeyPatch, **settings: str) -> str:
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ConfigurationError) as refused:
        read_settings()
    return str(refused.value)


def test_settings_without_any_are_the_defaults() -> None:
    settings = read_settings()
    assert settings.model_dump() == {
        "discord_token": None,
        "database_url": DEFAULT_DATABASE_URL,
        "discord_api_base": DEFAULT_API_BASE,
        "clock": None,
        "log_level": "INFO",
        "log_format": "console",
        "metrics_port": None,
        "stage_address": None,
        "stage_url": None,
        "sentry_dsn": None,
        "shard_ids": None,
        "shard_count": None,
    }
    assert not settings.on_loopback


def test_settings_come_from_the_file_and_the_environment_goes_before(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("LOG_LEVEL=debug\nSHARD_COUNT=4\nSHARD_IDS=0, 2\nUNKNOWN=1\nCLOCK=\n")
    monkeypatch.setenv("SHARD_COUNT", "3")
    settings = read_settings()
    assert (settings.log_level, settings.shard_count, settings.shard_ids, settings.clock) == ("DEBUG", 3, [0, 2], None)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"LOG_LEVEL": "loud"}, "LOG_LEVEL: Input should be 'DEBUG', 'INFO', 'WARNING' or 'ERROR'. See .env.example."),
        ({"LOG_FORMAT": "xml"}, "LOG_FORMAT: Input should be 'console' or 'json'. See .env.example."),
        (
            {"SHARD_COUNT": "0"},
            "SHARD_COUNT: Input should be greater than or equal to 1. See .env.example.",
        ),
        (
            {"SHARD_COUNT": "many"},
            ("SHARD_COUNT: Input should be a valid integer, unable to parse string as an integer. See .env.example."),
        ),
        (
            {"SHARD_IDS": "0,x", "SHARD_COUNT": "2"},
            ("SHARD_IDS: Input should be a valid integer, unable to parse string as an integer. See .env.example."),
        ),
        ({"SHARD_IDS": "0"}, "SHARD_IDS is set without SHARD_COUNT. Set both, or neither."),
        ({"SHARD_IDS": "0,2", "SHARD_COUNT": "2"}, "SHARD_IDS must be different numbers from 0 to 1."),
        ({"SHARD_IDS": "1,1", "SHARD_COUNT": "2"}, "SHARD_IDS must be different numbers from 0 to 1."),
        ({"SHARD_IDS": "-1", "SHARD_COUNT": "2"}, "SHARD_IDS must be different numbers from 0 to 1."),
        ({"SHARD_IDS": ",", "SHARD_COUNT": "2"}, "SHARD_IDS must be different numbers from 0 to 1."),
        ({"CLOCK": "noon"}, CLOCK_LINE),
        ({"SHARD_IDS": "0", "SHARD_COUNT": "none"}, COUNT_LINE),
        (
            {"DISCORD_API_BASE": "discord.com"},
            ("DISCORD_API_BASE: must be a URL such as https://discord.com/api/v10. See .env.example."),
        ),
        (
            {"DISCORD_API_BASE": "http://[::1"},
            "DISCORD_API_BASE: Invalid IPv6 URL. See .env.example.",
        ),
    ],
)
def test_malformed_setting_is_one_line_that_names_it(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], message: str
) -> None:
    said = refusal(monkeypatch, DISCORD_TOKEN=TOKEN, **settings)
    assert said == message


def test_each_malformed_setting_is_named_once(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = {"LOG_LEVEL": "loud", "SHARD_COUNT": "2", "SHARD_IDS": "0,x,y", "DISCORD_TOKEN": "perhaps", "CLOCK": "noon"}
    for name, value in wrong.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ConfigurationError) as refused:
        read_settings()
    first, *also = [str(refused.value), *map(str, refused.value.also)]
    assert first == NO_TOKEN
    assert [line.partition(":")[0].partition("=")[0] for line in also] == ["CLOCK", "LOG_LEVEL", "SHARD_IDS"]


@pytest.mark.parametrize(
    "token",
    [
        "perhaps",
        "123456789012345678",
        "loopback.x",
        "a.b.c.d",
        "a..b",
        ".a.b",
        "a.b.",
        "..",
        "a b.c.d",
        "Bot a.b.c",
        "é.b.c",
        f"{TOKEN}{'x' * 200}",
    ],
)
def test_token_is_three_parts_with_dots_between(monkeypatch: pytest.MonkeyPatch, token: str) -> None:
    assert refusal(monkeypatch, DISCORD_TOKEN=token) == NO_TOKEN


@pytest.mark.parametrize(
    "base",
    [
        "http://discord.com/api/v10",
        "http://192.168.0.7/api/v10",
        "http://localhost.evil.example/api/v10",
        "http://127.0.0.1@evil.example/api/v10",
        "http://0.0.0.0/api/v10",
    ],
)
def test_plain_http_is_refused_beyond_this_machine(monkeypatch: pytest.MonkeyPatch, base: str) -> None:
    assert refusal(monkeypatch, DISCORD_API_BASE=base) == (
        "DISCORD_API_BASE: plain http is for this machine only; use https. See .env.example."
    )


@pytest.mark.parametrize(
    "base", ["http://127.0.0.1:8080/api/v10/", "http://localhost/api/v10", "http://[::1]:9/api/v10"]
)
def test_plain_http_is_taken_on_this_machine(monkeypatch: pytest.MonkeyPatch, base: str) -> None:
    monkeypatch.setenv("DISCORD_API_BASE", base)
    settings = read_settings()
    assert (settings.discord_api_base, settings.on_loopback) == (base.rstrip("/"), True)


@pytest.mark.parametrize(
    ("value", "address"),
    [
        ("9464", ("127.0.0.1", 9464)),
        ("0.0.0.0:9464", ("0.0.0.0", 9464)),  # noqa: S104 - read, not bound
        ("[::1]:9464", ("::1", 9464)),
        ("bot.internal:1", ("bot.internal", 1)),
        ("", None),
    ],
)
def test_metrics_are_served_on_a_port_of_this_machine_or_where_the_operator_says(
    monkeypatch: pytest.MonkeyPatch, value: str, address: tuple[str, int] | None
) -> None:
    monkeypatch.setenv("METRICS_PORT", value)
    assert read_settings().metrics_port == address


@pytest.mark.parametrize(
    "value",
    [
        "0",
        "on",
        "-1",
        "65536",
        "::1",
        ":9464",
        "127.0.0.1",
        "127.0.0.1:",
        "http://127.0.0.1:9464",
        "a@b:1",
        "1/x",
        " ",
        "[:1",
    ],
)
def test_metrics_port_that_is_none_is_one_line(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    assert refusal(monkeypatch, METRICS_PORT=value) == (
        "METRICS_PORT: must be a port such as 9464, or host:port. See .env.example."
    )


@pytest.mark.parametrize(
    ("settings", "base"),
    [
        ({}, None),
        ({"STAGE_ADDRESS": "8780"}, "http://127.0.0.1:8780"),
        ({"STAGE_ADDRESS": "0.0.0.0:8780"}, "http://0.0.0.0:8780"),
        ({"STAGE_ADDRESS": "[::1]:8780"}, "http://[::1]:8780"),
        ({"STAGE_ADDRESS": "8780", "STAGE_URL": "https://example.org/stage-view/"}, "https://example.org/stage-view"),
        ({"STAGE_URL": "https://[2001:db8::1]:8443"}, "https://[2001:db8::1]:8443"),
    ],
)
def test_links_to_the_stage_view_begin_with_its_url_or_its_address(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], base: str | None
) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    assert read_settings().stage_base == base


@pytest.mark.parametrize("value", ["0", "on", "::1", "127.0.0.1", "http://127.0.0.1:8780"])
def test_stage_address_that_is_none_is_one_line(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    assert refusal(monkeypatch, STAGE_ADDRESS=value) == (
        "STAGE_ADDRESS: must be a port such as 8780, or host:port. See .env.example."
    )


def test_loopback_is_told_by_address_and_by_the_name_localhost_alone() -> None:
    urls = ["https://127.9.9.9/", "https://localhost/", "https://discord.com/", "https://example.localhost.com/", "x"]
    assert [is_loopback(url) for url in urls] == [True, True, False, False, False]


def test_token_is_shown_neither_by_the_settings_nor_by_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", TOKEN)
    settings = read_settings()
    assert settings.discord_token is not None
    assert settings.discord_token.get_secret_value() == TOKEN
    assert TOKEN not in repr(settings) + str(settings.model_dump())
    assert TOKEN not in refusal(monkeypatch, SHARD_COUNT="0")


def test_file_of_settings_that_is_no_text_is_one_line(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"DISCORD_TOKEN=\xff\xfe")
    with pytest.raises(ConfigurationError) as refused:
        read_settings()
    assert str(refused.value) == ".env: it cannot be read (UnicodeDecodeError). See .env.example."
