"""A moderator runs the session with one thumb, and everything follows the clock."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from tests.journeys.run_stage import RunStage
from tests.journeys.stage import PATIENCE, STARTS, TITLES, pdt


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[RunStage]:
    async with RunStage.running(tmp_path) as stage:
        yield stage


@pytest.mark.slow
async def test_session_that_runs_to_time_takes_one_tap_a_talk_and_two_messages(stage: RunStage) -> None:
    stage.at("12:25")
    await stage.until_reminded(TITLES[0])
    taps = 0
    for number, start in enumerate(STARTS):
        if start == "13:25":
            stage.at("13:20")
            await stage.until_reminded(TITLES[number])
        answer = await stage.tap("Next" if number else "Start", at=start)
        taps += 1
        assert f"“{TITLES[number]}” is on stage" in answer
        assert answer.endswith("17:00 EDT, in time.")
        await stage.console(f"On stage: **{TITLES[number]}**", "on time")
        if number + 1 < len(TITLES) and number + 1 != 8:
            await stage.until_reminded(TITLES[number + 1])
    closed = await stage.tap("End session", at="14:00")
    taps += 1
    assert closed == "The session is closed at 17:00 EDT.\nIt ended 17:00 EDT."
    over = await stage.until_posted("is over. Thanks")
    assert over.content.splitlines()[1] == "Started 15:30 EDT, ended 17:00 EDT, on time."
    assert taps == 16
    assert stage.announced() == list(TITLES)
    assert len(stage.hall.messages) <= 2 * len(TITLES)
    assert not any(message.pinged for message in [*stage.hall.messages, *stage.backstage.messages])


@pytest.mark.slow
async def test_reminders_follow_a_late_start_and_are_right_when_posted_and_when_the_talk_begins(
    stage: RunStage,
) -> None:
    stage.at("12:25")
    first = await stage.until_reminded(TITLES[0])
    assert "15:30 EDT" in first.content
    await stage.tap("Start", at="12:34")
    # the second talk was announced for 12:35 at 12:30; now it is expected at 12:39
    await stage.until_posted("Up next", TITLES[1], "15:39 EDT · 12:39 PDT")
    await stage.tap("Next", at="12:39")
    await stage.until_posted("Up next", TITLES[2], "15:44 EDT · 12:44 PDT")
    await stage.tap("Pause", at="12:41")
    await stage.console("PAUSED with 3:00 left")
    await stage.tap("Resume", at="12:45")
    await stage.until_posted("Up next", TITLES[2], "15:48 EDT · 12:48 PDT")
    assert "is skipped" in await stage.tap("Skip next")
    await stage.until_posted("Cancelled", TITLES[2])
    reminder = await stage.until_reminded(TITLES[3])
    await stage.tap("Next", at="12:48")
    await stage.until_posted("**Now and next**", f"Now: **{TITLES[3]}**")
    assert "15:48 EDT · 12:48 PDT" in reminder.content
    assert [title for title in stage.announced() if title == TITLES[3]] == [TITLES[3]]


async def test_two_moderators_pressing_next_at_the_same_moment_are_one_step(stage: RunStage) -> None:
    await stage.tap("Start", at="12:30")
    console = await stage.console(f"On stage: **{TITLES[0]}**")
    stage.at("12:35")
    await stage.clock_noticed()
    replies = await asyncio.gather(stage.moderator.press(console, "Next"), stage.second.press(console, "Next"))
    answers = sorted([(await reply.final(within=PATIENCE)).content for reply in replies], key=len)
    assert any(f"“{TITLES[1]}” is on stage since 15:35 EDT." in answer for answer in answers)
    assert any(f"“{TITLES[0]}” was already left: “{TITLES[1]}” is on stage" in answer for answer in answers)
    await stage.console(f"On stage: **{TITLES[1]}**", f"Next: **{TITLES[2]}**")


async def test_console_that_fell_behind_is_redrawn_for_whoever_presses_it(stage: RunStage) -> None:
    await stage.tap("Start", at="12:30")
    console = await stage.console(f"On stage: **{TITLES[0]}**")
    stage.loopback.faults.refuse(400, times=1, matching=f"PATCH .*/messages/{console.id}$")
    await stage.tap("Next", at="12:35")
    await stage.loopback.requests.wait_for(f"^PATCH .*/messages/{console.id}$", count=2, within=PATIENCE)
    assert f"On stage: **{TITLES[0]}**" in console.content
    late = await stage.press(stage.second, console, "Next")
    assert f"“{TITLES[0]}” was already left" in late.content
    await stage.console(f"On stage: **{TITLES[1]}**", f"Next: **{TITLES[2]}**")


@pytest.mark.slow
async def test_tap_survives_a_kill_before_its_answer_and_the_console_is_right_after_the_restart(
    stage: RunStage,
) -> None:
    await stage.tap("Start", at="12:30")
    console = await stage.console(f"On stage: **{TITLES[0]}**")
    stage.at("12:35")
    await stage.clock_noticed()
    stage.loopback.faults.delay(30, matching="PATCH /webhooks/")
    pressed = await stage.moderator.press(console, "Next")
    assert pressed.deferred
    await stage.until_stored(2)
    await stage.kill_bot()
    stage.loopback.faults.clear()
    await stage.start_bot()
    redrawn = await stage.console(f"On stage: **{TITLES[1]}**")
    assert "Next" in redrawn.labels
    assert "“" + TITLES[1] in (await stage.press(stage.moderator, redrawn, "Pause")).content


async def test_tap_whose_answer_cannot_be_given_any_more_still_counts(stage: RunStage) -> None:
    stage.loopback.faults.refuse(404, matching="PATCH /webhooks/")
    stage.at("12:30")
    await stage.clock_noticed()
    await stage.moderator.press(await stage.console(), "Start")
    await stage.console(f"On stage: **{TITLES[0]}**")


async def test_console_deleted_by_hand_comes_back_at_its_next_edit(stage: RunStage) -> None:
    await stage.tap("Start", at="12:30")
    console = await stage.console(f"On stage: **{TITLES[0]}**")
    stage.backstage.posted.pop(console.id)
    await stage.use(stage.moderator, "timer extend", minutes="1")
    again = await stage.console("15:36 EDT")
    assert again.id != console.id


async def test_time_signals_are_given_once_and_each_takes_the_place_of_the_one_before(stage: RunStage) -> None:
    await stage.tap("Start", at="12:30")
    stage.at("12:34")
    await stage.until_posted(f"1:00 left: **{TITLES[0]}**", channel=stage.backstage)
    stage.clock.run_from(stage.clock.now().replace(second=30), 0)
    await stage.until_posted(f"0:30 left: **{TITLES[0]}**", channel=stage.backstage)
    stage.at("12:35")
    await stage.until_posted(f"Time is up: **{TITLES[0]}**", channel=stage.backstage)
    stage.at("12:36")
    await stage.until_posted(f"1 min over: **{TITLES[0]}**", channel=stage.backstage)
    await stage.console("OVER by 1 min")
    await stage.deliveries()
    signals = [m.content for m in stage.backstage.messages if not m.content.startswith("**Console**")]
    assert signals == [f"1 min over: **{TITLES[0]}**"]


async def test_forgotten_clock_asks_once_and_rolls_on_by_the_plan(stage: RunStage) -> None:
    await stage.tap("Start", at="12:30")
    stage.at("12:40")  # five minutes over a talk of five
    await stage.until_posted("still on stage?", channel=stage.backstage)
    stage.at("12:43")
    await stage.console(f"On stage: **{TITLES[2]}**", "assumed from the plan")
    await stage.until_posted("**Now and next**", f"Now: **{TITLES[2]}**")
    await stage.until_posted("Up next", TITLES[3], "15:45 EDT · 12:45 PDT")
    stage.at("12:45")
    await stage.until_posted("Up next", TITLES[4], "15:50 EDT · 12:50 PDT")
    assert len([m for m in stage.backstage.messages if "still on stage?" in m.content]) == 1


async def test_moderator_who_says_that_it_is_still_on_stage_keeps_the_clock_there(stage: RunStage) -> None:
    await stage.tap("Start", at="12:30")
    stage.at("12:40")
    asked = await stage.until_posted("still on stage?", channel=stage.backstage)
    answer = await stage.press(stage.moderator, asked, "Still on stage")
    assert answer.content.startswith(f"“{TITLES[0]}” is still on stage.\nThe session is now expected to end 17:05 EDT")
    stage.at("12:44")
    await stage.console(f"On stage: **{TITLES[0]}**", "OVER by 9 min")


async def test_attendees_may_not_run_the_clock_by_command_or_button(stage: RunStage) -> None:
    refused = "only this session's moderators may do this."
    stage.at("12:30")
    assert (await stage.use(stage.attendee, "timer start")).content.startswith(refused)
    console = await stage.console()
    assert (await stage.press(stage.attendee, console, "Start")).content.startswith(refused)
    assert (await stage.use(stage.moderator, "timer start")).content.startswith(f"“{TITLES[0]}” is on stage")


async def test_handover_lets_somebody_else_run_the_session(stage: RunStage) -> None:
    stage.at("12:30")
    answer = await stage.use(stage.moderator, "session handover", to=stage.attendee)
    assert "moderates “Deep Learning” from now on" in answer.content
    assert "is on stage" in (await stage.use(stage.attendee, "timer start")).content


async def test_rebalance_asks_before_it_shortens_and_one_undo_takes_it_back(stage: RunStage) -> None:
    await stage.tap("Start", at="12:40")
    console = await stage.console("10 min over")
    preview = await stage.press(stage.moderator, console, "Rebalance")
    assert preview.content.startswith("Shortening what remains would save 10:00:")
    done = await stage.press(stage.moderator, preview.message, "Shorten them")
    assert done.content == "15 talks shortened.\nThe session is now expected to end 17:00 EDT, in time."
    await stage.console("in time")
    undone = await stage.press(stage.moderator, done.message, "Undo")
    assert undone.content.startswith("The last step is taken back.\nThe session is now expected to end 17:10 EDT")


async def test_order_errors_are_plain(stage: RunStage) -> None:
    stage.at("12:30")
    for command, words in (
        ("timer end", "nothing is on stage. Start a talk first."),
        ("timer pause", "nothing is on stage. Start a talk first."),
        ("timer undo", "there is nothing to undo."),
    ):
        assert (await stage.use(stage.moderator, command)).content == words
    await stage.use(stage.moderator, "timer start")
    early = await stage.use(stage.moderator, "timer next", ago="3")
    assert re.match(r"3:00 ago is before the step it follows\. The earliest is <t:\d+:T>, 0:00 ago\.", early.content)
    odd = await stage.use(stage.moderator, "timer extend", minutes="soon")
    assert odd.content.startswith("“soon” is not a length of time.")
    question = await stage.use(stage.moderator, "timer extend", minutes="-6")
    assert question.message is not None
    assert question.message.labels == ["Do it"]
    confirmed = await stage.press(stage.moderator, question.message, "Do it")
    assert f"“{TITLES[0]}” shortened to" in confirmed.content


@pytest.mark.slow
async def test_plan_changed_on_the_day_moves_what_follows_and_the_clock_goes_on(stage: RunStage) -> None:
    await stage.tap("Start", at="12:30")
    await stage.until_reminded(TITLES[1])
    (second, *_) = await stage.moderator.autocomplete(stage.hall, "session edit", talk="Rich Feature")
    (third, *_) = await stage.moderator.autocomplete(stage.hall, "session edit", talk="NLP From")
    answer = await stage.use(
        stage.moderator, "session edit", talk=second.value, title="Richer features", start="15:36", minutes="4"
    )
    assert answer.content.splitlines()[0] == "“Richer features” is now expected 15:36 EDT to 15:40 EDT."
    await stage.until_posted("Up next", "**Richer features**", "15:36 EDT")
    swapped = await stage.use(stage.moderator, "session edit", talk=second.value, swap_with=third.value)
    assert "“Richer features” is now expected 15:41 EDT to 15:45 EDT." in swapped.content
    await stage.console(f"On stage: **{TITLES[0]}**", f"Next: **{TITLES[2]}**")
    assert "is on stage" in await stage.tap("Next", at="12:36")
    late = await stage.use(stage.moderator, "session edit", talk=stage.talk_key(1), start="16:00")
    assert late.content == f"“{TITLES[0]}” took place already. Start it again if it comes back."


async def test_time_signals_are_given_as_the_server_chose_them_also_in_the_channel(stage: RunStage) -> None:
    await stage.use(stage.manager, "setup cues", marks="3, 90s", kind="Spotlight", in_channel=True)
    await stage.tap("Start", at="12:30")
    stage.at("12:32")
    await stage.until_posted("3:00 left", channel=stage.backstage)
    await stage.until_posted("3:00 left")
    refused = await stage.use(stage.manager, "setup cues", marks="-3")
    assert refused.content.startswith("these marks cannot be used.")


def page(title: str, room: str, *talks: str) -> bytes:
    """A session's page: each talk is its time line and its title."""
    head = ["Session", "", title, "", room, "", "Moderator: Robin Walters", ""]
    body = [line for talk in talks for line in (*talk.split(" | "), "", "Ada Lovelace · Grace Hopper", "")]
    return "\n".join([*head, *(line.replace("Talk ", "Talk\nTalk ") for line in body)]).encode()


