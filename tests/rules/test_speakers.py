"""What speakers are owed, and who of them is here."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from bot.rules.programme import ExpectedSession, PlannedSession, PlannedTalk, TalkState, by_plan
from bot.rules.reminders import Kind, Owed, Place
from bot.rules.speakers import (
    ASKED_AHEAD,
    CHASED_AHEAD,
    Speaker,
    owed_claims,
    owed_to_speakers,
    presence,
    with_speakers,
)
from tests.builders import CHANNEL, NEW_YORK, SERVER, at

PDT = timezone(timedelta(hours=-7))
PLACE = Place(SERVER, 0, NEW_YORK)
CHEN, YUSU = 11, 12


def session(now: str = "11:00") -> ExpectedSession:
    """Three talks of five minutes from 12:30 on."""
    starts = [at("12:30") + timedelta(minutes=5 * index) for index in range(3)]
    talks = [PlannedTalk(n, 1, f"Talk {n}", start, start + timedelta(minutes=5)) for n, start in enumerate(starts, 1)]
    return by_plan(PlannedSession(1, "Deep Learning", tuple(talks)), at(now))


def speaker(
    talk: int = 1, user: int = CHEN, *, linked: str | None = "10:00", here: str | None = None, **more: object
) -> Speaker:
    known = Speaker(
        talk * 100 + user,
        talk,
        user,
        at("09:00"),
        900 + user,
        at(linked) if linked else None,
        at(here) if here else None,
    )
    return replace(known, **more)  # type: ignore[arg-type] # a test names what matters to it


def owed(speakers: list[Speaker], *, now: str = "11:00", chases: bool = True) -> list[tuple[Kind, int, str]]:
    items = owed_to_speakers(session(now), speakers, PLACE, chases=chases)
    new = (item for item in items if not item.only_if_posted)
    return [(item.kind, item.talk_ids[0], f"{item.due_at.astimezone(PDT):%H:%M}") for item in new]


def test_speaker_is_asked_half_an_hour_ahead_and_once_more_ten_minutes_ahead() -> None:
    assert owed([speaker()]) == [(Kind.CHECK_IN, 1, "12:00"), (Kind.CHASE, 1, "12:20")]
    (asked, _) = owed_to_speakers(session(), [speaker()], PLACE, chases=True)
    assert (asked.channel_id, asked.user_id, asked.expires_at) == (900 + CHEN, CHEN, at("12:30"))


def test_nobody_is_chased_who_is_here_or_where_chasing_is_muted() -> None:
    assert owed([speaker(here="12:05")]) == [(Kind.CHECK_IN, 1, "12:00")]
    assert owed([speaker()], chases=False) == [(Kind.CHECK_IN, 1, "12:00")]


def test_nobody_is_asked_who_only_claims_it_has_no_direct_messages_or_is_on_stage_already() -> None:
    assert owed([speaker(linked=None), speaker(user=YUSU, direct_channel_id=None)]) == []
    assert owed([speaker()], now="12:31") == []


def test_whoever_is_linked_late_is_asked_at_once_and_chased_no_sooner_than_ten_minutes_later() -> None:
    assert owed([speaker(talk=3, linked="12:25")], now="12:26") == [
        (Kind.CHECK_IN, 3, "12:25"),
        (Kind.CHASE, 3, "12:35"),
    ]


@given(st.integers(0, 59), st.booleans())
def test_each_question_is_after_the_link_before_the_talk_and_asked_in_order(minute: int, chases: bool) -> None:  # noqa: FBT001 - drawn
    linked = speaker(talk=2, linked=f"11:{minute:02}")
    items = owed_to_speakers(session(), [linked], PLACE, chases=chases)
    starts = at("12:35")
    assert linked.linked_at is not None
    assert all(linked.linked_at <= item.due_at for item in items)
    assert items[0].due_at == max(linked.linked_at, starts - ASKED_AHEAD)
    assert [item.due_at for item in items] == sorted(item.due_at for item in items)
    assert all(item.due_at >= starts - ASKED_AHEAD for item in items)
    assert len({item.key for item in items}) == len(items) == 1 + chases
    assert not chases or items[1].due_at >= starts - CHASED_AHEAD


def test_speakers_on_stage_get_the_cues_that_the_console_gets_if_they_want_them() -> None:
    item = Owed(SERVER, CHANNEL, Kind.CUE, "talk-1-1-60", at("12:34"), at("12:35"), 1, (1,))
    (cue,) = with_speakers([item], [speaker(wants_cues=True), speaker(user=YUSU), speaker(talk=2, wants_cues=True)])
    assert (cue.kind, cue.user_id, cue.due_at, cue.subject) == (Kind.SPEAKER_CUE, CHEN, at("12:34"), item.subject)


def test_speakers_get_what_was_not_reached_whether_or_not_they_want_cues() -> None:
    item = Owed(SERVER, CHANNEL, Kind.LEFTOVERS, "leftovers-1", at("12:50"), None, 1, (1,), details={"questions": "4"})
    left = with_speakers([item], [speaker(), speaker(user=YUSU, linked=None)])
    assert [(one.kind, one.user_id, one.details) for one in left] == [(Kind.SPEAKER_LEFT, CHEN, {"questions": "4"})]


def test_claims_are_owed_to_moderators_until_they_are_decided_or_the_talk_is_over() -> None:
    place = Place(SERVER, CHANNEL, NEW_YORK)
    claim = speaker(linked=None)
    (item,) = owed_claims(session(), [claim, speaker(user=YUSU)], place)
    assert (item.kind, item.channel_id, item.due_at, item.details) == (
        Kind.CLAIM,
        CHANNEL,
        at("09:00"),
        {"link": claim.link},
    )
    assert owed_claims(session("12:36"), [claim], place) == []


def test_console_knows_who_is_here_who_is_missing_and_who_is_missing_for_later() -> None:
    expected = session()
    following = expected.talks[0]
    known = [speaker(here="12:05"), speaker(user=YUSU), speaker(talk=3, user=13), speaker(talk=2, user=14, linked=None)]
    seen = presence(expected, known, following)
    assert (seen.here, seen.missing, seen.missing_later, seen.more) == ((CHEN,), (YUSU,), ((13, at("12:40")),), 0)
    crowd = [speaker(talk=2, user=user) for user in range(20, 30)]
    assert (len(presence(expected, crowd, following).missing_later), presence(expected, crowd, following).more) == (
        5,
        5,
    )


def test_talk_that_is_off_is_neither_asked_about_nor_missed() -> None:
    expected = session()
    off = replace(expected, talks=(replace(expected.talks[0], state=TalkState.CANCELLED), *expected.talks[1:]))
    assert owed_to_speakers(off, [speaker()], PLACE, chases=True) == []
    assert presence(off, [speaker()], expected.talks[1]).missing_later == ()
