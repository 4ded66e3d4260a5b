"""People at the page run the session themselves, with the real bot, while what can go wrong does."""

from __future__ import annotations

from base64 import b64encode
from datetime import datetime, timedelta
from http import HTTPStatus
from pathlib import Path

import aiohttp
import pytest
from sqlmodel import select

from bot.rehearsal.cast import Cast
from bot.rules.reminders import Kind
from db.database import Database
from db.tables import Delivery
from tests.rehearsal.page.played import Play, playing

HEAD = b"title,start,end,room\n"
SHORT = HEAD + b"One,2022-07-21 12:30,2022-07-21 12:35,Hall F\nTwo,2022-07-21 12:35,2022-07-21 12:40,Hall F\n"
OTHER = HEAD + b"An extra,2022-07-21 16:30,2022-07-21 16:35,Hall F\n"


@pytest.mark.slow
async def test_newcomer_runs_a_session_asks_votes_and_kills_the_bot(
    tmp_path: Path, http: aiohttp.ClientSession
) -> None:
    async with playing(tmp_path, http, Cast.LIVELY) as play:
        hall = play.rehearsal.hall
        moderator, ada, yusuf = (play.somebody(person) for person in (hall.moderator, *hall.attendees[:2]))
        await play.browser.send("control/clock", speed=10)
        await play.somebody(hall.speakers[0]).message("Are you here?", button="I am here")
        await moderator.console("Start")
        assert (await play.until(took_part=True))["cast"] == {"moderator": False, "attendees": True}
        await moderator.console("+1 min")
        await moderator.console("Next")
        await moderator.console("Undo")
        await ada.slash(hall.channel.id, "ask", question="Is the code available?")
        await ada.message("is number", "in line")
        await play.browser.send("control/bot", restart=True)
        assert (await play.until(bot="restarting"))["cast"]["moderator"] is False
        await play.until(bot="online")
        await yusuf.slash(hall.channel.id, "questions list")
        await yusuf.press(await yusuf.message("Is the code available?", button="Vote"), "Vote")
        await yusuf.message("1 vote", "you voted")
        await moderator.console("Next question")
        await ada.message("Is the code available?</h")
        await moderator.console("Answered")
        await play.browser.send("control/finish")
        summary = await play.ended()
    assert summary.is_clean, str(summary)
    assert (summary.lost, summary.doubled) == ((), 0)
    assert "1 put to the speaker (1 marked as answered)" in str(summary)


@pytest.mark.long
async def test_jumps_pass_nothing_over_and_a_dropped_file_is_imported(
    tmp_path: Path, http: aiohttp.ClientSession
) -> None:
    async with playing(tmp_path, http, Cast.NOBODY, content=SHORT) as play:
        clock, manager = play.rehearsal.clock, play.somebody(play.rehearsal.hall.manager)
        file = {"name": "extra.csv", "content": b64encode(OTHER).decode()}
        done = await play.browser.send("act/drop", None, file=file)
        assert (done["as"], done["channel"]) == (str(manager.person.id), str(play.rehearsal.hall.backstage.id))
        question = "Name the time zone"
        form = (await manager.press(await manager.message("name no time zone", button=question), question))["form"]
        zone = {form["fields"][0]["id"]: "America/New_York"}
        await play.browser.send("act/submit", manager.person, form=form["token"], values=zone)
        await manager.press(await manager.message(button="Import"), "Import")
        await manager.message("Imported", "1 new")
        reached = [clock.now()]
        while (jumped := await play.browser.sent("control/clock", jump=True))[0] == HTTPStatus.OK:
            reached.append(clock.now())
        assert jumped == (HTTPStatus.CONFLICT, {"error": "nothing more comes. End the rehearsal."})
        assert reached == sorted(set(reached))
        due = await owed(play)
        assert len(due) == 3
        assert due <= set(reached)
        await play.browser.send("control/finish")
        summary = await play.ended()
    assert summary.is_clean, str(summary)
    assert max(summary.lateness_ms) < timedelta(seconds=2) / timedelta(milliseconds=1)


async def owed(play: Play) -> set[datetime]:
    """When each reminder was due."""
    db = Database(play.rehearsal.bot.database_url)
    async with db.reading() as session:
        found = set(await session.exec(select(Delivery.due_at).where(Delivery.kind == Kind.UP_NEXT)))
    await db.close()
    return found


@pytest.mark.slow
async def test_trouble_at_its_worst_loses_nothing(tmp_path: Path, http: aiohttp.ClientSession) -> None:
    """Discord goes away while the cast acts, the bot is killed meanwhile, and the end comes while it is gone."""
    async with playing(tmp_path, http, Cast.LIVELY) as play:
        ada = play.somebody(play.rehearsal.hall.attendees[0])
        await play.browser.send("control/clock", speed=60)
        await play.browser.send("control/faults", slow=True)
        await play.browser.send("control/faults", down=True)
        await play.until(bot="gone", speed=30)
        status, line = await play.browser.refused(
            "act/slash", ada.person, channel=str(play.rehearsal.hall.channel.id), path="now"
        )
        assert (status, line) == (424, "The application did not respond")
        await play.browser.send("control/bot", restart=True)
        await play.browser.send("control/finish")
        summary = await play.ended()
    assert summary.is_clean, str(summary)
    assert (summary.lost, summary.doubled) == ((), 0)


@pytest.mark.long
async def test_it_ends_by_itself_where_nobody_takes_part(tmp_path: Path, http: aiohttp.ClientSession) -> None:
    async with playing(tmp_path, http, Cast.NOBODY, content=SHORT) as play:
        await play.browser.send("control/clock", speed=600)
        summary = await play.ended()
    assert (summary.lost, summary.posted, summary.expected) == (None, 2, 2)
    assert summary.is_clean, str(summary)
