"""What people want to be reminded of, and which talks that is: a pure function of their wishes and the plan.

A speaker is found by all words of a name, a word at the beginning of any word of a title; case, accents and marks do
not count. A session is its first talk that takes place: where that is cancelled, or skipped on the day, the next one.
Breaks are reminded of only where they are named themselves.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from bot.errors import CommandError
from bot.rules.programme import BREAK_KINDS

DEFAULT_LEAD = timedelta(minutes=5)
SHORT_LEAD = timedelta(minutes=1)
"""Where a talk begins within the default lead, a press still reminds so long before it."""
MOST_LEAD_MINUTES = 24 * 60
SUBSCRIPTIONS_AT_MOST = 50
"""Of one person on one server."""
MATCHES_AT_MOST = 50
"""Talks of one name or word; of one that later fits more, the earliest count."""
WORDS_AT_LEAST = 2
WORDS_LIMIT = 100


class Wanted(StrEnum):
    """What a subscription is about; the values are what the store holds."""

    TALK = "talk"
    SESSION = "session"
    SPEAKER = "speaker"
    WORD = "word"


BY_WORDS = frozenset({Wanted.SPEAKER, Wanted.WORD})


@dataclass(frozen=True, slots=True)
class Wish:
    """One subscription; `about` is the key of its talk or session, `words` a name or a word as typed."""

    id: int
    user_id: int
    kind: Wanted
    lead: timedelta
    about: int | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class OfferedTalk:
    """A talk of the plan, as far as wishes look at it.

    Attributes:
        off: it was cancelled or skipped.
        words: of its title, with a space before each; people: of each speaker's name, as they are compared.
    """

    id: int
    session_id: int
    title: str
    speakers: tuple[str, ...]
    starts_at: datetime
    kind: str | None = None
    off: bool = False
    words: str = field(init=False, repr=False)
    people: tuple[frozenset[str], ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        # here, where talks are read in turns: five thousand in one go would hold up everybody's answer
        object.__setattr__(self, "words", f" {comparable(self.title)}")
        object.__setattr__(self, "people", tuple(frozenset(comparable(name).split()) for name in self.speakers))

    @property
    def is_break(self) -> bool:
        return (self.kind or "").casefold() in BREAK_KINDS


@dataclass(frozen=True, slots=True)
class Reminding:
    """That one person is to be reminded of one talk, so long before it: however many wishes say so."""

    user_id: int
    talk_id: int
    lead: timedelta


class Offered:
    """The plan's talks, looked up by wishes; names and words are looked for once, however many want them."""

    def __init__(self, talks: Iterable[OfferedTalk]) -> None:
        self._talks = sorted(talks, key=lambda talk: (talk.starts_at, talk.id))
        self._ids = {talk.id for talk in self._talks}
        self._firsts: dict[int, int] = {}
        self._spoken: dict[str, list[OfferedTalk]] | None = None
        for talk in self._talks:
            if not talk.is_break and not talk.off:
                self._firsts.setdefault(talk.session_id, talk.id)
        self._found: dict[tuple[Wanted, str], tuple[int, ...]] = {}

    def all_of(self, wish: Wish) -> tuple[int, ...]:
        """The keys of all talks that a wish is about, the earliest first."""
        match wish.kind:
            case Wanted.TALK:
                return (wish.about,) if wish.about in self._ids else ()
            case Wanted.SESSION:
                first = self._firsts.get(wish.about or 0)
                return (first,) if first is not None else ()
            case _:
                return self._by_words(wish.kind, comparable(wish.words))

    def of(self, wish: Wish) -> tuple[int, ...]:
        """The same, but no more than one wish may be reminded of."""
        return self.all_of(wish)[:MATCHES_AT_MOST]

    def remindings(self, wishes: Iterable[Wish]) -> set[Reminding]:
        """Who is to be reminded of what."""
        return {Reminding(wish.user_id, talk_id, wish.lead) for wish in wishes for talk_id in self.of(wish)}

    def _by_words(self, kind: Wanted, words: str) -> tuple[int, ...]:
        if (kind, words) not in self._found:
            fitting = self._spoken_by(words) if kind is Wanted.SPEAKER else self._titled(words)
            self._found[kind, words] = tuple(talk.id for talk in fitting if not talk.is_break)
        return self._found[kind, words]

    def _spoken_by(self, words: str) -> Iterable[OfferedTalk]:
        wanted = frozenset(words.split())
        if self._spoken is None:
            self._spoken = {}
            for talk in self._talks:
                for word in frozenset[str]().union(*talk.people):
                    self._spoken.setdefault(word, []).append(talk)
        rarest = min((self._spoken.get(word, []) for word in wanted), key=len, default=[])
        return (talk for talk in rarest if any(wanted <= name for name in talk.people))

    def _titled(self, words: str) -> Iterable[OfferedTalk]:
        # scripts without spaces have words that begin anywhere
        wanted = words if _is_wide(words) else f" {words}"
        return [talk for talk in self._talks if wanted in talk.words] if words else []


def _is_wide(words: str) -> bool:
    return any(unicodedata.east_asian_width(character) == "W" for character in words)


_BETWEEN = re.compile(r"[\W_]+")


def comparable(text: str) -> str:
    """Words in lower case with single spaces between, without accents and marks: `Léon Bottou` is `leon bottou`."""
    apart = unicodedata.normalize("NFKD", text)
    plain = "".join(character for character in apart if not unicodedata.combining(character))
    return _BETWEEN.sub(" ", unicodedata.normalize("NFC", plain).casefold()).strip()


def checked_words(typed: str, kind: Wanted) -> str:
    """A name or word in one line, as it is stored.

    Raises:
        CommandError: it is too short or too long to look for.
    """
    words = " ".join(typed.split())
    if len(comparable(words).replace(" ", "")) < WORDS_AT_LEAST or len(words) > WORDS_LIMIT:
        raise CommandError(
            f"the {kind.value} has to be {WORDS_AT_LEAST} to {WORDS_LIMIT} letters or digits",
            do="Write a name" if kind is Wanted.SPEAKER else "Write a word of the titles that you mean",
        )
    return words


def same_wish(wishes: Sequence[Wish], kind: Wanted, about: int | None, words: str) -> Wish | None:
    """The wish that a person has already for the same; names and words are the same in any case."""
    wanted = kind, about, comparable(words)
    return next((wish for wish in wishes if (wish.kind, wish.about, comparable(wish.words)) == wanted), None)


def fitting_lead(starts_at: datetime, now: datetime) -> timedelta | None:
    """How long before a talk a press reminds of it; None where it begins too soon for any."""
    left = starts_at - now
    return next((lead for lead in (DEFAULT_LEAD, SHORT_LEAD) if left > lead + timedelta(seconds=5)), None)
