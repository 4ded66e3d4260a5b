"""What a server chose for its reports, and for hints from the past."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReportSettings:
    """A server's choices.

    Attributes:
        posts: a session's report goes to its moderators by itself once the session is over.
        names_moderators: the conference's report names who moderated, as the programme prints them.
        hints: the console tells by how much talks of a kind ran over before.
    """

    posts: bool = True
    names_moderators: bool = False
    hints: bool = False


DEFAULT_REPORTS = ReportSettings()
