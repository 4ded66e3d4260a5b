"""Speakers claimed, linked, here or missing, and what follows from it in the outbox and on the console."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlmodel import col

from bot.errors import CommandError, NotAllowedError
from bot.rules.run import TimingKind
from bot.rules.taps import Tap
from bot.services.editing import TalkEdit, edit_talk
from bot.services.moderators import set_moderators
from bot.services.people import remember_direct_channel
from bot.services.programme import PlacedSession
from bot.services.speakers import (
    CLAIMS_AT_MOST,
    CLAIMS_OF_A_TALK,
    SPEAKERS_AT_MOST,
    Linked,
    check_in,
    choose_cues,
    claim_talk,
    decide_claim,
    link_speaker,
    links_of,
    owe_speaker,
    set_chasing,
    unlink_speaker,
)
from bot.services.timekeeping import tap_clock
from db.database import NOBODY, Database
from db.people_tables import Person
from db.tables import Delivery
from tests.builders import SERVER, a_schedule, a_session, at
from tests.clocks import SteppedClock
from tests.services.store import deliveries, import_page, use_channel
from tests.services.stored_questions import anybody

ADA, BEN, ROBIN = 11, 12, 5
DM, BACKSTAGE = 900, 77
OTHER_SERVER = 81384788765712999
DAY = timedelta(days=1)


def nobody(_placed: PlacedSession) -> None:
    raise NotAllowedError("no")


async def hall(db: Database, clock: SteppedClock) -> None:
    """The ICML session with its channel, a moderators' channel, and Ada's direct messages."""
    await use_channel(db, clock)
    await set_moderators(db, clock, server_id=SERVER, channel_id=BACKSTAGE, role_id=None)
    await import_page(db, clock)
    async with db.transaction(NOBODY) as session:
        session.add(Person(id=ADA, dm_channel_id=DM))


async def linked(db: Database, clock: SteppedClock, talk: int = 3, user: int = ADA) -> Linked:
    return await link_speaker(db, clock, server_id=SERVER, talk_id=talk, user_id=user, by=ROBIN, check=anybody)


async def direct(db: Database) -> list[tuple[str, str]]:
    """Kind and state of what Ada is owed."""
    return [(row.kind, row.state) for row in await deliveries(db, user_id=ADA)]


async def test_claim_asks_the_moderators_and_is_linked_once_one_of_them_agrees(
    db: Database, clock: SteppedClock
) -> None:
    await hall(db, clock)
    claim = await claim_talk(db, clock, server_id=SERVER, talk_id=3, user_id=ADA)
    assert claim.is_new
    assert not (await claim_talk(db, clock, server_id=SERVER, talk_id=3, user_id=ADA)).is_new
    (asked,) = await deliveries(db, kind="claim")
    assert (asked.channel_id, asked.state, asked.details["link"]) == (BACKSTAGE, "pending", claim.speaker.link)
    assert await direct(db) == []
    with pytest.raises(NotAllowedError):
        await decide_claim(db, clock, server_id=SERVER, link=claim.speaker.link, agreed=True, by=BEN, check=nobody)
    await decide_claim(db, clock, server_id=SERVER, link=claim.speaker.link, agreed=True, by=ROBIN, check=anybody)
    assert await direct(db) == [("check_in", "pending"), ("chase", "pending")]
    assert [row.state for row in await deliveries(db, kind="claim")] == ["withdrawn"]


async def test_claim_that_is_refused_leaves_nothing_behind(db: Database, clock: SteppedClock) -> None:
    await hall(db, clock)
    link = (await claim_talk(db, clock, server_id=SERVER, talk_id=3, user_id=ADA)).speaker.link
    await decide_claim(db, clock, server_id=SERVER, link=link, agreed=False, by=ROBIN, check=anybody)
    assert await links_of(db, clock, SERVER, ADA) == []
    with pytest.raises(CommandError, match="not there any more"):
        await decide_claim(db, clock, server_id=SERVER, link=link, agreed=True, by=ROBIN, check=anybody)


async def test_check_in_withdraws_the_chase_and_is_the_speakers_or_a_moderators_to_say(
    db: Database, clock: SteppedClock
) -> None:
    await hall(db, clock)
    link = (await linked(db, clock)).speaker.link
    with pytest.raises(NotAllowedError, match="only the speaker"):
        await check_in(db, clock, server_id=None, link=link, by=BEN)
    with pytest.raises(NotAllowedError):
        await check_in(db, clock, server_id=SERVER, link=link, by=BEN, check=nobody)
    assert (await check_in(db, clock, server_id=None, link=link, by=ADA)).is_new
    assert not (await check_in(db, clock, server_id=SERVER, link=link, by=ROBIN, check=anybody)).is_new
    assert await direct(db) == [("check_in", "pending"), ("chase", "withdrawn")]


async def test_whoever_only_claims_it_cannot_check_in(db: Database, clock: SteppedClock) -> None:
    await hall(db, clock)
    link = (await claim_talk(db, clock, server_id=SERVER, talk_id=3, user_id=ADA)).speaker.link
    with pytest.raises(CommandError, match="a moderator has yet to agree"):
        await check_in(db, clock, server_id=None, link=link, by=ADA)


async def test_questions_whether_they_are_here_follow_the_clock(db: Database, clock: SteppedClock) -> None:
    await hall(db, clock)
    await linked(db, clock)
    assert [row.due_at for row in await deliveries(db, user_id=ADA)] == [at("12:20"), at("12:30")]
    clock.jump(at("12:36"))
    await tap_clock(db, clock, server_id=SERVER, session_id=1, tap=Tap(TimingKind.START, ROBIN), check=anybody)
    (chase,) = await deliveries(db, user_id=ADA, kind="chase")
    assert (chase.due_at, chase.expires_at) == (at("12:36"), at("12:46"))


async def test_cues_are_owed_to_who_is_on_stage_and_wants_them(db: Database, clock: SteppedClock) -> None:
    await hall(db, clock)
    link = (await linked(db, clock, talk=1)).speaker.link
    clock.jump(at("12:30"))
    await tap_clock(db, clock, server_id=SERVER, session_id=1, tap=Tap(TimingKind.START, ROBIN), check=anybody)
    assert await deliveries(db, kind="speaker_cue") == []
    assert (await choose_cues(db, clock, link=link, by=ADA)).speaker.wants_cues
    cues = await deliveries(db, kind="speaker_cue")
    for_console = await deliveries(db, kind="cue")
    assert [cue.due_at for cue in cues] == [cue.due_at for cue in for_console]
    assert {(cue.channel_id, cue.user_id) for cue in cues} == {(DM, ADA)}
    await choose_cues(db, clock, link=link, by=ADA)
    assert {row.state for row in await deliveries(db, kind="speaker_cue")} == {"withdrawn"}
    with pytest.raises(NotAllowedError):
        await choose_cues(db, clock, link=link, by=BEN)


async def test_chasing_is_muted_for_a_server(db: Database, clock: SteppedClock) -> None:
    await hall(db, clock)
    await linked(db, clock)
    await set_chasing(db, clock, server_id=SERVER, chases=False)
    assert await direct(db) == [("check_in", "pending"), ("chase", "withdrawn")]
    await set_chasing(db, clock, server_id=SERVER, chases=True)
    assert await direct(db) == [("check_in", "pending"), ("chase", "pending")]


async def test_unlinking_withdraws_everything(db: Database, clock: SteppedClock) -> None:
    await hall(db, clock)
    await linked(db, clock)
    await unlink_speaker(db, clock, server_id=SERVER, talk_id=3, user_id=ADA, check=None)
    assert await direct(db) == [("check_in", "withdrawn"), ("chase", "withdrawn")]
    with pytest.raises(CommandError, match="not linked"):
        await unlink_speaker(db, clock, server_id=SERVER, talk_id=3, user_id=ADA, check=None)


async def test_bounds_and_other_servers(db: Database, clock: SteppedClock) -> None:
    await hall(db, clock)
    for talk in range(1, CLAIMS_AT_MOST + 1):
        await claim_talk(db, clock, server_id=SERVER, talk_id=talk, user_id=BEN)
    with pytest.raises(CommandError, match="wait for a moderator already"):
        await claim_talk(db, clock, server_id=SERVER, talk_id=CLAIMS_AT_MOST + 1, user_id=BEN)
    for user in range(100, 100 + SPEAKERS_AT_MOST):
        await linked(db, clock, 15, user)
    with pytest.raises(CommandError, match="linked with this talk already"):
        await linked(db, clock, 15, ADA)
    with pytest.raises(CommandError, match="not in this server's programme"):
        await claim_talk(db, clock, server_id=OTHER_SERVER, talk_id=3, user_id=ADA)
    assert await links_of(db, clock, OTHER_SERVER, BEN) == []


async def test_every_row_for_a_speaker_names_whose_it_is(db: Database, clock: SteppedClock) -> None:
    await hall(db, clock)
    await linked(db, clock)
    async with db.reading() as session:
        rows: list[Delivery] = [row for row in await deliveries(db) if row.channel_id == DM]
        assert session is not None
    assert {row.user_id for row in rows} == {ADA}


async def test_cancelled_talk_of_a_speaker_keeps_them_from_no_other_and_can_be_given_up(
    db: Database, clock: SteppedClock
) -> None:
    await hall(db, clock)
    await linked(db, clock, talk=3)
    await linked(db, clock, talk=5)
    await edit_talk(db, clock, server_id=SERVER, session_id=1, edit=TalkEdit(3, cancelled=True), by=ROBIN)
    assert [one.talk.id for one in await links_of(db, clock, SERVER, ADA)] == [5]
    gone = await unlink_speaker(db, clock, server_id=SERVER, talk_id=3, user_id=ADA, check=None)
    assert gone.talk.id == 3


async def test_claims_of_a_crowd_keep_no_speaker_from_being_linked(db: Database, clock: SteppedClock) -> None:
    await hall(db, clock)
    for user in range(100, 100 + CLAIMS_OF_A_TALK):
        await claim_talk(db, clock, server_id=SERVER, talk_id=3, user_id=user)
    with pytest.raises(CommandError, match="claims of this talk wait"):
        await claim_talk(db, clock, server_id=SERVER, talk_id=3, user_id=BEN)
    assert (await linked(db, clock)).is_new


async def test_moderators_agree_to_no_more_claims_than_speakers_may_be_linked(
    db: Database, clock: SteppedClock
) -> None:
    await hall(db, clock)
    link = (await claim_talk(db, clock, server_id=SERVER, talk_id=3, user_id=ADA)).speaker.link
    for user in range(100, 100 + SPEAKERS_AT_MOST):
        await linked(db, clock, 3, user)
    with pytest.raises(CommandError, match="linked with this talk already"):
        await decide_claim(db, clock, server_id=SERVER, link=link, agreed=True, by=ROBIN, check=anybody)


async def test_no_under_a_claim_that_was_agreed_to_meanwhile_takes_nobody_away(
    db: Database, clock: SteppedClock
) -> None:
    await hall(db, clock)
    link = (await claim_talk(db, clock, server_id=SERVER, talk_id=3, user_id=ADA)).speaker.link
    await linked(db, clock)
    with pytest.raises(CommandError, match="linked already"):
        await decide_claim(db, clock, server_id=SERVER, link=link, agreed=False, by=BEN, check=anybody)
    assert [one.talk.id for one in await links_of(db, clock, SERVER, ADA)] == [3]


async def test_speaker_whose_direct_messages_open_later_is_owed_the_questions_then(
    db: Database, clock: SteppedClock
) -> None:
    await hall(db, clock)
    await linked(db, clock, user=BEN)
    assert await deliveries(db, user_id=BEN) == []
    await remember_direct_channel(db, BEN, 901)
    await owe_speaker(db, clock, BEN)
    assert [row.kind for row in await deliveries(db, user_id=BEN)] == ["check_in", "chase"]


async def test_whoever_said_that_they_are_here_on_another_day_is_asked_again_and_missing(
    db: Database, clock: SteppedClock
) -> None:
    await hall(db, clock)
    link = (await linked(db, clock)).speaker.link
    clock.jump(at("12:25"))
    await check_in(db, clock, server_id=None, link=link, by=ADA)
    async with db.transaction(NOBODY) as session:
        await session.exec(update(Delivery).where(col(Delivery.kind) == "check_in").values(state="sent", message_id=1))
    tomorrow = [replace(t, starts_at=t.starts_at + DAY, ends_at=t.ends_at + DAY) for t in a_session().talks]
    await import_page(db, clock, a_schedule(a_session(*tomorrow)))
    assert [(row.kind, row.state, row.due_at) for row in await deliveries(db, user_id=ADA, state="pending")] == [
        ("check_in", "pending", at("12:10", day="2022-07-22")),
        ("chase", "pending", at("12:30", day="2022-07-22")),
    ]
