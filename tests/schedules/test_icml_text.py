from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest

from bot.schedules.schedule import Session, Talk
from tests.schedules.pages import HEAD, TIMES, a_page, a_talk, at, only_talk, read
from tests.shared import SHARED, needs_shared

SEED = SHARED / "icml-2022-deep-learning-hall-f.txt"
INFERRED = "no year on the page: read as 2022 because 21 July is a Thursday; --year overrules"

# Title and authors of each talk, typed off the page independently of the reader.
PROGRAMME = (
    ("Convergence of Invariant Graph Networks", "Chen Cai, Yusu Wang"),
    (
        "Rich Feature Construction for the Optimization-Generalization Dilemma",
        "Jianyu Zhang, David Lopez-Paz, Léon Bottou",
    ),
    (
        "NLP From Scratch Without Large-Scale Pretraining: A Simple and Efficient Framework",
        "Xingcheng Yao, Yanan Zheng, Xiaocong Yang, Zhilin Yang",
    ),
    (
        "Resilient and Communication Efficient Learning for Heterogeneous Federated Systems",
        "Zhuangdi Zhu, Junyuan Hong, Steve Drew, Jiayu Zhou",
    ),
    (
        "Augment with Care: Contrastive Learning for Combinatorial Problems",
        "Haonan Duan, Pashootan Vaezipoor, Max Paulus, Yangjun Ruan, Chris Maddison",
    ),
    (
        "Cycle Representation Learning for Inductive Relation Prediction",
        "Zuoyu Yan, Tengfei Ma, Liangcai Gao, Zhi Tang, Chao Chen",
    ),
    (
        (
            "Model soups: averaging weights of multiple fine-tuned models improves accuracy "
            "without increasing inference time"
        ),
        (
            "Mitchell Wortsman, Gabriel Ilharco, Samir Gadre, Rebecca Roelofs, Raphael Gontijo Lopes, Ari Morcos, "
            "Hongseok Namkoong, Ali Farhadi, Yair Carmon, Simon Kornblith, Ludwig Schmidt"
        ),
    ),
    (
        "Do More Negative Samples Necessarily Hurt In Contrastive Learning?",
        "Pranjal Awasthi, Nishanth Dikkala, Pritish Kamath",
    ),
    (
        "MetAug: Contrastive Learning via Meta Feature Augmentation",
        "Jiangmeng Li, Wenwen Qiang, Changwen Zheng, Bing Su, Hui Xiong",
    ),
    (
        "Investigating Why Contrastive Learning Benefits Robustness against Label Noise",
        "Yihao Xue, Kyle Whitecross, Baharan Mirzasoleiman",
    ),
    (
        "Contrastive Learning with Boosted Memorization",
        "Zhihan Zhou, Jiangchao Yao, Yan-Feng Wang, Bo Han, Ya Zhang",
    ),
    (
        "Identity-Disentangled Adversarial Augmentation for Self-supervised Learning",
        "Kaiwen Yang, Tianyi Zhou, Xinmei Tian, Dacheng Tao",
    ),
    (
        "Interventional Contrastive Learning with Meta Semantic Regularizer",
        "Wenwen Qiang, Jiangmeng Li, Changwen Zheng, Bing Su, Hui Xiong",
    ),
    (
        "On the Surrogate Gap between Contrastive and Supervised Losses",
        "Han Bao, Yoshihiro Nagano, Kento Nozawa",
    ),
    (
        "Exploring the Gap between Collapsed & Whitened Features in Self-Supervised Learning",
        "Bobby He, Mete Ozay",
    ),
)


@needs_shared
def test_the_seed_is_one_session_of_fifteen_talks() -> None:
    schedule = read(SEED.read_bytes(), today="2026-07-01")
    (session,) = schedule.sessions
    assert (schedule.format, schedule.conference) == ("icml-text", None)
    assert (schedule.timezone, schedule.page_timezone) == ("America/Los_Angeles", "America/Los_Angeles")
    assert schedule.warnings == (INFERRED,)
    assert (session.title, session.room, session.moderator) == ("Deep Learning", "Hall F", "Robin Walters")
    assert (session.starts_at, session.ends_at) == (at("19:30"), at("21:00"))
    assert [(talk.title, ", ".join(talk.speakers)) for talk in session.talks] == list(PROGRAMME)


