"""Lists of people as pages print them: names between middle dots."""

from __future__ import annotations

import re

# ICML's pages used U+00B7 up to 2024 and use U+22C5 since.
_DOTS = re.compile("[\u00b7\u22c5]")
LONGEST_NAME = 120
_MOST_WORDS = 9
_MOST_WORDS_ALONE = 6
_SENTENCE_END = re.compile(r"(?:[a-z0-9]{3,}\.|[!?:;,])$")
_PARTICLE = re.compile(r"van|von|de[rnl]?|dell?a|d[aiu]|dos|l[ae]|bint?i?|ibn|al|el|te[nr]|zu|y|e")


def split_people(text: str) -> tuple[str, ...]:
    """The names between the dots, in order, each once."""
    if not _has_dots(text):
        return (text.strip(),) if text.strip() else ()
    return tuple(dict.fromkeys(name for name in (part.strip() for part in _DOTS.split(text)) if name))


def _has_dots(text: str) -> bool:
    return "\u00b7" in text or "\u22c5" in text


def is_people(line: str) -> bool:
    """Whether a line reads as names and not as prose: several between dots, or one alone."""
    if _has_dots(line):
        names = split_people(line)
        return bool(names) and all(_may_be_name(name, _MOST_WORDS) for name in names)
    return _may_be_name(line, _MOST_WORDS_ALONE) and all(_is_name_part(word) for word in line.split())


def are_several_people(line: str) -> bool:
    """Whether a line is a list of two names or more."""
    return _has_dots(line) and len(split_people(line)) > 1 and is_people(line)


def is_continued(line: str) -> bool:
    """Whether a list of names goes on in the next line."""
    return line.endswith(("\u00b7", "\u22c5"))


def _may_be_name(text: str, most_words: int) -> bool:
    if not text or len(text) > LONGEST_NAME or len(text.split()) > most_words:
        return False
    return text[-1] not in ".!?:;,\n" or not _SENTENCE_END.search(text)


def _is_name_part(word: str) -> bool:
    first = word.lstrip("(\"'“‘\\{`^~=.")[:1]
    return _PARTICLE.fullmatch(word) is not None or (first.isalpha() and not first.islower())
