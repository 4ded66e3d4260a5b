"""A manager imports a schedule with a slash command; nobody else can, and nothing is stored before they say so."""

from __future__ import annotations

import pytest

from bot.rehearsal.loopback import Message, Reply
from bot.rehearsal.loopback.errors import PersonRefusedError
from bot.rehearsal.loopback.world.messages import Upload
from tests.journeys.stage import PATIENCE, SAMPLE, TITLES, Stage


async def test_import_shows_what_it_found_and_stores_it_only_when_told(stage: Stage) -> None:
    preview = await stage.preview()
    assert preview.ephemeral
    assert preview.message is not None
    assert preview.message.labels == ["Import", "Discard"]
    assert "**15 talks** in 1 session" in preview.content
    assert "Venue's zone: America/New_York; the page prints America/Los_Angeles" in preview.content
    assert "15:30 EDT · 12:30 PDT to 17:00 EDT · 14:00 PDT" in preview.content
    assert "moderator Robin Walters" in preview.content
    assert (await stage.use(stage.manager, "schedule show")).content.startswith("No programme is stored")

    stored = await stage.press(stage.manager, preview.message, "Import")
    assert "Talks: 15 new" in stored.content
    assert "No channel is set yet" in stored.content
    assert "**Deep Learning** · Hall F" in (await stage.use(stage.manager, "schedule show")).content


async def test_importing_the_same_page_again_finds_nothing_to_import(stage: Stage) -> None:
    await stage.set_up()
    again = await stage.preview()
    assert "Talks: 15 unchanged" in again.content
    assert "Nothing to import" in again.content
    assert again.message is not None
    assert again.message.labels == []


@pytest.mark.slow
async def test_table_is_imported_once_its_zone_and_its_order_of_dates_are_named(stage: Stage) -> None:
    table = b"Title,Date,Start,End,Speakers,Room\nTrees,07/08/2022,10:00,10:30,Ada One; Bo Two,Hall F\n"
    file = Upload("talks.csv", table)
    asked = await stage.use(stage.manager, "schedule import", file=file)
    assert "Say dates: day first or dates: month first" in asked.content
    asked = await stage.press(stage.manager, asked.message, "Day first")
    assert "with timezone:, for example timezone: Europe/" in asked.content
    await stage.kill_bot()
    await stage.start_bot()
    wrong = await name_zone(stage, asked.message, "Europe/Berlim")
    assert "Europe/Berlim is no time zone. Did you mean Europe/Berlin" in wrong.content
    preview = await name_zone(stage, asked.message, "europe/berlin")
    assert "1 talk" in preview.content
    stored = await stage.press(stage.manager, preview.message, "Import")
    assert stored.content.startswith("Imported into")
    assert "Hall F · Sun 7 August" in (await stage.use(stage.manager, "schedule show")).content


async def name_zone(stage: Stage, question: Message | None, zone: str) -> Reply:
    """Answer an import's question in the form that its button opens."""
    assert question is not None
    form = await (await stage.manager.press(question, "Name the time zone")).acknowledged()
    assert form.modal is not None
    return await (await stage.manager.submit(form.modal, {"answer": zone})).final(within=PATIENCE)


async def test_discarded_import_stores_nothing(stage: Stage) -> None:
    preview = await stage.preview()
    answer = await stage.press(stage.manager, preview.message, "Discard")
    assert answer.content == "Discarded; nothing was stored."
    assert (await stage.use(stage.manager, "schedule show")).content.startswith("No programme is stored")


@pytest.mark.slow
async def test_import_button_still_works_after_a_restart(stage: Stage) -> None:
    preview = await stage.preview()
    await stage.kill_bot()
    await stage.start_bot()
    assert "Talks: 15 new" in (await stage.press(stage.manager, preview.message, "Import")).content


@pytest.mark.parametrize("command", ["schedule import", "schedule show", "setup start", "status now"])
async def test_managers_commands_are_not_offered_to_attendees(stage: Stage, command: str) -> None:
    with pytest.raises(PersonRefusedError):
        await stage.attendee.slash(stage.hall, command)


async def test_attendee_whom_a_server_lets_use_the_command_is_refused_by_the_bot(stage: Stage) -> None:
    stage.server.integrate("schedule", stage.attendee, allowed=True)
    answer = await stage.use(stage.attendee, "schedule show")
    assert answer.ephemeral
    assert answer.content == "only managers of this server may do this. Ask somebody with Manage Server."


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"%PDF-1.7\n\x00\x01", "PDF"),
        (b"Session\n\nDeep Learning\n\nHall F\n", "no talks"),
    ],
)
async def test_unreadable_file_gets_one_clear_line_and_stores_nothing(stage: Stage, content: bytes, words: str) -> None:
    answer = await stage.preview(content)
    assert words in answer.content
    assert len(answer.content.splitlines()) == 1
    assert answer.message is not None
    assert answer.message.labels == []
    assert (await stage.use(stage.manager, "schedule show")).content.startswith("No programme is stored")


async def test_second_page_adds_its_session_and_leaves_the_first_alone(stage: Stage) -> None:
    await stage.set_up()
    other = SAMPLE.replace(b"Deep Learning", b"Optimization").replace(b"Hall F", b"Hall G")
    for title in TITLES:
        other = other.replace(title.encode(), title.encode() + b", revisited")
    preview = await stage.preview(other)
    assert "Talks: 15 new" in preview.content
    await stage.press(stage.manager, preview.message, "Import")
    shown = (await stage.use(stage.manager, "schedule show")).content
    assert shown.splitlines()[0] == "**2 sessions** stored"
    assert "**Deep Learning** · Hall F" in shown
    assert "**Optimization** · Hall G" in shown
