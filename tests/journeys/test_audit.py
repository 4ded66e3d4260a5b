"""What moderators and managers do is written down, told where a server wants it, and shown to managers only."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.journeys.run_stage import RunStage
from tests.journeys.stage import PATIENCE


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[RunStage]:
    async with RunStage.running(tmp_path) as stage:
        yield stage


@pytest.mark.slow
async def test_commands_buttons_and_options_are_recorded_with_who_and_about_what(stage: RunStage) -> None:
    await stage.tap("Start", at="12:33")
    await stage.use(stage.second, "timer extend", minutes="1")
    await stage.use(stage.moderator, "session handover", to=stage.second)
    await stage.use(stage.moderator, "timer status")
    await stage.use(stage.attendee, "timer extend", minutes="1")
    log = (await stage.use(stage.manager, "status audit")).content.splitlines()
    handed, extended, started, *before = [line.split("> ", 1)[1] for line in log[1:]]
    assert handed == f"<@{stage.moderator.id}> /session handover to: <@{stage.second.id}> · Deep Learning"
    assert extended == f"<@{stage.second.id}> /timer extend minutes: 1 · Deep Learning"
    assert started.startswith(f"<@{stage.moderator.id}> pressed button: Start")
    assert before[0] == (
        f"<@{stage.manager.id}> pressed button: Import, conference: Conference of July 2022, source: Deep Learning, "
        "talks: 15 new"
    )
    assert "file: session.txt" in before[1]
    theirs = (await stage.use(stage.manager, "status audit", by=stage.second)).content
    assert theirs.count("<t:") == 1


@pytest.mark.slow
async def test_what_was_done_is_in_the_log_though_the_bot_was_killed_before_it_answered(stage: RunStage) -> None:
    stage.at("12:30")
    await stage.clock_noticed()
    stage.loopback.faults.delay(PATIENCE, matching="PATCH /webhooks/")
    await stage.moderator.press(await stage.console(), "Start")
    await stage.until_stored(1)
    await stage.kill_bot()
    stage.loopback.faults.clear()
    await stage.start_bot()
    log = (await stage.use(stage.manager, "status audit")).content.splitlines()
    assert log[1].split("> ", 1)[1].startswith(f"<@{stage.moderator.id}> pressed button: Start")


@pytest.mark.slow
async def test_entries_are_told_in_the_channel_that_a_server_chose_also_over_a_restart(stage: RunStage) -> None:
    chosen = await stage.use(stage.manager, "setup audit", channel=stage.general)
    assert chosen.content == f"<#{stage.general.id}> is told what moderators and managers do."
    await stage.use(stage.moderator, "session handover", to=stage.second)
    told = await stage.until_posted("/session handover", channel=stage.general)
    assert told.pinged.users == frozenset()
    await stage.kill_bot()
    await stage.start_bot()
    page = await stage.press(stage.manager, told, "Audit log")
    assert "/setup audit channel" in page.content
    assert len([message for message in stage.general.messages if "/session handover" in message.content]) == 1
    await stage.use(stage.manager, "setup audit")
    await stage.use(stage.second, "timer start")
    await stage.until_posted("On stage", channel=stage.backstage)
    assert not [message for message in stage.general.messages if "/timer start" in message.content]


@pytest.mark.slow
async def test_person_who_is_removed_is_in_no_entry(stage: RunStage) -> None:
    await stage.use(stage.moderator, "session handover", to=stage.second)
    question = await stage.use(stage.second, "privacy delete")
    await stage.press(stage.second, question.message, "Remove me")
    log = (await stage.use(stage.manager, "status audit")).content
    assert str(stage.second.id) not in log


@pytest.mark.slow
async def test_what_a_moderator_does_for_somebody_else_is_recorded_without_what_was_asked(stage: RunStage) -> None:
    await stage.use(stage.attendee, "speaker link", talk=stage.talk_key(1))
    await stage.use(stage.attendee, "ask", question="Why?", talk=stage.talk_key(1), for_hall="Ida")
    await stage.use(stage.moderator, "speaker link", talk=stage.talk_key(2), member=stage.second)
    await stage.use(stage.moderator, "speaker checkin", talk=stage.talk_key(2), member=stage.second)
    stage.at("12:31")
    await stage.use(stage.moderator, "ask", question="How?", talk=stage.talk_key(1), for_hall="Ida")
    await stage.use(stage.moderator, "ask", question="?" * 600, talk=stage.talk_key(1), for_hall="Ida")
    await stage.use(stage.moderator, "session console")
    log = (await stage.use(stage.manager, "status audit")).content
    acts = [line.split("> ", 2)[2].split(" ")[:2] for line in log.splitlines()[1:5]]
    assert acts == [
        ["/session", "console"],
        ["/ask", "question:"],
        ["/speaker", "checkin"],
        ["/speaker", "link"],
    ]
    assert "How?" not in log
    assert "Ida" not in log
    assert str(stage.attendee.id) not in log


@pytest.mark.slow
async def test_address_with_a_blank_before_it_is_recorded_without_its_secrets(stage: RunStage) -> None:
    url = f" {stage.loopback.api_base}/secret-path/page.ics?token=hidden"
    await stage.use(stage.manager, "setup channel", channel=stage.hall, room=url)
    log = (await stage.use(stage.manager, "status audit")).content
    assert "hidden" not in log
    assert "secret-path" not in log


@pytest.mark.slow
async def test_what_was_done_is_recorded_though_its_answer_did_not_arrive(stage: RunStage) -> None:
    stage.at("12:33")
    await stage.clock_noticed()
    stage.loopback.faults.refuse(404, 1, matching="PATCH /webhooks/")
    await (await stage.second.slash(stage.hall, "timer start")).final(within=PATIENCE)
    await stage.console("On stage")
    stage.loopback.faults.refuse(404, 1, matching="PATCH /webhooks/")
    await stage.tap("Next")
    log = (await stage.use(stage.manager, "status audit")).content
    pressed, started = [line.split("> ", 2)[2] for line in log.splitlines()[1:3]]
    assert pressed.startswith("pressed button: Next")
    assert started.startswith("/timer start")
