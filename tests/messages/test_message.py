"""Buttons: what they carry fits Discord's limits and is read back without mistake."""

from __future__ import annotations

import re

from bot.messages import message as m
from bot.messages.message import Button, Message
from bot.services.planning import new_delivery_id

ID = "abcdefghijklmnopqrst_-"
LARGEST = 2**63 - 1
TEMPLATES = {"DETAILS": m.DETAILS, "AGENDA": m.AGENDA, "STATUS": m.STATUS, "PAGE": m.PAGE, "IMPORT": m.IMPORT} | {
    name: getattr(m, name)
    for name in ("REMIND", "UNREMIND", "UNREMIND_TALK", "REMINDERS", "REMINDERS_FILE", "MENTIONS")
}
EVERY_BUTTON = {
    "DETAILS": [m.details_button(LARGEST, ID)],
    "AGENDA": [m.agenda_button(ID)],
    "STATUS": [m.status_button(ID)],
    "PAGE": [m.page_button("Later", "2022-07-21", 9999), m.page_button("Thu 21 Jul", "2022-07-21", 0)],
    "IMPORT": list(m.import_buttons(ID)),
    "REMIND": [m.remind_button(10**18 - 1, ID), m.remind_button()],
    "UNREMIND": [m.unremind_button(10**18 - 1)],
    "UNREMIND_TALK": [Button("Remove this reminder", f"noreminder:{10**18 - 1}:{ID}")],
    "REMINDERS": [Button("Later", "reminders:9999")],
    "REMINDERS_FILE": [Button("As .ics", "reminders:ics")],
    "MENTIONS": [Button("Mention me", "mentions:yes"), Button("Don't", "mentions:no")],
}


def test_delivery_id_is_22_url_safe_characters_and_never_the_same() -> None:
    ids = [new_delivery_id() for _ in range(1000)]
    assert {bool(re.fullmatch(r"[A-Za-z0-9_-]{22}", delivery_id)) for delivery_id in ids} == {True}
    assert len(set(ids)) == 1000


def test_every_custom_id_fits_and_every_label_is_short() -> None:
    buttons = [button for group in EVERY_BUTTON.values() for button in group]
    assert [button for button in buttons if len(button.custom_id) > 100 or len(button.label) > 80] == []


def test_every_custom_id_is_read_by_its_own_template_alone() -> None:
    read_by = {
        name: {other for other, template in TEMPLATES.items() if re.fullmatch(template, button.custom_id)}
        for name, group in EVERY_BUTTON.items()
        for button in group
    }
    assert read_by == {name: {name} for name in TEMPLATES}


def test_template_gives_back_what_a_button_carries() -> None:
    found = re.fullmatch(m.DETAILS, m.details_button(7, ID).custom_id)
    assert found is not None
    assert found.groupdict() == {"talk": "7", "delivery": ID}
    found = re.fullmatch(m.PAGE, m.page_button("x", "2022-07-21", 3).custom_id)
    assert found is not None
    assert found.groupdict() == {"day": "2022-07-21", "page": "3", "room": None}
    found = re.fullmatch(m.PAGE, m.page_button("x", "now", 0, "0123456789abcdef").custom_id)
    assert found is not None
    assert found.groupdict() == {"day": "now", "page": "0", "room": "0123456789abcdef"}


async def test_view_holds_the_buttons_as_discord_takes_them() -> None:
    view = Message("text", (Button("Import", "import:store", primary=True), Button("Discard", "import:no"))).view()
    assert view.to_components() == [
        {
            "type": 1,
            "components": [
                {"type": 2, "style": 1, "label": "Import", "disabled": False, "custom_id": "import:store"},
                {"type": 2, "style": 2, "label": "Discard", "disabled": False, "custom_id": "import:no"},
            ],
        }
    ]
    assert view.is_finished()
    assert view.timeout is None


async def test_selects_show_what_is_chosen_and_what_they_offer() -> None:
    message = Message(
        "x",
        (Button("Back", "back"),),
        (
            m.Select("own", "Own", (m.Option("A", "a"), m.Option("B", "b", chosen=True))),
            m.Select("places", "Places", of=m.SelectOf.CHANNELS, chosen=(7,), least=0),
            m.Select("roles", "Roles", of=m.SelectOf.ROLES, chosen=(8, 9), most=3),
        ),
    )
    own, places, roles, buttons = (row["components"][0] for row in message.view().to_components())
    assert [option["default"] for option in own["options"]] == [False, True]
    assert (places["type"], places["min_values"], places["default_values"]) == (8, 0, [{"id": 7, "type": "channel"}])
    assert places["channel_types"] == [0, 5, 11]
    assert (roles["type"], roles["max_values"]) == (6, 3)
    assert [default["type"] for default in roles["default_values"]] == ["role", "role"]
    assert buttons["label"] == "Back"


def test_pinged_role_stands_in_a_line_of_its_own_that_fits_beside_the_content() -> None:
    assert Message("Up next").text == "Up next"
    assert Message("Up next", pings=7).text == "<@&7>\nUp next"
    assert len(Message("", pings=LARGEST).text) <= m.PING_ROOM
