"""The links to the stage view, as moderators and managers see them."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from bot.messages.message import Button, Message
from bot.messages.text import lines, safe
from bot.rules.stage_links import Link, Page

_ABOUT = {
    Page.STAGE: "**Stage view** of “{}”: time left, talk, what is next, and the question now asked.",
    Page.ROOM: "**Screen of {}**, all day: the stage view of one session after the other.",
    Page.LOBBY: "**Lobby view** of “{}”: what is on, and next, in every room.",
}
_SEEN_BY = {
    Page.STAGE: "Whoever has this link sees this session, and nothing else, without logging in. "
    "Open it on the hall's screen; F is full screen, and `?light` at its end makes it light.",
    Page.ROOM: "Whoever has this link sees every session of this room, the one that runs, else the next, without "
    "logging in. Open it on the room's screen; F is full screen, and `?light` at its end makes it light.",
    Page.LOBBY: "Whoever has this link sees the programme, without logging in. "
    "Open it on a screen in the lobby; F is full screen, and `?light` at its end makes it light.",
}
_BUTTONS = {Page.STAGE: "stagelink", Page.ROOM: "roomlink", Page.LOBBY: "lobbylink"}


def page_link(page: Page, subject: int, title: str, link: Link | None, base: str) -> Message:
    """A page's link, with buttons to replace and to revoke it; without one, that it was revoked.

    Args:
        page: which of them.
        subject: of which session or conference; a room is named by one of its sessions.
        title: its own.
        link: the one that works; None for none.
        base: what links begin with.
    """
    about = _ABOUT[page].format(safe(title, 150))
    seen = link.id if link else 0
    new = Button("New link", f"{_BUTTONS[page]}:new:{subject}:{seen}")
    if link is None:
        return Message(lines(about, "Its link was revoked: whoever had it sees nothing any more."), (new,))
    revoke = Button("Revoke", f"{_BUTTONS[page]}:revoke:{subject}:{seen}")
    # in angle brackets Discord does not look what is there
    address = f"<{base}/{page.value}/{link.secret}>"
    renewed = "*New link* makes another one and lets this one work no longer; screens that show it stop at once."
    return Message(lines(about, address, _SEEN_BY[page], _reach(base), renewed), (new, revoke))


def _reach(base: str) -> str | None:
    """What is to be known of an address that the operator has not said more about."""
    host = urlsplit(base).hostname or ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return None
    if address.is_unspecified:
        return f"Write the name of the bot's machine in place of {host}, or have its operator set `STAGE_URL`."
    if address.is_loopback:
        return "It works on the bot's own machine alone, until its operator sets `STAGE_ADDRESS` and `STAGE_URL`."
    return None
