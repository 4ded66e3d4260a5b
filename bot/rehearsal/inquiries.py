"""What the audience of a rehearsal asks, and when: questions that fit any talk on machine learning."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.rehearsal.audience import ATTENDEES
from bot.rehearsal.stints import Stint

TEXTS = (
    "How does this scale to larger inputs?",
    "Did you compare with a simple baseline?",
    "Which assumption of the theory matters most in practice?",
    "Is the code available?",
    "How sensitive are the results to the learning rate?",
    "What happens when the training data are noisy?",
    "Does the method still work with a tenth of the data?",
    "How long does one training run take, and on what hardware?",
    "Could the bound be made tighter for the convex case?",
    "What did you try that did not work?",
    "Do the gains remain when the baseline is tuned as carefully?",
    "How would you choose the number of layers for a new task?",
    "Is there an intuition for why the second term helps?",
    "Have you looked at data from another domain than the benchmarks?",
    "How many seeds are the error bars computed over?",
    "What is the memory footprint at inference time?",
    "Can this be combined with pretraining?",
    "Where does it fail most often?",
    "Would the result change with another optimizer?",
    "Does the analysis need the samples to be independent?",
    "How much of the improvement comes from the augmentations alone?",
    "What would a practitioner have to change in an existing pipeline?",
    "Are there classes for which accuracy gets worse?",
    "Is the objective still bounded when the batch is small?",
    "Do you see a phase transition when the width grows?",
    "How did you pick the temperature?",
    "What is the most surprising thing that you learned from the ablation?",
    "Could an adversary exploit this?",
    "Does fine-tuning the whole network undo the effect?",
    "Which of the experiments would you run first if you had ten times the compute?",
    "Is the lower bound known to be tight?",
    "How do you keep the representation from collapsing?",
    "What happens under distribution shift between training and test?",
    "Do larger models need this less?",
    "How does it compare with last year's winning entry?",
    "What should I read first to understand the proof technique?",
)
TWINS = (
    ("Will the slides be shared after the session?", "Will the slides be shared after this session?"),
    ("Does it work for time series as well?", "Does it work for time series as well?"),
    ("How robust is this to outliers in the data?", "How robust is this to outliers in your data?"),
    ("What is the computational cost per step?", "What is the computational cost for each step?"),
)
"""Pairs that a moderator may merge; one is typed twice in the same words."""
HOSTILE = "@everyone is there a video? [free GPUs](https://example.org) **now**"
RIGHT_TO_LEFT = "האם זה עובד גם על גרפים מכוונים?"
IN_PASSING = "I wonder whether a much smaller model would do."
IN_THE_HALL = "Could you go back to the slide with the ablation?"
LONG_TALK = timedelta(minutes=10)
SHORT_TALKS_QUESTIONS, LONG_TALKS_QUESTIONS = 4, 10
BEFORE_START = timedelta(minutes=2)
FIRST, LAST = 0.1, 0.5
"""The part of a talk in which most questions come; question time is after it."""
ANONYMOUS_EVERY = 6
TOO_SOON = timedelta(seconds=8)
_STRIDE = 5
"""Through the attendees, so that neighbours in the queue are different people."""


class Way(StrEnum):
    """How a question gets into the queue."""

    COMMAND = "command"
    FORM = "form"
    MESSAGE = "message"
    HALL = "hall"


@dataclass(frozen=True, slots=True)
class Inquiry:
    """One question, who asks it (the number of an attendee), and how."""

    at: datetime
    who: int
    text: str
    way: Way = Way.COMMAND
    anonymous: bool = False

    @property
    def hurried(self) -> Inquiry:
        """The same person has one more question at once, which is too soon."""
        return Inquiry(self.at + TOO_SOON, self.who, "And one more thing: why?")


SPECIAL = {
    7: (HOSTILE, Way.COMMAND),
    13: (IN_PASSING, Way.MESSAGE),
    18: (RIGHT_TO_LEFT, Way.COMMAND),
    22: (IN_THE_HALL, Way.HALL),
}
"""By the question's number in the session."""


def inquiries(stints: Sequence[Stint]) -> list[Inquiry]:
    """What is asked during a session: four questions a talk, ten in a long one."""
    texts, twins = itertools.cycle(TEXTS), itertools.cycle(TWINS)
    planned: list[tuple[datetime, str, Way]] = []
    for stint in stints:
        asked = list(_texts_of(stint, texts, twins))
        for number, (moment, text) in enumerate(zip(_moments(stint, len(asked)), asked, strict=True)):
            planned.append((moment, text, Way.COMMAND if number else Way.FORM))
    return [_inquiry(ordinal, *item) for ordinal, item in enumerate(planned)]


def _inquiry(ordinal: int, at: datetime, text: str, way: Way) -> Inquiry:
    text, way = SPECIAL.get(ordinal, (text, way))
    return Inquiry(
        at, ordinal * _STRIDE % len(ATTENDEES), text, way, anonymous=ordinal % ANONYMOUS_EVERY == 0 < ordinal
    )


def _texts_of(stint: Stint, texts: Iterator[str], twins: Iterator[tuple[str, str]]) -> Iterator[str]:
    """In a long talk three pairs are alike, in every fourth short one the last two."""
    if stint.length >= LONG_TALK:
        pairs = [next(twins) for _ in range(3)]
        plain = [next(texts) for _ in range(LONG_TALKS_QUESTIONS - 2 * len(pairs))]
        yield from [plain.pop(0), *(first for first, _ in pairs), *plain, *(second for _, second in pairs)]
    elif stint.number % 4 == 1:
        yield from [*(next(texts) for _ in range(SHORT_TALKS_QUESTIONS - 2)), *next(twins)]
    else:
        yield from (next(texts) for _ in range(SHORT_TALKS_QUESTIONS))


def _moments(stint: Stint, count: int) -> Iterator[datetime]:
    """The first under the reminder, the others during the talk."""
    yield stint.starts_at - BEFORE_START
    for number in range(count - 1):
        yield stint.starts_at + stint.length * (FIRST + (LAST - FIRST) * number / max(count - 2, 1))
