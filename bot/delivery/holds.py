"""What is not tried again for a while, so that nothing that fails is tried without end."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import datetime, timedelta

FIRST, LONGEST = timedelta(seconds=5), timedelta(minutes=10)


class Holds:
    """By anything hashable: since when and for how long it is held, twice as long each time in a row."""

    def __init__(self) -> None:
        self._since: dict[Hashable, tuple[datetime, timedelta]] = {}

    def held(self, what: Hashable, real: datetime) -> bool:
        """Whether it is to be left alone at a real moment."""
        if what not in self._since:
            return False
        since, length = self._since[what]
        return since <= real < since + length  # before its beginning: the machine's clock was set back

    def hold(self, what: Hashable, real: datetime, *, at_least: timedelta = FIRST) -> None:
        """Leave it alone from a real moment on."""
        before = self._since[what][1] if what in self._since else timedelta(0)
        length = min(LONGEST, max(at_least, before * 2))
        self._since[what] = real, length

    def free(self, what: Hashable) -> None:
        """It worked."""
        self._since.pop(what, None)
