"""What moderators do with questions: each step as the standings it changes, or why it makes no sense.

Every function here takes all questions of one talk and changes none of them; `apply` gives what they are afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from bot.errors import CommandError
from bot.rules.questions import Order, Question, QuestionState, Standing, in_order, now_asked, quoted


class StepKind(StrEnum):
    """What was done; the values are what is stored."""

    APPROVE = "approve"
    NEXT = "next"
    ASK = "ask"
    ANSWER = "answer"
    DISMISS = "dismiss"
    PIN = "pin"
    UNPIN = "unpin"
    MERGE = "merge"
    UNDO = "undo"


_DONE = {
    StepKind.APPROVE: "approved",
    StepKind.NEXT: "put to the speaker",
    StepKind.ASK: "put to the speaker",
    StepKind.ANSWER: "marked as answered",
    StepKind.DISMISS: "dismissed",
    StepKind.PIN: "pinned",
    StepKind.UNPIN: "unpinned",
    StepKind.MERGE: "merged",
}


@dataclass(frozen=True, slots=True)
class Change:
    """One question's standing before and after a step."""

    question_id: int
    before: Standing
    after: Standing


@dataclass(frozen=True, slots=True)
class Step:
    """One action of a moderator, appended and never changed.

    Attributes:
        id: its place in the sequence; order comes from it, never from the moments.
        by: Discord user id; None for a removed person.
        at: virtual.
        undoes: the step that an undo takes back.
    """

    id: int
    talk_id: int
    kind: StepKind
    by: int | None
    at: datetime
    changes: tuple[Change, ...]
    undoes: int | None = None


def apply(questions: Sequence[Question], changes: Sequence[Change]) -> tuple[Question, ...]:
    """The questions after a step, in the order they came.

    Raises:
        ValueError: a change is about a question that is not among them.
    """
    after = {change.question_id: change.after for change in changes}
    if unknown := after.keys() - {question.id for question in questions}:
        raise ValueError(f"no such questions: {sorted(unknown)}")
    return tuple(replace(q, standing=after[q.id]) if q.id in after else q for q in questions)


def next_question(
    questions: Sequence[Question], order: Order, times_asked: Mapping[int, int], now: datetime, *, sees: int | None
) -> tuple[Change, ...]:
    """The one now asked is answered, the first in order is put to the speaker; with none queued the former only.

    `sees` is the question that was being asked for whoever pressed, None for none: of two presses at once one counts.

    Raises:
        CommandError: another question is being asked by now, or there is none to ask.
    """
    current = now_asked(questions)
    if current is not None and current.id != sees:
        raise CommandError(f"{quoted(current.text)} is being asked by now", do="Nothing was changed")
    following = in_order(questions, order, times_asked)
    if current is None and not following:
        waiting = sum(question.state is QuestionState.WAITING for question in questions)
        remedy = f"Approve one first: {waiting} {'is' if waiting == 1 else 'are'} waiting" if waiting else None
        raise CommandError("no question is queued", do=remedy)
    return _put(questions, following[0], now) if following else (_answered(questions, None, now),)


def ask(questions: Sequence[Question], question_id: int, now: datetime) -> tuple[Change, ...]:
    """This one is put to the speaker now; the one before is answered.

    Raises:
        CommandError: it is not queued; says what it is.
    """
    return _put(questions, _queued(questions, question_id), now)


def answer(questions: Sequence[Question], question_id: int | None, now: datetime) -> tuple[Change, ...]:
    """A question is answered: the one now asked, or a queued one, in passing or in its talk's thread.

    Raises:
        CommandError: none is being asked, or the named one is not asked or queued; says what it is.
    """
    return (_answered(questions, question_id, now),)


def dismiss(questions: Sequence[Question], question_id: int) -> tuple[Change, ...]:
    """A question will not be asked, or not any longer.

    Raises:
        CommandError: it is not waiting, queued or asked; says what it is.
    """
    question = _in_play(questions, question_id)
    return (_changed(question, QuestionState.DISMISSED, question.standing.asked_at),)


def approve(questions: Sequence[Question], question_id: int) -> tuple[Change, ...]:
    """A waiting question is queued, which shows it to the room.

    Raises:
        CommandError: it is not waiting; says what it is.
    """
    question = _in_play(questions, question_id)
    if question.state is not QuestionState.WAITING:
        raise CommandError(f"{quoted(question.text)} is approved already")
    return (_changed(question, QuestionState.QUEUED, question.standing.asked_at),)


def pin(questions: Sequence[Question], question_id: int) -> tuple[Change, ...]:
    """A queued question goes before all that are not pinned.

    Raises:
        CommandError: it is not queued, or pinned already.
    """
    return (_pinned(_queued(questions, question_id), pinned=True),)


def unpin(questions: Sequence[Question], question_id: int) -> tuple[Change, ...]:
    """A pinned question goes back to its place.

    Raises:
        CommandError: it is not pinned.
    """
    return (_pinned(_queued(questions, question_id), pinned=False),)


