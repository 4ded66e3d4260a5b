"""Questions as the room and whoever asks see them; a waiting question is in none of these but its asker's own."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from bot.messages.message import Button, Message, ask_button, questions_button
from bot.messages.text import MESSAGE_LIMIT, dotted, fitting, joined, lines, plural
from bot.messages.typed import SEEN_BY, asker, error_line, label, literal, name, page_of, quotation, share
from bot.rules.programme import ExpectedTalk
from bot.rules.questions import Question, QuestionCounts, QuestionState, askers
from bot.rules.queue_times import Phase

QUEUE_PAGE = 5
CREDITED = 4
"""Names of askers under a question; of more, only their number."""
LEFT_A_MESSAGE = 4
RETURNED_LINES = 100
BIG_AT_MOST = 120
"""Characters of a question that the largest heading still shows in a few lines on a phone."""
QUOTED_ROOM = 1100


def asked(
    question: Question,
    talk: ExpectedTalk,
    session_title: str,
    delivery_id: str,
    *,
    state: QuestionState | None = None,
    merged: Sequence[Question] = (),
) -> Message:
    """The question before the speaker, to be read at arm's length; smaller once it no longer is.

    Args:
        question: that was put to the speaker when this was posted.
        talk: that it is for.
        session_title: the session's.
        delivery_id: of this message.
        state: where it stands by now; its own unless given.
        merged: those that became part of it, whose askers are credited as well.
    """
    buttons = (questions_button(talk.talk.id, delivery_id),)
    by = _askers([question, *merged])
    about = dotted(f"for {_title(talk)}", literal(session_title, 120, 150))
    match state or question.state:
        case QuestionState.ASKED:
            text = literal(question.text)
            mark = "#" if len(text) <= BIG_AT_MOST else "##"
            content = lines(f"{mark} {text}", by, about)
        case QuestionState.ANSWERED:
            content = lines(f"Answered: {literal(question.text)}", by, about)
        case QuestionState.QUEUED:
            content = lines("This question went back to the queue.", literal(question.text), by, about)
        case QuestionState.WAITING | QuestionState.DISMISSED | QuestionState.MERGED:
            # no text: whoever took it back may have wanted it off the screen
            content = lines("This question was taken back.", about)
    return Message(content, buttons)


def _askers(questions: Sequence[Question]) -> str:
    """`Asked by Ada, Ben and 2 anonymously`: everyone whose question this is, each once; nobody anonymous is named."""
    names, hidden = askers(questions)
    named = list(dict.fromkeys(map(name, names)))
    if not named:
        return "Asked anonymously" if hidden == 1 else f"Asked anonymously by {hidden} people"
    more = len(named) - CREDITED
    others = [*([f"{more} more"] if more > 0 else []), *([f"{hidden} anonymously"] if hidden else [])]
    return f"Asked by {joined([*named[:CREDITED], *others])}"


def _title(talk: ExpectedTalk, limit: int = 150) -> str:
    return f"**{literal(talk.talk.title, limit, limit + 40)}**"


def queue_page(  # noqa: PLR0917 - the order that its callers were given
    talk: ExpectedTalk,
    questions_in_order: Sequence[Question],
    now_asked: Question | None,
    counts: QuestionCounts,
    phase: Phase,
    viewer_votes: Collection[int],
    viewer: int,
    page: int = 0,
) -> Message:
    """A talk's queue for one person, five questions a page, with a button to vote for each."""
    queued = [question for question in questions_in_order if question.state is QuestionState.QUEUED]
    page, pages = page_of(page, QUEUE_PAGE, len(queued))
    first = page * QUEUE_PAGE
    part = list(enumerate(queued[first : first + QUEUE_PAGE], first + 1))
    head = lines(
        f"**Questions** for {_title(talk)}",
        dotted(
            f"{len(queued):,} queued",
            f"{counts.asked:,} asked so far" if counts.asked else None,
            f"page {page + 1} of {pages}" if pages > 1 else None,
        ),
        _phase_line(phase),
        f"Being asked now: {_short(now_asked)}" if now_asked else None,
        None if queued else "No question is queued.",
    )
    room = share(len(part), head)
    items = [_item(number, question, _vote_words(question, viewer_votes, viewer), room) for number, question in part]
    votes = [] if phase is Phase.CLOSED else _vote_buttons(part, talk.talk.id, page, viewer_votes, viewer)
    return Message(lines(head, *items), (*votes, *_around(talk.talk.id, page, pages, phase)))


def _phase_line(phase: Phase) -> str | None:
    return {
        Phase.OPEN: None,
        Phase.VOTING: "Voting only: new questions are not taken now.",
        Phase.CLOSED: "Closed: questions and votes are not taken now.",
    }[phase]


def _short(question: Question) -> str:
    return dotted(literal(question.text, 160, 200), asker(question))


def _item(number: int, question: Question, words: str, room: int) -> str:
    """The facts stand in a line of their own, so that no text can pretend to be them."""
    facts = dotted(asker(question), words)
    return f"**{number}.** {literal(question.text, room=room - len(facts) - 12)}\n{facts}"


def _votes(question: Question) -> str:
    return plural(question.votes, "vote") if question.votes else "no votes yet"


def _vote_words(question: Question, viewer_votes: Collection[int], viewer: int) -> str:
    own = " (yours)" if question.asker == viewer else None
    return f"{_votes(question)}{own or (' (you voted)' if question.id in viewer_votes else '')}"


def _vote_buttons(
    part: Sequence[tuple[int, Question]], talk_id: int, page: int, viewer_votes: Collection[int], viewer: int
) -> list[Button]:
    return [
        Button(
            f"{'Take back' if question.id in viewer_votes else 'Vote'} {number}",
            f"vote:{question.id}:{talk_id}:{page}",
            row=0,
        )
        for number, question in part
        if question.asker != viewer
    ]


