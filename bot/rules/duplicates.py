"""Questions that look alike, to be offered for merging; whether they are one, a moderator decides.

Look-alikes such as “Why does it work?” and “Why doesn't it work?” score as high as twins do.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from rapidfuzz import fuzz, process, utils

from bot.rules.questions import Question, QuestionState

ALIKE = 80.0
"""From 0 to 100. Measured: twins worded anew score 81 and more, different questions to one talk up to 70."""
CONTAINED = 95.0
"""The score of a question that another one says with a greeting, or one more word, around it."""
WORDS_AT_LEAST = 4
"""A shorter question is contained in far too many."""
NEWEST = 400
"""Of more than these only the newest are compared, equal ones apart."""
EFFORT = 160_000
"""What comparing may cost, 4 for a pair of short questions; keeps any thousand well within 50 ms."""
_BLOCK = 64

_SURVIVES = {QuestionState.ASKED: 0, QuestionState.QUEUED: 1, QuestionState.WAITING: 2}


def likely_duplicates(questions: Sequence[Question], at_most: int = 5) -> list[tuple[Question, Question, float]]:
    """Pairs of open questions that look alike: the surviving one, the one to merge into it, and a score up to 100.

    The older one survives, unless that one alone waits for approval or the other is being asked. Best first; each
    question is offered with the one before it that is most like it. Of very many questions only the newest are
    compared; equal ones are always found.

    Args:
        questions: of one talk, in any state.
        at_most: how many pairs.
    """
    by_age = sorted((q for q in questions if q.state in _SURVIVES), key=lambda q: (q.entered_at, q.id))
    first: dict[str, Question] = {}
    pairs: list[tuple[Question, Question, float]] = []
    for question in by_age:
        twin = first.setdefault(_words(question.text), question)
        if twin is not question:
            pairs.append((twin, question, 100.0))
    if len(pairs) < at_most:
        pairs += _alike(list(first.items())[-NEWEST:])
    pairs.sort(key=lambda pair: (-pair[2], pair[1].entered_at, pair[1].id))
    return [_survivor_first(pair) for pair in pairs[:at_most]]


def _alike(by_age: Sequence[tuple[str, Question]]) -> list[tuple[Question, Question, float]]:
    """Each question with the one before it that is most like it, newest first; the order of words does not count."""
    sentences = [sorted(text.split()) for text, _ in by_age]
    texts = [" ".join(sentence) for sentence in sentences]
    words = [frozenset(sentence) for sentence in sentences]
    found: list[tuple[Question, Question, float]] = []
    spent = 0
    for place in range(len(texts) - 1, 0, -1):
        spent += place * (4 + (len(texts[place]) // _BLOCK) ** 2)
        if spent > EFFORT:
            break
        best = process.extractOne(texts[place], texts[:place], scorer=fuzz.ratio, score_cutoff=ALIKE)
        score, other = (best[1], best[2]) if best else (0.0, 0)
        if score < CONTAINED and (contained := _contained(words, place)) is not None:
            score, other = CONTAINED, contained
        if score:
            found.append((by_age[other][1], by_age[place][1], score))
    return found


def _contained(words: Sequence[frozenset[str]], place: int) -> int | None:
    """The first one before it that has all of its words or only such, and at least half as many."""
    mine = words[place]
    for other in range(place):
        theirs = words[other]
        if mine <= theirs or theirs <= mine:
            fewer, more = sorted((len(mine), len(theirs)))
            if fewer >= WORDS_AT_LEAST and 2 * fewer >= more:
                return other
    return None


def _survivor_first(pair: tuple[Question, Question, float]) -> tuple[Question, Question, float]:
    """In the order in which they may be merged: what is being asked is not taken from the speaker."""

    def rank(question: Question) -> tuple[int, datetime, int]:
        return _SURVIVES[question.state], question.entered_at, question.id

    survivor, merged = sorted(pair[:2], key=rank)
    return survivor, merged, pair[2]


def most_alike(question: Question, others: Sequence[Question]) -> Question | None:
    """The one of others that says almost the same as a question that is just being asked; None if none does."""
    texts = {other.id: _words(other.text) for other in others if other.id != question.id}
    asked = _words(question.text)
    found = process.extractOne(asked, texts, scorer=fuzz.token_sort_ratio, score_cutoff=ALIKE)
    return next((other for other in others if other.id == found[2]), None) if found else None


def _words(text: str) -> str:
    """What is compared: letters and digits only, in lower case; of what has none, all of it."""
    return utils.default_process(text) or text
