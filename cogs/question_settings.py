"""For managers: /setup questions, in the group of the other settings."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from discord import app_commands

from bot.messages.message import Message
from bot.messages.text import lines, plural
from bot.rules.questions import Order
from bot.rules.queue_times import QuestionSettings
from bot.services.question_choice import QuestionChoice, chosen_questions, set_questions
from cogs.answers import Interaction, acknowledge, answer, server_id

ORDERS = {
    Order.TOP: "most votes first (top)",
    Order.OLDEST: "first come, first asked (oldest)",
    Order.FAIR: "whoever was asked least goes first (fair)",
}
MINUTE = timedelta(minutes=1)


@app_commands.command(name="questions", description="How questions are taken: order, approval, times and limits")
@app_commands.describe(
    order="Who goes first: top is most votes, oldest first come, fair whoever was asked least",
    approval="Whether a moderator approves each question before the room sees it",
    opens="Minutes before its talk that a queue opens; 0 for with the reminder",
    closes="Minutes after its talk's actual end that a queue closes",
    seconds_between="Seconds from one question of a person to their next; 0 for no wait",
    open_at_most="How many questions of a person may be open for one talk",
    retention="Days after which questions are deleted; 0 to keep them for good",
)
async def questions(
    interaction: Interaction,
    order: Literal["top", "oldest", "fair"] | None = None,
    approval: bool | None = None,  # noqa: FBT001 - an option of the command
    opens: int | None = None,
    closes: int | None = None,
    seconds_between: int | None = None,
    open_at_most: int | None = None,
    retention: int | None = None,
) -> None:
    """Choose how the server's queues work; without a choice, show what is set."""
    await acknowledge(interaction)
    client, server = interaction.client, server_id(interaction)
    choice = QuestionChoice(
        order=Order(order) if order else None,
        approval=approval,
        opens=opens,
        closes=closes,
        seconds_between=seconds_between,
        open_at_most=open_at_most,
        retention=retention,
    )
    if choice == QuestionChoice():
        await answer(interaction, shown(await chosen_questions(client.db, server)))
        return
    settings = await set_questions(client.db, client.clock, server_id=server, choice=choice)
    client.store_changed()
    still = "Those that wait for approval already still need it." if approval is False else None
    await answer(interaction, shown(settings, still))


def shown(settings: QuestionSettings, note: str | None = None) -> Message:
    """All that is set, a line each."""
    before = settings.opens_before
    opens = "with its talk's reminder" + (f", or {_minutes(before)} before the talk if that is earlier" * bool(before))
    between = f"one question every {settings.seconds_between} s" if settings.seconds_between else "no wait"
    days = settings.retention_days
    kept = "for good" if days is None else f"{plural(days, 'day')} after the talk, then deleted"
    return Message(
        lines(
            "**Questions on this server**",
            f"- Order: {ORDERS[settings.order]}; pinned ones go before all. /qa order sets a session's own.",
            f"- Approval: {'a moderator approves each question' if settings.approval else 'not needed'}",
            f"- A queue opens {opens}.",
            f"- It closes {_minutes(settings.closes_after)} after the talk's actual end.",
            f"- A person: {between}, at most {settings.open_at_most} open for one talk",
            f"- Kept: {kept}",
            note,
        )
    )


def _minutes(length: timedelta | None) -> str:
    return plural((length or timedelta(0)) // MINUTE, "minute")
