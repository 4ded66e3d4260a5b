"""What was not reached goes to the talk's thread, and beside its head where a channel holds no threads."""

from __future__ import annotations

import pytest

from bot.rules.queue_times import Phase
from bot.rules.run import TimingKind
from bot.services.privacy import remove_person
from bot.services.speakers import claim_talk, link_speaker
from tests.builders import CHANNEL, SERVER, at
from tests.delivery.desk import Desk
from tests.services.hall import Hall
from tests.services.store import deliveries
from tests.services.stored_questions import anybody

CHEN, YUSU = 11, 12


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


@pytest.mark.slow
async def test_what_was_not_reached_goes_to_the_thread_under_its_head(desk: Desk, hall: Hall) -> None:
    await desk.until(at("12:46"))
    (head, _), (thread, part) = await shown(desk)
    assert (head, part) == (CHANNEL, "**Not reached**")
    assert thread in desk.channels.threads


@pytest.mark.slow
async def test_what_was_not_reached_stands_beside_its_head_in_a_channel_without_threads(desk: Desk, hall: Hall) -> None:
    desk.channels.without_threads.add(CHANNEL)
    await desk.until(at("12:46"))
    assert [channel_id for channel_id, _ in await shown(desk)] == [CHANNEL, CHANNEL]
    (row,) = await deliveries(desk.db, kind="left_part")
    assert (row.state, row.channel_id) == ("sent", CHANNEL)
    await desk.until(at("12:50"))
    assert len(await shown(desk)) == 2


@pytest.mark.slow
async def test_what_a_queue_leaves_that_was_opened_again_follows_in_its_thread(desk: Desk, hall: Hall) -> None:
    await desk.until(at("12:50"))
    await hall.put(Phase.OPEN, talk=1)
    await hall.ask("And if it does not?", talk=1)
    await desk.until(at("13:01"))
    (_, head), (first, _), (second, _) = await shown(desk)
    assert head.startswith("2 questions")
    assert first == second
    assert first in desk.channels.threads


@pytest.mark.slow
async def test_speakers_are_mentioned_in_the_threads_first_message_once(desk: Desk, hall: Hall) -> None:
    for user in (CHEN, YUSU):
        await link_speaker(desk.db, desk.clock, server_id=SERVER, talk_id=1, user_id=user, by=5, check=anybody)
    await link_speaker(desk.db, desk.clock, server_id=SERVER, talk_id=2, user_id=13, by=5, check=anybody)
    await claim_talk(desk.db, desk.clock, server_id=SERVER, talk_id=1, user_id=14)
    await hall.queued("Two?", "Three?", "Four?", "Five?")
    await desk.until(at("12:50"))
    await hall.put(Phase.OPEN, talk=1)
    await hall.ask("And if it does not?", talk=1)
    await desk.until(at("13:01"))
    first, *others = [message for message in desk.channels.messages if "**Not reached**" in message.content]
    assert first.content.splitlines()[0] == f"<@{CHEN}> <@{YUSU}>"
    assert first.mentions == (CHEN, YUSU)
    assert [message.mentions for message in others] == [(), ()]
    assert not [message for message in others if "<@" in message.content]


@pytest.mark.slow
async def test_removed_speaker_is_taken_out_of_the_thread(desk: Desk, hall: Hall) -> None:
    await link_speaker(desk.db, desk.clock, server_id=SERVER, talk_id=1, user_id=CHEN, by=5, check=anybody)
    await desk.until(at("12:50"))
    (part,) = [message for message in desk.channels.messages if "**Not reached**" in message.content]
    await remove_person(desk.db, desk.clock, CHEN)
    await desk.settle()
    assert part.edits[-1].startswith("**Not reached**")
