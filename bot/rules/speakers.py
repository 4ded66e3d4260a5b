"""Speakers who are known on Discord: what they are owed by direct message, and who of them is here.

They are asked half an hour before their talk whether they are here, once more shortly before it if they have not said
so, are given time signals on stage if they want them, and afterwards the questions that were not reached.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.rules.programme import ExpectedSession, ExpectedTalk, TalkState, conference_day, fingerprint
from bot.rules.reminders import Kind, Owed, Place
from bot.timezones import local

ASKED_AHEAD = timedelta(minutes=30)
CHASED_AHEAD = timedelta(minutes=10)
HERE_FOR = timedelta(hours=14)
"""How long before its planned start somebody may say that they are here; a talk moved to another day asks anew."""
MISSING_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Speaker:
    """That a Discord user speaks in a talk, or claims to.

    Attributes:
        link: the key of it.
        direct_channel_id: of their direct messages; None while it was never opened.
        linked_at, checked_in_at: virtual; None while it is only claimed, while they have not said that they are here.
    """

    link: int
    talk_id: int
    user_id: int
    claimed_at: datetime
    direct_channel_id: int | None = None
    linked_at: datetime | None = None
    checked_in_at: datetime | None = None
    wants_cues: bool = False

    @property
    def is_here(self) -> bool:
        return self.checked_in_at is not None


def owed_to_speakers(
    session: ExpectedSession, speakers: Sequence[Speaker], place: Place, *, chases: bool
) -> list[Owed]:
    """The questions whether they are here, for talks that are yet to begin.

    Args:
        session: its forecast now.
        speakers: of its talks, those who only claim to be left out by this.
        place: its server and zones.
        chases: whether somebody who is missing is asked once more.
    """
    ahead = {e.talk.id: e for e in session.talks if e.state is TalkState.WAITING}
    owed: list[Owed] = []
    for speaker in linked(speakers):
        expected = ahead.get(speaker.talk_id)
        if expected is None or speaker.linked_at is None:
            continue
        asked = _asked(session, expected, speaker, place)
        if asked is not None:
            owed.append(replace(asked, due_at=max(speaker.linked_at, expected.starts_at - ASKED_AHEAD)))
            if chases:
                chased_at = max(speaker.linked_at + CHASED_AHEAD, expected.starts_at - CHASED_AHEAD)
                owed.append(replace(asked, kind=Kind.CHASE, due_at=chased_at, only_if_posted=speaker.is_here))
    return owed


def still_here(checked_in_at: datetime | None, starts_at: datetime) -> datetime | None:
    """When somebody said that they are here for a talk with this planned start; None where that was another day's."""
    return checked_in_at if checked_in_at is not None and checked_in_at > starts_at - HERE_FOR else None


def _asked(session: ExpectedSession, expected: ExpectedTalk, speaker: Speaker, place: Place) -> Owed | None:
    if speaker.direct_channel_id is None:
        return None
    talk = expected.talk
    shown = [talk.title, talk.room or session.session.room, place.timezone, speaker.is_here, speaker.wants_cues]
    return Owed(
        server_id=place.server_id,
        channel_id=speaker.direct_channel_id,
        user_id=speaker.user_id,
        kind=Kind.CHECK_IN,
        # of another day they are asked anew
        subject=f"speaker-{speaker.link}-{conference_day(local(talk.starts_at, place.timezone))}",
        session_id=session.session.id,
        talk_ids=(talk.id,),
        due_at=expected.starts_at,
        expires_at=expected.starts_at,
        starts_at=expected.starts_at,
        text=fingerprint(shown),
    )


def with_speakers(owed: Iterable[Owed], speakers: Sequence[Speaker]) -> list[Owed]:
    """What a session owes beside its channels: to those on stage who want them its cues, to speakers what was left."""
    by_talk: dict[int, list[Speaker]] = {}
    for speaker in linked(speakers):
        by_talk.setdefault(speaker.talk_id, []).append(speaker)
    found: list[Owed] = []
    for item in owed:
        for speaker in by_talk.get(item.talk_ids[0] if item.talk_ids else 0, ()):
            kind = _ALSO.get(item.kind)
            if kind is None or speaker.direct_channel_id is None:
                continue
            if kind is Kind.SPEAKER_LEFT or speaker.wants_cues:
                place = speaker.direct_channel_id
                # of what was left they read which questions, not only how many
                text = fingerprint([item.details["questions"]]) if kind is Kind.SPEAKER_LEFT else item.text
                found.append(replace(item, kind=kind, channel_id=place, user_id=speaker.user_id, text=text))
    return found


_ALSO = {Kind.CUE: Kind.SPEAKER_CUE, Kind.LEFTOVERS: Kind.SPEAKER_LEFT}


def owed_claims(session: ExpectedSession, speakers: Sequence[Speaker], place: Place) -> list[Owed]:
    """For moderators to decide: who claims to speak in a talk that is not over."""
    running = {e.talk.id: e for e in session.running_order if e.state is not TalkState.DONE}
    return [
        Owed(
            server_id=place.server_id,
            channel_id=place.channel_id,
            kind=Kind.CLAIM,
            subject=f"claim-{speaker.link}",
            session_id=session.session.id,
            talk_ids=(speaker.talk_id,),
            due_at=speaker.claimed_at,
            expires_at=running[speaker.talk_id].ends_at,
            details={"link": speaker.link},
        )
        for speaker in speakers
        if speaker.linked_at is None and speaker.talk_id in running
    ]


def linked(speakers: Iterable[Speaker]) -> list[Speaker]:
    """Those who do not only claim it."""
    return [speaker for speaker in speakers if speaker.linked_at is not None]


def speakers_of(speakers: Iterable[Speaker], talk_id: int) -> tuple[int, ...]:
    """The Discord users who speak in a talk, those who only claim it left out."""
    return tuple(speaker.user_id for speaker in linked(speakers) if speaker.talk_id == talk_id)


@dataclass(frozen=True, slots=True)
class Presence:
    """Who of a session's speakers is here, as the console shows it.

    Attributes:
        here, missing: of the following talk; Discord users.
        missing_later: of the talks after it, with their expected starts, the first few.
        more: how many beyond those.
    """

    here: tuple[int, ...] = ()
    missing: tuple[int, ...] = ()
    missing_later: tuple[tuple[int, datetime], ...] = ()
    more: int = 0


def presence(session: ExpectedSession, speakers: Sequence[Speaker], following: ExpectedTalk | None) -> Presence:
    """Who is here and who is missing; those nobody linked are in neither."""
    if following is None or not speakers:
        return Presence()
    known = linked(speakers)
    of_next = [speaker for speaker in known if speaker.talk_id == following.talk.id]
    waiting = {e.talk.id: e.starts_at for e in session.talks if e.state is TalkState.WAITING}
    later = sorted(
        (waiting[speaker.talk_id], speaker.user_id)
        for speaker in known
        if not speaker.is_here and speaker.talk_id in waiting and speaker.talk_id != following.talk.id
    )
    return Presence(
        here=tuple(speaker.user_id for speaker in of_next if speaker.is_here),
        missing=tuple(speaker.user_id for speaker in of_next if not speaker.is_here),
        missing_later=tuple((user_id, starts_at) for starts_at, user_id in later[:MISSING_SHOWN]),
        more=max(0, len(later) - MISSING_SHOWN),
    )
