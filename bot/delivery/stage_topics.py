"""Keeps the topics of stages in step with the clock: opened when the session begins, ended when it does."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

from sqlalchemy import ColumnElement

from bot.clock import Clock
from bot.delivery.channel_problems import Problem
from bot.delivery.discord_events import Events, NotDone, Why
from bot.delivery.holds import LONGEST, Holds
from bot.delivery.tasks import Tasks
from bot.messages.scheduled_events import topic_text
from bot.messages.text import joined
from bot.services.stage_topics import (
    about_to_open,
    due_topic,
    due_topics,
    opened_by_others,
    topic_shown,
    topics_asked,
)
from db.database import Database
from db.event_tables import StageTopic

log = logging.getLogger(__name__)

Tell = Callable[[int, int, Problem], Awaitable[None]]


class TopicKeeper:
    """One stage beside the other; what fails is left alone for a while."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        events: Events,
        *,
        owns: ColumnElement[bool] | None,
        may_request: Callable[[], bool],
        tell: Tell,
    ) -> None:
        self._db = db
        self._clock = clock
        self._events = events
        self._owns = owns
        self._may_request = may_request
        self._tell = tell
        self._holds = Holds()
        self._busy: set[int] = set()

    async def look(self, tasks: Tasks) -> None:
        """Do what is to be done."""
        for row in await due_topics(self._db, self._owns):
            channel_id, real = row.channel_id, self._clock.real()
            if channel_id not in self._busy and not self._holds.held(channel_id, real) and self._may_request():
                self._busy.add(channel_id)
                tasks.start(self._keep(row))

    async def _keep(self, row: StageTopic) -> None:
        try:
            async with self._db.alone(row.channel_id) as is_alone:
                # another process may have been at it since it was read
                if is_alone and (now := await due_topic(self._db, row.channel_id)) is not None:
                    await self._keep_alone(now)
        except NotDone as failure:
            log.warning(
                "topic of stage %s of server %s: %s",
                row.channel_id,
                row.server_id,
                failure,
                extra={"server": str(row.server_id)},
            )
            await self._failed(row, failure)
        finally:
            self._busy.discard(row.channel_id)

    async def _keep_alone(self, row: StageTopic) -> None:
        if row.topic == row.shown_topic and not (row.topic is None and row.opened):
            await topic_shown(self._db, row, opened=row.opened)
        elif await self._may(row):
            opened = await (self._end(row) if row.topic is None else self._show(row, topic_text(row.topic)))
            await topic_shown(self._db, row, opened=opened)
            self._holds.free(row.channel_id)

    async def _may(self, row: StageTopic) -> bool:
        missing = self._events.missing_on_stage(row.server_id, row.channel_id)
        if missing:
            await self._tell(row.server_id, row.channel_id, lacking_on_stage(row.channel_id, missing))
        return missing == []

    async def _failed(self, row: StageTopic, failure: NotDone) -> None:
        real = self._clock.real()
        if failure.why is Why.AWAY:
            self._holds.hold(row.channel_id, real)
            return
        self._holds.hold(row.channel_id, real, at_least=LONGEST)
        if failure.why is Why.GONE:
            await self._tell(row.server_id, row.channel_id, _gone(row.channel_id))
        elif failure.why is Why.FORBIDDEN:
            await self._tell(
                row.server_id, row.channel_id, lacking_on_stage(row.channel_id, ["what a stage moderator has"])
            )

    async def _show(self, row: StageTopic, topic: str) -> bool:
        """Show a topic; whether the bot opened the stage."""
        if row.shown_topic is not None:
            try:
                await self._events.set_topic(row.channel_id, topic)
            except NotDone as failure:
                if failure.why is not Why.GONE:
                    raise
                # nobody spoke for minutes, so Discord ended it; it opens again with the next talk
            else:
                return row.opened
        try:
            await about_to_open(self._db, row.channel_id)
            await self._events.open_stage(row.channel_id, topic)
        except NotDone as failure:
            if failure.why is not Why.OPEN:
                raise
            is_own = _in_doubt(row) and await self._says_own(row)
            if not is_own:  # noted first: once it says the bot's topic, nothing tells it apart
                await opened_by_others(self._db, row.channel_id)
            await self._events.set_topic(row.channel_id, topic)
            return is_own
        return True

    async def _says_own(self, row: StageTopic) -> bool:
        """Whether an open stage is the one that the bot asked for: who opened it is not told, what it says is."""
        says = await self._events.topic(row.channel_id)
        return says in map(topic_text, await topics_asked(self._db, row))

    async def _end(self, row: StageTopic) -> bool:
        """End a stage that the bot opened; one that somebody else did is theirs."""
        if row.opened:
            try:
                if not _in_doubt(row) or await self._says_own(row):
                    await self._events.close_stage(row.channel_id)
            except NotDone as failure:
                if failure.why is not Why.GONE:
                    raise
        return False


def _in_doubt(row: StageTopic) -> bool:
    """Whether the bot asked for the stage and does not know what became of it."""
    return row.opened and row.shown_topic is None


def lacking_on_stage(channel_id: int, boxes: list[str]) -> Problem:
    """The problem of a stage that the bot may not run."""
    listed = joined(boxes)
    return Problem(
        code="stage",
        what=f"in <#{channel_id}> it lacks {listed}.",
        remedy=f"Tick {listed} for Chairside under Edit Channel → Permissions there, "
        "or choose no stage with /setup events.",
        cannot="show what is on as a stage's topic",
    )


def _gone(channel_id: int) -> Problem:
    return Problem(
        code="stage",
        what=f"its channel ({channel_id}) was deleted.",
        remedy="Choose another, or none, with /setup events.",
        cannot="show what is on as a stage's topic",
    )
