"""Who sits in a rehearsal's hall: attendees, who ask and vote, and listeners, who once vote all together."""

from __future__ import annotations

from bot.rehearsal.loopback.people.person import Person
from bot.rehearsal.loopback.world.servers import Server

ATTENDEES = (
    "Ada",
    "Yusuf",
    "Mei-Ling Chen",
    "נועה לוי",
    "Maximiliane-Sophie von Wallberg",
    "Søren",
    "Priya N.",
    "O'Connor, Liam",
    "José Álvarez",
    "田中 さくら",
    "Kwame",
    "zoe_b",
)
"""One is written from right to left, one is about as long as Discord lets a name be."""
LISTENERS = 25


def attendees(server: Server) -> tuple[Person, ...]:
    """Let those in who ask."""
    return tuple(server.add_member(name) for name in ATTENDEES)


def listeners(server: Server) -> tuple[Person, ...]:
    """Let those in who only vote."""
    return tuple(server.add_member(f"Listener {number}") for number in range(1, LISTENERS + 1))
