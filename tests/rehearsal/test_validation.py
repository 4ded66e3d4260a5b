"""Each limit one step over: refused as Discord refuses it, with the place of the fault."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from bot.rehearsal.loopback import Loopback, TextChannel
from bot.rehearsal.loopback.errors import ApiError
from bot.rehearsal.loopback.rest.interactions import RULES as INTERACTIONS
from bot.rehearsal.loopback.rest.messages import RULES as MESSAGES
from bot.rehearsal.loopback.validation.messages import read_draft
from bot.rehearsal.loopback.validation.modals import check_modal
from bot.rehearsal.loopback.world.messages import MessageFlag, Upload
from tests.rehearsal.forms import BAD_LENGTH, REQUIRED, TOO_LONG, faults

Json = dict[str, Any]
V2 = int(MessageFlag.COMPONENTS_V2)


def button(label: str = "Next", custom_id: str = "next", **more: object) -> Json:
    return {"type": 2, "style": 1, "label": label, "custom_id": custom_id, **more}


def row(*components: Json) -> Json:
    return {"type": 1, "components": list(components)}


def select(**more: object) -> Json:
    return {"type": 3, "custom_id": "rooms", "options": [{"label": "Hall F", "value": "f"}], **more}


DEFAULTS = "components.0.components.0.default_values"


def role_select(*chosen: str, **more: object) -> Json:
    defaults = [{"id": str(key), "type": kind} for key, kind in enumerate(chosen, 1)]
    return {"type": 6, "custom_id": "role", "default_values": defaults, **more}


def text(content: str) -> Json:
    return {"type": 10, "content": content}


@pytest.mark.parametrize(
    ("body", "place", "code"),
    [
        ({"content": "x" * 2001}, "content", TOO_LONG),
        ({"content": "x", "nonce": "n" * 26}, "nonce", TOO_LONG),
        ({"embeds": [{"title": "x"}] * 11}, "embeds", TOO_LONG),
        ({"embeds": [{"title": "x" * 257}]}, "embeds.0.title", TOO_LONG),
        ({"embeds": [{"description": "x" * 4097}]}, "embeds.0.description", TOO_LONG),
        ({"embeds": [{"footer": {"text": "x" * 2049}}]}, "embeds.0.footer.text", TOO_LONG),
        ({"embeds": [{"author": {"name": "x" * 257}}]}, "embeds.0.author.name", TOO_LONG),
        ({"embeds": [{"fields": [{"name": "n", "value": "v"}] * 26}]}, "embeds.0.fields", TOO_LONG),
        ({"embeds": [{"fields": [{"name": "n", "value": "x" * 1025}]}]}, "embeds.0.fields.0.value", BAD_LENGTH),
        ({"embeds": [{"fields": [{"name": "", "value": "v"}]}]}, "embeds.0.fields.0.name", REQUIRED),
        ({"embeds": [{"description": "x" * 3001}] * 2}, "embeds", "MAX_EMBED_SIZE_EXCEEDED"),
        ({"components": [row(button())] * 6}, "components", TOO_LONG),
        ({"components": [row(*[button()] * 6)]}, "components.0.components", BAD_LENGTH),
        ({"components": [row()]}, "components.0.components", BAD_LENGTH),
        ({"components": [row(button(), button())]}, "components", "COMPONENT_CUSTOM_ID_DUPLICATED"),
        ({"components": [row(button("x" * 81))]}, "components.0.components.0.label", TOO_LONG),
        ({"components": [row(button(custom_id="x" * 101))]}, "components.0.components.0.custom_id", BAD_LENGTH),
        ({"components": [row(button(custom_id=""))]}, "components.0.components.0.custom_id", REQUIRED),
        ({"components": [row(button(style=9))]}, "components.0.components.0.style", "BASE_TYPE_CHOICES"),
        ({"components": [button()]}, "components.0.type", "BASE_TYPE_CHOICES"),
        ({"components": [row(select(), button())]}, "components.0.components", "COMPONENT_LAYOUT_WIDTH_EXCEEDED"),
        ({"components": [row(select(options=[]))]}, "components.0.components.0.options", BAD_LENGTH),
        (
            {"components": [row(select(options=[{"label": str(n), "value": str(n)} for n in range(26)]))]},
            "components.0.components.0.options",
            BAD_LENGTH,
        ),
        (
            {"components": [row(select(options=[{"label": "a", "value": "same"}, {"label": "b", "value": "same"}]))]},
            "components.0.components.0.options.1.value",
            "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED",
        ),
        ({"components": [row(select(placeholder="x" * 151))]}, "components.0.components.0.placeholder", TOO_LONG),
        ({"components": [row(select(max_values=26))]}, "components.0.components.0.max_values", "NUMBER_TYPE_MAX"),
        ({"components": [row(role_select("role", "role"))]}, DEFAULTS, BAD_LENGTH),
        ({"components": [row(role_select("channel"))]}, f"{DEFAULTS}.0.type", "BASE_TYPE_CHOICES"),
        ({"components": [text("needs the flag")]}, "components.0.type", "BASE_TYPE_CHOICES"),
        (
            {"content": "old", "components": [text("new")], "flags": V2},
            "content",
            "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
        ),
        (
            {"components": [text("x" * 2001), text("x" * 2001)], "flags": V2},
            "components",
            "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED",
        ),
        (
            {"components": [{"type": 17, "components": [text("x")] * 20}] * 2, "flags": V2},
            "components",
            "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED",
        ),
        ({"content": "x", "allowed_mentions": {"parse": ["all"]}}, "allowed_mentions.parse.0", "BASE_TYPE_CHOICES"),
        (
            {"content": "x", "allowed_mentions": {"parse": ["users"], "users": ["1"]}},
            "allowed_mentions",
            "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
        ),
        ({"content": ["no text"]}, "content", "STRING_TYPE_CONVERT"),
        ({"content": "x", "embeds": "no list"}, "embeds", "LIST_TYPE_CONVERT"),
        ({"content": "x", "flags": "64"}, "flags", "NUMBER_TYPE_COERCE"),
    ],
)
def test_message_over_a_limit(body: Json, place: str, code: str) -> None:
    with pytest.raises(ApiError) as refused:
        read_draft(body, {}, MESSAGES)
    assert faults(refused.value)[place] == code


@pytest.mark.parametrize(
    "body",
    [
        {"content": "x" * 2000, "nonce": "n" * 25},
        {"embeds": [{"description": "x" * 3000}] * 2},
        {"components": [row(*[button(custom_id=f"{r}{n}") for n in range(5)]) for r in range(5)]},
        {"components": [row(select(max_values=1))]},
        {"components": [row(role_select("role", "role", max_values=2))]},
        {"components": [row(role_select(min_values=0))]},
        {"components": [{"type": 17, "components": [text("x" * 4000), row(button())]}], "flags": V2},
        {"components": [{"type": 9, "components": [text("a")], "accessory": button()}], "flags": V2},
        {"content": "x", "allowed_mentions": {"parse": ["users"], "roles": ["1"]}},
    ],
)
def test_message_at_the_limits(body: Json) -> None:
    read_draft(body, {}, MESSAGES)


@pytest.mark.parametrize("body", [{}, {"content": ""}, {"content": " \n\t "}, {"embeds": [], "components": []}])
def test_empty_message(body: Json) -> None:
    with pytest.raises(ApiError) as refused:
        read_draft(body, {}, MESSAGES)
    assert (refused.value.status, refused.value.code) == (400, 50006)


def test_files_are_limited() -> None:
    with pytest.raises(ApiError) as refused:
        read_draft({}, {0: Upload("big", bytes(10 * 1024 * 1024 + 1))}, MESSAGES)
    assert (refused.value.status, refused.value.code) == (413, 40005)
    with pytest.raises(ApiError) as refused:
        read_draft({}, {n: Upload("small", b"x") for n in range(11)}, MESSAGES)
    assert faults(refused.value) == {"attachments": TOO_LONG}


def test_flags_that_may_not_be_set_are_ignored() -> None:
    assert not read_draft({"content": "x", "flags": 1 << 6}, {}, MESSAGES).flags
    assert read_draft({"content": "x", "flags": 1 << 6}, {}, INTERACTIONS).flags == MessageFlag.EPHEMERAL


def test_faults_of_an_answer_are_under_data() -> None:
    with pytest.raises(ApiError) as refused:
        read_draft({"content": "x" * 2001}, {}, INTERACTIONS, within="data")
    assert faults(refused.value) == {"data.content": TOO_LONG}


def modal(**changes: object) -> Json:
    field = {"type": 4, "custom_id": "question", "style": 1}
    label = {"type": 18, "label": "Question", "component": field}
    return {"title": "Ask", "custom_id": "ask", "components": [label], **changes}


def label(component: Json, **more: object) -> list[Json]:
    return [{"type": 18, "label": "Question", "component": component, **more}]


@pytest.mark.parametrize(
    ("changes", "place", "code"),
    [
        ({"title": "x" * 46}, "data.title", BAD_LENGTH),
        ({"custom_id": None}, "data.custom_id", REQUIRED),
        ({"components": []}, "data.components", BAD_LENGTH),
        ({"components": modal()["components"] * 6}, "data.components", BAD_LENGTH),
        ({"components": modal()["components"] * 2}, "data.components", "COMPONENT_CUSTOM_ID_DUPLICATED"),
        ({"components": label({"type": 2})}, "data.components.0.component.type", "BASE_TYPE_CHOICES"),
        ({"components": [button()]}, "data.components.0.type", "BASE_TYPE_CHOICES"),
        (
            {"components": label({"type": 4, "custom_id": "q", "style": 1, "max_length": 4001})},
            "data.components.0.component.max_length",
            "NUMBER_TYPE_MAX",
        ),
        (
            {"components": label({"type": 4, "custom_id": "q", "style": 3})},
            "data.components.0.component.style",
            "BASE_TYPE_CHOICES",
        ),
        (
            {"components": label({"type": 4, "custom_id": "q", "style": 1}, description="x" * 101)},
            "data.components.0.description",
            TOO_LONG,
        ),
        (
            {"components": [row({"type": 4, "custom_id": "q", "style": 1, "label": "x" * 46})]},
            "data.components.0.components.0.label",
            BAD_LENGTH,
        ),
    ],
)
def test_modal_over_a_limit(changes: Json, place: str, code: str) -> None:
    assert check_modal(modal()) == modal()
    with pytest.raises(ApiError) as refused:
        check_modal(modal(**changes))
    assert faults(refused.value)[place] == code


@pytest.fixture
async def session(loopback: Loopback) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(headers={"Authorization": f"Bot {loopback.token}"}) as opened:
        yield opened


async def test_bodies_that_are_no_json(loopback: Loopback, hall: TextChannel, session: aiohttp.ClientSession) -> None:
    url = f"{loopback.api_base}/channels/{hall.id}/messages"
    for sent, kind, code in [
        ("{", "application/json", 50109),
        ("x", "text/plain", 50035),
        ("[]", "application/json", 50035),
    ]:
        async with session.post(url, data=sent, headers={"Content-Type": kind}) as response:
            assert (response.status, (await response.json())["code"]) == (400, code)


async def test_paths_that_are_not_known(loopback: Loopback, hall: TextChannel, session: aiohttp.ClientSession) -> None:
    async with session.get(f"{loopback.api_base}/channels/hall-f") as response:
        assert (response.status, (await response.json())["code"]) == (400, 50035)
    async with session.get(f"{loopback.api_base}/sticker-packs") as response:
        assert (response.status, await response.json()) == (404, {"message": "404: Not Found", "code": 0})
    assert [request.path for request in loopback.requests] == ["/channels/hall-f", "/sticker-packs"]
