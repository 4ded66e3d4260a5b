"""What a failed request to Discord means for a delivery."""

from __future__ import annotations

import errno

import aiohttp
import discord
import pytest
from aiohttp.client_reqrep import ConnectionKey

from bot.delivery.channel import DeliveryFailed, Outcome, _understood, pinging
from bot.delivery.channel_problems import forbidden, gone


class Answer:
    """As much of an HTTP answer as discord.py's errors read."""

    def __init__(self, status: int) -> None:
        self.status = status
        self.reason = "because"


def answered(kind: type[discord.HTTPException], status: int, code: int = 0) -> discord.HTTPException:
    return kind(Answer(status), {"code": code, "message": "Discord's words"})


def refused_connection() -> aiohttp.ClientConnectorError:
    key = ConnectionKey("discord.com", 443, True, True, None, None, None)  # noqa: FBT003 - a tuple of aiohttp's
    return aiohttp.ClientConnectorError(key, OSError(errno.ECONNREFUSED, "refused"))


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (refused_connection(), Outcome.NOT_SENT),
        (answered(discord.HTTPException, 429), Outcome.NOT_SENT),
        (aiohttp.ServerDisconnectedError(), Outcome.UNKNOWN),
        (TimeoutError(), Outcome.UNKNOWN),
        (ConnectionResetError(), Outcome.UNKNOWN),
        (answered(discord.DiscordServerError, 502), Outcome.UNKNOWN),
        (answered(discord.Forbidden, 403, 50013), Outcome.FORBIDDEN),
        (answered(discord.NotFound, 404, 10003), Outcome.CHANNEL_GONE),
        (answered(discord.NotFound, 404, 10008), Outcome.MESSAGE_GONE),
        (answered(discord.NotFound, 404, 0), Outcome.REFUSED),
        (answered(discord.HTTPException, 400, 50035), Outcome.REFUSED),
    ],
)
def test_failure_is_understood(error: Exception, outcome: Outcome) -> None:
    assert _understood(error).outcome is outcome


def test_failure_says_what_happened_and_discords_words() -> None:
    assert str(_understood(answered(discord.HTTPException, 400))) == "Discord refused it: 400 Discord's words"
    assert str(DeliveryFailed(Outcome.MESSAGE_GONE)) == "the message is gone"


def test_problems_say_what_a_manager_does_about_them() -> None:
    assert gone(7).remedy == "Choose another with /setup channel. What is still due then goes out there."
    assert forbidden(7).what == "Discord does not let it post in <#7>."


def test_post_pings_the_one_role_or_nobody() -> None:
    nobody, one = dict(pinging(None).to_dict()), dict(pinging(7).to_dict())
    assert nobody == {"parse": []}
    assert one == {"parse": [], "roles": [7]}
