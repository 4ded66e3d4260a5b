"""The wiring: settings in, a running bot out. Nothing is made at import time."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import signal
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from bot.beside import until_first_ends
from bot.client import ChairsideClient
from bot.clock import Clock, clock_from_setting
from bot.connecting import connect
from bot.delivery.alarm import SchedulerAlarm
from bot.delivery.channel import DiscordChannels
from bot.delivery.console_place import console_deleted, replace_console
from bot.delivery.discord_events import DiscordEvents
from bot.delivery.dividing import Division
from bot.delivery.following import LOOK_SECONDS, Follower
from bot.delivery.joining import note_join
from bot.delivery.scheduled_events import LOOK_SECONDS as EVENTS_SECONDS
from bot.delivery.scheduled_events import EventKeeper
from bot.delivery.sender import Sender
from bot.delivery.shards import Shards
from bot.discord_address import use_api_base
from bot.errors import ConfigurationError
from bot.rules.invalid_requests import LIMIT
from bot.services.housekeeping import HOUSEKEEPING_SECONDS, keep_house
from bot.settings import Settings
from db.database import Database

if TYPE_CHECKING:
    from bot.stage.stage import Stage
    from bot.watch import Watch

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Application:
    """Everything that one process runs on."""

    settings: Settings
    db: Database
    clock: Clock
    client: ChairsideClient
    sender: Sender
    keeper: EventKeeper
    division: Division
    watch: Watch | None = None
    stage: Stage | None = None


def build(settings: Settings) -> Application:
    """Make the parts and join them; opens nothing yet.

    Raises:
        ConfigurationError: CLOCK is malformed, or set although this is the real Discord.
        DatabaseError: DATABASE_URL is malformed.
    """
    if settings.clock and not settings.on_loopback:
        raise ConfigurationError(
            "CLOCK is set, but the bot would talk to the real Discord",
            do="Unset CLOCK; it is for rehearsals, where DISCORD_API_BASE is on this machine",
        )
    clock = clock_from_setting(settings.clock)
    shards = Shards(settings.shard_count, tuple(settings.shard_ids or ()))
    db = Database(settings.database_url, shards.share)
    client = ChairsideClient(settings=settings, db=db, clock=clock)
    alarm = SchedulerAlarm()
    # a partial, not a lambda: APScheduler would run that in a thread
    alarm.every(HOUSEKEEPING_SECONDS, "housekeeping", partial(keep_house, db, clock))
    channels = DiscordChannels(client)
    sender = Sender(db, clock, alarm, channels, shards)
    follower = Follower(db, clock, client.fetcher, channels, shards=shards, wake=partial(_tell, client))
    alarm.every(LOOK_SECONDS, "schedules", follower.look)
    keeper = EventKeeper(
        *(db, clock, DiscordEvents(client), channels),
        shards=shards,
        may_request=sender.spare_request,
        wake_sender=sender.wake,
    )
    alarm.every(EVENTS_SECONDS, "events", keeper.look)
    client.count_request = sender.count_request
    client.answers.allow_invalid(shards.share_of(LIMIT))
    sender.lanes.common.is_shut = client.answers.hold_back
    client.joined = partial(note_join, db, clock, channels)
    client.console_gone = partial(console_deleted, client)
    sender.trouble.console_gone = partial(replace_console, client)
    stage = _stage(settings, db, clock)
    _wake_on_changes(client, clock, sender, keeper, stage)
    watch = _watch(settings, client, db, sender, shards)
    return Application(settings, db, clock, client, sender, keeper, Division(db, sender.lanes.divide), watch, stage)


def _watch(settings: Settings, client: ChairsideClient, db: Database, sender: Sender, shards: Shards) -> Watch | None:
    if settings.metrics_port is None:
        return None
    from bot.watch import Watch  # noqa: PLC0415 - who reads no metrics pays nothing for the library

    watch = Watch(settings.metrics_port, client, db, shards)
    sender.recorder.posted = watch.metrics.posted
    watch.store_away_since = lambda: sender.store.since
    return watch


def _tell(client: ChairsideClient) -> None:
    """What is called when the store has changed is joined last."""
    client.store_changed()


def _stage(settings: Settings, db: Database, clock: Clock) -> Stage | None:
    if settings.stage_address is None:
        return None
    from bot.stage.stage import Stage  # noqa: PLC0415 - who shows nothing on screens pays nothing for the server

    return Stage(settings.stage_address, db, clock)


def _wake_on_changes(
    client: ChairsideClient, clock: Clock, sender: Sender, keeper: EventKeeper, stage: Stage | None
) -> None:
    """Let everybody who does what the store says look at it when it, the server or the clock has changed."""

    def store_changed() -> None:
        sender.wake()
        keeper.wake()
        if stage is not None:
            stage.wake()

    async def server_changed(server_id: int) -> None:
        await sender.retry_now(server_id)
        keeper.wake()

    client.store_changed = store_changed
    client.server_changed = server_changed
    clock.on_change(keeper.wake)


async def run(application: Application, stop: asyncio.Event | None = None) -> None:
    """Run until SIGTERM, SIGINT or `stop`; what is under way is finished first.

    Raises:
        ConfigurationError: no token, or one that Discord refuses.
        DatabaseError: the store cannot be opened, or another bot runs on it.
    """
    token = application.settings.discord_token
    if token is None or not token.get_secret_value():
        raise ConfigurationError(
            "DISCORD_TOKEN is not set",
            do="Put it in .env (see README, Going live), or try the bot without one: chairside rehearse",
        )
    stop = stop or _stop_on_signals()
    use_api_base(application.settings.discord_api_base)
    with application.db.only_bot():
        await application.db.open()
        log.info("database: %s", application.db.place)
        try:
            if application.watch is not None:
                application.watch.start()
            if application.stage is not None:
                await application.stage.start()
            await _until(stop, application, token.get_secret_value())
        finally:
            if application.watch is not None:
                await application.watch.stop()
            if application.stage is not None:
                await application.stage.stop()
            await application.sender.stop()
            await application.keeper.stop()
            await application.client.close()
            await application.db.close()


async def _until(stop: asyncio.Event, application: Application, token: str) -> None:
    """Run the client, the sender and the clock's follower; the first failure ends all."""
    await until_first_ends(
        client=connect(application.client, token),
        sender=_send(application),
        clock=application.clock.follow(),
        changes_by_other_processes=_listen(application),
        division=application.division.keep(),
        stop=stop.wait(),
    )


async def _send(application: Application) -> None:
    await application.client.logged_in.wait()
    # what the libraries made at start stays for good; walking it in each collection holds up an answer by 80 ms
    gc.collect()
    gc.freeze()
    await application.sender.run()


async def _listen(application: Application) -> None:
    def heard() -> None:
        application.client.store_changed()
        application.division.look()

    await application.db.listen(heard)


def _stop_on_signals() -> asyncio.Event:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):  # Windows has no signal handlers on its loop
            loop.add_signal_handler(name, stop.set)
    return stop
