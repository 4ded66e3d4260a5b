"""For speakers: /speaker link and checkin, the buttons of their direct messages, and moderators' word on claims."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import ChairsideClient
from bot.delivery.direct_channel import is_reached, open_direct_channel
from bot.errors import CommandError, NotAllowedError
from bot.messages.message import CLAIM, SPEAKER, Message
from bot.messages.speakers import checked_in, claimed, cues_chosen, decided, linked, unlinked
from bot.rules.programme import OFF, TalkState
from bot.services.people import person
from bot.services.speakers import (
    Linked,
    check_in,
    choose_cues,
    claim_talk,
    decide_claim,
    link_speaker,
    links_of,
    unlink_speaker,
)
from cogs.answers import Interaction, acknowledge, answer, server_id
from cogs.asking import here_choices
from cogs.buttons import PersistentButton, register
from cogs.permissions import moderator_check, speaker_check
from cogs.sessions import talk_key

Named = app_commands.Range[str, 1, 100]


class SpeakerCommands(commands.GroupCog, name="speaker", description="For those who speak in a talk"):
    """Who speaks where, and who is here."""

    @app_commands.command(name="link", description="Say that you speak in a talk; moderators agree, or link others")
    @app_commands.describe(
        talk="The talk", member="Who speaks in it, for moderators; yourself if left out", unlink="Not any more"
    )
    async def link(
        self,
        interaction: Interaction,
        talk: Named,
        member: discord.Member | None = None,
        unlink: bool = False,  # noqa: FBT001, FBT002 - an option of the command
    ) -> None:
        await acknowledge(interaction)
        key = talk_key(talk) or 0
        who = member or interaction.user
        if unlink:
            await answer(interaction, await _unlink(interaction, key, who.id))
        elif member is None:
            await answer(interaction, await _claim(interaction, key))
        else:
            await answer(interaction, await _link(interaction, key, who.id))

    @app_commands.command(name="checkin", description="Say that you are here for your talk")
    @app_commands.describe(talk="Which talk; your next one if left out", member="Who is here, for moderators")
    async def checkin(
        self, interaction: Interaction, talk: Named | None = None, member: discord.Member | None = None
    ) -> None:
        await acknowledge(interaction)
        client, server = interaction.client, server_id(interaction)
        who = member or interaction.user
        found = await _meant(interaction, who.id, talk_key(talk))
        done = await check_in(
            client.db,
            client.clock,
            server_id=server,
            link=found.speaker.link,
            by=interaction.user.id,
            check=speaker_check(interaction, found.talk.id),
        )
        client.store_changed()
        await answer(interaction, checked_in(member.id if member else None, done.talk.title))

    @link.autocomplete("talk")
    @checkin.autocomplete("talk")
    async def _talks(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        return await here_choices(interaction, current)


async def _claim(interaction: Interaction, talk_id: int) -> Message:
    """Linked at once if they moderate the session; else a moderator is asked."""
    try:
        await _link(interaction, talk_id, interaction.user.id)
        is_linked = True
    except NotAllowedError:
        is_linked = False
    client, server = interaction.client, server_id(interaction)
    done = await claim_talk(client.db, client.clock, server_id=server, talk_id=talk_id, user_id=interaction.user.id)
    closed = None if is_linked else await _closed(interaction, done)
    client.store_changed()
    is_linked = is_linked or done.speaker.linked_at is not None
    asks = done.placed.console_id is not None
    message = claimed(done.talk.title, is_linked=is_linked, asks_moderators=asks)
    return Message(f"{message.content}\n{closed}") if closed else message


async def _link(interaction: Interaction, talk_id: int, user_id: int) -> Message:
    client = interaction.client
    done = await link_speaker(
        client.db,
        client.clock,
        server_id=server_id(interaction),
        talk_id=talk_id,
        user_id=user_id,
        by=interaction.user.id,
        check=moderator_check(interaction),
    )
    closed = await _closed(interaction, done)
    client.store_changed()
    return linked(user_id, done.talk.title, reached=closed is None)


async def _closed(interaction: Interaction, done: Linked) -> str | None:
    """Open a speaker's direct messages; what to say where those do not reach them."""
    client, user_id = interaction.client, done.speaker.user_id
    try:
        is_new = await open_direct_channel(client, user_id)
    except CommandError:
        return "Discord does not open direct messages with you just now: use the command again in a moment."
    was_closed = (await person(client.db, user_id)).dms_closed_at is not None
    guild = interaction.guild
    if (is_new or was_closed) and not await is_reached(client, user_id, guild.name if guild else "this server"):
        return "Your direct messages are closed for this bot, so you are not asked whether you are here."
    return None


async def _unlink(interaction: Interaction, talk_id: int, user_id: int) -> Message:
    client = interaction.client
    check = None if user_id == interaction.user.id else moderator_check(interaction)
    gone = await unlink_speaker(
        client.db, client.clock, server_id=server_id(interaction), talk_id=talk_id, user_id=user_id, check=check
    )
    client.store_changed()
    return unlinked(user_id, gone.talk.title)


async def _meant(interaction: Interaction, user_id: int, talk_id: int | None) -> Linked:
    """The link that is meant: with the talk that was named, else with their next one.

    Raises:
        CommandError: they are linked with no such talk.
    """
    client = interaction.client
    theirs = await links_of(client.db, client.clock, server_id(interaction), user_id)
    ahead = [one for one in theirs if one.talk.id == talk_id or (talk_id is None and _is_to_come(one))]
    if not ahead:
        raise CommandError(
            "nobody is linked with a talk to come like that" if talk_id is None else "nobody is linked with that talk",
            do="Say who speaks in it with /speaker link",
        )
    return ahead[0]


def _is_to_come(one: Linked) -> bool:
    """By its session's clock: a talk that is late has its planned end behind it."""
    states = {e.talk.id: e.state for e in one.placed.expected.talks}
    return states[one.talk.id] not in (TalkState.DONE, *OFF)


class ClaimButton(PersistentButton, template=CLAIM):
    """Under a claim: a moderator's word on it, which then stands in its place."""

    async def pressed(self, interaction: Interaction) -> None:
        await interaction.response.defer()
        client, agreed = interaction.client, self.match["answer"] == "yes"
        done = await decide_claim(
            client.db,
            client.clock,
            server_id=server_id(interaction),
            link=int(self.match["link"]),
            agreed=agreed,
            by=interaction.user.id,
            check=moderator_check(interaction),
        )
        if agreed:
            await _closed(interaction, done)
        client.store_changed()
        text = decided(done.speaker.user_id, done.talk.title, interaction.user.id, agreed=agreed)
        await interaction.edit_original_response(content=text, view=None)


class SpeakerButton(PersistentButton, template=SPEAKER):
    """In a speaker's direct messages, which the sender then puts right."""

    async def pressed(self, interaction: Interaction) -> None:
        await acknowledge(interaction)
        client, link, by = interaction.client, int(self.match["link"]), interaction.user.id
        if self.match["action"] == "here":
            check = moderator_check(interaction)
            done = await check_in(
                client.db, client.clock, server_id=interaction.guild_id, link=link, by=by, check=check
            )
            message = checked_in(None, done.talk.title)
        else:
            done = await choose_cues(client.db, client.clock, link=link, by=by)
            message = cues_chosen(done.talk.title, wanted=done.speaker.wants_cues)
        client.store_changed()
        await answer(interaction, message)


async def setup(client: ChairsideClient) -> None:
    await client.add_cog(SpeakerCommands())
    register(client, ClaimButton, SpeakerButton)
