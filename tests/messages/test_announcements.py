"""What is posted to a session's channel, word for word, and within Discord's limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.messages import announcements
from bot.messages.message import Button, Message
from bot.rules.programme import ExpectedSession, by_plan
from bot.rules.reminders import owed_board
from bot.rules.run import TimingEvent, TimingKind, fold
from bot.rules.timing import forecast
from bot.schedules.schedule import Talk
from tests.builders import NEW_YORK, a_place, a_planned_session, a_talk, at, expected, fifteen_talks
from tests.examples import examples

ID = "abcdefghijklmnopqrst_-"
PLACE = a_place(timezone=NEW_YORK)
AGENDA = Button("Agenda", f"agenda:{ID}")
REMIND_OF = Button("Remind me", f"remind:0:{ID}")
FIRST_TALK = a_talk(
    "Convergence of Invariant Graph Networks", kind="Spotlight", speakers=("Chen Cai", "Yusu Wang"), minutes=5
)


def event(kind: TimingKind, time: str, number: int) -> TimingEvent:
    """A tap; the talk it is about has the number of the event."""
    return TimingEvent(number, kind, at(time), at(time), number)


def running(now: datetime, *events: TimingEvent, talks: Sequence[Talk] = ()) -> ExpectedSession:
    """The forecast of a session that a moderator runs."""
    session = a_planned_session(*talks)
    return forecast(session, fold(session, events), now)


def reminder(*talks: Talk) -> Message:
    session = expected(*talks)
    return announcements.up_next_reminder(session, session.talks, PLACE, ID)


def test_reminder_of_the_icml_sessions_first_talk_in_new_york() -> None:
    assert reminder(FIRST_TALK) == Message(
        "Up next <t:1658431800:R>: **Convergence of Invariant Graph Networks**\n"
        "Spotlight · Chen Cai and Yusu Wang\n"
        "15:30 EDT · 12:30 PDT (<t:1658431800:t> your time) · 5 min\n"
        "Hall F · Deep Learning",
        (
            Button("Details", f"talk:1:{ID}"),
            AGENDA,
            Button("Ask", f"ask:1:{ID}"),
            Button("Remind me", f"remind:1:{ID}"),
        ),
    )


def test_reminder_of_a_talk_with_30_authors_names_four() -> None:
    talk = replace(FIRST_TALK, speakers=tuple(f"Author {n}" for n in range(1, 31)))
    assert reminder(talk).content.splitlines()[1] == ("Spotlight · Author 1, Author 2, Author 3, Author 4 and 26 more")


def test_reminder_of_a_talk_without_kind_and_people_has_no_empty_line() -> None:
    assert reminder(replace(FIRST_TALK, kind=None, speakers=())).content.splitlines()[1].startswith("15:30 EDT")


def test_reminder_names_the_talks_own_room() -> None:
    assert reminder(replace(FIRST_TALK, room="Room 301")).content.splitlines()[-1] == "Room 301 · Deep Learning"


def test_reminder_of_posters_lists_ten_and_counts_the_rest() -> None:
    message = reminder(*(a_talk(f"Poster {n}", kind=None, speakers=()) for n in range(1, 101)))
    assert message == Message(
        "\n".join(
            (
                "Up next <t:1658431800:R>: 100 talks together",
                "15:30 EDT · 12:30 PDT (<t:1658431800:t> your time) · 5 min",
                "Hall F · Deep Learning",
                *(f"- **Poster {n}**" for n in range(1, 11)),
                "… and 90 more",
            )
        ),
        (AGENDA, REMIND_OF),
    )


def test_reminder_of_posters_with_long_titles_counts_all_that_it_leaves_out() -> None:
    message = reminder(*(a_talk("x" * 190, kind=None, speakers=()) for _ in range(100)))
    shown = [line for line in message.content.splitlines() if line.startswith("- ")]
    assert message.content.splitlines()[-1] == f"… and {100 - len(shown)} more"


def test_reminder_of_a_cancelled_talk_says_so() -> None:
    assert reminder(replace(FIRST_TALK, cancelled=True)) == Message(
        "Cancelled: **Convergence of Invariant Graph Networks** does not take place.\n"
        "It was planned for 15:30 EDT · 12:30 PDT.\n"
        "Hall F · Deep Learning",
        (Button("Details", f"talk:1:{ID}"),),
    )


def test_reminder_of_a_talk_skipped_while_late_says_what_it_was_planned_for() -> None:
    session = running(at("12:38"), event(TimingKind.START, "12:37", 1), event(TimingKind.SKIP, "12:38", 2))
    skipped = next(e for e in session.talks if e.talk.id == 2)
    message = announcements.up_next_reminder(session, [skipped], a_place(), ID)
    # it had been announced for 12:42, so "announced for 12:35" would be untrue
    assert message.content.splitlines()[1] == "It was planned for 12:35 PDT."


def test_start_of_the_session_says_how_many_until_when_and_who() -> None:
    assert announcements.session_start(expected(), PLACE, ID) == Message(
        "**Deep Learning** begins now in Hall F.\n"
        "15 talks until 17:00 EDT · 14:00 PDT (<t:1658437200:t> your time).\n"
        "Moderator: Robin Walters.\n"
        "First: **Talk 1** · Spotlight · Speaker 1",
        (AGENDA, REMIND_OF),
    )


def test_end_of_the_session_thanks_its_moderator() -> None:
    assert announcements.session_over(expected(), PLACE, ID) == Message(
        "**Deep Learning** is over. Thanks to the speakers, Robin Walters who moderated and everyone who came.",
        (AGENDA,),
    )


@pytest.mark.parametrize(
    ("told", "words"),
    [("12:18", "12 min later than announced"), ("12:45", "15 min earlier than announced")],
)
def test_notice_of_a_move_says_how_far_and_in_which_direction(told: str, words: str) -> None:
    session = expected(FIRST_TALK)
    message = announcements.moved(session, session.talks, a_place(), at(told), ID)
    assert message == Message(
        f"Moved: **Convergence of Invariant Graph Networks** starts {words}.\n"
        f"Now 12:30 PDT (<t:1658431800:t> your time); it was {told} PDT.\n"
        "Hall F · Deep Learning",
        (Button("Details", f"talk:1:{ID}"),),
    )


def board(time: str) -> list[str]:
    return announcements.board([expected(now=at(time))], a_place(), ID).content.splitlines()


def test_board_before_during_and_after_the_session() -> None:
    assert board("12:20") == [
        "**Now and next** in Hall F",
        "Now: nothing on stage",
        "Next at 12:30 PDT (<t:1658431800:t> your time):",
        "**Talk 1** · Spotlight · Speaker 1",
    ]
    assert board("12:31") == [
        "**Now and next** in Hall F",
        "Now: **Talk 1** · Spotlight · Speaker 1",
        "until 12:35 PDT (<t:1658432100:t> your time)",
        "Next at 12:35 PDT (<t:1658432100:t> your time):",
        "**Talk 2** · Spotlight · Speaker 2",
    ]
    assert board("13:56")[-1] == "Next: nothing more today"
    assert board("14:00") == [
        "**Now and next** in Hall F",
        "That was the last talk here today. Thank you for coming.",
    ]


def test_board_does_not_change_until_a_talk_is_over_its_time_by_a_whole_minute() -> None:
    started = event(TimingKind.START, "12:33", 1)
    boards = {announcements.board([running(at(now), started)], a_place(), ID) for now in ("12:34", "12:38", "12:38:59")}
    assert len(boards) == 1


@pytest.mark.parametrize("now", ["12:39", "12:39:30", "12:45"])
def test_board_of_a_talk_over_its_time_says_when_it_was_to_end_and_no_time_that_has_passed_for_the_next(
    now: str,
) -> None:
    session = running(at(now), event(TimingKind.START, "12:33", 1))
    assert announcements.board([session], a_place(), ID).content.splitlines() == [
        "**Now and next** in Hall F",
        "Now: **Talk 1** · Spotlight · Speaker 1",
        "was to end at 12:38 PDT (<t:1658432280:t> your time)",
        "Next, as soon as it can start:",
        "**Talk 2** · Spotlight · Speaker 2",
    ]


def test_board_of_a_paused_talk_says_so_and_is_edited_at_the_pause() -> None:
    started, paused = event(TimingKind.START, "12:30", 1), replace(event(TimingKind.PAUSE, "12:32", 2), talk_id=1)
    before, after = running(at("12:32"), started), running(at("12:32"), started, paused)
    assert announcements.board([after], a_place(), ID).content.splitlines()[2] == "paused"
    owed = (owed_board([session], a_place(), at("12:32").date()) for session in (before, after))
    assert len({board.text for board in owed if board is not None}) == 2


def test_board_says_when_the_next_talk_is_expected_until_its_time_has_come() -> None:
    started, ended = event(TimingKind.START, "12:30", 1), event(TimingKind.END, "12:33", 2)
    heads = [
        announcements.board([running(at(now), started, ended)], a_place(), ID).content.splitlines()[2]
        for now in ("12:34", "12:35", "12:36")
    ]
    next_at = "Next at 12:35 PDT (<t:1658432100:t> your time):"
    assert heads == [next_at, next_at, "Next, as soon as it can start:"]


def test_board_of_a_talk_over_its_time_before_a_gap_says_when_the_next_one_is() -> None:
    talks = (FIRST_TALK, replace(FIRST_TALK, title="Later", starts_at=at("13:00"), ends_at=at("13:05")))
    session = running(at("12:36"), event(TimingKind.START, "12:30", 1), talks=talks)
    assert announcements.board([session], a_place(), ID).content.splitlines()[3].startswith("Next at 13:00 PDT")


def test_nothing_on_a_board_counts_down_past_its_moment() -> None:
    started = event(TimingKind.START, "12:33", 1)
    sessions = [expected(), expected(now=at("12:31")), *(running(at(now), started) for now in ("12:34", "12:39"))]
    assert not [text for s in sessions if ":R>" in (text := announcements.board([s], PLACE, ID).content)]


def test_board_of_25_rooms_shows_what_fits_and_counts_the_rest() -> None:
    talks = [replace(talk, title="A title of a usual length, as most talks have it") for talk in fifteen_talks()]
    rooms = [
        by_plan(a_planned_session(*talks, session_id=n, first_id=n * 100, room=f"Room {n:02}"), at("12:31"))
        for n in range(25)
    ]
    lines = announcements.board(rooms, PLACE, ID).content.splitlines()
    shown = [line for line in lines if line.startswith("Now:")]
    assert f"… and {25 - len(shown)} more on stage" in lines
    assert lines[-1] == "… and 20 more"
    assert len(shown) >= 5


def test_notice_says_what_is_wrong_and_what_to_do() -> None:
    assert announcements.notice("it cannot.", "Let it.", ID) == Message(
        "Chairside cannot post: it cannot.\nLet it.", (Button("Check again", f"status:{ID}"),)
    )


worst = st.sampled_from(["*" * 600, "x" * 600, "<@1> " * 120, "א" * 600, "@everyone " * 60, "_a" * 300, "[a](b)" * 100])


@st.composite
def worst_sessions(draw: st.DrawFn) -> ExpectedSession:
    """A session whose every text is as long and as full of markup as a file may hold."""
    talk = a_talk(
        draw(worst),
        kind=draw(worst),
        speakers=[draw(worst)] * draw(st.sampled_from([1, 5, 30])),
        room=draw(st.none() | worst),
    )
    talks = [talk] * draw(st.sampled_from([1, 2, 40]))
    session = replace(a_planned_session(*talks), title=draw(worst), room=draw(worst), moderator=draw(worst))
    return by_plan(session, at(draw(st.sampled_from(["12:20", "12:31", "15:00"]))))


@settings(max_examples=examples(40))
@given(worst_sessions())
def test_no_announcement_is_longer_than_discord_takes(session: ExpectedSession) -> None:
    place = a_place(timezone="Asia/Kathmandu", page_timezone="America/St_Johns")
    messages = [
        announcements.up_next_reminder(session, session.talks, place, ID),
        announcements.session_start(session, place, ID),
        announcements.session_over(session, PLACE, ID),
        announcements.moved(session, session.talks, place, at("12:00"), ID),
        announcements.board([session] * 3, place, ID),
    ]
    assert [len(message.content) for message in messages if len(message.content) > 2000] == []
    assert [m for m in messages if not m.content.strip()] == []
