"""For moderators: the links to the stage view, and their buttons."""

from __future__ import annotations

from bot.errors import CommandError
from bot.messages.message import LOBBY_LINK, ROOM_LINK, STAGE_LINK, Message
from bot.messages.stage_links import page_link
from bot.rules.permissions import Asker, Audience, require
from bot.rules.stage_links import Page
from bot.services.stage_links import PageLink, links_to_show, replace_link, room_link_to_show
from bot.services.timekeeping import Live
from cogs.answers import Interaction, answer, redraw, server_id
from cogs.buttons import PersistentButton
from cogs.permissions import moderator_check


async def show_links(interaction: Interaction, live: Live) -> None:
    """The link to a session's page; managers see the lobby's as well, in a message of its own."""
    base, client = _base(interaction), interaction.client
    pages = await links_to_show(
        client.db,
        client.clock,
        server_id=server_id(interaction),
        session_id=live.placed.session.id,
        check=moderator_check(interaction),
        with_lobby=interaction.permissions.manage_guild,
    )
    stage, *others = [_message(page, base) for page in pages]
    await answer(interaction, stage)
    for other in others:
        await interaction.followup.send(other.content, view=other.view(), ephemeral=True)


async def show_room_link(interaction: Interaction, live: Live) -> None:
    """The link to the page of a session's room. It shows others' sessions as well, so it is managers' to hand out."""
    base, client = _base(interaction), interaction.client
    require(Audience.MANAGERS, Asker(interaction.permissions.manage_guild))
    page = await room_link_to_show(
        client.db,
        client.clock,
        server_id=server_id(interaction),
        session_id=live.placed.session.id,
        check=moderator_check(interaction),
    )
    await answer(interaction, _message(page, base))


def _message(page: PageLink, base: str) -> Message:
    return page_link(page.page, page.subject, page.title, page.link, base)


def _base(interaction: Interaction) -> str:
    base = interaction.client.settings.stage_base
    if base is None:
        do = "Ask whoever runs the bot to set STAGE_ADDRESS, as docs/operators.md says"
        raise CommandError("the stage view is turned off on this bot", do=do)
    return base


class _LinkButton(PersistentButton, template=r"^$"):
    """Replaces or revokes a link; what stands then takes its place."""

    page: Page

    async def pressed(self, interaction: Interaction) -> None:
        await interaction.response.defer()
        base, client = _base(interaction), interaction.client
        done = await replace_link(
            client.db,
            client.clock,
            server_id=server_id(interaction),
            page=self.page,
            subject=int(self.match["subject"]),
            seen=int(self.match["seen"]),
            check=moderator_check(interaction),
            renew=self.match["does"] == "new",
        )
        client.store_changed()
        await redraw(interaction, _message(done, base))


class StageLinkButton(_LinkButton, template=STAGE_LINK):
    """Under the link to a session's page."""

    page = Page.STAGE


class RoomLinkButton(_LinkButton, template=ROOM_LINK):
    """Under the link to a room's page; who may press it, the table of permissions says."""

    page = Page.ROOM


class LobbyLinkButton(_LinkButton, template=LOBBY_LINK):
    """Under the link to the lobby's page, likewise."""

    page = Page.LOBBY
