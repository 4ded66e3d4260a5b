"""Questions as moderators see and move them: the list, one question, and the lines and buttons under the console."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.messages.message import Button, Message, Option, Select
from bot.messages.text import dotted, lines, plural
from bot.messages.typed import NAME_ROOM, label, literal, name, page_of, quotation, share
from bot.rules.programme import ExpectedTalk
from bot.rules.questions import Order, Question, QuestionCounts, QuestionState, count, in_order, now_asked
from bot.rules.queue_times import Phase

LIST_PAGE = 10
LISTED_NAME_ROOM = 32
PROPOSALS_SHOWN = 3
TOP_SHOWN = 3
ONE_ROOM = 1200
_ACTIONS, _MERGES, _PAGES = 0, 1, 2
_ORDERS = {Order.TOP: "most votes first", Order.OLDEST: "oldest first", Order.FAIR: "asked least goes first"}
_PHASES = {Phase.OPEN: "open", Phase.VOTING: "voting only", Phase.CLOSED: "closed"}
_STATES = {
    QuestionState.WAITING: "waiting for approval",
    QuestionState.QUEUED: "queued",
    QuestionState.ASKED: "being asked now",
    QuestionState.ANSWERED: "answered",
    QuestionState.DISMISSED: "dismissed",
    QuestionState.MERGED: "merged",
}
_LISTED_AFTER_QUEUE = (QuestionState.ANSWERED, QuestionState.DISMISSED, QuestionState.MERGED)


def moderators_list(  # noqa: PLR0917 - the order that its callers were given
    session_id: int,
    talk: ExpectedTalk,
    questions: Sequence[Question],
    order: Order,
    times_asked: Mapping[int, int],
    phase: Phase,
    page: int = 0,
    proposals: Sequence[tuple[Question, Question, float]] = (),
    *,
    last_step: int | None = None,
) -> Message:
    """All questions of a talk for moderators, ten a page: who asked, also where the room does not see it.

    Args:
        session_id: the talk's session.
        talk: the talk.
        questions: all of it, in any state.
        order: the session's.
        times_asked: by asker, for the `fair` order.
        phase: what the queue takes now.
        page: from 0.
        proposals: pairs that look alike: the surviving one, the one to merge into it, and how alike they are.
        last_step: that an Undo takes back; None for no such button.
    """
    listed = _listed(questions, order, times_asked)
    numbers = {question.id: number for number, question in enumerate(listed, 1)}
    page, pages = page_of(page, LIST_PAGE, len(listed))
    part = listed[page * LIST_PAGE : (page + 1) * LIST_PAGE]
    alike = [pair for pair in proposals if {pair[0].id, pair[1].id} <= numbers.keys()][:PROPOSALS_SHOWN]
    head = _list_head(talk, count(questions), order, phase, (page, pages))
    tail = lines(*(_proposal(numbers, *pair) for pair in alike))
    room = share(len(part), head, tail)
    items = [_line(numbers[question.id], question, room) for question in part]
    buttons = (
        *_queue_buttons(session_id, talk.talk.id, questions, phase, last_step),
        *(_merge_button(session_id, numbers, *pair) for pair in alike),
        *_page_buttons(session_id, talk.talk.id, page, pages),
    )
    return Message(lines(head, *items, tail), buttons, _choice(session_id, talk.talk.id, page, part, numbers))


def _listed(questions: Sequence[Question], order: Order, times_asked: Mapping[int, int]) -> list[Question]:
    """The one being asked, those that wait for a moderator, the queue in its order, and what is over, newest first."""
    current = now_asked(questions)
    waiting = [question for question in questions if question.state is QuestionState.WAITING]
    over = [question for question in questions if question.state in _LISTED_AFTER_QUEUE]
    return [
        *([current] if current else []),
        *sorted(waiting, key=lambda question: (question.entered_at, question.id)),
        *in_order(questions, order, times_asked),
        *sorted(over, key=lambda q: (_LISTED_AFTER_QUEUE.index(q.state), -q.entered_at.timestamp(), -q.id)),
    ]


def _list_head(
    talk: ExpectedTalk, counts: QuestionCounts, order: Order, phase: Phase, page_and_pages: tuple[int, int]
) -> str:
    page, pages = page_and_pages
    return lines(
        f"**Questions** for **{literal(talk.talk.title, 100, 120)}**",
        dotted(
            f"the queue is {_PHASES[phase]}",
            _ORDERS[order],
            f"{counts.queued:,} queued",
            f"{counts.waiting:,} waiting for approval" if counts.waiting else None,
            f"{counts.answered:,} answered" if counts.answered else None,
            f"page {page + 1} of {pages}" if pages > 1 else None,
        ),
        None if counts.entered else "Nobody has asked anything yet.",
    )


def _line(number: int, question: Question, room: int) -> str:
    """The facts first, so that no text can pretend to be them."""
    facts = f"**{number}.** {_facts(question)}: "
    return f"{facts}{literal(question.text, room=max(room - len(facts), 20))}"


def _facts(question: Question) -> str:
    return dotted(_state(question), plural(question.votes, "vote"), _real_name(question, LISTED_NAME_ROOM))


def _state(question: Question) -> str:
    return f"{_STATES[question.state]}, pinned" if question.pinned else _STATES[question.state]


def _real_name(question: Question, room: int = NAME_ROOM) -> str:
    return f"{name(question.asker_name, room)}{' (anonymous to the room)' if question.anonymous else ''}"


def _proposal(numbers: Mapping[int, int], survivor: Question, merged: Question, score: float) -> str:
    pair = f"{numbers[merged.id]} and {numbers[survivor.id]}"
    return f"Alike, {score:.0f} of 100: {pair}: “{literal(merged.text, 45, 50)}”"


def _merge_button(
    session_id: int, numbers: Mapping[int, int], survivor: Question, merged: Question, _score: float
) -> Button:
    text = f"Merge {numbers[merged.id]} into {numbers[survivor.id]}"
    return Button(text, f"merge:{merged.id}:{survivor.id}:{session_id}", row=_MERGES)


def _queue_buttons(
    session_id: int, talk_id: int, questions: Sequence[Question], phase: Phase, last_step: int | None
) -> list[Button]:
    current = now_asked(questions)
    queued = sum(question.state is QuestionState.QUEUED for question in questions)
    tail = f"{session_id}:{talk_id}:{current.id if current else 0}"
    turn = ("Open queue", "open") if phase is Phase.CLOSED else ("Close queue", "close")
    return [
        *_forward(tail, queued, is_asking=current is not None),
        Button(turn[0], f"queue:{turn[1]}:{tail}", row=_ACTIONS),
        *([_undo(last_step, session_id)] if last_step is not None else []),
    ]


def _forward(tail: str, queued: int, *, is_asking: bool, row: int = _ACTIONS) -> list[Button]:
    """Next question, which answers the one before; and Answered, for when no other is to follow."""
    return [
        *([Button("Next question", f"queue:next:{tail}", primary=True, row=row)] if queued else []),
        *([Button("Answered", f"queue:answered:{tail}", primary=not queued, row=row)] if is_asking else []),
    ]


def _undo(step_id: int, session_id: int) -> Button:
    return Button("Undo", f"qundo:{step_id}:{session_id}", row=_ACTIONS)


def _page_buttons(session_id: int, talk_id: int, page: int, pages: int) -> list[Button]:
    turns = (("Earlier", page - 1, page > 0), ("Later", page + 1, page < pages - 1))
    return [Button(text, f"qpage:{session_id}:{talk_id}:{to}", row=_PAGES) for text, to, there in turns if there]


def _choice(
    session_id: int, talk_id: int, page: int, part: Sequence[Question], numbers: Mapping[int, int]
) -> tuple[Select, ...]:
    """The page's questions to choose from; nothing where there are none, since Discord takes no empty select."""
    options = tuple(
        Option(
            label(f"{numbers[question.id]}. {question.text}"),
            str(question.id),
            label(f"{_state(question)}, {plural(question.votes, 'vote')}, {question.asker_name}"),
        )
        for question in part
    )
    select = Select(f"choose:{session_id}:{talk_id}:{page}", "Choose a question", options)
    return (select,) if options else ()


