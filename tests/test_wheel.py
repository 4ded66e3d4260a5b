"""The wheel: what is in it, and that it is all that is needed."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

ROOT = Path(__file__).parents[1]
PACKAGES = ("bot", "cogs", "db")
SECONDS = 300
REHEARSED = "15 talks, 15 of 15 reminders posted, 0 doubled, 0 messages given up"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    (built,) = WheelBuilder(str(ROOT)).build(directory=str(tmp_path_factory.mktemp("dist")), versions=["standard"])
    return Path(built)


def files_of_the_packages() -> list[str]:
    """What Git has of them, and what is new and not ignored."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *PACKAGES]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout  # noqa: S603 - words of this file
    return sorted({name for name in listed.split("\0") if name and (ROOT / name).exists()})


def test_wheel_holds_the_three_packages_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert sorted(name for name in names if ".dist-info/" not in name) == files_of_the_packages()


def test_wheel_holds_what_is_no_module(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    kinds = {"db/migrations/versions/": ".py", "bot/rehearsal/sample/": ".txt"}
    kinds |= {"bot/rehearsal/page/": ".html", "bot/stage/static/": ".js", "bot/conference_report/": ".css"}
    found = {
        folder: any(name.startswith(folder) and name.endswith(end) for name in names) for folder, end in kinds.items()
    }
    assert found == dict.fromkeys(kinds, True)
    assert {"bot/py.typed", "db/migrations/script.py.mako"} <= names


@pytest.mark.long
@pytest.mark.timeout(2 * SECONDS)
def test_wheel_in_an_empty_environment_is_all_that_the_bot_needs(wheel: Path, tmp_path: Path) -> None:
    home, folder = tmp_path / "venv", tmp_path / "empty"
    folder.mkdir()
    venv.create(home, with_pip=True)
    binaries = home / ("Scripts" if sys.platform == "win32" else "bin")
    passed_on = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "SYSTEMROOT")}

    def run(program: str, *words: str) -> tuple[int, str, str]:
        ended = subprocess.run(  # noqa: S603 - words of this file
            [binaries / program, *words],
            cwd=folder,
            env={**passed_on, "COLUMNS": "200"},
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        return ended.returncode, ended.stdout, ended.stderr

    for words in (("--require-hashes", "--requirement", str(ROOT / "requirements/run.txt")), ("--no-deps", str(wheel))):
        assert run("python", "-m", "pip", "install", "--quiet", *words)[0] == 0, words
    assert run("python", "-m", "pip", "check")[0] == 0
    code, where, _ = run("python", "-c", "import bot; print(bot.__file__)")
    assert (code, Path(where).is_relative_to(home)) == (0, True)

    assert run("chairside", "--help")[0] == 0
    code, out, err = run("chairside", "rehearse", "--cast", "punctual", "--speed", "600", "--no-page")
    assert (code, err) == (0, "")
    assert REHEARSED in out.splitlines()
    assert list(folder.iterdir()) == []

    assert run("chairside", "db", "upgrade")[::2] == (0, "")
    assert [path.name for path in folder.glob("*.sqlite3")] == ["chairside.sqlite3"]
    code, out, _ = run("chairside", "doctor")
    assert (code, "DISCORD_TOKEN is not set" in " ".join(out.split())) == (1, True)
