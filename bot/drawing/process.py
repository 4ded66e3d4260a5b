"""Draws one picture in a process of its own: takes a report from standard input, answers on standard output, and ends.

bot/drawing/worker.py runs it as `python -m bot.drawing.process`.
"""

from __future__ import annotations

import os
import pickle
import traceback

from bot.drawing.drawing_answers import DRAWN, FAILED, TOO_LARGE
from bot.serving_process import serve

_NICER = 10
"""How much it steps back behind the bot, which has reminders to send."""


def main() -> None:
    """Answer one request."""
    if hasattr(os, "nice"):
        os.nice(_NICER)
    serve(answer)


def answer(request: bytes) -> bytes:
    """What comes of drawing; never raises."""
    try:
        # Only now, within the bounds: it may be this that takes too much.
        from bot.drawing.session_picture import session_picture  # noqa: PLC0415 - see above

        picture = session_picture(*pickle.loads(request))  # noqa: S301 - it comes from the bot
    except MemoryError:
        return pickle.dumps((TOO_LARGE, None))
    except Exception:  # noqa: BLE001 - the bot logs it
        return pickle.dumps((FAILED, traceback.format_exc()))
    return pickle.dumps((DRAWN, picture))


if __name__ == "__main__":
    main()