def _around(talk_id: int, page: int, pages: int, phase: Phase) -> list[Button]:
    """Buttons to the other pages, and to ask."""
    return [
        *([questions_button(talk_id, label="Earlier", page=page - 1, row=1)] if page else []),
        *([questions_button(talk_id, label="Later", page=page + 1, row=1)] if page < pages - 1 else []),
        *([ask_button(talk_id, row=1)] if phase is Phase.OPEN else []),
    ]


def received(
    question: Question, talk_title: str, *, waits_for_approval: bool, position: int, alike: Question | None = None
) -> Message:
    """The answer to asking: which talk it went to, what was understood, and where to see what becomes of it.

    Args:
        question: as it was stored.
        talk_title: of the talk it went to.
        waits_for_approval: whether a moderator must approve it first.
        position: its place in the queue, from 1; not said while it waits.
        alike: a question very like it, which the asker may vote for.
    """
    title = f"**{literal(talk_title, 150, 190)}**"
    waits = "Your question for {} waits for a moderator's approval; then the room sees it:"
    head = waits.format(title) if waits_for_approval else f"Your question for {title} is number {position:,} in line:"
    offered = alike if alike and alike.state is QuestionState.QUEUED and alike.id != question.id else None
    tail = lines(
        SEEN_BY if question.anonymous else f"Asked as {name(question.asker_name)}.",
        "/questions mine shows what becomes of it.",
        f"One in the queue is much like yours: {dotted(_short(offered), _votes(offered))}" if offered else None,
    )
    vote = Button("Vote for that one", f"vote:{offered.id}:{question.talk_id}:0") if offered else None
    buttons = (*([vote] if vote else []), questions_button(question.talk_id))
    return Message(lines(head, quotation(question.text, QUOTED_ROOM), tail), buttons)


def merged(questions: Mapping[int, Question], question_id: int) -> Message:
    """Tells the asker of a question that it became part of another one, in which they are named as well."""
    question = questions[question_id]
    survivor = questions.get(question.standing.merged_into or 0, question)
    return Message(
        f"Your question “{literal(question.text, 120, 160)}” is now part of “{literal(survivor.text, 120, 160)}”: "
        "it is asked for all who put it, with the votes of both. /questions mine shows what becomes of it."
    )


def refused(error_text: str, typed: str) -> Message:
    """What is wrong with a question, and all that was typed, to be copied and sent again."""
    head, given_back = error_line(error_text), "Nothing was stored. This is what you typed"
    cut_short = ", as far as a message holds it"
    room = MESSAGE_LIMIT - len(head) - len(given_back) - len(cut_short) - len("\n:\n")
    quoted = quotation(typed, room, lines_at_most=RETURNED_LINES)
    is_cut = quoted.endswith("…") and not typed.rstrip().endswith("…")
    return Message(lines(head, f"{given_back}{cut_short if is_cut else ''}:", quoted))


def mine(items: Sequence[tuple[Question, str, str]]) -> Message:
    """What became of a person's questions: each with its talk's title and its fate in words."""
    if not items:
        return Message("You have asked no question here yet. /ask puts one in a talk's queue.")
    shown = [
        f"- {literal(question.text, 120, 160)}\n"
        + dotted(
            literal(fate, 220, 260),
            f"for **{literal(title, 80, 110)}**",
            "anonymous to the room" if question.anonymous else None,
        )
        for question, title, fate in items
    ]
    return Message(fitting(f"**Your questions** · {len(items):,}", shown, "… and {} more"))


def board_line(counts: int) -> str | None:
    """How many questions wait for the talk on the board; None for none."""
    return f"{plural(counts, 'question')} queued · see /questions list, add yours with /ask" if counts else None


def thread_name(talk: ExpectedTalk) -> str:
    """The name of the thread that takes a talk's leftovers."""
    return f"Questions: {label(talk.talk.title, 100 - len('Questions: '))}"


def leftovers_head(talk: ExpectedTalk, count: int, delivery_id: str) -> Message:
    """Says in the session's channel that a talk's open questions go on in a thread."""
    were = "was" if count == 1 else "were"
    goes = "It continues" if count == 1 else "They continue"
    content = f"{plural(count, 'question')} for {_title(talk)} {were} not reached. {goes} in the thread below."
    return Message(content, (questions_button(talk.talk.id, delivery_id),))


def leftovers_part(  # noqa: PLR0917 - the order that its callers were given
    questions: Sequence[Question],
    first_number: int,
    part: int,
    parts: int,
    delivery_id: str,
    answered: Collection[int],
    speakers: Sequence[int] = (),
) -> Message:
    """At most four of the questions that were not reached, each with a button for when it is answered.

    The button of an answered one stays, switched off: this message is found by the delivery's id in its buttons.
    The talk's speakers, as far as they are known, are mentioned first: so the thread is one of theirs.
    """
    numbered = [(n, q) for n, q in enumerate(questions, first_number) if q.state is not QuestionState.WAITING]
    head = dotted("**Not reached**", f"part {part} of {parts}" if parts > 1 else None, "answers are welcome here")
    whom = " ".join(f"<@{user_id}>" for user_id in speakers) or None
    room = share(len(numbered), head, whom)
    items = [
        _item(number, question, dotted(_votes(question), "answered" if question.id in answered else None), room)
        for number, question in numbered
    ]
    buttons = tuple(
        Button(f"{number} is answered", f"left:{question.id}:{delivery_id}", disabled=True)
        if question.id in answered
        else Button(f"Mark {number} as answered", f"left:{question.id}:{delivery_id}")
        for number, question in numbered
    )
    return Message(lines(whom, head, *items), buttons, mentions=tuple(speakers))
