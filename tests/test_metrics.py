"""What monitoring reads, and that it is answered whatever the event loop does."""

from __future__ import annotations

import http.client
import math
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.errors import ConfigurationError
from bot.metrics import Metrics, status_class
from bot.metrics_server import MetricsServer

HOST = "127.0.0.1"


class Patient:
    """Somebody whose state a test sets."""

    ailment: str | None = None

    def __call__(self) -> str | None:
        return self.ailment


@pytest.fixture
def patient() -> Patient:
    return Patient()


@pytest.fixture
def metrics(patient: Patient) -> Metrics:
    return Metrics(ails=lambda: patient() is not None)


@pytest.fixture
def server(metrics: Metrics, patient: Patient) -> Iterator[MetricsServer]:
    server = MetricsServer((HOST, 0), metrics.registry, patient)
    server.start()
    yield server
    server.stop()


def ask(server: MetricsServer, path: str, method: str = "GET", **headers: str) -> tuple[int, str, str]:
    """Status, type and body; asked in this thread, so that no event loop could help to answer."""
    connection = http.client.HTTPConnection(HOST, server.server_port, timeout=20)
    try:
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.headers["Content-Type"], answer.read().decode()
    finally:
        connection.close()


def samples(body: str) -> dict[tuple[str, str], float]:
    """Every figure by its name and its labels' values."""
    return {
        (sample.name, ",".join(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(body)
        for sample in family.samples
    }


def test_everything_is_there_by_name_before_anything_happened(server: MetricsServer) -> None:
    status, content_type, body = ask(server, "/metrics")
    assert (status, content_type.split(";")[0]) == (200, "text/plain")
    found = samples(body)
    for label in ("2xx", "3xx", "4xx", "429", "5xx", "none"):
        assert found["chairside_discord_responses_total", label] == 0
    assert found["chairside_healthy", ""] == 1
    assert found["chairside_loop_lag_seconds_count", ""] == 0
    assert found["chairside_loop_tasks", ""] == 0
    assert [labels for name, labels in found if name == "chairside_build_info"]


def test_lateness_tells_fifteen_and_fifty_milliseconds_apart_by_kind(metrics: Metrics, server: MetricsServer) -> None:
    for milliseconds in (4, 15, 16, 50, 51, 2_000_000):
        metrics.posted("up_next", milliseconds)
    metrics.posted("board", None)  # nobody knows
    found = samples(ask(server, "/metrics")[2])
    bucket = "chairside_delivery_lateness_seconds_bucket"
    within = {limit: found[bucket, f"up_next,{limit}"] for limit in ("0.015", "0.05", "900.0", "+Inf")}
    assert within == {"0.015": 2, "0.05": 4, "900.0": 5, "+Inf": 6}
    assert not [labels for _, labels in found if labels.startswith("board")]


def test_every_state_is_told_also_those_with_none(metrics: Metrics, server: MetricsServer) -> None:
    metrics.stored({"pending": 7, "sent": 3})
    metrics.stored({"sent": 10})
    found = samples(ask(server, "/metrics")[2])
    states = {labels: value for (name, labels), value in found.items() if name == "chairside_deliveries"}
    assert len(states) == 9
    assert {state: value for state, value in states.items() if value} == {"sent": 10}


def test_shard_that_is_gone_or_has_not_beaten_has_no_latency(metrics: Metrics, server: MetricsServer) -> None:
    metrics.gateway({0: 0.02, 1: 0.03, 2: math.inf, 3: math.nan})
    metrics.gateway({0: 0.04})
    found = samples(ask(server, "/metrics")[2])
    shards = {labels: value for (name, labels), value in found.items() if name.startswith("chairside_gateway")}
    assert shards == {"0": 0.04}


@pytest.mark.parametrize(
    ("status", "counted"),
    [(200, "2xx"), (204, "2xx"), (304, "3xx"), (404, "4xx"), (429, "429"), (502, "5xx"), (None, "none")],
)
def test_answers_are_counted_by_class_and_being_told_to_wait_apart(status: int | None, counted: str) -> None:
    assert status_class(status) == counted


def test_gateways_own_handshake_is_no_answer(metrics: Metrics, server: MetricsServer) -> None:
    metrics.answered(101)
    metrics.answered(429)
    found = samples(ask(server, "/metrics")[2])
    counted = {labels: v for (name, labels), v in found.items() if name == "chairside_discord_responses_total" and v}
    assert counted == {"429": 1}


def test_two_applications_count_apart() -> None:
    one, other = Metrics(ails=lambda: False), Metrics(ails=lambda: False)
    one.answered(500)
    assert one.registry.get_sample_value("chairside_discord_responses_total", {"status": "5xx"}) == 1
    assert other.registry.get_sample_value("chairside_discord_responses_total", {"status": "5xx"}) == 0


def test_health_is_a_status_and_a_line(server: MetricsServer, patient: Patient) -> None:
    assert ask(server, "/healthz") == (200, "text/plain; charset=utf-8", "ok\n")
    patient.ailment = "the event loop has been stuck for 11 s"
    assert ask(server, "/healthz")[::2] == (503, "the event loop has been stuck for 11 s\n")
    assert samples(ask(server, "/metrics")[2])["chairside_healthy", ""] == 0


async def test_answers_come_while_the_event_loop_stands_still(server: MetricsServer) -> None:
    # this coroutine holds the loop until it has been answered
    assert ask(server, "/healthz?from=probe")[0] == 200
    assert ask(server, "/metrics")[0] == 200


def test_openmetrics_is_answered_to_who_asks_for_it(server: MetricsServer) -> None:
    status, content_type, body = ask(server, "/metrics", Accept="application/openmetrics-text; version=1.0.0")
    assert (status, content_type.split(";")[0]) == (200, "application/openmetrics-text")
    assert body.endswith("# EOF\n")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/", 404), ("GET", "/metrics/..", 404), ("POST", "/metrics", 501), ("HEAD", "/healthz", 200)],
)
def test_nothing_else_is_there(server: MetricsServer, method: str, path: str, status: int) -> None:
    assert ask(server, path, method)[0] == status


def test_one_who_says_nothing_or_nonsense_keeps_nobody_waiting(server: MetricsServer) -> None:
    with (
        socket.create_connection((HOST, server.server_port)),
        socket.create_connection((HOST, server.server_port)) as rude,
    ):
        rude.sendall(b"\x16\x03\x01" + b"\xff" * 100)
        assert ask(server, "/healthz")[0] == 200


def test_many_at_once_are_all_answered(server: MetricsServer) -> None:
    statuses: list[int] = []
    readers = [Thread(target=lambda: statuses.append(ask(server, "/metrics")[0])) for _ in range(40)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    assert statuses == [200] * 40


def test_port_in_use_or_address_of_another_machine_is_one_line(server: MetricsServer, metrics: Metrics) -> None:
    for address in ((HOST, server.server_port), ("192.0.2.1", 9464), ("nobody.invalid", 9464), ("a..b", 9464)):
        with pytest.raises(
            ConfigurationError, match=rf"METRICS_PORT: cannot listen on {address[0]}, port {address[1]}"
        ):
            MetricsServer(address, metrics.registry, lambda: None)


def test_every_figure_is_described_for_operators_and_nothing_else_is(metrics: Metrics) -> None:
    page = (Path(__file__).parents[1] / "docs" / "operators.md").read_text(encoding="utf-8")
    suffix = {"counter": "_total", "info": "_info"}
    told = {family.name + suffix.get(family.type, "") for family in metrics.registry.collect()}
    own = {name for name in told if not name.startswith("process_")}
    assert set(re.findall(r"^\| `(\w+)`", page, re.MULTILINE)) == own


def test_alerts_ask_for_figures_that_there_are(metrics: Metrics) -> None:
    page = (Path(__file__).parents[1] / "docs" / "operators.md").read_text(encoding="utf-8")
    asked = set(re.findall(r"chairside_\w+", page))
    metrics.posted("up_next", 1)
    metrics.gateway({0: 0.1})
    metrics.stored({})
    there = {sample.name for family in metrics.registry.collect() for sample in family.samples}
    families = {family.name for family in metrics.registry.collect()}
    assert asked <= there | families
