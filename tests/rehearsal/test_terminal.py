from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import discord
import pytest
from rich.console import Console

from bot.messages import announcements
from bot.messages.message import Message
from bot.rehearsal.cast import Hall, build_hall
from bot.rehearsal.control import RESTARTED, Control
from bot.rehearsal.entry import WIDEST
from bot.rehearsal.loopback import Loopback, Person, Server, TextChannel, Upload
from bot.rehearsal.loopback.world import posting
from bot.rehearsal.loopback.world.interactions import InteractionKind
from bot.rehearsal.loopback.world.posting import Draft
from bot.rehearsal.terminal import Narration
from bot.rehearsal.timetable import RehearsalClock
from bot.schedules.schedule import Schedule
from tests.builders import FIRST_START, NEW_YORK, a_place, a_schedule, a_session, a_talk, expected, minutes
from tests.rehearsal.conftest import Client, connected

ID = "d" * 22
TALKS = (
    a_talk(),
    a_talk(
        "A title that is long enough to be cut on the board of a narrow terminal", starts_at=FIRST_START + minutes(5)[0]
    ),
)
SCHEDULE = a_schedule(a_session(*TALKS), timezone=NEW_YORK)


@dataclass(frozen=True)
class Playing:
    """As much of a rehearsal as the narration looks at; its clock stands still 5 minutes before the first talk."""

    loopback: Loopback
    clock: RehearsalClock
    hall: Hall
    schedule: Schedule = SCHEDULE
    ends_at: datetime = FIRST_START + timedelta(minutes=11)
    control: Control = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "control", Control(self.clock, self.loopback, self.hall))


@pytest.fixture
def rehearsal(loopback: Loopback, tmp_path: Path) -> Playing:
    clock = RehearsalClock(tmp_path / "clock.json", FIRST_START - timedelta(minutes=5))
    return Playing(loopback, clock, build_hall(loopback, SCHEDULE, "ICML 2022"))


@pytest.fixture
def console() -> Console:
    return Console(file=io.StringIO(), width=80)


def told(console: Console) -> str:
    """What a console got, with a line feed before it so that it can be compared with an indented text."""
    assert isinstance(console.file, io.StringIO)
    return "\n" + console.file.getvalue()


