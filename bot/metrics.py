"""What monitoring reads of one process. Kinds, states, statuses and shards are all that its labels hold."""

from __future__ import annotations

import math
import platform
from collections.abc import Callable, Mapping
from http import HTTPStatus
from importlib.metadata import version

import discord
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, ProcessCollector

from bot.rules.outbox import State

LATENESS_BUCKETS = (0.005, 0.015, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900)
"""Seconds; DESIGN promises half of all reminders within 15 ms and all but a hundredth within 50 ms."""
LAG_BUCKETS = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics:
    """One application's figures, in a registry of their own; every method may be called in any thread."""

    def __init__(self, ails: Callable[[], bool]) -> None:
        """Begin at nothing; `ails` tells, whenever somebody reads, whether something is wrong."""
        self.registry = here = CollectorRegistry()
        ProcessCollector(registry=here)
        self._lateness = Histogram(
            "chairside_delivery_lateness_seconds",
            "From the moment a delivery was due, or planned if that came later, to Discord's answer.",
            ["kind"],
            buckets=LATENESS_BUCKETS,
            registry=here,
        )
        self._deliveries = Gauge("chairside_deliveries", "Deliveries in the store, by state.", ["state"], registry=here)
        answers = "Answers of Discord's REST API, by class; none is a request without one."
        self._responses = Counter("chairside_discord_responses", answers, ["status"], registry=here)
        refused = "Requests of the last ten minutes that Discord answered with 401, 403 or 429."
        self._refused = Gauge("chairside_invalid_requests", refused, registry=here)
        latency = "From a heartbeat on the gateway to Discord's answer."
        self._latency = Gauge("chairside_gateway_latency_seconds", latency, ["shard"], registry=here)
        self._shards: set[str] = set()
        lag = "By how much the event loop's beat, once a second, was late."
        self._lag = Histogram("chairside_loop_lag_seconds", lag, buckets=LAG_BUCKETS, registry=here)
        self._tasks = Gauge("chairside_loop_tasks", "Tasks that the event loop has at this moment.", registry=here)
        healthy = Gauge("chairside_healthy", "1 while /healthz says ok, else 0.", registry=here)
        healthy.set_function(lambda: float(not ails()))
        Info("chairside_build", "What is running.", registry=here).info(
            {"version": version("chairside"), "discord_py": discord.__version__, "python": platform.python_version()}
        )
        for status in ("2xx", "3xx", "4xx", "429", "5xx", "none"):
            self._responses.labels(status)  # so that a rate is there before the first

    def posted(self, kind: str, lateness_ms: float | None) -> None:
        """Count a message; one is not late whose moment a stopped clock never reaches."""
        if lateness_ms is not None:
            self._lateness.labels(kind).observe(lateness_ms / 1000)

    def answered(self, status: int | None) -> None:
        """Count what Discord answered to a request; None is no answer."""
        if status != HTTPStatus.SWITCHING_PROTOCOLS:  # the gateway's
            self._responses.labels(status_class(status)).inc()

    def refused(self, number: int) -> None:
        """How many invalid requests there were in the last ten minutes."""
        self._refused.set(number)

    def beaten(self, lag_seconds: float) -> None:
        """Count a beat of the loop."""
        self._lag.observe(lag_seconds)

    def tasks(self, number: int) -> None:
        """How many tasks the loop has."""
        self._tasks.set(number)

    def gateway(self, latencies: Mapping[int, float]) -> None:
        """Each connected shard's seconds; one that has not beaten yet has none."""
        measured = {str(shard): seconds for shard, seconds in latencies.items() if math.isfinite(seconds)}
        for shard in self._shards.difference(measured):
            self._latency.remove(shard)
        for shard, seconds in measured.items():
            self._latency.labels(shard).set(seconds)
        self._shards = set(measured)

    def stored(self, counts: Mapping[str, int]) -> None:
        """How many deliveries stand in each state."""
        for state in State:
            self._deliveries.labels(state.value).set(counts.get(state, 0))


def status_class(status: int | None) -> str:
    """The class that an HTTP status is counted in; being told to wait is one of its own."""
    if status is None:
        return "none"
    return "429" if status == HTTPStatus.TOO_MANY_REQUESTS else f"{status // 100}xx"
