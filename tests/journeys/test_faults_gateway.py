"""Discord's gateway ends the connection, in every way that it documents."""

from __future__ import annotations

import asyncio

import pytest

from tests.journeys.stage import PATIENCE, TITLES, Stage

COMES_BACK = (1000, 1001, 1006, 4000, 4001, 4002, 4003, 4005, 4007, 4008, 4009)
FORGETS_THE_SESSION = (4003, 4007, 4009)
"""As Discord documents; discord.py waits five seconds before it identifies anew, so `make long` tries the others."""
FOR_GOOD = {
    4004: "Discord does not accept DISCORD_TOKEN any more. Copy it anew from the Developer Portal",
    4010: "Discord does not know this shard (gateway code 4010). Check SHARD_IDS and SHARD_COUNT.",
    4011: "the bot is on too many servers for so few shards (gateway code 4011). Set SHARD_COUNT higher",
    4012: "Discord's gateway does not speak this version any more (code 4012). Install the newest Chairside",
    4013: "Discord does not know an intent that was asked for (gateway code 4013). Install the newest Chairside",
    4014: "Discord does not allow the bot an intent that was asked for (gateway code 4014). Install the newest",
}


async def until_back(stage: Stage) -> None:
    await stage.loopback.wait_until_gone(within=PATIENCE)
    await stage.loopback.wait_until_ready(within=PATIENCE)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("keeps", "codes"),
    [
        ("session", COMES_BACK),
        ("nothing", FORGETS_THE_SESSION[-1:]),
        pytest.param("nothing", FORGETS_THE_SESSION[:-1], marks=pytest.mark.long),
    ],
)
async def test_gateway_closed_with_any_code_that_lets_back_in_is_resumed_or_identified_anew(
    stage: Stage, keeps: str, codes: tuple[int, ...]
) -> None:
    """After each, a command is answered: with the session kept it is resumed, without it identified anew."""
    await stage.set_up()
    for code in codes:
        before = set(stage.loopback._gateway.sessions)
        if keeps == "nothing":
            stage.loopback._gateway.sessions.clear()
        stage.loopback.faults.close_gateway(code)
        await until_back(stage)
        assert (set(stage.loopback._gateway.sessions) == before) is (keeps == "session"), code
        assert (await stage.use(stage.attendee, "upnext")).content.startswith("Up next")
    stage.at("12:25")
    await stage.until_reminded(TITLES[0])
    log = stage.bot.log_path.read_text()
    assert "Traceback" not in log


@pytest.mark.slow
async def test_gateway_that_asks_to_reconnect_or_ends_the_session_is_followed(stage: Stage) -> None:
    await stage.set_up()
    gateway = stage.loopback._gateway
    for ask, resumes in (
        (stage.loopback.faults.ask_to_reconnect, True),
        (lambda: stage.loopback.faults.invalidate_sessions(resumable=True), True),
        (stage.loopback.faults.invalidate_sessions, False),
    ):
        before = set(gateway.sessions)
        ask()
        await until_back(stage)
        assert (set(gateway.sessions) == before) is resumes
        assert (await stage.use(stage.attendee, "upnext")).content.startswith("Up next")


@pytest.mark.parametrize("code", FOR_GOOD)
async def test_gateway_closed_for_good_is_one_line_and_exit_code_2(stage: Stage, code: int) -> None:
    """As long as it tries; where the line is cut before the code is read, it tries once more."""
    ended = asyncio.create_task(stage.bot.ended_by_itself())
    async with asyncio.timeout(PATIENCE):
        while not ended.done():
            stage.loopback.faults.close_gateway(code)
            await asyncio.wait([ended], timeout=0.2)
    assert ended.result() == 2
    last = stage.bot.log_tail().splitlines()[-1]
    assert last.startswith(f"chairside: {FOR_GOOD[code]}")
    assert "Traceback" not in stage.bot.log_tail()


async def test_token_that_requests_are_refused_for_ends_the_bot_and_the_next_one_sends(
    stage: Stage,
) -> None:
    await stage.set_up()
    stage.at("12:24")
    await stage.clock_noticed()
    stage.loopback.faults.token_revoked = True
    stage.at("12:25")
    async with asyncio.timeout(PATIENCE):
        assert await stage.bot.ended_by_itself() == 2
    assert stage.bot.log_tail().splitlines()[-1].startswith("chairside: Discord does not accept DISCORD_TOKEN any more")
    refused = [request for request in stage.loopback.requests if request.status == 401]
    assert 2 <= len(refused) <= 6  # what was due at once, and one to make sure: no storm
    stage.loopback.faults.token_revoked = False
    await stage.start_bot()
    await stage.until_reminded(TITLES[0])
    assert stage.announced() == [TITLES[0]]


@pytest.mark.slow
async def test_single_request_refused_by_mistake_does_not_end_the_bot(stage: Stage) -> None:
    await stage.set_up()
    stage.loopback.faults.refuse(401, times=1, matching=rf"POST /channels/{stage.hall.id}/messages")
    stage.at("12:25")
    await stage.until_reminded(TITLES[0])
    await stage.loopback.requests.wait_for("GET /users/@me")
    assert (await stage.use(stage.attendee, "upnext")).content.startswith("Up next")


@pytest.mark.slow
async def test_bot_that_may_not_log_in_yet_waits_and_comes_up(stage: Stage) -> None:
    """Discord answers some of what a start asks and not the rest."""
    await stage.kill_bot()
    stage.loopback.faults.refuse(503, times=2, matching="GET /users/@me")
    stage.loopback.faults.refuse(503, times=1, matching="GET /gateway/bot")
    await stage.start_bot()
    log = stage.bot.log_path.read_text()
    assert log.count("Discord does not let the bot log in yet") == 3
    assert "Traceback" not in log
    await stage.set_up()
    stage.at("12:25")
    await stage.until_reminded(TITLES[0])
