"""The real ICML session from its page to its last word, with restarts in the middle."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from tests.journeys.stage import STARTS, TITLES, Stage


async def test_each_talk_is_announced_once_at_its_lead_and_the_board_is_right_at_every_change(stage: Stage) -> None:
    await stage.set_up()
    stage.at("12:15")
    board = await stage.until_posted("**Now and next** in Hall F", TITLES[0])
    assert "Now: nothing on stage" in board.content
    stage.at("12:25")
    first = await stage.until_reminded(TITLES[0])
    assert first.content.splitlines() == [
        "Up next <t:1658431800:R>: **Convergence of Invariant Graph Networks**",
        "Spotlight · Chen Cai and Yusu Wang",
        "15:30 EDT · 12:30 PDT (<t:1658431800:t> your time) · 5 min",
        "Hall F · Deep Learning",
    ]
    for number, start in enumerate(STARTS):
        stage.at(start)
        await stage.until_posted("**Now and next**", f"Now: **{TITLES[number]}**")
        if number + 1 < len(TITLES):
            after_next = stage.boards()[0].content.split("Next ")[1]
            assert f"**{TITLES[number + 1]}**" in after_next
        if start == "13:05":
            assert stage.announced() == list(TITLES[:8])  # the Oral is 20 minutes: the next reminder is not due yet
            stage.at("13:20")
        if number + 1 < len(TITLES):
            await stage.until_reminded(TITLES[number + 1])
    stage.at("14:00")
    await stage.until_posted("**Deep Learning** is over")
    await stage.until_posted("That was the last talk here today")

    assert stage.announced() == list(TITLES)
    assert stage.boards() == [board]
    assert await stage.states(["up_next", "session_start", "session_over", "board"]) == ["sent"] * 18
    assert not any(message.pinged for message in stage.hall.messages)


@pytest.mark.slow
async def test_start_of_session_tells_moderator_and_number_of_talks(stage: Stage) -> None:
    await stage.set_up()
    stage.at("12:30")
    started = await stage.until_posted("begins now")
    assert started.content.splitlines() == [
        "**Deep Learning** begins now in Hall F.",
        "15 talks until 17:00 EDT · 14:00 PDT (<t:1658437200:t> your time).",
        "Moderator: Robin Walters.",
        f"First: **{TITLES[0]}** · Spotlight · Chen Cai and Yusu Wang",
    ]


async def test_killed_in_the_middle_and_started_again_loses_and_doubles_nothing(stage: Stage) -> None:
    await stage.set_up()
    stage.at("12:25")
    await stage.until_reminded(TITLES[0])
    stage.at("12:30")
    await stage.until_reminded(TITLES[1])
    await stage.kill_bot()
    stage.at("12:36")  # the reminder of the third talk fell due while the bot was dead; it begins in 4 minutes
    await stage.start_bot()
    await stage.until_reminded(TITLES[2])
    await stage.until_posted("**Now and next**", f"Now: **{TITLES[1]}**")
    stage.at("12:40")
    await stage.until_reminded(TITLES[3])
    assert stage.announced() == list(TITLES[:4])


@pytest.mark.slow
async def test_reminder_of_a_talk_that_began_while_the_bot_was_dead_is_skipped_with_its_reason(stage: Stage) -> None:
    await stage.set_up()
    stage.at("12:25")
    await stage.until_reminded(TITLES[0])
    stage.at("12:30")
    await stage.until_reminded(TITLES[1])
    await stage.until_posted("begins now")
    await stage.kill_bot()
    stage.at("12:46")
    await stage.start_bot()
    await stage.until_reminded(TITLES[4])
    assert stage.announced() == [*TITLES[:2], TITLES[4]]
    skipped = [row for row in await stage.deliveries() if row.state == "skipped"]
    assert sorted((row.kind, row.reason) for row in skipped) == [
        ("up_next", "too late: its talk began at 2022-07-21 19:40:00 UTC before it could be sent"),
        ("up_next", "too late: its talk began at 2022-07-21 19:45:00 UTC before it could be sent"),
    ]
    status = await stage.use(stage.manager, "status now")
    assert "Given up: 2" in status.content


async def test_killed_between_post_and_record_posts_once(stage: Stage) -> None:
    await stage.set_up()
    stage.at("12:24")
    await stage.until_posted("**Now and next**")
    path = rf"POST /channels/{stage.hall.id}/messages"
    before = len(stage.loopback.requests.matching(path))
    stage.loopback.faults.lose_response(1, matching=path)
    stage.at("12:25")
    posted = await stage.until_reminded(TITLES[0])
    await stage.kill_bot()  # it never learned that the reminder is out

    await stage.start_bot()
    stage.at("12:30")
    await stage.until_reminded(TITLES[1])
    await stage.until_posted("begins now")
    assert stage.announced() == list(TITLES[:2])
    assert stage.reminders()[0] is posted
    # found in the channel, not posted again and de-duplicated by Discord
    assert len(stage.loopback.requests.matching(path)) == before + 3
    assert (await stage.states())[:2] == ["sent", "sent"]


@pytest.mark.slow
async def test_restart_keeps_the_clock_and_buttons_of_old_messages(stage: Stage) -> None:
    await stage.set_up()
    stage.at("12:25")
    reminder = await stage.until_reminded(TITLES[0])
    await stage.kill_bot()
    await stage.start_bot()
    details = await stage.press(stage.attendee, reminder, "Details")
    assert details.ephemeral
    assert details.content.splitlines()[0] == f"**{TITLES[0]}**"
    agenda = await stage.press(stage.attendee, reminder, "Agenda")
    assert agenda.content.startswith("**Agenda** · Thu 21 July 2022 · 15 talks · page 1 of 2")


async def test_commands_are_given_to_discord_once_and_not_again_after_a_restart(stage: Stage) -> None:
    given = rf"PUT /applications/{stage.loopback.bot.id}/commands"
    assert len(stage.loopback.requests.matching(given)) == 1
    await stage.kill_bot()
    await stage.start_bot()
    await stage.use(stage.attendee, "help")
    assert len(stage.loopback.requests.matching(given)) == 1


@pytest.mark.store("sqlite")
async def test_command_is_acknowledged_while_the_database_is_locked_and_answered_after(stage: Stage) -> None:
    with closing(sqlite3.connect(stage.folder / "chairside.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        reply = await stage.manager.slash(stage.hall, "setup channel", channel=stage.hall)
        assert reply.deferred
        assert not reply.failed
        other.execute("ROLLBACK")
    assert "announced in" in (await reply.final(within=20)).content


async def test_programme_is_answered_privately_in_the_venues_and_the_readers_time(stage: Stage) -> None:
    await stage.set_up()
    stage.at("13:07")
    now = await stage.use(stage.attendee, "now")
    assert now.ephemeral
    assert now.content.splitlines() == [
        "**On stage now**",
        f"On now: **{TITLES[7]}** · Oral · Pranjal Awasthi, Nishanth Dikkala and Pritish Kamath",
        "Hall F · Deep Learning · until 16:25 EDT · 13:25 PDT (<t:1658435100:t> your time), <t:1658435100:R>",
    ]
    following = await stage.use(stage.attendee, "upnext")
    assert following.content.startswith("Up next <t:1658435100:R>")
    assert f"**{TITLES[8]}**" in following.content


async def test_talk_is_found_by_autocomplete_and_by_misspelt_words(stage: Stage) -> None:
    await stage.set_up()
    (choice, *_) = await stage.attendee.autocomplete(stage.hall, "talk", talk="wortsman")
    assert choice.name.startswith("16:00 EDT Model soups")
    chosen = await stage.use(stage.attendee, "talk", talk=choice.value)
    assert chosen.content.splitlines()[0] == f"**{TITLES[6]}**"
    assert "Ludwig Schmidt" in chosen.content
    misspelt = await stage.use(stage.attendee, "talk", talk="boosted memorisation")
    assert TITLES[10] in misspelt.content
    nothing = await stage.use(stage.attendee, "talk", talk="quantum chromodynamics")
    assert nothing.content.startswith("No talk fits “quantum chromodynamics”.")


async def test_options_that_somebody_made_up_are_refused_plainly(stage: Stage) -> None:
    unknown = await stage.use(stage.attendee, "talk", talk="talk#99999999999999999999")
    assert unknown.content == "that talk is not in this server's programme. Choose one that /talk offers."
    assert "no programme here yet" in (await stage.use(stage.attendee, "agenda", day="tomorrow")).content
    await stage.set_up()
    for day in ("tomorrow", "2022-07-22"):
        refused = await stage.use(stage.attendee, "agenda", day=day)
        assert refused.content == f"{day} is not a day of this programme. Choose one of 2022-07-21."


@pytest.mark.slow
async def test_agenda_leafs_through_its_pages(stage: Stage) -> None:
    await stage.set_up()
    first = await stage.use(stage.attendee, "agenda")
    assert "page 1 of 2" in first.content
    assert first.message is not None
    assert first.message.labels == ["Later"]
    second = await stage.press(stage.attendee, first.message, "Later")
    assert "page 2 of 2" in second.content
    assert "Exploring the Gap" in second.content


async def test_new_zone_puts_posted_reminders_right(stage: Stage) -> None:
    await stage.set_up(zone="America/Los_Angeles")
    stage.at("12:25")
    reminder = await stage.until_reminded(TITLES[0])
    assert reminder.content.splitlines()[2].startswith("12:30 PDT (")
    await stage.use(stage.manager, "setup timezone", timezone="Europe/Berlin")
    await stage.until_posted("Up next", "21:30 CEST · 12:30 PDT")
    assert stage.announced() == [TITLES[0]]
