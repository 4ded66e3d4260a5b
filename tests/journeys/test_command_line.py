"""The command line as a stranger meets it: exit codes, one clear line, nothing contacted but this machine."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import sys
import tempfile
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

import aiohttp
import pytest

from bot.rehearsal.loopback import Loopback
from bot.rehearsal.loopback.moments import RealMoments, pause
from bot.rules.session_log_json import read_log
from db.store import EXAMPLE
from tests.journeys.forked_bot import fork
from tests.journeys.stage import PATIENCE, SAMPLE, TITLES, Stage

pytestmark = pytest.mark.store("sqlite")

SERVER = "1234567890"
TOKEN = "MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs"
CLOCK_REFUSED = (
    "CLOCK is set, but the bot would talk to the real Discord. "
    "Unset CLOCK; it is for rehearsals, where DISCORD_API_BASE is on this machine."
)
QUESTIONS_LINE = (
    r"questions: (\d+) came in, with [\d,]+ votes?: (\d+) put to the speaker \(\d+ marked as answered\), "
    r"(\d+) dismissed, (\d+) merged with another, (\d+) not reached(?:, which go on in \d+ threads?)?"
)
AUDIT = """
import sys
def hook(event, arguments):
    if event == "socket.connect" and isinstance(arguments[1], tuple):
        with open({path!r}, "a") as log:
            log.write(f"{{arguments[1][0]}}\\n")
    if event == "socket.getaddrinfo":
        with open({path!r}, "a") as log:
            log.write(f"{{arguments[0]}}\\n")
sys.addaudithook(hook)
"""


@dataclass(frozen=True)
class Ended:
    """A command that has ended."""

    code: int
    out: str
    err: str


def names_in(folder: Path) -> list[str]:
    """What lies in a folder."""
    return sorted(path.name for path in folder.iterdir())


async def chairside(*arguments: str, folder: Path, **environment: str) -> Ended:
    """Run the command line in a folder, with this environment and no other settings; it has imported what it needs."""
    with tempfile.TemporaryDirectory() as printed:
        out, err = Path(printed, "out"), Path(printed, "err")
        process = fork(arguments, alone(environment), folder, out, err)
        async with asyncio.timeout(60):
            code = await process.wait()
        return Ended(code, *(path.read_text("utf-8") for path in (out, err)))


async def chairside_afresh(*arguments: str, folder: Path, **environment: str) -> Ended:
    """The same as a stranger starts it, in an interpreter that knows nothing yet."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        *arguments,
        cwd=folder,
        env=alone(environment),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(60):
        out, err = await process.communicate()
    return Ended(process.returncode or 0, out.decode(), err.decode())


def alone(environment: dict[str, str]) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "COLUMNS": "200", **environment}


@pytest.mark.slow
async def test_run_without_a_token_says_so_in_one_line(tmp_path: Path) -> None:
    ended = await chairside_afresh("run", folder=tmp_path)
    line = "chairside: DISCORD_TOKEN is not set. Put it in .env (see README, Going live), or try the bot without one: "
    assert ended == Ended(2, "", f"{line}chairside rehearse.\n")
    assert names_in(tmp_path) == []


async def test_run_with_a_wrong_token_says_so_in_one_line_and_does_not_show_it(tmp_path: Path) -> None:
    async with Loopback() as loopback:
        ended = await chairside(
            "run",
            folder=tmp_path,
            DISCORD_TOKEN="wrong.secret.token",
            DISCORD_API_BASE=loopback.api_base,
            LOG_LEVEL="ERROR",
        )
    assert ended.code == 2
    assert ended.err == (
        "chairside: Discord does not accept DISCORD_TOKEN. Copy it anew from the Developer Portal under Bot, "
        "Reset Token.\n"
    )


