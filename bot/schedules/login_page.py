"""A log-in page saved in place of the schedule behind it: what comes of saving a page while signed out."""

from __future__ import annotations

import re

_HTML_TITLE = re.compile(r"<title[^<>]{0,200}>([^<]{0,300})<", re.IGNORECASE)
_PASSWORD_FIELD = re.compile(r"<input\b[^<>]{0,500}type\s*=\s*[\"']?password", re.IGNORECASE)
_LOG_IN = re.compile(r"\b(?:log|sign)[ -]?in\b|verifying your browser", re.IGNORECASE)
_CREDENTIALS = re.compile(
    r"\bpassword\b|\b(?:forgot|create) (?:your )?(?:email|account)|email or phone|complete the (?:check|verification)",
    re.IGNORECASE,
)
_TIME = re.compile(r"\d:\d\d(?: ?[ap]\.?m\.?)?(?: [A-Z]{2,5})? ?(?:-{1,3}|[‐-―−]) ?\d", re.IGNORECASE)
# A log-in page is short when copied; a schedule that mentions a password is not.
_LONGEST_COPIED = 5_000


def is_login_page(text: str) -> bool:
    """Whether a text asks to log in and shows no times."""
    return _asks_to_log_in(text) and _TIME.search(text) is None


def _asks_to_log_in(text: str) -> bool:
    title = _HTML_TITLE.search(text)
    if title or "<html" in text[:2_000].casefold():
        return bool(_PASSWORD_FIELD.search(text) or (title and _LOG_IN.search(title[1])))
    return len(text) <= _LONGEST_COPIED and bool(_LOG_IN.search(text) and _CREDENTIALS.search(text))
