from __future__ import annotations

import pytest

from bot.schedules.latex import Latex, accented, is_known, symbol


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("k", "k"),
        ("\\beta{\\geq}0", "β≥0"),
        ("\\frac{a}{b}+\\sqrt{n}", "a/b+√(n)"),
        ("\\left(\\frac12\\right)", "(1/2)"),
        ("\\operatorname{softmax}(x)", "softmax(x)"),
        ("\\argmax_x f", "argmaxₓ f"),
        ("n \\times n", "n × n"),
        ("\\epsilon, \\varepsilon, \\phi", "ε, ε, φ"),
        ("\\sum_{i=1}^n x_i", "∑ᵢ₌₁ⁿ xᵢ"),
        ("10^{-3}", "10⁻³"),
        ("f^{\\prime}, x^*", "f', x*"),
        ("\\tilde{O}(T^{1/3})", "Õ(T^(1/3))"),
        ("50\\% \\& more", "50% & more"),
        ("x_{\\%}", "x_(%)"),
        ("{\\rm SU}(2)", "SU(2)"),
        ("x_", "x_"),
        ("a<b", "a<b"),
    ],
)
def test_a_formula_becomes_text(source: str, text: str) -> None:
    assert Latex().formula(source) == text


@pytest.mark.parametrize("source", ["\\foo{x}", "\\frac{a", "}{", "{" * 30 + "}" * 30, "x" * 401, "\\underset{x}{y}"])
def test_a_formula_that_cannot_be_read_is_said_to_be(source: str) -> None:
    assert Latex().formula(source) is None


def test_the_work_for_one_file_is_bounded() -> None:
    latex = Latex(most=2)
    formulas = [latex.formula(f"\\frac{{1}}{{{number}}}") for number in (2, 3, 4, 2)]
    assert formulas == ["1/2", "1/3", None, "1/2"]
    assert latex.formula("\\alpha_4") == "α₄"


def test_macros_that_would_vanish_are_not_known() -> None:
    assert [is_known(name) for name in ("alpha", "frac", "foo", "%")] == [True, True, False, True]
    assert (symbol("ss"), symbol("alpha"), symbol("foo"), symbol("frac")) == ("ß", "α", None, None)


def test_only_accents_that_an_alphabet_has_are_made() -> None:
    assert (accented("'", "e"), accented("c", "c"), accented('"', "\\i")) == ("é", "ç", "ï")
    assert (accented('"', "q"), accented("'", "ee"), accented("'", "")) == (None, None, None)
