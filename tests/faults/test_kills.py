"""kill -9 at random moments of a session with commands arriving: what comes of it is what comes of it without."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.playing import Played, play
from tests.faults.script import kills, script
from tests.stores import Stores

SESSIONS, KILLS = 20, 10
"""Two hundred kills on each kind of store."""

_FIGURES: dict[str, Counter[str]] = {}


@pytest.fixture(scope="module", autouse=True)
def _told() -> Iterator[None]:
    """Prints what was counted, once all is played; -s shows it."""
    yield
    for store, figures in _FIGURES.items():
        print(f"\n{store}: " + ", ".join(f"{what} {number}" for what, number in figures.items()))  # noqa: T201 - make faults prints its counts


async def compare(folder: Path, store: str, seed: int) -> None:
    """Play a seed without kills and with ten, and insist that nothing is different."""
    steps = script(seed)
    plain, killed = folder / "oracle", folder / "killed"
    for each in (plain, killed):
        each.mkdir()
    oracle = await play(plain, steps)
    assert (oracle.outcome.lost, oracle.outcome.doubled) == ([], [])
    faulty = await play(killed, steps, kills(seed, oracle.posts, KILLS), oracle)
    late = oracle.outcome.late(faulty.outcome) if faulty.was_away else set()
    found = oracle.outcome.differences(faulty.outcome, late)
    _count(store, faulty, len(late), found)
    assert (faulty.outcome.lost, faulty.outcome.doubled) == ([], [])
    assert not found, "\n".join(found)
    assert faulty.counts[-1] == oracle.counts[-1]


def _count(store: str, faulty: Played, late: int, found: list[str]) -> None:
    figures = _FIGURES.setdefault(store, Counter())
    outcome = faulty.outcome
    figures.update({"sessions": 1, "kills": faulty.kills, "restarts": faulty.kills, "deliveries sent": outcome.sent})
    figures.update(
        {
            "skipped, too late": late,
            "lost": len(outcome.lost),
            "doubled": len(outcome.doubled),
            "sessions differing": bool(found),
        }
    )
    figures.update({f"struck {what}": number for what, number in sorted(faulty.struck.items())})


@pytest.mark.slow
async def test_session_with_ten_kills_comes_to_what_it_comes_to_without(stores: Stores, tmp_path: Path) -> None:
    await compare(tmp_path, type(stores).__name__, seed=1)


@pytest.mark.faults
@pytest.mark.timeout(300)
@pytest.mark.parametrize("seed", range(2, SESSIONS + 1))
async def test_sessions_with_ten_kills_each(stores: Stores, tmp_path: Path, seed: int) -> None:
    await compare(tmp_path, type(stores).__name__, seed)
