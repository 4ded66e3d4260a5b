from __future__ import annotations

import io
import random
import zipfile
from contextlib import suppress
from xml.sax.saxutils import escape

import pytest

from bot.errors import ScheduleError, ScheduleQuestion
from bot.schedules.detect import read_schedule
from bot.schedules.spreadsheet import is_spreadsheet, spreadsheet_text
from tests.schedules.pages import at, options, read, refusal

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
STYLES = (
    f'<styleSheet xmlns="{MAIN}"><numFmts count="1">'
    '<numFmt numFmtId="170" formatCode="[h]:mm"/></numFmts><cellXfs count="5">'
    '<xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/><xf numFmtId="20" applyNumberFormat="1"/>'
    '<xf numFmtId="22" applyNumberFormat="1"/><xf numFmtId="170" applyNumberFormat="1"/></cellXfs></styleSheet>'
)
DATE, CLOCK, BOTH, LENGTH = 1, 2, 3, 4
HEADER: list[object] = ["Title", "Date", "Start", "End", "Room"]
DAY = 44_763  # 21 July 2022
TREES: list[object] = ["Trees", (DAY, DATE), (10 / 24, CLOCK), (10.5 / 24, CLOCK), "Hall F"]


def a_cell(place: str, value: object) -> str:
    """A text, a number, or a number with its style."""
    if isinstance(value, str):
        return f'<c r="{place}" t="inlineStr"><is><t>{escape(value)}</t></is></c>' if value else ""
    number, style = value if isinstance(value, tuple) else (value, 0)
    return f'<c r="{place}" s="{style}"><v>{number}</v></c>'


def a_sheet(rows: list[list[object]]) -> str:
    lines = (
        f'<row r="{number}">{"".join(a_cell(f"{chr(65 + at_)}{number}", value) for at_, value in enumerate(row))}</row>'
        for number, row in enumerate(rows, 1)
    )
    return f'<worksheet xmlns="{MAIN}"><sheetData>{"".join(lines)}</sheetData></worksheet>'


def a_workbook(
    sheets: dict[str, str], *, state: str = "", more: dict[str, str] | None = None, target: str | None = None
) -> bytes:
    """An xlsx file of sheets given as XML."""
    listed = "".join(
        f'<sheet name="{escape(name)}" sheetId="{n}" r:id="rId{n}"{state}/>' for n, name in enumerate(sheets, 1)
    )
    targets = "".join(
        f'<Relationship Id="rId{n}" Type="{OFFICE}/worksheet" Target="worksheets/{target or f"sheet{n}.xml"}"/>'
        for n, _ in enumerate(sheets, 1)
    )
    styles = f'<Relationship Id="rId99" Type="{OFFICE}/styles" Target="styles.xml"/>'
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        f"{targets}{styles}</Relationships>",
        "xl/styles.xml": STYLES,
        **{f"xl/worksheets/sheet{n}.xml": sheet for n, sheet in enumerate(sheets.values(), 1)},
        **(more or {}),
    }
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return content.getvalue()


def test_a_sheet_is_read_like_a_table() -> None:
    schedule = read(a_workbook({"Programme": a_sheet([HEADER, TREES])}), timezone="Europe/Berlin")
    (talk,) = schedule.talks
    assert (schedule.format, talk.title, talk.room) == ("table", "Trees", "Hall F")
    assert (talk.starts_at, talk.ends_at, schedule.warnings) == (at("08:00"), at("08:30"), ())


def test_dates_become_iso_8601_and_lengths_hours_and_minutes() -> None:
    rows: list[list[object]] = [
        ["Title", "Start", "Duration"],
        ["Trees", (DAY + 0.4375, BOTH), (1.5 / 24, LENGTH)],
        [7, 2.5, ""],
    ]
    text = spreadsheet_text(a_workbook({"Programme": a_sheet(rows)}))
    assert text == "Title,Start,Duration\nTrees,2022-07-21 10:30:00,1:30\n7,2.5,\n"


def test_a_sheet_a_day_is_read_one_after_the_other() -> None:
    rows: list[list[object]] = [["Title", "Time"], ["Trees", "10:00-10:30"], ["", "11:00-11:30"]]
    content = a_workbook(
        {"Notes": a_sheet([["Hello"]]), "Thu 21 July 2022": a_sheet(rows), "Fri 22 July 2022": a_sheet(rows)}
    )
    schedule = read(content, timezone="UTC")
    assert [talk.starts_at for talk in schedule.talks] == [at("10:00"), at("2022-07-22 10:00")]
    assert schedule.warnings == (
        "sheet “Thu 21 July 2022”, row 3, sheet “Fri 22 July 2022”, row 3: no title: left out",
    )


def test_a_sheet_with_another_header_is_not_read_along() -> None:
    other = a_sheet([["Title", "Start", "Colour"], ["Roots", "10:00", "red"]])
    text = spreadsheet_text(a_workbook({"One": a_sheet([HEADER, TREES]), "Two": other}))
    assert "Roots" not in text


