"""Limits of messages, and reading a request's body as what is to be posted or changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.rehearsal.loopback.errors import ApiError
from bot.rehearsal.loopback.validation.components import check_components
from bot.rehearsal.loopback.validation.embeds import check_embeds
from bot.rehearsal.loopback.validation.form import Form, Spot
from bot.rehearsal.loopback.world.messages import Message, MessageFlag, Upload
from bot.rehearsal.loopback.world.posting import Change, Draft

Json = dict[str, Any]

MAX_CONTENT = 2000
MAX_NONCE = 25
MAX_FILES = 10
MAX_FILE_BYTES = 10 * 1024 * 1024
MAX_IDS = 100
_KINDS = ("users", "roles", "everyone")


@dataclass(frozen=True, slots=True)
class Rules:
    """What differs by where a message comes in: flags it may set, and whom it pings by default."""

    flags: MessageFlag
    default_mentions: Json


def read_draft(body: Json, files: dict[int, Upload], rules: Rules, *, within: str | None = None) -> Draft:
    """The message that a body asks for; `within` names the part of the request that the body is.

    Raises:
        ApiError: it breaks a limit (50035), holds nothing (50006), or a file is too big (40005).
    """
    form = Form()
    spot = form.at(within) if within else form.root
    flags = _flags(spot, body, rules.flags)
    layout = bool(flags & MessageFlag.COMPONENTS_V2)
    content = _content(spot, body)
    embeds = check_embeds(spot.at("embeds"), body.get("embeds"))
    components = check_components(spot.at("components"), body.get("components"), layout=layout)
    if layout:
        _check_bare(spot, content, embeds)
    nonce = _nonce(spot, body)
    allowed = check_allowed_mentions(spot.at("allowed_mentions"), body.get("allowed_mentions"), rules.default_mentions)
    uploads = _uploads(spot, body, files)
    form.check()
    if not (content or embeds or components or uploads):
        raise ApiError(400, 50006, "Cannot send an empty message")
    return Draft(content, embeds, components, uploads, flags, allowed, nonce)


def read_change(message: Message, body: Json, files: dict[int, Upload], default_mentions: Json) -> Change:
    """The edit that a body asks for.

    Raises:
        ApiError: it breaks a limit (50035), or would leave nothing (50006).
    """
    form = Form()
    spot = form.root
    flags = _changed_flags(message, body)
    layout = bool(flags & MessageFlag.COMPONENTS_V2)
    content = _content(spot, body) if "content" in body else None
    embeds = check_embeds(spot.at("embeds"), body["embeds"] or []) if "embeds" in body else None
    components = None
    if "components" in body:
        components = check_components(spot.at("components"), body["components"] or [], layout=layout)
    allowed = check_allowed_mentions(spot.at("allowed_mentions"), body.get("allowed_mentions"), default_mentions)
    kept = _kept(body)
    uploads = _uploads(spot, body, files)
    left = Change(content, embeds, components, kept, uploads, flags, allowed)
    if layout:
        _check_bare(spot, _after(content, message.content), _after(embeds, message.embeds))
    form.check()
    if _is_empty(message, left):
        raise ApiError(400, 50006, "Cannot send an empty message")
    return left


def check_allowed_mentions(spot: Spot, value: object, default: Json) -> Json:
    """Whom the message may ping; the default where nothing is said. Faults are noted."""
    if value is None:
        return default
    if not isinstance(value, dict):
        spot.fail("MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType")
        return {}
    parse = spot.at("parse").items(value.get("parse"), most=len(_KINDS))
    for index, kind in enumerate(parse):
        spot.at("parse", index).one_of(kind, _KINDS)
    for kind in ("users", "roles"):
        ids = spot.at(kind).items(value.get(kind), most=MAX_IDS)
        if ids and kind in parse:
            spot.fail(
                "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
                f"parse:[{kind!r}] and {kind}: [ids...] are mutually exclusive.",
            )
        if any(not str(one).isdigit() for one in ids):
            spot.at(kind).fail("NUMBER_TYPE_COERCE", "Value is not snowflake.")
    return value


def _content(spot: Spot, body: Json) -> str:
    content = body.get("content")
    if isinstance(content, str):
        content = content.strip()
    return spot.at("content").text(content, most=MAX_CONTENT, required=False)


def _flags(spot: Spot, body: Json, settable: MessageFlag) -> MessageFlag:
    value = body.get("flags") or 0
    if not isinstance(value, int):
        spot.at("flags").fail("NUMBER_TYPE_COERCE", f'Value "{value}" is not int.')
        return MessageFlag(0)
    return MessageFlag(value) & settable


def _changed_flags(message: Message, body: Json) -> MessageFlag:
    if not isinstance(body.get("flags"), int):
        return message.flags
    asked = MessageFlag(body["flags"])
    layout = (message.flags | asked) & MessageFlag.COMPONENTS_V2
    kept = message.flags & ~MessageFlag.SUPPRESS_EMBEDS
    return kept | asked & MessageFlag.SUPPRESS_EMBEDS | layout


def _check_bare(spot: Spot, content: str, embeds: list[Json]) -> None:
    for key, value in (("content", content), ("embeds", embeds)):
        if value:
            spot.at(key).fail(
                "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
                f"The '{key}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2",
            )


def _nonce(spot: Spot, body: Json) -> str | None:
    nonce = body.get("nonce")
    return None if nonce is None else spot.at("nonce").text(str(nonce), most=MAX_NONCE)


def _uploads(spot: Spot, body: Json, files: dict[int, Upload]) -> list[Upload]:
    described = {int(a["id"]): a for a in body.get("attachments") or [] if int(a["id"]) in files}
    if len(files) > MAX_FILES:
        spot.at("attachments").fail("BASE_TYPE_MAX_LENGTH", f"Must be {MAX_FILES} or fewer in length.")
    uploads = []
    for number, file in sorted(files.items()):
        if len(file.data) > MAX_FILE_BYTES:
            raise ApiError(413, 40005, "Request entity too large")
        about = described.get(number, {})
        uploads.append(Upload(about.get("filename") or file.filename, file.data, about.get("description")))
    return uploads


def _kept(body: Json) -> frozenset[int] | None:
    if "attachments" not in body:
        return None
    return frozenset(int(attachment["id"]) for attachment in body["attachments"] or [])


def _after(changed: Any, before: Any) -> Any:  # noqa: ANN401 - whatever the field holds
    return before if changed is None else changed


def _is_empty(message: Message, change: Change) -> bool:
    kept = [a for a in message.attachments if change.kept is None or a.id in change.kept]
    left = (
        _after(change.content, message.content),
        _after(change.embeds, message.embeds),
        _after(change.components, message.components),
        kept or change.uploads,
    )
    return not any(left)
