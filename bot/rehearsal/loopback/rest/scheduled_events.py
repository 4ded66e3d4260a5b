"""A server's scheduled events: those that take place elsewhere than in one of its channels."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from typing import Any

from bot.rehearsal.loopback.errors import ApiError, missing_permissions, unknown
from bot.rehearsal.loopback.rest.call import Answer, Call, Route
from bot.rehearsal.loopback.validation.form import Form, Spot
from bot.rehearsal.loopback.world import payloads
from bot.rehearsal.loopback.world.permissions import Permission
from bot.rehearsal.loopback.world.scheduled_events import EVENTS_AT_MOST, NEXT, EventStatus, ScheduledEvent
from bot.rehearsal.loopback.world.servers import Server

Json = dict[str, Any]

MAX_NAME = MAX_LOCATION = 100
MAX_DESCRIPTION = 1000
GUILD_ONLY = 2
NEVER = datetime.max.replace(tzinfo=UTC)
_PAST = "GUILD_SCHEDULED_EVENT_SCHEDULE_PAST", "Cannot schedule event in the past."
_BEGUN = "GUILD_SCHEDULED_EVENT_SCHEDULE_INVALID_START_BY_STATUS", "Cannot change the start of an event that has begun."
_ORDER = "GUILD_SCHEDULED_EVENT_SCHEDULE_INVALID_END", "Event must end after it starts."
_STATUS = "GUILD_SCHEDULED_EVENT_INVALID_STATUS_TRANSITION", "Invalid Guild Scheduled Event Status Transition"


def all_of(call: Call) -> Answer:
    """GET /guilds/{id}/scheduled-events: those that have not ended."""
    return Answer([payloads.of_event(event) for event in call.server().events_now() if event.stands])


def one(call: Call) -> Answer:
    """GET /guilds/{id}/scheduled-events/{id}."""
    return Answer(payloads.of_event(_event(call)))


def create(call: Call) -> Answer:
    """POST /guilds/{id}/scheduled-events, of the kind that is elsewhere."""
    server = call.server()
    if not server.permissions_of(call.bot) & Permission.CREATE_EVENTS:
        raise missing_permissions()
    event = _read_new(call, server)
    if sum(other.stands for other in server.events_now()) >= EVENTS_AT_MOST:
        raise ApiError(400, 30038, "Maximum number of uncompleted guild scheduled events reached (100)")
    server.events[event.id] = event
    server.tell_of_event("CREATE", event)
    return Answer(payloads.of_event(event))


def _read_new(call: Call, server: Server) -> ScheduledEvent:
    form, body = Form(), call.form
    form.at("privacy_level").one_of(body.get("privacy_level"), [GUILD_ONLY])
    form.at("entity_type").one_of(body.get("entity_type"), [payloads.EXTERNAL_EVENT])
    if body.get("channel_id") is not None:
        form.at("channel_id").fail("BASE_TYPE_CHOICES", "Must be null for events elsewhere.")
    name = form.at("name").text(body.get("name"), least=1, most=MAX_NAME)
    description = form.at("description").text(body.get("description"), most=MAX_DESCRIPTION, required=False)
    location = _location(form.at("entity_metadata"), body.get("entity_metadata"))
    starts_at = _moment(form.at("scheduled_start_time"), body.get("scheduled_start_time"))
    ends_at = _moment(form.at("scheduled_end_time"), body.get("scheduled_end_time"))
    form.check()
    if starts_at <= call.world.present():
        form.at("scheduled_start_time").fail(*_PAST)
    if ends_at <= starts_at:
        form.at("scheduled_end_time").fail(*_ORDER)
    form.check()
    key = call.world.snowflakes.make()
    return ScheduledEvent(key, server, call.bot, name, location, starts_at, ends_at, description or None)


def change(call: Call) -> Answer:
    """PATCH /guilds/{id}/scheduled-events/{id}: what it says, when it is, or its status."""
    event, form, body = _own_event(call), Form(), call.form
    if not event.stands:
        form.at("status").fail(*_STATUS)
    name, location, description = event.name, event.location, event.description
    if "name" in body:
        name = form.at("name").text(body["name"], least=1, most=MAX_NAME)
    if "description" in body:
        description = form.at("description").text(body["description"], most=MAX_DESCRIPTION, required=False) or None
    if "entity_metadata" in body:
        location = _location(form.at("entity_metadata"), body["entity_metadata"])
    status = _status(form.at("status"), event, body["status"]) if "status" in body else event.status
    starts_at, ends_at = _times(form, event, body, call.world.present())
    form.check()
    event.name, event.location, event.description = name, location, description
    event.starts_at, event.ends_at = starts_at, ends_at
    if status is not event.status:
        event.put(status)
    event.server.tell_of_event("UPDATE", event)
    return Answer(payloads.of_event(event))


def _times(form: Form, event: ScheduledEvent, body: Json, now: datetime) -> tuple[datetime, datetime]:
    starts_at, ends_at = event.starts_at, event.ends_at
    if "scheduled_start_time" in body:
        spot = form.at("scheduled_start_time")
        starts_at = _moment(spot, body["scheduled_start_time"])
        if event.status is EventStatus.ACTIVE:
            spot.fail(*_BEGUN)
        elif starts_at <= now:
            spot.fail(*_PAST)
    if "scheduled_end_time" in body:
        spot = form.at("scheduled_end_time")
        ends_at = _moment(spot, body["scheduled_end_time"])
        if ends_at <= now:
            spot.fail(*_PAST)
    if ends_at <= starts_at:
        form.at("scheduled_end_time").fail(*_ORDER)
    return starts_at, ends_at


def remove(call: Call) -> Answer:
    """DELETE /guilds/{id}/scheduled-events/{id}."""
    event = _own_event(call)
    del event.server.events[event.id]
    event.server.tell_of_event("DELETE", event)
    return Answer()


def _event(call: Call) -> ScheduledEvent:
    server = call.server()
    server.events_now()
    found = server.events.get(call.id("event"))
    if found is None:
        raise unknown("event")
    return found


def _own_event(call: Call) -> ScheduledEvent:
    """An event that the bot may change: its own with Create Events, anybody's with Manage Events."""
    event = _event(call)
    may = event.server.permissions_of(call.bot)
    own = event.creator is call.bot and may & Permission.CREATE_EVENTS
    if not (own or may & Permission.MANAGE_EVENTS):
        raise missing_permissions()
    return event


