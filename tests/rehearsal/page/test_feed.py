from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import WSCloseCode

from bot.messages import announcements
from bot.messages.message import Message
from bot.rehearsal.loopback import GatewayChanged, Thread
from bot.rehearsal.loopback.world import posting
from bot.rehearsal.loopback.world.channels import ChannelKind
from bot.rehearsal.loopback.world.messages import Cause, MessageFlag
from bot.rehearsal.loopback.world.messages import Message as Posted
from bot.rehearsal.loopback.world.posting import Change, Draft
from bot.rehearsal.page import Page
from bot.rehearsal.page.course import Course
from bot.rehearsal.page.views import BEHIND, Listener
from bot.rehearsal.rehearsal import Rehearsal
from tests.builders import FIRST_START, NEW_YORK, a_place, a_schedule, a_session, a_talk, expected, minutes
from tests.rehearsal.page.browser import Browser, Window
from tests.rehearsal.page.conftest import NOW, TALKS

ID = "d" * 22
NOW_MS, FIRST_MS = int(NOW.timestamp() * 1000), int(FIRST_START.timestamp() * 1000)
PLAIN = Draft()

Json = dict[str, Any]


@asynccontextmanager
async def watching(http: aiohttp.ClientSession, page: Page) -> AsyncIterator[Window]:
    async with Browser(http, page).watching() as window:
        yield window


def post(rehearsal: Rehearsal, message: Message, like: Draft = PLAIN) -> Posted:
    """Post as the bot does, otherwise like a draft."""
    buttons = [
        {"type": 2, "style": 1 if button.primary else 2, "label": button.label, "custom_id": button.custom_id}
        for button in message.buttons
    ]
    rows = [{"type": 1, "components": buttons}] if buttons else []
    channel, world = rehearsal.hall.channel, rehearsal.loopback.world
    return posting.post(world, channel, world.bot, replace(like, content=message.content, components=rows))


def a_reminder(title: str = "Title") -> Message:
    session = expected(a_talk(title))
    return announcements.up_next_reminder(session, session.talks, a_place(timezone=NEW_YORK), ID)


async def test_late_joiner_gets_the_whole_state(rehearsal: Rehearsal, page: Page, http: aiohttp.ClientSession) -> None:
    hall = rehearsal.hall
    reminder = post(rehearsal, a_reminder())
    async with watching(http, page) as browser:
        name, state = await browser.next()
    general = next(iter(hall.server.channels.values()))
    drawn, people = state.pop("messages"), state.pop("people")
    assert name == "state"
    assert state == {
        "places": [
            {
                "name": "ICML 2022",
                "channels": [
                    {"id": str(general.id), "name": "general", "kind": "text", "topic": general.topic or ""},
                    {"id": str(hall.channel.id), "name": "hall-f", "kind": "text", "topic": hall.channel.topic or ""},
                    {"id": str(hall.backstage.id), "name": "moderators", "kind": "text", "topic": ""},
                ],
            }
        ],
        "clock": {"now": NOW_MS, "speed": 0, "offset": -240, "zone": "EDT"},
        "course": {"starts": [FIRST_MS, FIRST_MS + 300_000], "ends": FIRST_MS + 600_000, "opens": FIRST_MS - 420_000},
        "online": None,
        "summary": None,
        "me": None,
        "control": {
            "speed": 0,
            "paused": False,
            "resume_speed": 1.0,
            "cast": {"moderator": False, "attendees": False},
            "down": False,
            "slow": False,
            "bot": "starting",
            "took_part": False,
            "finished": False,
            "next": None,
        },
    }
    assert [(person["name"], person["role"]) for person in people[:4]] == [
        ("Mona (organiser)", "manager"),
        ("Robin Walters (moderator)", "moderator"),
        ("Sam (speaker)", "speaker"),
        ("Ada", "attendee"),
    ]
    about = f'datetime="2022-07-21T19:30:00Z" title="Thursday, 21 July 2022 15:30" data-unix="{FIRST_MS // 1000}"'
    assert drawn == [
        {
            "id": str(reminder.id),
            "channel": str(hall.channel.id),
            "author": {"name": "Chairside", "initials": "C", "colour": rehearsal.loopback.bot.id % 6, "bot": True},
            "at": NOW_MS,
            "time": "15:25",
            "html": (
                f'<p dir="auto">Up next <time {about} data-style="R">in 5 minutes</time>: <strong>Title</strong>\n'
                "Spotlight · Chen Cai and Yusu Wang\n"
                f'15:30 EDT · 12:30 PDT (<time {about} data-style="t">15:30</time> your time) · 5 min\n'
                "Hall F · Deep Learning</p>"
            ),
            "thinking": False,
            "edited": False,
            "live": None,
            "private": None,
            "dismissable": False,
            "aside": False,
            "cause": None,
            "files": [],
            "rows": [
                [
                    {
                        "id": button["custom_id"],
                        "kind": "button",
                        "label": label,
                        "look": "secondary",
                        "emoji": None,
                        "disabled": False,
                    }
                    for label, button in zip(("Details", "Agenda", "Ask", "Remind me"), reminder.buttons, strict=True)
                ]
            ],
        }
    ]


