"""Which servers one process delivers for, and its share of what Discord allows the token."""

from __future__ import annotations

from dataclasses import dataclass
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

    def share_of(self, requests: int) -> int:
        """This process's share of what Discord allows the token, at least one."""
        return max(1, requests * len(self.ids) // self.count) if self.count and self.ids else requests

    def owns(self, server_id: Any = Delivery.server_id) -> ColumnElement[bool] | None:  # noqa: ANN401 - a column
        """The condition that a server, a delivery's if no other is given, is this process's; None where all are."""
        if self.count is None or not self.ids:
            return None
        return (col(server_id) // (1 << SHARD_SHIFT) % self.count).in_(self.ids)
