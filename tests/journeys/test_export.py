"""The stored programme is handed over as a file, and importing that changes nothing."""

from __future__ import annotations

import pytest

from bot.rehearsal.loopback.world.messages import Upload
from tests.journeys.stage import Stage


@pytest.mark.parametrize("kind", ["ics", "csv", "json"])
async def test_exported_programme_is_imported_again_without_a_change(stage: Stage, kind: str) -> None:
    await stage.set_up()
    answer = await stage.use(stage.manager, "schedule export", kind=kind)
    assert answer.ephemeral
    assert "15 talks of “Conference of July 2022”" in answer.content
    assert answer.message is not None
    (file,) = answer.message.attachments
    assert file.filename == f"schedule-conference-of-july-2022.{kind}"
    again = await stage.use(stage.manager, "schedule import", file=Upload(file.filename, file.data))
    assert "Talks: 15 unchanged" in again.content
    assert "Nothing to import" in again.content


async def test_there_is_nothing_to_export_before_an_import(stage: Stage) -> None:
    answer = await stage.use(stage.manager, "schedule export")
    assert answer.content == "no programme is stored yet. Import one with /schedule import."
