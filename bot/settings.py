"""What the operator sets, from the environment or `.env`. What belongs to one server lives in the database."""

from __future__ import annotations

import contextlib
import ipaddress
import re
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from dotenv.parser import parse_stream
from pydantic import BeforeValidator, Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.clock import clock_from_setting
from bot.errors import ChairsideError, ConfigurationError
from db.database import Database

DEFAULT_DATABASE_URL = "sqlite+aiosqlite:///chairside.sqlite3"
DEFAULT_API_BASE = "https://discord.com/api/v10"
LARGEST_FILE = 100_000
"""Bytes of a `.env` that is still taken for one."""
TOKEN = re.compile(r"(?=.{5,200}\Z)[\w+/=-]+(?:\.[\w+/=-]+){2}", re.ASCII)
"""Three parts, for whom, since when and the secret; other characters could not even be sent in a header."""
DEFAULT_HOST = "127.0.0.1"
"""Where it listens that is given no more than a port: on this machine alone."""
LONGEST_URL = 300
_NOT_IN_LINKS = frozenset(" \"'<>(){}|\\^`?#@*~")
_BASE_WANTED = f"must be a URL such as https://stage.example.org, of {LONGEST_URL} characters at most"


def _shard_numbers(value: object) -> object:
    """Read `0,1,2` as well as a list."""
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _host_and_port(example: int) -> BeforeValidator:
    """Reads `9464` as well as `0.0.0.0:9464`."""

    def read(value: object) -> object:
        if not isinstance(value, str):
            return value
        with contextlib.suppress(ValueError):  # a port that is no number or above 65535, half an IPv6 address
            parts = urlsplit(f"//{value}" if ":" in value else f"//{DEFAULT_HOST}:{value}")
            if parts.hostname and parts.port and parts.geturl() == f"//{parts.netloc}" and "@" not in parts.netloc:
                return parts.hostname, parts.port
        raise ValueError(f"must be a port such as {example}, or host:port")

    return BeforeValidator(read)


class _RefusedError(ValueError):
    """Takes a refusal through pydantic, which goes on to the other settings after a ValueError only."""

    def __init__(self, refusal: ChairsideError) -> None:
        self.refusal = ConfigurationError(refusal.what, where=refusal.where, do=refusal.do)
        super().__init__(str(refusal))


class Settings(BaseSettings):
    """The operator's settings; each is described in `.env.example`."""

    model_config = SettingsConfigDict(env_file=".env", env_file_encoding="utf-8", extra="ignore", env_ignore_empty=True)

    discord_token: SecretStr | None = None
    database_url: str = DEFAULT_DATABASE_URL
    discord_api_base: str = DEFAULT_API_BASE
    clock: str | None = None
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["console", "json"] = "console"
    metrics_port: Annotated[tuple[str, int] | None, NoDecode, _host_and_port(9464)] = None
    stage_address: Annotated[tuple[str, int] | None, NoDecode, _host_and_port(8780)] = None
    stage_url: str | None = None
    sentry_dsn: SecretStr | None = None
    shard_count: int | None = Field(default=None, ge=1, le=100_000)
    shard_ids: Annotated[list[int] | None, NoDecode, BeforeValidator(_shard_numbers)] = None

    @field_validator("discord_token")
    @classmethod
    def _one_word(cls, value: SecretStr | None) -> SecretStr | None:
        token = value.get_secret_value().strip() if value else ""
        if token and not TOKEN.fullmatch(token):
            what = "DISCORD_TOKEN is no bot's token, which is three parts with dots between them"
            do = "Copy it anew from the Developer Portal under Bot, Reset Token; it is no id, key or client secret"
            raise _RefusedError(ConfigurationError(what, do=do))
        return SecretStr(token) if token else None

    @field_validator("database_url")
    @classmethod
    def _supported(cls, value: str) -> str:
        try:
            Database(value)  # opens nothing
        except ChairsideError as refusal:
            raise _RefusedError(refusal) from refusal
        return value

    @field_validator("clock")
    @classmethod
    def _clock(cls, value: str | None) -> str | None:
        """Whether a clock's file can be read is seen when it is."""
        try:
            if value and not value.startswith("file:"):
                clock_from_setting(value)
        except ChairsideError as refusal:
            raise _RefusedError(refusal) from refusal
        return value

    @field_validator("shard_ids")
    @classmethod
    def _of_those_there_are(cls, value: list[int] | None, info: ValidationInfo) -> list[int] | None:
        if value is not None and "shard_count" in info.data:  # where that is malformed it has its own line
            _check_shards(value, info.data["shard_count"])
        return value

    @field_validator("log_level", mode="before")
    @classmethod
    def _upper(cls, value: object) -> object:
        return value.upper() if isinstance(value, str) else value

    @field_validator("discord_api_base")
    @classmethod
    def _safe_base(cls, value: str) -> str:
        parts = urlsplit(value)
        is_printed = value.isascii() and value.isprintable() and " " not in value
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.port == 0 or not is_printed:
            raise ValueError("must be a URL such as https://discord.com/api/v10")
        if parts.scheme == "http" and not is_loopback(value):
            raise ValueError("plain http is for this machine only; use https")
        return value.rstrip("/")

    @field_validator("stage_url")
    @classmethod
    def _base_of_links(cls, value: str | None) -> str | None:
        if value is None:
            return None
        if not value.isascii() or not value.isprintable() or set(value) & _NOT_IN_LINKS or len(value) > LONGEST_URL:
            raise ValueError(_BASE_WANTED)
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.port == 0:
            raise ValueError(_BASE_WANTED)
        return value.rstrip("/")

    @property
    def stage_base(self) -> str | None:
        """What links to the stage view begin with; None where it is off."""
        if self.stage_url is not None or self.stage_address is None:
            return self.stage_url
        host, port = self.stage_address
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    @property
    def on_loopback(self) -> bool:
        """Whether the bot talks to a Discord on this machine: the only place where CLOCK is allowed."""
        return is_loopback(self.discord_api_base)


