"""The one check of who may do what: commands, menus, buttons, selects and forms all pass through here."""

from __future__ import annotations

from typing import Any

import discord
from discord import Member, app_commands

from bot.rules.permissions import Action, Asker, Audience, Moderators, Way, action_named, require
from bot.rules.speakers import linked
from bot.services.programme import PlacedSession
from bot.services.timekeeping import Check
from cogs.answers import Interaction, server_id

ABOUT = "about"
"""Under this key an interaction remembers the title of the session that its moderators' check was about."""
AS_MODERATOR = "as moderator"
"""Under this key, that whoever did it passed as a manager or moderator."""
_SELECTS = frozenset(kind.value for kind in discord.ComponentType if kind.name.endswith("select"))


def action_of(interaction: Interaction) -> Action:
    """What an interaction is about to do.

    Raises:
        KeyError: it is not in the table.
    """
    data: dict[str, Any] = dict(interaction.data or {})
    if interaction.type is discord.InteractionType.modal_submit:
        return action_named(Way.FORM, _head(data))
    if interaction.type is discord.InteractionType.component:
        return action_named(Way.SELECT if data.get("component_type") in _SELECTS else Way.BUTTON, _head(data))
    command = interaction.command
    if isinstance(command, app_commands.ContextMenu):
        return action_named(Way.MENU, command.name)
    return action_named(Way.COMMAND, command.qualified_name if command else "")


def _head(data: dict[str, Any]) -> str:
    return str(data.get("custom_id", "")).partition(":")[0]


def require_audience(interaction: Interaction) -> None:
    """Refuse who may not do this on this server; what depends on the session is for the checks below.

    Raises:
        NotAllowedError: they may not; says who can.
    """
    action = action_of(interaction)
    if action.audience is Audience.MANAGERS:
        server_id(interaction)  # in direct messages nobody manages anything
    if action.audience not in (Audience.MODERATORS, Audience.SPEAKERS):
        require(action.audience, Asker(manages=interaction.permissions.manage_guild))


def moderator_check(interaction: Interaction) -> Check:
    """Lets managers, the server's moderators and those named for the session pass; commands and buttons alike."""

    def check(placed: PlacedSession) -> None:
        interaction.extras[ABOUT] = placed.session.title
        moderators = Moderators(placed.moderator_ids, placed.moderators_role_id)
        asker = Asker(interaction.permissions.manage_guild, _moderates(interaction.user, moderators))
        require(Audience.MODERATORS, asker, moderators)
        interaction.extras[AS_MODERATOR] = True

    return check


def speaker_check(interaction: Interaction, talk_id: int) -> Check:
    """Lets a talk's speakers pass, and all that `moderator_check` does."""

    def check(placed: PlacedSession) -> None:
        interaction.extras[ABOUT] = placed.session.title
        speaks = any(
            (speaker.talk_id, speaker.user_id) == (talk_id, interaction.user.id) for speaker in linked(placed.speakers)
        )
        moderates = _moderates(interaction.user, Moderators(placed.moderator_ids, placed.moderators_role_id))
        asker = Asker(interaction.permissions.manage_guild, moderates, speaks)
        require(Audience.SPEAKERS, asker)
        interaction.extras[AS_MODERATOR] = not speaks

    return check


def _moderates(person: discord.User | Member, moderators: Moderators) -> bool:
    if person.id in moderators.user_ids:
        return True
    return (
        moderators.role_id is not None
        and isinstance(person, Member)
        and person.get_role(moderators.role_id) is not None
    )
