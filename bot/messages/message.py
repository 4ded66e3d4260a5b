"""A message as a plain value, and the ids that its buttons and selects carry.

Each posted delivery carries its id in the custom_id of a button: that is how a message whose answer was lost is found.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import discord

_DELIVERY = r"(?P<delivery>[\w-]{22})"
_NUMBER = r"\d{1,18}"
DETAILS = rf"talk:(?P<talk>\d+):{_DELIVERY}"
AGENDA = rf"agenda:{_DELIVERY}"
STATUS = rf"status:{_DELIVERY}"
PAGE = r"page:(?P<day>\d{4}-\d\d-\d\d|now):(?P<page>\d{1,4})(?::(?P<room>[0-9a-f]{16}))?"
"""A page of a day, or of what is on now and next; of one room where it carries the room's digest."""
REMIND = rf"remind:(?P<talk>{_NUMBER})(?::{_DELIVERY})?"
"""Reminds whoever presses of a talk; talk 0 asks which one of this channel."""
REMIND_CHOICE = r"remindof"
UNREMIND = rf"unremind:(?P<wish>{_NUMBER})"
UNREMIND_TALK = rf"noreminder:(?P<talk>{_NUMBER}):{_DELIVERY}"
"""Under a direct message: reminds of its talk no longer."""
REMINDERS = r"reminders:(?P<page>\d{1,4})"
REMINDERS_FILE = r"reminders:ics"
UNREMIND_CHOICE = r"unremindof:(?P<page>\d{1,4})"
MENTIONS = r"mentions:(?P<agreed>yes|no)"
IMPORT = r"import:(?P<answer>store|discard):(?P<pending>[\w-]{22})"
IMPORT_ASKS = r"importasks:(?P<option>timezone|year|day-first):(?P<value>yes|no|):(?P<pending>[\w-]{22})"
"""Settles what an import asked: at once where the button has a value, else by the form that it opens."""
IMPORT_MODAL = r"importmodal:(?P<option>timezone|year):(?P<pending>[\w-]{22})"
EDIT = r"edit:(?P<answer>apply|leave):(?P<pending>[\w-]{22})"
UNDO = rf"undochange:(?P<answer>apply|leave):(?P<version>{_NUMBER})"
"""Undoes the change that was shown, and no other that was made since."""
LOOK = rf"look:(?P<source>{_NUMBER}):{_DELIVERY}"
"""Fetches a source anew and shows what importing it would change."""
ASK = rf"ask:(?P<talk>{_NUMBER})(?::{_DELIVERY})?"
"""Opens the modal; talk 0 is the one that a question in this channel is for."""
ASK_MODAL = rf"askmodal:(?P<talk>{_NUMBER})"
QUESTIONS = rf"questions:(?P<talk>{_NUMBER}):(?P<page>\d{{1,4}})(?::{_DELIVERY})?"
VOTE = rf"vote:(?P<question>{_NUMBER}):(?P<talk>{_NUMBER}):(?P<page>\d{{1,4}})"
QUEUE = (
    r"queue:(?P<action>next|answered|list|open|close)"
    rf":(?P<session>{_NUMBER}):(?P<talk>{_NUMBER}):(?P<sees>{_NUMBER})(?::{_DELIVERY})?"
)
"""A moderators' button for a whole queue: `sees` is the question being asked for whoever presses, 0 for none."""
QUESTION_PAGE = rf"qpage:(?P<session>{_NUMBER}):(?P<talk>{_NUMBER}):(?P<page>\d{{1,4}})"
QUESTION = (
    r"question:(?P<action>ask|answered|dismiss|pin|unpin|approve|back)"
    rf":(?P<question>{_NUMBER}):(?P<session>{_NUMBER})"
)
CHOOSE = rf"choose:(?P<session>{_NUMBER}):(?P<talk>{_NUMBER}):(?P<page>\d{{1,4}})"
MERGE = rf"merge:(?P<question>{_NUMBER}):(?P<into>{_NUMBER}):(?P<session>{_NUMBER})"
LEFT = rf"left:(?P<question>{_NUMBER}):{_DELIVERY}"
STEP_UNDO = rf"qundo:(?P<step>{_NUMBER}):(?P<session>{_NUMBER})"
AUDIT = rf"audit:(?P<by>\d{{1,20}}):(?P<before>{_NUMBER})(?::{_DELIVERY})?"
"""A page of the audit log: of everybody for person 0, of the newest entries before entry 0."""
CLAIM = rf"claim:(?P<answer>yes|no):(?P<link>{_NUMBER}):{_DELIVERY}"
"""A moderator's word on whether somebody speaks in a talk."""
SPEAKER = rf"speaker:(?P<action>here|cues):(?P<link>{_NUMBER}):{_DELIVERY}"
"""In a speaker's direct messages: they are here, or want time signals on stage, or no longer."""
_ROOM = r"(?P<room>[0-9a-f]{16})"
SET_UP = rf"setup:welcome:{_DELIVERY}"
"""Under the welcome: opens the guided set-up for whoever presses it."""
SETUP_STEP = r"setup:(?P<does>show|leave|clear|match):(?P<step>\w{1,20}):(?P<page>\d{1,4})"
"""Shows a step; leaves it as it is; clears what was chosen; takes what the step proposes."""
SETUP_ZONE = r"setup:zone:(?P<zone>[\w/+-]{1,64})"
SETUP_FORM = r"setup:form:(?P<form>zone|address)"
"""Opens a form, since no button can be typed into."""
SETUP_ZONE_MODAL = r"setupmodal:zone"
SETUP_ADDRESS_MODAL = r"setupmodal:address"
SETUP_PLACE = rf"setup:place:(?P<of>channel|moderators|role|ping|{_ROOM}):(?P<page>\d{{1,4}})"
"""A select of a channel or a role; a room is named by the digest of bot.rules.setup_rooms."""
SETUP_LEADS = r"setup:leads"
SETUP_CHANGE = r"setup:change"
CHECK = r"setup:check"
STAGE_LINK = rf"stagelink:(?P<does>new|revoke):(?P<subject>{_NUMBER}):(?P<seen>{_NUMBER})"
"""Replaces or revokes the link to a session's page, if it is still the one that was seen; 0 for none."""
ROOM_LINK = rf"roomlink:(?P<does>new|revoke):(?P<subject>{_NUMBER}):(?P<seen>{_NUMBER})"
"""As STAGE_LINK, of the page of a session's room."""
LOBBY_LINK = rf"lobbylink:(?P<does>new|revoke):(?P<subject>{_NUMBER}):(?P<seen>{_NUMBER})"
"""As STAGE_LINK, of a conference's page."""
REPORT = rf"report:(?P<session>{_NUMBER}):(?P<look>dark|light)(?::{_DELIVERY})?"
"""Shows a session's report as it is now."""
IN_ROW = 5
PING_ROOM = len("<@&>\n") + 20
POSTED_IN = (discord.ChannelType.text, discord.ChannelType.news, discord.ChannelType.public_thread)
"""The kinds of channels that are offered to post in."""


