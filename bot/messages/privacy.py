"""What is stored about a person, shown to them alone, and the question before it is removed."""

from __future__ import annotations

from collections.abc import Sequence

from bot.messages.message import Button, Message
from bot.messages.text import lines, plural, safe
from bot.rules.traces import Traces

FORGET = r"forget:(?P<person>\d{1,20})"
"""The button that removes; it carries whom it was shown to."""
TITLES_SHOWN = 5


def stored(traces: Traces) -> Message:
    """The answer to /privacy show."""
    items = [f"- {item}" for item in _items(traces)]
    if not items:
        return Message("Nothing is stored about you, on any server that this bot serves.")
    head = "On all servers that this bot serves, this is stored with your Discord id:"
    tail = lines(
        "/questions mine shows your questions on this server. /privacy delete removes what names you.",
        "The programme may name you as a speaker or moderator; that comes from the conference's page.",
    )
    return Message(lines(head, *items, tail))


def confirm(traces: Traces, user_id: int) -> Message:
    """What /privacy delete would remove and what stays, with the button that does it."""
    items = [f"- {item}" for item in _items(traces)]
    if not items:
        return Message(
            "Nothing is stored about you, on any server that this bot serves, so there is nothing to remove."
        )
    head = "This removes you from what is stored on **all** servers that this bot serves, for good:"
    tail = lines(
        "Votes, reminders, your zone, links with talks and files not imported yet are deleted. Questions and what you "
        "did as a moderator stay, without your id and name.",
        "You stay the moderator of sessions that are not over: those that you were named for, and those begun already "
        "where a name in the schedule is linked with you. Hand over first with /session handover.",
        "To keep everything, dismiss this message.",
    )
    return Message(lines(head, *items, tail), (Button("Remove me", f"forget:{user_id}", primary=True),))


def removed(traces: Traces, still_moderates: Sequence[str]) -> Message:
    """What was removed, in numbers, and what was not."""
    items = [f"- {item}" for item in _items(traces)]
    head = "You were removed from:" if items else "Nothing was left to remove."
    kept = (
        f"You stay the moderator of {plural(len(still_moderates), 'session')} not over yet "
        f"({_titles(still_moderates)}). Use /session handover there, or /privacy delete again afterwards."
        if still_moderates
        else None
    )
    tail = (
        "Messages that show your name are edited where the bot still can; it deletes none."
        if traces.questions or traces.mentioned or traces.speaks
        else None
    )
    return Message(lines(head, *items, kept, tail))


def _items(traces: Traces) -> list[str]:
    anonymous = f", {traces.anonymous:,} of them anonymous to the room" if traces.anonymous else ""
    counted = [
        (traces.questions, f"{plural(traces.questions, 'question')} asked{anonymous}"),
        (traces.votes, plural(traces.votes, "vote")),
        (traces.entered, f"{plural(traces.entered, 'question')} entered for somebody else"),
        (traces.steps, f"{plural(traces.steps, 'step')} taken with questions as a moderator"),
        (traces.queues, f"{plural(traces.queues, 'queue')} opened or closed as a moderator"),
        (traces.timing_events, f"{plural(traces.timing_events, 'tap')} on sessions' clocks"),
        (traces.imports, f"{plural(traces.imports, 'programme')} imported"),
        (traces.pending_imports, f"{plural(traces.pending_imports, 'file')} waiting for you to confirm its import"),
        (traces.changes, f"{plural(traces.changes, 'change')} of a programme"),
        (traces.undone, f"{plural(traces.undone, 'change')} of a programme undone"),
        (traces.settings, "your time zone and whether direct messages reach you"),
        (traces.subscriptions, f"{plural(traces.subscriptions, 'reminder')} that you asked for"),
        (traces.mentioned, f"mentioned in {plural(traces.mentioned, 'reminder')} in channels, as you agreed"),
        (traces.direct, f"{plural(traces.direct, 'direct message')}, sent or waiting"),
        (traces.speaks, f"speaker of {plural(traces.speaks, 'talk')}"),
        (traces.linked, f"{plural(traces.linked, 'speaker')} linked as a moderator"),
        (traces.names, f"{plural(traces.names, 'name')} in schedules linked with you"),
        (traces.actions, f"{plural(traces.actions, 'entry', 'entries')} in servers' audit logs"),
        (
            len(traces.moderated),
            f"moderator of {plural(len(traces.moderated), 'session')}: {_titles(traces.moderated)}",
        ),
    ]
    return [text for number, text in counted if number]


def _titles(titles: Sequence[str]) -> str:
    more = len(titles) - TITLES_SHOWN
    listed = ", ".join(f"“{safe(title, 80)}”" for title in titles[:TITLES_SHOWN])
    return f"{listed} and {more:,} more" if more > 0 else listed
