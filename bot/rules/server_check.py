"""Where a server's messages go and what the bot needs there; which commands its managers hid or showed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any


class Purpose(StrEnum):
    """What a channel is used for; the values are how people read it."""

    SESSIONS = "sessions"
    CONSOLES = "consoles in private threads"
    MODERATORS = "consoles and time signals"
    BOARD = "the board of all rooms"
    AUDIT = "the log of who did what"
    STAGE = "what is on, as a stage's topic"


POSTING = ("view_channel", "send_messages", "read_message_history")
PUBLIC_THREADS = ("create_public_threads", "send_messages_in_threads")
PRIVATE_THREADS = ("create_private_threads", "send_messages_in_threads")
STAGE_MODERATOR = ("view_channel", "connect", "manage_channels", "mute_members", "move_members")
"""What it takes to run a stage; who may not connect may manage nothing there."""
PICTURES = ("attach_files",)
MORE_FOR = {
    Purpose.SESSIONS: PUBLIC_THREADS,
    Purpose.CONSOLES: (*PRIVATE_THREADS, *PICTURES),
    Purpose.MODERATORS: PICTURES,
}
"""Threads: of what was not reached, and of consoles where there is no moderators' channel. Pictures: of reports."""


@dataclass(frozen=True, slots=True)
class PlacesChosen:
    """The channels that a server chose; `rooms` are those with a channel of their own."""

    channel_id: int | None = None
    rooms: Mapping[str, int] | None = None
    moderators_id: int | None = None
    board_id: int | None = None
    audit_id: int | None = None
    stages: Mapping[str, int] | None = None


def places_used(chosen: PlacesChosen) -> dict[int, tuple[Purpose, ...]]:
    """Every channel that the bot will use, with what for: the one list that all checks go by."""
    sessions = [key for key in (chosen.channel_id, *(chosen.rooms or {}).values()) if key]
    uses: list[tuple[int | None, Purpose]] = [(key, Purpose.SESSIONS) for key in sessions]
    if chosen.moderators_id is None:
        uses += [(key, Purpose.CONSOLES) for key in sessions]
    uses += [(chosen.moderators_id, Purpose.MODERATORS), (chosen.board_id, Purpose.BOARD)]
    uses += [(chosen.audit_id, Purpose.AUDIT), *((key, Purpose.STAGE) for key in (chosen.stages or {}).values())]
    found: dict[int, tuple[Purpose, ...]] = {}
    for key, purpose in uses:
        if key is not None:
            found[key] = tuple(dict.fromkeys([*found.get(key, ()), purpose]))
    return found


CHOSEN_WITH = {
    Purpose.SESSIONS: "/setup channel",
    Purpose.MODERATORS: "/setup moderators",
    Purpose.BOARD: "/setup board",
    Purpose.AUDIT: "/setup audit",
    Purpose.STAGE: "/setup events",
}


def chosen_with(purposes: Iterable[Purpose]) -> str:
    """The commands by which a channel was chosen for these."""
    return " and ".join(CHOSEN_WITH[purpose] for purpose in purposes if purpose in CHOSEN_WITH)


def needed_for(purposes: Sequence[Purpose], *, in_thread: bool = False) -> tuple[str, ...]:
    """What the bot needs in a channel, by discord.py's names; a thread holds no further threads."""
    if all(purpose is Purpose.STAGE for purpose in purposes):
        return STAGE_MODERATOR
    if in_thread:
        sending = ("send_messages_in_threads" if name == "send_messages" else name for name in POSTING)
        return (*sending, *(PICTURES if Purpose.MODERATORS in purposes else ()))
    more = [name for purpose in purposes for name in MORE_FOR.get(purpose, ())]
    return tuple(dict.fromkeys([*POSTING, *more]))


class TargetKind(StrEnum):
    """Whom an entry under Integrations is for."""

    ROLE = "role"
    USER = "user"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True)
class Entry:
    """What managers set under Integrations for one role, person or channel."""

    kind: TargetKind
    target: int
    is_allowed: bool


@dataclass(frozen=True, slots=True)
class CommandEntries:
    """A top-level command and what was set for it, or for all commands where nothing was set for it alone."""

    name: str
    for_managers: bool
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class CommandsShown:
    """What is otherwise than the commands' own defaults, each with the commands' names.

    Attributes:
        hidden: from @everyone; hidden_in: by the channel, 0 for all channels but those that are allowed.
        shown: what is hidden from @everyone, by the role or person that sees it all the same.
        shown_in: what is hidden in all channels, by the channel where it is there all the same.
        hidden_from: by the role or person, where @everyone sees it.
        opened: managers' commands, by the role or person that they are shown to, 0 for everyone.
    """

    hidden: tuple[str, ...] = ()
    hidden_in: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    opened: Mapping[tuple[TargetKind, int], tuple[str, ...]] = field(default_factory=dict)
    hidden_from: Mapping[tuple[TargetKind, int], tuple[str, ...]] = field(default_factory=dict)
    shown: Mapping[tuple[TargetKind, int], tuple[str, ...]] = field(default_factory=dict)
    shown_in: Mapping[int, tuple[str, ...]] = field(default_factory=dict)


def commands_shown(commands: Sequence[CommandEntries], server_id: int) -> CommandsShown:
    """What managers changed about who sees which command; Discord's id for all channels is the server's less one."""
    found: dict[str, dict[Any, list[str]]] = defaultdict(lambda: defaultdict(list))
    for command in commands:
        plain = [replace(entry, target=_all_or(entry, server_id)) for entry in command.entries]
        hidden = {entry.kind for entry in plain if not entry.target and not entry.is_allowed}
        for entry in plain:
            what = _what_of(entry, hidden, for_managers=command.for_managers)
            if what is not None:
                in_channel = entry.kind is TargetKind.CHANNEL
                found[what][entry.target if in_channel else (entry.kind, entry.target)].append(command.name)
    told = {what: {whom: tuple(names) for whom, names in theirs.items()} for what, theirs in found.items()}
    everyone = told.pop("hidden", {}).get((TargetKind.ROLE, 0), ())
    return CommandsShown(everyone, **told)


def _all_or(entry: Entry, server_id: int) -> int:
    """The role, person or channel of an entry; 0 for everyone, and for all channels."""
    return 0 if entry.target == server_id - (entry.kind is TargetKind.CHANNEL) else entry.target


def _what_of(entry: Entry, hidden: Collection[TargetKind], *, for_managers: bool) -> str | None:
    """The field of `CommandsShown` that an entry belongs to; None where it changes nothing.

    `hidden` has ROLE where the command is hidden from everyone, and CHANNEL where it is hidden in all channels.
    """
    if for_managers:
        return "opened" if entry.is_allowed and entry.kind is not TargetKind.CHANNEL else None
    if entry.kind is TargetKind.CHANNEL:
        if not entry.is_allowed:
            return "hidden_in" if not entry.target or TargetKind.CHANNEL not in hidden else None
        return "shown_in" if entry.target and TargetKind.CHANNEL in hidden else None
    if not entry.target and entry.kind is TargetKind.ROLE:
        return None if entry.is_allowed else "hidden"
    if entry.is_allowed:
        return "shown" if TargetKind.ROLE in hidden else None
    return None if TargetKind.ROLE in hidden else "hidden_from"
