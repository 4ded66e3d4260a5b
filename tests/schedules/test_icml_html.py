from __future__ import annotations

import pytest

from bot.errors import ScheduleQuestion
from bot.schedules.schedule import Session, Talk
from tests.schedules.pages import SAVED, at, read, refusal
from tests.shared import SHARED, needs_shared

WORKSHOPS = SHARED / "icml-2026-workshop.html"
CARD = """
<div class="event-card touchup-date" id="event-54089" data-event-type="Workshop" data-event-id="54089">
  <span class="event-type-badge">Workshop</span>
  <h3 class="event-title"><a href="/virtual/2026/workshop/54089">Trees &amp; $k$-Graphs</a></h3>
  <div class="event-speakers">Ada One ⋅ Bo Two</div>
  <div class="event-meta-row">
    <span class="meta-pill time"><span class="touchup-time">Jul 10, 8:00 AM - 5:00 PM</span></span>
    <span class="meta-pill"><i class="fas fa-map-marker-alt"></i><span>ROOM 300</span></span>
  </div>
  <div class="event-abstract"><div class="abstract-text" id="abstract-54089"> We count **trees**. </div></div>
</div>
"""
OLD_CARD = """
<div class="displaycards touchup-date" id="event-2843">
  <div class="virtual-card"><a class="small-title" href="/virtual/2023/oral/2843">Trees</a></div>
  <div class="type_display_name_virtual_card">Oral</div>
  <div class="author-str">Ada One · Bo Two</div>
  <div class="text-muted touchup-date-div">Tue 25 Jul 10:00 a.m. - 10:15 a.m. HST</div>
  <details><summary>Abstract</summary><div class="text-start p-4">We count.</div></details>
</div>
"""


def a_listing(*cards: str, title: str = "ICML 2026 Workshops", head: str = "") -> str:
    return (
        f"<!DOCTYPE html><html><head>{head}<title>{title}</title></head><body><main>{''.join(cards or (CARD,))}</main>"
    )


@needs_shared
def test_the_workshops_of_2026_are_read_in_the_zone_that_is_given() -> None:
    schedule = read(WORKSHOPS.read_bytes(), timezone="Asia/Seoul", today="2026-07-01")
    talks = schedule.talks
    assert (schedule.format, schedule.conference) == ("icml-html", "ICML 2026")
    assert (schedule.timezone, schedule.page_timezone) == ("Asia/Seoul", None)
    assert schedule.warnings == (
        "no year in the times: read as 2026 from the page's title, “ICML 2026 Workshops”; --year overrules",
    )
    assert (len(talks), len({talk.room for talk in talks}), len(schedule.sessions)) == (44, 22, 44)
    assert min(talk.starts_at for talk in talks) == at("2026-07-09 23:00")
    assert max(talk.ends_at for talk in talks) == at("2026-07-11 08:00")
    assert len({talk.file_id for talk in talks}) == 44
    assert {(talk.kind, talk.url) for talk in talks} == {("Workshop", None)}
    assert all(talk.speakers and not any("⋅" in name for name in talk.speakers) for talk in talks)


@needs_shared
def test_a_workshop_of_2026_is_read_whole() -> None:
    schedule = read(WORKSHOPS.read_bytes(), timezone="Asia/Seoul", today="2026-07-01")
    session = next(session for session in schedule.sessions if session.talks[0].file_id == "54094")
    (talk,) = session.talks
    assert (session.title, session.room) == ("GRAND BALLROOM 104-105 · Fri 10 July", "GRAND BALLROOM 104-105")
    assert talk.title == "Failure Modes in Agentic AI: Reproducible Triggers, Trace Diagnostics, and Verified Fixes"
    assert talk.speakers == ("Manling Li", "Zihan (Zenus) Wang")
    assert "run in closed-loop with tools" in (talk.abstract or "")


