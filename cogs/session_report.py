"""For moderators: what happened in a session, as a picture and in words; /session report and its button."""

from __future__ import annotations

from bot.delivery.report_pictures import ReportPicture, with_picture
from bot.drawing.palette import Look
from bot.messages.message import REPORT
from bot.messages.session_report import report_message
from bot.services.session_reports import report_of
from cogs.answers import Interaction, acknowledge, server_id
from cogs.buttons import PersistentButton
from cogs.permissions import moderator_check


async def show_report(interaction: Interaction, session_id: int, look: Look) -> None:
    """Fill in the acknowledged answer with a session's report as it is now.

    Raises:
        CommandError: this server has no such session, or this person does not moderate it.
    """
    client = interaction.client
    told = await report_of(client.db, client.clock, server_id=server_id(interaction), session_id=session_id)
    placed = told.placed
    moderator_check(interaction)(placed)
    picture = ReportPicture(told.report, placed.timezone, placed.page_timezone, look)
    message = await with_picture(report_message(told.report, placed.timezone, look), picture)
    await interaction.edit_original_response(
        content=message.content, view=message.view(), attachments=message.attachments()
    )


class ReportButton(PersistentButton, template=REPORT):
    """Under a report: shows it as it is now, in the other look."""

    async def pressed(self, interaction: Interaction) -> None:
        await acknowledge(interaction)
        await show_report(interaction, int(self.match["session"]), Look(self.match["look"]))
