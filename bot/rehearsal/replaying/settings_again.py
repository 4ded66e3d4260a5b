"""The manager sets a server up as the recorded one was, and imports its plan, with the real commands."""

from __future__ import annotations

from bot.errors import ConfigurationError
from bot.rehearsal.cast import Hall, accepted, answer_of
from bot.rehearsal.loopback.errors import PersonRefusedError
from bot.rehearsal.loopback.people.reply import Reply
from bot.rehearsal.loopback.world.messages import Upload
from bot.rules.session_log import LoggedSettings, SessionLog


async def set_up_as(hall: Hall, log: SessionLog, content: bytes) -> None:
    """Set channels, reminders, signals and questions, then import the session's first plan.

    Raises:
        ConfigurationError: the bot refused something; says what it answered.
    """
    settings = log.settings
    moderators: dict[str, object] = {"channel": hall.backstage} if settings.moderators_channel else {}
    await _set(hall, "setup moderators", "may run", **moderators, role=hall.moderators_role)
    if settings.room_channel:
        await _set(hall, "setup channel", "announced", channel=hall.channel, room=log.plans[0].session.get("room"))
    elif settings.channel:
        await _set(hall, "setup channel", "announced", channel=hall.channel)
    await _set(hall, "setup reminders", "announced", minutes=", ".join(map(str, settings.lead_minutes)))
    await _set_cues(hall, settings)
    if settings.question_choices:
        await _set(hall, "setup questions", "Questions", **settings.question_choices)
    await _set(hall, "setup report", "report", posts=settings.posts_reports)
    await import_plan(hall, content)


async def _set_cues(hall: Hall, settings: LoggedSettings) -> None:
    chosen = {"in_channel": settings.in_channel, "forgotten_clock": settings.guards_clock}
    await _set(hall, "setup cues", "are set", **chosen)
    for kind in dict.fromkeys((*settings.ladders, *settings.kept)):
        marks = ", ".join(f"{seconds:g}s" for seconds in settings.ladders.get(kind, ()))
        options = {"kind": kind, "marks": marks, "questions": _kept(settings, kind)}
        await _set(hall, "setup cues", "are set", **{name: value for name, value in options.items() if value})


def _kept(settings: LoggedSettings, kind: str) -> str | None:
    return f"{settings.kept[kind]:g}s" if kind in settings.kept else None


async def import_plan(hall: Hall, content: bytes) -> None:
    """Import a plan and confirm it.

    Raises:
        ConfigurationError: the bot refused it.
    """
    file = Upload("recorded-session.json", content)
    preview = await answer_of(await hall.manager.slash(hall.channel, "schedule import", file=file))
    if preview.message is None or "Import" not in preview.message.labels:
        raise ConfigurationError(f"the bot refused the plan of the log: {preview.content.rstrip('.')}")
    accepted(await answer_of(await hall.manager.press(preview.message, "Import")), "Imported")


async def _set(hall: Hall, command: str, word: str, **options: object) -> Reply:
    try:
        reply = await hall.manager.slash(hall.channel, command, **options)
    except PersonRefusedError as refused:
        raise ConfigurationError(f"the settings of the log cannot be chosen: {refused}") from refused
    return accepted(await answer_of(reply), word)
