"""Acting as somebody: what their client would let them do reaches the bot, all else is refused in a line."""

from __future__ import annotations

from base64 import b64encode

import pytest

from bot.rehearsal.control import Part
from bot.rehearsal.loopback import Message, Person
from bot.rehearsal.rehearsal import Rehearsal
from tests.rehearsal.conftest import Client
from tests.rehearsal.page.browser import Browser, Json

FILE = {"name": "a b/c?.txt", "content": b64encode(b"talks").decode()}


@pytest.fixture
def ada(rehearsal: Rehearsal) -> Person:
    return rehearsal.hall.attendees[0]


@pytest.fixture
def here(rehearsal: Rehearsal) -> str:
    return str(rehearsal.hall.channel.id)


@pytest.fixture
async def shown(bot: Client, browser: Browser, rehearsal: Rehearsal, ada: Person, here: str) -> Message:
    """A message with all that can be used."""
    await browser.send("act/slash", ada, channel=here, path="show")
    message = rehearsal.hall.channel.last_message
    assert message is not None
    return message


def told(rehearsal: Rehearsal, person: Person) -> str:
    """What a person was told last, privately."""
    return [message.content for message in person.sees(rehearsal.hall.channel) if message.only_for][-1]


async def test_command_with_an_option_of_each_kind(
    bot: Client, browser: Browser, rehearsal: Rehearsal, ada: Person, here: str
) -> None:
    hall = rehearsal.hall
    given = {
        "text": "hello",
        "number": 3.0,
        "size": "big",
        "who": str(hall.moderator.id),
        "where": here,
        "role": str(hall.moderators_role.id),
        "file": FILE,
    }
    assert await browser.send("act/slash", ada, channel=here, path="take", options=given) == {"ok": True}
    names = [hall.moderator.user.username, "hall-f", "Moderators"]
    assert told(rehearsal, ada) == f"hello 3 b {names} ('c_.txt', b'talks')"


async def test_autocomplete_knows_what_is_typed_and_what_is_filled_in(
    bot: Client, browser: Browser, ada: Person, here: str
) -> None:
    typed = {"text": "Grap", "number": 3, "file": FILE}
    answer = await browser.send("act/autocomplete", ada, channel=here, path="take", options=typed, focused="text")
    assert answer == {"choices": [{"name": "Grap 3", "value": "Grap"}]}


async def test_commands_are_those_of_the_person(bot: Client, browser: Browser, rehearsal: Rehearsal, here: str) -> None:
    hall = rehearsal.hall
    ada, manager = [
        await browser.get("commands", **{"as": str(person.id), "channel": here})
        for person in (hall.attendees[0], hall.manager)
    ]
    assert [command["path"] for command in ada["commands"]] == ["show", "take"]
    assert [command["path"] for command in manager["commands"]] == ["manage everything", "show", "take"]
    assert ada["menus"] == ["Count words"]
    options = {option["name"]: option for option in ada["commands"][1]["options"]}
    assert options["text"] == {
        "name": "text",
        "description": "…",
        "kind": "text",
        "required": True,
        "choices": [],
        "autocomplete": True,
        "min": 1,
        "max": 20,
    }
    kinds = {name: option["kind"] for name, option in options.items()}
    assert list(kinds.values()) == ["text", "integer", "text", "user", "channel", "role", "file"]
    assert options["size"]["choices"] == [{"name": "small", "value": "s"}, {"name": "big", "value": "b"}]
    assert {"name": "@Ada", "value": str(hall.attendees[0].id)} in options["who"]["choices"]
    assert [choice["name"] for choice in options["where"]["choices"]] == ["#general", "#hall-f"]
    assert [choice["name"] for choice in options["role"]["choices"]] == ["@Chairside", "@Moderators", "@Managers"]
    assert await browser.get("commands", **{"as": "", "channel": here}) == {"commands": [], "menus": []}


async def test_buttons_and_selects_and_menus(
    shown: Message, browser: Browser, rehearsal: Rehearsal, ada: Person, here: str
) -> None:
    about: Json = {"message": str(shown.id)}
    await browser.send("act/press", ada, **about, control="so")
    assert told(rehearsal, ada) == "So."
    await browser.send("act/choose", ada, **about, control="colour", values=["r"])
    assert told(rehearsal, ada) == "It is r."
    await browser.send("act/choose", ada, **about, control="where", values=[here])
    assert told(rehearsal, ada) == "In hall-f."
    await browser.send("act/say", ada, channel=here, text="one two three")
    said = rehearsal.hall.channel.last_message
    assert said is not None
    await browser.send("act/menu", ada, message=str(said.id), name="Count words")
    assert told(rehearsal, ada) == "3 words"


