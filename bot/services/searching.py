"""Finds talks by words that may be misspelt: in titles and people, and in abstracts where those fit little."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import NamedTuple

from rapidfuzz import fuzz, process
from rapidfuzz.utils import default_process
from sqlmodel import col, select

from bot.clock import give_way
from bot.services.audience import FoundTalk, Programme
from bot.services.programme import PlacedSession
from db.bulk import in_parts
from db.database import Database
from db.tables import Talk

SEARCH_CUTOFF = 60.0
"""Below this similarity (0 to 100) a talk is not what was meant; found by trying misspelt titles and names."""
SURE = 85.0
"""From this similarity on a title or name is what was meant, and no abstract is read."""
ABSTRACT_CUTOFF = 85.0
"""How alike each word is to a part of an abstract."""
SEARCHED_AT_ONCE = 50
"""Sessions searched in one go."""
ABSTRACTS_AT_ONCE = 20
ABSTRACT_LIMIT = 3000
"""Characters of an abstract that are searched; most have half as many."""
WORDS_AT_MOST = 6
EXACT_UP_TO = 3
"""Letters of a word that is not looked for misspelt: too much is like it."""
_SCORERS = (fuzz.partial_ratio, fuzz.token_set_ratio)
"""The words as a part of the text, or each of them somewhere in it."""


def search(sessions: Sequence[PlacedSession], words: str, limit: int) -> list[FoundTalk]:
    """The talks whose title, people or start fit the words best; typing errors are forgiven. All, if no words."""
    talks = _talks(sessions)
    return _ranked(_scored(talks, words, limit), limit) if words.strip() else _earliest(talks, limit)


async def search_in_turns(sessions: Sequence[PlacedSession], words: str, limit: int) -> list[FoundTalk]:
    """What `search` finds; other tasks have their turn meanwhile, as thousands of talks take longer than a tap may."""
    if not words.strip():
        return _earliest(_talks(sessions), limit)
    return _ranked(await _scored_in_turns(sessions, words, limit), limit)


async def find_talks(db: Database, everything: Programme, words: str, limit: int) -> list[FoundTalk]:
    """The talks that fit words by title or people; abstracts are searched only where none of those surely does."""
    scored = await _scored_in_turns(everything.sessions, words, limit)
    found = _ranked(scored, limit)
    if not words.strip() or any(one.score >= SURE for one in scored):
        return found
    said = await _by_abstract(db, everything, words, limit)
    known = {one.expected.talk.id for one in said}
    return [*said, *(one for one in found if one.expected.talk.id not in known)][:limit]


async def _scored_in_turns(sessions: Sequence[PlacedSession], words: str, limit: int) -> list[_Scored]:
    scored: list[_Scored] = []
    for some in in_parts(sessions, SEARCHED_AT_ONCE):
        scored += _scored(_talks(some), words, limit)
        await give_way()
    return scored


async def _by_abstract(db: Database, everything: Programme, words: str, limit: int) -> list[FoundTalk]:
    """The talks whose abstract has all of the words, those that have them most exactly first."""
    wanted = default_process(words).split()[:WORDS_AT_MOST]
    talks = {found.expected.talk.id: found for found in _talks(everything.sessions)}
    scores: dict[int, float] = {}
    async with db.reading() as session:
        for part in in_parts(sorted(talks) if wanted else []):
            query = select(Talk.id, Talk.abstract).where(col(Talk.id).in_(part), col(Talk.abstract).is_not(None))
            for some in (await session.exec(query)).partitions(ABSTRACTS_AT_ONCE):
                texts = {key or 0: text or "" for key, text in some}
                # in a thread: the loop has its turns between
                scores |= await asyncio.to_thread(_fit, texts, wanted)
    best = sorted(scores, key=lambda key: (-scores[key], talks[key].expected.starts_at, key))
    return [talks[key] for key in best[:limit]]


def _fit(texts: dict[int, str], wanted: Sequence[str]) -> dict[int, float]:
    """How well each text fits words, by its key; those that lack one are left out."""
    left = {key: default_process(text[:ABSTRACT_LIMIT]) for key, text in texts.items()}
    scores = dict.fromkeys(left, 0.0)
    for word in wanted:
        if len(word) <= EXACT_UP_TO:
            fitting = {key: 100.0 for key, text in left.items() if word in text.split()}
        else:
            ranked = process.extract(
                word, left, scorer=fuzz.partial_ratio, score_cutoff=ABSTRACT_CUTOFF, limit=None, processor=None
            )
            fitting = {key: score for _, score, key in ranked}
        left = {key: left[key] for key in fitting}
        scores = {key: scores[key] + score for key, score in fitting.items()}
    return scores


def _talks(sessions: Sequence[PlacedSession]) -> list[FoundTalk]:
    return [FoundTalk(p, e) for p in sessions for e in p.expected.talks]


def _earliest(talks: Sequence[FoundTalk], limit: int) -> list[FoundTalk]:
    return sorted(talks, key=lambda found: found.expected.starts_at)[:limit]


class _Scored(NamedTuple):
    """How well a talk fits by one of the scorers, 0 to 100."""

    scorer: int
    score: float
    talk: FoundTalk


def _scored(talks: Sequence[FoundTalk], words: str, limit: int) -> list[_Scored]:
    """The talks that fit best by each of the scorers."""
    texts = [default_process(f"{f.expected.talk.title} {' '.join(f.expected.talk.speakers)}") for f in talks]
    query = default_process(words)
    return [
        _Scored(number, score, talks[index])
        for number, scorer in enumerate(_SCORERS)
        for _, score, index in process.extract(query, texts, scorer=scorer, limit=limit, score_cutoff=SEARCH_CUTOFF)
    ]


def _ranked(scored: Sequence[_Scored], limit: int) -> list[FoundTalk]:
    best: dict[int, _Scored] = {}
    for number in range(len(_SCORERS)):
        theirs = sorted((one for one in scored if one.scorer == number), key=lambda one: -one.score)
        for one in theirs[:limit]:
            key = one.talk.expected.talk.id
            best[key] = max(one, best.get(key, one), key=lambda each: each.score)
    ranked = sorted(best.values(), key=lambda one: (-one.score, one.talk.expected.starts_at))
    return [one.talk for one in ranked[:limit]]
