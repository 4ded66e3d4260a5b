"""How Discord refuses a request, and how its client refuses a person.

ApiError               an HTTP status with Discord's JSON code; what the bot's request is answered with
└── RateLimitedError   429, with the seconds to wait
PersonRefusedError     what the person's own client would not let them do; raised into the test or the cast
LoopbackTimeoutError   what was waited for did not happen in time; says what did
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Json = dict[str, Any]

_UNKNOWN = {
    "application": (10002, "Unknown Application"),
    "channel": (10003, "Unknown Channel"),
    "guild": (10004, "Unknown Guild"),
    "member": (10007, "Unknown Member"),
    "message": (10008, "Unknown Message"),
    "overwrite": (10009, "Unknown permission overwrite"),
    "role": (10011, "Unknown Role"),
    "user": (10013, "Unknown User"),
    "webhook": (10015, "Unknown Webhook"),
    "stage": (10067, "Unknown Stage Instance"),
    "event": (10070, "Unknown Guild Scheduled Event"),
    "interaction": (10062, "Unknown interaction"),
    "command": (10063, "Unknown application command"),
    "command permissions": (10066, "Unknown application command permissions"),
}


class ApiError(Exception):
    """A refusal in Discord's words: HTTP status, JSON code, message and, for a bad form, where it is bad."""

    def __init__(self, status: int, code: int, message: str, errors: Json | None = None) -> None:
        self.status = status
        self.code = code
        self.message = message
        self.errors = errors
        super().__init__(f"{status} {code}: {message}")

    @property
    def body(self) -> Json:
        """The JSON that the client is sent."""
        body: Json = {"message": self.message, "code": self.code}
        return {**body, "errors": self.errors} if self.errors else body


class RateLimitedError(ApiError):
    """Too many requests: how long to wait, and whether it is the whole token or one route that is over its limit."""

    def __init__(self, retry_after: float, *, scope: str, headers: Mapping[str, str]) -> None:
        super().__init__(429, 0, "You are being rate limited.")
        self.retry_after = retry_after
        self.scope = scope
        self.headers = headers

    @property
    def body(self) -> Json:
        return {"message": self.message, "retry_after": self.retry_after, "global": self.scope == "global"}


class PersonRefusedError(Exception):
    """What Discord's own client would not let a person do: a hidden command, a missing option, a disabled button."""


class LoopbackTimeoutError(TimeoutError):
    """What was waited for did not happen in time; the message says what there was instead."""


def unknown(what: str) -> ApiError:
    """404: there is no such thing, or not for this application."""
    code, message = _UNKNOWN[what]
    return ApiError(404, code, message)


def unauthorized() -> ApiError:
    """401: no token, or a wrong one."""
    return ApiError(401, 0, "401: Unauthorized")


def missing_access() -> ApiError:
    """403: the channel or server is not for the bot to see."""
    return ApiError(403, 50001, "Missing Access")


def missing_permissions() -> ApiError:
    """403: seen, but this is not for the bot to do."""
    return ApiError(403, 50013, "Missing Permissions")
