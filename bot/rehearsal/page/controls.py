"""The page's controls: what stands on them, and what pressing them does to the rehearsal."""

from __future__ import annotations

from typing import Any

from bot.rehearsal.control import Part
from bot.rehearsal.outlook import Upcoming
from bot.rehearsal.page.course import Directed
from bot.rehearsal.page.drawn import milliseconds
from bot.rehearsal.page.given import Given
from bot.rehearsal.page.refusals import MalformedError
from bot.rehearsal.reading import clean

Json = dict[str, Any]

SPEEDS = (1, 10, 60, 600)


def drawn(rehearsal: Directed, upcoming: Upcoming | None) -> Json:
    """How the controls stand, with what comes next."""
    control = rehearsal.control
    return {
        "speed": rehearsal.clock.speed,
        "paused": control.pace.paused,
        "resume_speed": control.pace.chosen,
        "cast": {part.value: control.plays(part) for part in Part},
        "down": control.troubles.is_down,
        "slow": control.troubles.is_slow,
        "bot": control.bot_is.value,
        "took_part": control.took_part,
        "finished": control.finished.is_set(),
        "next": {"at": milliseconds(upcoming.at), "what": clean(upcoming.what)} if upcoming else None,
    }


class Controls:
    """Changes a rehearsal as windows ask. All of it raises CommandError for what cannot be done."""

    def __init__(self, rehearsal: Directed) -> None:
        self._rehearsal = rehearsal
        self._control = rehearsal.control

    async def clock(self, sent: Given) -> Json:
        """Run at another speed, stand still, go on, or jump to what comes next."""
        self._control.require_open()
        match sent.fields:
            case {"speed": speed, **rest} if type(speed) is int and speed in SPEEDS and not rest:
                self._control.pace.choose(float(speed))
            case {"paused": bool() as paused, **rest} if not rest:
                self._control.pace.pause(paused=paused)
            case {"jump": True, **rest} if not rest:
                await self._rehearsal.jump()
            case _:
                raise MalformedError("that is no speed, pause or jump")
        self._control.clock_changed()
        return {"ok": True}

    async def cast(self, sent: Given) -> Json:
        try:
            part = Part(sent.text("role"))
        except ValueError:
            raise MalformedError("the cast plays nobody like that") from None
        self._control.switch(part, on=sent.flag("on"))
        return {"ok": True}

    async def faults(self, sent: Given) -> Json:
        match sent.fields:
            case {"down": bool() as down, **rest} if not rest:
                self._control.set_down(down=down)
            case {"slow": bool() as slow, **rest} if not rest:
                self._control.set_slow(slow=slow)
            case _:
                raise MalformedError("there is no such fault")
        return {"ok": True}

    async def bot(self, sent: Given) -> Json:
        if sent.fields != {"restart": True}:
            raise MalformedError("the bot can only be restarted")
        self._control.restart()
        return {"ok": True}

    async def finish(self, _sent: Given) -> Json:
        self._control.finish()
        return {"ok": True}