@needs_shared
def test_the_seeds_talks_follow_each_other_in_five_minutes_and_one_in_twenty() -> None:
    talks = read(SEED.read_bytes()).talks
    assert [(talk.kind, talk.length) for talk in talks] == [
        ("Oral", timedelta(minutes=20)) if index == 7 else ("Spotlight", timedelta(minutes=5)) for index in range(15)
    ]
    assert all(earlier.ends_at == later.starts_at for earlier, later in pairwise(talks))
    assert {talk.room for talk in talks} == {"Hall F"}
    assert {(talk.file_id, talk.url, talk.cancelled) for talk in talks} == {(None, None, False)}


@needs_shared
def test_no_latex_is_left_in_the_seeds_abstracts() -> None:
    abstracts = [talk.abstract or "" for talk in read(SEED.read_bytes()).talks]
    assert all(len(abstract) > 700 for abstract in abstracts)
    assert [
        mark for abstract in abstracts for mark in ("\\", "$", "``", "''", "{", "  ", " ,") if mark in abstract
    ] == []
    assert "general k-IGN (of order k) based" in abstracts[0]
    assert "exponent β≥0, as a spectrum" in abstracts[14]
    assert "collapsed & whitened feature extremes" in abstracts[14]
    assert "available at https://github.com/kai-wen-yang/IDAA." in abstracts[11]
    assert "only 1% of the labels" in abstracts[4]


def test_a_page_is_read_whole() -> None:
    page = a_page(a_talk(rest="Ada One · Bo Two\n\nWe count.\n\nThen we stop."))
    assert read(page).sessions == (
        Session(
            title="Deep Learning",
            room="Hall F",
            moderator="Robin Walters",
            talks=(
                Talk(
                    title="Graphs",
                    starts_at=at("19:30"),
                    ends_at=at("19:35"),
                    kind="Spotlight",
                    speakers=("Ada One", "Bo Two"),
                    room="Hall F",
                    abstract="We count.\n\nThen we stop.",
                ),
            ),
        ),
    )


@pytest.mark.parametrize(
    "spoil",
    [
        lambda page: page.replace("\n", "\r\n"),
        lambda page: page.replace("\n", "\r"),
        lambda page: page.replace(" ", "\u00a0"),
        lambda page: page.replace(" ", "\t "),
        lambda page: page.replace("\n", "  \n \t"),
        lambda page: page.replace("\n\n", "\n\n\n\n"),
        lambda page: page.replace("Spotlight\n", "Spotlight\n\n"),
        lambda page: page.replace("Spotlight", "###### Spotlight").replace("Graphs", "## **Graphs**"),
        lambda page: page.replace(" · ", " ⋅ "),
        lambda page: page.replace(
            "Session\n", "Skip to yearly menu bar Skip to main content\n\nMain Navigation\n\nSession\n"
        ),
        lambda page: (
            page + "Successful Page Load\nICML uses cookies for essential functions only.\nOur Privacy Policy »\n"
        ),
        lambda page: page.replace(
            "Abstract:\n\n", "[ Abstract ]\n\nThu 21 Jul 12:30 p.m. PDT — 2 p.m. PDT\n\nAbstract:\n\n"
        ),
        lambda page: page.replace("Abstract:", "Abstract: This session is deep."),
        lambda page: page.replace("Abstract:", "Abstract:\n\nThis session is deep.\n\nVery."),
        lambda page: page.replace("Graphs\n", "Graphs\n\n[ Slides ] [ Video ]\n"),
        lambda page: page.replace("Moderator:", "Session Chair:"),
        lambda page: page.replace("Moderator: ", "### **Moderator:** "),
        lambda page: "\ufeff" + page,
    ],
)
def test_what_copying_adds_changes_nothing(spoil: object) -> None:
    page = a_page(a_talk(rest="Ada One · Bo Two\n\nWe count graphs here."))
    assert callable(spoil)
    assert read(spoil(page)).sessions == read(page).sessions


