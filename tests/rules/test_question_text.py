"""What people type, made fit to be stored: text as hostile as it gets, and scripts that must stay readable."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import CommandError
from bot.rules.question_text import MARKS_AT_MOST, NAME_LIMIT, QUESTION_LIMIT, person_name, question_text

ACUTE = "\u0301"
HOSTILE = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from(
            "a e\n\r\t\u00a0\u0300\u0301\u0344\u0489\u200b\u200d\u200e\u202e\u2066\u2800\u3164\ufe0f\ufeff"
        ),
    )
)


def refusal(typed: str) -> str:
    with pytest.raises(CommandError) as told:
        question_text(typed)
    return str(told.value)


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("  Does it scale?\n", "Does it scale?"),
        ("Does  it\t\tscale?", "Does it scale?"),
        ("One\r\nTwo\rThree\u2028Four", "One\nTwo\nThree\nFour"),
        ("One \n\n \n\n\n Two", "One\n\nTwo"),
        ("nul\x00 bell\x07 escape\x1b[31m", "nul bell escape[31m"),
        ("\u202etxet desrever\u202c", "txet desrever"),
        ("a\u2066b\u2069c\u200bd\ufeffe\u00adf", "abcdef"),
        ("half a pair \ud83d", "half a pair"),
        ("e\u0301", "é"),
        ("e\u200b\u0301", "é"),
        (f"\u0301{ACUTE}Why?", "Why?"),
        (
            "@everyone <@1> <@&2> discord.gg/x ```py\n[a](https://b)",
            "@everyone <@1> <@&2> discord.gg/x ```py\n[a](https://b)",
        ),
    ],
)
def test_typed(typed: str, text: str) -> None:
    assert question_text(typed) == text


@pytest.mark.parametrize(
    "text",
    [
        "שָׁלוֹם בְּרֵאשִׁית",
        "می‌خواهم بپرسم",
        "क्‍षत्रिय क्या है?",
        "ที่นี่ทำได้ไหม",
        "Tiếng Việt có được không?",
        "한국어로 물어봐도 되나요?",
        "这个方法能用于有向图吗？",
        "👩‍👩‍👧‍👦 1️⃣ 🏳️‍🌈 ok?",
        "Is x² ≤ ∑ᵢ |xᵢ|?",
    ],
)
def test_scripts_stay_as_they_are(text: str) -> None:
    assert question_text(text) == unicodedata.normalize("NFC", text)


def test_tower_of_marks_is_cut_to_a_few_on_each_character() -> None:
    text = question_text(f"Z{ACUTE * 500}algo{ACUTE * 500}?")
    assert text == unicodedata.normalize("NFC", f"Z{ACUTE * 5}algo{ACUTE * 5}?")  # one is part of the letter
    joined = question_text("x" + ("\u0336\u200d" * 250) + "y")
    assert len(joined) == 2 + MARKS_AT_MOST


@pytest.mark.parametrize(
    "typed", ["", "  \n\t", "\u200b\u200d\ufeff", "\u3164", "\u2800\u00a0", ACUTE * 500, "\u202e\u202c", "\x00"]
)
def test_what_shows_as_nothing_is_empty(typed: str) -> None:
    assert refusal(typed) == "the question is empty. Type 1 to 500 characters."


def test_500_characters_after_trimming_are_the_most() -> None:
    assert question_text("x") == "x"
    assert question_text(f"  {'x' * 500}\n") == "x" * 500
    assert refusal("x" * 501) == "the question has 501 characters, and 500 is the most. Shorten it."
    told = refusal("secret" + "x" * 3994)
    assert told == "the question has 4,000 characters, and 500 is the most. Shorten it."


def test_name_is_one_line_of_60_characters() -> None:
    assert person_name(" Ana\n María\u202e ") == "Ana María"
    assert person_name("x" * 60) == "x" * 60
    for typed, told in (
        ("x" * 61, "the name has 61 characters, and 60 is the most. Shorten it."),
        ("\u200b", "the name is empty. Type 1 to 60 characters."),
    ):
        with pytest.raises(CommandError) as refused:
            person_name(typed)
        assert str(refused.value) == told


@given(HOSTILE)
def test_whatever_is_typed_becomes_a_sound_text_or_a_refusal(typed: str) -> None:
    for clean, limit in ((question_text, QUESTION_LIMIT), (person_name, NAME_LIMIT)):
        try:
            text = clean(typed)
        except CommandError:
            continue
        assert 1 <= len(text) <= limit
        assert clean(text) == text == text.strip() == unicodedata.normalize("NFC", text)
        assert text.encode()
        assert "\n\n\n" not in text
        assert not set(text) & set("\x00\r\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
        marks = 0
        for char in text:
            marks = marks + 1 if unicodedata.category(char)[0] == "M" else 0
            assert marks <= MARKS_AT_MOST
        assert unicodedata.category(text[0])[0] != "M"


@given(HOSTILE)
def test_name_has_no_line_end(typed: str) -> None:
    try:
        assert "\n" not in person_name(typed)
    except CommandError:
        return
