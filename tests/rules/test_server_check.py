"""Which channels are used for what and need what, and which commands are shown to whom."""

from __future__ import annotations

from bot.rules.server_check import (
    CommandEntries,
    CommandsShown,
    Entry,
    PlacesChosen,
    Purpose,
    TargetKind,
    commands_shown,
    needed_for,
    places_used,
)

SERVER = 100


def test_stage_takes_a_stage_moderator_and_no_posting() -> None:
    used = places_used(PlacesChosen(1, moderators_id=2, stages={"hall f": 3}))
    assert used[3] == (Purpose.STAGE,)
    assert needed_for(used[3]) == ("view_channel", "connect", "manage_channels", "mute_members", "move_members")


def test_nothing_chosen_uses_nothing() -> None:
    assert places_used(PlacesChosen()) == {}


def test_without_a_moderators_channel_sessions_channels_hold_the_consoles() -> None:
    used = places_used(PlacesChosen(1, {"hall f": 2, "hall g": 1}))
    assert used == {1: (Purpose.SESSIONS, Purpose.CONSOLES), 2: (Purpose.SESSIONS, Purpose.CONSOLES)}
    assert needed_for(used[1]) == (
        "view_channel",
        "send_messages",
        "read_message_history",
        "create_public_threads",
        "send_messages_in_threads",
        "create_private_threads",
        "attach_files",
    )


def test_each_channel_is_listed_once_with_all_that_it_is_for() -> None:
    used = places_used(PlacesChosen(1, None, moderators_id=2, board_id=2, audit_id=3))
    assert used == {1: (Purpose.SESSIONS,), 2: (Purpose.MODERATORS, Purpose.BOARD), 3: (Purpose.AUDIT,)}
    assert needed_for(used[2]) == ("view_channel", "send_messages", "read_message_history", "attach_files")


def test_thread_holds_no_threads() -> None:
    needed = needed_for((Purpose.SESSIONS, Purpose.CONSOLES), in_thread=True)
    assert needed == ("view_channel", "send_messages_in_threads", "read_message_history")
    assert needed_for((Purpose.MODERATORS,), in_thread=True) == (*needed, "attach_files")


def entry(kind: TargetKind, target: int, *, allowed: bool) -> Entry:
    return Entry(kind, target, allowed)


def test_only_what_differs_from_the_defaults_is_told() -> None:
    role, user, channel = TargetKind.ROLE, TargetKind.USER, TargetKind.CHANNEL
    hides = (
        entry(role, SERVER, allowed=False),
        entry(channel, 7, allowed=False),
        entry(channel, SERVER - 1, allowed=False),
        entry(channel, 8, allowed=True),
        entry(user, 9, allowed=False),
    )
    opens = (
        entry(role, SERVER, allowed=True),
        entry(role, 5, allowed=True),
        entry(user, 5, allowed=True),
        entry(role, 6, allowed=False),
        entry(channel, 7, allowed=True),
    )
    commands = [CommandEntries("ask", False, hides), CommandEntries("setup", True, opens)]  # noqa: FBT003 - for managers
    assert commands_shown(commands, SERVER) == CommandsShown(
        hidden=("ask",),
        hidden_in={0: ("ask",)},
        shown_in={8: ("ask",)},
        opened={(role, 0): ("setup",), (role, 5): ("setup",), (user, 5): ("setup",)},
    )
    untouched = [CommandEntries("ask", False, opens), CommandEntries("setup", True, hides)]  # noqa: FBT003 - as above
    assert commands_shown(untouched, SERVER) == CommandsShown(hidden_from={(role, 6): ("ask",)})


def test_what_is_hidden_from_single_roles_people_and_in_single_channels_is_told_for_each() -> None:
    role, user, channel = TargetKind.ROLE, TargetKind.USER, TargetKind.CHANNEL
    hidden = (
        entry(role, 5, allowed=False),
        entry(user, 9, allowed=False),
        entry(channel, 7, allowed=False),
        entry(role, 6, allowed=True),
        entry(channel, 8, allowed=True),
    )
    commands = [CommandEntries(name, False, hidden) for name in ("ask", "now")]  # noqa: FBT003 - for managers
    assert commands_shown(commands, SERVER) == CommandsShown(
        hidden_in={7: ("ask", "now")},
        hidden_from={(role, 5): ("ask", "now"), (user, 9): ("ask", "now")},
    )


def test_who_still_sees_what_is_hidden_from_everyone_is_told() -> None:
    role, user = TargetKind.ROLE, TargetKind.USER
    entries = (
        entry(role, SERVER, allowed=False),
        entry(role, 5, allowed=True),
        entry(user, 9, allowed=True),
        entry(role, 6, allowed=False),
    )
    commands = [CommandEntries("ask", False, entries)]  # noqa: FBT003 - for managers
    shown = {(role, 5): ("ask",), (user, 9): ("ask",)}
    assert commands_shown(commands, SERVER) == CommandsShown(hidden=("ask",), shown=shown)
