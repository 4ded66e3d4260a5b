"""What people want to be reminded of: which talks that is, whatever case, accents or order of words."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import CommandError
from bot.rules.subscriptions import (
    DEFAULT_LEAD,
    MATCHES_AT_MOST,
    SHORT_LEAD,
    Offered,
    OfferedTalk,
    Reminding,
    Wanted,
    Wish,
    checked_words,
    comparable,
    fitting_lead,
    same_wish,
)
from tests.builders import FIRST_START

FIVE = timedelta(minutes=5)
BY_WORDS_IN_ORDER = Wanted.SPEAKER, Wanted.WORD


def offered_talk(
    number: int,
    title: str = "A talk",
    *,
    speakers: tuple[str, ...] = (),
    session: int = 1,
    kind: str | None = None,
    off: bool = False,
) -> OfferedTalk:
    return OfferedTalk(number, session, title, speakers, FIRST_START + FIVE * number, kind, off)


def wish(kind: Wanted, words: str = "", *, about: int | None = None, user: int = 1, lead: timedelta = FIVE) -> Wish:
    return Wish(7, user, kind, lead, about, words)


@pytest.mark.parametrize(
    ("word", "fits"),
    [
        ("graph", ["Graphs of trees", "Neural-graph nets"]),
        ("GRAPH", ["Graphs of trees", "Neural-graph nets"]),
        ("graph nets", ["Neural-graph nets"]),
        ("nets graph", []),
        ("para", ["Paragraphs"]),
        ("lévy", ["On Lévy flights"]),
        ("Levy", ["On Lévy flights"]),
        ("学习", ["深度学习入门"]),
    ],
)
def test_word_fits_titles_at_the_beginning_of_a_word(word: str, fits: list[str]) -> None:
    titles = ["Graphs of trees", "Neural-graph nets", "Paragraphs", "On Lévy flights", "深度学习入门"]
    talks = [offered_talk(number, title) for number, title in enumerate(titles)]
    assert [titles[key] for key in Offered(talks).of(wish(Wanted.WORD, word))] == fits


@pytest.mark.parametrize(
    ("name", "fits"),
    [("Léon Bottou", [1]), ("bottou leon", [1]), ("Leon", [1]), ("leo", []), ("bottou cai", []), ("Cai", [1, 2])],
)
def test_speaker_is_found_by_whole_words_of_one_name(name: str, fits: list[int]) -> None:
    talks = [offered_talk(1, speakers=("Chen Cai", "Léon Bottou")), offered_talk(2, speakers=("Cai, Chen",))]
    assert list(Offered(talks).of(wish(Wanted.SPEAKER, name))) == fits


def test_session_is_its_first_talk_that_takes_place() -> None:
    talks = [
        offered_talk(1, kind="Break"),
        offered_talk(2, off=True),
        offered_talk(4),
        offered_talk(3),
        offered_talk(5, session=2, off=True),
    ]
    offered = Offered(talks)
    assert [offered.of(wish(Wanted.SESSION, about=number)) for number in (1, 2, 3)] == [(3,), (), ()]


def test_talk_is_itself_where_it_is_offered_and_a_break_only_by_itself() -> None:
    offered = Offered([offered_talk(1, "Coffee", kind="Break")])
    wishes = [wish(Wanted.TALK, about=1), wish(Wanted.TALK, about=2), wish(Wanted.WORD, "coffee")]
    assert [offered.of(one) for one in wishes] == [(1,), (), ()]


def test_word_that_fits_too_much_counts_with_the_earliest() -> None:
    offered = Offered([offered_talk(number, "Nets") for number in range(MATCHES_AT_MOST + 9, -1, -1)])
    nets = wish(Wanted.WORD, "nets")
    assert offered.of(nets) == tuple(range(MATCHES_AT_MOST))
    assert len(offered.all_of(nets)) == MATCHES_AT_MOST + 10


def test_several_wishes_for_the_same_remind_once_a_lead() -> None:
    talks = [offered_talk(1, "Nets", speakers=("Ada",))]
    wishes = [
        wish(Wanted.TALK, about=1),
        wish(Wanted.WORD, "nets"),
        wish(Wanted.SPEAKER, "ada", lead=2 * FIVE),
        wish(Wanted.SESSION, about=1, user=2),
    ]
    assert Offered(talks).remindings(wishes) == {
        Reminding(1, 1, FIVE),
        Reminding(1, 1, 2 * FIVE),
        Reminding(2, 1, FIVE),
    }


@pytest.mark.parametrize("typed", ["", " ", "a", "-!", "é", "x" * 101])
def test_words_too_short_or_too_long_are_refused(typed: str) -> None:
    with pytest.raises(CommandError, match="2 to 100 letters or digits"):
        checked_words(typed, Wanted.WORD)


def test_words_are_kept_as_typed_but_for_spaces() -> None:
    assert checked_words("  Graph\n Nets ", Wanted.WORD) == "Graph Nets"


def test_same_wish_is_known_in_any_case() -> None:
    known = wish(Wanted.WORD, "Graph-Nets")
    assert same_wish([known], Wanted.WORD, None, "graph nets") is known
    assert same_wish([known], Wanted.SPEAKER, None, "graph nets") is None


def test_press_reminds_so_long_before_as_there_still_is() -> None:
    minute = timedelta(minutes=1)
    leads = [fitting_lead(FIRST_START, FIRST_START - minute * number) for number in (60, 6, 5, 2, 1, 0)]
    assert leads == [DEFAULT_LEAD, DEFAULT_LEAD, SHORT_LEAD, SHORT_LEAD, None, None]


@given(st.text(max_size=40))
def test_comparable_text_is_compared_with_itself_only(text: str) -> None:
    once = comparable(text)
    assert comparable(once) == once
    assert once == once.strip()
    assert "  " not in once


@given(
    st.lists(st.lists(st.text("ab -", max_size=6), max_size=3), max_size=6),
    st.sampled_from(BY_WORDS_IN_ORDER),
    st.text("ab ", min_size=1, max_size=4),
)
def test_words_are_found_as_if_each_talk_were_looked_at(names: list[list[str]], kind: Wanted, typed: str) -> None:
    talks = [offered_talk(n, " ".join(of), speakers=tuple(of)) for n, of in enumerate(names)]
    words = comparable(typed)
    by_name = [n for n, of in enumerate(names) if any({*words.split()} <= {*comparable(one).split()} for one in of)]
    titled = [n for n, of in enumerate(names) if f" {words}" in f" {comparable(' '.join(of))}"]
    fitting = (by_name if kind is Wanted.SPEAKER else titled) if words else []
    assert list(Offered(talks).all_of(wish(kind, typed))) == fitting
