"""What /setup check says: which box to tick and where, and which commands are hidden from whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.messages.message import Button, Message
from bot.messages.text import fitting, joined, plural, safe
from bot.rules.server_check import CommandsShown, Purpose, TargetKind, chosen_with

CHANNELS_NAMED = 4
ALL = "@\u200beveryone"
"""Shown as it reads, and no mention."""
INTEGRATIONS = "Server Settings → Integrations → Chairside"
FOR_WHAT = {
    "Create Public Threads": "threads of questions that were not reached",
    "Create Private Threads": "consoles in private threads",
    "Attach Files": "the pictures of reports",
}


@dataclass(frozen=True, slots=True)
class PlaceFound:
    """A channel that the bot will use, and the boxes that it lacks there.

    Attributes:
        edited: the channel in whose settings the boxes are: a thread has those of its parent. None where the channel is
            gone, or a thread that was archived.
        in_role: boxes that the bot's role lacks on the whole server; in_channel: those that the channel takes away.
    """

    channel_id: int
    purposes: tuple[Purpose, ...]
    edited: int | None
    in_role: tuple[str, ...] = ()
    in_channel: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found on a server.

    Attributes:
        places: every channel that the bot will use.
        bot_role: what its role is called.
        unpingable_in: the channels in which the role that reminders ping cannot be pinged; ping_role is its name.
        roles_gone: what the roles were for that were deleted.
        without_commands: channels in which @everyone lacks Use Application Commands.
        read_by_all: moderators' channels that @everyone sees.
        commands: None where Discord did not tell.
        lacks_events: scheduled events are wanted, and its role may not create them.
    """

    places: Sequence[PlaceFound]
    bot_role: str = "Chairside"
    ping_role: str | None = None
    unpingable_in: Sequence[int] = ()
    roles_gone: Sequence[str] = ()
    without_commands: Sequence[int] = ()
    read_by_all: Sequence[int] = ()
    commands: CommandsShown | None = field(default_factory=CommandsShown)
    is_reachable: bool = True
    lacks_events: bool = False


def check_message(checked: Checked) -> Message:
    """The answer to /setup check."""
    items = check_lines(checked)
    return Message(fitting("**Check**", items, "… and {} more"), (Button("Check again", "setup:check"),))


def check_lines(checked: Checked) -> list[str]:
    """All in order in one line, or a line for each thing to put right; then what is worth knowing."""
    if not checked.is_reachable:
        return ["Discord has this server down at the moment: check again later."]
    wrong = [f"**To put right:** {line}" for line in _wrong(checked)]
    number = len(checked.places)
    fine = f"Everything is in order: all that is needed is allowed in {plural(number, 'channel')}."
    return [*(wrong or [fine]), *_commands(checked)]


def _wrong(checked: Checked) -> list[str]:
    found = [*_missing_in_role(checked), *_missing_in_channels(checked)]
    gone = [place for place in checked.places if place.edited is None]
    found += [
        f"<#{place.channel_id}>, used for {joined([str(p) for p in place.purposes])}, was deleted, or is an archived "
        f"thread, which the next post opens again: else choose another with {chosen_with(place.purposes)}."
        for place in gone[:CHANNELS_NAMED]
    ]
    found += [f"… and {plural(len(gone) - CHANNELS_NAMED, 'more channel')} gone"] if len(gone) > CHANNELS_NAMED else []
    if not any(Purpose.SESSIONS in place.purposes for place in checked.places):
        found.append("no channel is chosen for sessions, so nothing is posted: /setup channel.")
    found += [f"the role {what} was deleted: choose another with /setup start." for what in checked.roles_gone]
    if checked.lacks_events:
        role = safe(checked.bot_role, 100)
        found.append(f"tick Create Events under Server Settings → Roles → {role}; needed for scheduled events.")
    if checked.unpingable_in:
        found.append(
            f"the role @{safe(checked.ping_role or '', 100)} cannot be pinged in {_listed(checked.unpingable_in)}: "
            "tick “Allow anyone to @mention this role” under Server Settings → Roles → that role, or tick Mention "
            f"{ALL}, @\u200bhere, and All Roles for {safe(checked.bot_role, 100)} in the channel."
        )
    return found


