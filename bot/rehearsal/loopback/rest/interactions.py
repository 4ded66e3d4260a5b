"""How the bot answers interactions: the one callback, then the token used as a webhook."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.rehearsal.loopback.errors import ApiError, unknown
from bot.rehearsal.loopback.rest.call import Answer, Call, Route
from bot.rehearsal.loopback.rest.rate_limits import UNLIMITED, WEBHOOK
from bot.rehearsal.loopback.validation.commands import MAX_CHOICES, OptionKind, check_choices
from bot.rehearsal.loopback.validation.form import Form, invalid
from bot.rehearsal.loopback.validation.messages import Rules, read_change, read_draft
from bot.rehearsal.loopback.validation.modals import check_modal
from bot.rehearsal.loopback.world import payloads, posting
from bot.rehearsal.loopback.world.interactions import Callback, Interaction, InteractionKind
from bot.rehearsal.loopback.world.mentions import WEBHOOKS_DEFAULT
from bot.rehearsal.loopback.world.messages import Cause, Message, MessageFlag

Json = dict[str, Any]

RULES = Rules(
    MessageFlag.SUPPRESS_EMBEDS
    | MessageFlag.EPHEMERAL
    | MessageFlag.SUPPRESS_NOTIFICATIONS
    | MessageFlag.COMPONENTS_V2,
    WEBHOOKS_DEFAULT,
)
_TRUE = ("1", "true", "True")
_UPDATES = frozenset({Callback.DEFERRED_UPDATE, Callback.UPDATE})
_MESSAGES = frozenset({Callback.MESSAGE, Callback.DEFERRED_MESSAGE})


def callback(call: Call) -> Answer:
    """POST /interactions/{id}/{token}/callback."""
    interaction = call.world.interactions.awaiting(call.id("interaction"), call.path["token"])
    kind = _callback(interaction, call.form)
    data = call.form.get("data") or {}
    match kind:
        case Callback.MESSAGE:
            interaction.original = _post(call, interaction, data, within="data")
        case Callback.DEFERRED_MESSAGE:
            interaction.original = _post_loading(call, interaction, data)
            interaction.loading = True
        case Callback.UPDATE:
            interaction.original = _edit(call, _source(interaction), data)
        case Callback.DEFERRED_UPDATE:
            interaction.original = _source(interaction)
        case Callback.CHOICES:
            interaction.choices = _choices(interaction, data)
        case _:
            interaction.modal = check_modal(data)
    interaction.settled = kind not in (Callback.DEFERRED_MESSAGE, Callback.DEFERRED_UPDATE)
    call.world.interactions.acknowledge(interaction, kind)
    call.world.interactions.changed(interaction)
    return Answer(_callback_payload(interaction)) if call.query.get("with_response") in _TRUE else Answer()


def _callback(interaction: Interaction, body: Json) -> Callback:
    allowed = {Callback.MESSAGE, Callback.DEFERRED_MESSAGE, Callback.MODAL}
    if interaction.kind is InteractionKind.AUTOCOMPLETE:
        allowed = {Callback.CHOICES}
    elif interaction.kind is InteractionKind.COMPONENT:
        allowed |= _UPDATES
    elif interaction.kind is InteractionKind.MODAL:
        allowed = {*_MESSAGES, *(_UPDATES if interaction.message else ())}
    if body.get("type") not in allowed:
        listed = ", ".join(str(int(kind)) for kind in sorted(allowed))
        raise invalid("type", "BASE_TYPE_CHOICES", f"Value must be one of {{{listed}}}.")
    return Callback(body["type"])


def _source(interaction: Interaction) -> Message:
    if interaction.message is None or interaction.message.deleted:
        raise unknown("message")
    return interaction.message


def _choices(interaction: Interaction, data: Json) -> list[Json]:
    form = Form()
    spot = form.at("data", "choices")
    choices = list(spot.items(data.get("choices") or [], most=MAX_CHOICES))
    check_choices(spot, choices, text=_focused(interaction.data.get("options", [])) == OptionKind.STRING)
    form.check()
    return choices


def _focused(options: list[Json]) -> int | None:
    for option in options:
        if option.get("focused"):
            return int(option["type"])
        if (inner := _focused(option.get("options", []))) is not None:
            return inner
    return None


def _callback_payload(interaction: Interaction) -> Json:
    about: Json = {"id": str(interaction.id), "type": int(interaction.kind)}
    payload: Json = {"interaction": about}
    original = interaction.original
    if original is not None:
        about["response_message_id"] = str(original.id)
        about["response_message_loading"] = interaction.loading
        about["response_message_ephemeral"] = original.ephemeral
        if interaction.callback in (Callback.MESSAGE, Callback.UPDATE):
            payload["resource"] = {"type": int(interaction.callback), "message": payloads.of_message(original)}
    return payload


def _post(call: Call, interaction: Interaction, data: Json, *, within: str | None = None) -> Message:
    draft = read_draft(data, call.files, RULES, within=within)
    only_for = interaction.user if draft.flags & MessageFlag.EPHEMERAL else None
    return posting.post(
        call.world, interaction.channel, call.bot, replace(draft, only_for=only_for, cause=_cause(interaction))
    )


def _post_loading(call: Call, interaction: Interaction, data: Json) -> Message:
    flags = MessageFlag(data.get("flags") or 0) & MessageFlag.EPHEMERAL | MessageFlag.LOADING
    only_for = interaction.user if flags & MessageFlag.EPHEMERAL else None
    draft = posting.Draft(flags=flags, only_for=only_for, cause=_cause(interaction))
    return posting.post(call.world, interaction.channel, call.bot, draft)


def _cause(interaction: Interaction) -> Cause:
    message_id = interaction.message.id if interaction.message else None
    return Cause(interaction.id, int(interaction.kind), interaction.user, interaction.command, message_id)


def _edit(call: Call, message: Message, data: Json) -> Message:
    return posting.edit(call.world, message, read_change(message, data, call.files, WEBHOOKS_DEFAULT))


def follow_up(call: Call) -> Answer:
    """POST /webhooks/{application}/{token}: one more message, or the deferred answer itself."""
    interaction = _interaction(call)
    if interaction.loading:
        read_draft(call.form, call.files, RULES)
        message = _settle(call, interaction, _original(interaction))
    else:
        message = _post(call, interaction, call.form)
        interaction.followups.append(message)
        interaction.settled = True
        call.world.interactions.changed(interaction)
    return Answer(payloads.of_message(message))


def get(call: Call) -> Answer:
    """GET /webhooks/{application}/{token}/messages/{id or @original}."""
    return Answer(payloads.of_message(_named(call, _interaction(call))))


def edit(call: Call) -> Answer:
    """PATCH /webhooks/{application}/{token}/messages/{id or @original}."""
    interaction = _interaction(call)
    message = _named(call, interaction)
    return Answer(payloads.of_message(_settle(call, interaction, message)))


def delete(call: Call) -> Answer:
    """DELETE /webhooks/{application}/{token}/messages/{id or @original}."""
    interaction = _interaction(call)
    posting.delete(call.world, _named(call, interaction))
    interaction.settled = True
    call.world.interactions.changed(interaction)
    return Answer()


def _settle(call: Call, interaction: Interaction, message: Message) -> Message:
    _edit(call, message, call.form)
    interaction.loading = interaction.loading and message is not interaction.original
    interaction.settled = True
    call.world.interactions.changed(interaction)
    return message


def _interaction(call: Call) -> Interaction:
    interaction = call.world.interactions.acknowledged(call.path["token"])
    if call.id("application") != call.bot.id:
        raise unknown("webhook")
    return interaction


def _original(interaction: Interaction) -> Message:
    if interaction.original is None or interaction.original.deleted:
        raise unknown("message")
    return interaction.original


def _named(call: Call, interaction: Interaction) -> Message:
    if call.path["message"] == "@original":
        return _original(interaction)
    message_id = call.id("message")
    mine = [*interaction.followups, *filter(None, (interaction.original, interaction.message))]
    found = next((m for m in mine if m.id == message_id and not m.deleted), None)
    if found is None:
        raise unknown("message")
    if found.author is not call.bot:
        raise ApiError(403, 50005, "Cannot edit a message authored by another user")
    return found


_TOKEN = "/webhooks/{application}/{token}"  # noqa: S105 - a path, no secret

ROUTES = (
    Route("POST", "/interactions/{interaction}/{token}/callback", callback, UNLIMITED, by_token=True),
    Route("POST", _TOKEN, follow_up, WEBHOOK, by_token=True),
    Route("GET", f"{_TOKEN}/messages/{{message}}", get, WEBHOOK, by_token=True),
    Route("PATCH", f"{_TOKEN}/messages/{{message}}", edit, WEBHOOK, by_token=True),
    Route("DELETE", f"{_TOKEN}/messages/{{message}}", delete, WEBHOOK, by_token=True),
)
