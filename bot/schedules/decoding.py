"""Bytes to text: the encodings that schedules come in, and a clear no to what is no text at all."""

from __future__ import annotations

import codecs
import re
from itertools import islice

from bot.errors import ScheduleError

MAX_BYTES = 10 * 1024 * 1024

_SIGNATURES = (
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "an image (PNG)"),
    (b"\xff\xd8\xff", "an image (JPEG)"),
    (b"GIF8", "an image (GIF)"),
    (b"BM", "an image (BMP)"),
    (b"RIFF", "an image, a sound or a video"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"\xd0\xcf\x11\xe0", "an old Office document or spreadsheet"),
    (b"{\\rtf", "a rich-text document"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"SQLite format 3", "a database"),
)
_ZIPPED = (
    (b"xl/", "a spreadsheet (xlsx)"),
    (b"word/", "a Word document (docx)"),
    (b"ppt/", "a presentation (pptx)"),
    (b"opendocument", "an OpenDocument file"),
)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
# Where no encoding puts one of these bytes, there is no such character either.
_CONTROL_BYTES = bytes(code for code in range(0x80) if _CONTROLS.match(chr(code)))
# A stray control character or two does not make a text binary.
_MOST_CONTROLS = 0.01
_SEEN_FOR_NULS = 4_096
_STATED = re.compile(
    rb"""<\?xml\b[^<>]{0,100}?\bencoding\s{0,9}=\s{0,9}["']([\w.:-]{1,40})["']|"""
    rb"""<meta\b[^<>]{0,300}?\bcharset\s{0,9}=\s{0,9}["']?\s{0,9}([\w.:-]{1,40})""",
    re.IGNORECASE,
)
_STATED_WITHIN = 4_096
# Text encodings by Python's names; what is called Latin-1 is read as its superset, as browsers do.
_SUPERSETS = {
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "iso8859-9": "cp1254",
    "shift_jis": "cp932",
    "gb2312": "gb18030",
}
_KNOWN = re.compile(
    r"iso8859-\d{1,2}|cp125\d|cp932|cp949|koi8-[ru]|mac-roman|euc_(?:jp|kr)|gbk|gb18030|big5|iso2022_jp"
)
_BEYOND_ASCII = re.compile(rb"[^\x00-\x7f]")
_ELISION = re.compile(r"’(?:s|t|d|m|ll|re|ve|n)\b|\b(?:[dlnmtscjo]|qu)’", re.IGNORECASE)
_TYPOGRAPHIC = frozenset("“”‘’„‚«»–—…")
# Letters that are words by themselves, and those that Western names seldom hold.
_WORDS = frozenset("àéèóùÀÉÈÓÙ")
_RARE = frozenset("šžƒœıªºﬁﬂ")
_MOST_LOOKED_AT = 2_000
_SAVE_AS_TEXT = "Copy the page as text, or save it as HTML"


def decode(content: bytes) -> tuple[str, tuple[str, ...]]:
    """The text of a file, and warnings if its encoding had to be guessed.

    UTF-8, UTF-16 with or without a byte-order mark, UTF-32 with one, what an XML declaration or an HTML `meta` names,
    else Windows-1252 or Mac Roman, whichever makes words of it.

    Raises:
        ScheduleError: it is empty, larger than `MAX_BYTES`, or no text.
    """
    if len(content) > MAX_BYTES:
        size = f"{len(content) / 1024 / 1024:.1f} MB"
        raise ScheduleError(
            f"this is too large ({size})", do=f"Import at most {MAX_BYTES // 1024 // 1024} MB at a time"
        )
    text, warnings = _text(content)
    if not text or text.isspace():
        raise ScheduleError("this is empty", do="Save or copy the page again")
    has_controls = len(content.translate(None, _CONTROL_BYTES)) < len(content)
    if has_controls and len(_CONTROLS.findall(text)) > _MOST_CONTROLS * len(text):
        raise _binary("binary data")
    return text, warnings


def _text(content: bytes) -> tuple[str, tuple[str, ...]]:
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return _marked(content.removeprefix(mark), encoding)
    kind = _signature(content)
    if kind:
        raise _binary(kind)
    if wide := _wide(content):
        return _marked(content, wide)
    stated = _stated(content)
    try:
        # Escapes of seven bits are sound UTF-8, but not what is meant.
        return content.decode("iso2022_jp" if stated == "iso2022_jp" else "utf-8"), ()
    except UnicodeDecodeError as error:
        return _as_stated(content, stated) or _damaged_or_older(content, error.start)


