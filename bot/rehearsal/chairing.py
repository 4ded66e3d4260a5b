"""What the moderator of a rehearsal does with the console and the questions."""

from __future__ import annotations

import asyncio

from bot.rehearsal.asking import if_possible
from bot.rehearsal.cast import ANSWER_SECONDS, Hall
from bot.rehearsal.lanes import Act
from bot.rehearsal.loopback.errors import PersonRefusedError
from bot.rehearsal.loopback.world.channels import TextChannel
from bot.rehearsal.loopback.world.messages import Message, walk

STRING_SELECT = 3
BEHIND = {"Next": "Start", "End session": "Next"}
"""What takes a moderator on who missed a tap: the button that stands where another one should be by now."""
SEEN_WITHIN_SECONDS = 1.0


def press(hall: Hall, label: str, *, twice: bool = False) -> Act:
    """Press one of the console's buttons, if it is there."""

    async def act() -> None:
        console = _console(hall)
        labels = console.labels if console else []
        there = label if label in labels else BEHIND.get(label)
        if console is None or there not in labels:
            return  # the bot is just being restarted, or somebody else was faster
        button = next(b["custom_id"] for b in console.buttons if b.get("label") == there)
        taps = [hall.moderator.press(console, custom_id=button) for _ in range(2 if twice else 1)]
        for outcome in await asyncio.gather(*taps, return_exceptions=True):
            if isinstance(outcome, BaseException) and not isinstance(outcome, PersonRefusedError):
                raise outcome  # a button that changed under the thumb is part of the play

    return act


def press_and_see(hall: Hall, label: str) -> Act:
    """Press one of the console's buttons and look until the console shows what came of it."""

    async def act() -> None:
        console = _console(hall)
        if console is None or label not in console.labels:
            return
        shown = console.content
        await (await hall.moderator.press(console, label)).final(within=ANSWER_SECONDS)
        hub = hall.server.world.hub
        await hub.wait_for(
            lambda: console.content != shown or None, within=SEEN_WITHIN_SECONDS, otherwise=lambda: "the console stays"
        )

    return if_possible(act)


def merge(hall: Hall, pairs: int) -> Act:
    """Look at the questions and merge pairs that are proposed there, as many as given at most."""

    async def act() -> None:
        listed = await _listed(hall)
        for _ in range(pairs):
            label = next((label for label in listed.labels if label.startswith("Merge ")), None) if listed else None
            if listed is None or label is None:
                return
            await (await hall.moderator.press(listed, label)).final(within=ANSWER_SECONDS)

    return if_possible(act)


def single_out(hall: Hall, words: str, label: str) -> Act:
    """Choose the last question with these words in the list, and press a button under it, such as Pin."""

    async def act() -> None:
        listed = await _listed(hall)
        select = next((c for c in walk(listed.components) if c["type"] == STRING_SELECT), None) if listed else None
        values = [o["value"] for o in select["options"] if words in o["label"]] if select else []
        if listed is None or select is None or not values:
            return
        chosen = await hall.moderator.choose(listed, select["custom_id"], [values[-1]])
        shown = (await chosen.final(within=ANSWER_SECONDS)).message
        if shown is not None:
            await (await hall.moderator.press(shown, label)).final(within=ANSWER_SECONDS)

    return if_possible(act)


def mark_answered(hall: Hall, channel: TextChannel) -> Act:
    """Mark the first question of the oldest thread as answered, as a speaker's reply there would be."""

    async def act() -> None:
        for message in (message for thread in channel.threads for message in thread.messages):
            label = next((label for label in message.labels if label.startswith("Mark ")), None)
            if label is not None:
                await (await hall.moderator.press(message, label)).final(within=ANSWER_SECONDS)
                return

    return if_possible(act)


async def _listed(hall: Hall) -> Message | None:
    """The moderators' list of the questions."""
    console = _console(hall)
    if console is None:
        return None
    label = next((label for label in console.labels if label.startswith("Questions")), "Questions")
    return (await (await hall.moderator.press(console, label)).final(within=ANSWER_SECONDS)).message


def _console(hall: Hall) -> Message | None:
    """The console as it stands."""
    found = [message for message in hall.backstage.messages if message.content.startswith("**Console**")]
    return found[-1] if found else None