def merge(questions: Sequence[Question], question_id: int, into: int) -> tuple[Change, ...]:
    """A question, with all that was merged into it, becomes part of another one, which survives.

    Either may be given by one that was merged into it. A pin passes on to the surviving one if that is queued.

    Raises:
        CommandError: they are one already or of two talks, one of them is over, or it would take one from the room.
    """
    merged, root = _root(questions, question_id), _root(questions, into)
    if question_id == into:
        raise CommandError("a question cannot be merged into itself", do="Choose another one")
    if merged.id == root.id:
        raise CommandError(f"these two are one already: {quoted(root.text)}", do="Choose another one")
    if merged.talk_id != root.talk_id:
        raise CommandError(f"{quoted(root.text)} belongs to another talk", do="Merge questions of one talk")
    for each in (merged, root):
        _in_play(questions, each.id)
    if merged.state is QuestionState.ASKED:
        raise CommandError(f"{quoted(merged.text)} is being asked now", do="Answer or dismiss it first")
    if root.state is QuestionState.WAITING and merged.state is not QuestionState.WAITING:
        remedy = "Approve it first, or merge it into the other one"
        raise CommandError(f"{quoted(root.text)} is waiting for approval", do=remedy)
    moved = [merged, *(q for q in questions if q.standing.merged_into == merged.id)]
    changes = [_changed(q, QuestionState.MERGED, q.standing.asked_at, into=root.id) for q in moved]
    if merged.pinned and root.state is QuestionState.QUEUED and not root.pinned:
        changes.append(_pinned(root, pinned=True))
    return tuple(changes)


def last_step(steps: Sequence[Step]) -> Step | None:
    """The last one that was not taken back; undos are none."""
    undone = {step.undoes for step in steps}
    return max(
        (s for s in steps if s.kind is not StepKind.UNDO and s.id not in undone), key=lambda s: s.id, default=None
    )


def undo(
    steps: Sequence[Step], questions: Sequence[Question], *, step_id: int | None = None
) -> tuple[Step, tuple[Change, ...]]:
    """The last step that was not taken back, and the changes that take it back; as often as there are steps.

    `steps` are all of one talk, undos included; `step_id` is the step as shown to whoever pressed.

    Raises:
        CommandError: there is none, it is not the last one, or its questions are not as it left them.
    """
    last = last_step(steps)
    if step_id is not None and any(step.undoes == step_id for step in steps):
        raise CommandError("that step was already taken back", do="Nothing was changed")
    if last is None:
        raise CommandError("there is nothing to undo")
    if step_id is not None and step_id != last.id:
        raise CommandError(f"another step came after that one: {described(last, questions)}", do="Undo that first")
    standings = {question.id: question.standing for question in questions}
    if any(standings.get(change.question_id) != change.after for change in last.changes):
        raise CommandError(f"its questions are not as that step left them: {described(last, questions)}")
    return last, tuple(Change(change.question_id, change.after, change.before) for change in last.changes)


def described(step: Step, questions: Sequence[Question]) -> str:
    """What a step did, as a clause: `“Why does it …” was pinned`."""
    asked = next((c for c in step.changes if c.after.state is QuestionState.ASKED), None)
    subject = asked or next(iter(step.changes), None)
    text = next((quoted(q.text) for q in questions if subject and q.id == subject.question_id), "a question")
    kind = StepKind.ANSWER if step.kind is StepKind.NEXT and asked is None else step.kind
    return f"{text} was {_DONE[kind]}"


def _put(questions: Sequence[Question], question: Question, now: datetime) -> tuple[Change, ...]:
    """The one before the speaker, if any, is answered first: at most one is asked at a time."""
    before = (_answered(questions, None, now),) if now_asked(questions) else ()
    return (*before, _changed(question, QuestionState.ASKED, now))


def _answered(questions: Sequence[Question], question_id: int | None, now: datetime) -> Change:
    """One answered in passing was put to the speaker at that moment."""
    question = now_asked(questions) if question_id is None else _approved(questions, question_id)
    if question is None:
        raise CommandError("no question is being asked", do="Name the one that was answered")
    return _changed(question, QuestionState.ANSWERED, question.standing.asked_at or now)


def _changed(question: Question, state: QuestionState, asked_at: datetime | None, *, into: int | None = None) -> Change:
    """A pin ends with the place in the queue."""
    return Change(question.id, question.standing, Standing(state, merged_into=into, asked_at=asked_at))


def _pinned(question: Question, *, pinned: bool) -> Change:
    if question.pinned == pinned:
        raise CommandError(f"{quoted(question.text)} is {'pinned already' if pinned else 'not pinned'}")
    return Change(question.id, question.standing, replace(question.standing, pinned=pinned))


def _found(questions: Sequence[Question], question_id: int) -> Question:
    found = next((question for question in questions if question.id == question_id), None)
    if found is None:
        raise CommandError("that question is not in this talk's queue", do="Choose one that the command offers")
    return found


def _root(questions: Sequence[Question], question_id: int) -> Question:
    """The question itself, or the one that it was merged into."""
    question = _found(questions, question_id)
    into = question.standing.merged_into
    return question if into is None else _found(questions, into)


def _in_play(questions: Sequence[Question], question_id: int) -> Question:
    question = _found(questions, question_id)
    text = quoted(question.text)
    match question.state:
        case QuestionState.ANSWERED:
            raise CommandError(f"{text} was answered already")
        case QuestionState.DISMISSED:
            raise CommandError(f"{text} was dismissed")
        case QuestionState.MERGED:
            root = quoted(_root(questions, question.id).text)
            raise CommandError(f"{text} was merged into {root}", do="Take that one, or undo the merging")
        case QuestionState.WAITING | QuestionState.QUEUED | QuestionState.ASKED:
            return question


def _approved(questions: Sequence[Question], question_id: int) -> Question:
    """One that the room may see: queued or asked."""
    question = _in_play(questions, question_id)
    if question.state is QuestionState.WAITING:
        raise CommandError(f"{quoted(question.text)} is waiting for approval", do="Approve it first")
    return question


def _queued(questions: Sequence[Question], question_id: int) -> Question:
    question = _approved(questions, question_id)
    if question.state is QuestionState.ASKED:
        raise CommandError(f"{quoted(question.text)} is being asked now")
    return question
