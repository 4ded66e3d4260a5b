"""One pass over a text that resolves LaTeX macros and formulas, Markdown and entities where each begins.

Every step looks a bounded way ahead and resumes behind what it resolved, so the pass is linear whatever the text;
nested markup is followed a few levels deep, and what is deeper stays as it stands.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.schedules.latex import BREAKS, PUNCTUATION, Latex, accented, symbol

DEEPEST_MARKUP = 8
# Prose has markup at a few characters in a hundred. What has it nearly everywhere is no prose, and costs most.
_MOST_MARKUP, _DENSEST_MARKUP = 1_000, 0.1

_SPECIAL = re.compile(r"https?://[^\s<>\"{}|\\^`]+|-{2,3}|[\\$`*_\[!~'{&]")
# The same for a text without links and dashes, and with one mark alone: each is found ten times as fast as the last.
_MARK = re.compile(r"[\\$`*_\[!~'{&]")
_ALONE = {mark: re.compile(re.escape(mark)) for mark in "\\$`*_[!~'{&"}
MARKS = (*"\\$`*_[!~'{&#", "--", "http")
_NAME = re.compile(r"[A-Za-z]+\*?")
_OPTION = re.compile(r"\[[^\[\]\n]{0,200}\]")
_FORMULA = re.compile(r"\$\$([^$]{1,400})\$\$|\$(?![\s$])([^$\n]{1,400})(?<![\s\\])\$(?!\d)")
_BRACKETED_FORMULA = re.compile(r"\\\(((?:\\(?![()])|[^\\$]){1,400})\\\)|\\\[((?:\\(?![\[\]])|[^\\$]){1,400})\\\]")
_PRICE = re.compile(r"\d[^\\^_={}<>+*/|]*\s")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_QUOTED = re.compile(r"`([^`'\n]{1,80})'(?!\w)")
_CODE = re.compile(r"(`{1,3})([^`\n]{1,200})\1")
_EMPHASES = {
    "*": (
        re.compile(r"\*\*(?=\S)([^*\n]{1,400})(?<=\S)\*\*"),
        re.compile(r"\*(?=\S)([^*\n]{1,400})(?<=\S)\*(?![\w*])"),
    ),
    "_": (re.compile(r"_(?=[^\s_])([^_\n]{1,200})(?<=\S)_(?!\w)"),),
}
_LINK = re.compile(r"!?\[([^\[\]\n]{1,300})\]\(<?[^()\s]{1,500}>?(?:\s\"[^\"\n]{0,100}\")?\)")
_BRACE = re.compile(r"[{}\\](?:(?<=\\).)?", re.DOTALL)
_HEADING = re.compile(r"^#{1,6}[ \t]+", re.MULTILINE)

_CITED = re.compile(r"(?:no)?cite[a-zA-Z]*\*?|[cC]ref|(?:auto|eq|page|name)?ref|label")
_STYLE = re.compile(
    r"text(?:it|bf|tt|sc|rm|sf|sl|up|md|normal|superscript|subscript)?|emph|mbox|u(?:nder)?line|(?:sub)*section|paragraph"
)
_SWITCH = re.compile(r"it|bf|em|tt|sc|sl|rm|sf|bfseries|itshape|small|[lL]arge|noindent|centering")
_LETTER = re.compile(r"ss|[oOlLij]|[aA][eE]|[oO][eE]|[aA][aA]")


def without_markup(text: str, latex: Latex) -> str:
    """The text with its markup resolved; see the module. One that is hardly anything but markup stays as it stands."""
    special = _special(text)
    if len(text) > _MOST_MARKUP and len(special.findall(text)) > max(_MOST_MARKUP, _DENSEST_MARKUP * len(text)):
        return text
    return _Pass(_HEADING.sub("", text) if "#" in text else text, latex).run(special)


def _special(text: str) -> re.Pattern[str]:
    if "--" in text or "http" in text:
        return _SPECIAL
    marks = list(filter(text.__contains__, _ALONE))
    return _ALONE[marks[0]] if len(marks) == 1 else _MARK


@dataclass(slots=True)
class _Pass:
    """One pass over one text, or over the inside of a group in it."""

    text: str
    latex: Latex
    depth: int = 0
    done: list[str] = field(default_factory=list)
    closing: dict[int, int] = field(default_factory=dict)

    def run(self, special: re.Pattern[str]) -> str:
        """The whole text, resolved; as it stands if it lies too deep."""
        if self.depth > DEEPEST_MARKUP:
            return self.text
        self.closing = _closing_braces(self.text) if "{" in self.text else {}
        position = 0
        while found := special.search(self.text, position):
            self.done.append(self.text[position : found.start()])
            piece, position = self.resolve(found)
            self.done.append(piece)
        return "".join(self.done) + self.text[position:]

    def resolve(self, found: re.Match[str]) -> tuple[str, int]:
        """What the markup at one place becomes, and where the text goes on."""
        if found[0] in _RESOLVERS:
            return _RESOLVERS[found[0]](self, found.start())
        return (found[0] if found[0].startswith("http") else _dash(found)), found.end()

    def inside(self, text: str) -> str:
        """What stands within a group, resolved one level deeper."""
        return _Pass(text, self.latex, self.depth + 1).run(_special(text))

    def group(self, start: int) -> tuple[str, int] | None:
        """The inside of the braces that open at `start` (after spaces at most), and what follows them."""
        if not self.text.startswith("{", start) or start not in self.closing:
            return None
        end = self.closing[start]
        return self.text[start + 1 : end], end + 1

    def drop_space_before(self) -> None:
        """For what vanishes, so that no two spaces are left, and no space before a comma."""
        while self.done and not self.done[-1].rstrip():
            self.done.pop()
        if self.done:
            self.done[-1] = self.done[-1].rstrip()


def _closing_braces(text: str) -> dict[int, int]:
    """Where each opening brace is closed; escaped ones are no braces."""
    closing: dict[int, int] = {}
    opened: list[int] = []
    for brace in _BRACE.finditer(text):
        if brace[0] == "{":
            opened.append(brace.start())
        elif brace[0] == "}" and opened:
            closing[opened.pop()] = brace.start()
    return closing


def _dash(found: re.Match[str]) -> str:
    """`--` and `---` between words are dashes; `--year` and a line of hyphens are not."""
    before = found.string[found.start() - 1 : found.start()] if found.start() else ""
    after = found.string[found.end() : found.end() + 1]
    apart = before.isspace() and after.isspace()
    joined = bool(before and after) and before not in "-\n " and after not in "-\n>"
    if not (apart or joined):
        return found[0]
    return "—" if len(found[0]) > len("--") else "–"


def _dollar(run: _Pass, start: int) -> tuple[str, int]:
    formula = _FORMULA.match(run.text, start)
    source = (formula[1] or formula[2]) if formula else ""
    if not formula or _PRICE.match(source):
        return "$", start + 1
    text = run.latex.formula(source)
    return (formula[0] if text is None else text), formula.end()


def _backtick(run: _Pass, start: int) -> tuple[str, int]:
    quoted = _QUOTED.match(run.text, start)
    if quoted:
        return f"‘{run.inside(quoted[1])}’", quoted.end()
    code = _CODE.match(run.text, start)
    if code:
        return code[2].strip(), code.end()
    ticks = len(run.text[start : start + 3]) - len(run.text[start : start + 3].lstrip("`"))
    return {1: "`", 2: "“", 3: ""}[ticks], start + ticks


def _apostrophe(run: _Pass, start: int) -> tuple[str, int]:
    doubled = run.text.startswith("''", start) and start > 0 and not re.match(r"[\d\s(]", run.text[start - 1])
    closes = doubled and not re.match(r"[\w(']", run.text[start + 2 : start + 3])
    return ("”", start + 2) if closes else ("'", start + 1)


def _emphasis(run: _Pass, start: int) -> tuple[str, int]:
    """`*so*`, `**so**` or `_so_`; a mark that touches a word before it (`a_b`, `2*3`) is text."""
    mark = run.text[start]
    if start > 0 and (run.text[start - 1].isalnum() or run.text[start - 1] in "_*"):
        return mark, start + 1
    found = next((match for pattern in _EMPHASES[mark] if (match := pattern.match(run.text, start))), None)
    return (run.inside(found[1]), found.end()) if found else (mark, start + 1)


def _bracket(run: _Pass, start: int) -> tuple[str, int]:
    link = _LINK.match(run.text, start)
    return (run.inside(link[1]), link.end()) if link else (run.text[start], start + 1)


def _tilde(run: _Pass, start: int) -> tuple[str, int]:
    """A tie between words is a space; `~5 ms` and `10~20` keep it."""
    tie = re.match(r"[A-Za-z.,):]~[\w\\$(]|\d~[A-Za-z\\$(]", run.text[max(0, start - 1) : start + 2])
    return (" " if tie else "~"), start + 1


def _brace(run: _Pass, start: int) -> tuple[str, int]:
    """Braces around a macro only group, as in `{Café}` spelt with an accent macro; others are text."""
    group = run.group(start)
    if group and (group[0].startswith("\\") or group[0] == ","):
        return run.inside(group[0]), group[1]
    return "{", start + 1


def _entity(run: _Pass, start: int) -> tuple[str, int]:
    found = _ENTITY.match(run.text, start)
    return (html.unescape(found[0]), found.end()) if found else ("&", start + 1)


def _backslash(run: _Pass, start: int) -> tuple[str, int]:
    bracketed = _BRACKETED_FORMULA.match(run.text, start)
    if bracketed:
        text = run.latex.formula(bracketed[1] or bracketed[2])
        return (bracketed[0] if text is None else text), bracketed.end()
    found = _NAME.match(run.text, start + 1)
    return _macro(run, start, found) if found else _escaped(run, start)


def _escaped(run: _Pass, start: int) -> tuple[str, int]:
    """A backslash before something that is no letter: an accent, a space, or the character itself."""
    mark = run.text[start + 1 : start + 2]
    if mark == "\\":
        path = re.match(r"\w", run.text[start + 2 : start + 3]) and (not start or run.text[start - 1].isspace())
        return ("\\\\" if path else " "), start + 2
    accent = _accent(run, mark, start + 2) if mark and mark in "'`^\"~=." else None
    return accent or ((PUNCTUATION[mark], start + 2) if mark in PUNCTUATION else ("\\", start + 1))


def _accent(run: _Pass, mark: str, start: int) -> tuple[str, int] | None:
    group = run.group(start)
    letter = re.compile(r"\\[ij](?![A-Za-z])|[A-Za-z]").match(run.text, start)
    if group:
        source, end = group[0].strip(), group[1]
    elif letter:
        source, end = letter[0], letter.end()
    else:
        return None
    text = accented(mark, source)
    return (text, end) if text else None


def _macro(run: _Pass, start: int, name: re.Match[str]) -> tuple[str, int]:
    """A named macro: what it stands for, or itself where nobody knows it."""
    end = name.end()
    if _CITED.fullmatch(name[0]):
        return _dropped(run, start, end)
    if name[0] in BREAKS:
        return BREAKS[name[0]], end
    if _SWITCH.fullmatch(name[0]):
        return "", end + len(run.text[end : end + 1]) * run.text[end : end + 1].isspace()
    return _with_arguments(run, name[0], end) or _symbol(run, name[0], end) or _by_formula(run, start, end)


def _dropped(run: _Pass, start: int, end: int) -> tuple[str, int]:
    while option := _OPTION.match(run.text, end):
        end = option.end()
    group = run.group(end)
    if not group:
        return run.text[start:end], end
    run.drop_space_before()
    bracketed = run.done and run.done[-1][-1:] in {"(", "["} and run.text[group[1] : group[1] + 1] in {")", "]"}
    if bracketed:
        run.done[-1] = run.done[-1][:-1]
        run.drop_space_before()
    return "", group[1] + bool(bracketed)


def _with_arguments(run: _Pass, name: str, end: int) -> tuple[str, int] | None:
    first = run.group(end)
    if not first:
        return None
    if name in {"href", "textcolor", "hyperref"}:
        second = run.group(first[1])
        return (run.inside(second[0]), second[1]) if second else None
    if name == "url":
        return first
    if _STYLE.fullmatch(name):
        return run.inside(first[0]), first[1]
    if name in {"footnote", "thanks"}:
        return f" ({run.inside(first[0]).strip()})", first[1]
    return _accent(run, name, end) if name in {"c", "v", "u", "H", "k", "r", "b", "d", "t"} else None


def _symbol(run: _Pass, name: str, end: int) -> tuple[str, int] | None:
    text = symbol(name)
    if not text or run.text.startswith("{}", end):
        return (text, end + 2) if text else None
    # TeX ends a macro's name at a space; a letter such as \ss goes on with the word, a sign does not.
    joins = _LETTER.fullmatch(name) is not None
    return text, end + (joins and run.text.startswith(" ", end))


def _by_formula(run: _Pass, start: int, end: int) -> tuple[str, int]:
    """A macro with groups that stands outside a formula; as it stands if the library cannot read it."""
    stop = end
    while group := run.group(stop):
        stop = group[1]
    text = run.latex.formula(run.text[start:stop]) if stop > end else None
    return (run.text[start:end], end) if text is None else (text, stop)


_RESOLVERS: dict[str, Callable[[_Pass, int], tuple[str, int]]] = {
    "\\": _backslash,
    "$": _dollar,
    "`": _backtick,
    "*": _emphasis,
    "_": _emphasis,
    "[": _bracket,
    "!": _bracket,
    "~": _tilde,
    "'": _apostrophe,
    "{": _brace,
    "&": _entity,
}