@dataclass(frozen=True, slots=True)
class Button:
    """A button: what it says, what it carries, whether it stands out.

    Attributes:
        row: those of one row stand together, the lowest first; None counts as 0.
        disabled: not everyone hears or sees that, so the label says why.
    """

    label: str
    custom_id: str
    primary: bool = False
    row: int | None = None
    disabled: bool = False


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to choose; the chosen ones are shown as such."""

    label: str
    value: str
    description: str = ""
    chosen: bool = False


class SelectOf(StrEnum):
    """What a select offers: its own options, or what the server has."""

    OPTIONS = "options"
    CHANNELS = "channels"
    ROLES = "roles"


@dataclass(frozen=True, slots=True)
class Select:
    """A list to choose from.

    Attributes:
        options: of its own, 1 to 25; none where it offers the server's channels or roles.
        chosen: the ids of the channels or roles that are chosen already, from `least` to `most`.
        least, most: how many may be chosen; with 0 a choice may be taken back.
    """

    custom_id: str
    placeholder: str
    options: tuple[Option, ...] = ()
    of: SelectOf = SelectOf.OPTIONS
    chosen: tuple[int, ...] = ()
    least: int = 1
    most: int = 1


@dataclass(frozen=True, slots=True)
class Attached:
    """A file under a message; `description` is read to those who cannot see it."""

    name: str
    content: bytes
    description: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """What is posted or answered: Markdown, and at most five rows, each of five buttons or a select.

    Attributes:
        pings: the role that is mentioned in a first line of its own, and pinged when this is posted, never by an edit.
        mentions: the people whom it pings, in the delivery's first post only; nobody else is.
        files: what it holds; None leaves what it held.
    """

    content: str
    buttons: tuple[Button, ...] = ()
    selects: tuple[Select, ...] = ()
    pings: int | None = None
    mentions: tuple[int, ...] = ()
    files: tuple[Attached, ...] | None = None

    @property
    def text(self) -> str:
        """All that stands there: the content below the mention, for which PING_ROOM characters must be left."""
        return f"<@&{self.pings}>\n{self.content}" if self.pings else self.content

    def attachments(self) -> list[discord.File]:
        """The files for discord.py, which reads each once."""
        return [
            discord.File(io.BytesIO(f.content), f.name, description=f.description or None) for f in self.files or ()
        ]

    def view(self) -> discord.ui.View:
        """The parts for discord.py; what is pressed is dispatched by custom_id, so the view itself is not kept."""
        view = discord.ui.View(timeout=None)
        for row, select in enumerate(self.selects):
            view.add_item(_select(select, row))
        for row, buttons in enumerate(_rows(self.buttons), len(self.selects)):
            for button in buttons:
                view.add_item(_button(button, row))
        view.stop()
        return view


def _rows(buttons: tuple[Button, ...]) -> Iterator[list[Button]]:
    for number in sorted({button.row or 0 for button in buttons}):
        together = [button for button in buttons if (button.row or 0) == number]
        yield from (together[start : start + IN_ROW] for start in range(0, len(together), IN_ROW))


def _button(button: Button, row: int) -> discord.ui.Button[discord.ui.View]:
    style = discord.ButtonStyle.primary if button.primary else discord.ButtonStyle.secondary
    return discord.ui.Button(
        label=button.label, custom_id=button.custom_id, style=style, row=row, disabled=button.disabled
    )


def _select(select: Select, row: int) -> discord.ui.Item[discord.ui.View]:
    about: dict[str, Any] = {
        "custom_id": select.custom_id,
        "placeholder": select.placeholder,
        "min_values": select.least,
        "max_values": select.most,
        "row": row,
    }
    if select.of is SelectOf.OPTIONS:
        return discord.ui.Select(**about, options=[_option(option) for option in select.options])
    chosen = [discord.Object(key) for key in select.chosen]
    if select.of is SelectOf.ROLES:
        return discord.ui.RoleSelect(**about, default_values=chosen)
    return discord.ui.ChannelSelect(**about, channel_types=list(POSTED_IN), default_values=chosen)


def _option(option: Option) -> discord.SelectOption:
    return discord.SelectOption(
        label=option.label, value=option.value, description=option.description or None, default=option.chosen
    )


def details_button(talk_id: int, delivery_id: str) -> Button:
    return Button("Details", f"talk:{talk_id}:{delivery_id}")


def agenda_button(delivery_id: str) -> Button:
    return Button("Agenda", f"agenda:{delivery_id}")


def status_button(delivery_id: str) -> Button:
    return Button("Check again", f"status:{delivery_id}")


def look_button(source_id: int, delivery_id: str) -> Button:
    return Button("Look at the changes", f"look:{source_id}:{delivery_id}", primary=True)


def report_button(session_id: int, look: str, label: str, delivery_id: str | None = None) -> Button:
    """Shows a session's report as it is then, in a look."""
    return Button(label, f"report:{session_id}:{look}{_of(delivery_id)}")


