"""Which stored talk a file's talk is, so that a re-import changes talks instead of replacing them."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import NamedTuple

from rapidfuzz.fuzz import ratio

MUCH_ALIKE = 85.0
"""Per cent of two titles that are the same letters."""
MOST_COMPARED = 40_000
_NOT_ALPHANUMERIC = re.compile(r"[\W_]+")


class TalkIdentity(NamedTuple):
    """What tells one talk from another: a stored talk's or a file's."""

    title: str
    speakers: tuple[str, ...]
    starts_at: datetime
    file_id: str | None = None
    room: str | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """Pairs (index among the stored, index among the read); every talk is in at most one pair."""

    pairs: tuple[tuple[int, int], ...]

    @property
    def stored_of(self) -> dict[int, int]:
        """Index among the stored by index among the read."""
        return {read: stored for stored, read in self.pairs}


def match_talks(stored: Sequence[TalkIdentity], read: Sequence[TalkIdentity]) -> Match:
    """Pair talks by the file's id, else by title and people, else by title alone; equals pair in order of start.

    What is left pairs with what is much alike: a title of few other letters, or other words by the same people at the
    same time.
    """
    if not stored or not read:
        return Match(())
    pairs: list[tuple[int, int]] = []
    free_stored, free_read = set(range(len(stored))), set(range(len(read)))
    shortened = cache(plain)  # the same texts stand on both sides
    for identity in (_by_file_id, _by_title_and_people, _by_title):
        known = {i: identity(stored[i], shortened) for i in free_stored}
        wanted = {i: identity(read[i], shortened) for i in free_read}
        for pair in _paired(stored, read, known, wanted):
            pairs.append(pair)
            free_stored.discard(pair[0])
            free_read.discard(pair[1])
    pairs += _alike(stored, read, sorted(free_stored), sorted(free_read))
    return Match(tuple(sorted(pairs)))


def _alike(
    stored: Sequence[TalkIdentity], read: Sequence[TalkIdentity], free_stored: Sequence[int], free_read: Sequence[int]
) -> list[tuple[int, int]]:
    """The likeliest pairs first; none where so much differs that it is another programme."""
    if not free_stored or not free_read or len(free_stored) * len(free_read) > MOST_COMPARED:
        return []
    titles = [plain(stored[i].title) for i in free_stored]
    found: list[tuple[float, int, int]] = []
    for j in free_read:
        for i, title in zip(free_stored, titles, strict=True):
            likeness = ratio(title, plain(read[j].title), score_cutoff=MUCH_ALIKE)
            same_people = bool(read[j].speakers) and set(read[j].speakers) == set(stored[i].speakers)
            if same_people and read[j].starts_at == stored[i].starts_at:
                likeness = max(likeness, MUCH_ALIKE)
            if likeness and (same_people or not (read[j].speakers and stored[i].speakers)):
                found.append((-likeness, i, j))
    pairs: list[tuple[int, int]] = []
    for _, i, j in sorted(found):
        if all(i != pair[0] and j != pair[1] for pair in pairs):
            pairs.append((i, j))
    return pairs


def _by_file_id(talk: TalkIdentity, _shortened: Callable[[str], str]) -> Hashable | None:
    return talk.file_id


def _by_title_and_people(talk: TalkIdentity, shortened: Callable[[str], str]) -> Hashable | None:
    return shortened(talk.title), tuple(map(shortened, talk.speakers))


def _by_title(talk: TalkIdentity, shortened: Callable[[str], str]) -> Hashable | None:
    return shortened(talk.title)


def _start_and_room(talk: TalkIdentity) -> Hashable:
    return talk.starts_at, talk.room


def _start(talk: TalkIdentity) -> Hashable:
    return talk.starts_at


def _nothing(_talk: TalkIdentity) -> Hashable:
    return None


def _paired(
    stored: Sequence[TalkIdentity],
    read: Sequence[TalkIdentity],
    known: Mapping[int, Hashable | None],
    wanted: Mapping[int, Hashable | None],
) -> list[tuple[int, int]]:
    """Pair what has the same key, first the same start and room, then the same start, then in order of start.

    `known` and `wanted` are the keys of those that are free, by index; what has None pairs with nothing.
    """
    waiting: dict[Hashable, list[int]] = defaultdict(list)
    for index in sorted(known, key=lambda i: (stored[i].starts_at, i)):
        if known[index] is not None:
            waiting[known[index]].append(index)
    pairs = []
    sought = (i for i, key in wanted.items() if key in waiting)
    left = sorted(sought, key=lambda i: (read[i].starts_at, i))
    for likeness in (_start_and_room, _start, _nothing):
        unpaired = []
        for index in left:
            candidates = waiting[wanted[index]]
            alike = likeness(read[index])
            chosen = next((i for i in candidates if likeness(stored[i]) == alike), None)
            if chosen is None:
                unpaired.append(index)
            else:
                candidates.remove(chosen)
                pairs.append((chosen, index))
        left = unpaired
    return pairs


def plain(text: str) -> str:
    """Text without case, accents, punctuation and spacing, for comparing."""
    decomposed = text if text.isascii() else unicodedata.normalize("NFKD", text)
    return _NOT_ALPHANUMERIC.sub("", decomposed.casefold())


def much_alike(one: str, other: str) -> bool:
    """Whether two titles differ by few letters, accents, case and punctuation left out."""
    return ratio(plain(one), plain(other)) >= MUCH_ALIKE


def matching_session(matched_session_ids: Iterable[int], taken: set[int]) -> int | None:
    """The stored session that most of a read session's talks were in, unless another one has taken it."""
    counts = Counter(key for key in matched_session_ids if key not in taken)
    return min(counts, key=lambda key: (-counts[key], key)) if counts else None
