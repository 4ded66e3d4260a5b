"""The hall's screen over HTTP, served by the real bot: its link, what it follows, and what ends it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from bot.rehearsal.loopback import Message
from bot.rehearsal.loopback.world.messages import Upload
from bot.rehearsal.stage_port import StagePort
from tests.journeys.run_stage import RunStage
from tests.journeys.stage import PATIENCE, Stage, pdt
from tests.stage.screens import looking

LINK = re.compile(r"<(http://127\.0\.0\.1:\d+/(?:stage|room|lobby)/[\w-]{43})>")


class ScreenStage(RunStage):
    """A stage with a screen in the hall."""

    async def open(self) -> None:
        self.port = StagePort()
        await super().open()

    async def start_bot(self) -> None:
        self.bot.stage_address, self.bot.log_level = self.port.address, "DEBUG"
        await super().start_bot()

    async def close(self) -> None:
        """No secret of a link stood in the log."""
        self.port.close()
        log = self.bot.log_path.read_text(encoding="utf-8")
        secrets = [secret for (secret,) in self.stored("SELECT secret FROM stage_links")]
        await super().close()
        assert not [line for line in log.splitlines() if any(secret in line for secret in secrets)]


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[ScreenStage]:
    async with ScreenStage.running(tmp_path) as stage:
        yield stage


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(2 * PATIENCE)) as session:
        yield session


def link_in(message: Message) -> str:
    found = LINK.search(message.content)
    assert found, message.content
    return found[1]


@pytest.mark.slow
async def test_screen_follows_the_console_and_outlives_the_bot(stage: ScreenStage, http: aiohttp.ClientSession) -> None:
    answer = await stage.use(stage.moderator, "session stage")
    assert answer.ephemeral
    assert answer.message is not None
    assert not answer.followups
    url = link_in(answer.message)
    async with looking(http, url) as screen:
        assert (await screen.until(phase="before"))["to"] == pdt("12:30").timestamp() * 1000
        await stage.tap("Start", at="12:31")
        await screen.until(phase="on stage", late="1 min late", to=pdt("12:36").timestamp() * 1000)
        await stage.tap("Pause", at="12:33")
        await screen.until(phase="paused", left=3 * 60_000)
        await stage.tap("+1 min")
        await screen.until(phase="paused", left=4 * 60_000)
        await stage.kill_bot()
        with pytest.raises((EOFError, aiohttp.ClientError)):
            await screen.until(phase="over")
    await stage.start_bot()
    async with looking(http, url) as screen:
        await screen.until(phase="paused", left=4 * 60_000)
        await stage.use(stage.attendee, "ask", question="Does it scale?", anonymous=True)
        await stage.tap("Next question", at="12:34")
        asked = await screen.until(
            question={"text": "Does it scale?", "by": {"names": [], "more": ""}, "anonymously": "anonymously"}
        )
        assert asked["phase"] == "paused"


@pytest.mark.slow
async def test_link_is_moderators_alone_and_a_new_one_ends_the_old_one_at_once(
    stage: ScreenStage, http: aiohttp.ClientSession
) -> None:
    refused = await stage.use(stage.attendee, "session stage")
    assert refused.content.startswith("only this session's moderators may do this")
    assert stage.stored("SELECT count(*) FROM stage_links") == [(0,)]
    answer = await stage.use(stage.manager, "session stage")
    assert answer.message is not None
    lobby = await answer.followed_up(within=PATIENCE)
    url, of_lobby = link_in(answer.message), link_in(lobby)
    async with looking(http, url) as screen, looking(http, of_lobby) as board:
        await screen.state()
        assert [room["next"]["time"] for room in (await board.state())["rooms"]] == ["15:30"]
        again = await stage.use(stage.second, "session stage")
        assert again.message is not None
        assert link_in(again.message) == url
        renewed = await stage.press(stage.second, again.message, "New link")
        assert renewed.message is not None
        assert link_in(renewed.message) != url
        assert await screen.is_sent_away()
        assert "was replaced or revoked meanwhile" in await stage.refused(stage.manager, answer.message, "Revoke")
        revoked = await stage.press(stage.manager, lobby, "Revoke")
        assert "was revoked" in revoked.content
        assert await board.is_sent_away()
    async with http.get(url) as gone, http.get(of_lobby) as gone_too, http.get(link_in(renewed.message)) as there:
        assert (gone.status, gone_too.status, there.status) == (404, 404, 200)
    acts = [action for (action,) in stage.stored("SELECT action FROM audit_entries")]
    assert (acts.count("/session stage"), acts.count("pressed")) == (2, 3)


@pytest.mark.slow
async def test_rooms_screen_is_managers_to_hand_out_and_goes_on_with_what_follows(
    stage: ScreenStage, http: aiohttp.ClientSession
) -> None:
    refused = await stage.use(stage.moderator, "session stage", all_day=True)
    assert refused.content.startswith("only managers of this server may do this")
    assert stage.stored("SELECT count(*) FROM stage_links") == [(0,)]
    file = Upload("after.csv", b"title,start,end,room,date\nAfterwards,18:00,18:30,Hall F,2022-07-21\n")
    preview = await stage.use(stage.manager, "schedule import", file=file, timezone="America/New_York")
    await stage.press(stage.manager, preview.message, "Import")
    answer = await stage.use(stage.manager, "session stage", all_day=True, session=stage.session_key(1))
    assert answer.ephemeral
    assert answer.message is not None
    assert answer.content.startswith("**Screen of Hall F**, all day")
    async with looking(http, link_in(answer.message)) as screen:
        await stage.tap("Start", at="12:31")
        await screen.until(phase="on stage", session="Deep Learning")
        await stage.use(stage.moderator, "session close", session=stage.session_key(1))
        assert (await screen.until(phase="before"))["next"]["title"] == "Afterwards"
        revoked = await stage.press(stage.manager, answer.message, "Revoke")
        assert "was revoked" in revoked.content
        assert await screen.is_sent_away()


async def test_bot_that_serves_no_screens_says_what_its_operator_must_do(tmp_path: Path) -> None:
    async with RunStage.running(tmp_path) as stage:
        answer = await stage.use(stage.moderator, "session stage")
        assert answer.content == (
            "the stage view is turned off on this bot. "
            "Ask whoever runs the bot to set STAGE\\_ADDRESS, as docs/operators.md says."
        )
        assert isinstance(stage, Stage)
