"""The people, roles and channels that a select or an option offers, and the one behind an id that was picked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from bot.rehearsal.loopback import Channel, Permission, Role, User
from bot.rehearsal.loopback.validation.commands import OptionKind
from bot.rehearsal.loopback.validation.components import Kind
from bot.rehearsal.page.refusals import NotThereError
from bot.rehearsal.reading import clean

TAKES = {
    Kind.USER_SELECT: OptionKind.USER,
    Kind.ROLE_SELECT: OptionKind.ROLE,
    Kind.MENTIONABLE_SELECT: OptionKind.MENTIONABLE,
    Kind.CHANNEL_SELECT: OptionKind.CHANNEL,
}
"""What each kind of select offers."""
OFFERED = frozenset(TAKES.values())
_USERS = frozenset({OptionKind.USER, OptionKind.MENTIONABLE})
_ROLES = frozenset({OptionKind.ROLE, OptionKind.MENTIONABLE})

Thing = User | Role | Channel


class Pick(NamedTuple):
    """One that can be picked, by the name under which it is offered."""

    name: str
    thing: Thing


def picks(kind: int, place: Channel, reader: User | None, channel_kinds: list[int] | None = None) -> Iterator[Pick]:
    """What is offered in a place, of channels those that the reader sees (None sees all), of these kinds if given."""
    server = place.server
    if server is None:
        return
    if kind in _USERS:
        yield from (Pick(f"@{clean(member.user.name)}", member.user) for member in server.members.values())
    if kind in _ROLES:
        roles = (role for role in server.roles.values() if role is not server.everyone)
        yield from (Pick(f"@{clean(role.name)}", role) for role in roles)
    if kind == OptionKind.CHANNEL:
        channels = (*server.channels.values(), *server.threads.values())
        for channel in sorted(channels, key=lambda channel: channel.id):
            fits = not channel_kinds or channel.kind in channel_kinds
            if fits and (reader is None or channel.permissions_of(reader) & Permission.VIEW_CHANNEL):
                yield Pick(f"#{clean(channel.name)}", channel)


def picked(kind: int, number: str, place: Channel, reader: User, channel_kinds: list[int] | None = None) -> Thing:
    """What is behind an id.

    Raises:
        NotThereError: that is not offered.
    """
    offered = picks(kind, place, reader, channel_kinds)
    found = next((pick.thing for pick in offered if str(pick.thing.id) == number), None)
    if found is None:
        raise NotThereError("what was picked is not offered here", do="Pick something else")
    return found
