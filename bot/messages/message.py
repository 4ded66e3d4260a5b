"""A message as a plain value, and the ids that its buttons and selects carry.

Each posted delivery carries its id in the custom_id of a button: that is how a message whose answer was lost is found.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import discord

_DELIVERY = r"(?P<delivery>[\w-]{22})"
_NUMBER = r"\d{1,18}"
DETAILS = rf"talk:(?P<talk>\d+):{_DELIVERY}"
AGENDA = rf"agenda:{_DELIVERY}"
STATUS = rf"status:{_DELIVERY}"
PAGE = r"page:(?P<day>\d{4}-\d\d-\d\d):(?P<page>\d{1,4})"
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
IN_ROW = 5


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
    """One thing to choose."""

    label: str
    value: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Select:
    """A list to choose one from; at least one option, at most 25."""

    custom_id: str
    placeholder: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Message:
    """What is posted or answered: Markdown, and at most five rows, each of five buttons or a select."""

    content: str
    buttons: tuple[Button, ...] = ()
    selects: tuple[Select, ...] = ()

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


def _select(select: Select, row: int) -> discord.ui.Select[discord.ui.View]:
    options = [
        discord.SelectOption(label=option.label, value=option.value, description=option.description or None)
        for option in select.options
    ]
    return discord.ui.Select(custom_id=select.custom_id, placeholder=select.placeholder, options=options, row=row)


def details_button(talk_id: int, delivery_id: str) -> Button:
    return Button("Details", f"talk:{talk_id}:{delivery_id}")


def agenda_button(delivery_id: str) -> Button:
    return Button("Agenda", f"agenda:{delivery_id}")


def status_button(delivery_id: str) -> Button:
    return Button("Check again", f"status:{delivery_id}")


def look_button(source_id: int, delivery_id: str) -> Button:
    return Button("Look at the changes", f"look:{source_id}:{delivery_id}", primary=True)


def page_button(label: str, day: str, page: int) -> Button:
    return Button(label, f"page:{day}:{page}")


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
