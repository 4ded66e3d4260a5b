"""Strikes out what no log and no report may hold, wherever in a text it stands."""

from __future__ import annotations

import re

_STRUCK = (
    # an interaction's or a webhook's token stands in the address of what is asked with it: it is all that is needed
    (re.compile(r"(/(?:webhooks|interactions)/\d+/)[^/\s?#'\"<>]+"), r"\1[token]"),
    # of a database, or of a schedule
    (re.compile(r"(://[^/\s:@'\"]*:)[^/\s@'\"]+@"), r"\1[password]@"),
    # the secret of a schedule's link is in its query, or in its path as calendars' private addresses have it
    (re.compile(r"(\bhttps?://[^\s?#'\"<>]+\?)[^\s#'\"<>]+"), r"\1[query]"),
    (re.compile(r"(/private-)[^/\s?#'\"<>]+"), r"\1[key]"),
    # discord.py names whoever typed what failed
    (re.compile(r"(\bUser: )\d+"), r"\1[id]"),
    # PostgreSQL tells here which values it refused: what somebody typed, or who, over any number of lines
    (re.compile(r"\b(DETAIL|CONTEXT):.*", re.DOTALL), r"\1: [values]"),
)


class Scrub:
    """Strikes out tokens, passwords, links' secrets, who typed what failed, and the values that PostgreSQL refused.

    Args:
        token: the bot's.
    """

    def __init__(self, token: str | None = None) -> None:
        self._token = (token or "").strip()

    def __call__(self, text: str) -> str:
        if self._token:
            text = text.replace(self._token, "[token]")
        for pattern, instead in _STRUCK:
            text = pattern.sub(instead, text)
        return text