def one_for_moderators(
    question: Question,
    talk: ExpectedTalk,
    session_id: int,
    *,
    into: Question | None = None,
    last_step: int | None = None,
) -> Message:
    """One question with what can be done with it.

    Args:
        question: the question.
        talk: that it is for.
        session_id: the talk's session.
        into: that it was merged into.
        last_step: that an Undo takes back; None for no such button.
    """
    content = lines(
        f"For **{literal(talk.talk.title, 150, 190)}**",
        quotation(question.text, ONE_ROOM),
        f"Asked by {_real_name(question)}",
        dotted(f"Now: {_state(question)}", plural(question.votes, "vote")),
        f"Merged into “{literal(into.text, 160, 200)}”" if into else None,
    )
    steps = [
        Button(text, f"question:{action}:{question.id}:{session_id}", primary=not index)
        for index, (text, action) in enumerate(_steps(question))
    ]
    back = Button("Back to the list", f"question:back:{question.id}:{session_id}", row=1)
    undo = [Button("Undo the last step", f"qundo:{last_step}:{session_id}", row=1)] if last_step is not None else []
    return Message(content, (*steps, *undo, back))


def _steps(question: Question) -> list[tuple[str, str]]:
    """What a question's state allows, the likeliest first."""
    match question.state:
        case QuestionState.WAITING:
            return [("Approve", "approve"), ("Dismiss", "dismiss")]
        case QuestionState.QUEUED:
            pin = ("Unpin", "unpin") if question.pinned else ("Pin", "pin")
            return [("Ask now", "ask"), ("Mark as answered", "answered"), pin, ("Dismiss", "dismiss")]
        case QuestionState.ASKED:
            return [("Answered", "answered"), ("Dismiss", "dismiss")]
        case QuestionState.ANSWERED | QuestionState.DISMISSED | QuestionState.MERGED:
            return []


