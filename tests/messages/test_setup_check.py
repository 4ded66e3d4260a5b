"""What /setup check says: the box, and where it is; in few lines however many channels there are."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.messages.setup_check import ALL, Checked, PlaceFound, check_lines, check_message
from bot.rules.server_check import CommandsShown, Purpose, TargetKind
from tests.messages.asking import checked as fits
from tests.messages.test_hostile_questions import HOSTILE

SESSIONS = (Purpose.SESSIONS,)
HALL = PlaceFound(1, SESSIONS, 1)
FINE = Checked([HALL])
ALL_SHOW = (
    "Commands: everyone's show to everyone, managers' to managers. Server Settings → Integrations → Chairside has the "
    "boxes that hide them."
)


def missing(number: int) -> Checked:
    places = [PlaceFound(key, SESSIONS, key, in_channel=("Send Messages",)) for key in range(1, number + 1)]
    return Checked(places)


def test_all_in_order_says_so_in_a_line() -> None:
    assert check_lines(FINE) == [
        "Everything is in order: all that is needed is allowed in 1 channel.",
        ALL_SHOW,
    ]


def test_events_that_may_not_be_created_are_told() -> None:
    line, *_ = check_lines(replace(FINE, lacks_events=True))
    assert line == (
        "**To put right:** tick Create Events under Server Settings → Roles → Chairside; needed for scheduled events."
    )


def test_boxes_of_a_channel_and_of_the_role_are_told_apart() -> None:
    place = replace(HALL, in_channel=("View Channel",), in_role=("Create Public Threads", "Create Private Threads"))
    in_role, in_channel = check_lines(Checked([place]))[:2]
    assert in_role == (
        "**To put right:** tick Create Public Threads and Create Private Threads under Server Settings → Roles → "
        "Chairside; needed in <#1>, for threads of questions that were not reached and consoles in private threads."
    )
    assert in_channel == "**To put right:** tick View Channel for Chairside under Edit Channel → Permissions of <#1>."


def test_many_channels_with_the_same_fault_are_one_line() -> None:
    assert check_lines(missing(24))[0] == (
        "**To put right:** tick Send Messages for Chairside under Edit Channel → Permissions of <#1>, <#2>, "
        "<#3>, <#4> and 20 more channels."
    )


def test_threads_of_one_channel_name_it_once() -> None:
    places = [PlaceFound(key, SESSIONS, 1, in_channel=("Send Messages in Threads",)) for key in (5, 6)]
    assert check_lines(Checked(places))[0].endswith("under Edit Channel → Permissions of <#1>.")


def test_what_is_gone_names_the_command_that_chooses_another() -> None:
    gone = [PlaceFound(2, SESSIONS, None), PlaceFound(3, (Purpose.MODERATORS,), None)]
    lines = check_lines(Checked([HALL, *gone], roles_gone=["of the moderators"]))
    assert "<#2>, used for sessions, was deleted" in lines[0]
    assert "choose another with /setup channel." in lines[0]
    assert "choose another with /setup moderators." in lines[1]
    assert lines[2] == "**To put right:** the role of the moderators was deleted: choose another with /setup start."


def test_role_that_cannot_be_pinged_names_both_boxes() -> None:
    line = check_lines(replace(FINE, unpingable_in=[1], ping_role="Fans"))[0]
    assert "the role @Fans cannot be pinged in <#1>" in line
    assert "“Allow anyone to @mention this role” under Server Settings → Roles" in line


def test_commands_hidden_and_opened_are_told_with_their_boxes() -> None:
    shown = CommandsShown(
        ("ask", "now"),
        {7: ("timer",), 0: ("qa",)},
        {(TargetKind.ROLE, 0): ("setup",), (TargetKind.USER, 5): ("status",)},
        {(TargetKind.ROLE, 6): ("talk",), (TargetKind.USER, 9): ("talk", "agenda")},
        {(TargetKind.ROLE, 4): ("ask",)},
        {3: ("qa",)},
    )
    lines = check_lines(replace(FINE, commands=shown, without_commands=[1], read_by_all=[8]))
    assert [line.split(": ")[0] for line in lines[1:]] == [
        f"In <#1> {ALL} lacks Use Application Commands, so no command appears there to them.",
        f"<#8> can be read by {ALL}, and consoles name who asked anonymously",
        f"Hidden from {ALL}",
        "Only <@&4> still sees of these",
        "Hidden from <@&6>",
        "Hidden from <@9>",
        "Hidden in <#7>",
        "Hidden in all channels but those that are ticked",
        "Ticked in <#3>",
        f"Shown to {ALL}, who still may not use them without Manage Server",
        "Shown to <@5>, who still may not use them without Manage Server",
    ]
    assert check_lines(replace(FINE, commands=None))[1].startswith("What is set under Integrations could not be read")
    assert check_lines(Checked((), is_reachable=False)) == [
        "Discord has this server down at the moment: check again later."
    ]


@pytest.mark.parametrize("number", [0, 1, 50, 1000])
@pytest.mark.parametrize("case", HOSTILE)
async def test_any_number_of_channels_with_any_names_fits(number: int, case: str) -> None:
    text = HOSTILE[case]
    every = replace(
        missing(number),
        bot_role=text[:100],
        ping_role=text[:100],
        unpingable_in=range(number),
        roles_gone=["of the moderators", "that reminders ping"],
        without_commands=range(number),
        read_by_all=range(number),
        commands=CommandsShown(
            ("ask",) * 20,
            dict.fromkeys(range(number), ("ask",)),
            {},
            {(TargetKind.ROLE, key): ("ask",) for key in range(number)},
        ),
    )
    message = check_message(every)
    fits(message)
    assert "@everyone" not in message.content
    assert "@here" not in message.content
    assert [button.label for button in message.buttons] == ["Check again"]


def test_board_and_audit_channel_that_are_gone_name_their_own_commands() -> None:
    gone = [PlaceFound(2, (Purpose.BOARD,), None), PlaceFound(3, (Purpose.SESSIONS, Purpose.AUDIT), None)]
    board, both = check_lines(Checked([HALL, *gone]))[:2]
    assert board.endswith("else choose another with /setup board.")
    assert both.endswith("else choose another with /setup channel and /setup audit.")
