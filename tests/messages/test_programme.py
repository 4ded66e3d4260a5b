"""Answers about the programme, word for word, and within Discord's limits."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.messages import programme
from bot.messages.agenda import agenda, now_and_next
from bot.messages.message import Message
from bot.messages.programme import NOTHING_IMPORTED, Shown
from bot.rules.programme import by_plan
from bot.schedules.schedule import Talk
from tests.builders import LOS_ANGELES, NEW_YORK, a_planned_session, a_talk, at, expected
from tests.examples import examples

DAY = date(2022, 7, 21)


def shown(*talks: Talk, time: str = "12:20", session_id: int = 3, first_id: int = 1) -> Shown:
    forecast = expected(*talks, now=at(time), session_id=session_id, first_id=first_id)
    return Shown(forecast, NEW_YORK, LOS_ANGELES)


def test_now_without_a_programme_says_who_imports_one() -> None:
    assert programme.now_answer([]) == programme.upnext_answer([]) == Message(NOTHING_IMPORTED)


def test_now_during_a_talk_shows_it_with_its_end() -> None:
    assert programme.now_answer([shown(time="12:31")]) == Message(
        "**On stage now**\n"
        "On now: **Talk 1** · Spotlight · Speaker 1\n"
        "Hall F · Deep Learning · "
        "until 15:35 EDT · 12:35 PDT (<t:1658432100:t> your time), <t:1658432100:R>"
    )


def test_now_before_the_session_shows_what_comes_next() -> None:
    assert programme.now_answer([shown()]) == Message(
        "Nothing is on stage right now.\n"
        "Up next <t:1658431800:R>, <t:1658431800:f>:\n"
        "**Talk 1** · Spotlight · Speaker 1\n"
        "Hall F · Deep Learning · 15:30 EDT · 12:30 PDT (<t:1658431800:t> your time) · 5 min"
    )


def test_upnext_after_the_programme_says_that_it_is_over() -> None:
    assert programme.upnext_answer([shown(time="14:00")]).content == (
        "Nothing more is coming up: the programme is over."
    )


def test_talk_is_shown_with_everybody_its_abstract_and_its_link() -> None:
    session = shown(a_talk(speakers=[f"Author {n}" for n in range(1, 31)]))
    message = programme.talk_answer(
        session, session.expected.talks[0], "We prove\nit.", "https://icml.cc/virtual/2022/spotlight/16421"
    )
    everybody = ", ".join(f"Author {n}" for n in range(1, 30)) + " and Author 30"
    assert message == Message(
        "**Convergence of Invariant Graph Networks**\n"
        f"Spotlight · {everybody}\n"
        "Thu 21 July 2022 · 15:30 EDT · 12:30 PDT (<t:1658431800:t> your time) · 5 min · <t:1658431800:R>\n"
        "Hall F · Deep Learning\n"
        "<https://icml.cc/virtual/2022/spotlight/16421>\n"
        "\n"
        "We prove it."
    )


def test_talk_that_is_over_shows_no_countdown() -> None:
    session = shown(a_talk(), time="13:00")
    lines = programme.talk_answer(session, session.expected.talks[0]).content.splitlines()
    assert lines[1].startswith("Over · Spotlight")
    assert lines[2].endswith("5 min")


def test_long_abstract_fills_the_message_and_ends_with_an_ellipsis() -> None:
    session = shown(a_talk())
    content = programme.talk_answer(session, session.expected.talks[0], "many_words " * 1000).content
    assert 1900 < len(content) <= 2000
    assert content.endswith("…")


def test_link_that_could_break_out_of_its_brackets_is_left_out() -> None:
    session = shown(a_talk())
    plain = programme.talk_answer(session, session.expected.talks[0])
    for url in ("https://x.example/>@everyone", "https://x.example/ @here", "https://x.example/" + "x" * 300):
        assert programme.talk_answer(session, session.expected.talks[0], url=url) == plain


def test_several_talks_are_listed_and_none_is_said_with_a_remedy() -> None:
    session = shown()
    found = [(session, e) for e in session.expected.talks[:2]]
    assert programme.several_talks(found, "talk").content.splitlines()[:2] == [
        "**2 talks** for “talk”",
        "**Talk 1** · Spotlight · Speaker 1",
    ]
    assert programme.several_talks([], "@everyone").content == (
        "No talk fits “@\u200beveryone”. Try a word of its title or a speaker's name, or /agenda."
    )


def test_choice_in_autocomplete_is_at_most_100_characters() -> None:
    session = shown(a_talk("word " * 100))
    choice = programme.talk_choice(session.expected.talks[0], NEW_YORK)
    assert choice.startswith("15:30 EDT word word")
    assert len(choice) <= 100


worst = st.sampled_from(["*" * 600, "x" * 600, "<@1> " * 120, "א" * 600, "_a" * 300, "", "[a](b) " * 300])


@settings(max_examples=examples(15))
@given(
    title=worst.filter(bool),
    people=st.sampled_from([0, 1, 5, 11, 30, 200]),
    name=worst,
    abstract=worst | st.none(),
    url=st.sampled_from([None, "https://x.example/" + "y" * 280]),
    time=st.sampled_from(["12:20", "12:31"]),
)
def test_no_answer_is_longer_than_discord_takes(  # noqa: PLR0917 - hypothesis gives them by name
    title: str, people: int, name: str, abstract: str | None, url: str | None, time: str
) -> None:
    talk = a_talk(title, speakers=[name] * people, kind=title, room=title)
    session = replace(a_planned_session(*[talk] * 15), title=title, room=title)
    one = Shown(by_plan(session, at(time)), "Asia/Kathmandu", "America/St_Johns")
    found = [(one, e) for e in one.expected.talks]
    messages = [
        programme.now_answer([one]),
        programme.upnext_answer([one]),
        agenda([one], DAY, [DAY], offers_reminders=True),
        now_and_next([one, one], offers_reminders=True),
        programme.talk_answer(one, one.expected.talks[0], abstract, url),
        programme.several_talks(found, title),
    ]
    assert [len(message.content) for message in messages if len(message.content) > 2000] == []


def test_now_before_a_slot_that_fills_a_message_is_no_longer_than_discord_takes() -> None:
    lengths = range(60, 260, 5)
    answers = [programme.now_answer([shown(*[a_talk("x" * n, speakers=()) for _ in range(20)])]) for n in lengths]
    assert [len(answer.content) for answer in answers if len(answer.content) > 2000] == []