@needs_shared
def test_the_workshops_of_2026_name_no_zone_so_it_is_asked() -> None:
    with pytest.raises(ScheduleQuestion) as asked:
        read(WORKSHOPS.read_bytes(), today="2026-07-01")
    assert asked.value.option == "timezone"
    assert str(asked.value) == (
        "card 1 (“4th Structured Probabilistic Inference & Generative Modeling”): the times name no time zone. "
        "Name the venue's with --timezone, for example --timezone Europe/Copenhagen."
    )


def test_a_listing_is_read_whole() -> None:
    schedule = read(a_listing(), timezone="Asia/Seoul")
    assert schedule.sessions == (
        Session(
            title="ROOM 300 · Fri 10 July",
            room="ROOM 300",
            talks=(
                Talk(
                    title="Trees & k-Graphs",
                    starts_at=at("2026-07-09 23:00"),
                    ends_at=at("2026-07-10 08:00"),
                    kind="Workshop",
                    speakers=("Ada One", "Bo Two"),
                    room="ROOM 300",
                    abstract="We count trees.",
                    file_id="54089",
                ),
            ),
        ),
    )


def test_the_cards_of_earlier_years_are_read_too() -> None:
    schedule = read(a_listing(OLD_CARD, title="ICML 2023 Orals"))
    (talk,) = schedule.talks
    assert (schedule.conference, schedule.timezone) == ("ICML 2023", "Pacific/Honolulu")
    assert (talk.title, talk.kind, talk.speakers) == ("Trees", "Oral", ("Ada One", "Bo Two"))
    assert (talk.starts_at, talk.file_id, talk.abstract) == (at("2023-07-25 20:00"), "2843", "We count.")


@pytest.mark.parametrize(
    "head",
    [
        '<link rel="canonical" href="https://icml.cc/virtual/2026/events/workshop">',
        '<base href="https://icml.cc/">',
        '<meta property="og:url" content="https://icml.cc/virtual/2026/events/workshop">',
        "<!-- saved from url=(0045)https://icml.cc/virtual/2026/events/workshop -->",
    ],
)
def test_a_page_that_states_its_address_has_links(head: str) -> None:
    (talk,) = read(a_listing(head=head), timezone="Asia/Seoul").talks
    assert talk.url == "https://icml.cc/virtual/2026/workshop/54089"


def test_a_cards_other_links_are_not_its_own() -> None:
    card = CARD.replace("<h3", '<a href="https://example.org/sponsors">Sponsors</a><h3')
    (talk,) = read(a_listing(card, head='<base href="https://icml.cc/">'), timezone="Asia/Seoul").talks
    assert talk.url == "https://icml.cc/virtual/2026/workshop/54089"


def test_an_id_that_two_cards_share_is_no_id() -> None:
    later = CARD.replace("Trees", "Roots").replace("8:00 AM - 5:00 PM", "5:00 PM - 6:00 PM")
    assert {talk.file_id for talk in read(a_listing(CARD, later), timezone="Asia/Seoul").talks} == {None}


def test_a_year_given_overrules_the_title() -> None:
    schedule = read(a_listing(), timezone="Asia/Seoul", year=2025)
    assert schedule.talks[0].starts_at == at("2025-07-09 23:00")
    assert schedule.warnings == ()


def test_the_year_is_in_the_addresses_where_the_title_has_none() -> None:
    schedule = read(a_listing(title="Workshops"), timezone="Asia/Seoul")
    assert schedule.conference is None
    assert schedule.warnings == (
        "no year in the times: read as 2026 from the addresses of its talks; --year overrules",
    )


