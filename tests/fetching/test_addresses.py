"""Which addresses may be connected to, in whatever notation they come."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from bot.errors import FetchError
from bot.fetching.addresses import AddressRule, CheckedResolver, ForbiddenAddress, is_public, literal
from bot.fetching.links import check_link
from tests.fetching.web import Names

# The registries of special-purpose addresses, as they are written there.
NOT_PUBLIC_4 = [
    IPv4Network(block)
    for block in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/4", "240.0.0.0/4",
    )
]  # fmt: skip
NOT_PUBLIC_6 = [
    IPv6Network(block)
    for block in (
        "::/128", "::1/128", "64:ff9b:1::/48", "100::/64", "2001::/32", "2001:2::/48", "2001:10::/28", "2001:db8::/32",
        "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
    )
]  # fmt: skip
# Each may hold an IPv4 address, which is then what counts.
HOLDING = [ip_network("::ffff:0:0/96"), ip_network("64:ff9b::/96"), ip_network("2002::/16")]
PUBLIC_6 = IPv6Network("2000::/3")
# Protocols' own: the registry calls some of it reachable, but no website is there.
PROTOCOLS = IPv6Network("2001::/23")

AS_THE_BOT = AddressRule()

private_4 = st.sampled_from(NOT_PUBLIC_4).flatmap(lambda block: st.ip_addresses(v=4, network=block))
private_6 = st.sampled_from(NOT_PUBLIC_6).flatmap(lambda block: st.ip_addresses(v=6, network=block))
public_4 = st.ip_addresses(v=4).filter(lambda a: not any(a in block for block in NOT_PUBLIC_4))
public_6 = st.ip_addresses(v=6, network=PUBLIC_6).filter(
    lambda a: not any(a in block for block in [*NOT_PUBLIC_6, *HOLDING, PROTOCOLS])
)


def holding(address: IPv4Address) -> list[IPv6Address]:
    """The IPv6 addresses that stand for an IPv4 one: mapped, NAT64, 6to4."""
    number = int(address)
    return [
        IPv6Address(0xFFFF << 32 | number),
        IPv6Address(0x0064FF9B << 96 | number),
        IPv6Address(0x2002 << 112 | number << 80 | 1),
    ]


def notations(address: IPv4Address) -> list[str]:
    """Everything that some resolver or browser takes for this address."""
    number = int(address)
    first, second, third, fourth = address.packed
    plain = [
        str(address),
        f"{address}.",
        str(number),
        f"0{number:o}",
        f"0x{number:x}",
        f"0X{number:X}",
        f"{first}.{number & 0xFFFFFF}",
        f"{first}.{second}.{number & 0xFFFF}",
        f"0x{first:x}.0x{second:x}.0x{third:x}.0x{fourth:x}",
        f"0{first:o}.0{second:o}.0{third:o}.0{fourth:o}",
        f"{first}.{second}.{third}.0x{fourth:02x}",
        f"{first:03}.{second:03}.{third:03}.{fourth:03}",
        str(address).replace(".", "。"),
        str(address).translate({ord("0") + digit: ord("０") + digit for digit in range(10)}),
    ]
    return plain + [f"[{text}]" for each in holding(address) for text in (each.compressed, each.exploded)]


def is_refused(host: str, rule: AddressRule = AS_THE_BOT) -> bool:
    try:
        check_link(URL(f"https://{host}/"), rule)
    except (ForbiddenAddress, FetchError, ValueError):
        return True
    return False


@given(private_4)
def test_no_private_address_passes_in_any_notation(address: IPv4Address) -> None:
    assert [host for host in notations(address) if not is_refused(host)] == []


@given(private_6)
def test_no_private_ipv6_address_passes(address: IPv6Address) -> None:
    assert not is_public(address)
    assert is_refused(f"[{address.compressed}]")
    assert is_refused(f"[{address.exploded}]")


@given(public_4)
def test_every_global_address_passes(address: IPv4Address) -> None:
    assert is_public(address)
    assert not is_refused(str(address))
    assert all(is_public(each) and not is_refused(f"[{each}]") for each in holding(address))


@given(public_6)
def test_every_global_ipv6_address_passes(address: IPv6Address) -> None:
    assert is_public(address)
    assert not is_refused(f"[{address}]")


@given(st.ip_addresses(v=6, network=PROTOCOLS))
def test_protocols_own_addresses_do_not_pass(address: IPv6Address) -> None:
    assert not is_public(address)


@given(st.ip_addresses(v=6).filter(lambda a: a not in PUBLIC_6 and not any(a in block for block in HOLDING)))
def test_what_is_not_handed_out_does_not_pass(address: IPv6Address) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "host",
    [
        *("127.1", "0x7f.1", "2130706433", "017700000001", "0", "0x", "1.2.3.4.5", "256.1.1.1", "foo.1", "foo.0x7f"),
        *("①②⑦.0.0.1", "[fe80::1%25eth0]", "[2606:4700::1111%25eth0]", "[::127.0.0.1]", "134744072", "08.8.8.8"),
        *("%31%32%37.0.0.1", "a b", "a..b", ".a", "-a.example", "a" * 64 + ".example", "*", "\x00a"),
    ],
)
def test_hosts_that_are_neither_names_nor_plain_addresses_are_refused(host: str) -> None:
    assert is_refused(host)


@pytest.mark.parametrize("host", ["example.org", "EXAMPLE.org.", "xn--n3h.net", "☃.net", "a_b.example", "1and1.de"])
def test_names_are_left_to_the_resolver(host: str) -> None:
    assert not is_refused(host)
    assert literal(URL(f"https://{host}/").raw_host or "") is None


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "[::1]"])
def test_a_rehearsal_may_go_to_this_machine(host: str) -> None:
    rule = AddressRule(allows_loopback=True)
    check_link(URL(f"http://{host}:8765/"), rule)
    check_link(URL(f"https://{host}/"), rule)


@pytest.mark.parametrize("host", ["10.0.0.1", "0.0.0.0", "169.254.169.254", "[::ffff:127.0.0.1]", "2130706433"])  # noqa: S104 - refused
def test_and_nowhere_else(host: str) -> None:
    assert is_refused(host, AddressRule(allows_loopback=True))


async def test_a_name_is_refused_for_any_one_of_its_addresses() -> None:
    resolver = CheckedResolver(Names([("8.8.8.8", "2606:4700::1111", "10.0.0.1")]), AddressRule())
    with pytest.raises(ForbiddenAddress):
        await resolver.resolve("talks.example", 443)


async def test_what_is_handed_to_the_connector_is_what_was_checked() -> None:
    names = Names([("8.8.8.8", "2606:4700::1111"), ("127.0.0.1",)])
    found = await CheckedResolver(names, AddressRule()).resolve("talks.example", 443)
    assert [ip_address(each["host"]) for each in found] == [ip_address("8.8.8.8"), ip_address("2606:4700::1111")]
    assert names.asked == ["talks.example"]
