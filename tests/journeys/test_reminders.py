"""Attendees are reminded by direct message of what they chose: by command and button, moved, closed, killed."""

from __future__ import annotations

import asyncio

import pytest

from bot.rehearsal.loopback import Person
from bot.rehearsal.loopback.moments import RealMoments, pause
from bot.rehearsal.loopback.people.reply import Reply
from bot.rehearsal.loopback.world.messages import Mentions, Message
from tests.journeys.stage import PATIENCE, TITLES, Stage

CONTACT = "What you asked for on ICML 2022, and what concerns a talk of your own there, comes here."


async def talk_value(stage: Stage, title: str) -> str:
    choices = await stage.attendee.autocomplete(stage.hall, "remind add", talk=title[:40])
    return str(choices[0].value)


async def add_talk(stage: Stage, number: int, person: Person | None = None, **options: object) -> Reply:
    talk = await talk_value(stage, TITLES[number])
    return await stage.use(person or stage.attendee, "remind add", talk=talk, **options)


async def until_told(person: Person, *words: str) -> Message:
    """The direct message that holds all these words, once it is there."""
    return await person.direct_channel.wait_for(
        lambda message: all(word in message.content for word in words), within=PATIENCE
    )


def told(person: Person) -> list[str]:
    """The first lines of what a person was sent directly, the first contact left out."""
    return [m.content.splitlines()[0] for m in person.direct_channel.messages if not m.content.startswith(CONTACT)]


async def until_state(stage: Stage, state: str) -> None:
    """Until a direct message stands so."""
    async with asyncio.timeout(PATIENCE):
        while not any(row.state == state and row.user_id for row in await stage.rows()):
            await pause(RealMoments(), 0.05)


@pytest.mark.slow
async def test_reminder_comes_directly_in_ones_own_zone_and_follows_the_talk(stage: Stage) -> None:
    await stage.set_up()
    chosen = await stage.use(stage.attendee, "mytimezone", timezone="berlin")
    assert chosen.content.startswith("Times are shown in Europe/Berlin as well")
    added = await add_talk(stage, 2, lead=10)
    assert added.content.splitlines()[0] == f"You are reminded of **{TITLES[2]}** 10 min before."
    assert "at 15:30 EDT · 12:30 PDT · 21:30 your time" in added.content
    assert [m.content.startswith(CONTACT) for m in stage.attendee.direct_channel.messages] == [True]
    stage.at("12:30")
    reminder = await until_told(stage.attendee, f"**{TITLES[2]}** begins <t:1658432400:R>")
    assert "15:40 EDT · 12:40 PDT · 21:40 your time (<t:1658432400:t>) · 5 min" in reminder.content
    assert reminder.content.splitlines()[-1] == f"Hall F · Deep Learning · <#{stage.hall.id}>"
    details = await stage.press(stage.attendee, reminder, "Details")
    assert details.content.startswith(f"**{TITLES[2]}**")
    # it moves by three minutes: the same message says so
    value = await talk_value(stage, TITLES[2])
    session = str((await stage.manager.autocomplete(stage.hall, "schedule edit", session=""))[0].value)
    preview = await stage.use(stage.manager, "schedule edit", session=session, talk=value, start="15:43")
    await stage.press(stage.manager, preview.message, "Apply")
    await until_told(stage.attendee, "15:43 EDT · 12:43 PDT · 21:43 your time")
    preview = await stage.use(stage.manager, "schedule edit", session=session, talk=value, cancelled=True)
    await stage.press(stage.manager, preview.message, "Apply")
    await until_told(stage.attendee, f"**{TITLES[2]}** does not take place: it was cancelled.")
    assert len(told(stage.attendee)) == 1


@pytest.mark.slow
async def test_button_reminds_and_shows_that_it_is_set_with_its_removal(stage: Stage) -> None:
    await stage.set_up()
    stage.at("12:15")
    details = await stage.use(stage.attendee, "talk", talk=TITLES[3])
    added = await stage.press(stage.attendee, details.message, "Remind me")
    assert added.content.splitlines()[0] == f"You are reminded of **{TITLES[3]}** 5 min before."
    again = await stage.press(stage.attendee, details.message, "Remind me")
    assert again.content.startswith("Already set: you are reminded of")
    assert "Remove" in again.message.labels if again.message else False
    removed = await stage.press(stage.attendee, again.message, "Remove")
    assert removed.content == f"You are no longer reminded of “{TITLES[3]}”."
    assert [row for row in await stage.rows() if row.kind == "personal"] == []
    # the board's button asks which of the talks to come
    board = await stage.until_posted("**Now and next** in Hall F")
    asked = await stage.press(stage.attendee, board, "Remind me")
    assert asked.content == "Which talk are you to be reminded of?"
    assert asked.message is not None
    chosen = await (
        await stage.attendee.choose(asked.message, "remindof", [stage.talk_key(4).removeprefix("talk#")])
    ).final(within=PATIENCE)
    assert TITLES[3] in chosen.content
    agenda = await stage.use(stage.attendee, "agenda")
    assert agenda.message is not None
    chosen = await (
        await stage.attendee.choose(agenda.message, "remindof", [stage.talk_key(5).removeprefix("talk#")])
    ).final(within=PATIENCE)
    assert TITLES[4] in chosen.content
    listed = await stage.use(stage.attendee, "remind list")
    assert listed.content.splitlines()[0] == "**2 reminders** of yours"
    file = await stage.press(stage.attendee, listed.message, "As .ics")
    assert file.message is not None
    assert [attachment.filename for attachment in file.message.attachments] == ["my-reminders.ics"]
    content = file.message.attachments[0].text
    assert content.count("BEGIN:VEVENT") == 2
    stage.at("12:40")
    await until_told(stage.attendee, TITLES[3])


