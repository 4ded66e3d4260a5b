"""Who may do what, as a rule."""

from __future__ import annotations

import pytest

from bot.errors import NotAllowedError
from bot.rules.permissions import ACTIONS, Asker, Audience, Moderators, Role, Way, action_named, allowed_to, require

MANAGER, MODERATOR, ANYBODY = Asker(manages=True), Asker(manages=False, moderates=True), Asker(manages=False)


def test_every_action_is_there_once() -> None:
    names = [(action.way, action.name) for action in ACTIONS]
    assert len(names) == len(set(names))


def test_what_is_not_in_the_table_nobody_may_do() -> None:
    with pytest.raises(KeyError):
        action_named(Way.BUTTON, "console2")


def test_each_audience_lets_pass_whom_it_should() -> None:
    for audience in (Audience.EVERYONE, Audience.SELF):
        assert allowed_to(audience) == frozenset(Role)
    assert allowed_to(Audience.MODERATORS) == {Role.MANAGER, Role.MODERATOR}
    assert allowed_to(Audience.MANAGERS) == {Role.MANAGER}


def test_refusal_says_who_can() -> None:
    with pytest.raises(NotAllowedError, match=r"only managers of this server may do this\. Ask somebody with Manage"):
        require(Audience.MANAGERS, MODERATOR)
    with pytest.raises(NotAllowedError) as refused:
        require(Audience.MODERATORS, ANYBODY, Moderators((5, 6), 7))
    assert (refused.value.user_ids, refused.value.role_id) == ((5, 6), 7)
    with pytest.raises(NotAllowedError, match="It has none yet: a manager names them with /setup moderators"):
        require(Audience.MODERATORS, ANYBODY, Moderators())


def test_only_what_moderators_and_managers_change_is_recorded() -> None:
    recorded = {action.name for action in ACTIONS if action.is_recorded}
    assert {"timer start", "console", "schedule import", "import", "qa export"} <= recorded
    assert recorded.isdisjoint({"now", "ask", "vote", "timer status", "qa list", "status now", "clock"})
