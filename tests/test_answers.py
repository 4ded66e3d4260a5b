"""What Discord answers is counted whoever asked, and held back for before it bans this machine's address."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest

from bot.answers import Answer, Answers
from bot.delivery.budget import WINDOW, Budget
from bot.rules.invalid_requests import WINDOW_SECONDS
from tests.clocks import REAL_START


class Steady:
    """time.monotonic, moved by a test."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_hold_is_said_once_at_its_beginning_and_once_at_its_end(caplog: pytest.LogCaptureFixture) -> None:
    steady = Steady()
    answers = Answers(steady)
    answers.allow_invalid(10)
    budget = Budget(allowed=3)
    budget.is_shut = answers.hold_back
    for _ in range(5):
        assert budget.free(REAL_START) == 3
        answers.come(Answer(403, "/channels/1/messages"))
    for _ in range(3):
        assert (budget.free(REAL_START), budget.free_at(REAL_START)) == (0, REAL_START + WINDOW)
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    assert caplog.messages[0].startswith(
        "nothing is posted or edited for now: Discord refused 5 requests (401, 403, 429) in ten minutes"
    )
    steady.seconds = WINDOW_SECONDS
    real = REAL_START + timedelta(seconds=WINDOW_SECONDS)
    assert (budget.free(real), budget.free_at(real)) == (3, real)
    assert caplog.messages[1:] == ["posting again: Discord refused 0 requests in the last ten minutes"]


def test_answers_that_are_no_refusal_hold_nothing_back() -> None:
    answers = Answers()
    answers.allow_invalid(2)
    for status in (200, 404, 500, None):
        answers.come(Answer(status))
    answers.come(Answer(429, scope="shared"))
    assert (answers.invalid, answers.hold_back()) == (0, False)


@pytest.mark.parametrize(
    ("status", "path", "refuses"),
    [
        (401, "/api/v10/channels/1/messages", True),
        (401, "/api/v10/users/@me", True),
        (401, "/api/v10/interactions/1/token/callback", False),
        (401, "/api/v10/webhooks/1/token/messages/@original", False),
        (403, "/api/v10/channels/1/messages", False),
        (None, "/api/v10/channels/1/messages", False),
    ],
)
def test_interaction_that_is_over_is_not_taken_for_a_token_that_was_taken_back(
    status: int | None, path: str, *, refuses: bool
) -> None:
    assert Answer(status, path).refuses_token is refuses
