"""The one source of time: virtual (what a person reads as a time) and real (leases, time-outs, lateness).

Settings' CLOCK takes three forms: `VIRTUAL@SPEED` begins there at process start, `VIRTUAL@SPEED@REAL` is anchored so
that a restart goes on, and `file:PATH` follows a JSON file of those three values.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from bot.errors import ConfigurationError

log = logging.getLogger(__name__)

MAX_SPEED = 100_000.0
YEARS = range(1970, 2101)
"""Where a clock may begin: far enough from either end of what a datetime holds to run on."""
STEP = timedelta(seconds=2)
"""By how much this machine's clock must leave its steady one within a look to have been set."""
SHOWN = 100
"""Characters of a setting that a refusal repeats."""


def real_now() -> datetime:
    """This machine's time, aware, UTC: for leases, time-outs, back-off and lateness only."""
    return datetime.now(UTC)  # noqa: TID251 - the one place that asks the machine


def _ahead_of_steady() -> timedelta:
    """How far this machine's time is ahead of its steady clock, which nobody sets and which stops in its sleep."""
    return real_now() - datetime.fromtimestamp(time.monotonic(), UTC)


@dataclass(frozen=True, slots=True)
class Anchor:
    """At the `real` moment it was `virtual`, and virtual time runs `speed` times as fast; 0 is paused."""

    virtual: datetime
    real: datetime
    speed: float = 1.0

    def virtual_at(self, real: datetime) -> datetime:
        return self.virtual + (real - self.real) * self.speed

    def real_at(self, virtual: datetime) -> datetime | None:
        """The real moment at which it will be `virtual`; None while paused and still ahead."""
        ahead = virtual - self.virtual
        if self.speed == 0:
            return self.real if ahead <= timedelta(0) else None
        return self.real + ahead / self.speed


class Clock(Protocol):
    """What the application asks for the time."""

    @property
    def speed(self) -> float:
        """How many virtual seconds pass in one real second; 0 while paused."""

    def now(self) -> datetime:
        """The virtual time, aware, UTC."""

    def real(self) -> datetime:
        """The real time, aware, UTC."""

    def real_at(self, virtual: datetime) -> datetime | None:
        """The real moment at which it will be `virtual`; None if a paused clock never gets there."""

    def on_change(self, callback: Callable[[], None]) -> None:
        """Call back whenever time jumps, pauses or changes speed: what is armed must be armed anew."""

    async def follow(self) -> None:
        """Watch for changes made elsewhere, and for this machine's clock being set, until cancelled."""


class AnchoredClock:
    """A clock that runs evenly from one anchor; the system's own time is the anchor at speed 1."""

    LOOK_SECONDS = 1.0

    def __init__(self, anchor: Anchor | None = None) -> None:
        self._anchor = anchor
        self._callbacks: list[Callable[[], None]] = []
        self._ahead = _ahead_of_steady()

    @property
    def speed(self) -> float:
        return self._anchor.speed if self._anchor else 1.0

    def now(self) -> datetime:
        return self._anchor.virtual_at(real_now()) if self._anchor else real_now()

    def real(self) -> datetime:
        return real_now()

    def real_at(self, virtual: datetime) -> datetime | None:
        return self._anchor.real_at(virtual) if self._anchor else virtual

    def on_change(self, callback: Callable[[], None]) -> None:
        self._callbacks.append(callback)

    async def follow(self) -> None:
        while True:
            await pause(self.LOOK_SECONDS)
            self.notice_step()

    def notice_step(self) -> None:
        """Call back if this machine's clock was set, or stood still while the machine was asleep."""
        before, self._ahead = self._ahead, _ahead_of_steady()
        step = self._ahead - before
        if abs(step) < STEP:
            return
        how = "forward, or it was asleep" if step > timedelta(0) else "back"
        log.warning(
            "this machine's clock was set by %.0f s (%s); looking at everything again", step.total_seconds(), how
        )
        self._call_back()

    def _call_back(self) -> None:
        for callback in self._callbacks:
            callback()


