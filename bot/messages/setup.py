"""The guided set-up, a step a message, and the welcome that opens it: few words, and no colour needed to read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.messages.message import Button, Message, Option, Select, SelectOf
from bot.messages.text import dotted, fitting, joined, lines, plural, safe
from bot.rules.setup_flow import QUESTIONS, STEPS, Step, step_before

LEAD_CHOICES = ((5,), (10,), (2,), (10, 2), (15, 5), (30, 5))
PROBLEMS_SHOWN = 2
IN_THREADS = (
    "Consoles and time signals go to a private thread of each session's channel, which /session console or "
    "/session open opens."
)
TITLES = {
    Step.CHANNELS: "where sessions are announced",
    Step.MODERATORS: "who moderates",
    Step.ZONE: "the venue's time zone",
    Step.REMINDERS: "when talks are announced",
    Step.PING: "whom reminders ping",
    Step.IMPORT: "the programme",
}
CHANGES = {
    Step.CHANNELS: "Change the channels",
    Step.MODERATORS: "Change who moderates",
    Step.ZONE: "Change the time zone",
    Step.REMINDERS: "Change when talks are announced",
    Step.PING: "Change whom reminders ping",
    Step.IMPORT: "Import a programme",
}


@dataclass(frozen=True, slots=True)
class SettingsShown:
    """What a server chose, as it is shown.

    Attributes:
        rooms: each once, as the schedules write them.
        room_channels: by the room's case-folded name.
        zones: of the programme, where the server chose none.
        open_steps: what waits for an answer.
        selectable: the chosen channels and roles that are there, so that a select may show them as chosen.
    """

    channel_id: int | None
    timezone: str | None
    lead_minutes: Sequence[int]
    rooms: Sequence[str]
    room_channels: Mapping[str, int]
    sessions: int
    waiting: int
    moderators_channel_id: int | None = None
    moderators_role_id: int | None = None
    ping_role_id: int | None = None
    zones: Sequence[str] = ()
    open_steps: Sequence[Step] = ()
    selectable: frozenset[int] = field(default_factory=frozenset)

    def chosen(self, *keys: int | None) -> tuple[int, ...]:
        """Those of the ids that a select may show as chosen."""
        return tuple(key for key in keys if key in self.selectable)


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around a step: what was just stored, and what is to be put right."""

    said: str | None = None
    problems: Sequence[str] = ()


NOTHING_AROUND = Around()


def welcome(server: str | None, delivery_id: str, *, is_direct: bool) -> Message:
    """To whoever may manage a server that the bot was just invited to."""
    where = f"on “{safe(server, 100)}”" if server else "here"
    text = lines(
        f"**Chairside** is {where}: it announces a conference's talks, keeps the clock, and holds the questions.",
        "Whoever has Manage Server sets it up in two minutes: "
        + ("type /setup start on the server." if is_direct else "press *Set up*, or type /setup start."),
    )
    return Message(text, (Button("Set up", f"setup:welcome:{delivery_id}", primary=True),))


def channels_step(shown: SettingsShown, around: Around = NOTHING_AROUND) -> Message:
    """One channel for all sessions, or one for each room."""
    own = [room for room in shown.rooms if room.casefold() in shown.room_channels]
    rooms = "Rooms come with the programme: once it is imported, each may have a channel of its own."
    if shown.rooms:
        rooms = f"{plural(len(shown.rooms), 'room')}, {len(own) or 'none'} of them with a channel of its own."
    select = Select(
        "setup:place:channel:0",
        "One channel for all sessions",
        of=SelectOf.CHANNELS,
        chosen=shown.chosen(shown.channel_id),
    )
    text = lines(f"For all sessions: {_channel(shown.channel_id)}", rooms)
    per_room = (Button("One channel per room…", "setup:show:rooms:0"),) if shown.rooms else ()
    return _step(Step.CHANNELS, shown, around, text, select, *per_room)


def moderators_step(shown: SettingsShown, around: Around = NOTHING_AROUND) -> Message:
    """The role whose members run every session, and where their consoles are."""
    role, channel = shown.moderators_role_id, shown.moderators_channel_id
    text = lines(
        f"Every session is run by: {f'<@&{role}> and managers' if role else 'managers, and those named for it'}",
        f"Consoles and time signals: {_channel(channel) if channel else 'in private threads of the session’s channel'}",
    )
    selects = (
        Select("setup:place:role:0", "The moderators' role", of=SelectOf.ROLES, chosen=shown.chosen(role)),
        Select(
            "setup:place:moderators:0", "The moderators' channel", of=SelectOf.CHANNELS, chosen=shown.chosen(channel)
        ),
    )
    clear = [Button("Managers only", "setup:clear:moderators:0")] if role else []
    clear += [Button("No channel", "setup:clear:threads:0")] if channel else []
    return _step(Step.MODERATORS, shown, around, text, *selects, *clear)


def zone_step(shown: SettingsShown, likely: Sequence[str], around: Around = NOTHING_AROUND) -> Message:
    """The zone in which times are shown: the likely ones as buttons, any other by a form."""
    offered = [Button(name, f"setup:zone:{name}", primary=name == shown.timezone, row=1) for name in likely]
    text = lines(
        f"Times are shown in: {shown.timezone or 'the zone of each file'}",
        f"The programme is in {joined(list(shown.zones))}." if shown.zones else None,
    )
    return _step(Step.ZONE, shown, around, text, *offered, Button("Another zone…", "setup:form:zone", row=1))


