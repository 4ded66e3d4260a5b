"""A recorded change of the plan, made again: on the day with `/session edit` where that says it, else by an import."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from bot.errors import CommandError, ConfigurationError
from bot.rehearsal.replaying.scene import REFUSED, Scene, answered
from bot.rehearsal.replaying.settings_again import import_plan
from bot.rules.edits import swapped
from bot.rules.programme import PlannedSession, PlannedTalk
from bot.rules.retaps import in_words
from bot.rules.session_log import Change, planned
from bot.timezones import local


async def change_again(scene: Scene, number: int, content: bytes) -> bool:
    """Bring the plan to what it was from then on; whether the bot took that."""
    before, plan = (planned(each) for each in scene.log.plans[number - 1 : number + 1])
    edits = list(_edits(before, plan, scene.log.timezone)) if scene.log.plans[number].how is Change.EDIT else []
    person = scene.moderator(None)
    try:
        for talk, options in edits:
            named = {name: scene.talk(value) if isinstance(value, int) else value for name, value in options.items()}
            command = {"talk": scene.talk(talk), **named, "session": scene.session}
            await answered(await person.slash(scene.hall.backstage, "session edit", **command))
        if not edits:
            await import_plan(scene.hall, content)
    except (*REFUSED, ConfigurationError):
        return False
    await scene.find_talks(scene.log.plans[number].talks)
    return True


_Options = dict[str, object]


def _edits(before: PlannedSession, after: PlannedSession, zone: str) -> Iterator[tuple[int, _Options]]:
    """What `/session edit` is told of which talk; nothing where it cannot say it."""
    if _frame(before) != _frame(after):
        return
    changed = [(old, new) for old in before.talks if (new := after.talk(old.id)) is not None and old != new]
    if (pair := _swap(before, after)) is not None:
        yield pair[0], {"swap_with": pair[1]}
        return
    for old, new in changed:
        options = _options(old, new, zone)
        yield old.id, options


def _frame(session: PlannedSession) -> tuple[object, ...]:
    """What it cannot change."""
    talks = {talk.id: (talk.kind, talk.cancelled) for talk in session.talks}
    return session.title, session.room, talks


def _swap(before: PlannedSession, after: PlannedSession) -> tuple[int, int] | None:
    """The two talks that changed places, if that is all."""
    times = {talk.id: (talk.starts_at, talk.ends_at) for talk in after.talks}
    titles = [talk.title for talk in before.talks] != [getattr(after.talk(t.id), "title", "") for t in before.talks]
    moved = [talk.id for talk in before.talks if times.get(talk.id) != (talk.starts_at, talk.ends_at)]
    if titles or len(moved) < 2:  # noqa: PLR2004 - two change places
        return None
    for one, other in combinations(moved, 2):
        try:
            made = swapped(before.talks, one, other)
        except CommandError:
            continue
        if all(times[t.id] == made.get(t.id, (t.starts_at, t.ends_at)) for t in before.talks):
            return one, other
    return None


def _options(old: PlannedTalk, new: PlannedTalk, zone: str) -> _Options:
    options: _Options = {"title": new.title} if new.title != old.title else {}
    if new.starts_at != old.starts_at:
        options["start"] = f"{local(new.starts_at, zone):%H:%M}"
    if new.ends_at - new.starts_at != old.ends_at - old.starts_at:
        options["minutes"] = in_words(new.ends_at - new.starts_at)
    return options
