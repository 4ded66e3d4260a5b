"""What moderators' commands and buttons about questions do and answer: one home for both."""

from __future__ import annotations

from discord import app_commands

from bot.errors import CommandError
from bot.messages.message import Message
from bot.messages.question_queue import moderators_list, step_done
from bot.messages.questions import merged
from bot.messages.text import shortened
from bot.messages.typed import literal
from bot.rules.duplicates import likely_duplicates
from bot.rules.question_steps import StepKind
from bot.rules.questions import times_asked
from bot.rules.queue_times import IN_WORDS, Phase
from bot.services.moderating import Wanted, session_queues, set_phase, take_step
from bot.services.queues import SessionQueues
from bot.services.timekeeping import Check
from cogs.answers import CHOICES, Interaction, key_of, server_id
from cogs.permissions import moderator_check
from cogs.sessions import session_of

QUESTION = "question#"


def question_key(chosen: str | None) -> int | None:
    """The number that an autocompleted question hands over.

    Raises:
        CommandError: somebody typed something else.
    """
    return key_of(chosen, QUESTION, "question of this session")


async def question_choices(interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
    """The questions of the session that is live in this channel which are still to be dealt with."""
    try:
        live = await session_of(interaction, None)
    except CommandError:
        return []
    queues, _ = await queues_of(interaction, live.placed.session.id)
    wanted = current.casefold()
    found = [q for q in queues.questions if (q.is_open or q.state.value == "asked") and wanted in q.text.casefold()]
    return [
        app_commands.Choice(name=shortened(" ".join(q.text.split()), 100), value=f"{QUESTION}{q.id}")
        for q in found[-CHOICES:]
    ]


async def queues_of(interaction: Interaction, session_id: int) -> tuple[SessionQueues, int | None]:
    """A session's queues for somebody who may see all of them, and the last step that can be taken back."""
    client = interaction.client
    return await session_queues(
        client.db,
        client.clock,
        server_id=server_id(interaction),
        session_id=session_id,
        check=moderator_check(interaction),
    )


async def step(interaction: Interaction, session_id: int, wanted: Wanted, check: Check | None = None) -> Message:
    """One step with a session's questions by somebody who may take it, and what it is answered with."""
    client = interaction.client
    taken = await take_step(
        client.db,
        client.clock,
        server_id=server_id(interaction),
        session_id=session_id,
        wanted=wanted,
        check=check or moderator_check(interaction),
    )
    client.store_changed()
    questions = {question.id: question for question in taken.queues.questions}
    for change in taken.step.changes if wanted.kind is StepKind.MERGE else ():
        await client.replies.tell(change.question_id, merged(questions, change.question_id))
    if wanted.kind is StepKind.UNDO:
        return Message(f"{literal(taken.did, 500, 700)}.")
    return step_done(taken.did, taken.step.id, session_id)


async def put(interaction: Interaction, session_id: int, talk_id: int | None, phase: Phase) -> Message:
    """Open or close a queue, and what that is answered with."""
    client = interaction.client
    queues, key = await set_phase(
        client.db,
        client.clock,
        server_id=server_id(interaction),
        session_id=session_id,
        talk_id=talk_id,
        phase=phase,
        by=interaction.user.id,
        check=moderator_check(interaction),
    )
    client.store_changed()
    talk = queues.talk(key)
    title = literal(talk.talk.title, 150, 190) if talk else ""
    return Message(f"The queue of “{title}” is {IN_WORDS[phase]} now.")


async def listed(
    interaction: Interaction, session_id: int, talk_id: int | None = None, page: int = 0, *, with_question: int = 0
) -> Message:
    """The moderators' list of a talk's questions: the talk that is named, or that a question is for, or meant now."""
    queues, last_step = await queues_of(interaction, session_id)
    talk_id = talk_id or next((question.talk_id for question in queues.questions if question.id == with_question), None)
    talk = queues.talk(talk_id) if talk_id else queues.current()
    if talk is None:
        raise CommandError("no talk of this session is meant now", do="Name the talk")
    key = talk.talk.id
    questions = queues.of(key)
    return moderators_list(
        session_id,
        talk,
        questions,
        queues.placed.question_settings.order,
        times_asked(queues.questions),
        queues.phase(key),
        page,
        likely_duplicates(questions),
        last_step=last_step,
    )
