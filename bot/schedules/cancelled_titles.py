"""Titles that call their talk off: `CANCELLED - Trees`, `Trees [cancelled]`, but not “Cancelling noise”."""

from __future__ import annotations

import re

_CANCELLED = re.compile(r"\W{0,2}cancell?ed\b[\])]?\s*[-–—:!]+\s*|[\[(]cancell?ed[\])]\s*", re.IGNORECASE)
_CANCELLED_BEHIND = re.compile(r"\s*(?:[-–—:]\s*cancell?ed|[\[(]cancell?ed[\])])[.!]?\s*", re.IGNORECASE)


def without_cancelled(title: str) -> tuple[str, bool]:
    """A title without the word that calls it off, such as `CANCELLED - `, and whether that stood there."""
    if "cancel" not in title.casefold():
        return title, False
    for called_off in (_CANCELLED.match(title), _CANCELLED_BEHIND.search(title)):
        if called_off and (rest := title.replace(called_off[0], "", 1).strip()):
            at_an_edge = called_off.start() == 0 or called_off.end() == len(title)
            if at_an_edge:
                return rest, True
    return title, False
