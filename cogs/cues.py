"""For managers: /setup cues, in the group of the other settings."""

from __future__ import annotations

from datetime import timedelta

from discord import app_commands

from bot.messages.message import Message
from bot.services.cue_settings import CueChoice, set_cues
from cogs.answers import Interaction, acknowledge, answer, server_id
from cogs.durations import duration

DEFAULT = "default"


@app_commands.command(name="cues", description="Which time signals are given, by kind of talk")
@app_commands.describe(
    marks="Time left at each signal: 5, 2, 1 or 1:00, 30s; or default",
    kind="Only for this kind of talk, such as Oral; every kind if left out",
    questions="How much of the length is kept for questions: 4, 4:30; 0 for none",
    in_channel="Whether the session's channel gets the signals as well",
    forgotten_clock="Whether a clock that nobody taps goes on by the plan",
)
async def cues(
    interaction: Interaction,
    marks: app_commands.Range[str, 1, 60] | None = None,
    kind: app_commands.Range[str, 1, 60] | None = None,
    questions: app_commands.Range[str, 1, 10] | None = None,
    in_channel: bool | None = None,  # noqa: FBT001 - an option of the command
    forgotten_clock: bool | None = None,  # noqa: FBT001 - an option of the command
) -> None:
    """Choose the server's time signals."""
    await acknowledge(interaction)
    choice = CueChoice(
        kind=kind or "",
        marks=_marks(marks) if marks else None,
        questions=duration(questions) if questions else None,
        in_channel=in_channel,
        guards_clock=forgotten_clock,
    )
    client = interaction.client
    await set_cues(client.db, client.clock, server_id=server_id(interaction), choice=choice)
    client.store_changed()
    whose = f"for talks of kind {kind}" if kind else "for every kind of talk"
    await answer(interaction, Message(f"The time signals {whose} are set; a talk on stage follows at once."))


def _marks(text: str) -> list[timedelta]:
    """`5, 2, 1` as lengths of time; `default` as none."""
    return [] if text.strip().casefold() == DEFAULT else [duration(part) for part in text.split(",")]