@pytest.mark.parametrize(
    ("times", "starts", "ends"),
    [
        ("Thu 21 July 12:30 – 12:35 PDT", "19:30", "19:35"),
        ("Thursday 21 Jul 12:30-12:35 PDT", "19:30", "19:35"),
        ("Thu 21 Jul 12:30 p.m. — 12:35 p.m. PDT", "19:30", "19:35"),
        ("Thu 21 Jul 12:30 p.m. PDT — 2 p.m. PDT", "19:30", "21:00"),
        ("Thu Jul 21 12:30 PM -- 12:35 PM (PDT)", "19:30", "19:35"),
        ("Thursday, July 21st, 2022, noon - 12:05 PM PDT", "19:00", "19:05"),
        ("Thu 21 July 2022 11 a.m. - noon PDT", "18:00", "19:00"),
        ("Thu 21 July 12:30 - 12:35 UTC-07:00", "19:30", "19:35"),
        ("Thu 21 July 12:30 - 12:35 -0700", "19:30", "19:35"),
        ("2022-07-21 15:30 - 15:35 EDT", "19:30", "19:35"),
        ("Thu 21 July 19:30 to 19:35 Z", "19:30", "19:35"),
        ("Thu 21 July 8:00 - 9:30 PM PDT", "2022-07-22 03:00", "2022-07-22 04:30"),
        ("Thu 21 July 23:30 - 00:10 PDT", "2022-07-22 06:30", "2022-07-22 07:10"),
        ("Thu 21 July 11:30 p.m. - midnight PDT", "2022-07-22 06:30", "2022-07-22 07:00"),
        ("Thu 21 July 23:30 - 24:00 PDT", "2022-07-22 06:30", "2022-07-22 07:00"),
        ("Thu 21 July 23:30 - Fri 22 July 00:10 PDT", "2022-07-22 06:30", "2022-07-22 07:10"),
        ("Thu 21 July 12:30 - 12:35 America/New_York", "16:30", "16:35"),
    ],
)
def test_a_time_line_may_be_spelt_in_many_ways(times: str, starts: str, ends: str) -> None:
    talk = only_talk(a_page(a_talk(times)))
    assert (talk.starts_at, talk.ends_at) == (at(starts), at(ends))


def test_a_day_may_stand_above_its_times() -> None:
    page = a_page("Thu 21 July\n\n", a_talk("12:30 - 12:35 PDT"), a_talk("12:35 - 12:40 PDT", title="Trees"))
    assert [talk.starts_at for talk in read(page).talks] == [at("19:30"), at("19:35")]


def test_a_day_and_a_zone_hold_for_the_lines_below_them() -> None:
    head = HEAD.replace("Abstract:", "Thu 21 July 12:30 p.m. PDT — 2 p.m. PDT\n\nAbstract:")
    page = a_page(a_talk("Thu 12:30 p.m. - 12:35 p.m."), a_talk("12:35 p.m. - 12:40 p.m.", title="Trees"), head=head)
    assert [talk.starts_at for talk in read(page).talks] == [at("19:30"), at("19:35")]


def test_a_talk_over_the_change_of_the_clocks_has_two_zones() -> None:
    talk = only_talk(a_page(a_talk("Sun 6 November 1:30 a.m. PDT - 1:15 a.m. PST")))
    assert (talk.starts_at, talk.ends_at) == (at("2022-11-06 08:30"), at("2022-11-06 09:15"))


def test_a_time_inside_a_paragraph_is_text() -> None:
    prose = "Come on Thu 21 July 12:30 - 12:35 PDT and bring a · dot."
    assert only_talk(a_page(a_talk(rest=f"Ada One\n\n{prose}"))).abstract == prose


@pytest.mark.parametrize(
    ("head", "title", "room", "moderator"),
    [
        ("", "Session", None, None),
        ("Session\n\nTrees\n\n", "Trees", None, None),
        ("Trees\n\n", "Trees", None, None),
        ("Trees\n\nHall F\n\n", "Trees", "Hall F", None),
        ("Trees\n\nModerator: Ada One\n\n", "Trees", None, "Ada One"),
        ("Trees\n\nBallroom 1 & 2\n\nChair: Ada One\n\nAbstract:\n\n", "Trees", "Ballroom 1 & 2", "Ada One"),
        ("Session\n\nTrees\n\n[ Hall F ]\n\nModerators: Ada One · Bo Two\n\n", "Trees", "Hall F", "Ada One · Bo Two"),
        ("Session\n\nTrees\n\nModerator:\n\n", "Trees", None, None),
        ("Oral Session\n\n# Trees & $k$-Graphs\n\nHall F\n\n", "Trees & k-Graphs", "Hall F", None),
        ("ICML 2022\n\nOral Session\n\nTrees\n\nSession Chair: Ada One\n\n", "Trees", None, "Ada One"),
    ],
)
def test_a_head_may_leave_things_out(head: str, title: str, room: str | None, moderator: str | None) -> None:
    (session,) = read(a_page(head=head)).sessions
    assert (session.title, session.room, session.moderator) == (title, room, moderator)


