"""What an audit log keeps: titles of this server's own, no question's text, and nobody who was removed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from sqlalchemy import update

from bot.delivery.compose import gather, write
from bot.errors import ScheduleQuestion
from bot.rules.audit import Act
from bot.services.audit import DELETED_QUESTION, Entry, acts, record_act, set_audit_channel
from bot.services.privacy import remove_person
from bot.services.speakers import claim_talk, decide_claim
from db.beside import write_beside
from db.database import NOBODY, Database
from db.tables import Delivery
from tests.builders import CHANNEL, SERVER, a_schedule, a_session, a_talk
from tests.clocks import SteppedClock
from tests.services.store import deliveries, everything, import_page
from tests.services.stored_questions import GRACE, a_question

OTHER_SERVER = 81384788765712999


async def recorded(
    db: Database, clock: SteppedClock, details: Mapping[str, str], server_id: int = SERVER
) -> Mapping[str, str]:
    await record_act(db, clock, server_id=server_id, act=Act(5, "/qa dismiss", details, None, clock.now()))
    return (await acts(db, server_id, limit=1))[0].details


@pytest.mark.parametrize(("key", "shown"), [("session#1", "Sound"), ("talk#1", "Bells"), ("question#7", "Why?")])
async def test_key_is_shown_as_what_it_stands_for_on_its_own_server_alone(
    db: Database, clock: SteppedClock, key: str, shown: str
) -> None:
    await import_page(db, clock, a_schedule(a_session(a_talk("Bells"), title="Sound")))
    await a_question(db, 7)
    assert await recorded(db, clock, {"room": key}) == {"room": shown}
    assert shown not in str(await recorded(db, clock, {"room": key}, OTHER_SERVER))


async def test_text_of_a_question_is_not_kept_longer_than_the_question(db: Database, clock: SteppedClock) -> None:
    await import_page(db, clock)
    await a_question(db, 7, text="Why not?")
    assert await recorded(db, clock, {"question": "question#7"}) == {"question": "Why not?"}
    assert "Why not?" not in str(everything(db)["audit_entries"])
    assert await recorded(db, clock, {"question": "question#8"}) == {"question": DELETED_QUESTION}


async def test_removed_person_is_taken_out_of_longer_texts_as_well(db: Database, clock: SteppedClock) -> None:
    await recorded(db, clock, {"title": f"With <@{GRACE}> and <@!{GRACE}>"})
    await remove_person(db, clock, GRACE)
    assert str(GRACE) not in str(everything(db)["audit_entries"])


async def test_messages_that_told_what_a_removed_person_did_are_edited_and_no_others(
    db: Database, clock: SteppedClock
) -> None:
    await set_audit_channel(db, server_id=SERVER, channel_id=CHANNEL)
    for by, details in ((GRACE, {}), (5, {"to": f"<@{GRACE}>"}), (5, {})):
        await record_act(db, clock, server_id=SERVER, act=Act(by, "/timer next", details, None, clock.now()))
    async with db.transaction(NOBODY) as session:
        await session.exec(update(Delivery).values(state="sent", shown_text=""))
    await remove_person(db, clock, GRACE)
    assert [row.edit_at is not None for row in await deliveries(db, kind="audit")] == [True, True, False]
    material = await gather(db, await deliveries(db, kind="audit"), clock.now())
    assert str(GRACE) not in str([write(material, row) for row in await deliveries(db, kind="audit")])


def an_entry(clock: SteppedClock, *, recorded: bool = True) -> Entry:
    act = Act(5, "pressed", {"button": "Import"}, None, clock.now())
    return Entry(clock, SERVER, lambda: act if recorded else None)


async def logged(db: Database) -> list[Mapping[str, str]]:
    return [act.details for act in await acts(db, SERVER, limit=9)]


async def test_import_is_recorded_with_it_and_says_what_it_came_to(db: Database, clock: SteppedClock) -> None:
    write_beside(entry := an_entry(clock))
    await import_page(db, clock)
    assert entry.is_written
    came_to = {"conference": "Conference of July 2022", "source": "Deep Learning", "talks": "15 new"}
    assert await logged(db) == [{"button": "Import", **came_to}]
    await entry.write_late(db)
    assert len(await logged(db)) == 1


async def test_import_that_fails_is_not_recorded(db: Database, clock: SteppedClock) -> None:
    write_beside(an_entry(clock))
    with pytest.raises(ScheduleQuestion):
        await import_page(db, clock, replace(a_schedule(), timezone=None, page_timezone=None))
    await set_audit_channel(db, server_id=SERVER, channel_id=CHANNEL)
    assert await logged(db) == []


async def test_act_that_stored_nothing_is_recorded_after_it_and_what_is_no_act_never(
    db: Database, clock: SteppedClock
) -> None:
    write_beside(entry := an_entry(clock))
    await entry.write_late(db)
    assert await logged(db) == [{"button": "Import"}]
    write_beside(shown := an_entry(clock, recorded=False))
    await import_page(db, clock)
    await shown.write_late(db)
    assert len(await logged(db)) == 1


async def test_claim_that_is_decided_is_recorded_with_who_and_which_talk(db: Database, clock: SteppedClock) -> None:
    await import_page(db, clock)
    claim = await claim_talk(db, clock, server_id=SERVER, talk_id=1, user_id=GRACE)
    write_beside(an_entry(clock))
    await decide_claim(
        db, clock, server_id=SERVER, link=claim.speaker.link, agreed=True, by=5, check=lambda _placed: None
    )
    (details,) = await logged(db)
    assert (details["member"], details["talk"]) == (f"<@{GRACE}>", claim.talk.title)