@pytest.mark.slow
async def test_session_over_midnight_counts_on(stage: RunStage) -> None:
    night = page(
        "Night owls",
        "Hall N",
        "Thu 21 July 2022 23:50 - 00:10 PDT | Talk X",
        "Fri 22 July 2022 00:10 - 00:40 PDT | Talk Y",
    )
    preview = await stage.preview(night)
    await stage.press(stage.manager, preview.message, "Import")
    stage.at("23:50")
    await stage.use(stage.moderator, "timer start")
    console = await stage.until_posted("**Console** · Night owls", "On stage: **Talk X**", channel=stage.backstage)
    stage.clock.run_from(pdt("23:59") + timedelta(minutes=6), 0)
    status = await stage.use(stage.moderator, "timer status")
    assert "time up at 03:10 EDT" in status.content
    assert "on time" in status.content
    stage.clock.run_from(pdt("23:59") + timedelta(minutes=11), 0)
    await stage.clock_noticed()
    answer = await stage.press(stage.moderator, console, "Next")
    assert answer.content == (
        "“Talk Y” is on stage since 03:10 EDT.\nThe session is now expected to end 03:40 EDT, in time."
    )


@pytest.mark.slow
async def test_session_over_the_change_to_winter_time_keeps_its_minutes(stage: RunStage) -> None:
    autumn = page(
        "Autumn",
        "Hall A",
        "Sun 25 October 2026 00:30 - 01:30 UTC | Talk A",
        "Sun 25 October 2026 01:30 - 02:00 UTC | Talk B",
    )
    preview = await stage.preview(autumn, zone="Europe/Copenhagen", year=2026)
    assert "Sun 25 October 2026, 02:30 CEST · 00:30 UTC to 03:00 CET · 02:00 UTC" in preview.content
    await stage.press(stage.manager, preview.message, "Import")
    begin = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    stage.clock.run_from(begin, 0)
    await stage.use(stage.moderator, "timer start")
    stage.clock.run_from(begin + timedelta(minutes=31), 0)
    status = await stage.use(stage.moderator, "timer status")
    assert "time up at 02:30 CET" in status.content
    assert "on time" in status.content
    stage.clock.run_from(begin + timedelta(minutes=55), 0)
    await stage.until_posted("Up next", "**Talk B**", "02:30 CET · 01:30 UTC")


