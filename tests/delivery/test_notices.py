"""Managers are told of a problem once, and finding out whether they were costs nothing in a store that is full."""

from __future__ import annotations

import pytest

from bot.delivery.channel_problems import Problem
from bot.delivery.notices import Concerned, report_problem
from tests.builders import CHANNEL, SERVER
from tests.delivery.desk import Desk
from tests.services.store import deliveries, statements
from tests.stores import ask

PROBLEM = Problem("permission", "in #hall-f it lacks Send Messages.", "Tick Send Messages for Chairside.")


async def test_problem_is_told_once_for_each_channel(desk: Desk) -> None:
    for channel_id in (CHANNEL, CHANNEL, CHANNEL + 1, CHANNEL):
        await report_problem(desk.db, desk.clock, desk.channels, Concerned(SERVER, channel_id), PROBLEM)
    assert len(await deliveries(desk.db, kind="notice")) == 2


@pytest.mark.store("sqlite")
async def test_whether_it_was_told_is_found_by_an_index(desk: Desk) -> None:
    with statements(desk.db) as seen:
        await report_problem(desk.db, desk.clock, desk.channels, Concerned(SERVER, CHANNEL), PROBLEM)
    asked = [statement for statement in seen if statement.startswith("SELECT") and " LIKE " in statement]
    for statement in asked:
        plan = ask(desk.db.url, f"EXPLAIN QUERY PLAN {statement}", *["x"] * statement.count("?"))
        assert [row[3] for row in plan] == [
            "SEARCH deliveries USING INDEX ix_deliveries_talk_id_kind (talk_id=? AND kind=?)"
        ]
    assert len(asked) == 2
