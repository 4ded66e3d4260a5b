"""Speakers: claimed and agreed to, asked whether they are here, chased once, cued on stage, and given what was left."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.rehearsal.loopback.moments import RealMoments, pause
from bot.rehearsal.loopback.world.messages import Message
from tests.journeys.run_stage import RunStage
from tests.journeys.stage import PATIENCE, TITLES

THIRD = TITLES[2]


class SpeakersStage(RunStage):
    """A stage with a moderators' channel, and somebody who speaks nowhere."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.second_attendee = self.server.add_member("Ben")

    async def ready(self) -> None:
        """Set up and imported, 50 minutes before the first talk."""
        await self.use(self.manager, "setup moderators", channel=self.backstage, role=self.role)
        await self.set_up()
        self.at("11:40")


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[SpeakersStage]:
    async with SpeakersStage.running(tmp_path) as stage:
        yield stage


async def written(stage: SpeakersStage, *words: str) -> Message:
    """The direct message to Ada that holds all these words, once it is there."""
    place = stage.attendee.direct_channel
    return await place.wait_for(lambda message: all(word in message.content for word in words), within=PATIENCE)


def number(stage: SpeakersStage, word: str) -> int:
    return len([message for message in stage.attendee.direct_channel.messages if word in message.content])


async def link(stage: SpeakersStage) -> None:
    """A moderator links Ada with the third talk, which begins at 12:40."""
    await stage.use(stage.moderator, "speaker link", talk=stage.talk_key(3), member=stage.attendee)


@pytest.mark.slow
async def test_claim_is_decided_by_a_moderator_and_the_speaker_is_asked_and_chased(
    stage: SpeakersStage,
) -> None:
    noted = await stage.use(stage.attendee, "speaker link", talk=stage.talk_key(3))
    assert noted.content.endswith("A moderator is asked to agree.")
    claim = await stage.until_posted("says that they speak in", THIRD, channel=stage.backstage)
    assert stage.attendee.mention in claim.content
    assert claim.pinged.users == frozenset()
    await (await stage.moderator.press(claim, "Yes, link them")).final(within=PATIENCE)
    assert claim.content == f"{stage.attendee.mention} speaks in **{THIRD}**, says {stage.moderator.mention}."
    assert claim.labels == []
    stage.at("12:10")
    asked = await written(stage, "You speak", THIRD, "Are you here?")
    stage.at("12:16")
    await stage.console("Next:")
    stage.at("12:31")
    await stage.tap("Start")
    await stage.console("On stage")
    stage.at("12:35")
    await stage.tap("Next")
    await stage.console(f"**missing: {stage.attendee.mention}**")
    chased = await written(stage, "Nobody has seen you yet")
    await stage.attendee.press(chased, "I am here")
    await stage.console(f"Its speakers: here: {stage.attendee.mention}")
    await written(stage, "Are you here?" if asked.deleted else "Thank you, your moderator sees that you are here.")
    assert number(stage, "You speak") == 2


@pytest.mark.slow
async def test_speaker_who_is_here_is_not_chased_also_over_a_restart(stage: SpeakersStage) -> None:
    await link(stage)
    stage.at("12:10")
    asked = await written(stage, "Are you here?")
    await stage.attendee.press(asked, "I am here")
    await written(stage, "Thank you, your moderator sees that you are here.")
    await stage.kill_bot()
    await stage.start_bot()
    stage.at("12:31")
    await stage.use(stage.moderator, "timer start")
    await stage.console("On stage")
    assert number(stage, "You speak") == 1