@pytest.mark.slow
async def test_three_rooms_in_parallel_each_have_their_own_channel_console_and_clock(stage: RunStage) -> None:
    halls = {room: stage.server.add_channel(room.casefold().replace(" ", "-")) for room in ("Hall G", "Hall H")}
    for room, channel in halls.items():
        await stage.use(stage.manager, "setup channel", channel=channel, room=room)
        content = page(f"Session in {room}", room, f"Thu 21 July 12:30 - 12:50 PDT | Talk of {room}")
        preview = await stage.preview(content)
        await stage.press(stage.manager, preview.message, "Import")
    stage.at("12:30")
    await stage.clock_noticed()
    for room, channel in halls.items():
        started = await (await stage.moderator.slash(channel, "timer start")).final(within=PATIENCE)
        assert started.content.startswith(f"“Talk of {room}” is on stage")
    await stage.tap("Start")
    for room, channel in halls.items():
        await stage.until_posted("**Now and next**", f"Now: **Talk of {room}**", channel=channel)
        await stage.until_posted(f"On stage: **Talk of {room}**", channel=stage.backstage)
        assert all("Hall F" not in message.content for message in channel.messages)
    await stage.console(f"On stage: **{TITLES[0]}**")
    assert all("Talk of" not in message.content for message in stage.hall.messages)
