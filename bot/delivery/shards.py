"""Which servers one process delivers for, and its share of what Discord allows the token."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import col

from bot.services.servers import SHARD_SHIFT
from db.tables import Delivery


@dataclass(frozen=True, slots=True)
class Shards:
    """The servers that this process delivers for; every server where it is the only one."""

    count: int | None = None
    ids: tuple[int, ...] = ()

    @property
    def share(self) -> Fraction:
        """This process's share of what Discord allows the token, as long as nobody else has its shards as well."""
        return Fraction(len(self.ids), self.count) if self.count and self.ids else Fraction(1)

    def share_of(self, requests: int, taken: Fraction = Fraction(1)) -> int:
        """How many of these requests are this process's, at least one.

        Args:
            requests: what Discord allows the token.
            taken: the shares of all processes together; more than 1 while one takes over from another.
        """
        return max(1, int(requests * self.share / max(taken, Fraction(1))))

    def owns(self, server_id: Any = Delivery.server_id) -> ColumnElement[bool] | None:  # noqa: ANN401 - a column
        """The condition that a server, a delivery's if no other is given, is this process's; None where all are."""
        if self.count is None or not self.ids:
            return None
        return (col(server_id) // (1 << SHARD_SHIFT) % self.count).in_(self.ids)
