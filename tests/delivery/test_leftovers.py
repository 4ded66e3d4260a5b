"""What was not reached goes to the talk's thread, and beside its head where a channel holds no threads."""

from __future__ import annotations

import pytest

from bot.rules.queue_times import Phase
from bot.rules.run import TimingKind
from tests.builders import CHANNEL, at
from tests.delivery.desk import Desk
from tests.services.hall import Hall
from tests.services.store import deliveries


@pytest.fixture
async def hall(desk: Desk) -> Hall:
    """One question, asked while its talk is on stage and not reached."""
    hall = Hall(desk.db, desk.clock)
    await desk.until(at("12:30"))
    await hall.tap(TimingKind.START)
    await hall.queued("Does it converge?")
    return hall


async def shown(desk: Desk) -> list[tuple[int, str]]:
    """Where each message about leftovers stands, and how it begins."""
    found = [(m.channel_id, (m.edits or [m.content])[-1].split(" ·")[0]) for m in desk.channels.messages]
    return [(channel_id, text) for channel_id, text in found if "ot reached" in text]


async def test_what_was_not_reached_goes_to_the_thread_under_its_head(desk: Desk, hall: Hall) -> None:
    await desk.until(at("12:46"))
    (head, _), (thread, part) = await shown(desk)
    assert (head, part) == (CHANNEL, "**Not reached**")
    assert thread in desk.channels.threads


async def test_what_was_not_reached_stands_beside_its_head_in_a_channel_without_threads(desk: Desk, hall: Hall) -> None:
    desk.channels.without_threads.add(CHANNEL)
    await desk.until(at("12:46"))
    assert [channel_id for channel_id, _ in await shown(desk)] == [CHANNEL, CHANNEL]
    (row,) = await deliveries(desk.db, kind="left_part")
    assert (row.state, row.channel_id) == ("sent", CHANNEL)
    await desk.until(at("12:50"))
    assert len(await shown(desk)) == 2


async def test_what_a_queue_leaves_that_was_opened_again_follows_in_its_thread(desk: Desk, hall: Hall) -> None:
    await desk.until(at("12:50"))
    await hall.put(Phase.OPEN, talk=1)
    await hall.ask("And if it does not?", talk=1)
    await desk.until(at("13:01"))
    (_, head), (first, _), (second, _) = await shown(desk)
    assert head.startswith("2 questions")
    assert first == second
    assert first in desk.channels.threads
