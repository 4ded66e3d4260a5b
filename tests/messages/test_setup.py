"""The welcome and the steps of the set-up: they fit, say what is set, and can be answered."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.messages import message as m
from bot.messages import setup
from bot.messages.message import Message, SelectOf
from bot.messages.setup import Around, SettingsShown
from bot.messages.setup_forms import setup_modal, typed_in
from bot.messages.setup_rooms import rooms_page
from bot.rehearsal.loopback.validation.modals import check_modal
from bot.rules.setup_flow import QUESTIONS, STEPS, Step
from bot.rules.setup_zones import likely_zones
from tests.builders import CHANNEL, NEW_YORK
from tests.messages.asking import ID, checked, labels
from tests.messages.test_hostile_questions import HOSTILE, assert_calm, assert_isolated

LARGEST = 2**63 - 1
ZONES = likely_zones([NEW_YORK], ["de", "en-US"])
EMPTY = SettingsShown(None, None, (5,), (), {}, 0, 0, open_steps=QUESTIONS)
FULL = SettingsShown(
    CHANNEL,
    NEW_YORK,
    (15, 5),
    ("Hall F", "Hall G"),
    {"hall g": 7},
    2,
    30,
    moderators_channel_id=8,
    moderators_role_id=9,
    ping_role_id=10,
    zones=(NEW_YORK,),
    selectable=frozenset({CHANNEL, 7, 8, 9, 10}),
)
Shown = Callable[[SettingsShown, Around], Message]
STEP_VIEWS: dict[Step, Shown] = {
    Step.CHANNELS: setup.channels_step,
    Step.MODERATORS: setup.moderators_step,
    Step.ZONE: lambda shown, around: setup.zone_step(shown, ZONES, around),
    Step.REMINDERS: setup.reminders_step,
    Step.PING: setup.ping_step,
    Step.IMPORT: setup.import_step,
    Step.CHECK: lambda shown, around: setup.setup_overview(shown, around.problems, around.said),
}
TEMPLATES = (
    m.SET_UP,
    m.SETUP_STEP,
    m.SETUP_ZONE,
    m.SETUP_FORM,
    m.SETUP_PLACE,
    m.SETUP_LEADS,
    m.SETUP_CHANGE,
    m.CHECK,
)


def many(number: int, name: str = "Room") -> SettingsShown:
    """A server with so many rooms."""
    rooms = tuple(f"{number} {name}"[:200] for number in range(number))
    channels = {room.casefold(): LARGEST for room in rooms[::2]}
    return replace(FULL, rooms=rooms, room_channels=channels, selectable=frozenset({LARGEST}))


def ids(message: Message) -> list[str]:
    return [button.custom_id for button in message.buttons] + [select.custom_id for select in message.selects]


@pytest.mark.parametrize("shown", [EMPTY, FULL, many(1), many(50)], ids=["empty", "full", "1 room", "50 rooms"])
@pytest.mark.parametrize("step", STEP_VIEWS)
async def test_every_step_fits_and_each_of_its_parts_is_read_by_one_template(step: Step, shown: SettingsShown) -> None:
    problems = ["in #hall-f it lacks Send Messages. " * 10] * 4
    for around in (Around(), Around("Stored.", problems)):
        message = STEP_VIEWS[step](shown, around)
        checked(message)
        for custom_id in ids(message):
            assert len([template for template in TEMPLATES if re.fullmatch(template, custom_id)]) == 1, custom_id


@pytest.mark.parametrize("step", QUESTIONS)
def test_every_step_but_the_first_leads_back_and_every_one_leads_on(step: Step) -> None:
    message = STEP_VIEWS[step](EMPTY, Around())
    assert f"step {STEPS.index(step) + 1} of 6" in message.content
    assert ("Back" in labels(message)) == (step is not Step.CHANNELS)
    assert labels(message)[-1] == ("Go on" if step is Step.IMPORT else "Skip")
    answered = STEP_VIEWS[step](FULL, Around())
    assert labels(answered)[-1] == ("Go on" if step is Step.IMPORT else "Leave as is")


def test_steps_show_what_is_chosen_in_words_and_in_their_selects() -> None:
    moderators = setup.moderators_step(FULL)
    assert moderators.content.splitlines()[1:] == [
        "Every session is run by: <@&9> and managers",
        "Consoles and time signals: <#8>",
    ]
    assert [select.chosen for select in moderators.selects] == [(9,), (8,)]
    assert [select.of for select in moderators.selects] == [SelectOf.ROLES, SelectOf.CHANNELS]
    gone = setup.moderators_step(replace(FULL, selectable=frozenset()))
    assert [select.chosen for select in gone.selects] == [(), ()]
    leads = setup.reminders_step(replace(FULL, lead_minutes=[7]))
    assert [option.label for option in leads.selects[0].options if option.chosen] == ["7 minutes before"]
    assert "Managers only" in labels(moderators)
    assert "Managers only" not in labels(setup.moderators_step(EMPTY))
    assert "No channel" in labels(moderators)
    assert "No channel" not in labels(setup.moderators_step(EMPTY))


def test_overview_names_what_is_set_and_what_is_missing() -> None:
    assert setup.setup_overview(FULL, ["**To put right:** tick it."]).content == (
        "**Set-up of Chairside on this server**: all steps are done\n"
        f"1. Sessions: <#{CHANNEL}>; 1 of 2 rooms with a channel of its own\n"
        "2. Moderators: <@&9> · consoles in <#8>\n"
        "3. Time zone: America/New_York\n"
        "4. Reminders: 15 and 5 minutes before each talk\n"
        "5. “Up next” pings <@&10>\n"
        "6. Programme: 2 sessions imported, 30 messages waiting\n"
        "**To put right:** tick it."
    )
    empty = setup.setup_overview(EMPTY, [])
    assert empty.content.splitlines() == [
        "**Set-up of Chairside on this server**: 6 steps left open",
        "1. Sessions: **no channel yet**",
        "2. Moderators: managers, and those named for a session · consoles in private threads",
        "3. Time zone: of each file",
        "4. Reminders: 5 minutes before each talk",
        "5. “Up next” pings nobody",
        "6. Programme: 0 sessions imported",
    ]
    assert labels(empty) == ["Go on", "Check again"]


def test_minutes_are_named_in_the_singular_for_one() -> None:
    assert [setup.minutes(leads) for leads in ([1], [5], [15, 5])] == ["1 minute", "5 minutes", "15 and 5 minutes"]


@pytest.mark.parametrize(("number", "pages"), [(0, 1), (1, 1), (4, 1), (5, 2), (24, 6), (50, 13)])
async def test_rooms_are_paged_and_each_is_on_one_page(number: int, pages: int) -> None:
    shown = many(number)
    proposals = dict.fromkeys(shown.rooms[1::2], CHANNEL)
    places = []
    for page in range(pages):
        message = rooms_page(shown, proposals, page, Around("Stored.", ["Tick it."]))
        checked(message)
        assert len(message.selects) <= 4
        places += [select.custom_id for select in message.selects]
        assert ("Later rooms" in labels(message)) == (page + 1 < pages)
        assert ("Earlier rooms" in labels(message)) == (page > 0)
        for custom_id in ids(message):
            assert len([template for template in TEMPLATES if re.fullmatch(template, custom_id)]) == 1, custom_id
    assert len(set(places)) == number
    assert rooms_page(shown, proposals, 9999).selects == rooms_page(shown, proposals, pages - 1).selects


def test_rooms_say_their_channel_and_what_is_proposed() -> None:
    message = rooms_page(FULL, {"Hall F": 5})
    assert message.content.splitlines() == [
        "**Set-up: a channel for each room**",
        f"1. Hall F: <#{CHANNEL}>, as all others",
        "2. Hall G: <#7>",
        "By their names:",
        "Hall F is <#5>",
    ]
    assert labels(message) == ["Take the one that fits", "Back", "Done"]
    assert "**no channel yet**" in rooms_page(replace(FULL, channel_id=None), {}).content


@pytest.mark.parametrize("case", HOSTILE)
async def test_hostile_rooms_and_server_names_fit_and_do_nothing(case: str) -> None:
    text = HOSTILE[case]
    shown = many(5, text)
    proposals = dict.fromkeys(shown.rooms, LARGEST)
    welcome = setup.welcome(text[:100], ID, is_direct=True)
    for message in (*(rooms_page(shown, proposals, page) for page in range(2)), welcome):
        checked(message)
        left = re.sub(r"<#\d+>|\*\*Set-up: a channel for each room\*\*|\*\*no channel yet\*\*", "", message.content)
        assert "@everyone" not in left
        assert "@here" not in left
        assert not re.search(r"(?<!\\)<[@#:/]", left)
        for select in message.selects:
            assert_isolated(select.placeholder)
            assert_calm(select.placeholder)


async def test_welcome_says_who_sets_it_up_and_where() -> None:
    here = setup.welcome("ICML 2022", ID, is_direct=False)
    checked(here)
    assert labels(here) == ["Set up"]
    assert "press *Set up*, or type /setup start" in here.content
    assert "type /setup start on the server" in setup.welcome(None, ID, is_direct=True).content


@pytest.mark.parametrize("form", ["zone", "address"])
async def test_forms_are_read_by_their_own_template(form: str) -> None:
    modal = setup_modal(form).to_dict()
    check_modal(modal)
    templates = {"zone": m.SETUP_ZONE_MODAL, "address": m.SETUP_ADDRESS_MODAL}
    assert [name for name, template in templates.items() if re.fullmatch(template, modal["custom_id"])] == [form]
    typed = [{"type": 18, "component": {"type": 4, "custom_id": "typed", "value": " New York "}}]
    assert typed_in(typed) == "New York"
    assert typed_in([]) == ""
