"""LaTeX formulas and macros as plain text; the one module that knows pylatexenc.

The library reads single formulas and macros, never whole texts: there it takes `&`, `%` and `$5` for LaTeX.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

from pylatexenc.latex2text import LatexNodes2Text, MacroTextSpec
from pylatexenc.latex2text import get_default_latex_context_db as text_definitions
from pylatexenc.latexwalker import LatexWalker, LatexWalkerParseError
from pylatexenc.latexwalker import get_default_latex_context_db as parser_definitions
from pylatexenc.macrospec import LatexContextDb

LONGEST_FORMULA = 400
DEEPEST_FORMULA = 20
# The library takes a third of a millisecond a formula: this bounds what one hostile file can cost to about a second.
MOST_CONVERSIONS = 3_000

_MORE_MACROS = {"argmax": "argmax", "argmin": "argmin", "LaTeX": "LaTeX", "TeX": "TeX", "|": "‖", "colon": ":"}
# Macros that only change how letters look; the library lacks some, and would drop what they hold.
_STYLES = re.compile(
    r"\\(?:operatorname\*?|texttt|bm|boldsymbol|pmb|mathop|mathit|mathbbm|mathds|ensuremath)(?![A-Za-z])"
)
_SIZES = re.compile(
    r"\\(?:left|right|[bB]igg?[lrm]?|displaystyle|textstyle|limits|nolimits|rm|bf|it|cal|sf|tt|em)(?![A-Za-z])[ .]*"
)
_OPERATORS = re.compile(r"\s*\\(log|ln|exp|sin|cos|tan|max|min|sup|inf|det|dim|argmax|argmin)(?![A-Za-z])\s*")
_LEANING = re.compile(r"(?<= )([×·→←⇒↦≤≥≈∼∈⊂⊆∪∩±∘<>=+−]) ?(?=\S)")
_MACRO = re.compile(r"\\([A-Za-z]+|[^A-Za-z])")
_PLAIN = re.compile(r"(?:[^\\{}%&#$~_^]|\\[A-Za-z]+ *|\\[,;:!{}%&#$_ |])*")
_SCRIPT = re.compile(r"(?<!\\)[_^]\s*")
_NEEDS_ESCAPE = re.compile(r"([%&#$])")
_SPACING = {",": " ", ";": " ", ":": " ", "!": "", " ": " ", "|": "‖"}

_SUPERSCRIPTS = dict(zip("0123456789+-=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ", strict=True))
_SUBSCRIPTS = dict(zip("0123456789+-=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", strict=True))
_LONGEST_SCRIPT = 4
_STYLED_LETTERS = {
    **{code: unicodedata.normalize("NFKC", chr(code)) for code in range(0x1D400, 0x1D800)},
    **dict(zip(map(ord, "ℬℰℱℋℐℒℳℛℊℓℯℴℭℌℑℜℨϵϕϑϱϖ"), "BEFHILMRgℓeoCHIRZεφθρπ", strict=True)),
}


BREAKS = {"par": "\n\n", "newline": "\n", "linebreak": "\n", "quad": " ", "qquad": " ", "item": "\n• ", "space": " "}
PUNCTUATION = {
    **{mark: mark for mark in '%&_#${}*[]()<>+.!?|~^"-'},
    **dict.fromkeys(",;: \n", " "),
    **dict.fromkeys("/@", ""),
}


class Latex:
    """Converts a file's formulas and macros, up to a number of them that keeps a hostile file cheap."""

    def __init__(self, most: int = MOST_CONVERSIONS) -> None:
        self._left = most
        self._known: dict[str, str | None] = {}

    def formula(self, source: str) -> str | None:
        """A formula (without its dollars) as text; None if it cannot be read and should be shown as it stands."""
        if len(source) > LONGEST_FORMULA or _depth(source) > DEEPEST_FORMULA:
            return None
        if source not in self._known:
            text = self._converted(source)
            self._known[source] = text if text is None else _LEANING.sub(r"\1 ", " ".join(text.split()))
        return self._known[source]

    def _converted(self, source: str) -> str | None:
        source = _OPERATORS.sub(_set_apart, _SIZES.sub("", _STYLES.sub(r"\\mathrm", source)))
        pieces, position = [], 0
        while script := _SCRIPT.search(source, position):
            argument, end = _argument(source, script.end())
            inner = self._converted(argument)
            if inner is None:
                return None
            pieces += [source[position : script.start()], _NEEDS_ESCAPE.sub(r"\\\1", _as_script(script[0][0], inner))]
            position = end
        return self._plain("".join(pieces) + source[position:])

    def _plain(self, source: str) -> str | None:
        simple = _simple(source) if _PLAIN.fullmatch(source.replace("_", "").replace("^", "")) else None
        if simple is not None:
            return simple
        if self._left <= 0 or not all(is_known(name) for name in _MACRO.findall(source)):
            return None
        self._left -= 1
        return _by_library(source)