async def test_messages_are_told_as_they_come_change_and_go(
    rehearsal: Rehearsal, page: Page, http: aiohttp.ClientSession
) -> None:
    world = rehearsal.loopback.world
    place = a_place(timezone=NEW_YORK)
    async with watching(http, page) as browser:
        await browser.next()
        board = post(rehearsal, announcements.board([expected(*TALKS)], place, ID))
        _, created = await browser.next()
        rehearsal.clock.run_from(FIRST_START, 0)
        name, clock = await browser.next()
        assert (name, clock["now"]) == ("clock", FIRST_MS)
        changed = announcements.board([expected(*TALKS, now=FIRST_START)], place, ID)
        posting.edit(world, board, Change(content=changed.content))
        _, edited = await browser.next()
        posting.delete(world, board)
        gone = await browser.next()
    assert (created["live"], created["edited"], created["time"]) == ("board", False, "15:25")
    assert "nothing on stage" in created["html"]
    assert (edited["id"], edited["edited"], edited["time"]) == (created["id"], True, "15:25")
    assert "Now: <strong>Convergence of Invariant Graph Networks</strong>" in edited["html"]
    assert gone == ("gone", {"channel": str(rehearsal.hall.channel.id), "id": str(board.id)})


async def test_private_answers_say_for_whom_and_why(
    rehearsal: Rehearsal, page: Page, http: aiohttp.ClientSession
) -> None:
    ada = rehearsal.hall.attendees[0].user
    flags = MessageFlag.EPHEMERAL
    async with watching(http, page) as browser:
        await browser.next()
        post(rehearsal, Message("Soon"), Draft(only_for=ada, flags=flags, cause=Cause(1, 2, ada, "upnext")))
        thinking = Draft(only_for=ada, flags=flags | MessageFlag.LOADING, cause=Cause(2, 3, ada))
        post(rehearsal, Message(""), thinking)
        told = [(await browser.next())[1] for _ in range(2)]
    assert [(m["private"], m["cause"], m["thinking"]) for m in told] == [
        ("Ada", "Ada used /upnext", False),
        ("Ada", "For Ada", True),
    ]


async def test_answers_about_questions_are_asides_also_after_a_refusal_took_their_place(
    rehearsal: Rehearsal, page: Page, http: aiohttp.ClientSession
) -> None:
    ada = rehearsal.hall.attendees[0].user
    private = Draft(only_for=ada, flags=MessageFlag.EPHEMERAL)
    async with watching(http, page) as browser:
        await browser.next()
        thinking = replace(private, flags=private.flags | MessageFlag.LOADING, cause=Cause(1, 2, ada, "ask"))
        post(rehearsal, Message(""), thinking)
        listed = post(rehearsal, Message("**Questions** for **Title**"), private)
        posting.edit(rehearsal.loopback.world, listed, Change(content="that question is answered."))
        post(rehearsal, Message("**Next**"), private)
        told = [(await browser.next())[1] for _ in range(4)]
    assert [message["aside"] for message in told] == [True, True, True, False]


async def test_thread_stands_below_its_channel_and_names_it(
    rehearsal: Rehearsal, page: Page, http: aiohttp.ClientSession
) -> None:
    hall, world = rehearsal.hall, rehearsal.loopback.world
    head = post(rehearsal, Message("2 questions were not reached."))
    thread = Thread(
        head.id,
        world,
        "Questions: Title",
        ChannelKind.PUBLIC_THREAD,
        trunk=hall.channel,
        owner=world.bot,
        created_at=NOW,
        archived_at=NOW,
    )
    async with watching(http, page) as browser:
        await browser.next()
        hall.server.open_thread(thread, starter=head)
        posting.post(world, thread, world.bot, Draft("**Not reached**"))
        name, state = await browser.next()
    assert name == "state"
    channels = [(place["kind"], place["name"], place["topic"]) for place in state["places"][0]["channels"]]
    assert channels[1:3] == [("text", "hall-f", ""), ("thread", "Questions: Title", "a thread of #hall-f")]
    assert [m["html"] for m in state["messages"] if m["channel"] == str(thread.id)] == [
        '<p dir="auto"><strong>Not reached</strong></p>'
    ]


