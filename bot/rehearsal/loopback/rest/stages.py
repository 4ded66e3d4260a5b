"""Stages: opened, given another topic, and ended by who moderates their channel."""

from __future__ import annotations

from bot.rehearsal.loopback.errors import ApiError, missing_permissions, unknown
from bot.rehearsal.loopback.rest.call import Answer, Call, Route, require
from bot.rehearsal.loopback.validation.form import Form, invalid, snowflake
from bot.rehearsal.loopback.world import payloads
from bot.rehearsal.loopback.world.channels import Stage, StageChannel
from bot.rehearsal.loopback.world.permissions import Permission

MAX_TOPIC = 120
GUILD_ONLY = 2
MODERATOR = (Permission.MANAGE_CHANNELS, Permission.MUTE_MEMBERS, Permission.MOVE_MEMBERS)


def open_stage(call: Call) -> Answer:
    """POST /stage-instances."""
    channel = _channel(call, snowflake(call.form.get("channel_id"), "channel_id"))
    topic = _topic(call)
    if channel.stage is not None:
        raise ApiError(400, 150006, "The Stage is already open")
    if call.form.get("send_start_notification"):
        require(channel, call.bot, Permission.MENTION_EVERYONE)
    channel.stage = Stage(call.world.snowflakes.make(), topic)
    channel.home.tell_of_stage("CREATE", channel, channel.stage)
    return Answer(payloads.of_stage(channel, channel.stage))


def look(call: Call) -> Answer:
    """GET /stage-instances/{id}."""
    channel = call.channel()
    if not isinstance(channel, StageChannel) or channel.stage is None:
        raise unknown("stage")
    return Answer(payloads.of_stage(channel, channel.stage))


def change(call: Call) -> Answer:
    """PATCH /stage-instances/{id}."""
    channel, stage = _opened(call)
    if "topic" in call.form:
        stage.topic = _topic(call)
        channel.home.tell_of_stage("UPDATE", channel, stage)
    return Answer(payloads.of_stage(channel, stage))


def close(call: Call) -> Answer:
    """DELETE /stage-instances/{id}."""
    channel, _ = _opened(call)
    channel.close()
    return Answer()


def _opened(call: Call) -> tuple[StageChannel, Stage]:
    channel = _channel(call, call.id("channel"))
    if channel.stage is None:
        raise unknown("stage")
    return channel, channel.stage


def _channel(call: Call, channel_id: int) -> StageChannel:
    channel = call.world.channel(channel_id)
    if not isinstance(channel, StageChannel):
        raise invalid("channel_id", "CHANNEL_TYPE_INVALID", "Cannot execute action on this channel type")
    require(channel, call.bot)
    if any(not channel.permissions_of(call.bot) & needed for needed in MODERATOR):
        raise missing_permissions()
    return channel


def _topic(call: Call) -> str:
    form = Form()
    topic = form.at("topic").text(call.form.get("topic"), least=1, most=MAX_TOPIC)
    if "privacy_level" in call.form:
        form.at("privacy_level").one_of(call.form["privacy_level"], [GUILD_ONLY])
    form.check()
    return topic


ROUTES = (
    Route("POST", "/stage-instances", open_stage),
    Route("GET", "/stage-instances/{channel}", look),
    Route("PATCH", "/stage-instances/{channel}", change),
    Route("DELETE", "/stage-instances/{channel}", close),
)