def symbol(name: str) -> str | None:
    """What a macro without arguments stands for (`alpha`, `ss`); None if it takes some or nobody knows it."""
    return _symbol(name) if is_known(name) else None


@cache
def accented(accent: str, letter: str) -> str | None:
    """The letter with a LaTeX accent (`'`, `c`, `v` …), None if no alphabet has it; takes ASCII letters only."""
    if not re.fullmatch(r"[A-Za-z]|\\[ij]", letter):
        return None
    text = unicodedata.normalize("NFC", _by_library(f"\\{accent}{{{letter}}}") or "")
    return text if len(text) == 1 and text != letter else None


@cache
def is_known(name: str) -> bool:
    """Whether the library has a text for a macro; one that it lacks would vanish."""
    return _reader().latex_context.get_macro_spec(name) is not None or name in "{}%&#$_ ,;:!"


@lru_cache(maxsize=1)
def _reader() -> LatexNodes2Text:
    definitions = text_definitions()
    definitions.add_context_category(
        "more", macros=[MacroTextSpec(name, text) for name, text in _MORE_MACROS.items()], prepend=True
    )
    return LatexNodes2Text(latex_context=definitions, math_mode="text")


@lru_cache(maxsize=1)
def _parser_definitions() -> LatexContextDb:
    return parser_definitions()


def _by_library(source: str) -> str | None:
    try:
        walker = LatexWalker(source, latex_context=_parser_definitions(), tolerant_parsing=False)
        text = _reader().nodelist_to_text(walker.get_latex_nodes()[0])
    except (LatexWalkerParseError, ValueError, IndexError, AttributeError, TypeError):
        return None
    return str(text).translate(_STYLED_LETTERS)


@cache
def _symbol(name: str) -> str | None:
    takes = getattr(_parser_definitions().get_macro_spec(name), "args_parser", None)
    if getattr(takes, "argspec", ""):
        return None
    return _by_library(f"\\{name}") or None


def _set_apart(operator: re.Match[str]) -> str:
    """An operator's name with the spaces that LaTeX sets around it: `n log n`, not `nlogn`."""
    source = operator.string
    before = re.match(r"[\w)}]", source[operator.start() - 1 : operator.start()])
    after = re.match(r"[\w\\]", source[operator.end() : operator.end() + 1])
    after_script = after and after[0] == "_"
    return ("\\ " if before else "") + f"\\{operator[1]}" + ("\\ " if after and not after_script else "{}")


def _simple(source: str) -> str | None:
    """A formula of letters and symbols alone, without the library's parser; None if there is more in it."""
    unknown = False

    def replaced(macro: re.Match[str]) -> str:
        nonlocal unknown
        text = symbol(macro[1]) if macro[1] else _SPACING.get(macro[2], macro[2])
        unknown |= text is None
        return text or ""

    text = re.sub(r"\\(?:([A-Za-z]+) *|([^A-Za-z]))", replaced, source)
    return None if unknown else text.translate(_STYLED_LETTERS)


def _argument(source: str, start: int) -> tuple[str, int]:
    """What a script applies to: a group, a macro with its groups, or one character; and where it ends."""
    if source.startswith("{", start):
        end = _group_end(source, start)
        return source[start + 1 : end - 1], end
    macro = _MACRO.match(source, start)
    if not macro:
        return source[start : start + 1], min(start + 1, len(source))
    end = macro.end()
    while source.startswith("{", end):
        end = _group_end(source, end)
    return source[start:end], end


def _group_end(source: str, start: int) -> int:
    """Just past the brace that closes the one at `start`; the end of the source if none does."""
    depth = 0
    for index in range(start, len(source)):
        depth += {"{": 1, "}": -1}.get(source[index], 0)
        if depth == 0:
            return index + 1
    return len(source) + 1


def _depth(source: str) -> int:
    deepest = depth = 0
    for character in source:
        depth += {"{": 1, "}": -1}.get(character, 0)
        deepest = max(deepest, depth)
    return deepest


def _as_script(mark: str, text: str) -> str:
    """Small figures where Unicode has them, else `x_i`, `x^top`, `x_(a+b)`."""
    table = _SUPERSCRIPTS if mark == "^" else _SUBSCRIPTS
    text = text.strip()
    if text and len(text) <= _LONGEST_SCRIPT and all(character in table for character in text):
        return "".join(table[character] for character in text)
    if text in {"∗", "*", "'", "′", "†"}:
        return text
    return f"{mark}({text})" if re.search(r"[^\w∞⊤⊥]", text) else f"{mark}{text}"
