"""A moderator's recorded step of the clock, made again with a button of the console or a command."""

from __future__ import annotations

from bot.rehearsal.loopback.people.person import Person
from bot.rehearsal.loopback.people.reply import Reply
from bot.rehearsal.replaying.scene import REFUSED, Scene, answered
from bot.rules.retaps import Retap, Way, retaps
from bot.rules.run import TimingEvent
from bot.rules.session_log import planned
from db.tables import TimingEvent as Stored

ANY_TALK = frozenset({"skip", "undo", "open"})
"""Buttons that do the same whatever is on stage."""


async def tap_again(scene: Scene, event: TimingEvent) -> bool:
    """Do what makes this event at this moment; whether one came of it."""
    log, person = scene.log, scene.moderator(event.by)
    session, guard = planned(log.plan_at(event.tapped_at)), log.settings.guards_clock
    before = await scene.stored(Stored)
    for way in retaps(session, log.events[: event.id - 1], event, guard=guard):
        try:
            await _do(scene, person, way)
        except REFUSED:
            continue
        if await scene.stored(Stored) > before:
            return True
    return False


async def _do(scene: Scene, person: Person, way: Retap) -> None:
    match way.way:
        case Way.BUTTON:
            await _press(scene, person, way)
        case Way.COMMAND:
            await _use(scene, person, way)
        case Way.CONFIRM:
            shown = (await _use(scene, person, way)).message
            confirm = (
                next((b for b in shown.buttons if str(b.get("custom_id")).startswith("confirm:")), None)
                if shown
                else None
            )
            if shown is not None and confirm is not None:
                await answered(await person.press(shown, custom_id=confirm["custom_id"]))


async def _press(scene: Scene, person: Person, way: Retap) -> None:
    talk = scene.talks.get(way.talk, 0) if way.talk is not None else 0
    begins = f"console:{way.name}:{scene.session_id}:"
    found = scene.standing(person, begins if way.name in ANY_TALK else f"{begins}{talk}:")
    if found is not None:
        message, custom_id = found
        await answered(await person.press(message, custom_id=custom_id))


async def _use(scene: Scene, person: Person, way: Retap) -> Reply:
    options: dict[str, object] = dict(way.options)
    if way.talk is not None and way.way is Way.COMMAND:
        options = {"talk": scene.talk(way.talk), **options}
    return await answered(await person.slash(scene.hall.backstage, way.name, **options, session=scene.session))
