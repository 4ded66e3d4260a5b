"""Links to Google Sheets as people copy them, turned into those that give the sheet as CSV."""

from __future__ import annotations

import re

from yarl import URL

_HOST = "docs.google.com"
_PUBLISHED = re.compile(r"/spreadsheets/d/(?P<sheet>e/[\w-]+|[\w-]+)/(?:pub|pubhtml)")
_SHARED = re.compile(
    r"(?:/a/[\w.-]+)?/spreadsheets(?:/u/\d+)?/d/(?!e/)(?P<sheet>[\w-]+)"
    r"(?:/(?:edit|view|preview|copy|htmlview|htmlembed)?(?:/.*)?)?"
)
_GID = re.compile(r"(?:^|&)gid=(\d+)")


def csv_link(url: str) -> str:
    """The link to a sheet's CSV, for a link to a Google sheet that is looked at; any other link unchanged.

    The sheet is the one whose `gid` the link states, else the first.
    """
    try:
        link = URL(url.strip())
        if link.host != _HOST or link.scheme not in ("https", "http") or link.explicit_port or link.raw_user:
            return url
    except ValueError:
        return url
    if (found := _PUBLISHED.fullmatch(link.path)) and link.query.get("output", "html") == "html":
        chosen = {"gid": gid, "single": "true"} if (gid := _gid(link)) else {}
        return _link(f"/spreadsheets/d/{found['sheet']}/pub", {"output": "csv"} | chosen)
    if found := _SHARED.fullmatch(link.path):
        chosen = {"gid": gid} if (gid := _gid(link)) else {}
        key = {"resourcekey": key} if (key := link.query.get("resourcekey")) else {}
        return _link(f"/spreadsheets/d/{found['sheet']}/export", {"format": "csv"} | chosen | key)
    return url


def _gid(link: URL) -> str | None:
    """The fragment's counts: it is what the browser shows."""
    found = _GID.search(link.fragment) or _GID.search(link.query_string)
    return found[1] if found else None


def _link(path: str, query: dict[str, str]) -> str:
    return str(URL.build(scheme="https", host=_HOST, path=path, query=query))
