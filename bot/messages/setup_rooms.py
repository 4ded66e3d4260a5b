"""The guided set-up where each room gets a channel: four rooms a page, since a message holds five rows."""

from __future__ import annotations

from collections.abc import Mapping

from bot.messages.message import Button, Message, Select, SelectOf
from bot.messages.setup import NOTHING_AROUND, Around, SettingsShown
from bot.messages.text import fitting, lines, plural, safe
from bot.messages.typed import label, page_of
from bot.rules.setup_rooms import room_digest

ROOMS_A_PAGE = 4
PROPOSALS_SHOWN = 4
ROOM_LIMIT, PLACEHOLDER_LIMIT = 80, 100


def rooms_page(
    shown: SettingsShown, proposals: Mapping[str, int], page: int = 0, around: Around = NOTHING_AROUND
) -> Message:
    """Some rooms with the channel of each, and what is proposed for all of them by their names."""
    page, pages = page_of(page, ROOMS_A_PAGE, len(shown.rooms))
    first = page * ROOMS_A_PAGE
    rooms = shown.rooms[first : first + ROOMS_A_PAGE]
    head = lines(
        around.said,
        "**Set-up: a channel for each room**" + (f", page {page + 1} of {pages}" if pages > 1 else ""),
        *(f"{number}. {safe(room, ROOM_LIMIT)}: {_place(shown, room)}" for number, room in enumerate(rooms, first + 1)),
        "No programme is imported, so no rooms are known." if not rooms else None,
    )
    items = [f"{safe(room, ROOM_LIMIT)} is <#{channel}>" for room, channel in proposals.items()]
    text = fitting(lines(head, "By their names:"), items, "… and {} more", at_most=PROPOSALS_SHOWN) if items else head
    problems = [f"**To put right:** {problem}" for problem in around.problems[:1]]
    selects = tuple(_select(shown, room, number, page) for number, room in enumerate(rooms, first + 1))
    return Message(fitting(text, problems, "… and {} more"), _buttons(len(proposals), page, pages), selects)


def _buttons(proposed: int, page: int, pages: int) -> tuple[Button, ...]:
    taken = f"Take {'the one that fits' if proposed == 1 else f'all {proposed} that fit'}"
    return (
        *((Button(taken, f"setup:match:rooms:{page}", primary=True),) if proposed else ()),
        *((Button("Earlier rooms", f"setup:show:rooms:{page - 1}"),) if page else ()),
        *((Button("Later rooms", f"setup:show:rooms:{page + 1}"),) if page + 1 < pages else ()),
        Button("Back", "setup:show:channels:0"),
        Button("Done", "setup:leave:channels:0"),
    )


def _select(shown: SettingsShown, room: str, number: int, page: int) -> Select:
    return Select(
        f"setup:place:{room_digest(room)}:{page}",
        label(f"{number}. {room}", PLACEHOLDER_LIMIT),
        of=SelectOf.CHANNELS,
        chosen=shown.chosen(shown.room_channels.get(room.casefold())),
        least=0,
    )


def _place(shown: SettingsShown, room: str) -> str:
    own = shown.room_channels.get(room.casefold())
    if own:
        return f"<#{own}>"
    return f"<#{shown.channel_id}>, as all others" if shown.channel_id else "**no channel yet**"


def matched(number: int) -> str:
    """What was just taken over."""
    return f"{plural(number, 'room')} got the channel of the same name."
