"""What people who asked to be reminded read: word for word, within Discord's limits, and harmless."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.messages.message import Button, Message
from bot.messages.personal_reminders import Reminded, direct_reminder, first_contact, mention
from bot.messages.reminders import (
    CLOSED,
    MENTION_ME,
    NO_REMINDERS,
    REMINDERS_PAGE,
    Moment,
    Reach,
    ShownReminder,
    missed,
    reminder_choice,
    reminder_set,
    reminders_list,
    removed,
    which_talk,
    zone_chosen,
)
from bot.rules.programme import by_plan
from bot.rules.subscriptions import Wanted
from tests.builders import DURING_BREAK, FIRST_START, LOS_ANGELES, NEW_YORK, a_planned_session, a_talk
from tests.messages.asking import ID, checked
from tests.messages.test_hostile_questions import HOSTILE

FIVE = timedelta(minutes=5)
PEOPLE = tuple(10**18 + number for number in range(50))


def fits(message: Message) -> Message:
    """The message, which Discord takes."""
    checked(message)
    return message


def reminded(text: str = "Convergence", *, is_off: bool = False) -> Reminded:
    session = a_planned_session(a_talk(text, speakers=[text] * 30, room=text), title=text, room=text)
    expected = by_plan(session, DURING_BREAK).talks[0]
    return Reminded(
        expected, session=session, timezone=NEW_YORK, page_timezone=LOS_ANGELES, channel_id=9, is_off=is_off
    )


def a_reminder(
    title: str = "Convergence", kind: Wanted = Wanted.TALK, *, number: int = 7, talks: int = 1, own: str | None = None
) -> ShownReminder:
    moment = Moment(FIRST_START, NEW_YORK, LOS_ANGELES, own) if talks else None
    return ShownReminder(number, kind, title, FIVE, talks, min(talks, 2), moment)


def test_direct_reminder_shows_the_talk_in_both_zones_and_where() -> None:
    talk = a_talk(speakers=("Chen Cai", "Yusu Wang"))
    session = a_planned_session(talk)
    about = Reminded(by_plan(session, DURING_BREAK).talks[0], session, NEW_YORK, LOS_ANGELES, 9)
    assert direct_reminder(about, "Asia/Tokyo", ID) == Message(
        "**Convergence of Invariant Graph Networks** begins <t:1658431800:R>\n"
        "Spotlight · Chen Cai and Yusu Wang\n"
        "15:30 EDT · 12:30 PDT · 04:30 your time (Fri) (<t:1658431800:t>) · 5 min\n"
        "Hall F · Deep Learning · <#9>",
        (Button("Details", f"talk:1:{ID}"), Button("Remove this reminder", f"noreminder:1:{ID}")),
    )
    assert "15:30 EDT · 12:30 PDT (<t:1658431800:t>) · 5 min" in direct_reminder(about, NEW_YORK, ID).content
    assert "12:30 PDT (<t:1658431800:t> your time) · 5 min" in direct_reminder(about, None, ID).content


def test_reminder_of_a_talk_that_is_off_says_so() -> None:
    assert direct_reminder(reminded(is_off=True), None, ID).content.splitlines()[0] == (
        "**Convergence** does not take place: it was cancelled."
    )


def test_mention_pings_those_people_and_names_them() -> None:
    message = mention(reminded(), (1, 2), ID)
    assert message.content.splitlines()[0] == "<@1> <@2>"
    assert message.mentions == (1, 2)
    assert mention(reminded(), (), ID).content.startswith("**Convergence** begins")


def test_answer_says_when_and_what_else_fits() -> None:
    talk = reminder_set(a_reminder(own="Europe/Berlin"), Reach(), DURING_BREAK, is_new=True)
    assert talk == Message(
        "You are reminded of **Convergence** 5 min before.\n"
        "It comes <t:1658431500:R>, at 15:25 EDT · 12:25 PDT · 21:25 your time (<t:1658431500:t>).",
        (Button("Remove", "unremind:7"),),
    )
    soon = reminder_set(a_reminder(), Reach(), FIRST_START - FIVE, is_new=False).content
    assert soon.startswith("Already set: you are reminded of **Convergence** 5 min before.\nIt begins <t:1658431800:R>")
    word = reminder_set(a_reminder("nets", Wanted.WORD, talks=60), Reach(), DURING_BREAK, is_new=True).content
    assert (
        word.splitlines()[2]
        == "It fits 60 talks, of which the first 50 count; those that a later version brings are added."
    )
    nothing = reminder_set(a_reminder("nets", Wanted.SPEAKER, talks=0), Reach(), DURING_BREAK, is_new=True).content
    assert nothing.splitlines()[1] == "No talk fits it as yet; one that a later version of the programme brings will."


def test_closed_messages_are_said_with_the_choice_to_be_mentioned() -> None:
    closed = reminder_set(a_reminder(), Reach(is_closed=True), DURING_BREAK, is_new=True)
    assert CLOSED in closed.content
    assert MENTION_ME in closed.buttons
    told = missed(Message("You have no reminders here."), Reach(is_closed=True, news=True))
    assert told.content.startswith(f"{CLOSED}\nThe last reminder could not reach you.\n\n")
    assert MENTION_ME in told.buttons
    assert missed(NO_REMINDERS, Reach(is_closed=True)) == NO_REMINDERS


@pytest.mark.parametrize("number", [0, 1, 8, 9, 50])
def test_list_has_pages_with_what_removes_each(number: int) -> None:
    reminders = [a_reminder(number=key) for key in range(number)]
    pages = max(1, -(-number // REMINDERS_PAGE))
    shown = [fits(reminders_list(reminders, page, Reach())) for page in range(pages)]
    options = [option.value for message in shown for select in message.selects for option in select.options]
    assert options == [str(key) for key in range(number)]
    assert reminders_list(reminders, 99, Reach()) == shown[-1]


@pytest.mark.parametrize("minutes", [1, 5, 721, 1439, 1440])
def test_what_removes_a_reminder_fits_its_choice_however_long_title_and_lead_are(minutes: int) -> None:
    long = replace(a_reminder("x" * 100, Wanted.SPEAKER), lead=timedelta(minutes=minutes))
    (select,) = fits(reminders_list([long], 0, Reach())).selects
    assert len(select.options[0].label) <= 100
    assert select.options[0].label.endswith(" before")


def test_removal_names_what_still_reminds_of_the_talk() -> None:
    buttons = (Button("Remove word nets", "unremind:3"),)
    message = removed("", Wanted.TALK, [(3, Wanted.WORD, "nets")])
    assert message == Message("You are reminded of that talk by your word “nets”.", buttons)
    assert removed("Graph nets", Wanted.TALK, [(3, Wanted.WORD, "nets")]) == Message(
        "Your reminder of “Graph nets” itself is removed; you are still reminded of it by your word “nets”.", buttons
    )


def test_zone_is_told_beside_the_venues() -> None:
    chosen = zone_chosen("Europe/Berlin", NEW_YORK, FIRST_START).content
    assert "It is 15:30 EDT · 21:30 your time (<t:1658431800:t>) now." in chosen
    assert zone_chosen(None, None, None).content.startswith("You chose no zone")


SHOWN: dict[str, Callable[[str], Message]] = {
    "direct": lambda text: direct_reminder(reminded(text), "Asia/Kathmandu", ID),
    "off": lambda text: direct_reminder(reminded(text, is_off=True), "Asia/Kathmandu", ID),
    "mention": lambda text: mention(reminded(text), PEOPLE, ID),
    "set": lambda text: reminder_set(
        a_reminder(text, Wanted.WORD, talks=60, own="Asia/Kathmandu"),
        Reach(is_closed=True, mentions=True),
        DURING_BREAK,
        is_new=True,
    ),
    "list": lambda text: missed(
        reminders_list(
            [a_reminder(text, Wanted.SPEAKER, number=n, own="Asia/Kathmandu") for n in range(50)],
            1,
            Reach(is_closed=True),
        ),
        Reach(is_closed=True, news=True),
    ),
    "removed": lambda text: removed(text, Wanted.TALK, [(n, Wanted.WORD, text) for n in range(9)]),
    "contact": first_contact,
    "choice": lambda text: Message(reminder_choice(a_reminder(text)) or "-"),
    "which": lambda _text: which_talk(()),
}


@pytest.mark.parametrize("name", SHOWN)
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_fits_and_pings_nobody(name: str, text: str) -> None:
    message = fits(SHOWN[name](text))
    if name == "choice":
        assert len(message.content) <= 100
        return
    left = message.content.replace(" ".join(f"<@{one}>" for one in PEOPLE), "")
    assert not [word for word in ("@everyone", "@here", "<@", "<@&") if word in left.replace("\\<", "")]
