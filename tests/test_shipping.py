"""What the bot is shipped with, as far as it can be told without Docker, systemd and GitHub: they are not run here."""

from __future__ import annotations

import configparser
import http.server
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml
from typing_extensions import override

from bot.settings import Settings

ROOT = Path(__file__).parents[1]
SETTINGS = {name.upper() for name in Settings.model_fields}
OF_PIP_AND_PYTHON = re.compile(r"PATH|PYTHON[A-Z]+|PIP_[A-Z_]+")
OF_POSTGRES = {"POSTGRES_USER", "POSTGRES_DB", "POSTGRES_PASSWORD"}
PYTHON_OF_THE_PROJECT = "3.11"


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def project() -> dict[str, Any]:
    return tomllib.loads(read("pyproject.toml"))


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's instructions with their arguments, continued lines joined."""
    text = re.sub(r"^#.*\n", "", read("Dockerfile"), flags=re.MULTILINE)
    lines = re.sub(r"\\\n\s*", "", text).splitlines()
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in lines if line)]


def last_stage() -> dict[str, str]:
    """What the image that is shipped is given, by instruction; the last of each counts."""
    found = instructions()
    start = max(number for number, (word, _) in enumerate(found) if word == "FROM")
    return dict(found[start:])


def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(read("compose.yaml"))
    return found


def workflow() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(read(".github/workflows/test.yml"))
    return found


def service() -> dict[str, dict[str, list[str]]]:
    """The unit's sections; a directive may stand there several times."""
    unit: dict[str, dict[str, list[str]]] = {}
    lines = (line for line in read("deploy/chairside.service").splitlines() if line and not line.startswith("#"))
    for line in lines:
        if line.startswith("["):
            section = unit.setdefault(line.strip("[]"), {})
        else:
            name, _, value = line.partition("=")
            section.setdefault(name, []).append(value)
    return unit


