"""The page: it stands alone, escapes everything, and tells what there is."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape

import pytest
from selectolax.lexbor import LexborHTMLParser

from benchmarks.reporting_rows import SERVER, MadeConference
from bot.conference_report.page import report_page
from bot.services.conference_report import conference_report
from db.database import NOBODY, Database
from db.tables import Session, Talk
from tests.conference_report.made import name_moderators, reported

HOSTILE = (
    '<script>alert("1")</script><img src=x onerror=alert(2)> </style></svg><svg onload=alert(3)> '
    '{{ 7*7 }} "#010101" $x^2$'
)
LONG = "עִבְרִית 🎉 " + "Überlänge " * 50
ALLOWED = (
    "html head meta title style link body header main section nav footer p h1 h2 a strong em small code span div dl "
    "dt dd ul li table caption thead tbody tr th td details summary bdi i svg g path defs clipPath rect use text tspan"
)


async def page_of(db: Database, made: MadeConference, now: datetime | None = None) -> str:
    return report_page(await reported(db, made, now)).decode()


async def test_page_asks_nobody_for_anything_and_runs_nothing(db: Database) -> None:
    page = await page_of(db, MadeConference(rooms=3, days=2, talks=3))
    tree = LexborHTMLParser(page)
    policy = tree.css_first('meta[http-equiv="Content-Security-Policy"]')
    assert policy is not None
    assert (policy.attributes["content"] or "").startswith(
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    )
    assert tree.css("script, iframe, object, embed, img, base, form") == []
    assert not re.search(r"https?:|//|@import|url\((?!#)", re.sub(r'xmlns(:xlink)?="[^"]*"', "", page))
    linked = [node.attributes.get(name) or "" for name in ("href", "src") for node in tree.css(f"[{name}]")]
    assert [address for address in linked if not address.startswith(("#", "data:,"))] == []


async def test_each_reference_within_the_page_leads_to_one_place(db: Database) -> None:
    page = await page_of(db, MadeConference(rooms=3, days=2, talks=3))
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'(?:href="|url\()#([^")]+)', page)) <= set(ids)


async def test_hostile_names_are_shown_as_text(db: Database) -> None:
    made = MadeConference(rooms=2, days=1, talks=3, name=HOSTILE)
    await made.store(db)
    await name_moderators(db, SERVER)
    async with db.transaction(NOBODY) as session:
        for key in (1, 2):
            row = await session.get(Session, key)
            assert row is not None
            row.title, row.room, row.moderator = HOSTILE, HOSTILE, HOSTILE
        for key in range(1, 7):
            talk = await session.get(Talk, key)
            assert talk is not None
            talk.title, talk.room, talk.kind = (LONG if key % 2 else HOSTILE), HOSTILE, HOSTILE[:100]
    page = report_page(await conference_report(db, 1, made.over_at)).decode()
    tree = LexborHTMLParser(page)
    assert {(node.tag or "").lower() for node in tree.css("*")} <= {tag.lower() for tag in ALLOWED.split()}
    assert [name for node in tree.css("*") for name in node.attributes if name.startswith("on")] == []
    shown = unescape(" ".join(tree.text().split()))
    assert 'alert("1")' in shown
    assert "{{ 7*7 }}" in shown
    assert "Überlänge Überlänge" in shown


async def test_page_is_the_same_each_time(db: Database) -> None:
    report = await reported(db, MadeConference(rooms=3, days=2, talks=3))
    assert report_page(report) == report_page(report)


async def test_moderators_are_named_only_where_the_server_wants_it(db: Database) -> None:
    made = MadeConference(rooms=2, days=1, talks=2)
    assert "Moderator</th>" not in await page_of(db, made)
    await name_moderators(db, SERVER)
    report = await conference_report(db, 1, made.over_at)
    name = report.sessions[0].report.session.moderator
    page = report_page(report).decode()
    assert name
    assert "Moderator</th>" in page
    assert f"<bdi>{name}</bdi>" in page


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (
            MadeConference(rooms=1, days=1, talks=1, questions=0, timed=False),
            ["No session’s clock was started", "not timed", "No questions"],
        ),
        (
            MadeConference(rooms=1, days=1, talks=1, questions=1),
            ["1 talk in 1 session in 1 room", "Its moderator kept the clock, and tapped"],
        ),
        (MadeConference(rooms=3, days=1, talks=3, running=True), ["so far", "3 sessions are still running"]),
        (MadeConference(rooms=2, days=4, talks=3), ["Mon 18 July 2022 to Thu 21 July 2022"]),
    ],
    ids=["nobody timed it", "one talk", "still running", "four days"],
)
async def test_page_says_what_there_is(db: Database, made: MadeConference, words: list[str]) -> None:
    text = " ".join(LexborHTMLParser(await page_of(db, replace(made))).text().split())
    assert [word for word in words if word not in text] == []


async def test_page_holds_every_kinds_numbers(db: Database) -> None:
    report = await reported(db, MadeConference(rooms=3, days=2, talks=5))
    tree = LexborHTMLParser(report_page(report).decode())
    captions = [node.text().split("\n")[0].strip() for node in tree.css("caption")]
    assert sum(caption.startswith("Overrun by kind") for caption in captions) == 1
    assert [node for node in tree.css("table") if node.css_first("caption") is None] == []
    assert [node.html for node in tree.css("th") if node.attributes.get("scope") not in ("col", "row")] == []
    assert [node for node in tree.css('[role="img"]') if not node.attributes.get("aria-label")] == []


async def test_conference_before_it_begins_is_all_to_come(db: Database) -> None:
    made = MadeConference(rooms=1, days=1, talks=2, questions=0, timed=False)
    text = await page_of(db, made, datetime(2022, 7, 1, tzinfo=UTC))
    assert "still to come" in text
    assert "nobody timed it" in text  # the scale explains it
    assert "not timed</span>" not in text
