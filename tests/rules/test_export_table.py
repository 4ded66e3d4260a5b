"""Exported questions: no cell is a formula, nothing is lost on the way through CSV or JSON."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import asdict, fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.export_table import (
    CELL_LIMIT,
    ExportedQuestion,
    QuestionExport,
    SessionFacts,
    as_csv,
    as_file,
    as_json,
    file_name,
    harmless,
    restored,
    without_mentions,
)

SESSION = SessionFacts(
    id=12,
    title="Deep Learning",
    conference="ICML 2022",
    room="Hall F",
    moderator="Robin Walters",
    timezone="America/New_York",
    planned_start="2022-07-21T15:30:00-04:00",
    planned_end="2022-07-21T17:00:00-04:00",
)
QUESTION = ExportedQuestion(
    number=1,
    session="Deep Learning",
    talk="Convergence",
    planned_start="2022-07-21T15:30:00-04:00",
    question="Why?",
    asker="Ada",
    anonymous=False,
    state="queued",
    votes=3,
    asked_by=1,
    merged_into=None,
    entered_at="2022-07-21T15:31:00-04:00",
    asked_at=None,
)
COLUMNS = [field.name for field in fields(ExportedQuestion)]
FORMULA = "=+-@＝＋－＠"
nasty = st.text(alphabet=st.sampled_from(list(FORMULA + "\t\r\n\"';, aé|\x00\ufeff\u200b\xa0\u2028")), max_size=12)
typed = nasty | st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=40)


def an_export(*questions: ExportedQuestion, for_public: bool = True) -> QuestionExport:
    return QuestionExport(SESSION, "2022-07-22T09:00:00-04:00", for_public, questions or (QUESTION,), left_out=2)


def read(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@given(typed)
def test_text_comes_back_as_it_was_typed(text: str) -> None:
    assert restored(harmless(text)) == text


@given(st.lists(st.tuples(typed, typed, typed), min_size=1, max_size=3))
def test_csv_holds_no_formula_wherever_a_spreadsheet_lets_a_cell_begin(texts: list[tuple[str, str, str]]) -> None:
    """Whatever it takes for a separator, and whether or not it heeds quotes."""
    rows = [replace(QUESTION, talk=talk, question=question, asker=asker) for talk, question, asker in texts]
    content = as_csv(an_export(*rows)).decode("utf-8-sig")
    for piece in re.split('[\t\r\n,;"]', content):
        assert piece.strip(" \xa0\ufeff\u200b\u2028")[:1] not in set(FORMULA)


@given(st.lists(st.tuples(typed, typed, typed), max_size=3))
def test_csv_is_read_back_as_it_was(texts: list[tuple[str, str, str]]) -> None:
    rows = [replace(QUESTION, talk=talk, question=question, asker=asker) for talk, question, asker in texts]
    found = read(as_csv(QuestionExport(SESSION, "now", for_public=True, questions=tuple(rows), left_out=0)))
    assert [(restored(row["talk"]), restored(row["question"]), restored(row["asker"])) for row in found] == texts


@given(typed)
def test_json_holds_texts_as_they_were_typed(text: str) -> None:
    found = json.loads(as_json(an_export(replace(QUESTION, question=text))))
    assert found["questions"][0]["question"] == text


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t'=1"),
        ("\rx", "'\rx"),
        ("  =1", "'  =1"),
        ("\ufeff=1", "'\ufeff=1"),
        ("＝1", "'＝1"),
        ('"=1', "\"'=1"),
        ("'=1", "''=1"),
        ("a\n=1", "a\n'=1"),
        ("a;=1", "a;'=1"),
        ('x","=1', 'x","\'=1'),
    ],
)
def test_formula_gets_an_apostrophe(text: str, cell: str) -> None:
    assert harmless(text) == cell


@pytest.mark.parametrize("text", ["Why?", "Is 1+1=2?", "a-b", "ada@example.org", "line\nline", "“=1”", "x = y", ""])
def test_text_that_is_no_formula_stays(text: str) -> None:
    assert harmless(text) == text


def test_csv_begins_with_a_byte_order_mark_and_names_its_columns() -> None:
    content = as_csv(an_export())
    assert content.startswith(b"\xef\xbb\xbf" + b'"number","session","talk"')
    assert content.endswith(b"\r\n")
    assert list(read(content)[0]) == COLUMNS


def test_cells_of_what_is_not_known_are_empty_and_numbers_are_numbers() -> None:
    (row,) = read(as_csv(an_export()))
    assert (row["asked_at"], row["merged_into"], row["anonymous"], row["votes"]) == ("", "", "", "3")
    (row,) = read(as_csv(an_export(replace(QUESTION, anonymous=True, votes=0, merged_into=7))))
    assert (row["anonymous"], row["votes"], row["merged_into"]) == ("yes", "0", "7")


def test_cell_is_no_longer_than_excel_holds() -> None:
    (row,) = read(as_csv(an_export(replace(QUESTION, talk="\n=" * 40_000))))
    assert len(row["talk"]) == CELL_LIMIT == 32_767
    assert restored(row["talk"]) == ("\n=" * 40_000)[: len(restored(row["talk"]))]
    (row,) = read(as_csv(an_export(replace(QUESTION, talk="x" * 40_000))))
    assert len(row["talk"]) == CELL_LIMIT


def test_json_is_one_object_with_the_session_and_a_list() -> None:
    content = as_json(an_export())
    assert not content.startswith(b"\xef\xbb\xbf")
    found = json.loads(content)
    assert list(found) == ["session", "form", "exported_at", "left_out", "questions"]
    assert found["session"] == asdict(SESSION)
    assert (found["form"], found["left_out"]) == ("public", 2)
    assert found["questions"] == [asdict(QUESTION)]
    assert list(found["questions"][0]) == COLUMNS
    assert json.loads(as_json(an_export(for_public=False)))["form"] == "moderators"


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Deep Learning", "questions-12-deep-learning-public.csv"),
        ("../../etc/passwd\0", "questions-12-etc-passwd-public.csv"),
        ("Éclair & Über: 2/3", "questions-12-eclair-uber-2-3-public.csv"),
        ("深層学習", "questions-12-public.csv"),
        ("x" * 500, f"questions-12-{'x' * 40}-public.csv"),
    ],
)
def test_file_is_named_after_its_session(title: str, name: str) -> None:
    export = replace(an_export(), session=replace(SESSION, title=title))
    made = as_file(export, "csv")
    assert (made.name, made.content, made.questions) == (name, as_csv(export), 1)


def test_file_for_moderators_says_so_in_its_name() -> None:
    export = an_export(for_public=False)
    made = as_file(export, "json")
    assert (made.name, made.content) == ("questions-12-deep-learning-moderators.json", as_json(export))


def test_mention_of_a_person_loses_their_id() -> None:
    assert without_mentions("<@123> and <@!45>, <#6>, <@&7>") == "@somebody and @somebody, <#6>, <@&7>"


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        (("schedule", "ICML 2022"), "schedule-icml-2022"),
        (("schedule", "会議"), "schedule"),
        (("../", "Ünï\n“x”", "x" * 99), f"uni-x-{'x' * 40}"),
    ],
)
def test_file_has_a_name_that_every_file_system_takes(parts: tuple[str, ...], name: str) -> None:
    assert file_name(*parts) == name
