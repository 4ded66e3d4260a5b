"""Since when the store does not do what the sender asks of it: a full disk, a lock that somebody keeps, a restart."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

log = logging.getLogger(__name__)

SAY_AGAIN_SECONDS = 60.0


class StoreAway:
    """`since` is a moment of `time.monotonic`; None while all is well."""

    def __init__(self, moment: Callable[[], float] = time.monotonic) -> None:
        self._moment = moment
        self._said_at = 0.0
        self.since: float | None = None

    def failed(self, error: Exception) -> None:
        """Told in full at first, then in a line a minute: a disk that is full may be the log's as well."""
        moment = self._moment()
        if self.since is None:
            self.since = self._said_at = moment
            words = "the store did not answer (%s); nothing is posted until it does, trying again every second"
            log.error(words, getattr(error, "orig", error), exc_info=error)
        elif moment - self._said_at >= SAY_AGAIN_SECONDS:
            self._said_at = moment
            log.error("the store has not answered for %.0f s", moment - self.since)

    def answered(self) -> None:
        """It did."""
        if self.since is not None:
            log.warning("the store answers again, after %.0f s", self._moment() - self.since)
            self.since = None
