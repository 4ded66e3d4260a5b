"""Two processes with the same shards hear of everything that people do, and do it once."""

from __future__ import annotations

import asyncio
from collections import Counter
from http import HTTPStatus
from pathlib import Path

import pytest

from tests.faults.overlap_stage import OverlapStage
from tests.faults.script import PEOPLE, QUESTIONS
from tests.journeys.stage import PATIENCE, pdt
from tests.stores import Stores

pytestmark = pytest.mark.store("postgresql")


@pytest.mark.slow
async def test_everything_that_people_do_is_done_once_by_two_processes(stores: Stores, tmp_path: Path) -> None:
    async with OverlapStage.running(tmp_path) as stage:
        stage.move(pdt("12:30"))
        await stage.settled()
        await stage.use(stage.moderator, "timer start")
        # votes are taken back by a second press, and each extension counts: neither forgives being done twice
        asked = zip(stage.people, QUESTIONS, strict=True)
        await stage.ask_all(asked)
        for command in ("extend", "pause", "resume") * 5:
            options = {"minutes": "1"} if command == "extend" else {}
            await stage.use(stage.moderator, f"timer {command}", **options)
        for person in stage.people[1:]:
            listed = (await stage.listed(person)).message
            assert listed is not None
            vote = next(button["custom_id"] for button in listed.buttons if button["custom_id"].startswith("vote"))
            await (await person.press(listed, custom_id=vote)).final(within=PATIENCE)
        await asyncio.gather(*(_remind(stage, number) for number in range(PEOPLE)))
        for command in ("next", "answered") * 3:
            await stage.qa(command)
        await stage.settled()
        assert stage.stored("SELECT kind, count(*) FROM timing_events GROUP BY kind ORDER BY kind") == [
            ("extend", 5), ("pause", 5), ("resume", 5), ("start", 1),
        ]  # fmt: skip
        assert stage.stored("SELECT count(*) FROM questions") == [(PEOPLE,)]
        assert stage.stored("SELECT count(*) FROM question_votes") == [(PEOPLE - 1,)]
        assert stage.stored("SELECT count(*) FROM question_steps") == [(6,)]
        assert stage.sent >= 50
        callbacks = await stage.callbacks(2 * stage.sent)
        assert Counter(callback.status for callback in callbacks)[HTTPStatus.BAD_REQUEST] == stage.sent
        assert [line for line in stage.logs.splitlines() if " ERROR " in line or "Traceback" in line] == []


async def _remind(stage: OverlapStage, number: int) -> None:
    reply = await stage.people[number].slash(stage.hall, "remind add", talk=stage.talk_key(6 + number % 3))
    await reply.final(within=PATIENCE)
