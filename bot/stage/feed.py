"""Follows what one kind of page shows, and passes each change on to everybody who looks: one reading for all of them.

Nobody looks: nothing is read. Where many changes come together, the readings rest in between, so that the bot's own
messages, which run on the same loop, are not late.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

from bot.clock import Clock, give_way, pause
from bot.served_pages import as_json, server_sent
from bot.stage.viewer import Viewer
from db.bulk import in_parts

log = logging.getLogger(__name__)

Json = dict[str, Any]
Read = Callable[[Collection[int]], Awaitable[tuple[Mapping[int, Json], datetime | None]]]
"""What these subjects' pages show now, and the virtual moment until which that stays so by time alone."""
Working = Callable[[Collection[int]], Awaitable[set[int]]]
"""Which of these links work still."""

LOOK_SECONDS = 30.0
"""Real time after which it is read again in any case: not everything that writes to the store says so."""
REST_SECONDS, LONGEST_REST = 0.1, 2.0
REST_SHARE = 4
"""So many times as long as a reading computes it rests at least: a fifth of a core is the most that a burst costs."""
READINGS = 8
"""Of so many the one that computed least tells what a reading takes: in all of them others' work comes between."""
TOGETHER_SECONDS = 0.02
"""Real time that it waits for more once it is woken: a tap and its audit entry say so one after the other."""
LATER = 0.005
"""Real seconds: a timer may ring a little before its moment, and would have to be set again."""
AT_ONCE = 20
"""Browsers written to in one go: hundreds would hold up a reminder by that much."""
_AGAIN_SECONDS = 2.0


GONE = server_sent("gone", as_json({}))


class Feed:
    """The pages of one kind, by their subject, and who looks at each. `run` it as a task."""

    def __init__(self, clock: Clock, read: Read, working: Working) -> None:
        self._clock = clock
        self._read = read
        self._working = working
        self._viewers: dict[int, set[Viewer]] = {}
        self._states: dict[int, bytes] = {}
        self._woken = asyncio.Event()
        self._computed: deque[float] = deque(maxlen=READINGS)
        self._closed = False

    @contextlib.contextmanager
    def joined(self, subject: int, link: int) -> Iterator[Viewer]:
        """Somebody who looks at a subject's page by a link, and is sent its state first."""
        viewer = Viewer(link)
        self._viewers.setdefault(subject, set()).add(viewer)
        if self._closed:
            viewer.send_away()
        elif subject in self._states:
            viewer.show(self._states[subject])
        # in any case: the link may have been revoked since it was looked up
        self.wake()
        try:
            yield viewer
        finally:
            self._viewers[subject].discard(viewer)
            if not self._viewers[subject]:
                del self._viewers[subject]
                self._states.pop(subject, None)

    def wake(self) -> None:
        """Something may have changed: read it again."""
        self._woken.set()

    def clock_changed(self) -> None:
        """The clock was set, paused or sped up: everybody is told at once."""
        for viewer in self._everybody():
            viewer.show()
        self.wake()

    def close(self) -> None:
        """Send everybody away; who comes later is sent away as well."""
        self._closed = True
        for viewer in self._everybody():
            viewer.send_away()

    async def run(self) -> None:
        """Read and pass on until cancelled."""
        while True:
            # cleared before reading, or what happens in between is lost
            self._woken.clear()
            began = time.thread_time()
            try:
                until = await self._look()
            except Exception:  # the pages must not end the bot; those who look go on counting
                log.exception("the stage view could not be read; it is tried again in %.0f s", _AGAIN_SECONDS)
                await pause(_AGAIN_SECONDS)
                self.wake()
                continue
            self._computed.append(time.thread_time() - began)
            await pause(min(max(REST_SECONDS, REST_SHARE * min(self._computed)), LONGEST_REST))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._seconds_until(until)):
                    await self._woken.wait()
                    await pause(TOGETHER_SECONDS)

    async def _look(self) -> datetime | None:
        """Send away whose link works no longer, and show the others what has changed."""
        if not self._viewers:
            return None
        asked_about = self._everybody()  # who comes meanwhile is asked about next
        working = await self._working({viewer.link for viewer in asked_about})
        for viewer in asked_about:
            if viewer.link not in working:
                viewer.send_away(GONE)
        subjects = [key for key, viewers in self._viewers.items() if not all(viewer.is_over for viewer in viewers)]
        if not subjects:
            return None
        states, until = await self._read(subjects)
        for subject, state in states.items():
            await self._show(subject, server_sent("state", as_json(state)))
        return until

    async def _show(self, subject: int, state: bytes) -> None:
        if subject not in self._viewers or self._states.get(subject) == state:
            return
        self._states[subject] = state
        for some in in_parts(list(self._viewers[subject]), AT_ONCE):
            for viewer in some:
                viewer.show(state)
            await give_way()

    def _everybody(self) -> list[Viewer]:
        return [viewer for viewers in self._viewers.values() for viewer in viewers]

    def _seconds_until(self, moment: datetime | None) -> float | None:
        """Real seconds until it is to be read again; None where nobody looks."""
        if not self._viewers:
            return None
        at = self._clock.real_at(moment) if moment else None
        left = (at - self._clock.real()).total_seconds() + LATER if at else LOOK_SECONDS
        return min(max(left, 0.0), LOOK_SECONDS)
