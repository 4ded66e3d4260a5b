from __future__ import annotations

from typing import Literal

import discord
import pytest
from discord import app_commands

from bot.rehearsal.loopback import Loopback, Permission, Person, PersonRefusedError, Server, TextChannel, Upload
from tests.rehearsal.conftest import Client, connected

Talk = app_commands.Range[str, 2, 20]


def with_commands(client: Client) -> None:
    schedule = app_commands.Group(
        name="schedule",
        description="The programme",
        default_permissions=discord.Permissions(manage_guild=True),
        guild_only=True,
    )

    @schedule.command(name="import", description="Read a programme")
    async def import_(interaction: discord.Interaction, file: discord.Attachment, timezone: str | None = None) -> None:
        text = (await file.read()).decode()
        await interaction.response.send_message(f"{file.filename}, {timezone}: {text}", ephemeral=True)

    client.tree.add_command(schedule)
    _add_options(client)
    _add_menus(client)


def _add_options(client: Client) -> None:
    @client.tree.command(description="All kinds of options")
    async def everything(
        interaction: discord.Interaction,
        *,
        text: Talk,
        whole: app_commands.Range[int, 1, 10],
        decimal: float,
        flag: bool,
        who: discord.Member,
        where: discord.TextChannel,
        role: discord.Role,
        either: discord.Member | discord.Role,
        unit: Literal["minutes", "seconds"] = "minutes",
    ) -> None:
        told = (text, whole, decimal, flag, who.display_name, where.name, role.name, either.name, unit)
        await interaction.response.send_message(repr(told))

    @client.tree.command(description="A talk")
    async def talk(interaction: discord.Interaction, name: str, minutes: int = 5) -> None:
        await interaction.response.send_message(name)

    @talk.autocomplete("name")
    async def names(interaction: discord.Interaction, current: str) -> list[app_commands.Choice[str]]:
        minutes = getattr(interaction.namespace, "minutes", None)
        found = [name for name in ("Convergence", "Contrast", "Depth") if name.lower().startswith(current)]
        return [app_commands.Choice(name=f"{name} ({minutes})", value=name) for name in found]


def _add_menus(client: Client) -> None:
    @client.tree.context_menu(name="Queue as question")
    async def queue(interaction: discord.Interaction, message: discord.Message) -> None:
        await interaction.response.send_message(f"{message.author.display_name} asks: {message.content}")

    @client.tree.context_menu(name="Link as speaker")
    async def link(interaction: discord.Interaction, member: discord.Member) -> None:
        await interaction.response.send_message(f"{member.display_name} is {interaction.user.display_name}'s speaker")


async def test_subcommand_with_a_file(loopback: Loopback, hall: TextChannel, robin: Person) -> None:
    async with connected(loopback, with_commands):
        file = Upload("icml.txt", b"12:30 Spotlight")
        reply = await robin.slash(hall, "schedule import", file=file, timezone="America/New_York")
        assert reply.content == "icml.txt, America/New_York: 12:30 Spotlight"
        assert (reply.ephemeral, reply.deferred, reply.failed) == (True, False, False)
        assert reply.acknowledged_after is not None
        assert reply.acknowledged_after < 1


async def test_every_kind_of_option(loopback: Loopback, server: Server, hall: TextChannel, robin: Person) -> None:
    moderators = server.add_role("Moderators")
    async with connected(loopback, with_commands):
        given = {"text": "Convergence", "whole": 7, "decimal": 2, "flag": True, "who": robin, "where": hall}
        reply = await robin.slash(hall, "everything", **given, role=moderators, either=robin, unit="seconds")
        assert reply.content == (
            "('Convergence', 7, 2.0, True, 'Robin Walters', 'hall-f', 'Moderators', 'robin_walters', 'seconds')"
        )
        reply = await robin.slash(hall, "everything", **given, role=moderators, either=moderators)
        assert reply.content.endswith("'Moderators', 'Moderators', 'minutes')")


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"text": "x"}, "takes a length from 2 to 20"),
        ({"whole": 11}, "takes a value from 1 to 10"),
        ({"whole": 1.5}, "takes a integer"),
        ({"whole": True}, "takes a integer"),
        ({"flag": "yes"}, "takes a boolean"),
        ({"who": "robin"}, "takes a user"),
        ({"unit": "hours"}, "offers"),
        ({"colour": "red"}, "no option colour"),
        ({"decimal": None}, "needs decimal"),
    ],
)
async def test_client_refuses_what_does_not_fit(
    loopback: Loopback,
    server: Server,
    hall: TextChannel,
    robin: Person,
    *,
    changed: dict[str, object],
    refusal: str,
) -> None:
    given: dict[str, object] = {"text": "Talk", "whole": 7, "decimal": 2.5, "flag": True, "who": robin, "where": hall}
    given |= {"role": server.everyone, "either": robin, **changed}
    async with connected(loopback, with_commands):
        with pytest.raises(PersonRefusedError, match=refusal):
            await robin.slash(hall, "everything", **{name: value for name, value in given.items() if value is not None})


