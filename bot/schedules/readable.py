"""Text as people read it: without LaTeX, Markdown, entities, and characters that one cannot see."""

from __future__ import annotations

import re
import unicodedata

from bot.schedules.latex import Latex
from bot.schedules.markup import MARKS, without_markup

_LINE_END = "\n"
# Invisible, or able to make text read otherwise than it is written: zero-width, bidi, fillers, tags.
# Halves of characters, as JSON can state them, cannot be written at all.
_UNSEEN = (
    *range(0x20),
    *range(0x7F, 0xA0),
    *(0x00AD, 0x034F, 0x061C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180E, 0x2800, 0x3164, 0xFEFF, 0xFFA0),
    *range(0x200B, 0x2010),
    *range(0x202A, 0x202F),
    *range(0x2060, 0x2070),
    *range(0xD800, 0xE000),
    *range(0xFFF9, 0xFFFC),
    *range(0xE0000, 0xE0080),
)
_CLEANED = {
    **dict.fromkeys(_UNSEEN),
    **dict.fromkeys((0x09, 0x0B, 0x0C), " "),
    **dict.fromkeys((0x0A, 0x85, 0x2028, 0x2029), _LINE_END),
}
_PARAGRAPHS = re.compile(r"\n\s*\n\s*")
_USUAL = bytes(range(0x20, 0x7F))
# No mark begins with one of these, but for `--` and links.
_USUAL_AND_LINE_ENDS = _USUAL + b"\n"
_PROSE = bytes(code for code in _USUAL if chr(code) not in MARKS)
# What str.isprintable passes although nobody can see it.
_PRINTABLE_UNSEEN = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0]")
# What can join the letter before it: marks of several scripts, and the parts of Hangul syllables.
_JOINING = re.compile(
    "[\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u0610-\u06ed\u0700-\u0eff\u1000-\u11ff\u1700-\u1dff\u20d0-\u20ff\u3099\u309a\ufe20-\ufe2f]"
)
# Normalising a whole hostile text takes quadratic time in its marks; no letter has as many as this.
_MARKED_RUN = re.compile(r"[\x00-\x7f]?[^\x00-\x7f]{1,200}")


def visible(text: str) -> str:
    """The text in NFC, without control, zero-width and direction-changing characters; all line ends alike."""
    if "\r" in text:
        text = text.replace("\r\n", _LINE_END).replace("\r", _LINE_END)
    unusual = _without(text, _USUAL_AND_LINE_ENDS)
    if not unusual:
        return text
    if not unusual.isprintable() or _PRINTABLE_UNSEEN.search(unusual):
        text = text.translate(_CLEANED)
    if not _JOINING.search(unusual):
        return text
    return _MARKED_RUN.sub(lambda run: unicodedata.normalize("NFC", run[0]), text)


def _without(text: str, codes: bytes) -> str:
    """What is left of a text without these characters of ASCII: by far the fastest look at all of it."""
    return text.encode("utf-8", "surrogatepass").translate(None, codes).decode("utf-8", "surrogatepass")


def squeezed(text: str) -> str:
    """The visible text on one line with single spaces; markup is left alone."""
    plain = visible(text)
    return plain.strip() if _is_squeezed(plain) else " ".join(plain.split())


def _is_squeezed(plain: str) -> bool:
    """Whether a visible text has no spaces but single ones, so that its words need not be parted and joined."""
    return plain.isascii() and "  " not in plain and _LINE_END not in plain


def readable(text: str, latex: Latex | None = None) -> str:
    """The text without LaTeX, Markdown and entities; paragraphs stay apart. Never raises; takes linear time.

    What cannot be read as LaTeX is shown as it stands. `latex` bounds the work over the many texts of one file.
    """
    if not _without(text, _PROSE) and "--" not in text and "http" not in text and "  " not in text:
        return text.strip()
    plain = visible(text)
    is_marked = any(map(plain.__contains__, MARKS))
    if is_marked:
        plain = without_markup(plain, latex or Latex())
    if is_marked or not plain.isascii():
        plain = visible(plain)
    paragraphs = (_one_paragraph(part) for part in _PARAGRAPHS.split(plain.strip()))
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph)


def readable_line(text: str, latex: Latex | None = None) -> str:
    """The same on one line: for titles, names and rooms."""
    return " ".join(readable(text, latex).split())


def _one_paragraph(text: str) -> str:
    lines = text.split("\n")
    has_odd_spaces = "  " in text or not (text.isascii() or _without(text, _USUAL_AND_LINE_ENDS).isprintable())
    if not has_odd_spaces:
        return "\n".join(line.strip() for line in lines)
    return "\n".join(" ".join(line.split()) for line in lines)
