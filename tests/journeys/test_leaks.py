"""What a journey's bot may not tell its operator is found where it does."""

from __future__ import annotations

import pytest

from bot.rehearsal.loopback import Loopback
from bot.rehearsal.loopback.world import posting
from bot.rehearsal.loopback.world.interactions import InteractionKind
from tests.journeys.leaks import leaked

QUESTION, ASKER, NAMED = "Does it hold without\nthe second assumption?", 223344556677889900, 998877665544332211
ASKED = [(QUESTION, ASKER, True), ("Is it so?", NAMED, False)]


@pytest.fixture
async def loopback() -> Loopback:
    loopback = Loopback()
    server = loopback.add_server("ICML")
    ada = server.add_member("Ada")
    posting.post(loopback.world, ada.direct_channel, loopback.bot, posting.Draft("**In 5 minutes**: Sea slugs\nMore"))
    loopback.world.interactions.send(InteractionKind.COMMAND, ada.user, server.add_channel("hall"), {"name": "ask"})
    return loopback


async def test_each_secret_is_found_and_the_line_that_says_it(loopback: Loopback) -> None:
    (interaction,) = loopback.world.interactions._by_token
    for secret in (loopback.token, interaction, str(ASKER), "**In 5 minutes**: Sea slugs"):
        assert leaked(f"before\nsaid {secret} so\nafter", loopback, ASKED) == [f"said {secret} so"]
    assert leaked(f"asked: {QUESTION}", loopback, ASKED) == [QUESTION]


async def test_who_asked_by_name_and_what_is_short_may_stand_there(loopback: Loopback) -> None:
    assert leaked(f"{NAMED} asked: Is it so?", loopback, ASKED) == []


async def test_token_is_said_to_nobody(loopback: Loopback) -> None:
    (server,) = loopback.servers
    posting.post(loopback.world, server.add_channel("hall"), loopback.bot, posting.Draft(f"I am {loopback.token}"))
    assert leaked("", loopback, []) == [f"I am {loopback.token}"]
