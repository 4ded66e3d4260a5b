"""A message as a plain value, and the ids that its buttons carry.

Each posted delivery carries its id in the custom_id of a button: that is how a message whose answer was lost is found.
"""

from __future__ import annotations

from dataclasses import dataclass

import discord

_DELIVERY = r"(?P<delivery>[\w-]{22})"
DETAILS = rf"talk:(?P<talk>\d+):{_DELIVERY}"
AGENDA = rf"agenda:{_DELIVERY}"
STATUS = rf"status:{_DELIVERY}"
PAGE = r"page:(?P<day>\d{4}-\d\d-\d\d):(?P<page>\d{1,4})"
IMPORT = r"import:(?P<answer>store|discard):(?P<pending>[\w-]{22})"


@dataclass(frozen=True, slots=True)
class Button:
    """A button: what it says, what it carries, whether it stands out."""

    label: str
    custom_id: str
    primary: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """What is posted or answered: Markdown, and at most five buttons."""

    content: str
    buttons: tuple[Button, ...] = ()

    def view(self) -> discord.ui.View:
        """The buttons for discord.py; presses are dispatched by custom_id, so the view itself is not kept."""
        view = discord.ui.View(timeout=None)
        for button in self.buttons:
            style = discord.ButtonStyle.primary if button.primary else discord.ButtonStyle.secondary
            view.add_item(discord.ui.Button(label=button.label, custom_id=button.custom_id, style=style))
        view.stop()
        return view


def details_button(talk_id: int, delivery_id: str) -> Button:
    return Button("Details", f"talk:{talk_id}:{delivery_id}")


def agenda_button(delivery_id: str) -> Button:
    return Button("Agenda", f"agenda:{delivery_id}")


def status_button(delivery_id: str) -> Button:
    return Button("Check again", f"status:{delivery_id}")


def page_button(label: str, day: str, page: int) -> Button:
    return Button(label, f"page:{day}:{page}")


def import_buttons(pending_id: str) -> tuple[Button, Button]:
    return (
        Button("Import", f"import:store:{pending_id}", primary=True),
        Button("Discard", f"import:discard:{pending_id}"),
    )
