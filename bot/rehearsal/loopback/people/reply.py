"""What a person gets to see of the bot's answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from bot.rehearsal.loopback.hub import PATIENCE
from bot.rehearsal.loopback.world.interactions import Callback, InteractionKind

if TYPE_CHECKING:
    from bot.rehearsal.loopback.world.interactions import Interaction
    from bot.rehearsal.loopback.world.messages import Message
    from bot.rehearsal.loopback.world.world import World

Json = dict[str, Any]

NO_RESPONSE = "The application did not respond"
FAILED = "This interaction failed"
_DEFERRED = (Callback.DEFERRED_MESSAGE, Callback.DEFERRED_UPDATE)


class Choice(NamedTuple):
    """One suggestion of an autocomplete."""

    name: str
    value: str | int | float


@dataclass(frozen=True, slots=True)
class Modal:
    """A form that the bot shows to one person."""

    reply: Reply
    data: Json

    @property
    def title(self) -> str:
        title: str = self.data["title"]
        return title

    @property
    def custom_id(self) -> str:
        custom_id: str = self.data["custom_id"]
        return custom_id


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, from the click on. What it shows is what is there now; `final` waits for a deferred one."""

    world: World
    interaction: Interaction

    @property
    def failed(self) -> bool:
        """Whether the bot let the three seconds pass: Discord says so under the command."""
        return self.interaction.died

    @property
    def acknowledged_after(self) -> float | None:
        """How many real seconds the bot took to acknowledge."""
        at = self.interaction.acknowledged_at
        return (at - self.interaction.created_at).total_seconds() if at else None

    @property
    def deferred(self) -> bool:
        """Whether the bot asked for time first."""
        return self.interaction.callback in _DEFERRED

    @property
    def message(self) -> Message | None:
        """The answer's own message, or the one that the button stands on."""
        return self.interaction.original

    @property
    def followups(self) -> list[Message]:
        """Further messages, oldest first."""
        return self.interaction.followups

    @property
    def ephemeral(self) -> bool:
        """Whether only this person sees the answer."""
        return self.message is not None and self.message.ephemeral

    @property
    def content(self) -> str:
        """The answer's content, or what Discord says in its place."""
        if self.failed:
            return NO_RESPONSE if self.interaction.kind is InteractionKind.COMMAND else FAILED
        return self.message.content if self.message else ""

    @property
    def text(self) -> str:
        """All that the person reads: content, text displays, embeds, and followups after it."""
        if self.message is None:
            return self.content
        return "\n".join(message.text for message in (self.message, *self.followups))

    @property
    def components(self) -> list[Json]:
        return self.message.components if self.message else []

    @property
    def modal(self) -> Modal | None:
        """The form that came as the answer."""
        return Modal(self, self.interaction.modal) if self.interaction.modal else None

    @property
    def choices(self) -> list[Choice]:
        """The suggestions that came as the answer."""
        return [Choice(choice["name"], choice["value"]) for choice in self.interaction.choices]

    async def acknowledged(self) -> Self:
        """The reply once the bot acknowledged, or let it die."""
        return await self._once(
            lambda: self.interaction.callback is not None or self.interaction.died, within=2 * PATIENCE
        )

    async def final(self, within: float = PATIENCE) -> Self:
        """The reply once a deferred answer is there; at once if it was not deferred.

        Raises:
            LoopbackTimeoutError: it did not come within so many real seconds.
        """
        return await self._once(lambda: self.interaction.settled or self.interaction.died, within=within)

    async def followed_up(self, count: int = 1, within: float = PATIENCE) -> Message:
        """The followup of that number, counted from 1.

        Raises:
            LoopbackTimeoutError: it did not come within so many real seconds.
        """
        await self._once(lambda: len(self.followups) >= count, within=within)
        return self.followups[count - 1]

    async def _once(self, done: Callable[[], bool], *, within: float) -> Self:
        name = self.interaction.command or self.interaction.data.get("custom_id")
        return await self.world.hub.wait_for(
            lambda: self if done() else None, within=within, otherwise=lambda: f"{name}: {self.interaction}"
        )
