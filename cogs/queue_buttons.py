"""For moderators: the buttons and the list under console, questions and leftovers; each checks who may."""

from __future__ import annotations

from collections.abc import Sequence

from bot.client import ChairsideClient
from bot.errors import CommandError
from bot.messages.message import CHOOSE, LEFT, MERGE, QUESTION, QUESTION_PAGE, QUEUE, STEP_UNDO, Message
from bot.messages.question_queue import one_for_moderators
from bot.rules.question_steps import StepKind
from bot.rules.queue_times import Phase
from bot.services.moderating import Wanted, place_of_question
from cogs.answers import Interaction, acknowledge, answer, number_of, redraw
from cogs.buttons import PersistentButton, PersistentSelect, register
from cogs.permissions import speaker_check
from cogs.queue_answers import listed, put, queues_of, step

STEPS = {
    "ask": StepKind.ASK,
    "answered": StepKind.ANSWER,
    "dismiss": StepKind.DISMISS,
    "pin": StepKind.PIN,
    "unpin": StepKind.UNPIN,
    "approve": StepKind.APPROVE,
}


class QueueButton(PersistentButton, template=QUEUE):
    """For a whole queue: under the console it answers beside it, under a list of one's own in its place."""

    async def pressed(self, interaction: Interaction) -> None:
        await acknowledge(interaction)
        session_id, talk_id = int(self.match["session"]), int(self.match["talk"])
        match self.match["action"]:
            case "next":
                sees = int(self.match["sees"]) or None
                wanted = Wanted(StepKind.NEXT, interaction.user.id, talk_id=talk_id, sees=sees)
                message = await step(interaction, session_id, wanted)
            case "answered":
                wanted = Wanted(StepKind.ANSWER, interaction.user.id, question_id=int(self.match["sees"]) or None)
                message = await step(interaction, session_id, wanted)
            case "open" | "close" as action:
                phase = Phase.OPEN if action == "open" else Phase.CLOSED
                message = await put(interaction, session_id, talk_id, phase)
            case _:
                message = await listed(interaction, session_id, talk_id)
        await answer(interaction, message)


class QuestionPageButton(PersistentButton, template=QUESTION_PAGE):
    """Turns a page of the moderators' list."""

    async def pressed(self, interaction: Interaction) -> None:
        await interaction.response.defer()
        session_id, talk_id = int(self.match["session"]), int(self.match["talk"])
        await redraw(interaction, await listed(interaction, session_id, talk_id, int(self.match["page"])))


class ChooseQuestion(PersistentSelect, template=CHOOSE):
    """Shows one question with what can be done with it."""

    async def chosen(self, interaction: Interaction, values: Sequence[str]) -> None:
        await interaction.response.defer()
        key = number_of(values[0]) if values else None
        await redraw(interaction, await one(interaction, int(self.match["session"]), key or 0))


class QuestionButton(PersistentButton, template=QUESTION):
    """One step with one question; then it is shown as it is."""

    async def pressed(self, interaction: Interaction) -> None:
        await interaction.response.defer()
        session_id, key, action = int(self.match["session"]), int(self.match["question"]), self.match["action"]
        if action == "back":
            await redraw(interaction, await listed(interaction, session_id, with_question=key))
            return
        await step(interaction, session_id, Wanted(STEPS[action], interaction.user.id, question_id=key))
        await redraw(interaction, await one(interaction, session_id, key))


class MergeButton(PersistentButton, template=MERGE):
    """Merges two questions that were proposed as one; the list shows what is left."""

    async def pressed(self, interaction: Interaction) -> None:
        await interaction.response.defer()
        session_id, key, into = int(self.match["session"]), int(self.match["question"]), int(self.match["into"])
        await step(interaction, session_id, Wanted(StepKind.MERGE, interaction.user.id, question_id=key, into=into))
        await redraw(interaction, await listed(interaction, session_id, with_question=key))


class StepUndoButton(PersistentButton, template=STEP_UNDO):
    """Under the answer to a step: take that step back."""

    async def pressed(self, interaction: Interaction) -> None:
        await interaction.response.defer()
        wanted = Wanted(StepKind.UNDO, interaction.user.id, step_id=int(self.match["step"]))
        await answer(interaction, await step(interaction, int(self.match["session"]), wanted))


class LeftoverButton(PersistentButton, template=LEFT):
    """In a talk's thread: a question that was not reached is answered now."""

    async def pressed(self, interaction: Interaction) -> None:
        await acknowledge(interaction)
        key = int(self.match["question"])
        session_id, talk_id = await place_of_question(interaction.client.db, key)
        wanted = Wanted(StepKind.ANSWER, interaction.user.id, question_id=key)
        check = speaker_check(interaction, talk_id)
        await answer(interaction, await step(interaction, session_id, wanted, check))


async def one(interaction: Interaction, session_id: int, question_id: int) -> Message:
    """One question for moderators.

    Raises:
        CommandError: they may not, or it is not in this session.
    """
    queues, last_step = await queues_of(interaction, session_id)
    by_id = {question.id: question for question in queues.questions}
    question = by_id.get(question_id)
    talk = queues.talk(question.talk_id) if question else None
    if question is None or talk is None:
        raise CommandError("that question is not in this session", do="Choose one from the list")
    into = by_id.get(question.standing.merged_into or 0)
    return one_for_moderators(question, talk, session_id, into=into, last_step=last_step)


async def setup(client: ChairsideClient) -> None:
    register(
        client,
        QueueButton,
        QuestionPageButton,
        ChooseQuestion,
        QuestionButton,
        MergeButton,
        StepUndoButton,
        LeftoverButton,
    )
