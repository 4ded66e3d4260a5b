from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.schedules.readable import readable, readable_line, squeezed, visible

LATEX = st.sampled_from(
    (
        *(
            "$",
            "$$",
            "\\",
            "{",
            "}",
            "_",
            "^",
            "`",
            "``",
            "''",
            "*",
            "**",
            "[",
            "](",
            ")",
            "~",
            "--",
            "&",
            "&amp;",
            "%",
        ),
        *(
            "\\textit{",
            "\\cite{",
            "\\href{",
            "\\'",
            '\\"',
            "\\frac",
            "\\alpha",
            "\\foo",
            "x",
            "e",
            "5",
            " ",
            "\n",
            "https://",
        ),
    )
)


@pytest.mark.parametrize(
    ("source", "plain"),
    [
        ("$k$-IGN", "k-IGN"),
        ("$\\beta{\\geq}0$", "β≥0"),
        ("1.78$\\times$ faster", "1.78× faster"),
        ("$x_i$ and $x^2$ and $x_{t+1}$", "xᵢ and x² and xₜ₊₁"),
        ("$L_{\\text{train}}$ and $x^{\\top}$", "L_train and x^⊤"),
        ("$\\mathbf{x} \\in \\mathbb{R}^{d}$", "x ∈ ℝ^d"),
        ("$\\mathcal{O}(n \\log n)$", "O(n log n)"),
        ("$\\mathbb{E}_{x \\sim p}[f(x)]$", "E_(x ∼ p)[f(x)]"),
        ("$\\|w\\|_2$ and $\\{0,1\\}^n$", "‖w‖₂ and {0,1}ⁿ"),
        ("\\(a_1\\) and \\[b\\] and $$c$$", "a₁ and b and c"),
        ("\\'e L\\'eon L{\\'e}on \\\"{o} \\c{c} Erd\\H{o}s \\'{\\i} \\~n", "é Léon Léon ö ç Erdős í ñ"),
        ("Stra\\ss e \\alpha-divergence \\LaTeX{} is", "Straße α-divergence LaTeX is"),
        ("\\textit{a} \\textbf{\\emph{b}} {\\it c} \\texttt{d_e}", "a b c d_e"),
        ("``quotes'' and `single'", "“quotes” and ‘single’"),
        ("more samples'' in it", "more samples” in it"),
        ("model of \\citet{a2020}, where", "model of, where"),
        ("features \\cite{a,b}. We", "features. We"),
        ("seen \\citep[p.~3][]{a} before", "seen before"),
        ("seen (\\cite{a}) before", "seen before"),
        ("\\href{https://example.org/a_b}{our code}", "our code"),
        ("\\url{https://example.org/a_b~c}", "https://example.org/a_b~c"),
        ("50\\% of R\\&D, \\$5, a\\_b, \\#1", "50% of R&D, $5, a_b, #1"),
        ("Figure~1, 5~ms", "Figure 1, 5 ms"),
        ("costs---we; 1--5; this -- that", "costs—we; 1–5; this – that"),
        ("10{,}000", "10,000"),
        ("**bold**, *slanted*, _so_, `code_x`", "bold, slanted, so, code_x"),
        ("[text](https://example.org) ![alt](x.png)", "text alt"),
        ("# Heading\ntext", "Heading\ntext"),
        ("&amp; &lt;b&gt; &#233; &quot;", '& <b> é "'),
        ("one\\footnote{or two} way", "one (or two) way"),
    ],
)
def test_markup_becomes_text(source: str, plain: str) -> None:
    assert readable(source) == plain


@pytest.mark.parametrize(
    "text",
    [
        "Collapsed & Whitened",
        "100% better",
        "$5 and $10",
        "$100k (vs. US$)",
        "costs $1,000 to $2,000 a year",
        "C# and a_b",
        "5 * 3 * 2",
        "A*B*C",
        "snake_case_name, __init__, **kwargs",
        "AT&T &notin R&D",
        "f''(x), 5'' wide, don't",
        "--year 2022, ~5 ms, 10~20, a - b",
        "[Re] Title [1]",
        "{BERT} and {1, 2}",
        "C:\\new\\table and \\foo{bar}",
        "https://example.org/~a_b*c*d--e_f",
        "x < y > z <b>",
        "日本語 und Zürich",
        "👩 🎉",
        "$",
        "\\",
        "\\textit{unclosed",
        "$\\foo{x}$",
        "$\\frac{a$",
        "",
    ],
)
def test_what_only_looks_like_markup_stays(text: str) -> None:
    assert readable(text) == text


