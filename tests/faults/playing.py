"""Plays a script: without kills it is the oracle; with kills each step is repeated only if the store lacks it."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from bot.messages.message import VOTE
from bot.rehearsal.loopback import Message
from bot.rehearsal.loopback.moments import RealMoments, pause
from tests.faults.fault_stage import FaultStage
from tests.faults.outcome import Outcome, outcome_of
from tests.faults.script import Ask, Kill, Move, Step, Tap, Trigger, Vote
from tests.journeys.stage import PATIENCE


@dataclass
class Played:
    """What came of a script, and where its kills struck."""

    outcome: Outcome
    counts: list[tuple[int, ...]]
    posts: list[int]
    """How many messages the bot posted for everybody, by step."""
    kills: int = 0
    was_away: bool = False
    """The clock moved on while the bot was down."""
    struck: Counter[str] = field(default_factory=Counter)


async def play(
    folder: Path, steps: list[Step], kills: dict[int, Kill] | None = None, oracle: Played | None = None
) -> Played:
    """Play it on a stage of its own.

    Args:
        folder: where its files go.
        steps: the script.
        kills: by the number of the step; needs an oracle.
        oracle: the same script without kills, which knows what each step writes.
    """
    struck: Counter[str] = Counter()
    counts: list[tuple[int, ...]] = []
    posts: list[int] = []
    async with FaultStage.running(folder) as stage:
        is_away = was_away = False
        for number, step in enumerate(steps):
            kill = (kills or {}).get(number)
            if is_away and isinstance(step, Move):
                stage.move(step.to)
                was_away = True
            if is_away:
                await _up(stage, (kills or {})[number - 1].again)
                is_away = False
                if not isinstance(step, Move):
                    await _done(stage, step)
            elif kill is None or oracle is None:
                await _done(stage, step)
            else:
                follower = steps[number + 1] if number + 1 < len(steps) else None
                is_away = await _killed(
                    stage, step, kill, wanted=oracle.counts[number], struck=struck, follower=follower
                )
            if not is_away:
                await stage.settled()
            counts.append(await stage.counts())
            posts.append(stage.note_posts())
        return Played(await outcome_of(stage), counts, posts, stage.kills, was_away, struck)


async def _killed(
    stage: FaultStage, step: Step, kill: Kill, *, wanted: tuple[int, ...], struck: Counter[str], follower: Step | None
) -> bool:
    """Kill the bot in a step, see to it that the step is done; whether the bot is left down for the next one."""
    before = await stage.counts()
    if not isinstance(step, Move):
        await stage.clock_noticed()
    prepared = await _prepare(stage, step)
    watching = asyncio.create_task(_moment(stage, kill))
    await pause(RealMoments(), 0)
    doing = asyncio.create_task(_do(stage, prepared))
    await watching
    await stage.kill()
    doing.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await doing
    struck.update(await stage.interrupted())
    is_done = await stage.counts() == wanted
    if wanted != before:
        struck["after its transaction" if is_done else "before its transaction"] += 1
    if kill.away and is_done and isinstance(follower, Move):
        return True
    await _up(stage, kill.again)
    if await stage.counts() != wanted:
        await _done(stage, step)
    return False


async def _moment(stage: FaultStage, kill: Kill) -> None:
    if kill.trigger is Trigger.POST:
        await stage.die_at_post(within=1)
    else:
        await pause(RealMoments(), kill.delay)


async def _up(stage: FaultStage, again: float | None) -> None:
    if again is not None:
        await stage.bot.start()
        await pause(RealMoments(), again)
        await stage.kill()
    await stage.start_bot()


Prepared = Move | Tap | Ask | tuple[Vote, Message | None]


async def _done(stage: FaultStage, step: Step) -> None:
    """Do it, and wait for its answer."""
    await stage.clock_noticed()
    await _do(stage, await _prepare(stage, step))
    await stage.clock_noticed()


async def _prepare(stage: FaultStage, step: Step) -> Prepared:
    """What has to be seen before it can be done: whoever votes has the list before them."""
    if not isinstance(step, Vote):
        return step
    return step, (await stage.listed(stage.people[step.person])).message


async def _do(stage: FaultStage, step: Prepared) -> None:
    if isinstance(step, Move):
        stage.move(step.to)
    elif isinstance(step, Tap):
        await (await stage.moderator.slash(stage.hall, step.command, **step.options)).final(within=PATIENCE)
    elif isinstance(step, Ask):
        options = {"question": step.question, "anonymous": step.anonymous}
        await (await stage.people[step.person].slash(stage.hall, "ask", **options)).final(within=PATIENCE)
    else:
        vote, listed = step
        assert listed is not None
        buttons = [b["custom_id"] for b in listed.buttons if re.match(VOTE, b.get("custom_id", ""))]
        if buttons:
            pressed = await stage.people[vote.person].press(listed, custom_id=buttons[vote.choice % len(buttons)])
            await pressed.final(within=PATIENCE)