def step_done(text: str, step_id: int, session_id: int) -> Message:
    """What a step did, a clause or a sentence, with a button that takes it back."""
    said = literal(text, 500, 700)
    return Message(said if said.endswith((".", "!", "?")) else f"{said}.", (_undo(step_id, session_id),))


def console_lines(
    now_asked: Question | None, top: Sequence[Question], more: int, waiting: int, phase: Phase
) -> list[str]:
    """The queue in at most 400 characters, to stand under the console; who asked anonymously stays unnamed there.

    Args:
        now_asked: the question before the speaker.
        top: the next ones; three are shown.
        more: how many are queued beside those in `top`.
        waiting: how many wait for approval.
        phase: what the queue takes now.
    """
    shown, queued = top[:TOP_SHOWN], len(top) + more
    if not (now_asked or queued or waiting) and phase is Phase.CLOSED:
        return []
    left_over = queued - len(shown)
    return [
        dotted(
            f"Questions ({_PHASES[phase]}): {f'{queued:,} queued' if queued else 'none queued'}",
            f"{waiting:,} waiting for approval" if waiting else None,
        ),
        *([f"Being asked: {_console_text(now_asked, 56)}"] if now_asked else []),
        *(f"**{number}.** {_console_text(question, 42)}" for number, question in enumerate(shown, 1)),
        *([f"… and {left_over:,} more"] if left_over else []),
    ]


def _console_text(question: Question, room: int) -> str:
    who = "anonymous" if question.anonymous else literal(question.asker_name, 16, 20)
    return dotted(literal(question.text, room, room), who)


def console_buttons(  # noqa: PLR0917 - the order that its callers were given
    session_id: int, talk_id: int, sees: int, queued: int, waiting: int, delivery_id: str, *, row: int = 2
) -> tuple[Button, ...]:
    """The queue's buttons under the console, in a row after the clock's.

    Args:
        session_id: the console's session.
        talk_id: whose queue it is.
        sees: the question being asked, 0 for none.
        queued: how many are queued.
        waiting: how many wait for approval, which the button that shows them says.
        delivery_id: the console's.
        row: where they stand.
    """
    tail = f"{session_id}:{talk_id}:{sees}:{delivery_id}"
    text = f"Questions ({waiting:,} waiting)" if waiting else "Questions"
    return (
        *_forward(tail, queued, is_asking=sees != 0, row=row),
        Button(text, f"queue:list:{tail}", row=row),
    )
