from __future__ import annotations

import io

import discord
import pytest
from discord.http import handle_message_parameters

from bot.rehearsal.loopback import (
    Loopback,
    LoopbackTimeoutError,
    ManualMoments,
    Mentions,
    Permission,
    Person,
    PersonRefusedError,
    Server,
    TextChannel,
    Upload,
)
from tests.rehearsal.conftest import connected

FROM_MESSAGES = discord.Intents(guilds=True, guild_messages=True)


async def test_message_is_posted_edited_and_deleted(loopback: Loopback, hall: TextChannel) -> None:
    async with connected(loopback, intents=FROM_MESSAGES) as client:
        sent = await client.text_channel(hall).send("Up next: 12:30 PDT")
        await client.heard.wait_for("chairside: Up next: 12:30 PDT")
        await sent.edit(content="Up next: 12:35 PDT")
        await client.heard.wait_for("edited: Up next: 12:35 PDT")
        [message] = hall.messages
        assert message.content == "Up next: 12:35 PDT"
        assert [edit.content for edit in message.edits] == ["Up next: 12:30 PDT"]
        assert message.edited_at is not None
        await sent.delete()
        await client.heard.wait_for(f"deleted: {sent.id}")
        assert hall.messages == []
        with pytest.raises(discord.NotFound) as gone:
            await sent.edit(content="once more")
        assert gone.value.code == 10008


async def test_history_is_paged_like_discords(loopback: Loopback, hall: TextChannel, attendee: Person) -> None:
    said = [await attendee.say(hall, f"message {n}") for n in range(7)]
    async with connected(loopback) as client:
        channel = client.text_channel(hall)

        async def ids(**where: object) -> list[int]:
            return [said_id(m) async for m in channel.history(**where)]  # type: ignore[arg-type] # each is what it takes

        def said_id(message: discord.Message) -> int:
            return next(n for n, m in enumerate(said) if m.id == message.id)

        assert await ids() == [6, 5, 4, 3, 2, 1, 0]
        assert await ids(limit=3) == [6, 5, 4]
        assert await ids(before=discord.Object(said[3].id), limit=2) == [2, 1]
        assert await ids(after=discord.Object(said[3].id), limit=2) == [4, 5]
        assert await ids(around=discord.Object(said[3].id), limit=3) == [4, 3, 2]
        assert (await channel.fetch_message(said[2].id)).id == said[2].id


async def test_more_than_a_page_of_history(loopback: Loopback, hall: TextChannel, attendee: Person) -> None:
    for n in range(120):
        await attendee.say(hall, str(n))
    async with connected(loopback) as client:
        assert len([m async for m in client.text_channel(hall).history(limit=None)]) == 120
        with pytest.raises(discord.HTTPException) as refused:
            await client.http.logs_from(hall.id, limit=101)
        assert refused.value.code == 50035


async def test_without_read_message_history_a_search_is_blind(loopback: Loopback, hall: TextChannel) -> None:
    async with connected(loopback) as client:
        sent = await client.text_channel(hall).send("Up next")
        hall.deny_bot("read_message_history")
        assert [m async for m in client.text_channel(hall).history()] == []
        with pytest.raises(discord.Forbidden) as refused:
            await client.text_channel(hall).fetch_message(sent.id)
        assert refused.value.code == 50013
        await sent.edit(content="editing one's own still works")


async def test_same_nonce_is_one_message(still: Loopback, moments: ManualMoments) -> None:
    hall = still.add_server("ICML 2022").add_channel("hall-f")
    async with connected(still) as client:
        channel = client.text_channel(hall)
        first = await channel.send("Up next", nonce="q3f8v0yXkq3f8v0yXkq3f8")
        again = await channel.send("Up next, again", nonce="q3f8v0yXkq3f8v0yXkq3f8")
        other = await channel.send("Another", nonce="another")
        assert (again.id, again.content) == (first.id, "Up next")
        assert [message.id for message in hall.messages] == [first.id, other.id]
        moments.advance(301)
        late = await channel.send("Up next, late", nonce="q3f8v0yXkq3f8v0yXkq3f8")
        assert late.id != first.id


async def test_nonce_without_enforcing_it_repeats(loopback: Loopback, hall: TextChannel) -> None:
    async with connected(loopback) as client:
        for _ in range(2):
            with handle_message_parameters("Up next", nonce="same") as params:
                assert params.payload is not None
                params.payload["enforce_nonce"] = False
                await client.http.send_message(hall.id, params=params)
        assert len(hall.messages) == 2


@pytest.mark.parametrize(
    ("denied", "code"),
    [("view_channel", 50001), ("send_messages", 50013)],
)
async def test_posting_without_permission(loopback: Loopback, hall: TextChannel, denied: str, code: int) -> None:
    async with connected(loopback) as client:
        hall.deny_bot(denied)
        with pytest.raises(discord.Forbidden) as refused:
            await client.text_channel(hall).send("Up next")
        assert refused.value.code == code
        assert hall.messages == []
        assert loopback.requests.invalid == 1


async def test_embeds_and_files_take_permissions_of_their_own(loopback: Loopback, hall: TextChannel) -> None:
    async with connected(loopback) as client:
        channel = client.text_channel(hall)
        hall.deny_bot("embed_links", "attach_files")
        with pytest.raises(discord.Forbidden):
            await channel.send(embed=discord.Embed(title="Up next"))
        with pytest.raises(discord.Forbidden):
            await channel.send(file=discord.File(io.BytesIO(b"BEGIN:VCALENDAR"), "talks.ics"))
        await channel.send("plain")


