"""The guided set-up: one private answer, edited in place; what is answered is stored at once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import discord

from bot.client import ChairsideClient
from bot.errors import CommandError
from bot.messages.message import (
    SET_UP,
    SETUP_ADDRESS_MODAL,
    SETUP_CHANGE,
    SETUP_FORM,
    SETUP_LEADS,
    SETUP_PLACE,
    SETUP_STEP,
    SETUP_ZONE,
    SETUP_ZONE_MODAL,
)
from bot.messages.setup import IN_THREADS, minutes
from bot.messages.setup_forms import setup_modal, typed_in
from bot.messages.setup_rooms import matched
from bot.rules.following import Follows
from bot.rules.setup_flow import Step
from bot.rules.setup_rooms import room_digest
from bot.schedules.schedule import ReadingOptions
from bot.services.moderators import set_moderators
from bot.services.servers import ServerSettings, set_channel, set_leads, set_timezone
from bot.services.setup_flow import (
    leave_step,
    only_managers_moderate,
    set_ping_role,
    set_room_channels,
    set_up_so_far,
    without_moderators_channel,
)
from cogs.answers import Interaction, acknowledge, answer, number_of, server_id
from cogs.buttons import Persistent, PersistentButton, PersistentSelect
from cogs.forms import Components, if_submitted
from cogs.importing import fetched_import, preview
from cogs.setup_check import CheckButton
from cogs.setup_steps import archived_thread, current_settings, go_on, proposed_channels, show_rooms, show_step

ROOMS = "rooms"
"""Stands for a step where a button leads to the rooms' channels."""
THREADS = "threads"
"""Stands for a step where a button clears the moderators' channel."""


class SetUpButton(PersistentButton, template=SET_UP):
    """Under the welcome: opens the guided set-up for this manager alone."""

    async def pressed(self, interaction: Interaction) -> None:
        await acknowledge(interaction)
        await go_on(interaction)


class StepButton(PersistentButton, template=SETUP_STEP):
    """Back, Skip and what else a step's buttons do."""

    async def pressed(self, interaction: Interaction) -> None:
        await interaction.response.defer()
        does, step = self.match["does"], self.match["step"]
        if step == ROOMS:
            said = await _match(interaction) if does == "match" else None
            await show_rooms(interaction, number_of(self.match["page"]) or 0, said)
        elif does == "leave":
            await _leave(interaction, _step(step))
        elif does == "clear" and step == THREADS:
            await _use_threads(interaction)
        elif does == "clear":
            await _clear(interaction, _step(step))
        else:
            await show_step(interaction, _step(step))


async def _use_threads(interaction: Interaction) -> None:
    client = interaction.client
    await without_moderators_channel(client.db, client.clock, server_id=server_id(interaction))
    client.store_changed()
    await show_step(interaction, Step.MODERATORS, IN_THREADS)


def _step(name: str) -> Step:
    if name not in set(Step):
        raise CommandError("this set-up has no such step", do="Begin anew with /setup start")
    return Step(name)


async def _leave(interaction: Interaction, step: Step) -> None:
    settings = await current_settings(interaction)
    server = server_id(interaction)
    await leave_step(interaction.client.db, server_id=server, step=step, so_far=set_up_so_far(settings))
    await go_on(interaction, step)


async def _clear(interaction: Interaction, step: Step) -> None:
    client, server = interaction.client, server_id(interaction)
    if step is Step.MODERATORS:
        await only_managers_moderate(client.db, client.clock, server_id=server)
        client.store_changed()
        await go_on(interaction, step, "Managers run the sessions, and those named for one.")
    elif step is Step.PING:
        await set_ping_role(client.db, server_id=server, role_id=None)
        await go_on(interaction, step, "Reminders ping nobody.")
    else:
        await show_step(interaction, step)


async def _match(interaction: Interaction) -> str:
    """Give every room the channel of the same name."""
    client, settings = interaction.client, await current_settings(interaction)
    proposed = proposed_channels(interaction.guild, settings)
    await set_room_channels(client.db, client.clock, server_id=server_id(interaction), channels=proposed)
    client.store_changed()
    return matched(len(proposed))


class PlaceChoice(Persistent[discord.ui.ChannelSelect[Any]], template=SETUP_PLACE):
    """A select of a channel or a role."""

    async def used(self, interaction: Interaction) -> None:
        await interaction.response.defer()
        chosen = [value.id for value in self.item.values]
        of = self.match["of"]
        for place in self.item.values:
            archived_thread(place)
        if self.match["room"]:
            await _place_room(interaction, self.match["room"], chosen, number_of(self.match["page"]) or 0)
        elif not chosen:
            raise CommandError("nothing was chosen", do="Choose one, or press Skip")
        elif of == "channel":
            await _place_all(interaction, chosen[0])
        elif of == "ping":
            await set_ping_role(interaction.client.db, server_id=server_id(interaction), role_id=chosen[0])
            await go_on(interaction, Step.PING, f"“Up next” pings <@&{chosen[0]}>.")
        else:
            await _moderators(interaction, **{"role_id" if of == "role" else "channel_id": chosen[0]})


