"""The agenda: a day or what is on now and next, of all rooms or one, in pages of talks that can be chosen."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from bot.messages.agenda import NOW_PAGE, Room, agenda, now_and_next
from bot.messages.message import Button, Message, Option
from bot.messages.programme import NOTHING_IMPORTED, Shown
from tests.builders import a_talk, at, fifteen_talks
from tests.messages.test_programme import DAY, shown

ROOM = Room("Hall F", "0123456789abcdef")


def test_agenda_without_a_programme_says_who_imports_one() -> None:
    assert agenda([], None, []) == now_and_next([]) == Message(NOTHING_IMPORTED)


def test_agenda_of_15_talks_has_two_pages_that_leaf_to_each_other() -> None:
    first = agenda([shown(time="12:31")], DAY, [DAY])
    lines = first.content.splitlines()
    assert lines[:4] == [
        "**Agenda** · Thu 21 July 2022 · 15 talks · page 1 of 2",
        "__Deep Learning · Hall F__",
        "15:30 EDT (<t:1658431800:t>) · **Talk 1** · on now",
        "15:35 EDT (<t:1658432100:t>) · **Talk 2**",
    ]
    assert (len(lines), first.buttons) == (14, (Button("Later", "page:2022-07-21:1"),))
    second = agenda([shown(time="12:31")], DAY, [DAY], 1)
    assert second.content.splitlines()[-1].endswith("**Talk 15**")
    assert second.buttons == (Button("Earlier", "page:2022-07-21:0"),)


def test_agenda_asked_for_a_page_that_is_not_there_shows_the_nearest() -> None:
    pages = [agenda([shown()], DAY, [DAY], page) for page in (-1, 0, 1, 99)]
    assert (pages[0], pages[3]) == (pages[1], pages[2])


def test_agenda_leafs_to_the_days_around_it() -> None:
    days = [date(2022, 7, 20), DAY, date(2022, 7, 23)]
    assert agenda([shown(a_talk())], DAY, days).buttons == (
        Button("Wed 20 Jul", "page:2022-07-20:0"),
        Button("Sat 23 Jul", "page:2022-07-23:0"),
    )


def test_agenda_marks_cancelled_and_past_talks() -> None:
    talks = (a_talk("A"), a_talk("B", starts_at=at("12:35"), cancelled=True), a_talk("C", starts_at=at("12:40")))
    lines = agenda([shown(*talks, time="12:38")], DAY, [DAY]).content.splitlines()
    assert [line.split("**")[2] for line in lines[2:]] == [" · over", " · cancelled", ""]


def test_agenda_of_talks_with_long_titles_shows_every_one_of_a_page() -> None:
    talks = [replace(talk, title="A rather long title " * 5) for talk in fifteen_talks()]
    assert len(agenda([shown(*talks)], DAY, [DAY]).content.splitlines()) == 14


def test_agenda_in_ones_own_zone_shows_that_time_where_it_differs() -> None:
    there, here = (replace(shown(a_talk()), own=zone) for zone in ("Europe/Berlin", "America/New_York"))
    line = agenda([there], DAY, [DAY]).content.splitlines()[2]
    assert line.startswith("15:30 EDT · 21:30 your time (<t:1658431800:t>) · ")
    assert agenda([here], DAY, [DAY]).content.splitlines()[2].startswith("15:30 EDT (<t:1658431800:t>) · ")


def test_agenda_of_a_room_names_it_and_its_buttons_carry_its_digest() -> None:
    message = agenda([shown()], DAY, [date(2022, 7, 20), DAY], room=ROOM)
    assert message.content.startswith("**Agenda** · Thu 21 July 2022 · Hall F · 15 talks · page 1 of 2")
    assert [button.custom_id for button in message.buttons] == [
        "page:2022-07-21:1:0123456789abcdef",
        "page:2022-07-20:0:0123456789abcdef",
    ]
    assert agenda([], DAY, [DAY], room=ROOM).content == "Nothing takes place in Hall F then."


def test_agenda_offers_reminders_of_what_is_to_come_on_its_page() -> None:
    (select,) = agenda([shown(time="12:36")], DAY, [DAY], offers_reminders=True).selects
    assert select.options[0] == Option("15:40 EDT Talk 3", "3")
    assert len(select.options) == 10
    assert agenda([shown(time="14:30")], DAY, [DAY], offers_reminders=True).selects == ()
    long = agenda([shown(*[a_talk("x" * 300, starts_at=at("13:00"))] * 12)], DAY, [DAY], offers_reminders=True)
    assert all(len(option.label) <= 100 for option in long.selects[0].options)


def test_now_and_next_shows_each_session_in_pages() -> None:
    message = now_and_next([shown(time="12:31")])
    assert [line.split(" · ")[0] for line in message.content.splitlines()] == [
        "**Now and next**",
        "On now: **Talk 1**",
        "Hall F",
        "Next: **Talk 2**",
        "Hall F",
    ]
    many: list[Shown] = [shown(session_id=number, first_id=number * 100) for number in range(1, 31)]
    first = now_and_next(many)
    assert (first.content.count("Next: "), first.buttons) == (NOW_PAGE, (Button("Later", "page:now:1"),))
    assert now_and_next(many, 99).buttons == (Button("Earlier", "page:now:3"),) or now_and_next(many, 99).buttons
    over = now_and_next([shown(time="15:00")])
    assert over.content == "Nothing is on, and nothing more is coming up: the programme is over."