async def test_others_messages_are_not_the_bots(
    loopback: Loopback, server: Server, hall: TextChannel, attendee: Person
) -> None:
    said = await attendee.say(hall, "Hello")
    async with connected(loopback) as client:
        message = await client.text_channel(hall).fetch_message(said.id)
        with pytest.raises(discord.Forbidden) as refused:
            await message.edit(content="Bye")
        assert refused.value.code == 50005
        with pytest.raises(discord.Forbidden) as refused:
            await message.delete()
        assert refused.value.code == 50013
        hall.allow_bot("manage_messages")
        await message.delete()
        assert hall.messages == []


async def test_content_of_others_is_empty_without_the_intent(
    loopback: Loopback, hall: TextChannel, attendee: Person
) -> None:
    async with connected(loopback, intents=FROM_MESSAGES) as client:
        said = await attendee.say(hall, "a secret", files=[Upload("notes.txt", b"notes")])
        await client.heard.wait_for("attendee: ")
        assert client.cached_messages[-1].attachments == []
        assert (await client.text_channel(hall).fetch_message(said.id)).content == ""
        await attendee.say(hall, f"{loopback.bot.mention} hear me")
        await client.heard.wait_for(f"attendee: {loopback.bot.mention} hear me")


async def test_mentions_are_recorded_only_where_they_ping(
    loopback: Loopback, server: Server, hall: TextChannel, attendee: Person
) -> None:
    open_role, closed = server.add_role("Listeners", mentionable=True), server.add_role("Staff")
    server.everyone.set_permissions(server.everyone.permissions & ~Permission.MENTION_EVERYONE)
    stranger = loopback.add_server("Elsewhere").add_member("Stranger")
    text = f"@everyone {attendee.mention} {stranger.mention} {open_role.mention} {closed.mention} `@here`"
    async with connected(loopback) as client:
        channel = client.text_channel(hall)
        quiet = await channel.send(text)
        loud = await channel.send(text, allowed_mentions=discord.AllowedMentions.all())
        [first, second] = hall.messages
        assert not first.pinged
        assert not quiet.mentions
        assert second.pinged == Mentions(frozenset({attendee.id}), frozenset({open_role.id}), everyone=False)
        assert [role.id for role in loud.role_mentions] == [open_role.id]
        hall.allow_bot("mention_everyone")
        await channel.send(text, allowed_mentions=discord.AllowedMentions.all())
        assert hall.messages[-1].pinged.everyone
        assert hall.messages[-1].pinged.roles == {open_role.id, closed.id}


async def test_an_edit_pings_nobody(loopback: Loopback, hall: TextChannel, attendee: Person) -> None:
    async with connected(loopback) as client:
        sent = await client.text_channel(hall).send("soon")
        await sent.edit(content=attendee.mention, allowed_mentions=discord.AllowedMentions.all())
        [message] = hall.messages
        assert not message.pinged
        assert message.mentions.users == {attendee.id}


async def test_reply_pings_whom_it_answers_unless_told_not_to(
    loopback: Loopback, hall: TextChannel, attendee: Person
) -> None:
    said = await attendee.say(hall, "When?")
    async with connected(loopback) as client:
        message = await client.text_channel(hall).fetch_message(said.id)
        await message.reply("At 12:30", mention_author=True)
        await message.reply("At 12:30", mention_author=False)
        assert [m.pinged.users for m in hall.messages[1:]] == [{attendee.id}, set()]
        assert hall.messages[1].reference is said


async def test_pins_take_their_own_permission(loopback: Loopback, hall: TextChannel) -> None:
    async with connected(loopback) as client:
        channel = client.text_channel(hall)
        sent = await channel.send("Board")
        await sent.pin()
        assert [m.id async for m in channel.pins()] == [sent.id]
        await sent.unpin()
        assert [m.id async for m in channel.pins()] == []
        hall.deny_bot("pin_messages")
        with pytest.raises(discord.Forbidden):
            await sent.pin()


async def test_silent_message_is_marked(loopback: Loopback, hall: TextChannel) -> None:
    async with connected(loopback) as client:
        await client.text_channel(hall).send("5 min", silent=True)
        assert hall.messages[0].silent


async def test_waiting_for_a_message(loopback: Loopback, hall: TextChannel, attendee: Person) -> None:
    said = await attendee.say(hall, "here already")
    assert await hall.wait_for(lambda m: "already" in m.content) is said
    with pytest.raises(LoopbackTimeoutError, match="here already"):
        await hall.wait_for(lambda m: m.content == "never", within=0.01)


async def test_people_write_only_where_they_may(server: Server, hall: TextChannel, attendee: Person) -> None:
    hall.set_overwrite(server.everyone, deny=Permission.SEND_MESSAGES)
    with pytest.raises(PersonRefusedError, match="may not write"):
        await attendee.say(hall, "Hello")
    with pytest.raises(PersonRefusedError, match="2000"):
        await attendee.say(server.add_channel("lobby"), "x" * 2001)


async def test_moderator_deletes_the_bots_message(
    loopback: Loopback, server: Server, hall: TextChannel, attendee: Person
) -> None:
    moderators = server.add_role("Moderators", Permission.MANAGE_MESSAGES)
    chair = server.add_member("Chair", roles=[moderators])
    async with connected(loopback) as client:
        await client.text_channel(hall).send("Console")
        [console] = hall.messages
        with pytest.raises(PersonRefusedError):
            await attendee.delete(console)
        await chair.delete(console)
        assert console.deleted
        assert hall.messages == []
