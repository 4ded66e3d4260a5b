"""Texts of a file as a Schedule holds them: readable, names on one line, none longer than such a thing is."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from html import unescape

from bot.errors import ScheduleError
from bot.schedules.html_lines import HtmlPieces
from bot.schedules.latex import Latex
from bot.schedules.people import LONGEST_NAME
from bot.schedules.readable import readable, readable_line, squeezed, visible

MOST_TALKS = 20_000
MOST_PEOPLE = 500
LONGEST_TITLE = 1_000
LONGEST_SESSION_TITLE = 500
LONGEST_WORDS = 200
LONGEST_KIND = 100
_LONGEST_ID = 200
LONGEST_ABSTRACT = 10_000
LONGEST_LINK = 2_000

_HTML = re.compile(
    r"</?(?:p|br|div|ul|ol|li|a|em|strong|b|i|h[1-6]|span|code|pre|blockquote)\b[^<>]{0,500}>", re.IGNORECASE
)
_PARAGRAPHS = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")


@dataclass(slots=True)
class Finishing:
    """What is shared while a file's texts are finished.

    Attributes:
        warnings: what was odd about them.
        has_latex: whether authors wrote LaTeX and Markdown; hackers' titles hold $ and * that mean themselves.
        verbatim: whether the texts were finished before: what looks like markup in them is to be read.
    """

    latex: Latex = field(default_factory=Latex)
    warnings: list[str] = field(default_factory=list)
    has_latex: bool = True
    verbatim: bool = False
    _pieces: HtmlPieces = field(default_factory=HtmlPieces)
    # Rooms, kinds and people come again and again.
    _lines: dict[str, str] = field(default_factory=dict)

    def line(self, text: str | None, what: str, place: str, *, longest: int = LONGEST_WORDS) -> str | None:
        """A text on one line, None if nothing is left of it.

        Raises:
            ScheduleError: it is longer than such a thing is.
        """
        # Markup may take half of a title's room, so the length that counts is that of what is read.
        given = (text or "")[: 10 * longest]
        line = self._lines.get(given)
        if line is None:
            line = self._lines[given] = self._one_line(given)
        if len(line) > longest:
            raise ScheduleError(
                f"a {what} of {len(text or ''):,} characters", where=place, do=f"Keep it below {longest:,}"
            )
        return line or None

    def _one_line(self, given: str) -> str:
        if self.verbatim:
            return squeezed(given)
        return readable_line(given, self.latex) if self.has_latex else squeezed(unescape(given))

    @staticmethod
    def file_id(given: str | None) -> str | None:
        """What a file calls a talk; None for what is too long to be a name, which none has ever been."""
        seen = visible(given or "")
        return seen if seen and len(seen) <= _LONGEST_ID else None

    def abstract(self, text: str | None, place: str) -> str | None:
        """A text of several paragraphs, cut where it is too long; HTML in it becomes text."""
        text = given = (text or "")[: 10 * LONGEST_ABSTRACT]
        if self.verbatim and len(given) <= 2 * LONGEST_ABSTRACT:
            return visible(given).strip() or None
        unescaped = unescape(given)
        if "<" in unescaped:
            markup = next((each for each in (given, unescaped) if _HTML.search(each)), None)
            text = given if markup is None else self._pieces.text(markup)
        if len(text) > LONGEST_ABSTRACT:
            self.warnings.append(f"{place}: an abstract of {len(text):,} characters is cut short")
            text = text[:LONGEST_ABSTRACT] + " …"
        if self.has_latex:
            return readable(text, self.latex) or None
        return _PARAGRAPHS.sub("\n\n", visible(unescaped if text is given else unescape(text))).strip() or None

    def people(self, names: Iterable[str], place: str) -> tuple[str, ...]:
        """Names in their order, each once.

        Raises:
            ScheduleError: more than give one talk.
        """
        lines = [self.line(name, "name", place, longest=LONGEST_NAME) for name in names]
        people = tuple(dict.fromkeys(line for line in lines if line))
        if len(people) > MOST_PEOPLE:
            raise ScheduleError(f"{len(people):,} people give one talk", where=place, do=f"Name at most {MOST_PEOPLE}")
        return people


def link(url: str | None) -> str | None:
    """An http(s) address of bearable length; None for anything else."""
    if not url or len(url) > LONGEST_LINK or not url.startswith(("https://", "http://")):
        return None
    return visible(url)