class FileClock(AnchoredClock):
    """A clock that follows a file, so that a rehearsal can pause it, jump, or restart the bot without losing time."""

    POLL_SECONDS = 0.02

    def __init__(self, path: Path) -> None:
        super().__init__(read_anchor(path))
        self._path = path

    async def follow(self) -> None:
        is_broken = False
        while True:
            await asyncio.sleep(self.POLL_SECONDS)  # noqa: TID251 - a rehearsal's clock file is polled in real time
            self.notice_step()
            try:
                self.reread()
            except ConfigurationError as error:
                # half written, say: the clock runs on as it did until there is something to read
                if not is_broken:
                    log.warning("%s", error)
                is_broken = True
            else:
                is_broken = False

    def reread(self) -> None:
        """Take up the file's present anchor; callbacks run only if it changed."""
        anchor = read_anchor(self._path)
        if anchor == self._anchor:
            return
        self._anchor = anchor
        self._call_back()


def read_anchor(path: Path) -> Anchor:
    """The anchor that a clock file holds.

    Raises:
        ConfigurationError: the file is missing or holds something else.
    """
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        return Anchor(
            virtual=_instant(stored["virtual"]), real=_instant(stored["real"]), speed=_speed(str(stored["speed"]))
        )
    except (OSError, ValueError, KeyError, TypeError, OverflowError) as error:
        raise ConfigurationError(
            f"the clock file cannot be read ({type(error).__name__})",
            where=_shown(str(path)),
            do='It holds JSON: {"virtual": "2022-07-21T12:20-07:00", "real": "2026-01-01T00:00Z", "speed": 60}',
        ) from error


def write_anchor(path: Path, anchor: Anchor) -> None:
    """Replace a clock file as a whole, so that a reader never sees half of one."""
    beside = path.with_name(path.name + ".new")
    beside.write_text(
        json.dumps(
            {"virtual": anchor.virtual.isoformat(), "real": anchor.real.isoformat(), "speed": anchor.speed},
        ),
        encoding="utf-8",
    )
    beside.replace(path)


def clock_from_setting(text: str | None) -> Clock:
    """The clock that the CLOCK setting asks for; None or empty is the machine's own.

    Raises:
        ConfigurationError: the text has none of the three forms.
    """
    if not text:
        return AnchoredClock()
    if text.startswith("file:"):
        return FileClock(Path(text.removeprefix("file:")))
    virtual_text, _, rest = text.partition("@")
    speed_text, anchored, real_text = rest.partition("@")
    try:
        virtual, speed = _instant(virtual_text), _speed(speed_text)
        real = _instant(real_text) if anchored else real_now()
    except (ValueError, OverflowError) as error:
        raise ConfigurationError(
            f"CLOCK={_shown(text)} is not a clock",
            do="Write CLOCK=2022-07-21T12:20-07:00@60, the same with @ and the real time it began, or CLOCK=file:PATH",
        ) from error
    return AnchoredClock(Anchor(virtual=virtual, real=real, speed=speed))


def _instant(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text} has no offset")
    if moment.year not in YEARS:
        raise ValueError(f"{text} is too far away")
    return moment.astimezone(UTC)


def _shown(text: str) -> str:
    """A setting as one line repeats it."""
    return text[:SHOWN] if text.isprintable() else ascii(text[:SHOWN])


def _speed(text: str) -> float:
    speed = float(text)
    if not 0 <= speed <= MAX_SPEED:
        raise ValueError(f"speed {text} is out of range")
    return speed


async def pause(seconds: float) -> None:
    """Wait in real time, for what no event tells of."""
    await asyncio.sleep(seconds)  # noqa: TID251 - the one place for it


async def give_way() -> None:
    """Let other tasks have their turn; no time passes."""
    await asyncio.sleep(0)  # noqa: TID251 - nothing is waited for


async def wait_until(clock: Clock, virtual: datetime) -> None:
    """Wait for a virtual moment in real time; return before it only where the clock was paused or set back meanwhile.

    A timer may ring a little early, as uvloop's count whole milliseconds: then what is left is waited for too.
    """
    at = clock.real_at(virtual)
    left = (at - clock.real()).total_seconds() if at else 0.0
    while at and left > 0:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(left):
                await asyncio.Event().wait()
        before, left = left, (at - clock.real()).total_seconds()
        if left >= before:
            return
