"""The clock that the bot follows in a replay."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from bot.clock import Anchor, read_anchor, real_now, write_anchor
from bot.rehearsal.loopback.moments import RealMoments, pause
from bot.rehearsal.timetable import RehearsalClock

NOTICED = 3
"""So many looks at its clock the bot may need to notice that it was moved."""


class BotsClock:
    """Stands still at one moment after the other, so that nothing depends on how fast the clock that is shown runs.

    A bot whose clock runs fast prepares what is due seconds ahead, which are minutes of the session: a tap in these
    minutes would come too late for it. Once somebody takes part it runs as the shown one does.

    Attributes:
        now: virtual; where it stands, while it does.
    """

    def __init__(self, path: Path, shown: RehearsalClock) -> None:
        self._path, self._shown, self._follows = path, shown, False
        self.stand(shown.now())
        shown.on_change(self._changed)

    @property
    def setting(self) -> str:
        """What the bot's CLOCK is set to."""
        return f"file:{self._path}"

    def stand(self, moment: datetime) -> None:
        """Be at a moment."""
        self.now = moment
        if not self._follows:
            write_anchor(self._path, Anchor(virtual=moment, real=real_now(), speed=0))

    def follow(self) -> None:
        """Run as the shown clock does from now on."""
        self._follows = True
        self._changed()

    def _changed(self) -> None:
        if self._follows:
            write_anchor(self._path, read_anchor(self._shown.path))

    async def noticed(self) -> None:
        """Give the bot the real moment that it needs to notice."""
        await pause(RealMoments(), NOTICED * self._shown.POLL_SECONDS)