async def test_form_is_drawn_and_filled_in(
    shown: Message, browser: Browser, rehearsal: Rehearsal, ada: Person, here: str
) -> None:
    form = (await browser.send("act/press", ada, message=str(shown.id), control="form"))["form"]
    fields = {field["id"]: field for field in form["fields"]}
    assert form["title"] == "All there is"
    assert fields["line"] == {
        "id": "line",
        "label": "Line",
        "description": None,
        "required": True,
        "kind": "line",
        "value": "as",
        "placeholder": None,
        "min": 0,
        "max": 10,
    }
    about = {
        "id": "check",
        "label": "Check",
        "description": "or not",
        "kind": "check",
        "value": False,
        "required": False,
    }
    assert fields["check"] == about
    assert (fields["who"]["kind"], fields["who"]["required"]) == ("select", False)
    assert {"label": "@Ada", "value": str(ada.id), "description": None, "default": False} in fields["who"]["options"]
    assert [option["value"] for option in fields["which"]["options"]] == ["1", "2"]
    assert (fields["paper"]["kind"], fields["paper"]["min"], fields["paper"]["max"]) == ("file", 1, 1)
    values = {"line": "new", "check": True, "who": [str(ada.id)], "which": "2", "paper": [FILE]}
    await browser.send("act/submit", ada, form=form["token"], values=values)
    assert told(rehearsal, ada) == f"new True ['{ada.user.username}'] 2 [('c_.txt', b'talks')]"
    assert await browser.refused("act/submit", ada, form=form["token"], values=values) == (
        404,
        "that form is not open any more. Open it again.",
    )


async def test_form_stays_open_until_it_is_right_and_is_for_one_person(
    shown: Message, browser: Browser, rehearsal: Rehearsal, ada: Person
) -> None:
    form = (await browser.send("act/press", ada, message=str(shown.id), control="form"))["form"]
    about: Json = {"form": form["token"], "values": {"line": "much too long", "which": "1"}}
    assert await browser.refused("act/submit", ada, **about) == (409, "line takes 0 to 10 characters, not 13.")
    about["values"]["line"] = "right"
    yusuf = rehearsal.hall.attendees[1]
    assert (await browser.refused("act/submit", yusuf, **about))[0] == 404
    await browser.send("act/submit", ada, **about)


async def test_nobody_acts_on_what_they_do_not_see(
    bot: Client, browser: Browser, rehearsal: Rehearsal, ada: Person, here: str
) -> None:
    yusuf, backstage = rehearsal.hall.attendees[1], str(rehearsal.hall.backstage.id)
    await browser.send("act/slash", ada, channel=here, path="show", options={"privately": True})
    private = next(message for message in ada.sees(rehearsal.hall.channel) if message.only_for)
    gone = (404, "that message is not there any more. Look at the channel as it is now.")
    for path, values in (
        ("act/press", {"control": "so"}),
        ("act/choose", {"control": "colour", "values": ["r"]}),
        ("act/menu", {"name": "Count words"}),
    ):
        assert await browser.refused(path, yusuf, message=str(private.id), **values) == gone
    assert (await browser.refused("act/slash", ada, channel=backstage, path="show"))[0] == 404
    assert (await browser.refused("act/say", ada, channel=backstage, text="hello"))[0] == 404
    where = {"message": str(private.id), "control": "where", "values": [backstage]}
    assert (await browser.refused("act/choose", ada, **where))[0] == 404
    assert (await browser.refused("act/slash", ada, channel=here, path="manage everything"))[0] == 409