@pytest.mark.slow
async def test_speaker_checks_in_by_command_and_a_moderator_for_them(stage: SpeakersStage) -> None:
    nobody = await stage.use(stage.attendee, "speaker checkin")
    assert "nobody is linked" in nobody.content
    await link(stage)
    assert (await stage.use(stage.attendee, "speaker checkin")).content.startswith("You are here for")
    await stage.use(stage.moderator, "speaker link", talk=stage.talk_key(4), member=stage.second)
    other = await stage.use(stage.attendee, "speaker checkin", talk=stage.talk_key(4), member=stage.second)
    assert "only this talk's speakers" in other.content
    done = await stage.use(stage.moderator, "speaker checkin", talk=stage.talk_key(4), member=stage.second)
    assert done.content.startswith(f"{stage.second.mention} is here for")
    log = (await stage.use(stage.manager, "status audit", by=stage.moderator)).content
    assert log.count("/speaker checkin talk:") == 1
    assert log.count("/speaker link talk:") == log.count(f"member: {stage.second.mention}") == 2
    assert "/speaker" not in (await stage.use(stage.manager, "status audit", by=stage.attendee)).content


async def test_whoever_is_on_stage_gets_the_time_signals_that_they_want(stage: SpeakersStage) -> None:
    await link(stage)
    stage.at("12:10")
    asked = await written(stage, "Are you here?")
    await stage.attendee.press(asked, "Time signals on stage")
    await written(stage, "Time signals while you are on stage are on.")
    stage.at("12:40")
    await stage.use(stage.moderator, "timer start", talk=stage.talk_key(3))
    stage.at("12:44")
    cue = await written(stage, "1:00 left", THIRD)
    await stage.attendee.press(cue, "No time signals")
    stage.at("12:44:30")
    await stage.until_posted("0:30 left", channel=stage.backstage)
    assert number(stage, "0:30 left") == 0


@pytest.mark.slow
async def test_questions_that_were_not_reached_go_to_the_speaker_who_may_answer_them(stage: SpeakersStage) -> None:
    await link(stage)
    stage.at("12:40")
    await stage.use(stage.moderator, "timer start", talk=stage.talk_key(3))
    await stage.use(stage.second, "ask", question="Does it scale to video?", talk=stage.talk_key(3))
    stage.at("12:45")
    await stage.use(stage.moderator, "timer next")
    await stage.use(stage.moderator, "qa close", talk=stage.talk_key(3))
    left = await written(stage, "Not reached after", "Does it scale to video?")
    assert stage.hall.mention in left.content
    async with asyncio.timeout(PATIENCE):
        while not stage.hall.threads:
            await pause(RealMoments(), 0.02)
    (thread,) = stage.hall.threads
    part = await thread.wait_for(lambda message: "Does it scale" in message.content, within=PATIENCE)
    assert "only this talk's speakers" in (await stage.press(stage.second_attendee, part, "Mark 1 as answered")).content
    answered = await stage.press(stage.attendee, part, "Mark 1 as answered")
    assert answered.content.endswith("was marked as answered.")


async def test_closed_direct_messages_are_said_when_the_speaker_links_and_the_console_still_misses_them(
    stage: SpeakersStage,
) -> None:
    stage.attendee.take_direct_messages(allowed=False)
    await stage.use(stage.moderator, "session console")
    linked = await stage.use(stage.moderator, "speaker link", talk=stage.talk_key(1), member=stage.attendee)
    assert "Direct messages do not reach them" in linked.content
    once_more = await stage.use(stage.moderator, "speaker link", talk=stage.talk_key(2), member=stage.attendee)
    assert "Direct messages do not reach them" in once_more.content
    stage.at("12:16")
    await stage.console(f"**missing: {stage.attendee.mention}**")
    stage.at("12:21")
    await stage.use(stage.moderator, "timer status")
    assert number(stage, "You speak") == 0


async def test_chasing_is_muted_by_a_manager(stage: SpeakersStage) -> None:
    await link(stage)
    muted = await stage.use(stage.manager, "setup speakers", chase=False)
    assert "asked once, 30 minutes before" in muted.content
    stage.at("12:10")
    await written(stage, "Are you here?")
    stage.at("12:31")
    await stage.use(stage.moderator, "timer start")
    await stage.console("On stage")
    assert number(stage, "Nobody has seen you yet") == 0
