"""A message, what became of it, and what it carries."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntFlag
from typing import TYPE_CHECKING, Any, NamedTuple

from bot.rehearsal.loopback.snowflakes import moment_of

if TYPE_CHECKING:
    from bot.rehearsal.loopback.world.channels import Channel, Thread
    from bot.rehearsal.loopback.world.users import User

Json = dict[str, Any]

BUTTON = 2
TEXT_DISPLAY = 10
LINK_STYLE = 5


class MessageFlag(IntFlag):
    """The bits of a message's flags that the loopback knows."""

    SUPPRESS_EMBEDS = 1 << 2
    HAS_THREAD = 1 << 5
    EPHEMERAL = 1 << 6
    LOADING = 1 << 7
    SUPPRESS_NOTIFICATIONS = 1 << 12
    COMPONENTS_V2 = 1 << 15


NO_FLAGS = MessageFlag(0)
KEPT_EDITS = 1000


class Edit(NamedTuple):
    """What a message said until when."""

    until: datetime
    content: str
    components: list[Json]


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that somebody attaches."""

    filename: str
    data: bytes
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file as it hangs on a message or an option, served at `url`."""

    id: int
    filename: str
    data: bytes = field(repr=False)
    url: str
    description: str | None = None
    content_type: str = "application/octet-stream"

    @property
    def text(self) -> str:
        """The file read as UTF-8."""
        return self.data.decode()


@dataclass(frozen=True, slots=True)
class Mentions:
    """Whom a text addresses: the ids it names, after `allowed_mentions` and permissions had their say."""

    users: frozenset[int] = frozenset()
    roles: frozenset[int] = frozenset()
    everyone: bool = False

    def __bool__(self) -> bool:
        return bool(self.users or self.roles or self.everyone)


@dataclass(frozen=True, slots=True)
class Cause:
    """The interaction that a message answers; `message_id` is the message whose component was used."""

    id: int
    kind: int
    user: User
    name: str | None = None
    message_id: int | None = None


@dataclass(eq=False)
class Message:
    """A message as it stands; `edits` holds the latest of what it said before, oldest first."""

    id: int
    channel: Channel = field(repr=False)
    author: User
    content: str = ""
    embeds: list[Json] = field(default_factory=list)
    components: list[Json] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    flags: MessageFlag = NO_FLAGS
    nonce: str | None = None
    reference: Message | None = field(default=None, repr=False)
    only_for: User | None = None
    cause: Cause | None = None
    pinged: Mentions = Mentions()
    mentions: Mentions = Mentions()
    edited_at: datetime | None = None
    edits: deque[Edit] = field(default_factory=lambda: deque(maxlen=KEPT_EDITS))
    pinned_at: datetime | None = None
    thread: Thread | None = field(default=None, repr=False)
    deleted: bool = False

    @property
    def created_at(self) -> datetime:
        return moment_of(self.id)

    @property
    def ephemeral(self) -> bool:
        """Whether only one person sees it."""
        return self.only_for is not None

    @property
    def silent(self) -> bool:
        """Whether it was sent without a push notification."""
        return bool(self.flags & MessageFlag.SUPPRESS_NOTIFICATIONS)

    @property
    def pinned(self) -> bool:
        return self.pinned_at is not None

    @property
    def buttons(self) -> list[Json]:
        """The buttons in reading order, as Discord's JSON."""
        return [component for component in walk(self.components) if component["type"] == BUTTON]

    @property
    def labels(self) -> list[str]:
        """What stands on the buttons that can be pressed."""
        return [b.get("label", "") for b in self.buttons if b.get("style") != LINK_STYLE and not b.get("disabled")]

    @property
    def text(self) -> str:
        """All that a reader sees as text: content, text displays and embeds."""
        displayed = (c["content"] for c in walk(self.components) if c["type"] == TEXT_DISPLAY)
        return "\n".join(part for part in (self.content, *displayed, *_embedded(self.embeds)) if part)

    def component(self, custom_id: str) -> Json | None:
        """The button or select with this custom_id."""
        return next((c for c in walk(self.components) if c.get("custom_id") == custom_id), None)


def walk(components: list[Json]) -> Iterator[Json]:
    """All components in reading order, containers before what they hold."""
    for component in components:
        yield component
        yield from walk(component.get("components", []))
        yield from walk([component[key] for key in ("accessory", "component") if key in component])


def _embedded(embeds: list[Json]) -> Iterator[str]:
    for embed in embeds:
        yield embed.get("author", {}).get("name", "")
        yield embed.get("title", "")
        yield embed.get("description", "")
        for entry in embed.get("fields", []):
            yield f"{entry['name']}\n{entry['value']}"
        yield embed.get("footer", {}).get("text", "")
