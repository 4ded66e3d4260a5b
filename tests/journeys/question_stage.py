"""A stage with a hall full of attendees who ask and vote, and what the store says became of it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

from bot.rehearsal.loopback import Message, Person, Reply
from bot.rehearsal.loopback.moments import RealMoments, pause
from db.database import NOBODY, Database
from db.tables import Server
from tests.journeys.run_stage import RunStage
from tests.journeys.stage import PATIENCE, TITLES


class QuestionStage(RunStage):
    """A stage with a hall full of attendees; the moderators' channel is theirs alone."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.backstage.hide(but_for=self.role)
        self.backstage.allow_bot("view_channel")
        self.people = [self.server.add_member(f"Attendee {number}") for number in range(1, 9)]

    async def restart_bot(self) -> None:
        """Kill -9, and up again."""
        await self.kill_bot()
        await self.start_bot()

    async def ask(self, person: Person, question: str, **options: object) -> str:
        """Ask in the hall's channel; the answer."""
        return (await self.use(person, "ask", question=question, **options)).content

    async def use_in_hall(self, person: Person, question: str) -> str:
        """Ask for somebody in the hall; the answer."""
        return await self.ask(person, question, for_hall="Frau Doktor Grün")

    async def ask_all(self, asked: Iterable[tuple[Person, str]], **options: object) -> list[str]:
        """Many people ask at the same moment; the answers, in their order."""
        await self.clock_noticed()

        async def one(person: Person, question: str) -> str:
            reply = await person.slash(self.hall, "ask", question=question, **options)
            return (await reply.final(within=PATIENCE)).content

        return await asyncio.gather(*(one(person, question) for person, question in asked))

    async def in_form(self, person: Person, message: Message, question: str, *, anonymous: bool = False) -> Reply:
        """Press Ask under a message, fill in the form and send it; the final answer."""
        await self.clock_noticed()
        form = await person.press(message, "Ask")
        sent = await person.submit(form, {"question": question, "anonymous": anonymous})
        return await sent.final(within=PATIENCE)

    async def on_stage(self) -> Message:
        """The first talk is on stage; the console then."""
        await self.tap("Start", at="12:30")
        return await self.console(f"On stage: **{TITLES[0]}**")

    async def listed(self, person: Person, **options: object) -> Reply:
        """A person's list of the questions."""
        return await self.use(person, "questions list", **options)

    async def qa(self, command: str, **options: object) -> str:
        """A moderator's `/qa` command; the answer."""
        return (await self.use(self.moderator, f"qa {command}", **options)).content

    async def talk(self, number: int) -> str:
        """What the autocompletion hands over for a talk."""
        choices = await self.attendee.autocomplete(self.hall, "ask", question="?", talk=TITLES[number][:40])
        return str(choices[0].value)

    async def question(self, words: str) -> str:
        """What the autocompletion hands over for a question."""
        (choice,) = await self.moderator.autocomplete(self.hall, "qa dismiss", question=words)
        return str(choice.value)

    async def chosen(self, person: Person, number: int) -> Reply:
        """One question, opened from a moderator's list by its place there."""
        listed = await self.use(person, "qa list")
        assert listed.message is not None
        select = listed.message.components[0]["components"][0]
        reply = await person.choose(listed.message, select["custom_id"], [select["options"][number - 1]["value"]])
        return await reply.final(within=PATIENCE)

    async def configure(self, **settings: object) -> None:
        """Choose a server's settings for questions, while the bot runs."""
        db = Database(self.bot.database_url)
        try:
            async with db.transaction(NOBODY) as session:
                server = await session.get(Server, self.server.id)
                assert server is not None
                server.question_settings = settings
                session.add(server)
        finally:
            await db.close()

    async def until_store_says(self, query: str, *rows: tuple[Any, ...]) -> None:
        """Wait until a query answers with these rows."""
        async with asyncio.timeout(PATIENCE):
            while self.stored(query) != [*rows]:
                await pause(RealMoments(), 0.02)

    def standing(self) -> dict[str, int]:
        """How many questions stand where, by the store."""
        return dict(self.stored("SELECT state, count(*) FROM questions GROUP BY state"))
