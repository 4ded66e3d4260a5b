"""Buttons: what they carry fits Discord's limits and is read back without mistake."""

from __future__ import annotations

import re

from bot.messages import message as m
from bot.messages.message import Button, Message
from bot.services.planning import new_delivery_id

ID = "abcdefghijklmnopqrst_-"
LARGEST = 2**63 - 1
TEMPLATES = {"DETAILS": m.DETAILS, "AGENDA": m.AGENDA, "STATUS": m.STATUS, "PAGE": m.PAGE, "IMPORT": m.IMPORT}
EVERY_BUTTON = {
    "DETAILS": [m.details_button(LARGEST, ID)],
    "AGENDA": [m.agenda_button(ID)],
    "STATUS": [m.status_button(ID)],
    "PAGE": [m.page_button("Later", "2022-07-21", 9999), m.page_button("Thu 21 Jul", "2022-07-21", 0)],
    "IMPORT": list(m.import_buttons(ID)),
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
    assert found.groupdict() == {"day": "2022-07-21", "page": "3"}


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