def _wide(content: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of a Western text is NUL."""
    seen = content[:_SEEN_FOR_NULS]
    pairs = len(seen) // 2
    first, second = seen[::2].count(0), seen[1::2].count(0)
    for encoding, many, few in (("utf-16-le", second, first), ("utf-16-be", first, second)):
        if pairs and many > pairs / 2 and few < pairs / 20:
            return encoding
    return None


def _stated(content: bytes) -> str | None:
    """The text encoding that an XML declaration or an HTML `meta` names, as Python calls it."""
    named = _STATED.search(content[:_STATED_WITHIN])
    if named is None:
        return None
    try:
        known = codecs.lookup((named[1] or named[2]).decode("ascii")).name
    except LookupError:
        return None
    known = _SUPERSETS.get(known, known)
    return known if _KNOWN.fullmatch(known) else None


def _as_stated(content: bytes, stated: str | None) -> tuple[str, tuple[str, ...]] | None:
    try:
        return (content.decode(stated), ()) if stated else None
    except UnicodeDecodeError:
        return None


def _marked(content: bytes, encoding: str) -> tuple[str, tuple[str, ...]]:
    text = content.decode(encoding, errors="replace")
    damaged = text.count("\ufffd")
    return text, (_damage(text, damaged),) if damaged else ()


def _signature(content: bytes) -> str | None:
    if content.startswith(b"PK\x03\x04"):
        return next((kind for part, kind in _ZIPPED if part in content[:65536]), "a zip archive")
    return next((kind for start, kind in _SIGNATURES if content.startswith(start)), None)


def _damaged_or_older(content: bytes, first_bad: int) -> tuple[str, tuple[str, ...]]:
    """UTF-8 with a few damaged bytes stays UTF-8; what is hardly UTF-8 anywhere is older than it."""
    text = content.decode("utf-8", errors="replace")
    damaged = text.count("\ufffd")
    sound = sum(1 for character in re.findall("[^\x00-\x7f]", text) if character != "\ufffd")
    if sound > damaged:
        return text, (_damage(text, damaged),)
    line = content.count(b"\n", 0, first_bad) + 1
    encoding, name = ("mac-roman", "Mac Roman") if _is_mac_roman(content) else ("cp1252", "Windows-1252")
    warning = f"line {line}: this is not UTF-8: read as {name}, so look at the accents"
    return content.decode(encoding, errors="replace"), (warning,)


def _is_mac_roman(content: bytes) -> bool:
    """Whether Mac Roman makes words of the bytes beyond ASCII where Windows-1252 does not."""
    as_mac, as_windows = content.decode("mac-roman"), content.decode("cp1252", errors="replace")
    places = [found.start() for found in islice(_BEYOND_ASCII.finditer(content), _MOST_LOOKED_AT)]
    return sum(_plausibility(as_mac, place) for place in places) > sum(
        _plausibility(as_windows, place) for place in places
    )


def _plausibility(text: str, place: int) -> int:
    """How well a character stands where it does: small letters in words, quotation marks and dashes outside."""
    each, before, after = text[place], text[place - 1 : place], text[place + 1 : place + 2]
    if each == "’" and before.isalpha() and after.isalpha():
        around = text[max(place - 3, 0) : place + 4]
        return 2 if _ELISION.search(around) else -1
    if each.isalpha():
        if not before.isalpha() and not after.isalpha():
            return int(each in _WORDS)
        capital = each.isupper() and before.islower()
        return -2 if capital else 2 * (each.islower() and each not in _RARE)
    if each in _TYPOGRAPHIC:
        return -1 if before.isalpha() and after.isalpha() else 2
    return -2


def _damage(text: str, damaged: int) -> str:
    line = text.count("\n", 0, text.index("\ufffd")) + 1
    return f"line {line}: {damaged} damaged character{'s' * (damaged > 1)} in this text, shown as \ufffd"


def _binary(kind: str) -> ScheduleError:
    return ScheduleError(f"this is {kind}, not text", do=_SAVE_AS_TEXT)