def test_rows_have_the_numbers_that_the_spreadsheet_shows() -> None:
    content = a_workbook({"Programme": a_sheet([[], ["TreeConf 2022"], HEADER, TREES, ["", *TREES[1:]]])})
    schedule = read(content, timezone="UTC")
    assert (schedule.conference, schedule.warnings) == ("TreeConf 2022", ("row 5: no title: left out",))


def test_a_formula_is_its_last_value() -> None:
    sheet = a_sheet([HEADER, TREES]).replace(
        '<c r="E2" t="inlineStr"><is><t>Hall F</t></is></c>', '<c r="E2" t="str"><f>1+1</f><v>Hall G</v></c>'
    )
    assert read(a_workbook({"Programme": sheet}), timezone="UTC").talks[0].room == "Hall G"


def test_a_hidden_sheet_is_not_read() -> None:
    content = a_workbook({"Programme": a_sheet([HEADER, TREES])}, state=' state="hidden"')
    assert refusal(content) == (
        "page.txt: no sheet has the header of a programme (there is none). "
        "Name the columns in one row, such as Title, Date, Start, End, Room."
    )


def test_a_spreadsheet_without_a_zone_asks_for_it() -> None:
    with pytest.raises(ScheduleQuestion) as asked:
        read(a_workbook({"Programme": a_sheet([HEADER, TREES])}))
    assert asked.value.option == "timezone"


def test_a_spreadsheet_that_unpacks_to_too_much() -> None:
    content = a_workbook({"Programme": a_sheet([HEADER])}, more={"xl/media/x.xml": " " * (61 * 1024 * 1024)})
    assert "this spreadsheet unpacks to 7 parts of 61 MB" in refusal(content)


def test_a_spreadsheet_of_too_many_parts() -> None:
    content = a_workbook({"Programme": a_sheet([HEADER])}, more={f"xl/{n}.xml": "" for n in range(2_000)})
    assert "this spreadsheet unpacks to 2,006 parts" in refusal(content)


@pytest.mark.parametrize(
    "cell",
    [
        '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        '<row r="1048576"><c><v>1</v></c></row><row r="2"><c r="XFD2"><v>1</v></c></row>',
    ],
)
def test_a_sheet_with_a_cell_at_its_far_corner(cell: str) -> None:
    sheet = a_sheet([HEADER, TREES]).replace("</sheetData>", f"{cell}</sheetData>")
    assert "17,179,869,189 cells" in refusal(a_workbook({"Programme": sheet}))


def test_a_long_text_that_many_cells_share() -> None:
    cells = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 3_000))
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{cells}</sheetData></worksheet>'
    shared = f'<sst xmlns="{MAIN}"><si><t>{"x" * 30_000}</t></si></sst>'
    content = a_workbook({"Programme": sheet}, more={"xl/sharedStrings.xml": shared})
    assert "MB of text" in refusal(content)


@pytest.mark.slow
def test_one_sheet_that_is_listed_many_times() -> None:
    sheets = {f"Sheet {number}": "" for number in range(90)}
    rows = "".join(f'<row r="{n}"><c r="Z{n}"><v>1</v></c></row>' for n in range(1, 1_000))
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'
    content = a_workbook(sheets, more={"xl/worksheets/sheet1.xml": sheet}, target="sheet1.xml")
    assert "cells with" in refusal(content)


def test_a_sheet_may_hide_under_any_name() -> None:
    corner = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    sheet = a_sheet([HEADER, TREES]).replace("</sheetData>", f"{corner}</sheetData>")
    content = a_workbook({"Programme": ""}, more={"xl/worksheets/../theme.xml": sheet}, target="../theme.xml")
    assert "cells with" in refusal(content)


@pytest.mark.parametrize("unit", ["<si", '<c t="s" ', " r ", "<row ", '<c r="A1"/>'])
def test_a_sheet_of_the_same_over_and_over_is_looked_through_soon(unit: str) -> None:
    content = a_workbook({"Programme": a_sheet([HEADER]) + unit * (3_000_000 // len(unit))})
    refusal(content)


def test_what_is_no_spreadsheet() -> None:
    assert not is_spreadsheet(b"PK\x03\x04xl/")
    assert not is_spreadsheet(b"Title,Start")


def test_any_change_to_a_spreadsheet_gives_a_schedule_or_a_refusal() -> None:
    source = a_workbook({"Programme": a_sheet([HEADER, TREES])})
    chance = random.Random(7)  # noqa: S311 - the same changes every time
    for _ in range(300):
        changed = bytearray(source)
        for _ in range(chance.randrange(1, 6)):
            changed[chance.randrange(len(changed))] = chance.randrange(256)
        with suppress(ScheduleError):
            read_schedule(bytes(changed), options(timezone="UTC"))


def test_any_change_inside_a_sheet_gives_a_schedule_or_a_refusal() -> None:
    sheet = a_sheet([HEADER, TREES])
    chance = random.Random(8)  # noqa: S311 - the same changes every time
    for _ in range(300):
        place = chance.randrange(len(sheet))
        changed = sheet[:place] + chance.choice(["", "<", '"', "9999", "A", "-", "e9", "NaN"]) + sheet[place + 1 :]
        with suppress(ScheduleError):
            read_schedule(a_workbook({"Programme": changed}), options(timezone="UTC"))
