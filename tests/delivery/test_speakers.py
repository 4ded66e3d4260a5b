"""What speakers read once it was sent: their own check-in under the chase, and what a queue leaves a second time."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.delivery.channel import Outcome
from bot.rules.queue_times import Phase
from bot.rules.run import TimingKind
from bot.rules.subscriptions import Wanted
from bot.services.moderators import set_moderators
from bot.services.people import person, remember_direct_channel
from bot.services.privacy import remove_person
from bot.services.speakers import check_in, claim_talk, link_speaker
from bot.services.subscriptions import Asked, subscribe
from tests.builders import CHANNEL, SERVER, at
from tests.delivery.desk import Desk
from tests.delivery.fakes import Posted
from tests.services.hall import Hall
from tests.services.store import deliveries
from tests.services.stored_questions import anybody

CHEN, DM, ROBIN = 11, 900, 5


@pytest.fixture
async def hall(desk: Desk) -> Hall:
    await remember_direct_channel(desk.db, CHEN, DM)
    return Hall(desk.db, desk.clock)


async def link(desk: Desk, talk: int) -> int:
    done = await link_speaker(
        desk.db, desk.clock, server_id=SERVER, talk_id=talk, user_id=CHEN, by=ROBIN, check=anybody
    )
    return done.speaker.link


def to_chen(desk: Desk) -> list[Posted]:
    return [message for message in desk.channels.messages if message.channel_id == DM]


async def test_chase_that_was_answered_says_so_as_the_question_before_it_does(desk: Desk, hall: Hall) -> None:
    key = await link(desk, 3)
    await desk.until(at("12:31"))
    asked, chased = to_chen(desk)
    assert "Nobody has seen you yet" in chased.content
    await check_in(desk.db, desk.clock, server_id=None, link=key, by=CHEN)
    await desk.settle()
    assert all("your moderator sees that you are here" in message.edits[-1] for message in (asked, chased))


@pytest.mark.slow
async def test_speaker_reads_what_a_queue_left_that_was_opened_again(desk: Desk, hall: Hall) -> None:
    await desk.until(at("12:30"))
    await hall.tap(TimingKind.START)
    await link(desk, 1)
    await hall.queued("Does it converge?")
    await desk.until(at("12:50"))
    (left,) = [message for message in to_chen(desk) if message.content.startswith("Not reached")]
    await hall.put(Phase.OPEN, talk=1)
    await hall.ask("And if it does not?", talk=1)
    await desk.until(at("13:01"))
    assert "And if it does not?" in left.edits[-1]
    assert len(left.edits) == 1


@pytest.mark.slow
async def test_removed_person_is_taken_out_of_what_a_speaker_was_sent(desk: Desk, hall: Hall) -> None:
    await desk.until(at("12:30"))
    await hall.tap(TimingKind.START)
    await link(desk, 1)
    await hall.ask("Does it converge?", 77)
    await desk.until(at("12:50"))
    (left,) = [message for message in to_chen(desk) if message.content.startswith("Not reached")]
    assert "Attendee 77" in left.content
    await remove_person(desk.db, desk.clock, 77)
    await desk.settle()
    assert "removed person" in left.edits[-1]
    assert "Attendee 77" not in left.edits[-1]


async def test_speaker_who_is_removed_is_missing_on_the_console_no_more(desk: Desk, hall: Hall) -> None:
    await set_moderators(desk.db, desk.clock, server_id=SERVER, channel_id=77, role_id=None)
    await link(desk, 1)
    await desk.settle()
    console = next(message for message in desk.channels.messages if f"<@{CHEN}>" in message.content)
    await remove_person(desk.db, desk.clock, CHEN)
    await desk.settle()
    assert f"<@{CHEN}>" not in console.edits[-1]
    assert await deliveries(desk.db, user_id=CHEN) == []
    assert console.channel_id != CHANNEL


async def test_message_that_arrives_opens_what_was_closed_and_sends_what_was_given_up(desk: Desk, hall: Hall) -> None:
    await link(desk, 5)
    for talk in (4, 5):
        asked = Asked(SERVER, CHEN, Wanted.TALK, talk, lead=timedelta(minutes=20))
        await subscribe(desk.db, desk.clock, asked)
    desk.channels.failures[DM] = [Outcome.CLOSED]
    await desk.until(at("12:20"))
    assert (await person(desk.db, CHEN)).dms_closed_at == at("12:20")
    await desk.until(at("12:50"))
    assert (await person(desk.db, CHEN)).dms_closed_at is None
    assert [row.state for row in await deliveries(desk.db, kind="personal")] == ["sent", "sent"]


async def claimed(desk: Desk) -> Posted:
    """The message that asks moderators about a claim of Chen's."""
    await set_moderators(desk.db, desk.clock, server_id=SERVER, channel_id=77, role_id=None)
    await claim_talk(desk.db, desk.clock, server_id=SERVER, talk_id=3, user_id=CHEN)
    await desk.settle()
    return next(m for m in desk.channels.messages if "says that they speak" in m.content)


async def test_claim_that_is_decided_by_a_command_asks_moderators_no_more(desk: Desk, hall: Hall) -> None:
    message = await claimed(desk)
    await link(desk, 3)
    await desk.settle()
    assert message.edits[-1] == f"<@{CHEN}> speaks in **Talk 3**."


async def test_claim_of_a_removed_person_names_nobody(desk: Desk, hall: Hall) -> None:
    message = await claimed(desk)
    await remove_person(desk.db, desk.clock, CHEN)
    await desk.settle()
    assert str(CHEN) not in message.edits[-1]