def reminders_step(shown: SettingsShown, around: Around = NOTHING_AROUND) -> Message:
    """How long before each talk it is announced."""
    now = tuple(shown.lead_minutes)
    choices = LEAD_CHOICES if now in LEAD_CHOICES else (now, *LEAD_CHOICES)
    options = tuple(
        Option(f"{minutes(leads)} before", ",".join(map(str, leads)), chosen=leads == now) for leads in choices
    )
    text = lines(
        f"Each talk is announced {minutes(now)} before it begins.",
        "Where talks are shorter than that, once the talk before has begun.",
    )
    return _step(Step.REMINDERS, shown, around, text, Select("setup:leads", "Minutes before", options))


def ping_step(shown: SettingsShown, around: Around = NOTHING_AROUND) -> Message:
    """A role that “Up next” mentions, or nobody."""
    role = shown.ping_role_id
    text = lines(
        f"“Up next” pings: {f'<@&{role}>' if role else 'nobody'}",
        "Best a role that people take themselves. Edits, moves and breaks ping nobody.",
    )
    select = Select("setup:place:ping:0", "A role to ping", of=SelectOf.ROLES, chosen=shown.chosen(role))
    return _step(Step.PING, shown, around, text, select, Button("Nobody", "setup:clear:ping:0"))


def import_step(shown: SettingsShown, around: Around = NOTHING_AROUND) -> Message:
    """How the programme is handed over."""
    stored = f"{plural(shown.sessions, 'session')} imported." if shown.sessions else "Nothing is imported yet."
    text = lines(
        stored,
        "From a file: type /schedule import and attach it (frab, pretalx, iCalendar, CSV, xlsx, a saved page).",
        "From an https address: press the button. Nothing is stored before you press Import.",
    )
    return _step(Step.IMPORT, shown, around, text, Button("From an address…", "setup:form:address", primary=True))


def setup_overview(shown: SettingsShown, checked: Sequence[str], said: str | None = None) -> Message:
    """Everything that is set, what is missing, what is to be put right, and a choice of what to change."""
    waiting = [step for step in shown.open_steps if step in TITLES]
    head = lines(
        said,
        "**Set-up of Chairside on this server**"
        + (f": {plural(len(waiting), 'step')} left open" if waiting else ": all steps are done"),
    )
    items = [
        f"1. Sessions: {_channel(shown.channel_id)}{_rooms_placed(shown)}",
        f"2. Moderators: {_moderators(shown)}",
        f"3. Time zone: {shown.timezone or 'of each file'}",
        f"4. Reminders: {minutes(shown.lead_minutes)} before each talk",
        f"5. “Up next” pings {f'<@&{shown.ping_role_id}>' if shown.ping_role_id else 'nobody'}",
        f"6. Programme: {plural(shown.sessions, 'session')} imported"
        + (f", {plural(shown.waiting, 'message')} waiting" if shown.waiting else ""),
        *checked,
    ]
    options = tuple(Option(CHANGES[step], step.value, "left open" if step in waiting else "") for step in QUESTIONS)
    further = (Button("Go on", f"setup:show:{waiting[0].value}:0", primary=True),) if waiting else ()
    select = Select("setup:change", "Change …", options)
    buttons = (*further, Button("Check again", "setup:show:check:0"))
    return Message(fitting(head, items, "… and {} more"), buttons, (select,))


def _step(step: Step, shown: SettingsShown, around: Around, text: str, *own: Select | Button) -> Message:
    """A step with its own selects and buttons, and below them the way back and on."""
    head = lines(around.said, f"**Set-up, step {STEPS.index(step) + 1} of {len(QUESTIONS)}: {TITLES[step]}**", text)
    problems = [f"**To put right:** {problem}" for problem in around.problems[:PROBLEMS_SHOWN]]
    before = step_before(step)
    back = (Button("Back", f"setup:show:{before.value}:0", row=2),) if before else ()
    label = "Go on" if step is Step.IMPORT else "Skip" if step in shown.open_steps else "Leave as is"
    leave = Button(label, f"setup:leave:{step.value}:0", row=2)
    selects = tuple(part for part in own if isinstance(part, Select))
    buttons = tuple(part for part in own if isinstance(part, Button))
    return Message(fitting(head, problems, "… and {} more"), (*buttons, *back, leave), selects)


def minutes(leads: Sequence[int]) -> str:
    """`15 and 5 minutes`."""
    words = " and ".join(map(str, leads))
    return f"{words} minute" if list(leads) == [1] else f"{words} minutes"


def _channel(channel_id: int | None) -> str:
    return f"<#{channel_id}>" if channel_id else "**no channel yet**"


def _rooms_placed(shown: SettingsShown) -> str:
    own = sum(room.casefold() in shown.room_channels for room in shown.rooms)
    return f"; {own} of {plural(len(shown.rooms), 'room')} with a channel of its own" if own else ""


def _moderators(shown: SettingsShown) -> str:
    role, channel = shown.moderators_role_id, shown.moderators_channel_id
    return dotted(
        f"<@&{role}>" if role else "managers, and those named for a session",
        f"consoles in <#{channel}>" if channel else "consoles in private threads",
    )