@pytest.mark.slow
async def test_closed_messages_are_noticed_at_once_and_a_mention_goes_to_those_who_agree(stage: Stage) -> None:
    await stage.set_up()
    grace = stage.server.add_member("Grace")
    stage.attendee.take_direct_messages(allowed=False)
    grace.take_direct_messages(allowed=False)
    for person in (stage.attendee, grace):
        added = await add_talk(stage, 2, person)
        assert "**Your direct messages are closed to this bot**" in added.content
        assert added.message is not None
        assert "Mention me in the channel instead" in added.message.labels
        if person is stage.attendee:
            agreed = await stage.press(person, added.message, "Mention me in the channel instead")
            assert "you are mentioned in the session's channel" in agreed.content
    stage.at("12:35")
    await until_state(stage, "failed")
    stage.at("12:36")
    mention = await stage.until_posted(stage.attendee.mention, f"**{TITLES[2]}** begins")
    assert mention.pinged == Mentions(users=frozenset({stage.attendee.id}))
    rows = [row for row in await stage.deliveries() if row.user_id == grace.id]
    assert [(row.state, row.reason) for row in rows] == [("skipped", "direct messages are closed")]
    assert told(stage.attendee) == told(grace) == []


@pytest.mark.slow
async def test_messages_closed_later_are_told_of_once(stage: Stage) -> None:
    await stage.set_up()
    await add_talk(stage, 2)
    await add_talk(stage, 4)
    stage.attendee.take_direct_messages(allowed=False)
    stage.at("12:35")
    await until_state(stage, "skipped")
    first = await stage.use(stage.attendee, "remind list")
    assert first.content.startswith("**Your direct messages are closed to this bot**")
    second = await stage.use(stage.attendee, "remind list")
    assert second.content.splitlines()[1].startswith("Your direct messages are closed to this bot, so these do not")
    # opened again, they are noticed when somebody presses again
    stage.attendee.take_direct_messages(allowed=True)
    await add_talk(stage, 4)
    stage.at("12:45")
    await until_told(stage.attendee, TITLES[4])


@pytest.mark.slow
async def test_killed_between_the_moment_and_the_last_message_doubles_none(stage: Stage) -> None:
    await stage.set_up()
    crowd = [stage.server.add_member(f"Attendee {number}") for number in range(8)]
    talk = await talk_value(stage, TITLES[2])
    for person in crowd:
        await stage.use(person, "remind add", talk=talk)
    stage.at("12:35")
    await until_told(crowd[0], f"**{TITLES[2]}** begins")
    await stage.kill_bot()
    await stage.start_bot()
    for person in crowd:
        await until_told(person, f"**{TITLES[2]}** begins")
    assert [row.state for row in await stage.deliveries() if row.user_id] == ["sent"] * 8
    assert [len(told(person)) for person in crowd] == [1] * 8


async def test_people_of_other_servers_and_past_talks_are_refused_in_a_line(stage: Stage) -> None:
    await stage.set_up()
    stage.at("12:41")
    refused = {
        "that talk is not in this server's programme. Choose one that the command offers.": {"talk": "talk#99"},
        "that talk has begun already. See /now, or choose another in /agenda.": {"talk": stage.talk_key(1)},
        "one of talk, session, speaker and word is needed. Give exactly one; use the command again for more.": {},
        "“nonsense” is not a talk of this server. Choose one that the command offers.": {"talk": "nonsense"},
        "the word has to be 2 to 100 letters or digits. Write a word of the titles that you mean.": {"word": "!"},
    }
    for line, options in refused.items():
        assert (await stage.use(stage.attendee, "remind add", **options)).content == line
    assert (await stage.use(stage.attendee, "remind list")).content.startswith("You have no reminders here.")
    speakers = await stage.attendee.autocomplete(stage.hall, "remind add", speaker="wang")
    assert all("wang" in str(choice.value).casefold() for choice in speakers)
    added = await stage.use(stage.attendee, "remind add", word="optim", lead=30)
    assert added.content.startswith("You are reminded of talks with “optim” in their title 30 min before.")
    own = await stage.attendee.autocomplete(stage.hall, "remind remove", reminder="")
    removed = await stage.use(stage.attendee, "remind remove", reminder=own[0].value)
    assert removed.content == "You are no longer reminded of “optim”."


async def test_agenda_by_room_and_now_and_next(stage: Stage) -> None:
    await stage.set_up()
    stage.at("12:36")
    rooms = await stage.attendee.autocomplete(stage.hall, "agenda", room="hall")
    assert [choice.name for choice in rooms] == ["Hall F"]
    of_room = await stage.use(stage.attendee, "agenda", room=rooms[0].value)
    assert of_room.content.startswith("**Agenda** · Thu 21 July 2022 · Hall F · 15 talks · page 1 of 2")
    later = await stage.press(stage.attendee, of_room.message, "Later")
    assert "· Hall F · 15 talks · page 2 of 2" in later.content
    assert (await stage.use(stage.attendee, "agenda", room="Hall X")).content == (
        "no room is called “Hall X”. Choose one that the command offers."
    )
    now = await stage.use(stage.attendee, "agenda", view="now and next")
    assert [line.split(":")[0] for line in now.content.splitlines()[1::2]] == ["On now", "Next"]
