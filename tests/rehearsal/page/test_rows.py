"""Buttons and selects as the page gets them."""

from __future__ import annotations

import pytest

from bot.rehearsal.loopback import Loopback, Message
from bot.rehearsal.page.rows import rows
from tests.rehearsal.page.browser import Json

ROW, BUTTON, TEXT, SECTION, CONTAINER = 1, 2, 10, 9, 17


@pytest.fixture
def loopback() -> Loopback:
    made = Loopback()
    server = made.add_server("ICML")
    server.add_channel("hall-f")
    server.add_channel("moderators").hide()
    server.add_member("Ada")
    return made


def shown(loopback: Loopback, *components: Json, to: str | None = None) -> list[list[Json]]:
    [server] = loopback.servers
    user = next((member.user for member in server.members.values() if member.user.name == to), None)
    channel = next(iter(server.channels.values()))
    return rows(Message(1, channel, loopback.bot, components=list(components), only_for=user))


def a_row(*parts: Json) -> Json:
    return {"type": ROW, "components": list(parts)}


@pytest.mark.parametrize(
    ("style", "kind", "look"),
    [
        (1, "button", "primary"),
        (2, "button", "secondary"),
        (3, "button", "success"),
        (4, "button", "danger"),
        (5, "link", "secondary"),
    ],
)
def test_looks_of_buttons(loopback: Loopback, style: int, kind: str, look: str) -> None:
    [[button]] = shown(loopback, a_row({"type": BUTTON, "style": style, "label": "x", "url": "https://example.org"}))
    assert (button["kind"], button["look"], button["disabled"]) == (kind, look, False)


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "discord://x", "", None])
def test_link_that_leads_nowhere_safe_is_off(loopback: Loopback, url: str | None) -> None:
    [[button]] = shown(loopback, a_row({"type": BUTTON, "style": 5, "label": "x", "url": url}))
    assert (button["kind"], button["url"], button["disabled"]) == ("link", None, True)


def test_rows_are_found_wherever_they_stand(loopback: Loopback) -> None:
    def button(label: str) -> Json:
        return {"type": BUTTON, "style": 2, "label": label, "custom_id": label, "emoji": {"name": "📋"}}

    section = {"type": SECTION, "components": [{"type": TEXT, "content": "x"}], "accessory": button("beside")}
    drawn = shown(
        loopback, a_row(button("a"), button("b")), {"type": CONTAINER, "components": [section, a_row(button("c"))]}
    )
    assert [[part["label"] for part in row] for row in drawn] == [["a", "b"], ["beside"], ["c"]]
    assert drawn[0][0]["emoji"] == "📋"


def test_select_of_its_own_options(loopback: Loopback) -> None:
    options = [{"label": "<b>", "value": "1", "default": True}, {"label": "Two", "value": "2", "description": "d"}]
    [[select]] = shown(loopback, a_row({"type": 3, "custom_id": "s", "options": options, "min_values": 0}))
    assert select == {
        "id": "s",
        "kind": "select",
        "placeholder": "Make a selection",
        "min": 0,
        "max": 1,
        "disabled": False,
        "options": [
            {"label": "<b>", "value": "1", "description": None, "default": True},
            {"label": "Two", "value": "2", "description": "d", "default": False},
        ],
    }


@pytest.mark.parametrize(
    ("kind", "reader", "labels"),
    [
        (5, None, ["@Owner of ICML", "@Chairside", "@Ada"]),
        (6, None, ["@Chairside"]),
        (7, None, ["@Owner of ICML", "@Chairside", "@Ada", "@Chairside"]),
        (8, None, ["#hall-f", "#moderators"]),
        (8, "Ada", ["#hall-f"]),
    ],
)
def test_select_of_people_roles_and_channels(
    loopback: Loopback, kind: int, reader: str | None, labels: list[str]
) -> None:
    [[select]] = shown(loopback, a_row({"type": kind, "custom_id": "s"}), to=reader)
    assert [option["label"] for option in select["options"]] == labels


def test_select_of_channels_offers_those_of_its_kinds_and_shows_what_is_chosen(loopback: Loopback) -> None:
    [server] = loopback.servers
    stage, hall = server.add_stage_channel("stage"), next(iter(server.channels.values()))
    chosen = {"default_values": [{"id": str(hall.id), "type": "channel"}]}
    for kinds, found in (
        ([13], [("#stage", False)]),
        ([0, 13], [("#hall-f", True), ("#moderators", False), ("#stage", False)]),
    ):
        [[select]] = shown(loopback, a_row({"type": 8, "custom_id": "s", "channel_types": kinds} | chosen))
        assert [(option["label"], option["default"]) for option in select["options"]] == found
    assert str(stage.id) in {option["value"] for option in select["options"]}
