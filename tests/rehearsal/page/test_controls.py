"""The controls: what they refuse, what they change, and what stands on them then."""

from __future__ import annotations

import pytest

from bot.rehearsal.cast import Cast
from bot.rehearsal.rehearsal import Rehearsal
from tests.rehearsal.conftest import Client
from tests.rehearsal.page.browser import Browser, Json


@pytest.fixture
def notes(rehearsal: Rehearsal) -> list[str]:
    """What the terminal tells of it."""
    told: list[str] = []
    rehearsal.control.on_note.append(told.append)
    return told


async def stands(browser: Browser) -> Json:
    control: Json = (await browser.state())["control"]
    return control


async def test_clock_is_paused_and_sped_up(rehearsal: Rehearsal, browser: Browser) -> None:
    rehearsal.control.open(Cast.LIVELY, 300)
    async with browser.watching() as window:
        await window.next()
        for sent, speed in (
            ({"paused": True}, 0),
            ({"paused": False}, 300),
            ({"speed": 600}, 600),
            ({"paused": True}, 0),
            ({"speed": 1}, 1),
        ):
            await browser.send("control/clock", **sent)
            assert (await window.until("control"))["speed"] == speed
            assert rehearsal.clock.speed == speed
    assert (await stands(browser))["resume_speed"] == 1
    assert not rehearsal.control.took_part


async def test_faults_slow_the_clock_and_are_told(
    rehearsal: Rehearsal, browser: Browser, bot: Client, notes: list[str]
) -> None:
    await browser.send("control/clock", speed=60)
    await browser.send("control/faults", slow=True)
    await browser.send("control/faults", down=True)
    await browser.send("control/faults", down=True)
    control = await stands(browser)
    assert (control["down"], control["slow"], control["speed"], control["resume_speed"]) == (True, True, 30, 60)
    assert control["took_part"] is True
    await browser.send("control/faults", slow=False)
    assert (await stands(browser))["down"] is True
    await browser.send("control/faults", down=False)
    assert rehearsal.loopback.faults.is_down is False
    assert "Discord is down" in notes
    assert len(rehearsal.control.troubles.absences()) == 1


async def test_cast_is_switched_off_and_on(rehearsal: Rehearsal, browser: Browser, notes: list[str]) -> None:
    rehearsal.control.open(Cast.LIVELY, 60)
    await browser.send("control/cast", role="attendees", on=False)
    assert (await stands(browser))["cast"] == {"moderator": True, "attendees": False}
    await browser.send("control/cast", role="attendees", on=True)
    assert (await stands(browser))["cast"] == {"moderator": True, "attendees": True}
    assert notes[1:] == ["the cast no longer plays the attendees", "the cast plays the attendees again"]


async def test_punctual_cast_has_no_moderator_to_switch_on(rehearsal: Rehearsal, browser: Browser) -> None:
    rehearsal.control.open(Cast.PUNCTUAL, 60)
    assert (await stands(browser))["cast"] == {"moderator": False, "attendees": True}
    status, line = await browser.refused("control/cast", role="moderator", on=True)
    assert status == 409
    assert line.startswith("the punctual cast has no moderator: its clock goes by the plan. Be the moderator yourself")
    await browser.send("control/cast", role="moderator", on=False)


async def test_nobody_may_be_switched_on(rehearsal: Rehearsal, browser: Browser) -> None:
    rehearsal.control.open(Cast.NOBODY, 60)
    assert (await stands(browser))["cast"] == {"moderator": False, "attendees": False}
    await browser.send("control/cast", role="moderator", on=True)
    assert (await stands(browser))["cast"] == {"moderator": True, "attendees": False}


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("clock", {}),
        ("clock", {"speed": 2}),
        ("clock", {"speed": True}),
        ("clock", {"speed": "60"}),
        ("clock", {"speed": 60, "paused": True}),
        ("clock", {"paused": 1}),
        ("clock", {"jump": False}),
        ("cast", {"role": "manager", "on": True}),
        ("cast", {"role": "moderator", "on": "yes"}),
        ("faults", {"down": 1}),
        ("faults", {}),
        ("bot", {"restart": False}),
        ("bot", {}),
    ],
)
async def test_what_no_control_sends_changes_nothing(
    rehearsal: Rehearsal, browser: Browser, path: str, values: Json
) -> None:
    rehearsal.control.open(Cast.LIVELY, 60)
    assert (await browser.refused(f"control/{path}", **values))[0] == 400
    control = await stands(browser)
    assert (control["speed"], control["took_part"], control["bot"]) == (60, False, "starting")


async def test_two_restarts_at_once_are_one(rehearsal: Rehearsal, browser: Browser) -> None:
    rehearsal.control.open(Cast.LIVELY, 600)
    await browser.send("control/bot", restart=True)
    line = "the bot is being started again already. Wait until it is back."
    assert await browser.refused("control/bot", restart=True) == (409, line)
    control = await stands(browser)
    assert (control["bot"], control["speed"], control["resume_speed"]) == ("restarting", 30, 600)


async def test_rehearsal_is_ended_once(rehearsal: Rehearsal, browser: Browser, notes: list[str]) -> None:
    rehearsal.control.open(Cast.LIVELY, 60)
    await browser.send("control/faults", down=True)
    await browser.send("control/finish")
    control = await stands(browser)
    assert (control["finished"], control["down"], control["next"]) == (True, False, None)
    assert (await browser.refused("control/finish"))[0] == 409
    assert notes[-1] == "somebody ends the rehearsal"
