"""Made sessions whose pictures are looked at: played by the real rules, from timing events to the report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from importlib.resources import files

from bot.rehearsal.rehearse import SAMPLE, SAMPLE_YEAR, SAMPLE_ZONE
from bot.rehearsal.stints import PAUSED, TAPPED_TWICE, as_played
from bot.rules.programme import PlannedSession
from bot.rules.questions import Question, QuestionState, Standing
from bot.rules.session_report import SessionReport, session_report
from bot.schedules.detect import read_schedule
from bot.schedules.schedule import ReadingOptions, Session
from tests.builders import NEW_YORK, a_planned_session, a_talk, at
from tests.rules.test_run import CLOSE, END, EXTEND, PAUSE, RESUME, SKIP, START, Desk

MINUTE = timedelta(minutes=1)
EXTENDED, GIVEN = 8, 3 * MINUTE
NEXT_DAY = at("12:00", "2022-07-22")
LONG = "On the Convergence of Everything, Revisited: " * 12


def the_sample() -> Session:
    """The bundled session, as the rehearsal reads it."""
    content = files("bot.rehearsal").joinpath("sample", SAMPLE).read_bytes()
    options = ReadingOptions(at("09:00"), timezone=SAMPLE_ZONE, year=SAMPLE_YEAR, name=SAMPLE)
    return read_schedule(content, options).sessions[0]


def questions(session: PlannedSession, asked: Sequence[int] = (3, 2, 0, 5, 1)) -> list[Question]:
    """Some to each talk: of several the last is left; each third was asked and not answered."""
    made: list[Question] = []
    for place, talk in enumerate(talk for talk in session.talks if not talk.is_break):
        number = asked[place % len(asked)]
        for each in range(number):
            state = QuestionState.ASKED if each % 3 == 2 else QuestionState.ANSWERED
            state = QuestionState.QUEUED if each and each == number - 1 else state
            made.append(a_question(len(made) + 1, talk.id, state))
    return made


def a_question(number: int, talk_id: int, state: QuestionState) -> Question:
    return Question(
        number, talk_id, "Why?", None, "Ada", anonymous=False, entered_at=NEXT_DAY, standing=Standing(state)
    )


def reported(desk: Desk, now: datetime = NEXT_DAY, asked: Sequence[Question] = ()) -> SessionReport:
    return session_report(desk.session, desk.run(), asked, now, guard=desk.guard)


def planned(session: Session) -> PlannedSession:
    made = a_planned_session(*session.talks, title=session.title, room=session.room)
    return replace(made, moderator=session.moderator)


def the_icml_session() -> SessionReport:
    """Late start, overrun, pause, time given, one does not come, the clock forgotten at the end."""
    session = the_sample()
    desk = Desk(planned(session), guard=True)
    talks = desk.session.talks
    played = as_played(session)
    for stint in played[:-3]:
        starts_at = stint.starts_at + (GIVEN if stint.number > EXTENDED else timedelta(0))
        if stint.number == TAPPED_TWICE:
            desk.tap(starts_at, SKIP, talks[stint.number - 1].id)
        desk.tap(starts_at, START, talks[stint.number].id)
        if stint.number == PAUSED:
            desk.tap(starts_at + MINUTE, PAUSE)
            desk.tap(starts_at + 2 * MINUTE, RESUME)
        if stint.number == EXTENDED:
            desk.tap(starts_at + MINUTE, EXTEND, amount=4)
    return reported(desk, asked=questions(desk.session))


def one_talk() -> SessionReport:
    desk = Desk(a_planned_session(a_talk("Keynote: Science After the Deluge", minutes=45, kind="Keynote")))
    desk.tap(at("12:32"), START)
    desk.tap(at("13:21"), END)
    return reported(desk)


def many_talks(number: int = 60, *, timed: bool = True, asked: bool = True) -> SessionReport:
    """Short talks with a break after each twenty; each third runs over by half a minute."""
    starts_at, talks = at("09:00"), []
    for place in range(number):
        is_break = place % 20 == 19
        kind, length = ("Break", 15) if is_break else ("Spotlight", 5)
        title = "Coffee" if is_break else f"Lightning {place + 1}: {LONG[: 10 + 7 * (place % 9)]}"
        talks.append(a_talk(title, starts_at=starts_at, minutes=length, kind=kind))
        starts_at += length * MINUTE
    desk = Desk(a_planned_session(*talks, title="Lightning Talks"))
    now = at("09:01")
    for place, talk in enumerate(desk.session.talks if timed else ()):
        now = max(now, talk.starts_at)
        desk.tap(now, START, talk.id)
        now += talk.ends_at - talk.starts_at + (MINUTE / 2 if place % 3 == 0 else timedelta(0))
    if timed:
        desk.tap(now, END)
    return reported(desk, asked=questions(desk.session) if asked else ())


def closed_half_way(*, cancelled: bool = False) -> SessionReport:
    """Four of eight talks took place, then the session was closed; the rest skipped, or cancelled by the programme."""
    talks = [
        a_talk(f"Talk {n}: {LONG[: 20 + 9 * n]}", starts_at=at("10:00") + 20 * n * MINUTE, minutes=20) for n in range(8)
    ]
    if cancelled:
        talks = [replace(talk, cancelled=number > 3) for number, talk in enumerate(talks)]
    desk = Desk(a_planned_session(*talks, title="Robustness", room="Ballroom 1 & 2"))
    for number, time in enumerate(("10:04", "10:26", "10:45", "11:10")):
        desk.tap(at(time), START, number + 1)
    desk.tap(at("11:33"), END)
    if not cancelled:
        for number in range(5, 9):
            desk.tap(at("11:34"), SKIP, number)
    desk.tap(at("11:35"), CLOSE)
    return reported(desk, asked=questions(desk.session))


def nobody_timed() -> SessionReport:
    return reported(Desk(planned(the_sample())))


def still_on() -> SessionReport:
    """In the middle: one talk was on stage twice, one is on stage and over its time, others wait."""
    desk = Desk()
    desk.tap(at("09:58"), START, 1)
    desk.tap(at("10:20"), START, 2)
    desk.tap(at("10:32"), START, 1)
    desk.tap(at("10:40"), START, 3)
    return reported(desk, at("11:22"), questions(desk.session))


def over_midnight() -> SessionReport:
    """From 23:30 to 02:00 at the venue, on the night in which its clocks are put back."""
    first = datetime.fromisoformat("2026-11-01T03:30:00+00:00")
    talks = [a_talk(f"Night talk {n}", starts_at=first + 40 * n * MINUTE, minutes=40) for n in range(5)]
    desk = Desk(a_planned_session(*talks, title="The long night"))
    for number, talk in enumerate(desk.session.talks):
        desk.tap(talk.starts_at + (number - 1) * MINUTE, START, talk.id)
    desk.tap(desk.session.talks[-1].ends_at, END)
    return reported(desk, first + timedelta(days=1))


def posters(number: int = 100) -> SessionReport:
    """All at once, timed by nobody."""
    talks = (
        a_talk(f"Poster {n}: {LONG[:60]}", starts_at=at("10:00"), minutes=90, kind="Poster") for n in range(number)
    )
    return reported(Desk(a_planned_session(*talks, title="Posters")))


ODD_TITLES = (
    LONG,
    "$x_i^2$ and \\frac{a}{b} $$ 100% _under_ {brace} #1",
    "学習理論の新しい展開 와 그 응용 と日本語の長い題名がここに入る",
    "🦄🧪 Emoji 👩‍🔬 talk ❤️ \U0001faa9",
    "שלום עולם: למידה עמוקה",
    "التعلم العميق للجميع (2022)",
    "Con\x00trol\x1b[31m cha\nrac\tters \u202egnp.exe \ud800 \ue000",
    "Z" + "\u0301\u0316" * 40 + "algo",
    "   ",
    "हिन्दी में शिक्षा ไทย ქართული አማርኛ",
    "https://example.org/a/very/long/address/without/any/space/at/all/that/goes/on/and/on/and/on/and/on/and/on",
    "A talk of no length at all",
)


def odd_titles() -> SessionReport:
    talks = [
        a_talk(title, starts_at=at("10:00") + 10 * n * MINUTE, minutes=0 if title is ODD_TITLES[-1] else 10)
        for n, title in enumerate(ODD_TITLES)
    ]
    session = a_planned_session(*talks, title=LONG, room="אולם 4 " + LONG)
    desk = Desk(replace(session, moderator="محمد بن موسى الخوارزمي"))
    for talk in desk.session.talks:
        desk.tap(talk.starts_at + MINUTE, START, talk.id)
    desk.tap(desk.session.talks[-1].ends_at + 3 * MINUTE, END)
    return reported(desk, asked=questions(desk.session, (40, 0, 1)))


def no_talks() -> SessionReport:
    return session_report(PlannedSession(1, "Nothing yet", ()), Desk().run(), [], NEXT_DAY)


SESSIONS = {
    "icml": the_icml_session,
    "one talk": one_talk,
    "sixty talks": many_talks,
    "skipped half-way": closed_half_way,
    "cancelled half-way": lambda: closed_half_way(cancelled=True),
    "nobody timed": nobody_timed,
    "still on": still_on,
    "over midnight": over_midnight,
    "posters": posters,
    "odd titles": odd_titles,
    "no talks": no_talks,
}
ZONE = NEW_YORK
