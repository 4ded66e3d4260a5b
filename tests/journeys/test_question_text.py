"""Text as hostile as it gets: it pings nobody and breaks no layout, or is refused and given back."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio

from bot.rehearsal.loopback import Message, Person, PersonRefusedError, Reply
from tests.journeys.question_stage import QuestionStage
from tests.journeys.stage import PATIENCE, TITLES
from tests.stores import Stores

pytestmark = pytest.mark.asyncio(loop_scope="module")

TITLE = TITLES[0]
COMBINING = "\u0301"
HOSTILE = {
    "everyone": "@everyone and @here: look at this",
    "a person": "Ask {person} or <@!{person_id}> about it",
    "a role": "Is {role} there, and <#{channel_id}>?",
    "a masked link": "[the proof](https://evil.example/x) and [again](<https://evil.example>)",
    "a link": "See https://evil.example/a_b*c* and http://evil.example",
    "an invite": "Come to https://discord.gg/abcdef or discord.com/invite/abcdef",
    "a tower of marks": f"Z{COMBINING * 499}",
    "turned text": "Is \u202egnp.exe\u202c or \u2067this\u2069 the end\u202e",
    "a code fence": "```py\nprint()\n```\n> quoted\n# heading\n- item\n||hidden||",
    "headings": "# Answered: everything\nAsked by Mona\nfor **another talk**",
    "long": "W" * 500,
    "much markup": "*_~|`" * 100,
    "many lines": "\n".join("lines" for _ in range(80)),
}
REFUSED = {
    "too long": "long " * 800,
    "nothing but spaces": " \u3164 \n\t ",
    "nothing but invisible": "\u200b\u200d\u2060",
    "nothing but marks": COMBINING * 500,
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(stores: Stores, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[QuestionStage]:
    """One for all texts; each of them is asked by somebody new."""
    QuestionStage.stores = stores
    async with QuestionStage.running(tmp_path_factory.mktemp("hostile")) as stage:
        await stage.on_stage()
        yield stage


Way = Callable[[QuestionStage, Person, str], Awaitable[Reply]]


async def by_command(stage: QuestionStage, person: Person, text: str) -> Reply:
    return await stage.use(person, "ask", question=text)


async def by_form(stage: QuestionStage, person: Person, text: str) -> Reply:
    return await stage.in_form(person, await stage.until_posted("**Now and next**"), text)


WAYS = pytest.mark.parametrize("way", [by_command, pytest.param(by_form, marks=pytest.mark.slow)])


@WAYS
@pytest.mark.parametrize("kind", HOSTILE)
async def test_hostile_question_is_shown_and_pings_nobody_and_breaks_no_layout(
    stage: QuestionStage, kind: str, way: Way
) -> None:
    mallory = stage.server.add_member("Mallory")
    victim, role = stage.people[0], stage.role
    text = HOSTILE[kind].format(
        person=victim.mention, person_id=victim.id, role=role.mention, channel_id=stage.general.id
    )
    answer = await way(stage, mallory, text)
    assert f"Your question for **{TITLE}** is number 1 in line:\n> " in answer.content
    before = set(stage.hall.messages)
    listed, moderators = await stage.listed(victim), await stage.use(stage.moderator, "qa list")
    assert "was put to the speaker" in await stage.qa("next")
    shown = await stage.hall.wait_for(
        lambda message: message not in before and "Asked by" in message.content, within=PATIENCE
    )
    stands(shown)
    console = await stage.console("Being asked: ")
    board = await stage.until_posted("**Now and next**")
    holds_its_lines(stage, console, board)
    for message in (shown, console, board, answer.message, listed.message, moderators.message):
        assert message is not None
        harmless(message)
    await stage.qa("answered")
    answered = await stage.hall.wait_for(
        lambda message: message is shown and message.content.startswith("Answered: "), within=PATIENCE
    )
    assert len(answered.content.splitlines()) == 3
    harmless(answered)


def stands(shown: Message) -> None:
    """The question in its line, who asked in the next, what for in the last."""
    question, by, about = shown.content.splitlines()
    assert question.startswith(("# ", "## "))
    assert by == "Asked by Mallory"
    assert about == f"for **{TITLE}** · Deep Learning"
    assert shown.labels == ["Questions"]


def holds_its_lines(stage: QuestionStage, console: Message, board: Message) -> None:
    rows = console.content.splitlines()
    assert rows[0].startswith("**Console** · Deep Learning")
    assert rows[1].startswith(f"On stage: **{TITLE}**")
    assert rows[-2].startswith("Questions (open): none queued")
    assert rows[-1].startswith("Being asked: ")
    assert rows[-1].endswith(" · Mallory")
    first, now = board.content.splitlines()[:2]
    assert first.startswith("**Now and next**")
    assert now.startswith(f"Now: **{TITLE}**")


def harmless(message: Message) -> None:
    """It pinged nobody, and Discord's client makes nothing of what it says."""
    text = message.text
    assert not message.pinged
    assert not message.mentions
    for live in ("@everyone", "@here", "discord.gg/", "discord.com/invite", "```", "\u202e", "\u2067"):
        assert live not in text, f"{live!r} in {text!r}"
    assert not re.search(r"(?<!\\)\]\(", text)
    assert COMBINING * 5 not in text