def commands(client: Client) -> None:
    """A bot that answers privately: one command at once, the other after thinking."""

    @client.tree.command(description="What comes next")
    async def upnext(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("**Next**\n<t:1658431800:R>", ephemeral=True)

    @client.tree.command(description="Find a talk")
    async def talk(interaction: discord.Interaction, words: str) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        await interaction.followup.send(f"Nothing fits {words}")


async def post(client: Client, hall: TextChannel, message: Message) -> discord.Message:
    channel = client.text_channel(hall)
    return await channel.send(message.content, view=message.view())


async def test_session_as_the_channels_readers_see_it(
    rehearsal: Playing, server: Server, hall: TextChannel, console: Console
) -> None:
    place = a_place(timezone=NEW_YORK)
    before, during = expected(*TALKS), expected(*TALKS, now=FIRST_START)
    ada = server.add_member("Ada")
    async with Narration(rehearsal, console), connected(rehearsal.loopback, commands) as client:
        reminder = announcements.up_next_reminder(before, before.talks[:1], place, ID)
        await post(client, hall, reminder)
        await ada.slash(hall, "upnext")
        board = await post(client, hall, announcements.board([before], place, ID))
        rehearsal.clock.run_from(FIRST_START, 0)
        await board.edit(content=announcements.board([during], place, ID).content)
        await ada.say(hall, "Is there a *recording*?")
        await (await ada.slash(hall, "talk", words="*x*")).final()
        rehearsal.control.finished.set()
    assert (
        told(console)
        == """
15:25 EDT  the bot is online

15:25 EDT  #hall-f  Chairside
           Up next in 5 minutes: Convergence of Invariant Graph Networks
           Spotlight · Chen Cai and Yusu Wang
           15:30 EDT · 12:30 PDT (15:30 your time) · 5 min
           Hall F · Deep Learning
           [Details] [Agenda] [Ask] [Remind me]

15:25 EDT  #hall-f  Ada uses /upnext
15:25 EDT  #hall-f  only Ada sees this
           Next
           in 5 minutes

15:25 EDT  #hall-f  Chairside
           Now and next in Hall F
           Now: nothing on stage
           Next at 15:30 EDT · 12:30 PDT (15:30 your time):
           Convergence of Invariant Graph Networks · Spotlight · Chen Cai and
           Yusu Wang
           [Agenda] [Ask] [Questions] [Remind me]
15:30 EDT  #hall-f  board now says
           Now: Convergence of Invariant Graph Networks · Spotlight · Chen Cai …
           until 15:35 EDT · 12:35 PDT (15:35 your time)
           Next at 15:35 EDT · 12:35 PDT (15:35 your time):
           A title that is long enough to be cut on the board of a narrow termi…

15:30 EDT  #hall-f  Ada
           Is there a recording?

15:30 EDT  #hall-f  Ada uses /talk words: *x*
15:30 EDT  #hall-f  only Ada sees this
           Nothing fits x
"""
    )


async def test_restart_and_what_becomes_of_messages(rehearsal: Playing, hall: TextChannel, console: Console) -> None:
    session = expected(*TALKS)
    async with Narration(rehearsal, console):
        async with connected(rehearsal.loopback) as client:
            posted = await post(client, hall, announcements.session_over(session, a_place(timezone=NEW_YORK), ID))
            await posted.edit(content="**Deep Learning** is over.\nThe hall is open until six.")
        for callback in rehearsal.control.on_note:
            callback(RESTARTED)
        async with connected(rehearsal.loopback) as client:
            await (await client.text_channel(hall).fetch_message(posted.id)).delete()
            rehearsal.control.finished.set()
    assert (
        told(console)
        == """
15:25 EDT  the bot is online

15:25 EDT  #hall-f  Chairside
           Deep Learning is over. Thanks to the speakers, Robin Walters who
           moderated and everyone who came.
           [Agenda]
15:25 EDT  #hall-f  Chairside edits a message
           Deep Learning is over.
           The hall is open until six.
           [Agenda]
15:25 EDT  the bot is offline
15:25 EDT  the bot is killed, as by a power cut, and started again
15:25 EDT  the bot is back
15:25 EDT  #hall-f  Chairside's message is deleted
"""
    )


async def say(rehearsal: Playing, hall: TextChannel, console: Console, *drafts: Draft) -> str:
    """What is told of messages of the bot."""
    async with Narration(rehearsal, console):
        for draft in drafts:
            posting.post(hall.world, hall, hall.world.bot, draft)
    return told(console)


@pytest.mark.parametrize("width", [40, 80, 200])
async def test_lines_fit_the_window_and_stay_readable(rehearsal: Playing, hall: TextChannel, width: int) -> None:
    console = Console(file=io.StringIO(), width=width)
    text = await say(rehearsal, hall, console, Draft("word " * 100))
    longest = max(len(line) for line in text.splitlines())
    assert width - 6 < longest <= width if width < WIDEST else WIDEST - 6 < longest <= WIDEST


async def test_hostile_title_cannot_steer_the_terminal(rehearsal: Playing, hall: TextChannel, console: Console) -> None:
    text = await say(rehearsal, hall, console, Draft("[red]a[/red]\x1b[2J :smile: \ud800"))
    assert (
        text
        == """

15:25 EDT  #hall-f  Chairside
           [red]a[/red][2J :smile: �
"""
    )


async def test_controls_and_files(rehearsal: Playing, hall: TextChannel, console: Console) -> None:
    buttons = [
        {"type": 2, "style": 2, "label": "Agenda", "custom_id": "a"},
        {"type": 2, "style": 1, "emoji": {"name": "👍"}, "custom_id": "b", "disabled": True},
    ]
    select = {"type": 8, "custom_id": "c", "placeholder": "Choose a channel"}
    rows = [{"type": 1, "components": buttons}, {"type": 1, "components": [select]}]
    draft = Draft("", components=rows, uploads=[Upload("report.csv", b"")])
    assert (
        await say(rehearsal, hall, console, draft)
        == """

15:25 EDT  #hall-f  Chairside
           (file: report.csv)
           [Agenda] [👍 (off)] [Choose a channel ▾]
"""
    )


async def test_what_people_do(
    rehearsal: Playing, server: Server, hall: TextChannel, robin: Person, console: Console
) -> None:
    buttons = [{"type": 1, "components": [{"type": 2, "style": 2, "label": "Details", "custom_id": "details"}]}]
    select = {"type": 3, "custom_id": "day", "options": [{"label": "Thursday", "value": "21"}]}
    message = posting.post(hall.world, hall, hall.world.bot, Draft("x", components=[*buttons, select]))
    send = partial(hall.world.interactions.send, user=robin.user, channel=hall)
    options = [{"name": "channel", "type": 7, "value": str(hall.id)}, {"name": "room", "type": 3, "value": "F"}]
    set_channel = {
        "name": "setup",
        "options": [{"name": "channel", "type": 1, "options": options}],
        "resolved": {"channels": {str(hall.id): {"name": "hall-f"}}},
    }
    async with Narration(rehearsal, console):
        send(InteractionKind.COMMAND, data=set_channel)
        send(InteractionKind.COMMAND, data={"name": "Ask about this", "type": 3})
        send(InteractionKind.AUTOCOMPLETE, data={"name": "talk", "options": []})
        send(InteractionKind.COMPONENT, data={"custom_id": "details"}, message=message)
        send(InteractionKind.COMPONENT, data={"custom_id": "day", "values": ["21"]}, message=message)
        form = send(InteractionKind.MODAL, data={"custom_id": "form"})
        form.died = True
        hall.world.interactions.changed(form)
    assert (
        told(console)
        == """

15:25 EDT  #hall-f  Robin Walters uses /setup channel channel: #hall-f room: F

15:25 EDT  #hall-f  Robin Walters uses “Ask about this” from a menu

15:25 EDT  #hall-f  Robin Walters presses [Details]

15:25 EDT  #hall-f  Robin Walters chooses Thursday

15:25 EDT  #hall-f  Robin Walters sends a form
15:25 EDT  #hall-f  Robin Walters reads: This interaction failed
"""
    )


async def test_direct_message_is_private(
    rehearsal: Playing, hall: TextChannel, robin: Person, console: Console
) -> None:
    async with Narration(rehearsal, console):
        posting.post(hall.world, robin.direct_channel, hall.world.bot, Draft("Two minutes left."))
    assert (
        told(console)
        == """

15:25 EDT  @Robin Walters  Chairside
           Two minutes left.
"""
    )


async def test_progress_line_only_on_a_terminal(rehearsal: Playing, hall: TextChannel, console: Console) -> None:
    narration = Narration(rehearsal, console)
    rehearsal.clock.run_from(FIRST_START + timedelta(minutes=6), 0)
    console.print(narration.progress())
    assert (
        told(console)
        == f"""
15:36:00 EDT {"━" * 18}{" " * 12} talk 2 of 2 · 0 posted · paused
"""
    )
    terminal = Console(file=io.StringIO(), width=80, force_terminal=True, color_system=None, _environ={"TERM": "xterm"})
    assert "1 posted" in await say(rehearsal, hall, terminal, Draft("x"))
    assert "1 posted" not in await say(rehearsal, hall, console, Draft("x"))
