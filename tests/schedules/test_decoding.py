from __future__ import annotations

import pytest

from bot.schedules.decoding import decode

GERMAN = "Müller grüßt Zoë, Björn und André: „Bäume“ – was für ein Abend\n" * 3


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_unicode_is_read_without_a_word(encoding: str) -> None:
    assert decode(GERMAN.encode(encoding)) == (GERMAN, ())


@pytest.mark.parametrize(
    ("encoding", "name", "text"),
    [
        ("cp1252", "Windows-1252", GERMAN),
        ("mac-roman", "Mac Roman", GERMAN),
        ("cp1252", "Windows-1252", "José Peña, Élodie d’Été"),
        ("mac-roman", "Mac Roman", "José Peña, Élodie d’Été"),
        ("cp1252", "Windows-1252", "Größe"),
        ("mac-roman", "Mac Roman", "Größe"),
        ("cp1252", "Windows-1252", "Trees – “so” … it’s"),
        ("mac-roman", "Mac Roman", "Trees – “so” it’s"),
        ("cp1252", "Windows-1252", "García"),
        ("mac-roman", "Mac Roman", "García"),
        ("cp1252", "Windows-1252", "l’été"),
    ],
)
def test_an_older_encoding_is_the_one_that_makes_words(encoding: str, name: str, text: str) -> None:
    assert decode(text.encode(encoding)) == (
        text,
        (f"line 1: this is not UTF-8: read as {name}, so look at the accents",),
    )


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [
        ("iso-8859-1", "ISO-8859-1"),
        ("iso-8859-2", "iso-8859-2"),
        ("cp1251", "windows-1251"),
        ("shift_jis", "Shift_JIS"),
        ("iso-2022-jp", "iso-2022-jp"),
    ],
)
@pytest.mark.parametrize(
    "before",
    ['<?xml version="1.0" encoding="{}"?>', "<html><meta charset={}>", '<meta content="text/html; charset={}">'],
)
def test_an_encoding_that_a_document_states_is_obeyed(encoding: str, declared: str, before: str) -> None:
    names = {"cp1251": "Иван", "shift_jis": "会場", "iso-2022-jp": "会場", "iso-8859-2": "Gömb"}
    text = f"{before.format(declared)}<p>{names.get(encoding, 'Zoë')}</p>"
    assert decode(text.encode(encoding)) == (text, ())


@pytest.mark.parametrize("declared", ["utf-8", "utf-16", "rot13", "base64", "no-such-thing", "x" * 60])
def test_a_statement_that_cannot_be_is_not_obeyed(declared: str) -> None:
    text = f'<?xml version="1.0" encoding="{declared}"?><p>Zoë Größe</p>'
    assert decode(text.encode("utf-8")) == (text, ())
    assert decode(text.encode("cp1252"))[0] == text


def test_sound_utf_8_is_utf_8_whatever_is_stated() -> None:
    text = '<?xml version="1.0" encoding="ISO-8859-1"?><p>Zoë</p>'
    assert decode(text.encode()) == (text, ())