def page_button(label: str, day: str, page: int, room: str | None = None) -> Button:
    """Leafs through an agenda, of the room whose digest is given."""
    return Button(label, f"page:{day}:{page}" + (f":{room}" if room else ""))


def remind_button(talk_id: int = 0, delivery_id: str | None = None) -> Button:
    """Reminds whoever presses; talk 0 asks which of this channel's talks."""
    return Button("Remind me", f"remind:{talk_id}{_of(delivery_id)}")


def unremind_button(wish_id: int, label: str = "Remove") -> Button:
    return Button(label, f"unremind:{wish_id}")


def import_buttons(pending_id: str) -> tuple[Button, Button]:
    return (
        Button("Import", f"import:store:{pending_id}", primary=True),
        Button("Discard", f"import:discard:{pending_id}"),
    )


def ask_button(talk_id: int = 0, delivery_id: str | None = None, *, row: int | None = None) -> Button:
    """Opens the modal for a question; talk 0 is the one that a question in this channel is for."""
    return Button("Ask", f"ask:{talk_id}{_of(delivery_id)}", row=row)


def questions_button(
    talk_id: int,
    delivery_id: str | None = None,
    *,
    label: str = "Questions",
    page: int = 0,
    row: int | None = None,
) -> Button:
    """Shows a talk's queue to whoever presses it."""
    return Button(label, f"questions:{talk_id}:{page}{_of(delivery_id)}", row=row)


def _of(delivery_id: str | None) -> str:
    return f":{delivery_id}" if delivery_id else ""
