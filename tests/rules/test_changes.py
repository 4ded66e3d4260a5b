"""Which stored talk a file's talk is: by id, by title and people, by title."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import assume, given
from hypothesis import strategies as st

from bot.rules.changes import Match, TalkIdentity, match_talks, matching_session, plain
from tests.builders import FIRST_START, at


def talk(
    title: str = "A", *, people: tuple[str, ...] = (), start: datetime = FIRST_START, file_id: str | None = None
) -> TalkIdentity:
    return TalkIdentity(title, people, start, file_id)


def pairs(stored: list[TalkIdentity], read: list[TalkIdentity]) -> tuple[tuple[int, int], ...]:
    return match_talks(stored, read).pairs


def test_same_file_id_pairs_a_talk_whose_title_and_start_changed() -> None:
    assert pairs([talk("Old", file_id="7")], [talk("New", file_id="7", start=at("15:00"))]) == ((0, 0),)


def test_file_id_goes_before_title() -> None:
    assert pairs([talk("A", file_id="1"), talk("B", file_id="2")], [talk("A", file_id="2")]) == ((1, 0),)


def test_title_and_people_pair_a_moved_talk_before_its_namesake() -> None:
    stored = [talk("Opening", people=("Ada",)), talk("Opening", people=("Grace",), start=at("14:00"))]
    read = [talk("Opening", people=("Grace",), start=at("12:30"))]
    assert pairs(stored, read) == ((1, 0),)


def test_title_alone_pairs_a_talk_whose_people_changed() -> None:
    assert pairs([talk(people=("Ada",))], [talk(people=("Ada", "Grace"))]) == ((0, 0),)


def test_titles_differ_only_by_case_accents_and_punctuation_pair() -> None:
    assert pairs([talk("Poincaré: a View")], [talk("poincare – a view")]) == ((0, 0),)


def test_different_titles_do_not_pair() -> None:
    assert pairs([talk("A")], [talk("B")]) == ()


def test_break_that_kept_its_start_pairs_before_one_that_moved() -> None:
    stored = [talk("Break", start=at("13:00")), talk("Break", start=at("15:00"))]
    read = [talk("Break", start=at("12:45")), talk("Break", start=at("13:00"))]
    assert pairs(stored, read) == ((0, 1), (1, 0))


def test_match_tells_the_stored_index_by_the_read_one() -> None:
    assert Match(((1, 0), (2, 5))).stored_of == {0: 1, 5: 2}


def test_plain_keeps_letters_and_digits_of_any_script() -> None:
    assert [plain(text) for text in ("  Größe 10! ", "深度学习", "…")] == ["grosse10", "深度学习", ""]


def test_matching_session_is_the_one_most_talks_were_in_unless_taken() -> None:
    assert matching_session([4, 4, 5], set()) == 4
    assert matching_session([4, 4, 5], {4}) == 5
    assert matching_session([5, 4], set()) == 4
    assert matching_session([], set()) is None


identities = st.builds(
    TalkIdentity,
    title=st.sampled_from(["A", "B", "Break"]),
    speakers=st.sampled_from([(), ("Ada",), ("Grace",)]),
    starts_at=st.integers(0, 4).map(lambda number: FIRST_START + timedelta(minutes=5 * number)),
    file_id=st.sampled_from([None, None, "1", "2"]),
)


@given(stored=st.lists(identities, max_size=8), read=st.lists(identities, max_size=8))
def test_match_pairs_no_talk_twice_and_none_that_is_not_there(
    stored: list[TalkIdentity], read: list[TalkIdentity]
) -> None:
    matched = pairs(stored, read)
    assert len({index for index, _ in matched}) == len(matched) == len({index for _, index in matched})
    assert all(0 <= one < len(stored) and 0 <= other < len(read) for one, other in matched)


@given(talks=st.lists(identities, max_size=10))
def test_match_of_equal_programmes_is_the_identity(talks: list[TalkIdentity]) -> None:
    assert pairs(talks, talks) == tuple((index, index) for index in range(len(talks)))


@given(talks=st.lists(identities, max_size=8), removed=st.integers(0, 7))
def test_talk_left_out_of_a_file_leaves_every_other_in_its_place(talks: list[TalkIdentity], removed: int) -> None:
    # twins, and ids given twice, cannot be told apart
    assume(len(set(talks)) == len(talks) and not any(talk.file_id for talk in talks))
    left = talks[:removed] + talks[removed + 1 :]
    assert [talks[stored] == left[read] for stored, read in pairs(talks, left)] == [True] * len(left)


def test_small_edit_of_a_title_pairs_it_where_people_do_not_contradict() -> None:
    stored = [talk("Learning with Graph Networks", people=("Ada",)), talk("Optimal Transport at Scale")]
    read = [talk("Optimal Transport at a Scale"), talk("Learning with Graph Networks II", people=("Ada",))]
    assert pairs(stored, read) == ((0, 1), (1, 0))
    assert pairs([talk("Panel on Graphs 1", people=("Ada",))], [talk("Panel on Graphs 2", people=("Grace",))]) == ()


def test_other_title_of_the_same_people_at_the_same_time_is_their_talk() -> None:
    stored = [talk("To be announced", people=("Ada", "Grace"))]
    assert pairs(stored, [talk("Sorting in Place", people=("Grace", "Ada"))]) == ((0, 0),)
    assert pairs(stored, [talk("Sorting in Place", people=("Grace", "Ada"), start=at("15:00"))]) == ()


def test_hostile_number_of_unlike_talks_is_compared_no_further() -> None:
    stored = [talk(f"Something {n:03}") for n in range(300)]
    assert pairs(stored, [talk(f"Something {n:03} x") for n in range(300)]) == ()
