"""Programmes that are made up: as a page's text, and as what a reader makes of one, with times near now."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.schedules.schedule import Schedule, Session, Talk

ZONE = "Europe/Berlin"
GOLDEN = 0.618034
"""Multiples of it, modulo 1, spread evenly without falling into step with anything."""
_WORDS = (
    "graph", "deep", "learning", "invariant", "convergence", "network", "policy", "offline", "kernel", "optimal",
    "transport", "gradient", "sparse", "robust", "diffusion", "causal", "Bayesian", "attention", "sampling", "bounds",
    "tensor", "federated", "contrastive", "representation", "generalisation", "equivariant", "estimation", "latent",
)  # fmt: skip
_FORMULAS = ("of order $k$", r"of $O(n \log n)$", r"for $\epsilon$-greedy search", r"\textit{in practice}")
_GIVEN = ("Ada", "Chen", "Robin", "Léon", "Yusuf", "Mira", "Olga", "Tom")
_FAMILY = ("Cai", "Wang", "Walters", "Bottou", "Haddad", "Kowalska", "Lindqvist", "Okafor", "Silva")


def jitter(number: int) -> float:
    """A number from 0 to 1 that looks like chance and is the same in every run."""
    return number * GOLDEN % 1


def words(number: int, count: int) -> str:
    """So many words, others for every number."""
    return " ".join(_WORDS[(number * 7 + index * (number % 5 + 1) + index) % len(_WORDS)] for index in range(count))


def title(number: int) -> str:
    """A talk's title, different for every number."""
    return f"{words(number, 6).capitalize()} {number}"


def people(number: int) -> tuple[str, ...]:
    """Two to four people."""
    of = range(2 + number % 3)
    return tuple(f"{_GIVEN[(number + i) % len(_GIVEN)]} {_FAMILY[(number * 3 + i) % len(_FAMILY)]}" for i in of)


def authors(number: int) -> tuple[str, ...]:
    """Three to six people, few of whom have another talk."""
    return tuple(_author(number * 5 + index) for index in range(3 + number % 4))


def _author(number: int) -> str:
    number, given = divmod(number, len(_GIVEN))
    number, initial = divmod(number, 26)
    number, family = divmod(number, len(_FAMILY))
    married = _FAMILY[(family + 1 + number) % len(_FAMILY)]
    return f"{_GIVEN[given]} {chr(ord('A') + initial)}. {_FAMILY[family]}-{married}"


def abstract(number: int) -> str:
    """About as long as ICML's, with a formula in each third."""
    formula = f" {_FORMULAS[number % len(_FORMULAS)]}" if number % 3 == 0 else ""
    return f"We study {words(number, 60)}{formula}. We show that {words(number + 1, 70)}."


def icml_page(talks: int, talks_a_session: int) -> str:
    """Session pages of ICML's virtual site, copied one below the other: five days, short talks, many rooms."""
    return "\n".join(line for session in range(talks // talks_a_session) for line in _page(session, talks_a_session))


def _page(session: int, talks: int) -> Iterator[str]:
    yield from ("Session", "", f"{words(session, 3).title()} {session}", "", f"Room {session % 50 + 1}", "")
    yield from (f"Moderator: {people(session)[0]}", "")
    begin = datetime(2022, 7, 18) + timedelta(days=session // 50 % 5, hours=9 + session // 250 * 3)  # noqa: DTZ001 - printed as it stands, the page's zone beside it
    for index in range(talks):
        number = session * talks + index
        start, end = begin + timedelta(minutes=5 * index), begin + timedelta(minutes=5 * index + 5)
        yield from (f"{start:%a} {start.day} {start:%B} {start:%H:%M} - {end:%H:%M} PDT", "")
        yield from ("Spotlight", title(number), "", " · ".join(authors(number)), "", abstract(number), "")


def single_talks(number: int, rooms: int, begin: datetime, within: timedelta) -> Schedule:
    """Sessions of one talk each, whose starts are spread over a span."""
    step = within / number
    starts = [begin + step * (index + jitter(index)) for index in range(number)]
    five = timedelta(minutes=5)
    sessions = [_session(i, f"Room {i % rooms + 1}", [_talk(i, at, five)]) for i, at in enumerate(starts)]
    return _schedule(sessions)


def running_sessions(number: int, talks: int, begin: datetime, length: timedelta) -> Schedule:
    """Sessions side by side, each in its own room; their starts are spread over the length of one talk."""
    sessions = []
    for index in range(number):
        first = begin + length * ((index + jitter(index)) / number)
        row = [_talk(index * talks + n, first + length * n, length) for n in range(talks)]
        sessions.append(_session(index, f"Room {index + 1}", row))
    return _schedule(sessions)


def long_session(room: str, begin: datetime, length: timedelta) -> Schedule:
    """One session of two long talks, for a moderator to run."""
    talks = (
        Talk("Talk one", begin, begin + length, "Oral", people(1)),
        Talk("Talk two", begin + length, begin + 2 * length, "Oral", people(2)),
    )
    session = Session("Run by hand", talks, room, people(1)[0])
    return Schedule("made-up", "Made-up conference", ZONE, ZONE, (session,))


def _talk(number: int, starts_at: datetime, length: timedelta) -> Talk:
    return Talk(title(number), starts_at, starts_at + length, "Spotlight", people(number), abstract=abstract(number))


def _session(number: int, room: str, talks: list[Talk]) -> Session:
    return Session(f"{words(number, 3).title()} {number}", tuple(talks), room, people(number)[0])


def _schedule(sessions: list[Session]) -> Schedule:
    ordered = tuple(sorted(sessions, key=lambda session: session.starts_at))
    return Schedule("made-up", "Made-up conference", ZONE, ZONE, ordered)
