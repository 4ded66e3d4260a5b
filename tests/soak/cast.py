"""The people of a conference: a moderator in each room, who taps, and attendees, who ask, vote and are reminded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from benchmarks.programmes import jitter
from bot.rehearsal.inquiries import TEXTS
from bot.rehearsal.loopback import Message, Person, Reply, TextChannel
from bot.rehearsal.loopback.errors import LoopbackTimeoutError, PersonRefusedError
from bot.rehearsal.loopback.moments import RealMoments, pause
from bot.rehearsal.timetable import RehearsalClock
from bot.schedules.schedule import Session, Talk

MINUTE = timedelta(minutes=1)
ANSWER_SECONDS = 20.0
UNNAMED_EVERY, REMINDED_EVERY, VOTED_EVERY = 5, 3, 2
LEAD = 10


@dataclass
class Room:
    """One room, and those who are in it."""

    number: int
    channel: TextChannel
    backstage: TextChannel
    moderator: Person
    attendees: Sequence[Person]
    clock: RehearsalClock
    done: Counter[str] = field(default_factory=Counter)
    """What people did, by what it was, and what they could not do."""

    async def play(self, sessions: Sequence[Session]) -> None:
        """Everybody does what they do during these sessions, in order."""
        for session in sessions:
            await self._session(session)

    async def _session(self, session: Session) -> None:
        late = MINUTE * (self.number % 3)
        await self._until(session.starts_at - 12 * MINUTE)
        await self._remind(session.talks[self.number % len(session.talks)])
        await self._until(session.starts_at + late)
        await self._tap(session, "Start")
        for index, talk in enumerate(session.talks):
            await self._during(session, talk, index, late)
            # what was lost at the start is made up for in the longest talk
            late = timedelta(0) if talk.ends_at - talk.starts_at >= 60 * MINUTE else late
            await self._until(talk.ends_at + late)
            await self._tap(session, "End session" if talk is session.talks[-1] else "Next")

    async def _during(self, session: Session, talk: Talk, index: int, late: timedelta) -> None:
        number = self.number + index
        who = self.attendees[number % len(self.attendees)]
        await self._until(talk.starts_at + late + 4 * MINUTE)
        await self._ask(who, number)
        if number % REMINDED_EVERY == 0 and index + 2 < len(session.talks):
            await self._remind(session.talks[index + 2])
        if number % VOTED_EVERY == 0:
            await self._until(talk.starts_at + late + 8 * MINUTE)
            await self._vote(self.attendees[(number + 1) % len(self.attendees)])
        if index == 2:
            await self._tap(session, "Pause")
            await self._until(talk.starts_at + late + 9 * MINUTE)
            await self._tap(session, "Resume")
        await self._until(talk.ends_at + late - 5 * MINUTE)
        await self._tap(session, "Next question")
        await self._until(talk.ends_at + late - MINUTE)
        await self._tap(session, "Answered")

    async def _ask(self, who: Person, number: int) -> None:
        options: dict[str, object] = {"question": TEXTS[number % len(TEXTS)]}
        if number % UNNAMED_EVERY == 0:
            options["anonymous"] = True
        await self._did("asked", who.slash(self.channel, "ask", **options))

    async def _vote(self, who: Person) -> None:
        listed = await self._did("listed", who.slash(self.channel, "questions list"))
        page = listed.message if listed else None
        label = next((label for label in page.labels if label.startswith("Vote ")), None) if page else None
        if page is not None and label is not None:
            await self._did("voted", who.press(page, label))

    async def _remind(self, talk: Talk) -> None:
        who = self.attendees[int(jitter(self.number) * len(self.attendees))]
        try:
            offered = await who.autocomplete(self.channel, "remind add", talk=talk.title[:60])
        except LoopbackTimeoutError:
            offered = []
        if offered:
            await self._did("reminded", who.slash(self.channel, "remind add", talk=offered[0].value, lead=LEAD))

    async def _tap(self, session: Session, label: str) -> None:
        console = self._console(session)
        button = next((b for b in console.buttons if b.get("label") == label), None) if console else None
        if console is None or button is None or button.get("disabled"):
            self.done[f"no {label} to tap"] += 1
            return
        await self._did(f"tapped {label}", self.moderator.press(console, custom_id=button["custom_id"]))

    def _console(self, session: Session) -> Message | None:
        head = f"**Console** · {session.title}"
        return next((m for m in reversed(self.backstage.messages) if m.content.startswith(head)), None)

    async def _did(self, what: str, act: Awaitable[Reply]) -> Reply | None:
        """The answer; none where it did not come, or the button had just gone."""
        try:
            reply = await (await act).final(within=ANSWER_SECONDS)
        except (PersonRefusedError, LoopbackTimeoutError) as error:
            self.done[f"{type(error).__name__} when {what}"] += 1
            return None
        self.done[f"{what}, unanswered" if reply.failed else what] += 1
        return reply

    async def _until(self, virtual: datetime) -> None:
        while (seconds := self.clock.seconds_until(virtual)) > 0:
            await pause(RealMoments(), min(seconds, 1.0))
