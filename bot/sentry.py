"""Unexpected errors to Sentry, where SENTRY_DSN is set: where and of what type, never what anybody wrote."""

from __future__ import annotations

import logging
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from bot.errors import ConfigurationError
from bot.logs import FIELDS
from bot.scrubbing import Scrub
from bot.settings import Settings

if TYPE_CHECKING:
    from sentry_sdk.integrations import Integration
    from sentry_sdk.transport import Transport
    from sentry_sdk.types import Event, Hint

OWN_LOGGERS = ("bot", "cogs", "db")


def set_up_sentry(settings: Settings, transport: Transport | None = None) -> None:
    """Send what is logged as an error from now on, as is what ends the program.

    Raises:
        ConfigurationError: SENTRY_DSN is malformed.
    """
    if settings.sentry_dsn is None:
        return
    import sentry_sdk  # noqa: PLC0415 - who sends nothing pays nothing for the library
    from sentry_sdk.scrubber import EventScrubber  # noqa: PLC0415 - as above
    from sentry_sdk.utils import BadDsn, Dsn  # noqa: PLC0415 - as above

    dsn = settings.sentry_dsn.get_secret_value()
    scrub = Scrub(settings.discord_token.get_secret_value() if settings.discord_token else None)
    try:
        Dsn(dsn)
    except BadDsn:
        raise ConfigurationError("SENTRY_DSN is none", do="Copy it from Sentry, or leave it unset") from None

    def before_send(event: Event, _hint: Hint) -> Event:
        return stripped(event, scrub)

    # people's data is left out by default (send_default_pii), and saying so is deprecated
    sentry_sdk.init(
        dsn,
        before_send=before_send,
        transport=transport,
        include_local_variables=False,
        max_breadcrumbs=0,
        server_name="chairside",
        release=f"chairside@{version('chairside')}",
        auto_session_tracking=False,
        event_scrubber=EventScrubber(denylist=[]),  # takes a session's number for a secret
        default_integrations=False,
        auto_enabling_integrations=False,
        integrations=_integrations(),
        shutdown_timeout=1,
    )


def _integrations() -> list[Integration]:
    """What finds errors; Sentry's other ones note each request's address, which holds an interaction's token."""
    from sentry_sdk.integrations.atexit import AtexitIntegration  # noqa: PLC0415 - as above
    from sentry_sdk.integrations.logging import LoggingIntegration  # noqa: PLC0415 - as above

    return [
        LoggingIntegration(level=None, event_level=logging.ERROR, sentry_logs_level=None),
        AtexitIntegration(callback=lambda _pending, _timeout: None),
    ]


def stripped(event: Event, scrub: Scrub) -> Event:
    """What is sent of an event: an error's words and a log line's values may be somebody's text, so neither is."""
    for exception in event.get("exception", {}).get("values", ()):
        exception["value"] = ""
    if "logentry" in event:
        is_own = str(event.get("logger", "")).partition(".")[0] in OWN_LOGGERS
        words = event["logentry"].get("message", "") if is_own else "an error of a library's"
        event["logentry"] = {"message": words}
    event["extra"] = {name: value for name, value in event.get("extra", {}).items() if name in FIELDS}
    scrubbed: Event = _scrubbed(event, scrub)
    return scrubbed


def _scrubbed(value: Any, scrub: Scrub) -> Any:  # noqa: ANN401 - any part of an event
    if isinstance(value, str):
        return scrub(value)
    if isinstance(value, dict):
        return {name: _scrubbed(inner, scrub) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_scrubbed(inner, scrub) for inner in value]
    return value
