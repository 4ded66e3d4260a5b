"""Recorded questions asked again, and what moderators did with them."""

from __future__ import annotations

from bot.rehearsal.asking import FROM_THE_HALL
from bot.rehearsal.loopback.people.person import Person
from bot.rehearsal.loopback.world.messages import Message, walk
from bot.rehearsal.replaying.scene import REFUSED, Scene, answered
from bot.rules.question_steps import StepKind
from bot.rules.questions import QuestionState
from bot.rules.session_log import LoggedQuestion, LoggedQueue, LoggedStep
from db.question_tables import Question, QuestionStep, TalkQueue

COMMANDS = {
    StepKind.ANSWER: "answered",
    StepKind.DISMISS: "dismiss",
    StepKind.APPROVE: "approve",
    StepKind.PIN: "pin",
    StepKind.UNPIN: "pin",
    StepKind.MERGE: "merge",
    StepKind.UNDO: "undo",
}


async def ask_again(scene: Scene, question: LoggedQuestion) -> bool:
    """Let the same attendee ask, in other words; whether a question came of it."""
    before = await scene.stored(Question)
    try:
        await _ask(scene, question)
    except REFUSED:
        return False
    return await scene.stored(Question) > before


async def _ask(scene: Scene, question: LoggedQuestion) -> None:
    text, channel = f"Question {question.number}", scene.hall.channel
    options: dict[str, object] = {"question": text, "talk": scene.talk(question.talk)}
    if question.asker is None:
        moderator = scene.moderator(question.entered_by)
        await answered(await moderator.slash(channel, "ask", **options, for_hall=FROM_THE_HALL))
        return
    asker = scene.attendees[question.asker - 1]
    if question.entered_by is not None:
        said = await asker.say(channel, text)
        await answered(await scene.moderator(question.entered_by).context_menu(said, "Queue as question"))
        return
    options |= {"anonymous": True} if question.anonymous else {}
    await answered(await asker.slash(channel, "ask", **options))


async def step_again(scene: Scene, step: LoggedStep) -> bool:
    """Let a moderator do the same with the same questions; whether a step came of it."""
    before = await scene.stored(QuestionStep)
    person, kind = scene.moderator(step.by), StepKind(step.kind)
    put = next((each.question for each in step.changes if each.state == QuestionState.ASKED), None)
    try:
        if kind in (StepKind.NEXT, StepKind.ASK) and put is not None:
            await _ask_now(scene, person, step.talk, await scene.question(put))
        else:
            await _command(scene, person, StepKind.ANSWER if kind is StepKind.NEXT else kind, step)
    except REFUSED:
        return False
    return await scene.stored(QuestionStep) > before


async def _command(scene: Scene, person: Person, kind: StepKind, step: LoggedStep) -> None:
    about = next((each for each in step.changes if each.merged_into), step.changes[0]) if step.changes else None
    options: dict[str, object] = {"unpin": True} if kind is StepKind.UNPIN else {}
    if about is not None and kind is not StepKind.UNDO:
        options["question"] = f"question#{await scene.question(about.question)}"
    if about is not None and kind is StepKind.MERGE and about.merged_into:
        options["into"] = f"question#{await scene.question(about.merged_into)}"
    await answered(await person.slash(scene.hall.backstage, f"qa {COMMANDS[kind]}", **options, session=scene.session))


async def _ask_now(scene: Scene, person: Person, talk: int, question_id: int) -> None:
    """From the moderators' list, as votes that nobody recorded would put another one first."""
    listed = await person.slash(scene.hall.backstage, "qa list", talk=scene.talk(talk), session=scene.session)
    page = (await answered(listed)).message
    while page is not None and not _offers(page, question_id):
        forward = _later_page(page)
        page = (await answered(await person.press(page, custom_id=forward))).message if forward else None
    if page is None:
        return
    select = next(each for each in walk(page.components) if str(each.get("custom_id", "")).startswith("choose:"))
    shown = (await answered(await person.choose(page, select["custom_id"], [str(question_id)]))).message
    ask = f"question:ask:{question_id}:{scene.session_id}"
    if shown is not None:
        await answered(await person.press(shown, custom_id=ask))


def _offers(page: Message, question_id: int) -> bool:
    options = (o for each in walk(page.components) for o in each.get("options", ()))
    return any(option["value"] == str(question_id) for option in options)


def _later_page(page: Message) -> str | None:
    """The button that goes on, if there is one: its custom_id ends in the highest page."""
    here = next(
        (str(b["custom_id"]) for b in walk(page.components) if str(b.get("custom_id", "")).startswith("choose:")), ""
    )
    now = int(here.rsplit(":", 1)[1]) if here else 0
    ids = (str(button.get("custom_id", "")) for button in page.buttons if not button.get("disabled"))
    return next((each for each in ids if each.startswith("qpage:") and int(each.rsplit(":", 1)[1]) == now + 1), None)


async def put_again(scene: Scene, queue: LoggedQueue) -> bool:
    """Open or close a queue as a moderator did; whether that was noted."""
    before = await scene.stored(TalkQueue)
    command = "qa open" if queue.phase == "open" else "qa close"
    voting: dict[str, object] = {"voting": True} if queue.phase == "voting" else {}
    options: dict[str, object] = {"talk": scene.talk(queue.talk), **voting, "session": scene.session}
    try:
        await answered(await scene.moderator(queue.by).slash(scene.hall.backstage, command, **options))
    except REFUSED:
        return False
    return await scene.stored(TalkQueue) > before
