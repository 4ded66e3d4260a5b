"""A Discord on this machine: REST v10 and Gateway v10 on 127.0.0.1, for one bot, as strict as Discord.

    async with Loopback(speed=lambda: clock.speed) as loopback:
        loopback.api_base, loopback.gateway_url, loopback.token     # what the bot is started with
        server = loopback.add_server("ICML 2022")                   # also while the bot is connected: it is invited
        hall = server.add_channel("hall-f")
        robin = server.add_member("Robin Walters", manages_server=True)
        await loopback.wait_until_ready(shards=1)

    The world          Server: add_channel, add_role, add_member, remove_bot, go_away, come_back, integrate
                       TextChannel: messages, wait_for, deny_bot, allow_bot, set_overwrite, hide, edit, delete
                       Message: content, text, labels, edits, pinged, ephemeral, component
    People             reply = await robin.slash(hall, "schedule import", file=Upload("x.txt", b"…"))
                       autocomplete, press, choose, submit, context_menu, say, delete, sees, commands
                       Reply: content, text, ephemeral, deferred, failed, modal, acknowledged_after, final(), followups
    Watching           channel.wait_for(predicate), loopback.requests, `async for event in loopback.subscribe()`
    Trouble            loopback.faults: down, up, lose_response, refuse, delay, close_gateway, invalidate_sessions,
                       ask_to_reconnect, revoke_token, no_ack, clear
    Time               Loopback(moments=ManualMoments()) lets a test move real time instead of waiting for it

docs/loopback.md lists what is answered, each limit with its source, and what is left out.
"""

from bot.rehearsal.loopback.errors import LoopbackTimeoutError, PersonRefusedError
from bot.rehearsal.loopback.gateway.gateway import GatewaySettings
from bot.rehearsal.loopback.hub import (
    Event,
    GatewayChanged,
    InteractionChanged,
    InteractionSent,
    MessageCreated,
    MessageDeleted,
    MessageEdited,
    RequestServed,
    Subscription,
)
from bot.rehearsal.loopback.loopback import Loopback
from bot.rehearsal.loopback.moments import ManualMoments, Moments, RealMoments
from bot.rehearsal.loopback.people.person import Person
from bot.rehearsal.loopback.people.reply import Choice, Modal, Reply
from bot.rehearsal.loopback.world.channels import Channel, DirectChannel, StageChannel, TextChannel, Thread
from bot.rehearsal.loopback.world.messages import Attachment, Mentions, Message, Upload
from bot.rehearsal.loopback.world.permissions import EVERYONE, INVITED, Permission
from bot.rehearsal.loopback.world.scheduled_events import EventStatus, ScheduledEvent
from bot.rehearsal.loopback.world.servers import Server
from bot.rehearsal.loopback.world.users import Member, Role, User

__all__ = [
    "EVERYONE",
    "INVITED",
    "Attachment",
    "Channel",
    "Choice",
    "DirectChannel",
    "Event",
    "EventStatus",
    "GatewayChanged",
    "GatewaySettings",
    "InteractionChanged",
    "InteractionSent",
    "Loopback",
    "LoopbackTimeoutError",
    "ManualMoments",
    "Member",
    "Mentions",
    "Message",
    "MessageCreated",
    "MessageDeleted",
    "MessageEdited",
    "Modal",
    "Moments",
    "Permission",
    "Person",
    "PersonRefusedError",
    "RealMoments",
    "Reply",
    "RequestServed",
    "Role",
    "ScheduledEvent",
    "Server",
    "StageChannel",
    "Subscription",
    "TextChannel",
    "Thread",
    "Upload",
    "User",
]
