"""The loopback and discord.py work out permissions apart from each other, and must agree."""

from __future__ import annotations

from datetime import timedelta

import discord
from discord.user import ClientUser
from hypothesis import given
from hypothesis import strategies as st

from bot.rehearsal.loopback import Loopback, ManualMoments, Permission, Server, TextChannel, Thread
from bot.rehearsal.loopback.world import payloads
from bot.rehearsal.loopback.world.channels import ChannelKind
from bot.rehearsal.loopback.world.permissions import ALL, INVITED, ONLY_IN_VOICE, named

bits = st.integers(0, int(ALL)).map(lambda value: Permission(value & int(ALL)))
modest = bits.map(lambda permissions: permissions & ~Permission.ADMINISTRATOR)
pairs = st.tuples(bits, bits).map(lambda pair: (pair[0], pair[1] & ~pair[0]))


def as_discord_py_sees(server: Server) -> discord.Guild:
    """The server in the cache of a client that never connected."""
    client = discord.Client(intents=discord.Intents(guilds=True))
    bot = payloads.of_user(server.world.bot)
    client._connection.user = ClientUser(state=client._connection, data=bot)  # type: ignore[arg-type] # as from JSON
    data = payloads.of_server_created(server, reader=server.world.bot, all_members=False)
    return discord.Guild(data=data, state=client._connection)  # type: ignore[arg-type] # as from JSON


def both(channel: TextChannel) -> tuple[int, int]:
    guild = as_discord_py_sees(channel.home)
    cached = guild.get_channel(channel.id)
    assert cached is not None
    return int(channel.permissions_of(channel.world.bot)), cached.permissions_for(guild.me).value


@given(
    everyone=modest,
    roles=st.lists(st.one_of(modest, bits), max_size=3),
    for_everyone=pairs,
    for_roles=st.lists(pairs, max_size=3),
    for_bot=pairs,
)
def test_text_channel_agrees_with_discord_py(
    everyone: Permission,
    roles: list[Permission],
    for_everyone: tuple[Permission, Permission],
    for_roles: list[tuple[Permission, Permission]],
    for_bot: tuple[Permission, Permission],
) -> None:
    server = Loopback().add_server("ICML 2022", bot_permissions=Permission(0))
    channel = server.add_channel("hall-f")
    server.everyone.set_permissions(everyone)
    added = [server.add_role(f"role {n}", permissions) for n, permissions in enumerate(roles)]
    server.bot_member.give(*added)
    channel.set_overwrite(server.everyone, allow=for_everyone[0], deny=for_everyone[1])
    # One role beyond those that the bot has: its overwrite must not count.
    for role, (allow, deny) in zip([*added, server.add_role("other")], for_roles, strict=False):
        channel.set_overwrite(role, allow=allow, deny=deny)
    channel.set_overwrite(server.world.bot, allow=for_bot[0], deny=for_bot[1])
    ours, theirs = both(channel)
    assert ours == theirs


@given(everyone=modest, for_bot=pairs)
def test_thread_agrees_with_discord_py(everyone: Permission, for_bot: tuple[Permission, Permission]) -> None:
    server = Loopback().add_server("ICML 2022", bot_permissions=Permission(0))
    channel = server.add_channel("hall-f")
    server.everyone.set_permissions(everyone)
    channel.set_overwrite(server.world.bot, allow=for_bot[0], deny=for_bot[1])
    now = server.world.moments.now()
    thread = Thread(
        server.world.snowflakes.make(),
        server.world,
        "questions",
        ChannelKind.PUBLIC_THREAD,
        trunk=channel,
        owner=server.owner,
        created_at=now,
        archived_at=now,
    )
    server.open_thread(thread)
    guild = as_discord_py_sees(server)
    cached = guild.get_thread(thread.id)
    ours = int(thread.permissions_of(server.world.bot))
    if cached is None:  # of_server_created leaves out what can't be seen
        assert ours == 0
    else:
        assert ours == cached.permissions_for(guild.me).value & ~int(ONLY_IN_VOICE)


def test_default_invitation_agrees_with_discord_py() -> None:
    ours, theirs = both(Loopback().add_server("ICML 2022").add_channel("hall-f"))
    assert ours == theirs
    assert ours & INVITED == INVITED


def test_owner_may_everything_and_stranger_nothing() -> None:
    loopback = Loopback()
    server = loopback.add_server("ICML 2022")
    hall = server.add_channel("hall-f")
    assert hall.permissions_of(server.owner) == ALL & ~ONLY_IN_VOICE
    assert hall.permissions_of(loopback.world.add_user("Stranger")) == 0


def test_hidden_channel_is_seen_by_who_it_is_for() -> None:
    server = Loopback().add_server("ICML 2022")
    staff = server.add_channel("staff")
    moderators = server.add_role("Moderators")
    staff.hide(but_for=moderators)
    chair, attendee = server.add_member("Chair", roles=[moderators]), server.add_member("Attendee")
    assert staff.permissions_of(chair.user) & Permission.VIEW_CHANNEL
    assert not staff.permissions_of(attendee.user) & Permission.VIEW_CHANNEL


def test_member_in_timeout_only_reads() -> None:
    moments = ManualMoments()
    server = Loopback(moments=moments).add_server("ICML 2022")
    hall = server.add_channel("hall-f")
    loud = server.add_member("Loud")
    server.members[loud.id].time_out(moments.now() + timedelta(minutes=5))
    assert hall.permissions_of(loud.user) == Permission.VIEW_CHANNEL | Permission.READ_MESSAGE_HISTORY
    moments.advance(301)
    assert hall.permissions_of(loud.user) & Permission.SEND_MESSAGES


def test_denying_and_allowing_the_bot_keeps_the_rest() -> None:
    server = Loopback().add_server("ICML 2022")
    hall = server.add_channel("hall-f")
    hall.deny_bot("send_messages", "embed_links")
    hall.allow_bot("send_messages", "manage_messages")
    overwrite = hall.overwrites[server.world.bot.id]
    assert overwrite.allow == named(["send_messages", "manage_messages"])
    assert overwrite.deny == Permission.EMBED_LINKS