@WAYS
@pytest.mark.parametrize("kind", REFUSED)
async def test_question_that_is_none_is_refused_and_given_back(stage: QuestionStage, kind: str, way: Way) -> None:
    typed, mallory = REFUSED[kind], stage.server.add_member("Mallory")
    before = stage.stored("SELECT count(*) FROM questions")
    if way is by_form and len(typed) > 500:
        with pytest.raises(PersonRefusedError):
            await way(stage, mallory, typed)
        return
    answer = await way(stage, mallory, typed)
    assert "Nothing was stored. This is what you typed" in answer.content
    assert answer.ephemeral
    assert answer.message is not None
    if kind == "too long":
        assert "the question has 3,999 characters, and 500 is the most" in answer.content
        assert answer.content.count("long") > 300
        assert [file.text for file in answer.message.attachments] == [typed]
    else:
        assert "the question is empty" in answer.content
    harmless(answer.message)
    assert stage.stored("SELECT count(*) FROM questions") == before


async def test_text_is_given_back_whatever_the_error_is(stage: QuestionStage) -> None:
    ada = stage.server.add_member("Ada the second")
    unknown = await stage.ask(ada, "Is my text lost?", talk="the one about graphs")
    assert "“the one about graphs” is not a talk of this session" in unknown
    assert "> Is my text lost?" in unknown
    elsewhere = await (await ada.slash(stage.general, "ask", question="Where am I?")).final(within=PATIENCE)
    assert "no talk is on or coming up in this channel" in elsewhere.content
    assert "> Where am I?" in elsewhere.content


@pytest.mark.parametrize("name", ["@everyone", "# [x](https://evil.example)", "\u202enom", "** · anonymous **"])
async def test_hostile_name_stays_in_its_place(stage: QuestionStage, name: str) -> None:
    person = stage.server.add_member(name)
    before = set(stage.hall.messages)
    await stage.ask(person, "Who am I?")
    await stage.qa("next")
    shown = await stage.hall.wait_for(
        lambda message: message not in before and "Asked by" in message.content, within=PATIENCE
    )
    heading, by, _ = shown.content.splitlines()
    assert heading == "# Who am I?"
    assert by.startswith("Asked by ")
    harmless(shown)
    await stage.qa("answered")


async def test_person_whose_name_shows_as_nothing_may_ask(stage: QuestionStage) -> None:
    person = stage.server.add_member("\u2800")
    assert person.user.username == "_"
    assert "Asked as \\_." in await stage.ask(person, "Do I have a name?")
