"""Two processes that share the servers: each delivers for its own, and hears what the other one's people change."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest

from bot.rehearsal.loopback.moments import RealMoments, pause
from bot.rehearsal.loopback.world.servers import Server
from bot.rules.outbox import State
from tests.faults.process_stage import FIRST_TALK, LEAD, SHARD_BITS, ProcessStage, Shape
from tests.journeys.forked_bot import fork
from tests.journeys.stage import PATIENCE, SAMPLE, TITLES
from tests.stores import Stores

pytestmark = pytest.mark.store("postgresql")
SHARDS = tuple({"SHARD_IDS": str(shard), "SHARD_COUNT": "2"} for shard in range(2))


def shard_of(server_id: int) -> int:
    return (server_id >> SHARD_BITS) % len(SHARDS)


@pytest.mark.slow
async def test_each_of_two_processes_serves_its_own_servers_and_hears_the_command_line(
    stores: Stores, tmp_path: Path
) -> None:
    async with ProcessStage.playing(tmp_path, shape=Shape(servers=4, rooms=2, talks=3), settings=SHARDS) as stage:
        stage.clock.run_from(FIRST_TALK - LEAD + Shape().spread * 4, 0)
        rows = await stage.each_posted_once()
        sent = [row for row in rows if row.state == State.SENT]
        assert {shard_of(row.server_id) for row in sent} == {0, 1}
        assert await posted_by(stage, len(sent)) == {row.id: shard_of(row.server_id) for row in sent}
        servers = {shard_of(server_id): stage.loopback.world.servers[server_id] for server_id in stage.halls}
        for server in servers.values():
            assert "Up next" in await ask(stage, server)
        callbacks = stage.loopback.requests.matching(r"POST /interactions")
        assert len(callbacks) == len(servers)
        await imported(stage, servers[1])
        posted = await stage.halls[servers[1].id][0].wait_for(
            lambda message: message.content.startswith("Up next") and TITLES[0] in message.content, within=PATIENCE / 2
        )
        rows = await stage.each_posted_once()
        sent = [row for row in rows if row.state == State.SENT]
        assert (await posted_by(stage, len(sent)))[posted.nonce or ""] == 1


async def ask(stage: ProcessStage, server: Server) -> str:
    person = server.add_member("Ada")
    return (await (await person.slash(stage.halls[server.id][0], "upnext")).final(within=PATIENCE)).content


async def imported(stage: ProcessStage, server: Server) -> None:
    """A programme is given to the command line while both run, which ends before the message comes."""
    page = stage.folder / "session.txt"
    page.write_bytes(SAMPLE)
    arguments = ["import", str(page), "--server", str(server.id), "--timezone", "America/New_York", "--year", "2022"]
    out = stage.folder / "import.log"
    assert await fork(arguments, stage.bots[0].environment, stage.folder, out, out).wait() == 0, out.read_text()


async def posted_by(stage: ProcessStage, number: int) -> dict[str, int]:
    """Which process says that it sent a delivery, once so many are said to be; none is twice."""
    async with asyncio.timeout(PATIENCE):
        while len(found := _said(stage)) < number:
            await pause(RealMoments(), 0.02)
    assert len(found) == len(dict(found))
    return dict(found)


def _said(stage: ProcessStage) -> list[tuple[str, int]]:
    return [
        (delivery, number)
        for number, bot in enumerate(stage.bots)
        for delivery in re.findall(r"sent \w+ delivery (\S+) to", bot.log_path.read_text(encoding="utf-8"))
    ]
