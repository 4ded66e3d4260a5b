from __future__ import annotations

import contextlib
import gc
import gzip
import io
import zipfile

import pytest

from bot.errors import ScheduleError
from bot.schedules.decoding import MAX_BYTES
from bot.schedules.detect import READERS, read_schedule
from bot.schedules.schedule import ReadingOptions
from tests.schedules.pages import SAVED, a_page, a_talk, at, options, read, refusal

SAVE_AS_TEXT = "Copy the page as text, or save it as HTML."
SIGNED_OUT = "page.txt: this is a log-in page, not the schedule. Save the page while signed in."


def a_zip(*names: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return content.getvalue()


@pytest.mark.parametrize("content", [b"", b" \r\n\t ", b"\xef\xbb\xbf", b"\xff\xfe"])
def test_an_empty_file(content: bytes) -> None:
    assert refusal(content) == "page.txt: this is empty. Save or copy the page again."


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", "a PDF"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "an image (PNG)"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "an image (JPEG)"),
        (a_zip("[Content_Types].xml", "xl/workbook.xml"), "a spreadsheet (xlsx)"),
        (a_zip("word/document.xml"), "a Word document (docx)"),
        (a_zip("page.html"), "a zip archive"),
        (gzip.compress(b"page", mtime=0), "a gzip archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document or spreadsheet"),
        (bytes(range(256)) * 4, "binary data"),
        (b"\x00" * 100, "binary data"),
    ],
)
def test_what_is_no_text_is_named(content: bytes, kind: str) -> None:
    assert refusal(content) == f"page.txt: this is {kind}, not text. {SAVE_AS_TEXT}"


def test_a_file_that_is_too_large() -> None:
    assert refusal(b"x" * (MAX_BYTES + 1)) == "page.txt: this is too large (10.0 MB). Import at most 10 MB at a time."


@pytest.mark.parametrize(
    "text",
    [
        "Dear all, see you there.",
        "Start,End\n2022-07-21 12:30,12:35\n",
        "See pages 1-2.",
        '{"conference": []}',
    ],
)
def test_text_that_no_reader_knows(text: str) -> None:
    understood = "; ".join(dict.fromkeys(reader.understands for reader in READERS))
    assert refusal(text) == (
        f"page.txt: this is no schedule that is understood here. Import one of these: {understood}."
    )


@pytest.mark.parametrize(
    "text",
    [
        "<html><head><title>Login | OpenReview</title></head><body><form></form></body></html>",
        "<html><head><title>ICML</title></head><body><input name=p type='password'></body></html>",
        "<!doctype html><title>Sign in - Google Accounts</title><p>to continue to Docs</p>",
        "<!doctype html><title>Verifying your browser | OpenReview</title>",
        "Sign in\n\nto continue to Google Docs\n\nEmail or phone\n\nForgot email?\n\nCreate account\n",
        "Skip to yearly menu bar Skip to main content\n\nLog in\n\nEmail\n\nPassword\n\nForgot your password?\n",
    ],
)
def test_a_log_in_page(text: str) -> None:
    assert refusal(text) == SIGNED_OUT


def test_a_page_with_talks_may_offer_to_log_in() -> None:
    saved = (SAVED / "session.html").read_text(encoding="utf-8")
    form = '<a href="/accounts/login">Login</a><form><input type="password"></form>'
    assert len(read(saved.replace("<main", f"{form}<main")).talks) == 2
    assert len(read("Log in\nForgot your password?\n" + a_page()).talks) == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_an_encoding_that_is_stated_is_read_without_a_word(encoding: str) -> None:
    schedule = read(a_page(a_talk(rest="Cléa One · Bo Two")).encode(encoding))
    assert schedule.talks[0].speakers == ("Cléa One", "Bo Two")
    assert len(schedule.warnings) == 1


def test_windows_1252_is_read_with_a_warning() -> None:
    schedule = read(a_page(a_talk(title="Trees – “so”", rest="Cléa One · Bo Two")).encode("cp1252"))
    assert (schedule.talks[0].title, schedule.talks[0].speakers) == ("Trees – “so”", ("Cléa One", "Bo Two"))
    assert schedule.warnings[0] == "line 16: this is not UTF-8: read as Windows-1252, so look at the accents"


def test_a_few_damaged_bytes_do_not_spoil_the_rest() -> None:
    page = a_page(
        a_talk(rest="Cléa One · Bö Two · Çy Three"), a_talk("Thu 21 July 12:35 - 12:40 PDT", title="Tr\x01es")
    )
    schedule = read(page.encode().replace(b"\x01", b"\xff"))
    assert schedule.talks[0].speakers == ("Cléa One", "Bö Two", "Çy Three")
    assert schedule.talks[1].title == "Tr\ufffdes"
    assert schedule.warnings[0] == "line 23: 1 damaged character in this text, shown as \ufffd"


def test_the_format_is_chosen_by_content_and_never_by_name() -> None:
    page = (SAVED / "session.html").read_bytes()
    named_text = ReadingOptions(today=at("2022-07-01 12:00"), name="programme.csv")
    assert read_schedule(page, named_text).format == "icml-html"
    assert read_schedule(a_page().encode(), named_text).format == "icml-text"


def test_a_refusal_without_a_place_names_the_file() -> None:
    with pytest.raises(ScheduleError) as refused:
        read_schedule(b"", options())
    assert (refused.value.what, refused.value.where, refused.value.do) == (
        "this is empty",
        "page.txt",
        "Save or copy the page again",
    )


def test_every_reader_has_a_name_of_its_own() -> None:
    names = [reader.format for reader in READERS]
    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize("content", [a_page().encode(), b"nothing"])
def test_garbage_is_collected_again_after_reading(content: bytes) -> None:
    with contextlib.suppress(ScheduleError):
        read_schedule(content, options())
    assert gc.isenabled()


def test_who_collects_no_garbage_keeps_it_so() -> None:
    gc.disable()
    try:
        read_schedule(a_page().encode(), options())
        assert not gc.isenabled()
    finally:
        gc.enable()
