"""Reads one schedule in a process of its own: takes it from standard input, answers on standard output, and ends.

bot/schedule_worker.py runs it as `python -m bot.schedule_process`. It imports little, since each file pays for that.
"""

from __future__ import annotations

import pickle
import traceback

from bot.errors import ScheduleError
from bot.schedule_answers import FAILED, READ, REFUSED, TOO_LARGE
from bot.schedules.detect import read_schedule
from bot.schedules.schedule import ReadingOptions
from bot.serving_process import serve

LARGEST_ANSWER = 64 * 1024 * 1024
"""Bytes: what 10 MB of text becomes is smaller, unless something in it repeats without end."""


def main() -> None:
    """Answer one request."""
    serve(answer)


def answer(request: bytes) -> bytes:
    """What comes of reading; never raises."""
    try:
        content, options = pickle.loads(request)  # noqa: S301 - it comes from the bot
        answered = _answer(content, options)
    except MemoryError:
        return pickle.dumps((TOO_LARGE, None))
    except Exception:  # noqa: BLE001 - the bot logs it
        return pickle.dumps((FAILED, traceback.format_exc()))
    return answered if len(answered) <= LARGEST_ANSWER else pickle.dumps((TOO_LARGE, None))


def _answer(content: bytes, options: ReadingOptions) -> bytes:
    try:
        schedule = read_schedule(content, options)
    except ScheduleError as error:
        return pickle.dumps((REFUSED, (type(error), vars(error))))
    return pickle.dumps((READ, schedule), pickle.HIGHEST_PROTOCOL)


if __name__ == "__main__":
    main()
