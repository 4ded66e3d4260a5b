"""A person sees what is stored about them and has it removed, also over a restart, and nobody else can do it."""

from __future__ import annotations

import pytest

from tests.journeys.stage import Stage


async def asked(stage: Stage) -> None:
    """Mona has imported the session, and Ada asked something."""
    await stage.set_up()
    stage.at("12:26")
    reply = await stage.use(stage.attendee, "ask", question="Why does it converge?")
    assert reply.content.startswith("Your question for"), reply.content


@pytest.mark.slow
async def test_person_is_shown_what_is_stored_and_removed_after_a_restart(stage: Stage) -> None:
    nothing = await stage.use(stage.attendee, "privacy show")
    assert nothing.ephemeral
    assert nothing.content == "Nothing is stored about you, on any server that this bot serves."
    await asked(stage)
    shown = await stage.use(stage.attendee, "privacy show")
    assert shown.ephemeral
    assert "- 1 question asked\n" in shown.content
    assert "- 1 programme imported\n" in (await stage.use(stage.manager, "privacy show")).content
    question = await stage.use(stage.attendee, "privacy delete")
    assert question.ephemeral
    await stage.kill_bot()
    await stage.start_bot()
    done = await stage.press(stage.attendee, question.message, "Remove me")
    assert done.content.startswith("You were removed from:\n- 1 question asked")
    assert (await stage.use(stage.attendee, "privacy show")).content == nothing.content
    assert "- 1 programme imported\n" in (await stage.use(stage.manager, "privacy show")).content
    listed = await stage.use(stage.manager, "questions list")
    assert "Why does it converge?" in listed.content
    assert "removed person" in listed.content


@pytest.mark.slow
async def test_button_to_remove_somebody_is_theirs_alone(stage: Stage) -> None:
    await asked(stage)
    question = await stage.use(stage.attendee, "privacy delete")
    assert question.message is not None
    question.message.only_for = None  # Discord shows it to nobody else; a forged press must still do nothing
    refused = await stage.press(stage.manager, question.message, "Remove me")
    assert "this button is somebody else's" in refused.content
    assert "- 1 question asked\n" in (await stage.use(stage.attendee, "privacy show")).content


@pytest.mark.slow
async def test_message_that_showed_who_asked_is_edited(stage: Stage) -> None:
    await asked(stage)
    await stage.use(stage.manager, "qa next")
    posted = await stage.until_posted("Why does it converge?", "Asked by Ada")
    question = await stage.use(stage.attendee, "privacy delete")
    await stage.press(stage.attendee, question.message, "Remove me")
    edited = await stage.until_posted("Why does it converge?", "Asked by removed person")
    assert edited.id == posted.id
    assert not [message for message in stage.hall.messages if "Ada" in message.content]