async def _place_all(interaction: Interaction, channel_id: int) -> None:
    client = interaction.client
    await set_channel(client.db, client.clock, server_id=server_id(interaction), channel_id=channel_id)
    client.store_changed()
    await go_on(interaction, Step.CHANNELS, f"Sessions are announced in <#{channel_id}>.")


async def _place_room(interaction: Interaction, digest: str, chosen: Sequence[int], page: int) -> None:
    client, settings = interaction.client, await current_settings(interaction)
    room = next((room for room in settings.rooms if room_digest(room) == digest), None)
    if room is None:
        raise CommandError("that room is no longer in the programme", do="Press Done, or begin anew with /setup start")
    channels = {room: chosen[0] if chosen else None}
    await set_room_channels(client.db, client.clock, server_id=server_id(interaction), channels=channels)
    client.store_changed()
    await show_rooms(interaction, page)


async def _moderators(interaction: Interaction, *, role_id: int | None = None, channel_id: int | None = None) -> None:
    """Store one of the two; the step is over once both are chosen."""
    client, server = interaction.client, server_id(interaction)
    if role_id == server:
        raise CommandError("@everyone cannot moderate", do="Choose a role, or press Skip")
    await set_moderators(client.db, client.clock, server_id=server, channel_id=channel_id, role_id=role_id)
    client.store_changed()
    settings: ServerSettings = await current_settings(interaction)
    said = f"Members of <@&{role_id}> may run every session." if role_id else f"Consoles go to <#{channel_id}>."
    if settings.moderators_role_id and settings.moderators_channel_id:
        await go_on(interaction, Step.MODERATORS, said)
    else:
        await show_step(interaction, Step.MODERATORS, said)


class LeadsChoice(PersistentSelect, template=SETUP_LEADS):
    """The select of lead times."""

    async def chosen(self, interaction: Interaction, values: Sequence[str]) -> None:
        await interaction.response.defer()
        leads = [number_of(word) or 0 for word in values[0].split(",")]
        client = interaction.client
        await set_leads(client.db, client.clock, server_id=server_id(interaction), minutes=leads)
        client.store_changed()
        await go_on(interaction, Step.REMINDERS, f"Each talk is announced {minutes(leads)} before it begins.")


class ChangeChoice(PersistentSelect, template=SETUP_CHANGE):
    """“Change …” under the overview."""

    async def chosen(self, interaction: Interaction, values: Sequence[str]) -> None:
        await interaction.response.defer()
        await show_step(interaction, _step(values[0]))


class ZoneButton(PersistentButton, template=SETUP_ZONE):
    """A zone that is likely the venue's."""

    async def pressed(self, interaction: Interaction) -> None:
        await interaction.response.defer()
        await _use_zone(interaction, self.match["zone"])


async def _use_zone(interaction: Interaction, typed: str) -> None:
    client = interaction.client
    zone = await set_timezone(client.db, client.clock, server_id=server_id(interaction), timezone=typed)
    client.store_changed()
    await go_on(interaction, Step.ZONE, f"Times are shown in {zone}.")


class FormButton(PersistentButton, template=SETUP_FORM):
    """Opens a form: a modal must be shown at once."""

    async def pressed(self, interaction: Interaction) -> None:
        await interaction.response.send_modal(setup_modal(self.match["form"]))


async def take_form(interaction: Interaction) -> None:
    """What a submitted form of the set-up asks for; any other interaction is left alone."""

    async def take_zone(_: re.Match[str], components: Components) -> None:
        await _use_zone(interaction, typed_in(components))

    async def take_address(_: re.Match[str], components: Components) -> None:
        options = ReadingOptions(interaction.client.clock.now())
        held = await fetched_import(interaction, typed_in(components), options, source=None, follows=Follows.ASK)
        await answer(interaction, await preview(interaction, held))

    await if_submitted(interaction, SETUP_ZONE_MODAL, take_zone, in_place=True)
    await if_submitted(interaction, SETUP_ADDRESS_MODAL, take_address)


def register_flow(client: ChairsideClient) -> None:
    """Answer what is pressed or chosen in the guided set-up, also after a restart."""
    client.add_dynamic_items(
        SetUpButton, StepButton, PlaceChoice, LeadsChoice, ChangeChoice, ZoneButton, FormButton, CheckButton
    )