@pytest.mark.parametrize(
    ("environment", "line"),
    [
        (
            {"CLOCK": "2022-07-21T12:20-07:00@60"},
            CLOCK_REFUSED,
        ),
        (
            {"DISCORD_API_BASE": "http://example.org/api/v10"},
            "DISCORD_API_BASE: plain http is for this machine only; use https. See .env.example.",
        ),
        (
            {"DATABASE_URL": "mysql://x"},
            f"DATABASE_URL names mysql, which is not supported. {EXAMPLE}.",
        ),
        (
            {"DATABASE_URL": "sqlite+aiosqlite:////nowhere/at/all/x.sqlite3"},
            "/nowhere/at/all/x.sqlite3: the database's folder does not exist. Make it, or set DATABASE_URL.",
        ),
        ({"LOG_LEVEL": "LOUD"}, "LOG_LEVEL: Input should be 'DEBUG', 'INFO', 'WARNING' or 'ERROR'. See .env.example."),
    ],
)
async def test_run_with_a_bad_setting_is_one_line(tmp_path: Path, environment: dict[str, str], line: str) -> None:
    ended = await chairside("run", folder=tmp_path, DISCORD_TOKEN="x.y.z", **environment)
    assert (ended.code, ended.err) == (2, f"chairside: {line}\n")


@pytest.mark.slow
async def test_second_bot_on_the_same_database_refuses_to_start(stage: Stage) -> None:
    ended = await chairside_afresh("run", folder=stage.folder, **stage.bot.environment)
    assert ended.code == 2
    assert "another bot is running on this database" in ended.err


async def test_sigterm_ends_the_bot_cleanly(stage: Stage) -> None:
    await stage.set_up()
    assert await stage.bot.stop() == 0
    assert "Traceback" not in stage.bot.log_tail()


async def test_sigterm_while_discord_is_away_ends_the_bot_cleanly(stage: Stage) -> None:
    await stage.kill_bot()
    stage.loopback.faults.down()
    stage.bot.log_path.write_text("")
    await stage.bot.start()
    while "Discord cannot be reached" not in stage.bot.log_tail():
        await pause(RealMoments(), 0.05)
    assert await stage.bot.stop() == 0
    assert "Traceback" not in stage.bot.log_tail()


@pytest.mark.slow
async def test_sigterm_while_a_send_hangs_ends_the_bot_cleanly(stage: Stage) -> None:
    await stage.set_up()
    stage.loopback.faults.delay(8, matching=rf"POST /channels/{stage.hall.id}/messages")
    stage.at("12:25")
    while "sending" not in {row.state for row in await stage.rows()}:
        await pause(RealMoments(), 0.05)
    assert await stage.bot.stop() == 0
    assert "Traceback" not in stage.bot.log_tail()


async def test_bot_that_starts_during_an_outage_of_discord_comes_up_after_it(stage: Stage) -> None:
    await stage.kill_bot()
    stage.loopback.faults.refuse(503)
    stage.bot.log_path.write_text("")
    await stage.bot.start()
    while "it answers 503" not in stage.bot.log_tail():
        await pause(RealMoments(), 0.05)
    stage.loopback.faults.clear()
    await stage.loopback.wait_until_ready(within=PATIENCE)


async def test_token_revoked_while_running_is_one_line_and_exit_code_2(stage: Stage) -> None:
    stage.loopback.faults.revoke_token()
    async with asyncio.timeout(PATIENCE):
        assert await stage.bot.ended_by_itself() == 2
    assert stage.bot.log_tail().splitlines()[-1] == (
        "chairside: Discord does not accept DISCORD_TOKEN any more. "
        "Copy it anew from the Developer Portal under Bot, Reset Token."
    )
    assert "Traceback" not in stage.bot.log_tail()


@pytest.mark.slow
async def test_bot_contacts_no_host_but_the_loopback(stage: Stage, tmp_path: Path) -> None:
    await stage.kill_bot()
    hosts = tmp_path / "hosts.log"
    (tmp_path / "audit").mkdir()
    (tmp_path / "audit" / "sitecustomize.py").write_text(AUDIT.format(path=str(hosts)))
    environment = {**stage.bot.environment, "PYTHONPATH": str(tmp_path / "audit"), "SHARD_COUNT": "1"}
    with (tmp_path / "audited.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "run", cwd=tmp_path, env=environment, stdout=log, stderr=log
        )
    try:
        await stage.loopback.wait_until_ready(within=PATIENCE)
        await stage.set_up()
        stage.loopback.faults.invalidate_sessions()
        stage.at("12:25")
        await stage.until_reminded(TITLES[0])
        await stage.loopback.wait_until_ready(within=PATIENCE)
    finally:
        process.send_signal(signal.SIGTERM)
        assert await process.wait() == 0
    assert set(hosts.read_text().split()) == {"127.0.0.1"}


