"""HTML as the lines that a reader sees, for pages whose meaning lies in their text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser, LexborNode

from bot.errors import ScheduleError
from bot.schedules.page_lines import Line
from bot.schedules.readable import squeezed

# The parser takes quadratic time in the depth of elements that hold each other; pages have a few dozen.
DEEPEST_HTML = 500
MOST_TAGS = 400_000

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_NEVER_DEEP = frozenset(
    (
        *("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"),
        *("param", "p", "li", "dd", "dt", "td", "tr", "th", "thead", "tbody", "tfoot", "option", "path"),
    )
)
_UNREAD = ["script", "style", "noscript", "template", "svg", "nav", "header", "footer", "select", "button", "iframe"]
_OF_PAGES = frozenset(("main", "frameset", *_UNREAD))
_INLINE = frozenset(
    (
        *("-text", "a", "abbr", "bdi", "bdo", "cite", "code", "em", "font", "b", "i", "q", "s", "u", "label", "mark"),
        *("small", "span", "strong", "sub", "sup", "time", "var", "wbr"),
        *("math", "mi", "mo", "mn", "mrow", "msub", "msup"),
    )
)
_PARAGRAPH = frozenset(
    ("p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "blockquote", "section", "hr"),
)
# What is read within a body as it would be in a document of its own.
_OF_TEXT = (_INLINE | _PARAGRAPH | {"br", "div", "li", "pre", "img"}) - {"-text", "table"}
_MOST_PIECES = 100


def parse_html(text: str) -> LexborHTMLParser:
    """The parsed page.

    Raises:
        ScheduleError: it has more elements, or holds them deeper inside each other, than any page does.
    """
    _check_tags(_TAG.findall(text))
    return LexborHTMLParser(text)


def _check_tags(tags: Sequence[tuple[str, str]]) -> None:
    if len(tags) > MOST_TAGS:
        raise ScheduleError(f"this HTML has {len(tags):,} tags", do="Import the programme in parts")
    depth = deepest = 0
    for closes, name in tags:
        if name.lower() in _NEVER_DEEP:
            continue
        depth = max(0, depth - 1) if closes else depth + 1
        deepest = max(deepest, depth)
    if deepest > DEEPEST_HTML:
        raise ScheduleError(
            f"this HTML is nested {deepest:,} elements deep", do="Save the page again, or copy it as text"
        )


def html_lines(tree: LexborHTMLParser, site: str | None) -> list[Line]:
    """The lines of a page's main part; each knows the talk's page it links to, absolute if the site is known."""
    tree.strip_tags(_UNREAD)
    main = tree.css_first("main") or tree.body
    return _Lines(site).of(main) if main else []


class HtmlPieces:
    """Reads one piece of HTML after the other, such as abstracts.

    They are put into one document, as making a new one takes longer than reading a short text.
    """

    def __init__(self) -> None:
        self._document = LexborHTMLParser("")
        self._read = 0

    def text(self, html: str) -> str:
        """A piece as text with its paragraphs apart.

        Raises:
            ScheduleError: as `parse_html`.
        """
        tags = _TAG.findall(html)
        _check_tags(tags)
        names = {name.lower() for _, name in tags}
        lines = self._lines(html) if names <= _OF_TEXT and "<!" not in html else _page_lines(html, names)
        return "".join(("\n\n" if line.follows_gap else "\n") + line.text for line in lines if line.text).strip()

    def _lines(self, html: str) -> list[Line]:
        self._read += 1
        if self._read % _MOST_PIECES == 0:
            # A document keeps what it held before.
            self._document = LexborHTMLParser("")
        body = self._document.body
        if body is None:
            return []
        body.inner_html = html.encode("utf-8", "ignore").decode()
        return _Lines(None).of(body)


def _page_lines(html: str, names: set[str]) -> list[Line]:
    tree = LexborHTMLParser(html)
    is_page = not names.isdisjoint(_OF_PAGES)
    return html_lines(tree, None) if is_page or not tree.body else _Lines(None).of(tree.body)


class _Lines:
    """Collects text until an element that begins a new line."""

    def __init__(self, site: str | None) -> None:
        self._site = site
        self._lines: list[Line] = []
        self._text: list[str] = []
        self._url: str | None = None
        self._gap = False

    def of(self, root: LexborNode) -> list[Line]:
        """The lines of all text in an element."""
        ends: list[tuple[int, str]] = []
        for node in root.traverse(include_text=True):
            above, tag = node.parent, node.tag or ""
            parent = above.mem_id if above else 0
            while ends and ends[-1][0] != parent:
                self._break(ends.pop()[1])
            if tag == "-text":
                self._text.append(node.text(deep=False))
                continue
            self._break(tag)
            if tag == "a":
                self._url = self._address(node) or self._url
            ends.append((node.mem_id, tag))
        self._break("p")
        return self._lines

    def _break(self, tag: str) -> None:
        if tag in _INLINE:
            return
        text = squeezed("".join(self._text)) if self._text else ""
        if text:
            place = f"“{text[:60]}{'…' * (len(text) > 60)}”"  # noqa: PLR2004 - enough to find it by
            self._lines.append(Line(text, place, self._url, follows_gap=self._gap))
            self._gap = False
        self._gap = self._gap or tag in _PARAGRAPH
        self._text, self._url = [], None

    def _address(self, anchor: LexborNode) -> str | None:
        href = (anchor.attributes.get("href") or "").strip()
        if not href or href.startswith(("#", "javascript:", "mailto:")):
            return None
        return urljoin(self._site, href) if self._site else href
