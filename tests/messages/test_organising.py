"""Answers for managers: what an import found, what is set, how deliveries stand."""

from __future__ import annotations

from dataclasses import replace

from bot.errors import CommandError, ScheduleError
from bot.messages import organising
from bot.messages.message import Message, import_buttons
from bot.messages.organising import ImportCounts
from tests.builders import LOS_ANGELES, NEW_YORK, a_schedule, a_session, a_talk, at

ID = "abcdefghijklmnopqrst_-"
COUNTS = ImportCounts("ICML 2022", "Deep Learning", NEW_YORK, 15, 0, 0, 0, channel_is_set=True)


def test_preview_shows_what_was_found_and_asks() -> None:
    assert organising.import_preview(a_schedule(), COUNTS, ID) == Message(
        "**15 talks** in 1 session, for “ICML 2022”\n"
        "Venue's zone: America/New_York; the page prints America/Los_Angeles\n"
        "Talks: 15 new\n"
        "- **Deep Learning** · Hall F · Thu 21 July 2022, 15:30 EDT · 12:30 PDT to 17:00 EDT · 14:00 PDT · 15 talks · "
        "moderator Robin Walters",
        import_buttons(ID),
    )


def test_session_that_is_named_after_its_room_names_it_once() -> None:
    schedule = a_schedule(a_session(a_talk(), title="Hall F · Thu 21 July"))
    lines = organising.import_preview(schedule, COUNTS, ID).content.splitlines()
    assert lines[-1].startswith("- **Hall F · Thu 21 July** · Thu 21 July 2022, 15:30 EDT")


def test_preview_of_what_is_stored_already_asks_nothing() -> None:
    counts = replace(COUNTS, added=0, unchanged=15, timezone=LOS_ANGELES, changes_nothing=True)
    message = organising.import_preview(a_schedule(), counts, ID)
    assert message.content.splitlines()[1:3] == ["Venue's zone: America/Los_Angeles", "Talks: 15 unchanged"]
    assert message.content.splitlines()[-1] == "Nothing to import: all of this is stored already."
    assert message.buttons == ()


def test_preview_of_many_sessions_and_warnings_counts_what_it_leaves_out() -> None:
    sessions = [a_session(a_talk(starts_at=at(f"{hour:02}:00")), title=f"S{hour}") for hour in range(8, 20)]
    schedule = replace(a_schedule(*sessions), warnings=tuple(f"row {n} is odd" for n in range(5)))
    lines = organising.import_preview(schedule, COUNTS, ID).content.splitlines()
    assert lines[-5:] == [
        "… and 4 more sessions",
        "Note: row 0 is odd",
        "Note: row 1 is odd",
        "Note: row 2 is odd",
        "… and 2 more notes",
    ]


def test_import_without_a_channel_says_how_to_set_one() -> None:
    counts = replace(COUNTS, added=1, changed=2, removed=3, channel_is_set=False)
    assert organising.imported(counts).content == (
        "Imported into “ICML 2022”. Talks: 1 new, 2 changed, 3 no longer in the file (kept as cancelled).\n"
        "No channel is set yet, so nothing will be posted: choose one with /setup channel."
    )


def test_programme_that_is_long_over_is_said_to_be_archived_before_and_after() -> None:
    counts = replace(COUNTS, is_long_over=True)
    said = (
        "This programme ended more than a week ago: nothing is announced, and it is archived within the hour. "
        "If its year is wrong, import it again with year:"
    )
    assert said in organising.import_preview(a_schedule(), counts, ID).content.splitlines()
    assert organising.imported(counts).content.splitlines()[1:] == [said]
    assert "archived" not in organising.imported(COUNTS).content


def test_status_with_trouble_says_what_and_why() -> None:
    message = organising.status(
        by_state={"sent": 12, "pending": 4, "blocked": 1, "skipped": 1, "failed": 1},
        next_due_at=at("12:25"),
        blocked="in #a it lacks View Channel.",
        late_reasons=["too late: its talk began"],
        worst_lateness_ms=12.4,
        problems=["Tick it."],
    )
    assert message.content.splitlines() == [
        "**Status**",
        "Posted: 12, the latest at most 12 ms after its moment",
        "Waiting: 4, the next <t:1658431500:R>",
        "Held back: 1. in #a it lacks View Channel.",
        "Given up: 2",
        "- too late: its talk began",
        "**To put right:** Tick it.",
    ]


def test_status_without_trouble_says_so() -> None:
    message = organising.status(
        by_state={}, next_due_at=None, blocked=None, late_reasons=[], worst_lateness_ms=None, problems=[]
    )
    assert message.content == "**Status**\nPosted: 0\nWaiting: 0\nEverything is in order."


def test_refusal_is_one_line_with_place_and_remedy_that_pings_nobody() -> None:
    refusal = ScheduleError("@everyone ends\nbefore it starts", where="line 7", do="Put it right")
    assert organising.refusal(refusal).content == "line 7: @\u200beveryone ends before it starts. Put it right."
    assert len(organising.refusal(CommandError("*" * 5000)).content) <= 2000


def test_overview_of_the_stored_sessions_counts_what_does_not_fit() -> None:
    assert organising.schedule_overview([]).content.startswith("No programme is stored.")
    message = organising.schedule_overview([f"- session {n} " + "x" * 90 for n in range(100)])
    assert message.content.startswith("**100 sessions** stored\n- session 0")
    assert len(message.content) <= 2000