def is_loopback(url: str) -> bool:
    """Whether a URL's host is this machine by its address or the name localhost."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def read_settings() -> Settings:
    """The settings in force.

    Raises:
        ConfigurationError: one of them is malformed; names it without showing its value, and `also` all others.
    """
    try:
        _check_file(Path(".env"))
        return Settings()
    except ValidationError as error:
        first, *also = _refusals(error)
        raise ConfigurationError(first.what, where=first.where, do=first.do, also=also) from error
    except (OSError, UnicodeDecodeError) as error:
        reason = f"it cannot be read ({type(error).__name__})"
        raise ConfigurationError(reason, where=".env", do="See .env.example") from None


def _refusals(error: ValidationError) -> list[ConfigurationError]:
    """One for each setting that is malformed; a list may be so in several places."""
    found: dict[str, ErrorDetails] = {}
    for detail in error.errors(include_input=False, include_url=False):
        found.setdefault(str(detail["loc"][0]).upper() if detail["loc"] else "settings", detail)
    return [_refusal(name, detail) for name, detail in found.items()]


def _refusal(name: str, detail: ErrorDetails) -> ConfigurationError:
    cause = detail.get("ctx", {}).get("error")
    if isinstance(cause, _RefusedError):
        return cause.refusal
    return ConfigurationError(f"{name}: {detail['msg'].removeprefix('Value error, ')}", do="See .env.example")


def _check_file(path: Path) -> None:
    """Refuse a file of settings that would be read only in part; python-dotenv passes over what it cannot read."""
    if not path.is_file():
        return
    if path.stat().st_size > LARGEST_FILE:
        raise ConfigurationError("it is too large for a file of settings", where=".env", do="See .env.example")
    with path.open(encoding="utf-8") as file:
        broken = next((line.original.line for line in parse_stream(file) if line.error), None)
    if broken is not None:
        do = "Write NAME=value, and close each quotation mark; see .env.example"
        raise ConfigurationError(f"line {broken} is no setting", where=".env", do=do)


def _check_shards(shard_ids: list[int], shard_count: int | None) -> None:
    if shard_count is None:
        raise _RefusedError(ConfigurationError("SHARD_IDS is set without SHARD_COUNT", do="Set both, or neither"))
    if (
        not shard_ids
        or any(not 0 <= shard < shard_count for shard in shard_ids)
        or len(set(shard_ids)) < len(shard_ids)
    ):
        what = f"SHARD_IDS must be different numbers from 0 to {shard_count - 1}"
        raise _RefusedError(ConfigurationError(what))
