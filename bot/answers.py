"""What Discord's REST API answers, to every request of this process: counted, and told to who wants to know."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from types import SimpleNamespace

import aiohttp

from bot.rules.invalid_requests import LIMIT, InvalidRequests, is_invalid

log = logging.getLogger(__name__)

_BY_ITS_OWN_TOKEN = re.compile(r"/(?:interactions|webhooks)/")
"""Requests that an interaction's token lets pass; it ends after 15 minutes, and then they get 401 as well."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer; `status` is None where none came."""

    status: int | None
    path: str = ""
    scope: str | None = None

    @property
    def refuses_token(self) -> bool:
        """Whether it says that the bot's own token is not accepted."""
        return self.status == HTTPStatus.UNAUTHORIZED and _BY_ITS_OWN_TOKEN.search(self.path) is None


class Answers:
    """`heard` are those who are told of each answer."""

    def __init__(self, moment: Callable[[], float] = time.monotonic) -> None:
        self._moment = moment
        self._invalid = InvalidRequests()
        self._was_held = False
        self.heard: list[Callable[[Answer], None]] = []

    def allow_invalid(self, share: int) -> None:
        """This process's share of the invalid requests that Discord allows an address in ten minutes."""
        self._invalid = InvalidRequests(share)

    def come(self, answer: Answer) -> None:
        """Count an answer and tell of it."""
        if is_invalid(answer.status, answer.scope):
            self._invalid.note(self._moment())
        for hear in self.heard:
            hear(answer)

    @property
    def invalid(self) -> int:
        """The invalid requests of the last ten minutes."""
        return self._invalid.count(self._moment())

    def hold_back(self) -> bool:
        """Whether what can wait is to wait, so that Discord does not ban this machine's address."""
        held = self._invalid.holds(self._moment())
        if held and not self._was_held:
            log.error(
                "nothing is posted or edited for now: Discord refused %d requests (401, 403, 429) in ten minutes, and "
                "bans this address after %d; taps are answered. Look above for what it refuses",
                self.invalid,
                LIMIT,
            )
        elif self._was_held and not held:
            log.warning("posting again: Discord refused %d requests in the last ten minutes", self.invalid)
        self._was_held = held
        return held

    def trace(self) -> aiohttp.TraceConfig:
        """What an aiohttp session tells of its requests by."""

        async def ended(_: aiohttp.ClientSession, __: SimpleNamespace, end: aiohttp.TraceRequestEndParams) -> None:
            scope = end.response.headers.get("X-RateLimit-Scope")
            self.come(Answer(end.response.status, end.url.path, scope))

        async def failed(
            _: aiohttp.ClientSession, __: SimpleNamespace, end: aiohttp.TraceRequestExceptionParams
        ) -> None:
            self.come(Answer(None, end.url.path))

        trace = aiohttp.TraceConfig()
        trace.on_request_end.append(ended)
        trace.on_request_exception.append(failed)
        return trace