def _location(spot: Spot, value: object) -> str:
    if not isinstance(value, dict):
        spot.required()
        return ""
    return spot.at("location").text(value.get("location"), least=1, most=MAX_LOCATION)


def _moment(spot: Spot, value: object) -> datetime:
    if value is None:
        spot.required()
        return NEVER
    moment: datetime | None = None
    with contextlib.suppress(ValueError):
        moment = datetime.fromisoformat(str(value))
    if moment is None or moment.tzinfo is None:
        spot.fail("DATE_TIME_TYPE_PARSE", f'Could not parse "{value}". Should be ISO8601.')
        return NEVER
    return moment


def _status(spot: Spot, event: ScheduledEvent, value: object) -> EventStatus:
    status = next((known for known in EventStatus if known == value), None)
    if status is None:
        spot.one_of(value, [int(known) for known in EventStatus])
        return event.status
    if status not in NEXT[event.status]:
        spot.fail(*_STATUS)
    return status


ROUTES = (
    Route("GET", "/guilds/{server}/scheduled-events", all_of),
    Route("POST", "/guilds/{server}/scheduled-events", create),
    Route("GET", "/guilds/{server}/scheduled-events/{event}", one),
    Route("PATCH", "/guilds/{server}/scheduled-events/{event}", change),
    Route("DELETE", "/guilds/{server}/scheduled-events/{event}", remove),
)