def test_a_session_without_a_title_is_said_to_be() -> None:
    assert "line 1: no session title stands above this: called “Session”" in read(a_page(head="")).warnings


@pytest.mark.parametrize(
    "between",
    [
        "Skip to yearly menu bar Skip to main content\n\nSession\n\nTrees\n\nHall G\n\nModerator: Ada One\n\n",
        "Session\n\nTrees\n\nHall G\n\nModerator: Ada One\n\nChat is not available.\n\n",
        "Trees\n\nHall G\n\nModerator: Ada One\n\n",
    ],
)
def test_sessions_pasted_one_after_the_other_stay_apart(between: str) -> None:
    earlier = a_page(a_talk(rest="Ada One · Bo Two\n\nAn abstract that ends here."))
    later = between + a_talk("Thu 21 July 13:30 - 13:35 PDT", title="Roots")
    first, second = read(earlier + later).sessions
    assert [talk.abstract for talk in first.talks] == ["An abstract that ends here."]
    assert (second.title, second.room, second.moderator) == ("Trees", "Hall G", "Ada One")
    assert [(talk.title, talk.room) for talk in second.talks] == [("Roots", "Hall G")]


@pytest.mark.parametrize(
    ("block", "kind", "title", "speakers", "abstract"),
    [
        ("Break", "Break", "Break", (), None),
        ("Coffee Break", "Coffee Break", "Coffee Break", (), None),
        ("Break\nCoffee in the foyer", "Break", "Coffee in the foyer", (), None),
        ("Invited Talk\nOn Trees\n\nAda One", "Invited Talk", "On Trees", ("Ada One",), None),
        ("Oral\nOn Trees\n\nThis is prose, and no name.", "Oral", "On Trees", (), "This is prose, and no name."),
        ("Panel Discussion\n\nAda One · Bo Two", "Panel Discussion", "Panel Discussion", ("Ada One", "Bo Two"), None),
        ("Oral\nx · y and 3 · 4\n\nAda One · Bo Two", "Oral", "x · y and 3 · 4", ("Ada One", "Bo Two"), None),
        ("Position Track\nOn Trees\n\nAda One · Bo Two", "Position Track", "On Trees", ("Ada One", "Bo Two"), None),
        ("On Trees\n\nAda One · Bo Two\n\nText.", None, "On Trees", ("Ada One", "Bo Two"), "Text."),
        ("Oral\nTrees\n\nAda One ·\nBo Two\n\nText.", "Oral", "Trees", ("Ada One", "Bo Two"), "Text."),
        (
            "Oral\nTrees\n\nA One ·  · A One · Li · Ana de la Cruz",
            "Oral",
            "Trees",
            ("A One", "Li", "Ana de la Cruz"),
            None,
        ),
        ("Oral\nTrees\n\nL\\'eon O'Neil · B{\\\"o} Two", "Oral", "Trees", ("Léon O'Neil", "Bö Two"), None),
        ("Oral\nTrees\n\nAda One\n\nAbstract: We count.", "Oral", "Trees", ("Ada One",), "We count."),
        ("Oral\nTrees\n\nAda One\n\nOne\ntwo.\n- a\n- b", "Oral", "Trees", ("Ada One",), "One two.\n- a\n- b"),
    ],
)
def test_a_talk_may_leave_things_out(
    block: str, kind: str | None, title: str, speakers: tuple[str, ...], abstract: str | None
) -> None:
    talk = only_talk(a_page(f"{TIMES}\n\n{block}\n\n"))
    assert (talk.kind, talk.title, talk.speakers, talk.abstract) == (kind, title, speakers, abstract)


