"""A manager edits the stored programme and takes it back: by slash commands and buttons, also over a restart."""

from __future__ import annotations

import pytest

from tests.journeys.stage import TITLES, Stage


async def session_of(stage: Stage, typed: str = "") -> str:
    """The value that autocompletion offers for a session."""
    choices = await stage.manager.autocomplete(stage.hall, "schedule edit", session=typed)
    return str(choices[0].value)


async def talk_of(stage: Stage, session: str, typed: str, option: str = "talk") -> str:
    """The value that autocompletion offers for a talk of a session."""
    options = {"session": session, option: typed}
    choices = await stage.manager.autocomplete(stage.hall, "schedule edit", **options)
    return str(choices[0].value)


@pytest.mark.slow
async def test_talk_is_moved_told_once_and_moved_back(stage: Stage) -> None:
    await stage.set_up()
    session = await session_of(stage)
    talk = await talk_of(stage, session, TITLES[2][:20])
    preview = await stage.use(stage.manager, "schedule edit", session=session, talk=talk, start="15:42")
    assert preview.content.splitlines()[0] == "**This would change**"
    assert "15:40 EDT to 15:42 EDT" in preview.content
    await stage.kill_bot()
    await stage.start_bot()
    applied = await stage.press(stage.manager, preview.message, "Apply")
    assert applied.content.splitlines()[0] == "**Changed**"
    told = await stage.until_posted("**The programme changed**")
    assert "15:40 EDT · 12:40 PDT to 15:42 EDT · 12:42 PDT" in told.content
    asked = await stage.use(stage.manager, "schedule undo")
    assert "Edit of “Deep Learning”" in asked.content
    assert "15:42 EDT to 15:40 EDT" in asked.content
    undone = await stage.press(stage.manager, asked.message, "Undo it")
    assert undone.content.startswith("Undone: Edit of “Deep Learning”.")
    await stage.until_posted("**The programme changed**", "12:42 PDT to 15:40 EDT")
    assert len([m for m in stage.hall.messages if m.content.startswith("**The programme changed**")]) == 2
    # the import itself is the next step back
    assert "Import of “Deep Learning”" in (await stage.use(stage.manager, "schedule undo")).content


@pytest.mark.slow
async def test_session_is_split_and_joined_again(stage: Stage) -> None:
    await stage.set_up()
    session = await session_of(stage)
    second = await talk_of(stage, session, TITLES[7][:20], "split_before")
    preview = await stage.use(stage.manager, "schedule edit", session=session, split_before=second, title="Part II")
    assert "- No talk changes its time, room or title." in preview.content
    assert (
        "- Session **Deep Learning** · Hall F · Thu 21 July 2022, 15:30 EDT to 16:05 EDT · 7 talks" in preview.content
    )
    assert "- Session **Part II** · Hall F · Thu 21 July 2022, 16:05 EDT to 17:00 EDT · 8 talks" in preview.content
    await stage.press(stage.manager, preview.message, "Apply")
    assert (await stage.use(stage.manager, "schedule show")).content.splitlines()[0] == "**2 sessions** stored"
    other = await session_of(stage, "Part II")
    joined = await stage.use(stage.manager, "schedule edit", session=session, join=other)
    await stage.press(stage.manager, joined.message, "Apply")
    shown = (await stage.use(stage.manager, "schedule show")).content
    assert shown.splitlines()[0] == "**1 session** stored"
    assert "15 talks" in shown


async def test_what_was_left_changes_nothing_and_cannot_be_applied_after(stage: Stage) -> None:
    await stage.set_up()
    session = await session_of(stage)
    preview = await stage.use(stage.manager, "schedule edit", session=session, title="Deeper Learning")
    left = await stage.press(stage.manager, preview.message, "Leave as it is")
    assert left.content == "Nothing was changed."
    assert "**Deep Learning**" in (await stage.use(stage.manager, "schedule show")).content
    alone = await stage.use(stage.manager, "schedule edit", session=session, minutes="5")
    assert alone.content == "minutes and cancelled are of one talk. Name it with talk:."
    nothing = await stage.use(stage.manager, "schedule edit", session=session)
    assert nothing.content == "nothing was to change. Give what is to be different."


async def test_undo_that_was_shown_before_another_change_is_refused(stage: Stage) -> None:
    await stage.set_up()
    asked = await stage.use(stage.manager, "schedule undo")
    session = await session_of(stage)
    preview = await stage.use(stage.manager, "schedule edit", session=session, title="Deeper Learning")
    await stage.press(stage.manager, preview.message, "Apply")
    assert "the programme changed since" in await stage.refused(stage.manager, asked.message, "Undo it")


async def test_who_manages_nothing_undoes_nothing(stage: Stage) -> None:
    await stage.set_up()
    stage.server.integrate("schedule", stage.attendee, allowed=True)
    for command in ("schedule undo", "schedule edit"):
        options = {"session": stage.session_key(1), "title": "X"} if command.endswith("edit") else {}
        answer = await stage.use(stage.attendee, command, **options)
        assert answer.content == "only managers of this server may do this. Ask somebody with Manage Server."
