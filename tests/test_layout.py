"""The size of modules and functions, and a reason for everything the checkers are told to overlook."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).parents[1]
MODULE_LINES, FUNCTION_LINES = 300, 40
MEDIAN_MODULE, MEDIAN_FUNCTION = 120, 12
REASONED = re.compile(r"# (?:noqa: [A-Z]+\d+(?:, [A-Z]+\d+)*|type: ignore\[[a-z-]+(?:, [a-z-]+)*\]) (?:#|-) \S+")


def modules() -> list[Path]:
    """Every module of the application, migrations and empty ones left out."""
    found = [path for part in ("bot", "cogs", "db") for path in (ROOT / part).rglob("*.py")]
    return [path for path in found if "versions" not in path.parts and path.stat().st_size]


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Name and number of lines of each function, decorators left out."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{path.relative_to(ROOT)}:{node.lineno} {node.name}", (node.end_lineno or 0) - node.lineno + 1


def number_of_lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_no_module_is_longer_than_300_lines() -> None:
    long = {str(path.relative_to(ROOT)): number_of_lines(path) for path in modules()}
    assert {name: number for name, number in long.items() if number > MODULE_LINES} == {}


def test_no_function_is_longer_than_40_lines() -> None:
    assert [found for path in modules() for found in functions(path) if found[1] > FUNCTION_LINES] == []


def test_most_modules_and_functions_are_short() -> None:
    assert median(number_of_lines(path) for path in modules()) < MEDIAN_MODULE
    assert median(lines for path in modules() for _, lines in functions(path)) < MEDIAN_FUNCTION


@pytest.mark.parametrize("part", ["bot", "cogs", "db", "tests", "benchmarks"])
def test_everything_overlooked_has_a_code_and_a_reason(part: str) -> None:
    unexplained = [
        f"{path.relative_to(ROOT)}:{number} {line.strip()}"
        for path in (ROOT / part).rglob("*.py")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(r"# (?:noqa|type: ignore)", line) and not REASONED.search(line) and path != Path(__file__)
    ]
    assert unexplained == []
