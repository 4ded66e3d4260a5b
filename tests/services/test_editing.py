"""A new length counts at once, also where the run goes before the plan."""

from __future__ import annotations

from datetime import timedelta

from bot.rules.run import TimingKind
from bot.rules.taps import Tap
from bot.services.cue_settings import CueChoice, set_cues
from bot.services.editing import TalkEdit, edit_talk
from bot.services.moderators import set_moderators
from bot.services.programme import PlacedSession
from bot.services.timekeeping import live_session, tap_clock
from db.database import Database
from tests.builders import FIRST_START, SERVER
from tests.clocks import SteppedClock
from tests.services.store import deliveries, import_page, talks, use_channel

MODERATOR, BACKSTAGE = 7, 77
MINUTE = timedelta(minutes=1)


async def tap(db: Database, clock: SteppedClock, session_id: int, kind: TimingKind, **more: object) -> None:
    wanted = Tap(kind, MODERATOR, **more)  # type: ignore[arg-type] # as a test names them
    await tap_clock(db, clock, server_id=SERVER, session_id=session_id, tap=wanted, check=lambda _placed: None)


async def started(db: Database, clock: SteppedClock) -> tuple[int, int, int]:
    """The session with its first talk of five minutes on stage; its key and those of its first two talks."""
    await use_channel(db, clock)
    await set_moderators(db, clock, server_id=SERVER, channel_id=BACKSTAGE, role_id=None)
    await set_cues(db, clock, server_id=SERVER, choice=CueChoice(kind="", marks=[MINUTE]))
    await import_page(db, clock)
    first, second = (await talks(db))[:2]
    clock.jump(FIRST_START)
    await tap(db, clock, first.session_id, TimingKind.START)
    return first.session_id, first.id or 0, second.id or 0


async def edit(db: Database, clock: SteppedClock, session_id: int, wanted: TalkEdit) -> PlacedSession:
    return await edit_talk(db, clock, server_id=SERVER, session_id=session_id, edit=wanted, by=MODERATOR)


async def test_longer_talk_on_stage_is_owed_again_the_signal_it_was_given(db: Database, clock: SteppedClock) -> None:
    session_id, first, _ = await started(db, clock)
    clock.jump(FIRST_START + timedelta(minutes=4, seconds=30))
    await edit(db, clock, session_id, TalkEdit(first, length=timedelta(minutes=8)))
    marks = [row.due_at for row in await deliveries(db, kind="cue", talk_id=first) if row.details["mark"] == "60.0"]
    assert FIRST_START + timedelta(minutes=7) in marks


async def test_new_length_of_an_extended_talk_holds_its_extension(db: Database, clock: SteppedClock) -> None:
    session_id, first, _ = await started(db, clock)
    await tap(db, clock, session_id, TimingKind.EXTEND, amount=MINUTE)
    after = await edit(db, clock, session_id, TalkEdit(first, length=timedelta(minutes=8)))
    assert after.expected.talks[0].ends_at == FIRST_START + timedelta(minutes=8)


async def test_undo_takes_the_new_length_of_a_talk_on_stage_back(db: Database, clock: SteppedClock) -> None:
    session_id, first, _ = await started(db, clock)
    await edit(db, clock, session_id, TalkEdit(first, length=timedelta(minutes=8)))
    await tap(db, clock, session_id, TimingKind.UNDO)
    live = await live_session(db, clock, server_id=SERVER, session_id=session_id)
    assert live.expected.talks[0].ends_at == FIRST_START + timedelta(minutes=5)


async def test_new_length_goes_before_an_earlier_rebalance(db: Database, clock: SteppedClock) -> None:
    session_id, _, second = await started(db, clock)
    await tap(db, clock, session_id, TimingKind.EXTEND, amount=timedelta(minutes=20))
    await tap(db, clock, session_id, TimingKind.REBALANCE, confirmed=True)
    live = await live_session(db, clock, server_id=SERVER, session_id=session_id)
    assert second in live.placed.run.lengths
    after = await edit(db, clock, session_id, TalkEdit(second, length=timedelta(minutes=4)))
    expected = after.expected.talks[1]
    assert expected.ends_at - expected.starts_at == timedelta(minutes=4)