@pytest.mark.parametrize(
    ("card", "sentence"),
    [
        (
            CARD.replace("touchup-time", "nothing"),
            (
                "card 2 (“Trees & $k$-Graphs”): this talk has no times. "
                "Save the page with its times shown, such as Thu 21 July 12:30 - 12:35 PDT."
            ),
        ),
        (
            CARD.replace("Jul 10, 8:00 AM - 5:00 PM", "soon"),
            (
                "card 2 (“Trees & $k$-Graphs”): “soon” is no time. "
                "Save the page with its times shown, such as Thu 21 July 12:30 - 12:35 PDT."
            ),
        ),
        (
            CARD.replace("Jul 10, ", ""),
            (
                "card 2 (“Trees & $k$-Graphs”): “8:00 AM - 5:00 PM” names no day. "
                "Write it like Thu 21 July 12:30 - 12:35 PDT."
            ),
        ),
        (
            CARD.replace("5:00 PM", "7:00 AM"),
            ("card 2 (“Trees & $k$-Graphs”): “Jul 10, 8:00 AM - 7:00 AM” ends before it starts. Put the times right."),
        ),
        (
            CARD.replace("event-title", "nothing"),
            "card 2 (“untitled”): this card has no title. Save the page again.",
        ),
    ],
)
def test_a_card_that_lacks_something_is_named(card: str, sentence: str) -> None:
    assert refusal(a_listing(CARD, card), timezone="Asia/Seoul") == sentence


def test_a_listing_without_any_times() -> None:
    assert refusal(a_listing(CARD.replace("touchup-time", "nothing"))) == (
        "card 1 (“Trees & $k$-Graphs”): this talk has no times. "
        "Save the page with its times shown, such as Thu 21 July 12:30 - 12:35 PDT."
    )


def test_a_saved_session_page_is_read_whole() -> None:
    schedule = read((SAVED / "session.html").read_bytes())
    room = "Room 310"
    assert (schedule.format, schedule.conference) == ("icml-html", "ICML 2022")
    assert (schedule.timezone, schedule.page_timezone) == ("America/Los_Angeles", "America/Los_Angeles")
    assert schedule.sessions == (
        Session(
            title="Fair Weather & Models",
            room=room,
            moderator="Ada Exempla",
            talks=(
                Talk(
                    title="Forecasts of k Days, Made Cheaply",
                    starts_at=at("19:30"),
                    ends_at=at("19:35"),
                    kind="Spotlight",
                    speakers=("Bo Nimbus", "Cléa Léon"),
                    room=room,
                    abstract="We forecast 100% of the weather.\n\nIt rains.",
                    url="https://icml.example/virtual/2022/spotlight/16401",
                    file_id="16401",
                ),
                Talk(
                    title="Clouds",
                    starts_at=at("19:35"),
                    ends_at=at("19:55"),
                    kind="Oral",
                    speakers=("Di Cirrus",),
                    room=room,
                    url="https://icml.example/virtual/2022/oral/16402",
                    file_id="16402",
                ),
            ),
        ),
    )


@pytest.mark.parametrize("people", ["Di Cirrus", ""])
def test_a_saved_session_page_whose_talk_has_lost_its_time(people: str) -> None:
    page = (SAVED / "session.html").read_text(encoding="utf-8").replace("Di Cirrus", people)
    assert refusal(page.replace("Thu 21 July 12:35 - 12:55 PDT", "")) == (
        "“Clouds”: the talk “Clouds” has no times. Write its time above “Oral”, such as Thu 21 July 12:30 - 12:35 PDT."
    )


@pytest.mark.parametrize("text", ["<html><body>Hello</body></html>", "<!doctype html>", "<div><p>Hello</p></div>"])
def test_html_without_talks(text: str) -> None:
    assert refusal(text) == (
        "page.txt: there are no talks on this page: no line is a time such as “Thu 21 July 12:30 - 12:35 PDT”. "
        "Copy the whole page of one session, with its times, or save it as HTML."
    )


def test_html_of_a_silly_depth_or_size() -> None:
    assert refusal("<html>" + "<div>" * 1_000) == (
        "page.txt: this HTML is nested 1,001 elements deep. Save the page again, or copy it as text."
    )
    assert refusal("<html>" + "<br>" * 400_001) == (
        "page.txt: this HTML has 400,002 tags. Import the programme in parts."
    )
