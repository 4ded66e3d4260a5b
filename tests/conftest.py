"""Fixtures that every part of the tests may use."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import settings

from bot.cli import _loop_factory as loop_factory
from db.database import Database
from tests.builders import DURING_BREAK
from tests.clocks import SteppedClock
from tests.stores import PostgreSQLStores, SQLiteStores, Stores, open_database

pytest_plugins = ["tests.leaks"]

# no deadline: a slow machine fails no test; derandomized: every run of one version tries the same examples
settings.register_profile("chairside", deadline=None, derandomize=True, database=None)
settings.register_profile("quick", settings.get_profile("chairside"), max_examples=25)
settings.load_profile("chairside")


def pytest_asyncio_loop_factories() -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Tests run on the event loop that the bot runs on."""
    return {"the bot's": loop_factory() or asyncio.new_event_loop}


def pytest_collection_finish() -> None:
    """What was imported and collected stays: no collection of garbage needs to walk it again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000)  # as much is alive at any time: 700 new objects are no reason to look


KINDS = {"sqlite": SQLiteStores, "postgresql": PostgreSQLStores}
DIFFERS_ON_POSTGRESQL = (
    *("tests/db/", "tests/test_database_cli.py", "tests/journeys/test_session.py", "tests/delivery/test_sender.py"),
    *(f"tests/delivery/test_{name}.py" for name in ("outbox", "leases", "scheduled_events")),
    *(f"tests/faults/test_{name}.py" for name in ("processes", "overlap", "shards", "shared_limit")),
    *("tests/faults/test_other_application.py", "tests/services/test_moderating.py", "tests/services/test_planning.py"),
)
"""What `make test` tries on PostgreSQL as well; `make stores` tries everything."""
SLOW_ON_POSTGRESQL = ("tests/delivery/test_sender.py", "tests/services/test_moderating.py")
"""Of these, what is left to `make slow`: many tests of one statement or two that differ."""


def pytest_addoption(parser: pytest.Parser) -> None:
    said = "where the tests that store run; `both` adds to SQLite those that differ on PostgreSQL"
    parser.addoption("--store", choices=[*KINDS, "both", "all"], default="sqlite", help=said)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run whatever stores on each kind of store, but what a mark says is about one kind alone."""
    if "stores" in metafunc.fixturenames:
        chosen = metafunc.config.getoption("store")
        only = metafunc.definition.get_closest_marker("store")
        on_all = chosen == "all" or (chosen == "both" and metafunc.definition.nodeid.startswith(DIFFERS_ON_POSTGRESQL))
        wanted = list(KINDS) if on_all else ["sqlite"] if chosen == "both" else [chosen]
        kinds = wanted if only is None else list(only.args)
        slow = [pytest.mark.slow] if metafunc.definition.nodeid.startswith(SLOW_ON_POSTGRESQL) else []
        stores = [pytest.param(kind, marks=slow if kind == "postgresql" else []) for kind in kinds]
        metafunc.parametrize("stores", stores, indirect=True, scope="session")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is about another kind of store; with PostgreSQL alone, also what stores nothing."""
    chosen = config.getoption("store")
    if chosen in ("both", "all"):
        return
    config.hook.pytest_deselected(items=[item for item in items if _kind(item) != chosen])
    items[:] = [item for item in items if _kind(item) == chosen]


def _kind(item: pytest.Item) -> str:
    """The kind of store that a test runs on; what stores nothing runs once."""
    parameters = getattr(item, "callspec", None)
    return str(parameters.params.get("stores", "sqlite")) if parameters else "sqlite"


@pytest.fixture(scope="session")
def stores(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stores]:
    """What makes each test's store, of one kind."""
    made = KINDS[request.param](tmp_path_factory.mktemp("store"))
    yield made
    made.close()


@pytest.fixture
def store_url(stores: Stores, tmp_path: Path) -> Iterator[str]:
    """The address of a store of the test's own, at this version's tables."""
    url = stores.new(tmp_path)
    yield url
    stores.forget(url)


@pytest.fixture
async def db(store_url: str) -> AsyncIterator[Database]:
    """A store of the test's own."""
    database = open_database(store_url)
    yield database
    await database.close()


@pytest.fixture
def clock() -> SteppedClock:
    """Ten minutes before the ICML session: 2022-07-21 12:20 PDT."""
    return SteppedClock(DURING_BREAK)
