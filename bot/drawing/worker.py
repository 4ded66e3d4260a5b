"""Draws pictures beside the event loop, each in a process that is ended when it takes too long or too much.

So the bot never imports Matplotlib, and no drawing holds up a reminder. The process holds no token.
"""

from __future__ import annotations

import logging
import pickle
import tempfile
from collections.abc import Sequence
from functools import cache
from tempfile import TemporaryDirectory

from bot import own_process
from bot.drawing.drawing_answers import DRAWN, FAILED, TOO_LARGE
from bot.drawing.palette import Look
from bot.errors import DrawingError
from bot.own_process import answered
from bot.rules.session_report import SessionReport

log = logging.getLogger(__name__)

MEMORY_BYTES = 1_000_000_000
COMMAND = own_process.command("bot.drawing.process", MEMORY_BYTES)

_turns = own_process.Turns(1)
_INSTEAD = "The report's words say the same"


async def draw_session(
    report: SessionReport,
    *,
    timezone: str,
    page_timezone: str | None,
    look: Look,
    seconds: float = 30,
    command: Sequence[str] = COMMAND,
) -> bytes:
    """`session_picture` in a process of its own, one at a time.

    Args:
        report: what happened.
        timezone: the venue's.
        page_timezone: the one that the programme prints.
        look: which of Discord's themes it is for.
        seconds: after so many, counted from when its turn comes, the process is killed.
        command: the process; it takes a request as bot/drawing/process.py does, and answers like it.

    Raises:
        DrawingError: it fails, or takes too long or too much memory.
    """
    request = pickle.dumps((report, timezone, page_timezone, look))
    async with _turns.one():
        answer, code, complaint = await _answer(request, seconds, command)
    said, what = _opened(answer, code, complaint)
    if said == DRAWN and isinstance(what, bytes):
        return what
    if said == TOO_LARGE:
        raise DrawingError("drawing this takes too much memory", where="the picture", do=_INSTEAD)
    log.error("Drawing a session failed unexpectedly:\n%s", what)
    raise DrawingError("this could not be drawn", where="the picture", do="Ask the bot's operator: its log says why")


async def _answer(request: bytes, seconds: float, command: Sequence[str]) -> tuple[bytes, int, str]:
    """As `answered`; what takes too long, or does not even start, is told as an error."""
    try:
        return await answered(request, seconds, command, _surroundings())
    except TimeoutError:
        raise DrawingError(f"drawing this takes longer than {seconds:g} s", where="the picture", do=_INSTEAD) from None
    except OSError as error:
        raise DrawingError(f"drawing cannot begin ({error.strerror})", where="the picture", do=_INSTEAD) from error


def _opened(answer: bytes, code: int, complaint: str) -> tuple[str, object]:
    """What the answer begins with, and what comes with it."""
    if code or not answer:
        return FAILED if code > 0 else TOO_LARGE, complaint
    said, what = pickle.loads(answer)  # noqa: S301 - our own process
    return said, what


def _surroundings() -> dict[str, str]:
    # One thread: numpy's algebra, which nothing here uses, would reserve memory for each core.
    return {"MPLCONFIGDIR": _folder().name, "OPENBLAS_NUM_THREADS": "1"}


@cache
def _folder() -> TemporaryDirectory[str]:
    """Where Matplotlib keeps its list of fonts, which takes it half a second to make, as long as this process lives.

    Nobody else's, and no home is needed; no file of settings in it changes the picture.
    """
    return tempfile.TemporaryDirectory(prefix="chairside-drawing-")