def _missing_in_role(checked: Checked) -> list[str]:
    by_box: dict[str, list[int]] = defaultdict(list)
    for place in checked.places:
        for box in place.in_role:
            by_box[box].append(place.channel_id)
    alike: dict[tuple[int, ...], list[str]] = defaultdict(list)
    for box, places in by_box.items():
        alike[tuple(places)].append(box)
    role = safe(checked.bot_role, 100)
    return [
        f"tick {joined(boxes)} under Server Settings → Roles → {role}; needed in {_listed(places)}{_why(boxes)}."
        for places, boxes in alike.items()
    ]


def _missing_in_channels(checked: Checked) -> list[str]:
    alike: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for place in checked.places:
        if place.in_channel and place.edited not in alike[place.in_channel]:
            alike[place.in_channel].append(place.edited or place.channel_id)
    role = safe(checked.bot_role, 100)
    return [
        f"tick {joined(boxes)} for {role} under Edit Channel → Permissions of {_listed(channels)}{_why(boxes)}."
        for boxes, channels in alike.items()
    ]


def _why(boxes: Sequence[str]) -> str:
    reasons = [FOR_WHAT[box] for box in boxes if box in FOR_WHAT]
    return f", for {joined(reasons)}" if reasons else ""


def _listed(channels: Sequence[int]) -> str:
    shown = [f"<#{key}>" for key in channels[:CHANNELS_NAMED]]
    more = len(channels) - CHANNELS_NAMED
    return joined([*shown, plural(more, "more channel")] if more > 0 else shown)


def _commands(checked: Checked) -> list[str]:
    """Which commands are hidden or shown otherwise than by default, and which boxes do that."""
    told: list[str] = []
    if checked.without_commands:
        told.append(
            f"In {_listed(checked.without_commands)} {ALL} lacks Use Application Commands, so no command appears "
            "there to them."
        )
    if checked.read_by_all:
        told.append(
            f"{_listed(checked.read_by_all)} can be read by {ALL}, and consoles name who asked anonymously: "
            "make it private."
        )
    shown = checked.commands
    if shown is None:
        return [*told, "What is set under Integrations could not be read: check again later."]
    told += _hidden_from(shown) + _hidden_in(shown)
    for (kind, target), names in shown.opened.items():
        told.append(
            f"Shown to {_whom(kind, target)}, who still may not use them without Manage Server: {_slashed(names)}. "
            f"The box is under {INTEGRATIONS}."
        )
    return told or [
        f"Commands: everyone's show to everyone, managers' to managers. {INTEGRATIONS} has the boxes that hide them."
    ]


def _hidden_from(shown: CommandsShown) -> list[str]:
    told = []
    if shown.hidden:
        told.append(f"Hidden from {ALL}: {_slashed(shown.hidden)}. Tick {ALL} for them under {INTEGRATIONS}.")
    for (kind, target), names in shown.shown.items():
        told.append(f"Only {_whom(kind, target)} still sees of these: {_slashed(names)}.")
    for (kind, target), names in shown.hidden_from.items():
        told.append(f"Hidden from {_whom(kind, target)}: {_slashed(names)}. The box is under {INTEGRATIONS}.")
    return told


def _hidden_in(shown: CommandsShown) -> list[str]:
    told = []
    for where, names in shown.hidden_in.items():
        place = f"in <#{where}>" if where else "in all channels but those that are ticked"
        told.append(f"Hidden {place}: {_slashed(names)}. The box is under {INTEGRATIONS} → Channels.")
    for where, names in shown.shown_in.items():
        told.append(f"Ticked in <#{where}>: {_slashed(names)}.")
    return told


def _whom(kind: TargetKind, target: int) -> str:
    if not target:
        return ALL
    return f"<@&{target}>" if kind is TargetKind.ROLE else f"<@{target}>"


def _slashed(names: Sequence[str]) -> str:
    return joined([f"/{name}" for name in names])
