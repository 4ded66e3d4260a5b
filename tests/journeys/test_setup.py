"""A server is set up: welcomed, guided by buttons alone, safe to leave, checked; and the first reminder comes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.messages.setup_check import ALL
from bot.rehearsal.loopback import Permission, Person
from tests.journeys.published import Published
from tests.journeys.setup_stage import SetupStage, pinged, selects
from tests.journeys.stage import SAMPLE, TITLES
from tests.shared import SHARED, needs_shared

MOST_INTERACTIONS = 10


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[SetupStage]:
    """A running bot, and a server that has not invited it yet."""
    stage = SetupStage(tmp_path)
    await stage.open()
    try:
        yield stage
    finally:
        await stage.close()


async def test_from_invitation_to_first_reminder_in_ten_interactions_at_most(stage: SetupStage) -> None:
    welcome = await stage.invited()
    assert welcome.pinged.everyone is False
    step = await stage.push(welcome, "Set up")
    assert step.ephemeral
    assert "step 1 of 6" in step.content
    answer = step.message
    step = await stage.choose(answer, "setup:place:channel:0", stage.hall_a)
    assert step.content.splitlines()[0] == f"Sessions are announced in {stage.hall_a.mention}."
    assert "step 2 of 6" in step.content
    await stage.choose(answer, "setup:place:role:0", stage.moderators)
    step = await stage.choose(answer, "setup:place:moderators:0", stage.backstage)
    assert "step 3 of 6" in step.content
    step = await stage.push(step, "America/New_York")
    assert "step 4 of 6" in step.content
    step = await stage.choose(answer, "setup:leads", "10 and 2 minutes before")
    assert "step 5 of 6" in step.content
    step = await stage.choose(answer, "setup:place:ping:0", stage.fans)
    assert "step 6 of 6" in step.content
    assert step.message is answer  # one answer, edited in place
    imported = await stage.import_file()
    assert imported.content.startswith("Imported into")
    assert stage.interactions() == 9
    stage.at("12:20")
    reminder = await stage.until_posted("Up next", TITLES[0], channel=stage.hall_a)
    assert reminder.content.splitlines()[0] == stage.fans.mention
    assert "15:30 EDT · 12:30 PDT" in reminder.content
    assert reminder.pinged.roles == {stage.fans.id}
    assert not reminder.pinged.everyone
    assert stage.interactions() <= MOST_INTERACTIONS
    done = await stage.push(step, "Go on")
    assert "all steps are done" in done.content
    assert "Everything is in order" in done.content


@pytest.mark.slow
async def test_only_reminders_ping_and_an_edit_of_one_does_not(stage: SetupStage) -> None:
    await stage.invited()
    await stage.type("setup channel", channel=stage.hall_a)
    chosen = await stage.type("setup reminders", ping=stage.fans, minutes="5")
    assert chosen.content.startswith(f"“Up next” pings {stage.fans.mention} from now on.")
    assert pinged(stage.lobby) == []
    await stage.import_file(timezone="America/New_York")
    stage.at("12:25")
    await stage.until_posted("Up next", TITLES[0], channel=stage.hall_a)
    await stage.until_posted("**Now and next**", channel=stage.hall_a)
    stage.at("12:30")
    await stage.until_posted("begins now", channel=stage.hall_a)
    await stage.until_posted("Up next", TITLES[1], channel=stage.hall_a)
    reminders = [m for m in stage.hall_a.messages if "Up next" in m.content]
    assert pinged(stage.hall_a) == [frozenset({stage.fans.id})] * len(reminders)
    await stage.type("setup timezone", timezone="Europe/Berlin")
    edited = await stage.until_posted("Up next", "21:35 CEST", TITLES[1], channel=stage.hall_a)
    assert edited.edits
    assert edited.mentions.roles == frozenset()
    assert edited.content.startswith(stage.fans.mention)
    assert len(pinged(stage.hall_a)) == len(reminders)


@pytest.mark.slow
async def test_deleted_role_breaks_nothing_and_nobody_is_an_answer(stage: SetupStage) -> None:
    await stage.invited()
    await stage.type("setup channel", channel=stage.hall_a)
    await stage.type("setup reminders", ping=stage.fans)
    await stage.type("setup moderators", role=stage.moderators)
    await stage.import_file(timezone="America/New_York")
    stage.fans.delete()
    stage.moderators.delete()
    check = await stage.type("setup check")
    assert "the role that reminders ping was deleted" in check.content
    assert "the role of the moderators was deleted" in check.content
    assert "all that is needed" not in check.content
    step = await stage.push(await stage.type("setup start"), "Skip")
    step = await stage.choose(step.message, "setup:leads", "5 minutes before")
    assert "all steps are done" in step.content
    for change, select in (("Change who moderates", "role"), ("Change whom reminders ping", "ping")):
        step = await stage.choose(step.message, "setup:change", change)
        assert step.message is not None
        shown = step.message.component(f"setup:place:{select}:0")
        assert shown is not None
        assert not shown.get("default_values")
        step = await stage.push(step, "Leave as is")
    stage.at("12:25")
    reminder = await stage.until_posted("Up next", TITLES[0], channel=stage.hall_a)
    assert reminder.content.startswith("Up next")
    assert (await stage.type("setup reminders", nobody=True)).content == "“Up next” pings nobody from now on."
    assert stage.stored("SELECT ping_role_id FROM servers WHERE id = ?", stage.new.id) == [(None,)]


async def test_everyone_is_neither_pinged_nor_made_a_moderator(stage: SetupStage) -> None:
    await stage.invited()
    refused = await stage.type("setup reminders", ping=stage.new.everyone)
    assert refused.content.startswith("@\u200beveryone is never pinged")
    start = await stage.type("setup start")
    step = await stage.push(start, "Skip")
    reply = await stage.organiser.choose(step.message, "setup:place:role:0", [stage.new.everyone])  # type: ignore[arg-type] # it is there
    assert "cannot moderate" in (await reply.followed_up()).content
    assert stage.stored("SELECT moderators_role_id FROM servers WHERE id = ?", stage.new.id) == [(None,)]


@pytest.mark.slow
async def test_left_in_the_middle_it_goes_on_there_also_after_kill_9(stage: SetupStage) -> None:
    welcome = await stage.invited()
    step = await stage.push(welcome, "Set up")
    step = await stage.push(step, "Skip")
    step = await stage.push(step, "Skip")
    assert "step 3 of 6" in step.content
    await stage.kill_bot()
    await stage.start_bot()
    assert "step 3 of 6" in (await stage.type("setup start")).content
    # the answer that stood there before goes on as well
    back = await stage.push(step, "Back")
    assert "step 2 of 6" in back.content
    assert "step 3 of 6" in (await stage.push(back, "Leave as is")).content
    for number in (4, 5, 6):
        step = await stage.push(step, "Skip")
        assert f"step {number} of 6" in step.content
    done = await stage.push(step, "Go on")
    assert "all steps are done" in done.content
    assert "no channel is chosen for sessions" in done.content
    changed = await stage.choose(done.message, "setup:change", "Change the time zone")
    assert "step 3 of 6" in changed.content
    assert "all steps are done" in (await stage.push(changed, "America/Chicago")).content


async def test_another_zone_is_typed_as_a_city_and_a_wrong_one_is_told_beside(stage: SetupStage) -> None:
    await stage.invited()
    step = await stage.type("setup start")
    for _ in range(2):
        step = await stage.push(step, "Skip")
    form = await stage.push(step, "Another zone…")
    wrong = await stage.organiser.submit(form, {"typed": "Berlim"})
    assert "Did you mean Europe/Berlin" in (await wrong.followed_up()).content
    assert "step 3 of 6" in step.content
    right = await (await stage.organiser.submit(form, {"typed": "ho chi minh"})).final()
    assert right.content.startswith("Times are shown in Asia/Ho_Chi_Minh.")
    assert right.message is step.message


async def test_programme_comes_from_an_address_by_a_form(stage: SetupStage) -> None:
    async with Published(SAMPLE) as published:
        await stage.invited()
        step = await stage.type("setup start")
        for _ in range(5):
            step = await stage.push(step, "Skip")
        form = await stage.push(step, "From an address…")
        preview = await (await stage.organiser.submit(form, {"typed": published.url})).final(within=20)
        assert preview.message is not step.message
        question = await stage.push(preview, "Import")
        assert question.content.startswith("Imported into")


@pytest.mark.slow
@needs_shared
async def test_each_of_24_rooms_gets_the_channel_of_its_name_at_once_or_one_by_one(stage: SetupStage) -> None:
    await stage.invited()
    fosdem = (SHARED / "fosdem-2013.xml").read_bytes()
    await stage.import_file(fosdem, timezone="Europe/Brussels")
    rooms = [room for (room,) in stage.stored("SELECT DISTINCT room FROM sessions ORDER BY room")]
    assert len(rooms) == 24
    named = {room: stage.new.add_channel(room.lower().replace(".", "-").replace(" ", "-")) for room in rooms[:20]}
    step = await stage.push(await stage.type("setup start"), "One channel per room…")
    assert "page 1 of 6" in step.content
    step = await stage.push(step, "Take all 20 that fit")
    assert "20 rooms got the channel of the same name." in step.content
    for page in range(2, 7):
        step = await stage.push(step, "Later rooms")
        assert f"page {page} of 6" in step.content
    assert len(selects(step.message)) == 4
    for custom_id in selects(step.message):
        step = await stage.choose(step.message, custom_id, stage.lobby)
        assert "page 6 of 6" in step.content
    channels = dict(stage.stored("SELECT room, channel_id FROM room_channels WHERE server_id = ?", stage.new.id))
    assert channels == {room.casefold(): named.get(room, stage.lobby).id for room in rooms}
    step = await stage.choose(step.message, selects(step.message)[0])
    assert len(stage.stored("SELECT room FROM room_channels WHERE server_id = ?", stage.new.id)) == 23
    assert "step 2 of 6" in (await stage.push(step, "Done")).content


async def test_missing_permission_names_the_box_and_is_gone_once_it_is_ticked(stage: SetupStage) -> None:
    await stage.invited()
    await stage.type("setup channel", channel=stage.hall_a)
    stage.hall_a.deny_bot("send_messages", "create_public_threads")
    check = await stage.type("setup check")
    assert (
        "tick Send Messages and Create Public Threads for Chairside under Edit Channel → Permissions of "
        f"{stage.hall_a.mention}, "
        "for threads of questions that were not reached."
    ) in check.content
    stage.hall_a.allow_bot("send_messages", "create_public_threads")
    role = next(role for role in stage.new.roles.values() if role.managed)
    role.set_permissions(role.permissions & ~Permission.CREATE_PRIVATE_THREADS)
    stage.new.everyone.set_permissions(stage.new.everyone.permissions & ~Permission.CREATE_PRIVATE_THREADS)
    check = await stage.push(check, "Check again")
    assert "tick Create Private Threads under Server Settings → Roles → Chairside" in check.content
    await stage.type("setup moderators", channel=stage.backstage)
    check = await stage.push(check, "Check again")
    assert "Everything is in order: all that is needed is allowed in 2 channels." in check.content
    unset = await stage.type("setup moderators", no_channel=True)
    assert unset.content.startswith("Consoles and time signals go to a private thread of each session's channel")
    assert "Create Private Threads" in (await stage.push(check, "Check again")).content
    step = await stage.type("setup start")
    again = await stage.choose(step.message, "setup:place:moderators:0", stage.backstage)
    assert f"Consoles go to <#{stage.backstage.id}>." in again.content
    cleared = await stage.push(again, "No channel")
    assert "Consoles and time signals: in private threads of the session’s channel" in cleared.content


async def test_role_that_cannot_be_pinged_is_told_with_its_box(stage: SetupStage) -> None:
    await stage.invited()
    quiet = stage.new.add_role("Quiet")
    stage.new.everyone.set_permissions(stage.new.everyone.permissions & ~Permission.MENTION_EVERYONE)
    await stage.type("setup channel", channel=stage.hall_a)
    await stage.type("setup reminders", ping=quiet)
    check = await stage.type("setup check")
    assert f"the role @Quiet cannot be pinged in {stage.hall_a.mention}" in check.content
    assert "“Allow anyone to @mention this role” under Server Settings → Roles" in check.content


async def test_hidden_and_opened_commands_are_told(stage: SetupStage) -> None:
    await stage.invited()
    await stage.type("setup channel", channel=stage.hall_a)
    assert "Commands: everyone's show to everyone" in (await stage.type("setup check")).content
    stage.new.integrate("ask", stage.new.everyone, allowed=False)
    stage.new.integrate("now", stage.hall_a, allowed=False)
    stage.new.integrate("timer", stage.hall_a, allowed=False)
    stage.new.integrate("schedule", stage.fans, allowed=True)
    check = await stage.type("setup check")
    assert f"Hidden from {ALL}: /ask." in check.content
    assert f"Hidden in {stage.hall_a.mention}: /now and /timer." in check.content
    assert (
        f"Shown to {stage.fans.mention}, who still may not use them without Manage Server: /schedule." in check.content
    )
    stage.new.integrations.clear()
    stage.new.integrate(None, stage.new.everyone, allowed=False)
    assert "/agenda" in (await stage.push(check, "Check again")).content.split(f"Hidden from {ALL}:")[1]
    stage.loopback.faults.refuse(1, matching="GET .*/commands/permissions")
    assert "could not be read" in (await stage.push(check, "Check again")).content


async def test_check_tells_what_was_deleted_hidden_from_attendees_or_open_to_them(stage: SetupStage) -> None:
    await stage.invited()
    await stage.type("setup channel", channel=stage.hall_a)
    await stage.type("setup channel", channel=stage.lobby, room="Hall G")
    await stage.type("setup moderators", channel=stage.backstage)
    stage.lobby.set_overwrite(stage.new.everyone, deny=Permission.USE_APPLICATION_COMMANDS)
    check = await stage.organiser.slash(stage.new.add_channel("office"), "setup check")
    await check.final()
    everyone = f"In {stage.lobby.mention} {ALL} lacks Use Application Commands"
    assert everyone in check.content
    assert f"{stage.backstage.mention} can be read by {ALL}" in check.content
    stage.lobby.set_overwrite(stage.new.everyone)
    stage.backstage.hide(but_for=stage.loopback.bot)
    stage.hall_a.delete()
    again = await stage.push(check, "Check again")
    assert everyone not in again.content
    assert "can be read by" not in again.content
    assert f"<#{stage.hall_a.id}>, used for sessions, was deleted" in again.content
    assert "Everything is in order" not in again.content
    assert f"<#{stage.hall_a.id}>" in (await stage.type("status now")).content


async def test_thread_as_a_channel_needs_the_boxes_of_its_parent(stage: SetupStage) -> None:
    await stage.invited()
    thread = stage.thread_in(stage.hall_a)
    await stage.type("setup channel", channel=thread)
    stage.hall_a.deny_bot("send_messages_in_threads")
    check = await stage.type("setup check")
    box = f"tick Send Messages in Threads for Chairside under Edit Channel → Permissions of {stage.hall_a.mention}."
    assert box in check.content
    step = await stage.choose((await stage.type("setup start")).message, "setup:place:role:0", stage.moderators)
    assert "**To put right:** in #talks it lacks Send Messages in Threads." in step.content


async def test_others_are_told_who_can(stage: SetupStage) -> None:
    welcome = await stage.invited()
    refused = await (await stage.visitor.press(welcome, "Set up")).final()
    assert refused.ephemeral
    assert refused.content == "only managers of this server may do this. Ask somebody with Manage Server."
    step = await stage.push(welcome, "Set up")
    role = next(role for role in stage.new.roles.values() if role.name == "Managers")
    stage.new.members[stage.organiser.id].take(role)
    late = await stage.organiser.choose(step.message, "setup:place:channel:0", [stage.hall_a])  # type: ignore[arg-type] # it is there
    assert "only managers" in (await late.final()).content
    assert stage.stored("SELECT channel_id FROM servers WHERE id = ?", stage.new.id) == [(None,)]


@pytest.mark.slow
async def test_welcome_comes_once_over_restart_and_outage_and_again_when_invited_anew(stage: SetupStage) -> None:
    await stage.invited()
    await stage.kill_bot()
    await stage.start_bot()
    stage.new.go_away()
    stage.new.come_back()
    assert "step 1 of 6" in (await stage.type("setup start")).content  # all that was told before is dealt with
    assert len(stage.welcomes()) == 1
    stage.new.remove_bot()
    stage.new.invite_bot()
    await stage.lobby.wait_for(lambda _: len(stage.welcomes()) == 2, within=20)
    await stage.kill_bot()
    stage.new.remove_bot()
    stage.new.invite_bot()
    await stage.start_bot()
    await stage.lobby.wait_for(lambda _: len(stage.welcomes()) == 3, within=20)
    await stage.kill_bot()
    await stage.start_bot()
    await stage.type("setup start")
    assert len(stage.welcomes()) == 3


@pytest.mark.slow
async def test_welcome_whose_answer_is_lost_when_the_bot_dies_is_not_doubled(stage: SetupStage) -> None:
    stage.loopback.faults.lose_response(1, matching=rf"POST /channels/{stage.lobby.id}/messages")
    await stage.invited()
    await stage.kill_bot()
    await stage.start_bot()
    await stage.loopback.requests.wait_for(rf"GET /channels/{stage.lobby.id}/messages", within=20)
    await stage.type("setup start")
    assert len(stage.welcomes()) == 1


@pytest.mark.parametrize("hidden", ["lobby", "all"])
async def test_welcome_goes_where_it_can_be_read(stage: SetupStage, hidden: str) -> None:
    for channel in stage.new.channels.values() if hidden == "all" else [stage.lobby]:
        channel.deny_bot("send_messages")
    stage.new.invite_bot()
    if hidden == "lobby":
        assert (await stage.welcome(stage.hall_a)).labels == ["Set up"]
        return
    direct = stage.loopback.world.direct_channel(stage.new.owner)
    message = await direct.wait_for(lambda m: "**Chairside** is on “NeurIPS”" in m.content, within=20)
    assert "type /setup start on the server" in message.content
    owner = Person(stage.loopback.world, stage.new.owner)
    told = await (await owner.press(message, "Set up")).final()
    assert told.content == "this works on a server only. Use it in one of the server's channels."


async def test_server_that_has_its_programme_and_channel_is_not_welcomed(stage: SetupStage) -> None:
    await stage.invited()
    await stage.type("setup channel", channel=stage.hall_a)
    await stage.import_file(timezone="America/New_York")
    stage.new.remove_bot()
    stage.new.invite_bot()
    await stage.type("setup start")
    assert len(stage.welcomes()) == 1


async def test_command_that_is_refused_in_part_changes_nothing(stage: SetupStage) -> None:
    await stage.invited()
    for minutes in ("soon", "0", "1, 2, 3, 4"):
        await stage.type("setup reminders", ping=stage.fans, minutes=minutes)
    everyone = stage.new.roles[stage.new.id]
    refused = await stage.type("setup moderators", role=everyone, channel=stage.backstage)
    assert "everyone cannot moderate" in refused.content
    refused = await stage.type("setup moderators", member=stage.visitor, channel=stage.backstage)
    assert "a member was given without a name" in refused.content
    refused = await stage.type("setup moderators", no_channel=True, channel=stage.backstage)
    assert "a channel and no channel were chosen" in refused.content
    overview = await stage.type("setup start")
    assert "step 1 of 6" in overview.content
    log = (await stage.type("status audit")).content
    assert log == "Nothing is recorded yet."
    shown = await stage.push(await stage.push(await stage.push(overview, "Skip"), "Skip"), "Skip")
    assert "step 4 of 6" in shown.content
    assert "pings: nobody" in (await stage.push(shown, "Skip")).content


async def test_room_whose_name_is_longer_than_a_choice_gets_its_channel(stage: SetupStage) -> None:
    await stage.invited()
    room = "Hall " + "of many words " * 8
    page = f"title,start,end,room,date\nLong,15:30,16:30,{room.strip()},2022-07-21\n".encode()
    await stage.import_file(page, timezone="America/New_York")
    await stage.type("setup channel", channel=stage.hall_a, room=room[:100])
    stage.at("12:26")
    await stage.until_posted("Up next", "Long", channel=stage.hall_a)
