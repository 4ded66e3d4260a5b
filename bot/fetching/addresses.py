"""Which addresses may be connected to: those of the public internet, and this machine's own in a rehearsal."""

from __future__ import annotations

import re
import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from aiohttp.abc import AbstractResolver, ResolveResult

Address = IPv4Address | IPv6Address

# What `is_global` passes although no web server is there, and what Python's releases disagree on.
_SPECIAL = tuple(
    map(
        ip_network,
        (
            *("192.0.0.0/24", "192.88.99.0/24", "224.0.0.0/4", "240.0.0.0/4"),
            # only 2000::/3 is handed out; in it are protocols such as Teredo, and documentation
            *("::/3", "4000::/2", "8000::/1", "2001::/23", "2001:db8::/32", "3fff::/20"),
        ),
    )
)
_LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
_NAT64 = ip_network("64:ff9b::/96")
# How `getaddrinfo` and browsers know a number that stands for an address: 2130706433, 0x7f.1, 127.0.1, 0177.0.0.1.
_NUMERIC = re.compile(r"(?:.*\.)?(?:\d+|0x[\da-f]*)\.?", re.IGNORECASE | re.DOTALL)


class ForbiddenAddress(Exception):  # noqa: N818 - never shown: the fetcher says what it means
    """A host is, or is resolved to, an address that may not be connected to."""


def is_public(address: Address) -> bool:
    """Whether an address is one of the public internet; an IPv4 address inside an IPv6 one is what counts."""
    inner = _embedded(address)
    if inner is not None:
        return is_public(inner)
    return address.is_global and not any(address in network for network in _SPECIAL)


def literal(host: str) -> Address | None:
    """The address that a host is written as, None if it is a name.

    Raises:
        ForbiddenAddress: it is a number in another notation than four decimal parts, or names a network interface.
    """
    try:
        address = ip_address(host)
    except ValueError:
        if ":" in host or _NUMERIC.fullmatch(host):
            raise ForbiddenAddress from None
        return None
    if isinstance(address, IPv6Address) and address.scope_id is not None:
        raise ForbiddenAddress
    return address


def _embedded(address: Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 one stands for: mapped, 6to4 or NAT64."""
    if isinstance(address, IPv4Address):
        return None
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour


@dataclass(frozen=True, slots=True)
class AddressRule:
    """Which addresses may be connected to.

    Attributes:
        allows_loopback: this machine's own as well; for rehearsals and journeys, where Discord is one.
    """

    allows_loopback: bool = False

    def exempts(self, address: Address | None) -> bool:
        """Whether it is this machine's own, and that is allowed."""
        return self.allows_loopback and any(address in network for network in _LOOPBACK if address is not None)

    def check(self, address: Address) -> None:
        """Let only an address pass that may be connected to.

        Raises:
            ForbiddenAddress: it is another.
        """
        if not (is_public(address) or self.exempts(address)):
            raise ForbiddenAddress


class CheckedResolver(AbstractResolver):
    """Hands the connector only addresses that were checked: it connects to these, and asks for no others."""

    def __init__(self, inner: AbstractResolver, rule: AddressRule) -> None:
        self._inner = inner
        self._rule = rule

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """All addresses of a name, as aiohttp wants them.

        Raises:
            ForbiddenAddress: one of them may not be connected to.
            OSError: the name is not known.
        """
        found = await self._inner.resolve(host, port, family)
        if not found:
            raise socket.gaierror(socket.EAI_NONAME, "no address")
        for each in found:
            self._rule.check(ip_address(each["host"]))
        return found

    async def close(self) -> None:
        await self._inner.close()