@pytest.mark.parametrize(
    "title", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</p><h1>x", "&lt;b&gt;"]
)
async def test_hostile_titles_are_text(
    rehearsal: Rehearsal, page: Page, http: aiohttp.ClientSession, title: str
) -> None:
    post(rehearsal, a_reminder(title))
    async with watching(http, page) as browser:
        _, state = await browser.next()
    escaped = title.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    assert f"<strong>{escaped}</strong>" in state["messages"][0]["html"]


async def test_new_places_are_told_with_the_first_message_there(
    rehearsal: Rehearsal, page: Page, http: aiohttp.ClientSession
) -> None:
    ada, world = rehearsal.hall.attendees[0], rehearsal.loopback.world
    async with watching(http, page) as browser:
        await browser.next()
        posting.post(world, ada.direct_channel, world.bot, Draft("Two minutes left."))
        name, state = await browser.next()
    assert name == "state"
    assert state["places"][1] == {
        "name": "Direct messages",
        "channels": [{"id": str(ada.direct_channel.id), "name": "@Ada", "kind": "direct", "topic": ""}],
    }


async def test_bot_clock_and_summary_are_told(rehearsal: Rehearsal, page: Page, http: aiohttp.ClientSession) -> None:
    async with watching(http, page) as browser:
        await browser.next()
        rehearsal.loopback.world.hub.publish(GatewayChanged(1))
        online = await browser.next()
        rehearsal.clock.run_from(FIRST_START, 60)
        _, clock = await browser.next()
        await page.show_summary("15 talks\n<b>", is_clean=True)
        over = await browser.next()
    assert online == ("bot", {"online": True})
    assert (clock["speed"], clock["now"] >= FIRST_MS) == (60, True)
    assert over == ("summary", {"text": "15 talks\n<b>", "clean": True})
    async with watching(http, page) as late:
        _, state = await late.next()
    assert (state["online"], state["summary"]) == (True, {"text": "15 talks\n<b>", "clean": True})


async def test_idle_browser_is_told_the_clock(rehearsal: Rehearsal, http: aiohttp.ClientSession) -> None:
    async with Page(rehearsal, port=0, heartbeat=0.01) as page, watching(http, page) as browser:
        await browser.next()
        assert await browser.next() == ("clock", {"now": NOW_MS, "speed": 0, "offset": -240, "zone": "EDT"})


async def test_end_of_the_rehearsal_ends_the_line(rehearsal: Rehearsal, http: aiohttp.ClientSession) -> None:
    page = Page(rehearsal, port=0)
    await page.start()
    async with watching(http, page) as browser:
        await browser.next()
        _, code = await asyncio.gather(page.stop(), browser.ended())
    assert code == WSCloseCode.OK


async def test_one_who_lags_behind_is_sent_away() -> None:
    listener = Listener()
    for _ in range(2 * BEHIND):
        listener.put(b"event")
    got = [await listener.next(1) for _ in range(BEHIND + 1)]
    assert got == [*[b"event"] * BEHIND, None]
    with pytest.raises(TimeoutError):
        await listener.next(0)


def test_course_of_a_session() -> None:
    course = Course.of(a_schedule(a_session(*TALKS)))
    moments = [FIRST_START + after for after in minutes(-2, 0, 5, 7, 10, 60)]
    assert [(course.standing(moment), course.share(moment)) for moment in moments] == [
        ("begins in 2 minutes", 0.0),
        ("talk 1 of 2", 0.0),
        ("talk 2 of 2", 0.5),
        ("talk 2 of 2", 0.7),
        ("all 2 talks over", 1.0),
        ("all 2 talks over", 1.0),
    ]


def test_course_leaves_out_cancelled_talks() -> None:
    cancelled = a_talk(starts_at=FIRST_START + timedelta(hours=1), cancelled=True)
    course = Course.of(a_schedule(a_session(a_talk(), cancelled)))
    assert (course.starts, course.ends_at) == ((FIRST_START,), FIRST_START + timedelta(minutes=5))
    assert course.standing(course.ends_at) == "the talk is over"


def test_pace_is_starting_until_the_clock_first_runs() -> None:
    course = Course.of(a_schedule(a_session(*TALKS)))
    opens, later = FIRST_START - timedelta(minutes=7), FIRST_START - timedelta(minutes=6)
    paces = [course.pace(opens, 0), course.pace(opens, 60), course.pace(later, 0), course.pace(later, 0.5)]
    assert paces == ["starting …", "60x", "paused", "0.5x"]