async def test_unknown_commands_are_not_offered(loopback: Loopback, hall: TextChannel, robin: Person) -> None:
    async with connected(loopback, with_commands):
        for path, refusal in [("nothing", "no command"), ("schedule show", "there is no show"), ("schedule", "import")]:
            with pytest.raises(PersonRefusedError, match=refusal):
                await robin.slash(hall, path)


async def test_commands_are_hidden_from_who_lacks_the_permission(
    loopback: Loopback, server: Server, hall: TextChannel, robin: Person, attendee: Person
) -> None:
    async with connected(loopback, with_commands) as client:
        assert {c["name"] for c in robin.commands(hall)} == {"schedule", "everything", "talk"}
        assert {c["name"] for c in attendee.commands(hall)} == {"everything", "talk"}
        with pytest.raises(PersonRefusedError, match="hidden from Attendee"):
            await attendee.slash(hall, "schedule import", file=Upload("x.txt", b""))
        server.integrate("schedule", attendee, allowed=True)
        server.integrate("talk", hall, allowed=False)
        server.integrate("everything", server.everyone, allowed=False)
        assert {c["name"] for c in attendee.commands(hall)} == {"schedule"}
        guild = discord.Object(server.id)
        by_name = {command.name: command for command in await client.tree.fetch_commands()}
        [entry] = (await by_name["schedule"].fetch_permissions(guild)).permissions
        assert (entry.id, entry.permission) == (attendee.id, True)
        with pytest.raises(discord.NotFound):
            await by_name["Queue as question"].fetch_permissions(guild)
        assert {c["name"] for c in robin.commands(hall)} == {"schedule"}
        server.integrate(None, server.everyone, allowed=True)  # for what nothing is set for alone
        assert {c["name"] for c in attendee.commands(hall)} == {"schedule"}
        server.integrations.pop(int(by_name["everything"].id))
        assert {c["name"] for c in attendee.commands(hall)} == {"schedule", "everything"}
        hall.set_overwrite(server.everyone, deny=Permission.USE_APPLICATION_COMMANDS)
        assert attendee.commands(hall) == []


async def test_guild_only_commands_are_not_offered_in_direct_messages(loopback: Loopback, robin: Person) -> None:
    async with connected(loopback, with_commands):
        assert {c["name"] for c in robin.commands(robin.direct_channel)} == {"everything", "talk"}
        reply = await robin.slash(robin.direct_channel, "talk", name="Depth")
        assert reply.content == "Depth"
        assert [m.content for m in robin.direct_channel.messages] == ["Depth"]


async def test_autocomplete(loopback: Loopback, hall: TextChannel, robin: Person) -> None:
    async with connected(loopback, with_commands):
        choices = await robin.autocomplete(hall, "talk", minutes=10, name="con")
        assert choices == [("Convergence (10)", "Convergence"), ("Contrast (10)", "Contrast")]
        with pytest.raises(PersonRefusedError, match="no autocomplete"):
            await robin.autocomplete(hall, "talk", minutes="1")


async def test_context_menus(loopback: Loopback, hall: TextChannel, robin: Person, attendee: Person) -> None:
    async with connected(loopback, with_commands):
        said = await attendee.say(hall, "Does it scale?")
        assert (await robin.context_menu(said, "Queue as question")).content == "Attendee asks: Does it scale?"
        reply = await robin.context_menu(attendee, "Link as speaker", channel=hall)
        assert reply.content == "Attendee is Robin Walters's speaker"


async def test_syncing_again_changes_nothing_that_is_the_same(loopback: Loopback, server: Server) -> None:
    async with connected(loopback, with_commands) as client:
        before = loopback.commands()
        fetched = await client.tree.fetch_commands()
        assert {command.id for command in fetched} == {int(c["id"]) for c in before}
        client.tree.remove_command("talk")
        client.tree.add_command(app_commands.Command(name="now", description="Now", callback=_now))
        await client.tree.sync()
        after = {c["name"]: c for c in loopback.commands()}
        assert set(after) == {"schedule", "everything", "now", "Queue as question", "Link as speaker"}
        assert after["schedule"] == next(c for c in before if c["name"] == "schedule")
        client.tree.copy_global_to(guild=discord.Object(server.id))
        await client.tree.sync(guild=discord.Object(server.id))
        assert len(loopback.commands(server)) == 5


async def _now(interaction: discord.Interaction) -> None:
    await interaction.response.send_message("now")


async def test_a_servers_command_comes_before_the_global_one(loopback: Loopback, server: Server) -> None:
    hall = server.add_channel("hall-f")
    robin = server.add_member("Robin")
    async with connected(loopback, with_commands) as client:

        @client.tree.command(name="talk", description="This server's own", guild=discord.Object(server.id))
        async def own(interaction: discord.Interaction) -> None:
            await interaction.response.send_message("this server's own")

        await client.tree.sync(guild=discord.Object(server.id))
        assert (await robin.slash(hall, "talk")).content == "this server's own"
