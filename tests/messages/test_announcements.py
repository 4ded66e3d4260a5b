"""What is posted to a session's channel, word for word, and within Discord's limits."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.messages import announcements
from bot.messages.message import Button, Message
from bot.rules.programme import ExpectedSession, by_plan
from bot.schedules.schedule import Talk
from tests.builders import NEW_YORK, a_place, a_planned_session, a_talk, at, expected, fifteen_talks

ID = "abcdefghijklmnopqrst_-"
PLACE = a_place(timezone=NEW_YORK)
AGENDA = Button("Agenda", f"agenda:{ID}")
FIRST_TALK = a_talk(
    "Convergence of Invariant Graph Networks", kind="Spotlight", speakers=("Chen Cai", "Yusu Wang"), minutes=5
)


def reminder(*talks: Talk) -> Message:
    session = expected(*talks)
    return announcements.up_next_reminder(session, session.talks, PLACE, ID)


def test_reminder_of_the_icml_sessions_first_talk_in_new_york() -> None:
    assert reminder(FIRST_TALK) == Message(
        "Up next <t:1658431800:R>: **Convergence of Invariant Graph Networks**\n"
        "Spotlight · Chen Cai and Yusu Wang\n"
        "15:30 EDT · 12:30 PDT (<t:1658431800:t> your time) · 5 min\n"
        "Hall F · Deep Learning",
        (Button("Details", f"talk:1:{ID}"), AGENDA),
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
        (AGENDA,),
    )


def test_reminder_of_posters_with_long_titles_counts_all_that_it_leaves_out() -> None:
    message = reminder(*(a_talk("x" * 190, kind=None, speakers=()) for _ in range(100)))
    shown = [line for line in message.content.splitlines() if line.startswith("- ")]
    assert message.content.splitlines()[-1] == f"… and {100 - len(shown)} more"


def test_reminder_of_a_cancelled_talk_says_so() -> None:
    assert reminder(replace(FIRST_TALK, cancelled=True)) == Message(
        "Cancelled: **Convergence of Invariant Graph Networks** does not take place.\n"
        "It was announced for 15:30 EDT · 12:30 PDT\n"
        "Hall F · Deep Learning",
        (Button("Details", f"talk:1:{ID}"),),
    )


def test_start_of_the_session_says_how_many_until_when_and_who() -> None:
    assert announcements.session_start(expected(), PLACE, ID) == Message(
        "**Deep Learning** begins now in Hall F.\n"
        "15 talks until 17:00 EDT · 14:00 PDT (<t:1658437200:t> your time).\n"
        "Moderator: Robin Walters.\n"
        "First: **Talk 1** · Spotlight · Speaker 1",
        (AGENDA,),
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
        f"Moved: **Convergence of Invariant Graph Networks** starts {words}, <t:1658431800:R>.\n"
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
        "Next <t:1658431800:R>, at 12:30 PDT (<t:1658431800:t> your time):",
        "**Talk 1** · Spotlight · Speaker 1",
    ]
    assert board("12:31") == [
        "**Now and next** in Hall F",
        "Now: **Talk 1** · Spotlight · Speaker 1",
        "until 12:35 PDT (<t:1658432100:t> your time), ends <t:1658432100:R>",
        "Next <t:1658432100:R>, at 12:35 PDT (<t:1658432100:t> your time):",
        "**Talk 2** · Spotlight · Speaker 2",
    ]
    assert board("13:56")[-1] == "Next: nothing more today"
    assert board("14:00") == [
        "**Now and next** in Hall F",
        "That was the last talk here today. Thank you for coming.",
    ]


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


@settings(max_examples=40)
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
