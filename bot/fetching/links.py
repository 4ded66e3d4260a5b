"""Links: how they are shown, and which may be fetched at all."""

from __future__ import annotations

import re

from yarl import URL

from bot.errors import FetchError
from bot.fetching.addresses import AddressRule, ForbiddenAddress, literal

NO_LINK = "this link"
LONGEST_LINK = 2_000
HTTPS_PORT = 443

_LONGEST_SHOWN = 200
_SHOWN_HOST = re.compile(r"[a-z\d_.:-]+", re.IGNORECASE | re.ASCII)
_LABEL = r"[a-z\d_](?:[a-z\d_-]{0,61}[a-z\d_])?"
_NAME = re.compile(rf"(?=.{{1,254}}\Z){_LABEL}(?:\.{_LABEL})*\.?", re.IGNORECASE | re.ASCII)


def shown(url: str | URL) -> str:
    """A link for messages and logs: its host and the end of its path, as all else may hold secrets."""
    try:
        link = URL(url.strip()) if isinstance(url, str) else url
        if link.scheme not in ("https", "http") or not _SHOWN_HOST.fullmatch(link.raw_host or ""):
            return NO_LINK
        parts = link.raw_parts
        plain = str(link.origin()) + ("/…/" if len(parts) > 2 else "/") + parts[-1].strip("/")  # noqa: PLR2004 - root, end
    except ValueError:
        return NO_LINK
    return plain if len(plain) <= _LONGEST_SHOWN else plain[:_LONGEST_SHOWN] + "…"


def parsed(url: str, *, base: URL | None = None) -> URL:
    """A link as it was typed, or as a redirect states it, where it may lack what `base` has.

    Raises:
        FetchError: it is none.
    """
    link = _read(url.strip(), base)
    if link is not None and link.scheme and link.raw_host:
        return link
    if base is not None:
        raise FetchError("it redirects to what is no link", do="Use the link that it should end at")
    raise FetchError("this is no link", where=shown(url), do="Copy it once more, from https:// on")


def _read(text: str, base: URL | None) -> URL | None:
    if not text or len(text) > LONGEST_LINK or not text.isprintable():
        return None
    try:
        return base.join(URL(text)) if base else URL(text)
    except ValueError:
        return None


def check_link(link: URL, rule: AddressRule) -> None:
    """Let only a link pass that may be fetched; what its name is resolved to is checked later, by the resolver.

    Raises:
        FetchError: it may not be fetched.
        ForbiddenAddress: its host is an address that may not be connected to, or no name at all.
    """
    address = literal(link.raw_host or "")
    is_exempt = rule.exempts(address)
    if link.scheme != "https" and not (is_exempt and link.scheme == "http"):
        raise FetchError("only https links are fetched", do="Use the link that begins with https://")
    if link.raw_user is not None or link.raw_password is not None:
        raise FetchError("this link holds a user name or password", do="Use a link that anybody may open")
    # Public web servers answer there; elsewhere are services that were never meant to be asked by strangers.
    if link.port != HTTPS_PORT and not is_exempt:
        raise FetchError(
            f"port {link.port} is not fetched from", do=f"Use a link without a port (https is {HTTPS_PORT})"
        )
    if address is not None:
        rule.check(address)
    elif not _NAME.fullmatch(link.raw_host or ""):
        raise ForbiddenAddress
