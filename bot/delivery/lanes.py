"""Who may go now: what channels are owed first, and direct messages with what is left and a budget of their own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from fractions import Fraction

from bot.delivery.budget import DIRECT_PER_SECOND, REQUESTS_PER_SECOND, Budget
from bot.delivery.composed import Prepared
from bot.delivery.shards import Shards


class Lanes:
    """Two budgets: `common` is what Discord allows for everything, `direct` what of it direct messages may take."""

    def __init__(self, shards: Shards) -> None:
        self._shards = shards
        self.common, self.direct = Budget(), Budget()
        self.divide(Fraction(1))

    def divide(self, taken: Fraction) -> None:
        """Leave room for the others: `taken` is what all processes' shares come to."""
        self.common.allowed = self._shards.share_of(REQUESTS_PER_SECOND, taken)
        self.direct.allowed = self._shards.share_of(DIRECT_PER_SECOND, taken)

    def going(self, due: Iterable[Prepared], real: datetime, *, hold_direct: bool) -> list[Prepared]:
        """Those of what is due that may go at a real moment, the most urgent first; their room is held."""
        ordered = sorted(due, key=lambda prepared: prepared.urgency)
        free = self.common.free(real)
        going = [prepared for prepared in ordered if not prepared.is_direct][:free]
        room = 0 if hold_direct else min(free - len(going), self.direct.free(real))
        going += [prepared for prepared in ordered if prepared.is_direct][:room]
        self.common.hold(len(going))
        self.direct.hold(_number_direct(going))
        return going

    def spare(self, real: datetime, soon_due: int) -> bool:
        """Take the room of a request that can wait; whether there was any beside what is due soon."""
        if self.common.free(real) <= soon_due:
            return False
        self.common.take(1, real)
        return True

    def let_go(self, going: Sequence[Prepared]) -> None:
        """Give back what was held for them."""
        self.common.let_go(len(going))
        self.direct.let_go(_number_direct(going))

    def begin(self, prepared: Prepared) -> None:
        """One of them goes out as soon as its moment is there; `common.end` tells when it was answered."""
        for budget in self._of(prepared):
            budget.begin(1)

    def leaves(self, prepared: Prepared, real: datetime) -> None:
        """Its request goes out now, which is what counts for direct messages: that limit is this bot's own."""
        if prepared.is_direct:
            self.direct.end(real)

    def free_at(self, prepared: Prepared, real: datetime) -> datetime:
        """The real moment at which there is room for it."""
        return max(budget.free_at(real) for budget in self._of(prepared))

    def _of(self, prepared: Prepared) -> tuple[Budget, ...]:
        return (self.common, self.direct) if prepared.is_direct else (self.common,)


def _number_direct(going: Sequence[Prepared]) -> int:
    return sum(prepared.is_direct for prepared in going)