@pytest.mark.parametrize(
    ("block", "title", "url", "file_id"),
    [
        (
            "Oral\n[On Trees](https://icml.cc/virtual/2022/oral/16324)",
            "On Trees",
            "https://icml.cc/virtual/2022/oral/16324",
            "16324",
        ),
        (
            "Oral\n##### **[On Trees](https://icml.cc/virtual/2022/oral/16324)**",
            "On Trees",
            "https://icml.cc/virtual/2022/oral/16324",
            "16324",
        ),
        ("Oral\nOn Trees\n\nhttps://example.org/trees", "On Trees", "https://example.org/trees", None),
        ("Oral\n[On Trees](/virtual/2022/oral/16324)", "On Trees", None, "16324"),
        ("Oral\n[On Trees](javascript:alert(1))", "[On Trees](javascript:alert(1))", None, None),
    ],
)
def test_a_talks_link_and_number_are_kept(block: str, title: str, url: str | None, file_id: str | None) -> None:
    talk = only_talk(a_page(f"{TIMES}\n\n{block}\n\n"))
    assert (talk.title, talk.url, talk.file_id) == (title, url, file_id)


def test_a_tag_names_the_room_of_its_talk() -> None:
    page = a_page(
        f"{TIMES}\n\nOral\n[ Hall G ]\nTrees\n\n",
        a_talk("Thu 21 July 12:35 - 12:40 PDT", title="[ Room 3 ] Roots"),
        a_talk("Thu 21 July 12:40 - 12:45 PDT", kind="Poster [ Hall E #317 ]", title="Leaves"),
    )
    assert [(talk.title, talk.kind, talk.room) for talk in read(page).talks] == [
        ("Trees", "Oral", "Hall G"),
        ("Roots", "Spotlight", "Room 3"),
        ("Leaves", "Poster", "Hall E #317"),
    ]


def test_brackets_that_belong_to_a_title_stay() -> None:
    assert only_talk(a_page(a_talk(title="[Re] Trees, Revisited"))).title == "[Re] Trees, Revisited"


def test_talks_are_put_in_order_of_start() -> None:
    page = a_page(a_talk("Thu 21 July 13:00 - 13:05 PDT", title="Later"), a_talk(title="Earlier"))
    assert [talk.title for talk in read(page).talks] == ["Earlier", "Later"]


def test_the_conference_is_taken_from_a_line_that_names_it() -> None:
    schedule = read(a_page(a_talk("Fri 10 December 9:00 - 9:05 PST"), head="NeurIPS 2021\n\n" + HEAD))
    assert schedule.conference == "NeurIPS 2021"
    assert schedule.warnings == ("no year in the times: read as 2021 from “NeurIPS 2021” (line 1); --year overrules",)


def test_talks_that_overlap_are_warned_of() -> None:
    page = a_page(a_talk(), a_talk("Thu 21 July 12:33 - 12:40 PDT", title="Trees"))
    assert read(page).warnings[1:] == ("line 20: “Trees” begins before “Graphs” (line 13) ends",)


def test_people_in_an_abstract_are_warned_of() -> None:
    page = a_page(a_talk(rest="Ada One · Bo Two\n\nText.\n\nTrees\n\nCy Three · Di Four"))
    assert read(page).warnings[1:] == (
        "line 24: “Cy Three · Di Four” reads like the people of another talk: is its time missing?",
    )


def test_a_page_pasted_twice_is_read_once() -> None:
    schedule = read(a_page() * 2)
    assert [len(session.talks) for session in schedule.sessions] == [1]
    assert schedule.warnings[1:] == ("line 32: “Graphs” stands at line 13 already: read once",)


def test_the_venues_zone_stands_beside_the_pages() -> None:
    schedule = read(a_page(), timezone="america/new_york")
    assert (schedule.timezone, schedule.page_timezone) == ("America/New_York", "America/Los_Angeles")
    assert schedule.talks[0].starts_at == at("19:30")


def test_times_without_a_zone_are_the_venues() -> None:
    schedule = read(a_page(a_talk("Thu 21 July 12:30 - 12:35")), timezone="America/New_York")
    assert (schedule.timezone, schedule.page_timezone) == ("America/New_York", None)
    assert schedule.talks[0].starts_at == at("16:30")


def test_a_mere_offset_says_nothing_about_the_place() -> None:
    schedule = read(a_page(a_talk("Thu 21 July 12:30 - 12:35 UTC-7")))
    assert (schedule.timezone, schedule.page_timezone) == (None, "Etc/GMT+7")


def test_an_abstract_without_end_is_cut_with_a_warning() -> None:
    schedule = read(a_page(a_talk(rest="Ada One\n\n" + "word " * 5_000)))
    assert schedule.warnings[1:] == ("line 13: an abstract of 24,999 characters is cut short",)
    assert len(schedule.talks[0].abstract or "") == 10_001
