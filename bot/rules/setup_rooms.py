"""Rooms of a programme and channels of a server: which is which by name, as a proposal."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2s

DIGEST_BYTES = 8
_WORD = re.compile(r"[^\W_]+")


def room_digest(room: str) -> str:
    """16 characters that stand for a room where its name is too long; the same in whatever case it is written."""
    return blake2s(room.casefold().encode(errors="surrogatepass"), digest_size=DIGEST_BYTES).hexdigest()


def distinct_rooms(rooms: Iterable[str]) -> tuple[str, ...]:
    """The rooms, those that differ in case only once."""
    first: dict[str, str] = {}
    for room in rooms:
        first.setdefault(room.casefold(), room)
    return tuple(first.values())


def fitting_channels(rooms: Sequence[str], channels: Mapping[int, str]) -> dict[str, int]:
    """The channel whose name fits a room, by room: `K.1.105 (La Fontaine)` and `k-1-105`, `Hall F` and `hall-f`.

    Args:
        rooms: as the programme writes them.
        channels: names by id.
    """
    wanted = {room: _words(room) for room in rooms}
    offered = {key: _words(name) for key, name in channels.items()}
    same = _alone(
        [(room, key) for room in rooms for key, words in offered.items() if "".join(words) == "".join(wanted[room])]
    )
    alike = _alone([(room, key) for room in rooms for key, words in offered.items() if _holds(wanted[room], words)])
    taken = set(same.values())
    return same | {room: key for room, key in alike.items() if room not in same and key not in taken}


def _alone(pairs: Sequence[tuple[str, int]]) -> dict[str, int]:
    """The pairs whose room and channel fit nothing else."""
    rooms, channels = Counter(room for room, _ in pairs), Counter(key for _, key in pairs)
    return {room: key for room, key in pairs if rooms[room] == channels[key] == 1}


def _words(name: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", name).casefold()
    return _WORD.findall("".join(character for character in plain if not unicodedata.combining(character)))


def _holds(first: list[str], second: list[str]) -> bool:
    """Whether all words of one stand in the other, one behind the other."""
    short, long = sorted((first, second), key=len)
    starts = range(len(long) - len(short) + 1)
    return bool(short) and any(long[start : start + len(short)] == short for start in starts)
