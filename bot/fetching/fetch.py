"""Fetches a link's content: from the public internet only, within limits of time, size and redirects."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import dataclass
from http import HTTPStatus

import aiohttp
from aiohttp import hdrs
from aiohttp.abc import AbstractResolver
from yarl import URL

from bot.errors import FetchError
from bot.fetching.addresses import AddressRule, CheckedResolver, ForbiddenAddress
from bot.fetching.answers import GZIP, body, check_status, damaged, sign_in_needed, validator
from bot.fetching.links import check_link, parsed, shown

SECONDS = 30.0
MOST_REDIRECTS = 5
AT_ONCE = 4
"""Names are looked up in the threads that Discord's are, so strangers' links must not take all of them."""

_REDIRECTS = (
    HTTPStatus.MOVED_PERMANENTLY,
    HTTPStatus.FOUND,
    HTTPStatus.SEE_OTHER,
    HTTPStatus.TEMPORARY_REDIRECT,
    HTTPStatus.PERMANENT_REDIRECT,
)
_SIGN_IN_HOSTS = ("accounts.google.com", "login.microsoftonline.com", "login.live.com")
_UNKNOWN_NAME = (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME))
_HEADERS = {
    hdrs.USER_AGENT: "Chairside (Discord bot; reads conference schedules)",
    hdrs.ACCEPT: "*/*",
    hdrs.ACCEPT_ENCODING: GZIP,
}


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a link gave.

    Attributes:
        content: decompressed, never empty; None if it is what it was when the validators were handed out.
        etag: to pass to the next fetch, None if there is none.
        last_modified: the same, as the server wrote it.
    """

    content: bytes | None
    etag: str | None
    last_modified: str | None


class Fetcher:
    """Fetches links; one for the whole process, since it also bounds how many are fetched at once."""

    def __init__(
        self, *, allows_loopback: bool, seconds: float = SECONDS, resolver: AbstractResolver | None = None
    ) -> None:
        """Set the rules.

        Args:
            allows_loopback: http(s)://127.0.0.1 at any port as well; for rehearsals and journeys only.
            seconds: the longest that a fetch may take, redirects included.
            resolver: how names are looked up; the system's way by default.
        """
        self._rule = AddressRule(allows_loopback)
        self._seconds = seconds
        self._resolver = resolver
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def fetch(self, url: str, *, etag: str | None = None, last_modified: str | None = None) -> Fetched:
        """Fetch a link's content, unless it has not changed since the validators were handed out.

        Raises:
            FetchError: it may not be fetched, or gives nothing; `where` is the link without what may be secret.
        """
        start = parsed(url)
        stated = {hdrs.IF_NONE_MATCH: etag, hdrs.IF_MODIFIED_SINCE: last_modified}
        conditions: dict[str, str] = {name: value for name, value in stated.items() if value}
        try:
            async with self._turns, asyncio.timeout(self._seconds):
                return await self._follow(start, conditions)
        except TimeoutError:
            trouble = FetchError(
                f"it takes longer than {self._seconds:g} s", do="Try again later, or use another link", temporary=True
            )
        except (aiohttp.ClientError, OSError) as error:
            trouble = _unreachable(error)
        except FetchError as error:
            trouble = error
        trouble.where = shown(start)
        raise trouble from None

    async def _follow(self, start: URL, conditions: dict[str, str]) -> Fetched:
        link = start
        async with self._session() as session:
            for _ in range(MOST_REDIRECTS + 1):
                self._check(link, start)
                headers = conditions if link.origin() == start.origin() else {}
                try:
                    async with session.get(link, headers=headers, allow_redirects=False) as answer:
                        if answer.status not in _REDIRECTS:
                            return await _fetched(answer, headers, start)
                        link = parsed(answer.headers.get(hdrs.LOCATION, ""), base=link)
                except ForbiddenAddress:
                    raise _forbidden(link, start) from None
        raise FetchError(f"it redirects more than {MOST_REDIRECTS} times", do="Use the link that it ends at")

    def _session(self) -> aiohttp.ClientSession:
        """A session that keeps nothing: each connection is resolved and checked anew."""
        resolver = CheckedResolver(self._resolver or aiohttp.ThreadedResolver(), self._rule)
        connector = aiohttp.TCPConnector(resolver=resolver, use_dns_cache=False, force_close=True)
        return aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
            auto_decompress=False,
            headers=_HEADERS,
            timeout=aiohttp.ClientTimeout(total=None),
        )

    def _check(self, link: URL, start: URL) -> None:
        try:
            check_link(link, self._rule)
        except ForbiddenAddress:
            raise _forbidden(link, start) from None
        except FetchError as error:
            error.what = _led_on(link, start, error.what)
            raise
        if link != start and link.host in _SIGN_IN_HOSTS:
            raise sign_in_needed(f"it redirects to {link.host}")


async def _fetched(answer: aiohttp.ClientResponse, conditions: dict[str, str], start: URL) -> Fetched:
    """What an answer that is no redirect holds; another host's validators are not for the one asked first."""
    etag = last_modified = None
    if answer.url.origin() == start.origin():
        etag, last_modified = validator(answer, hdrs.ETAG), validator(answer, hdrs.LAST_MODIFIED)
    if conditions and answer.status == HTTPStatus.NOT_MODIFIED:
        kept = conditions.get(hdrs.IF_NONE_MATCH), conditions.get(hdrs.IF_MODIFIED_SINCE)
        return Fetched(None, etag or kept[0], last_modified or kept[1])
    check_status(answer)
    return Fetched(await body(answer), etag, last_modified)


def _forbidden(link: URL, start: URL) -> FetchError:
    what = _led_on(link, start, "this is no address on the public internet")
    return FetchError(what, do="Use a link that anybody may open, with a name such as example.org")


def _led_on(link: URL, start: URL, what: str) -> str:
    return what if link == start else f"it redirects to {shown(link)}: {what}"


def _unreachable(error: aiohttp.ClientError | OSError) -> FetchError:
    """What went wrong on the way; texts of the errors themselves may hold the link's query."""
    cause = getattr(error, "os_error", error)
    if isinstance(cause, socket.gaierror) and cause.errno in _UNKNOWN_NAME:
        return FetchError("there is no such website", do="Check the link")
    if isinstance(error, aiohttp.ClientSSLError):
        return FetchError("no secure connection can be made to it", do="Tell whoever runs the website", temporary=True)
    if isinstance(error, aiohttp.ClientPayloadError):
        return damaged()
    if isinstance(error, aiohttp.ClientResponseError):
        return FetchError("its answer cannot be read", do="Check the link", temporary=True)
    return FetchError("it cannot be reached now", do="Try again later", temporary=True)
