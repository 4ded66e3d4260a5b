"""Bytes to text: the encodings that schedules come in, and a clear no to what is no text at all."""

from __future__ import annotations

import codecs
import re

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
# A stray control character or two does not make a text binary.
_MOST_CONTROLS = 0.01
_SAVE_AS_TEXT = "Copy the page as text, or save it as HTML"


def decode(content: bytes) -> tuple[str, tuple[str, ...]]:
    """The text of a file, and warnings if its encoding had to be guessed.

    UTF-8 with or without a byte-order mark, UTF-16 and UTF-32 with one, else Windows-1252.

    Raises:
        ScheduleError: it is empty, larger than `MAX_BYTES`, or no text.
    """
    if len(content) > MAX_BYTES:
        size = f"{len(content) / 1024 / 1024:.1f} MB"
        raise ScheduleError(
            f"this is too large ({size})", do=f"Import at most {MAX_BYTES // 1024 // 1024} MB at a time"
        )
    text, warnings = _text(content)
    if not text.strip():
        raise ScheduleError("this is empty", do="Save or copy the page again")
    if len(_CONTROLS.findall(text)) > _MOST_CONTROLS * len(text):
        raise _binary("binary data")
    return text, warnings


def _text(content: bytes) -> tuple[str, tuple[str, ...]]:
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return _marked(content.removeprefix(mark), encoding)
    kind = _signature(content)
    if kind:
        raise _binary(kind)
    try:
        return content.decode("utf-8"), ()
    except UnicodeDecodeError as error:
        return _damaged_or_older(content, error.start)


def _marked(content: bytes, encoding: str) -> tuple[str, tuple[str, ...]]:
    text = content.decode(encoding, errors="replace")
    damaged = text.count("\ufffd")
    return text, (_damage(text, damaged),) if damaged else ()


def _signature(content: bytes) -> str | None:
    if content.startswith(b"PK\x03\x04"):
        return next((kind for part, kind in _ZIPPED if part in content[:65536]), "a zip archive")
    return next((kind for start, kind in _SIGNATURES if content.startswith(start)), None)


def _damaged_or_older(content: bytes, first_bad: int) -> tuple[str, tuple[str, ...]]:
    """UTF-8 with a few damaged bytes stays UTF-8; what is hardly UTF-8 anywhere is Windows-1252."""
    text = content.decode("utf-8", errors="replace")
    damaged = text.count("\ufffd")
    sound = sum(1 for character in re.findall("[^\x00-\x7f]", text) if character != "\ufffd")
    if sound > damaged:
        return text, (_damage(text, damaged),)
    line = content.count(b"\n", 0, first_bad) + 1
    warning = f"line {line}: this is not UTF-8: read as Windows-1252, so look at the accents"
    return content.decode("cp1252", errors="replace"), (warning,)


def _damage(text: str, damaged: int) -> str:
    line = text.count("\n", 0, text.index("\ufffd")) + 1
    return f"line {line}: {damaged} damaged character{'s' * (damaged > 1)} in this text, shown as \ufffd"


def _binary(kind: str) -> ScheduleError:
    return ScheduleError(f"this is {kind}, not text", do=_SAVE_AS_TEXT)
