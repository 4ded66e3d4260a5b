"""Whether the bot is alive, at given moments."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.gateways import Gateways
from bot.health import GONE_SECONDS, STUCK_SECONDS, Vitals, ailment


@pytest.mark.parametrize(
    ("vitals", "now", "said"),
    [
        (Vitals(100), 100, None),
        (Vitals(100), 110, None),
        (Vitals(100), 111, "the event loop has been stuck for 11 s"),
        (Vitals(100, {0: 41}), 101, None),
        (Vitals(100, {0: 40}), 101, "shard 0 not connected to Discord's gateway for 61 s"),
        (Vitals(100, {0: 90, 3: 39, 2: 10}), 100, "shards 2, 3 not connected to Discord's gateway for 90 s"),
        (Vitals(100, silent_since={0: 41}), 101, None),
        (Vitals(100, {}, {0: 39, 5: 38}), 100, "shards 0, 5 without an answer of Discord's gateway for 62 s"),
        (Vitals(0, {0: 0}), 100, "the event loop has been stuck for 100 s"),
        (Vitals(100, store_away_since=41), 101, None),
        (Vitals(100, {0: 0}, store_away_since=40), 101, "the store has not answered for 61 s"),
    ],
)
def test_trouble_is_said_in_a_line(vitals: Vitals, now: float, said: str | None) -> None:
    assert ailment(vitals, now) == said


def test_thousand_shards_away_are_one_short_line() -> None:
    said = ailment(Vitals(100, dict.fromkeys(range(1000), 0)), 100)
    assert said == "shards 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 … not connected to Discord's gateway for 100 s"


moments = st.floats(0, 10_000)


@given(beat=moments, away=st.dictionaries(st.integers(0, 20), moments), now=moments)
def test_well_is_who_beats_and_is_connected(beat: float, away: dict[int, float], now: float) -> None:
    is_well = now - beat <= STUCK_SECONDS and all(now - since <= GONE_SECONDS for since in away.values())
    assert (ailment(Vitals(beat, away), now) is None) == is_well


class Moments:
    """Seconds that a test sets."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


async def test_shard_is_away_from_when_it_went_until_it_is_back() -> None:
    moment = Moments()
    gateways = Gateways(moment)
    assert gateways.away_since([0]) == {0: 0}
    moment.now = 5
    await gateways.came(0)
    assert gateways.away_since([0]) == {}
    moment.now = 10
    await gateways.went(0)
    moment.now = 20
    await gateways.went(0)  # an attempt that failed
    assert gateways.away_since([0]) == {0: 10}
    await gateways.came(0)
    assert gateways.away_since([0]) == {}


async def test_shards_that_identify_one_after_the_other_have_each_their_grace() -> None:
    moment = Moments()
    gateways = Gateways(moment)
    for shard in range(20):
        moment.now += 50
        assert ailment(Vitals(moment.now, gateways.away_since(range(20))), moment.now) is None
        await gateways.came(shard)
    assert gateways.away_since(range(20)) == {}


async def test_shard_that_comes_and_goes_hides_none_that_never_came() -> None:
    moment = Moments()
    gateways = Gateways(moment)
    await gateways.came(0)
    for second in range(10, 70, 10):
        moment.now = second
        await gateways.went(0)
        await gateways.came(0)
    assert gateways.away_since(range(2)) == {1: 0}


HEARTBEAT = 41.25


async def test_shard_whose_heartbeats_are_answered_is_well_however_seldom() -> None:
    moment = Moments()
    gateways = Gateways(moment)
    await gateways.came(0)
    for beat in range(1, 10):
        for second in range(41):
            moment.now = beat * HEARTBEAT + second
            gateways.measured({0: 0.03 + beat / 1e6})
            assert gateways.silent_since() == {}


async def test_connection_that_dies_without_a_word_is_gone_since_its_last_answer_until_it_is_anew() -> None:
    moment = Moments()
    gateways = Gateways(moment)
    moment.now = 5
    await gateways.came(0)
    moment.now = 10
    gateways.measured({0: 0.03})
    for moment.now in range(11, 93):
        gateways.measured({0: 0.03})
        vitals = Vitals(moment.now, gateways.away_since([0]), gateways.silent_since())
        assert (ailment(vitals, moment.now) is None) == (moment.now <= 70)
        if moment.now == 69:  # discord.py has noticed, and tries anew
            await gateways.went(0)
            assert (gateways.away_since([0]), gateways.silent_since()) == ({0: 10}, {})
    await gateways.came(0)
    assert (gateways.away_since([0]), gateways.silent_since()) == ({}, {})
    moment.now += 40
    gateways.measured({0: float("inf")})
    assert gateways.silent_since() == {}


async def test_connection_that_is_held_open_and_says_nothing_is_told_a_minute_after_its_last_answer() -> None:
    moment = Moments()
    gateways = Gateways(moment)
    await gateways.came(0)
    gateways.measured({0: 0.03})
    for moment.now in range(1, 93):
        gateways.measured({0: 0.03})
        told = ailment(Vitals(moment.now, gateways.away_since([0]), gateways.silent_since()), moment.now)
        assert (told is None) == (moment.now <= 60)
    assert told == "shard 0 without an answer of Discord's gateway for 92 s"


async def test_shard_that_goes_between_two_heartbeats_is_away_from_then_on() -> None:
    moment = Moments()
    gateways = Gateways(moment)
    await gateways.came(0)
    gateways.measured({0: 0.03})
    moment.now = 40
    await gateways.went(0)
    assert gateways.away_since([0]) == {0: 40}