@pytest.mark.parametrize(
    "case",
    [
        ("act/slash", {"path": "take"}, 409),
        ("act/slash", {"path": "take", "options": {"text": "x" * 21}}, 409),
        ("act/slash", {"path": "take", "options": {"text": 3}}, 400),
        ("act/slash", {"path": "take", "options": {"text": "\ud800"}}, 400),
        ("act/slash", {"path": "take", "options": {"text": "x", "number": 10**30}}, 409),
        ("act/slash", {"path": "take", "options": {"text": "x", "number": [1]}}, 409),
        ("act/slash", {"path": "take", "options": {"text": "x", "who": "1"}}, 404),
        ("act/slash", {"path": "take", "options": {"text": "x", "nobody": "1"}}, 409),
        ("act/slash", {"path": "take", "options": {"text": "x", "file": {"name": "x", "content": "?"}}}, 400),
        ("act/slash", {"path": "take", "options": []}, 400),
        ("act/slash", {"path": "nothing"}, 409),
        ("act/slash", {"path": "manage"}, 409),
        ("act/slash", {"path": "take", "channel": "17"}, 404),
        ("act/slash", {"path": "take", "as": "17"}, 404),
        ("act/slash", {"path": "take", "as": 17}, 400),
        ("act/autocomplete", {"path": "take", "options": {}, "focused": "number"}, 409),
        ("act/press", {"message": "17", "control": "so"}, 404),
        ("act/submit", {"form": "17", "values": {}}, 404),
        ("act/say", {"text": " "}, 409),
        ("act/say", {"text": "x" * 2001}, 409),
        ("act/say", {}, 400),
    ],
)
async def test_what_cannot_be_is_refused_in_a_line(
    bot: Client, browser: Browser, rehearsal: Rehearsal, ada: Person, case: tuple[str, Json, int]
) -> None:
    path, values, status = case
    here = str(rehearsal.hall.channel.id)
    before = len(rehearsal.hall.channel.messages)
    refused, line = await browser.refused(path, ada, **({"channel": here} | values))
    assert (refused, line.count("..")) == (status, 0)
    assert (len(rehearsal.hall.channel.messages), rehearsal.control.took_part) == (before, False)


async def test_control_that_is_gone_is_refused(shown: Message, browser: Browser, ada: Person) -> None:
    about: Json = {"message": str(shown.id)}
    assert await browser.refused("act/press", ada, **about, control="") == (
        404,
        "that button is not there any more. Look at the message as it is now.",
    )
    assert (await browser.refused("act/press", ada, **about, control="colour"))[0] == 404
    assert (await browser.refused("act/choose", ada, **about, control="gone", values=[]))[0] == 404
    assert (await browser.refused("act/choose", ada, **about, control="colour", values=["g"]))[0] == 409
    assert (await browser.refused("act/choose", ada, **about, control="colour", values=[]))[0] == 409


@pytest.mark.slow
async def test_bot_that_does_not_answer_is_told_in_discords_words(
    shown: Message, browser: Browser, ada: Person
) -> None:
    about: Json = {"message": str(shown.id), "control": "nothing"}
    assert await browser.refused("act/press", ada, **about) == (424, "This interaction failed")


async def test_acting_takes_the_part_over(shown: Message, browser: Browser, rehearsal: Rehearsal, ada: Person) -> None:
    hall, control = rehearsal.hall, rehearsal.control
    ids = {"ada": (ada.id,), "yusuf": (hall.attendees[1].id,), "moderator": (hall.moderator.id,)}
    assert {name: control.may_act(by) for name, by in ids.items()} == {"ada": False, "yusuf": True, "moderator": True}
    await browser.send("act/press", hall.moderator, message=str(shown.id), control="so")
    assert {name: control.may_act(by) for name, by in ids.items()} == {"ada": False, "yusuf": True, "moderator": False}
    assert (control.plays(Part.MODERATOR), control.plays(Part.ATTENDEES)) == (False, True)
    await browser.send("control/cast", role="moderator", on=True)
    await browser.send("control/cast", role="attendees", on=True)
    assert all(control.may_act(by) for by in ids.values())


async def test_nobody_acts_before_it_is_set_up_or_once_it_is_over(
    browser: Browser, rehearsal: Rehearsal, ada: Person, here: str
) -> None:
    early = (409, "the rehearsal is being set up. Wait a moment.")
    assert await browser.refused("act/say", ada, channel=here, text="hello") == early
    assert await browser.refused("control/clock", speed=10) == early
    rehearsal.control.close()
    late = (409, "the rehearsal is over. Start it anew with chairside rehearse.")
    assert await browser.refused("act/say", ada, channel=here, text="hello") == late
    for path, values in (
        ("clock", {"jump": True}),
        ("cast", {"role": "attendees", "on": False}),
        ("faults", {"down": True}),
        ("bot", {"restart": True}),
        ("finish", {}),
    ):
        assert await browser.refused(f"control/{path}", **values) == late
    assert rehearsal.hall.channel.messages == []
