"""An anonymous question's author is known to moderators and to nobody else, in whatever was shown, sent or logged."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import pytest_asyncio

from bot.rehearsal.loopback import Message, Person
from bot.rehearsal.loopback.world.channels import Channel
from tests.journeys.question_stage import QuestionStage
from tests.journeys.stage import TITLES

FIRST = TITLES[0]
AUTHOR = "Zephyrine Quux"


@dataclass
class PrivateStage(QuestionStage):
    """A stage whose bot logs all that it can, with somebody who asks anonymously."""

    author: Person = field(init=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.author = self.server.add_member(AUTHOR)

    async def open(self) -> None:
        await super().open()
        await self.kill_bot()
        self.bot.log_level = "DEBUG"
        await self.start_bot()

    @property
    def log(self) -> str:
        return self.bot.log_path.read_text(encoding="utf-8", errors="replace")


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[PrivateStage]:
    async with PrivateStage.running(tmp_path) as stage:
        await stage.on_stage()
        yield stage


def names(stage: PrivateStage) -> tuple[str, ...]:
    return AUTHOR, AUTHOR.split(maxsplit=1)[0], stage.author.user.username, str(stage.author.id)


def all_said(message: Message) -> Iterator[str]:
    """All that a client gets to know of a message, what it said before included."""
    yield json.dumps([message.content, message.embeds, message.components], ensure_ascii=False)
    for edit in message.edits:
        yield json.dumps([edit.content, edit.components], ensure_ascii=False)
    for file in message.attachments:
        yield f"{file.filename} {file.data.decode()}"


def told(stage: PrivateStage, person: Person) -> list[str]:
    """All that a person could see or was answered, in any channel and thread."""
    channels: list[Channel] = [*stage.server.channels.values(), *stage.server.threads.values(), person.direct_channel]
    return [text for channel in channels for message in person.sees(channel) for text in all_said(message)]


def nobody_knows(stage: PrivateStage, *, log: bool = True) -> None:
    people = [*stage.people, stage.attendee]
    for person in people:
        assert person is not stage.author
        for text in told(stage, person):
            assert not [name for name in names(stage) if name in text], f"{person.name}: {text}"
    if log:
        lines = [line for line in stage.log.splitlines() if any(name in line for name in names(stage))]
        assert not lines, lines


async def everybody_looks(stage: PrivateStage) -> None:
    """All that an attendee can ask the bot for, from every channel that they see."""
    ada = stage.people[0]
    for command in ("questions list", "questions mine", "now", "upnext", "agenda"):
        await stage.use(ada, command)
    await ada.autocomplete(stage.hall, "ask", question="?", talk="")
    board = await stage.until_posted("**Now and next**")
    await stage.press(ada, board, "Questions")


@pytest.mark.slow
async def test_author_of_an_anonymous_question_is_named_to_moderators_only(stage: PrivateStage) -> None:
    author, ada, ben = stage.author, *stage.people[:2]
    board = await stage.until_posted("**Now and next**")
    said = await stage.ask(author, "Is this an orchid?", anonymous=True)
    assert "Anonymous to the room; moderators see who asked." in said
    stage.at("12:31")
    await stage.in_form(author, board, "Why no tulips?", anonymous=True)
    stage.at("12:32")
    await stage.ask(author, "Are there roses?", anonymous=True)
    await stage.ask(ben, "Are there any roses?")
    assert "One in the queue is much like yours" in await stage.ask(ada, "Is this one an orchid?")
    await everybody_looks(stage)
    await stage.press(ada, (await stage.listed(ada)).message, "Vote 2")
    listed = await stage.use(stage.moderator, "qa list")
    assert listed.content.count(f"{AUTHOR} (anonymous to the room)") == 3
    assert f"Asked by {AUTHOR} (anonymous to the room)" in (await stage.chosen(stage.moderator, 1)).content

    await stage.qa("merge", question=await stage.question("any roses"), into=await stage.question("Are there roses"))
    assert "merged into “Are there roses?”" in (await stage.use(ben, "questions mine")).content
    for words in ("tulips", "this an orchid"):
        await stage.qa("pin", question=await stage.question(words))
    await stage.qa("next")
    await stage.until_posted("# Why no tulips?")
    await everybody_looks(stage)
    await stage.qa("next")
    await stage.until_posted("# Is this an orchid?")
    await stage.qa("undo")
    await stage.until_posted("This question went back to the queue.")
    await stage.qa("dismiss", question=await stage.question("Is this an orchid?"))
    await stage.until_posted("This question was taken back.")
    await everybody_looks(stage)
    await stage.tap("Next", at="12:36")
    stage.at("12:46")
    await stage.until_posted("were not reached")
    await everybody_looks(stage)
    nobody_knows(stage)


@pytest.mark.slow
async def test_moderators_file_names_the_author_and_the_public_one_does_not(stage: PrivateStage) -> None:
    await stage.ask(stage.author, "Is this an orchid?", anonymous=True)
    for kind in ("csv", "json"):
        public = await stage.use(stage.moderator, "qa export", kind=kind)
        own = await stage.use(stage.moderator, "qa export", kind=kind, public=False)
        assert public.message is not None
        assert own.message is not None
        (handed_on,), (kept,) = public.message.attachments, own.message.attachments
        assert "orchid" in handed_on.text
        assert not [name for name in names(stage) if name in handed_on.text]
        assert AUTHOR in kept.text
    nobody_knows(stage)


@pytest.mark.slow
@pytest.mark.store("sqlite")
async def test_author_is_in_no_log_line_though_the_store_fails(stage: PrivateStage) -> None:
    with closing(sqlite3.connect(stage.folder / "chairside.sqlite3")) as store:
        store.execute(
            "CREATE TRIGGER full BEFORE INSERT ON questions BEGIN SELECT RAISE(ABORT, 'the disk is full'); END"
        )
    answer = await stage.ask(stage.author, "Is this an orchid?", anonymous=True)
    assert "Something went wrong inside Chairside" in answer
    assert "> Is this an orchid?" in answer
    assert "the disk is full" in stage.log
    assert "orchid" not in stage.log
    nobody_knows(stage)
