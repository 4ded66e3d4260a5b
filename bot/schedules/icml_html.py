"""ICML's virtual site (NeurIPS, ICLR and others use the same) as saved HTML: a listing of cards, or a session page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from bot.errors import ScheduleError
from bot.schedules.dates import StatedYear
from bot.schedules.drafts import DraftTalk, Page, schedule_of_sessions, schedule_of_talks
from bot.schedules.finishing import MOST_TALKS
from bot.schedules.html_lines import html_lines, parse_html
from bot.schedules.people import split_people
from bot.schedules.printed_times import PrintedTimes, read_times
from bot.schedules.readable import squeezed
from bot.schedules.reader import Reader
from bot.schedules.schedule import ReadingOptions, Schedule
from bot.schedules.session_page import read_sessions
from bot.schedules.talk_block import EXAMPLE, own_id

FORMAT = "icml-html"

# The site's cards: as they are since 2025, and as they were before.
_CARDS = ".event-card, .displaycards"
_TITLE = ".event-title, .small-title"
_TIME = ".touchup-time, .touchup-date-div"
_KIND = ".event-type-badge, .type_display_name_virtual_card"
_PEOPLE = ".event-speakers, .author-str"
_ROOM = ".meta-pill:not(.time)"
_ABSTRACT = ".abstract-text, details > div"

_HTML = re.compile(r"<(?:!doctype html|html|head|body)\b", re.IGNORECASE)
_MARKUP = re.compile(r"<(?:div|p|span|h[1-6]|table|ul|li)\b", re.IGNORECASE)
_CONFERENCE = re.compile(r"\b([A-Z][A-Za-z]{1,11}) ((?:19|20)\d\d)\b")
_SAVED_FROM = re.compile(r"<!--\s*saved from url=\(\d+\)(https?://[^\s>]{1,500})", re.IGNORECASE)
_PATH_YEAR = re.compile(r"/virtual/((?:19|20)\d\d)/")


def recognises(text: str) -> bool:
    """Whether the text is an HTML page; whether it holds talks shows when it is read."""
    start = text[:20_000]
    return _HTML.search(start) is not None or (start.lstrip().startswith("<") and _MARKUP.search(start) is not None)


def read(text: str, options: ReadingOptions) -> Schedule:
    """The talks of a saved listing, or the sessions of a saved session page.

    Raises:
        ScheduleError: it has no talks, one has no times, or its times do not hold together.
        ScheduleQuestion: the year or the zone is not on the page.
    """
    tree = parse_html(text)
    cards = tree.css(_CARDS)
    page = _page(tree)
    if len(cards) > MOST_TALKS:
        raise ScheduleError(f"more than {MOST_TALKS:,} talks", do="Import the programme in parts")
    site = _site(text, tree)
    if not any(card.css_first(_TIME) for card in cards):
        lines = html_lines(tree, site)
        if not cards or any(read_times(line.text, line.place) for line in lines):
            return schedule_of_sessions(page, read_sessions(lines), options)
    drafts = [_draft(_Card(card, number, site)) for number, card in enumerate(cards, start=1)]
    return schedule_of_talks(page, drafts, options)


@dataclass(frozen=True, slots=True)
class _Card:
    """One card of a listing."""

    node: LexborNode
    number: int
    site: str | None

    @property
    def place(self) -> str:
        """How messages name it."""
        return f"card {self.number} (“{self.text(_TITLE) or 'untitled'}”)"

    def text(self, selector: str) -> str | None:
        """The text of the first element that matches, on one line; None if there is none."""
        found = self.node.css_first(selector)
        return (squeezed(found.text(separator=" ")) or None) if found else None

    def paragraphs(self, selector: str) -> str | None:
        """The same with its line ends."""
        found = self.node.css_first(selector)
        return found.text(separator=" ").strip() or None if found else None

    def link(self) -> str | None:
        """The address of the talk's own page, as the card gives it."""
        for anchor in self.node.css("a[href]"):
            href = anchor.attributes.get("href") or ""
            if own_id(href):
                return href
        return None


def _draft(card: _Card) -> DraftTalk:
    title = card.text(_TITLE)
    if title is None:
        raise ScheduleError("this card has no title", where=card.place, do="Save the page again")
    link = card.link()
    number = (card.node.id or "").removeprefix("event-")
    return DraftTalk(
        title=title,
        times=_times(card),
        kind=card.text(_KIND) or card.node.attributes.get("data-event-type"),
        speakers=split_people(card.text(_PEOPLE) or ""),
        room=card.text(_ROOM),
        abstract=card.paragraphs(_ABSTRACT),
        url=urljoin(card.site, link) if card.site and link else link,
        file_id=number or own_id(link),
    )


def _times(card: _Card) -> PrintedTimes:
    printed = card.text(_TIME)
    times = read_times(printed, card.place) if printed else None
    if times is None:
        seen = f"“{printed[:80]}” is no time" if printed else "this talk has no times"
        raise ScheduleError(seen, where=card.place, do=f"Save the page with its times shown, such as {EXAMPLE}")
    if not times.date.is_whole:
        raise ScheduleError(f"“{printed}” names no day", where=card.place, do=f"Write it like {EXAMPLE}")
    return times


def _page(tree: LexborHTMLParser) -> Page:
    """Whose page it is, and the year, by its title, else by the addresses that it links to."""
    title = squeezed(_first_text(tree, "title"))
    named = _CONFERENCE.search(title)
    if named:
        return Page(FORMAT, named[0], StatedYear(int(named[2]), f"the page's title, “{title[:100]}”"))
    years = {int(year) for year in _PATH_YEAR.findall(" ".join(_talk_links(tree)))}
    stated = StatedYear(next(iter(years)), "the addresses of its talks") if len(years) == 1 else None
    return Page(FORMAT, None, stated)


def _first_text(tree: LexborHTMLParser, selector: str) -> str:
    found = tree.css_first(selector)
    return found.text() if found else ""


def _talk_links(tree: LexborHTMLParser) -> Iterable[str]:
    main = tree.css_first("main") or tree.body
    links = main.css("a[href]") if main else []
    return (href for href in (link.attributes.get("href") or "" for link in links) if own_id(href))


def _site(text: str, tree: LexborHTMLParser) -> str | None:
    """The address that the page says it was saved from, for its relative links; None if it says none."""
    saved = _SAVED_FROM.search(text[:5_000])
    stated: Sequence[str | None] = [saved[1] if saved else None] + [
        found.attributes.get(attribute)
        for selector, attribute in (
            ("base", "href"),
            ("link[rel=canonical]", "href"),
            ("meta[property='og:url']", "content"),
        )
        for found in tree.css(selector)[:1]
    ]
    return next((url for url in stated if url and urlsplit(url).scheme in {"http", "https"}), None)


READER = Reader(FORMAT, "a page of ICML's virtual site saved as HTML", recognises, read)
