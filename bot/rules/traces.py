"""How much of what is stored names a person."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Traces:
    """How much of what is stored names a person.

    Attributes:
        questions: that they asked; anonymous: those of them that hide their name from the room.
        entered: questions that they entered as a moderator for somebody in the hall.
        steps: what they did with questions as a moderator; queues: talks' queues that they opened or closed.
        timing_events: taps on sessions' clocks.
        imports: programmes that they imported last; pending_imports: files that wait for them to confirm.
        changes: changes of programmes that they made; undone: those that they took back.
        settings: whether they chose a zone or were written to directly; direct: direct messages, sent or waiting.
        subscriptions: what they want to be reminded of; mentioned: messages in channels that remind them by a mention.
        speaks: talks that they speak in or claim to; linked: speakers that they linked.
        names: names in schedules that are said to be theirs; actions: entries in audit logs.
        moderated: the titles of the sessions that they are named for as a moderator.
    """

    questions: int = 0
    anonymous: int = 0
    votes: int = 0
    entered: int = 0
    steps: int = 0
    queues: int = 0
    timing_events: int = 0
    imports: int = 0
    pending_imports: int = 0
    changes: int = 0
    undone: int = 0
    settings: int = 0
    direct: int = 0
    subscriptions: int = 0
    mentioned: int = 0
    speaks: int = 0
    linked: int = 0
    names: int = 0
    actions: int = 0
    moderated: tuple[str, ...] = ()