def test_no_styled_letters_are_made() -> None:
    source = " ".join(
        f"$\\{style}{{AxL}}$" for style in ("mathbf", "mathcal", "mathfrak", "mathsf", "mathscr", "mathit")
    )
    assert readable(source) == "AxL AxL AxL AxL AxL AxL"


def test_what_nobody_sees_is_gone() -> None:
    assert readable("a\u200bb\u202ec\u2066d\x00e\x7ff\ufeffg\u00adh\u061ci\u3164j&#8238;k\U000e0041l") == "abcdefghijkl"


def test_letters_and_their_marks_are_one() -> None:
    assert readable("Cafe\u0301 A\u030a") == "Café Å"


def test_paragraphs_stay_apart_and_spaces_do_not_add_up() -> None:
    assert readable(" a \t b\u00a0c \r\n \r\n\r\n d\ne ") == "a b c\n\nd\ne"
    assert readable_line(" a \n\n b ") == "a b"
    assert squeezed(" $a$ \u200b\n b") == "$a$ b"


@pytest.mark.parametrize(
    "unit",
    [
        *(
            "{",
            "}",
            "$",
            "\\",
            "`",
            "*",
            "_",
            "[",
            "~",
            "'",
            "&",
            "-",
            "\u0301",
            "\u05b0\u0301",
            "\\textit{",
            "{\\",
            "$a",
            "_a",
        ),
        *(
            "\\'",
            "[a](",
            "\\(a",
            "\\[ ",
            "a ``",
            "\\cite[",
            "\\cite{}",
            "![",
            "$\\a_{x}$",
            "\\frac{",
            "https://",
            "\\\\(",
        ),
    ],
)
def test_much_of_anything_takes_no_time_to_speak_of(unit: str) -> None:
    # Quadratic work on so many characters would run into pytest's time limit, and recursion into Python's.
    hostile = unit * (300_000 // len(unit))
    assert len(readable(hostile)) <= 2 * len(hostile)
    prose = (unit + " and so on, as prose does, ") * 2_000
    assert len(readable(prose)) <= 2 * len(prose)


@pytest.mark.parametrize(
    ("opening", "closing"),
    [("{\\em some words ", "}"), ("\\textit{some words ", "}"), ("$x_{some words ", "}$"), ("{", "}")],
)
def test_deep_nesting_is_not_followed_to_its_end(opening: str, closing: str) -> None:
    assert "core" in readable(opening * 5_000 + "core" + closing * 5_000)


@given(st.lists(st.one_of(LATEX, st.text(max_size=3)), max_size=30).map("".join))
def test_it_never_raises_and_never_grows_beyond_reason(text: str) -> None:
    plain = readable(text)
    assert len(plain) <= 4 * len(text)
    assert plain == visible(plain).strip()
    assert "\u202e" not in plain


@given(
    st.lists(st.sampled_from(["R&D", "100%", "$5", "a", "b_c", "C#", "(x)", "5 * 3", "and"]), max_size=12).map(" ".join)
)
def test_ampersands_percents_and_prices_always_stay(text: str) -> None:
    assert readable(text) == text


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="$\\`*_[!~'{&-#"), max_size=60))
def test_text_without_markup_is_only_cleaned(text: str) -> None:
    assert readable_line(text) == squeezed(text)


def test_markup_is_seen_where_something_unseen_parted_it() -> None:
    assert readable("trees -\x01- and leaves") == readable("trees -- and leaves") == "trees – and leaves"


@given(
    text=st.text(
        st.characters(max_codepoint=0x2FF) | st.sampled_from("\t\r\n\x0b\x85  \u200b\u2028\u2800e\u0301—’"), max_size=40
    )
)
def test_visible_text_is_what_every_character_of_it_comes_to(text: str) -> None:
    lines = re.sub("\r\n?|[\x85\u2028]", "\n", text)
    unseen = "".join(
        chr(code) for code in (*range(0x20), *range(0x7F, 0xA0), 0xAD, 0x200B, 0x2800) if chr(code) not in "\t\n\v\f"
    )
    kept = "".join(" " if each in "\t\v\f" else each for each in lines if each not in unseen)
    assert visible(text) == unicodedata.normalize("NFC", kept)
    assert squeezed(text) == " ".join(visible(text).split())


@pytest.mark.parametrize("mark", ["*so* ", "`so` ", "[so](http://a.example) ", "\\emph{so} ", "_so_ "])
@pytest.mark.parametrize("other", ["", "R&D ", "1--2 ", "http://b.example ", "it's "])
def test_one_mark_is_read_alike_alone_and_among_others(mark: str, other: str) -> None:
    assert readable(mark + other) == f"so {readable(other)}".strip()