async def test_import_needs_to_know_the_server(tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_bytes(SAMPLE)
    ended = await chairside("import", "page.txt", "--year", "2022", folder=tmp_path)
    assert ended.code == 2
    assert ended.err.startswith("chairside: it is not clear for which server this is; the store knows none.")


@pytest.mark.slow
async def test_import_for_a_server_not_joined_yet_and_again_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_bytes(SAMPLE)
    arguments = ("import", "page.txt", "--year", "2022", "--server", SERVER, "--timezone", "America/New_York")
    first = await chairside_afresh(*arguments, folder=tmp_path)
    assert (first.code, first.err) == (0, "")
    assert "15 new, 0 changed, 0 no longer in the file, 0 unchanged" in " ".join(first.out.split())
    second = await chairside(*arguments, folder=tmp_path)
    assert "0 new, 0 changed, 0 no longer in the file, 15 unchanged" in " ".join(second.out.split())


async def test_import_into_the_store_of_a_running_bot_is_announced(stage: Stage) -> None:
    await stage.use(stage.manager, "setup channel", channel=stage.hall)
    (stage.folder / "page.txt").write_bytes(SAMPLE)
    ended = await chairside("import", "page.txt", "--year", "2022", folder=stage.folder, **stage.bot.environment)
    assert (ended.code, ended.err) == (0, "")
    stage.at("12:25")  # the clock's change makes the bot look; on its own it does so with each heartbeat
    await stage.until_reminded(TITLES[0])


@pytest.mark.slow
async def test_dry_run_prints_exactly_one_json_object_and_makes_no_database(tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_bytes(SAMPLE)
    ended = await chairside_afresh("import", "page.txt", "--year", "2022", "--dry-run", "--json", folder=tmp_path)
    assert (ended.code, ended.err) == (0, "")
    found = json.loads(ended.out)
    assert sorted(found) == ["conference", "format", "page_timezone", "sessions", "timezone", "warnings"]
    (session,) = found["sessions"]
    assert (session["title"], session["room"], session["moderator"]) == ("Deep Learning", "Hall F", "Robin Walters")
    assert (session["starts_at"], session["ends_at"]) == ("2022-07-21T19:30:00Z", "2022-07-21T21:00:00Z")
    assert [talk["title"] for talk in session["talks"]] == list(TITLES)
    assert sorted(session["talks"][0]) == sorted(
        ["id", "kind", "title", "speakers", "room", "starts_at", "ends_at", "abstract", "url", "cancelled"]
    )
    assert names_in(tmp_path) == ["page.txt"]


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n\x00", b"<html><form>Password</form></html>", b"hello"])
async def test_import_of_what_is_no_schedule_is_one_line_and_exit_code_2(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "page.txt").write_bytes(content)
    ended = await chairside("import", "page.txt", "--dry-run", "--json", folder=tmp_path)
    assert ended.code == 2
    assert ended.out == ""
    assert len(ended.err.splitlines()) == 1
    assert ended.err.startswith("chairside: ")


@pytest.mark.parametrize("server", ["-5", "0", "99999999999999999999"])
async def test_import_for_what_can_be_no_server_is_refused(tmp_path: Path, server: str) -> None:
    (tmp_path / "page.txt").write_bytes(SAMPLE)
    ended = await chairside("import", "page.txt", "--server", server, folder=tmp_path)
    assert ended.code == 2
    assert "Traceback" not in ended.err
    assert names_in(tmp_path) == ["page.txt"]


@pytest.mark.parametrize("command", ["status", "upgrade"])
async def test_store_that_is_no_database_is_one_line(tmp_path: Path, command: str) -> None:
    (tmp_path / "notes.txt").write_text("these are notes, not a database " * 40)
    ended = await chairside("db", command, folder=tmp_path, DATABASE_URL="sqlite+aiosqlite:///notes.txt")
    reason = "the database cannot be opened (file is not a database)"
    remedy = "Check that the folder exists and that this user may write to it."
    assert ended == Ended(2, "", f"chairside: notes.txt: {reason}. {remedy}\n")


async def test_doctor_says_what_to_do(stage: Stage) -> None:
    await stage.use(stage.manager, "setup channel", channel=stage.hall)
    stage.hall.deny_bot("send_messages")
    ended = await chairside("doctor", folder=stage.folder, **stage.bot.environment)
    assert ended.code == 1
    words = " ".join(ended.out.split())
    assert "ok token: set, and accepted; the bot is " in words
    assert "lacks Send Messages" in words
    assert "NOT OK" in words
    stage.hall.allow_bot("send_messages")
    assert (await chairside("doctor", folder=stage.folder, **stage.bot.environment)).code == 0


@pytest.mark.slow
async def test_doctor_without_a_token_points_to_the_rehearsal(tmp_path: Path) -> None:
    ended = await chairside_afresh("doctor", folder=tmp_path)
    assert ended.code == 1
    assert "NOT OK token: DISCORD_TOKEN is not set → Put DISCORD_TOKEN in .env" in " ".join(ended.out.split())


async def test_doctor_says_whether_the_token_is_set_also_where_discord_cannot_be_asked(tmp_path: Path) -> None:
    nobody = "http://127.0.0.1:9/api/v10"
    ended = await chairside("doctor", folder=tmp_path, DISCORD_TOKEN=TOKEN, DISCORD_API_BASE=nobody)
    assert ended.code == 1
    words = " ".join(ended.out.split())
    assert f"NOT OK Discord: {nobody} does not answer as it should (ClientConnectorError)" in words
    assert "ok token: set; Discord could not be asked whether it accepts it" in words
    assert TOKEN not in ended.out + ended.err


async def test_doctor_says_that_discord_does_not_accept_the_token(tmp_path: Path) -> None:
    async with Loopback() as loopback:
        ended = await chairside("doctor", folder=tmp_path, DISCORD_TOKEN=TOKEN, DISCORD_API_BASE=loopback.api_base)
    assert ended.code == 1
    assert "NOT OK token: set, but Discord does not accept it → Copy it anew" in " ".join(ended.out.split())


async def test_doctor_cuts_nothing_in_a_narrow_terminal(tmp_path: Path) -> None:
    folder = tmp_path / ("a-folder-with-a-very-long-name-" * 4)
    folder.mkdir()
    url = f"sqlite+aiosqlite:///{folder}/chairside.sqlite3"
    ended = await chairside("doctor", folder=folder, COLUMNS="40", DATABASE_URL=url)
    assert max(map(len, ended.out.splitlines())) <= 40
    assert "…" not in ended.out
    assert f"{folder}/chairside.sqlite3" in "".join(ended.out.split())


async def test_every_setting_that_is_malformed_has_a_line(tmp_path: Path) -> None:
    wrong = {"LOG_LEVEL": "LOUD", "DATABASE_URL": "postgres://bot:hunter2@host/x", "DISCORD_TOKEN": "perhaps"}
    for command in ("run", "doctor"):
        ended = await chairside(command, folder=tmp_path, **wrong)
        assert (ended.code, ended.out) == (2, "")
        token, database, level = ended.err.splitlines()
        assert token.startswith("chairside: DISCORD_TOKEN is no bot's token, which is three parts with dots between")
        assert database == (
            "chairside: DATABASE_URL names postgres, which is not supported. "
            "Write postgresql+asyncpg:// in place of postgres://."
        )
        assert level.startswith("chairside: LOG_LEVEL: Input should be 'DEBUG'")


@pytest.mark.slow
async def test_rehearsal_plays_to_the_end_without_reading_token_or_database(tmp_path: Path) -> None:
    ended = await chairside_afresh(
        "rehearse",
        "--cast",
        "punctual",
        "--speed",
        "300",  # other tests take their share of the cores meanwhile
        "--no-page",
        "--log",
        "session.json",
        folder=tmp_path,
        DISCORD_TOKEN="real.secret.token",
        DATABASE_URL=f"sqlite+aiosqlite:///{tmp_path}/real.sqlite3",
    )
    assert "15 talks, 15 of 15 reminders posted, 0 doubled, 0 messages given up" in ended.out.splitlines()
    assert any(re.fullmatch(QUESTIONS_LINE, line) for line in ended.out.splitlines())
    assert ended.code == 0
    log = read_log((tmp_path / "session.json").read_bytes())
    assert (log.title, len(log.plans[0].talks)) == ("Deep Learning", 15)
    again = await chairside("rehearse", "--log", "session.json", folder=tmp_path)
    assert again.err == "chairside: session.json: there is such a file already. Name another one.\n"
    assert "real.secret.token" not in ended.out + ended.err
    assert names_in(tmp_path) == ["session.json"]


@pytest.mark.slow
async def test_ctrl_c_ends_what_somebody_takes_part_in_with_its_summary(tmp_path: Path) -> None:
    """The first time; where nobody does, and the second time, it breaks everything off."""
    process = await rehearsing(tmp_path, "--cast", "nobody")
    url = await page_of(process)
    async with aiohttp.ClientSession() as http, asyncio.timeout(PATIENCE):
        while (await sent(http, f"{url}control/cast", role="attendees", on=True)) == HTTPStatus.CONFLICT:
            await pause(RealMoments(), 0.1)  # it is being set up
        interrupt(process)
        out, err = await process.communicate()
    assert (process.returncode, err) == (0, b"")
    assert "somebody ends the rehearsal" in out.decode()
    assert out.decode().splitlines()[-1] == "Nothing lost, nothing doubled."


async def test_ctrl_c_breaks_off_a_rehearsal_that_nobody_takes_part_in(tmp_path: Path) -> None:
    process = await rehearsing(tmp_path)
    await page_of(process)
    interrupt(process)
    async with asyncio.timeout(PATIENCE):
        out, err = await process.communicate()
    assert (process.returncode, err) == (130, b"")
    assert b"reminders posted" not in out


@pytest.mark.slow
@pytest.mark.parametrize("ends", [signal.SIGTERM, signal.SIGHUP])
async def test_rehearsal_that_is_told_to_end_leaves_neither_its_bot_nor_its_folder(
    tmp_path: Path, ends: signal.Signals
) -> None:
    process = await rehearsing(tmp_path, TMPDIR=str(tmp_path))
    await page_of(process)
    [folder] = names_in(tmp_path)
    assert folder.startswith("chairside-")
    process.send_signal(ends)
    async with asyncio.timeout(PATIENCE):
        _, err = await process.communicate()
    assert (process.returncode, err, names_in(tmp_path)) == (130, b"", [])


def interrupt(process: asyncio.subprocess.Process) -> None:
    """Ctrl+C as a terminal sends it: to all that was started there."""
    os.killpg(process.pid, signal.SIGINT)


async def rehearsing(folder: Path, *arguments: str, **environment: str) -> asyncio.subprocess.Process:
    """A rehearsal under way, with its page, in a terminal of its own."""
    command = (sys.executable, "-m", "bot", "rehearse", *arguments)
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(
        *command, cwd=folder, env=alone(environment), stdout=pipe, stderr=pipe, start_new_session=True
    )


async def page_of(process: asyncio.subprocess.Process) -> str:
    """Where it says that its page is."""
    assert process.stdout is not None
    async with asyncio.timeout(PATIENCE):
        while line := await process.stdout.readline():
            if found := re.search(rb"http://\S+", line):
                return found[0].decode()
    raise AssertionError(await process.communicate())


async def sent(http: aiohttp.ClientSession, url: str, **values: object) -> int:
    """The status that the page answers with."""
    async with http.post(url, json=values) as response:
        return response.status


@pytest.mark.long
async def test_lively_rehearsal_asks_and_answers_and_loses_no_question(tmp_path: Path) -> None:
    """Faster than people act, so that few ask; how many reminders came in time is a matter of the machine then."""
    ended = await chairside_afresh("rehearse", "--speed", "400", "--no-page", folder=tmp_path)
    line = next(line for line in ended.out.splitlines() if line.startswith("questions: "))
    found = re.fullmatch(QUESTIONS_LINE, line)
    assert found is not None, line
    entered, asked, dismissed, merged, left = map(int, found.groups())
    assert entered == asked + dismissed + merged + left
    assert asked
    assert "do not add up" not in ended.out
    assert "privately: number 1 in line" in ended.out


@pytest.mark.slow
async def test_rehearsal_of_a_file_that_is_no_schedule_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello")
    ended = await chairside_afresh("rehearse", "notes.txt", "--no-page", folder=tmp_path)
    assert ended.code == 2
    assert len(ended.err.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (
            ("import", "page.txt", "--year", "3000"),
            "Invalid value for '--year': Input should be less than or equal to 2100",
        ),
        (("import",), "Missing argument 'file'"),
        (("nope",), "No such command 'nope'"),
    ],
)
async def test_misuse_is_one_line_and_exit_code_2(tmp_path: Path, arguments: tuple[str, ...], line: str) -> None:
    assert await chairside(*arguments, folder=tmp_path) == Ended(2, "", f"chairside: {line}. See chairside --help.\n")