def test_dockerfile_is_clean() -> None:
    hadolint = shutil.which("hadolint", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    if hadolint is None:
        pytest.skip("hadolint has no build for this system")
    command = [hadolint, "--no-color", str(ROOT / "Dockerfile")]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - a linter of the project
    assert (checked.returncode, checked.stdout) == (0, "")


def test_image_runs_as_a_user_of_its_own_and_is_watched() -> None:
    image = last_stage()
    user, _, group = image["USER"].partition(":")
    assert int(user) == int(group) > 999
    assert (image["WORKDIR"], image["VOLUME"]) == ("/data", "/data")
    assert json.loads(image["ENTRYPOINT"]) + json.loads(image["CMD"]) == ["chairside", "run"]
    assert image["COPY"] == "--from=build /opt/chairside /opt/chairside"
    assert re.search(r"--interval=\d+s --timeout=\d+s --start-period=\d+s --retries=\d+ +CMD \[", image["HEALTHCHECK"])


def test_image_is_made_from_one_python_and_hashed_requirements() -> None:
    bases = [rest.split()[0] for word, rest in instructions() if word == "FROM"]
    assert bases == [f"python:{PYTHON_OF_THE_PROJECT}-slim"] * 2
    installs = [rest for word, rest in instructions() if word == "RUN" and " install " in rest and "pip" in rest]
    assert [re.sub(r"^pip --python \S+ ", "", line) for line in installs] == [
        "install --require-hashes --requirement requirements/run.txt",
        "install --no-build-isolation --no-deps .",
    ]


def test_builder_is_given_what_it_copies_and_no_secret() -> None:
    patterns = [line for line in read(".dockerignore").splitlines() if line and not line.startswith("#")]
    assert patterns[0] == "*"
    allowed = {pattern[1:] for pattern in patterns if pattern.startswith("!")}
    copied = {
        name
        for word, rest in instructions()
        if word == "COPY" and not rest.startswith("--from")
        for name in rest.split()[:-1]
    }
    assert copied == allowed
    assert [name for name in allowed if not (ROOT / name).exists()] == []
    packages = set(project()["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"])
    assert packages <= allowed


def test_every_setting_named_in_what_is_shipped_exists() -> None:
    named = {name for word, rest in instructions() if word == "ENV" for name in re.findall(r"([A-Z_]+)=", rest)}
    named = {name for name in named if not OF_PIP_AND_PYTHON.fullmatch(name)}
    for part in compose()["services"].values():
        named |= set(part["environment"]) - OF_POSTGRES
    named |= {
        name for value in service()["Service"].get("Environment", []) for name in re.findall(r"([A-Z_]+)=", value)
    }
    assert named
    assert named - SETTINGS == set()


class _Health(http.server.BaseHTTPRequestHandler):
    """Answers /healthz with the server's own status."""

    status = 200

    def do_GET(self) -> None:
        self.send_response(self.status if self.path == "/healthz" else 404)
        self.end_headers()

    @override
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def answering(status: int) -> Iterator[int]:
    """The port of somebody on this machine who answers with this status."""
    handler = type("Health", (_Health,), {"status": status})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


def health(metrics_port: str) -> int:
    """What the image's health check says, with the proxy that many a server has."""
    _, _, words = last_stage()["HEALTHCHECK"].partition("CMD ")
    python, *arguments = json.loads(words)
    assert python == "python"
    environment = {"METRICS_PORT": metrics_port, "http_proxy": "http://127.0.0.1:9"}
    return subprocess.run(  # noqa: S603 - the words of the Dockerfile
        [sys.executable, *arguments], env=environment, stderr=subprocess.DEVNULL, check=False
    ).returncode


def test_health_check_is_what_healthz_answers() -> None:
    with answering(200) as well, answering(503) as ill:
        assert [health(f"{host}{well}") for host in ("", "127.0.0.1:", "0.0.0.0:", "[::]:")] == [0] * 4
        assert health(str(ill)) == 1
    assert health(str(well)) == 1
    assert health("") == 0


def test_compose_starts_the_bot_after_its_store_and_publishes_nothing() -> None:
    bot, postgres = compose()["services"]["bot"], compose()["services"]["postgres"]
    assert bot["depends_on"] == {"postgres": {"condition": "service_healthy"}}
    assert bot["image"] == f"chairside:{project()['project']['version']}"
    assert postgres["image"] == "postgres:18"
    assert postgres["healthcheck"]["test"][:2] == ["CMD", "pg_isready"]
    for part in (bot, postgres):
        assert part["restart"] == "unless-stopped"
        assert "ports" not in part
    mounted = [volume.split(":") for part in (bot, postgres) for volume in part["volumes"]]
    assert mounted == [["data", last_stage()["VOLUME"]], ["postgres", "/var/lib/postgresql"]]
    assert set(compose()["volumes"]) == {volume for volume, _ in mounted}


def test_compose_holds_no_secret() -> None:
    bot, postgres = compose()["services"]["bot"], compose()["services"]["postgres"]
    asked = "${POSTGRES_PASSWORD:?put it in .env}"
    assert bot["env_file"] == ".env"
    assert bot["environment"]["DATABASE_URL"] == f"postgresql+asyncpg://chairside:{asked}@postgres:5432/chairside"
    assert postgres["environment"] == {
        "POSTGRES_USER": "chairside",
        "POSTGRES_DB": "chairside",
        "POSTGRES_PASSWORD": asked,
    }


def test_unit_is_one_that_systemd_can_read() -> None:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.read_string(read("deploy/chairside.service"))
    assert parser.sections() == ["Unit", "Service", "Install"]


def test_unit_runs_the_bot_without_rights_and_does_not_repeat_a_refusal() -> None:
    directives = service()["Service"]
    wanted = {
        "DynamicUser": "yes",
        "StateDirectory": "chairside",
        "WorkingDirectory": "%S/chairside",
        "ProtectSystem": "strict",
        "ProtectHome": "yes",
        "NoNewPrivileges": "yes",
        "CapabilityBoundingSet": "",
        "EnvironmentFile": "/etc/chairside.env",
        "ExecStart": "/opt/chairside/bin/chairside run",
        "Restart": "on-failure",
        "RestartPreventExitStatus": "2",
    }
    assert {name: directives[name] for name in wanted} == {name: [value] for name, value in wanted.items()}


def test_workflow_runs_what_ci_runs_and_may_only_read() -> None:
    jobs = workflow()["jobs"]
    assert workflow()["permissions"] == {"contents": "read"}
    assert [step["run"] for step in jobs["test"]["steps"] if "run" in step] == [".ci/run"]
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    assert jobs["test"]["strategy"]["matrix"]["python"] == [PYTHON_OF_THE_PROJECT, "3.x"]
    used = [step["uses"] for job in jobs.values() for step in job["steps"] if "uses" in step]
    assert [name for name in used if not re.fullmatch(r"actions/[a-z-]+@v\d+", name)] == []


def test_workflow_and_pages_name_targets_that_the_makefile_has() -> None:
    targets = set(re.findall(r"^([a-z]+):", read("Makefile"), re.MULTILINE))
    pages = ["README.md", "docs/operators.md", "docs/releasing.md", ".github/workflows/test.yml", ".ci/run"]
    named = {name for page in pages for name in re.findall(r"(?:`|run: |^)make ([a-z]+)", read(page), re.MULTILINE)}
    assert named - targets == set()


@pytest.mark.parametrize("page", ["docs/operators.md", "docs/releasing.md"])
def test_pages_on_shipping_name_files_that_there_are(page: str) -> None:
    named = set(re.findall(r"\b(?:deploy|docs|requirements|\.ci|\.github)/[\w./-]*\w", read(page)))
    assert [name for name in named if not (ROOT / name).exists()] == []
