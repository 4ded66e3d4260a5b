"""What speakers read, and what moderators read about them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from bot.messages.console import cue
from bot.messages.message import Button, Message, details_button
from bot.messages.text import dotted, fitting, lines, safe
from bot.messages.times import printed, readers_time, relative
from bot.messages.typed import asker, literal
from bot.rules.programme import ExpectedTalk, PlannedTalk
from bot.rules.questions import Question
from bot.rules.reminders import Place
from bot.rules.speakers import Speaker

QUESTION_ROOM = 350


def claim(user_id: int, title: str, link: int, delivery_id: str) -> Message:
    """For moderators: somebody says that they speak, with the buttons that decide."""
    return Message(
        f"<@{user_id}> says that they speak in **{safe(title, 200)}**. Is that so?",
        (
            Button("Yes, link them", f"claim:yes:{link}:{delivery_id}", primary=True),
            Button("No", f"claim:no:{link}:{delivery_id}"),
        ),
    )


def decided(user_id: int, title: str, by: int, *, agreed: bool) -> str:
    """What stands in place of a claim once it is decided."""
    verdict = "speaks in" if agreed else "is not linked with"
    return f"<@{user_id}> {verdict} **{safe(title, 200)}**, says <@{by}>."


def settled(user_id: int | None, title: str) -> Message:
    """What stands in place of a claim that was decided by a command, or taken back; None names nobody."""
    if user_id is None:
        return Message("Nothing is left to decide here: this claim was taken back, or its talk is over.")
    return Message(f"<@{user_id}> speaks in **{safe(title, 200)}**.")


def whether_here(
    expected: ExpectedTalk, speaker: Speaker, place: Place, delivery_id: str, room: str | None, *, again: bool = False
) -> Message:
    """Asks a speaker before their talk whether they are here; once they said so, thanks them."""
    starts_at = expected.starts_at
    when = f"{printed(starts_at, place.timezone, place.page_timezone)} ({readers_time(starts_at)} your time)"
    asks = "Nobody has seen you yet. Are you here?" if again else "Are you here? Your moderator sees who is."
    content = lines(
        f"You speak {relative(starts_at)}: **{safe(expected.talk.title, 250)}**",
        dotted(when, safe(room, 100) if room else None),
        "Thank you, your moderator sees that you are here." if speaker.is_here else asks,
        "Time signals while you are on stage are on." if speaker.wants_cues else None,
    )
    return Message(content, _buttons(speaker, delivery_id))


def _buttons(speaker: Speaker, delivery_id: str) -> tuple[Button, ...]:
    here = Button("I am here", f"speaker:here:{speaker.link}:{delivery_id}", primary=True, disabled=speaker.is_here)
    label = "No time signals" if speaker.wants_cues else "Time signals on stage"
    return here, Button(label, f"speaker:cues:{speaker.link}:{delivery_id}")


def speakers_cue(title: str, mark: timedelta, speaker: Speaker, delivery_id: str, *, questions: bool) -> Message:
    """A time signal for whoever is on stage."""
    shown = cue(title, mark, questions=questions, delivery_id=delivery_id, session_id=0)
    return Message(shown.content, (Button("No time signals", f"speaker:cues:{speaker.link}:{delivery_id}"),))


def left_to_speaker(talk: PlannedTalk, questions: Sequence[Question], channel_id: int, delivery_id: str) -> Message:
    """The questions that were not reached, for whom they were for."""
    title = safe(talk.title, 200)
    head = f"Not reached after **{title}**; they go on in a thread in <#{channel_id}>, where you can answer:"
    items = [f"- {literal(question.text, 300, QUESTION_ROOM)} ({asker(question)})" for question in questions]
    return Message(fitting(head, items, "… and {} more"), (details_button(talk.id, delivery_id),))


def claimed(title: str, *, is_linked: bool, asks_moderators: bool) -> Message:
    """The answer to whoever says that they speak."""
    name = safe(title, 200)
    if is_linked:
        return Message(
            f"You are linked with **{name}** as its speaker, and asked 30 minutes before it if you are here."
        )
    how = (
        "A moderator is asked to agree."
        if asks_moderators
        else "A moderator has to agree: ask one to use /speaker link with your name."
    )
    return Message(f"Noted: you say that you speak in **{name}**. {how}")


def linked(user_id: int, title: str, *, reached: bool) -> Message:
    """The answer to a moderator who linked somebody."""
    closed = None if reached else "Direct messages do not reach them, so they are not asked whether they are here."
    return Message(lines(f"<@{user_id}> speaks in **{safe(title, 200)}**.", closed))


def unlinked(user_id: int, title: str) -> Message:
    return Message(f"<@{user_id}> is not linked with **{safe(title, 200)}** any more.")


def checked_in(user_id: int | None, title: str) -> Message:
    """The answer to whoever said that somebody is here; None is themselves."""
    who = f"<@{user_id}> is" if user_id is not None else "You are"
    return Message(f"{who} here for **{safe(title, 200)}**; the console shows it.")


def cues_chosen(title: str, *, wanted: bool) -> Message:
    """The answer to a speaker who turned time signals on or off."""
    verdict = "come here while you are on stage" if wanted else "do not come here any more"
    return Message(f"Time signals for **{safe(title, 200)}** {verdict}.")
