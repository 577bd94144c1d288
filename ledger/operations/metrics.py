"""Measurements for Prometheus: requests, statements, and the state of the installation.

No label holds an address, a name or anything typed: routes are named by their pattern.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from ledger.operations.readiness import free_bytes, readiness
from ledger.operations.status import backup_age_seconds, backups, database_bytes
from ledger.people.sessions import count_open
from ledger.records.history import audit
from ledger.storage import Store
from ledger.storage.again import COUNTS

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)
_requests = Counter(
    "ledger_http_requests", "HTTP requests", ["method", "route", "status"], registry=REGISTRY
)
_request_seconds = Histogram(
    "ledger_http_request_seconds",
    "Time to answer an HTTP request",
    ["route"],
    buckets=_SECONDS,
    registry=REGISTRY,
)
_page_seconds = Histogram(
    "ledger_page_seconds", "Time of a run of a page", ["page"], buckets=_SECONDS, registry=REGISTRY
)
_statement_seconds = Histogram(
    "ledger_statement_seconds", "Time of a database statement", buckets=_SECONDS, registry=REGISTRY
)


class _TriedAgain(Collector):
    """Services that were run again because the database undid their transaction."""

    def collect(self) -> Iterable[Metric]:
        again = "Services run again after their transaction was undone for another"
        given_up = "Services that were undone at every try"
        yield CounterMetricFamily("ledger_transactions_tried_again", again, COUNTS.again)
        yield CounterMetricFamily("ledger_transactions_given_up", given_up, COUNTS.given_up)


REGISTRY.register(_TriedAgain())


def count_request(method: str, route: str, status: int, seconds: float) -> None:
    """Count one answered request; ``route`` is a pattern, never a path with ids."""
    _requests.labels(method, route, str(status)).inc()
    _request_seconds.labels(route).observe(seconds)


@contextmanager
def page_timed(page: str) -> Iterator[None]:
    """Time one run of a page, however it ends; ``page`` is that of the menu, nothing typed."""
    started = time.perf_counter()
    try:
        yield
    finally:
        _page_seconds.labels(page).observe(time.perf_counter() - started)


@dataclass(frozen=True)
class Pace:
    """How long runs of a page or answers of a route took since the start, in seconds."""

    name: str
    times: int
    mean: float
    over_second: int


def slowest_pages() -> list[Pace]:
    """Every page that was run, the slowest on average first."""
    return _paces(_page_seconds, "page")


def slowest_routes() -> list[Pace]:
    """Every route that answered, the slowest on average first."""
    return _paces(_request_seconds, "route")


def _paces(histogram: Histogram, label: str) -> list[Pace]:
    found: dict[str, dict[str, float]] = {}
    for metric in histogram.collect():
        for sample in metric.samples:
            ending = sample.name.rpartition("_")[2] + sample.labels.get("le", "")
            found.setdefault(sample.labels[label], {})[ending] = sample.value
    paces = [
        Pace(
            name,
            round(told["count"]),
            round(told["sum"] / told["count"], 3),
            round(told["count"] - told["bucket1.0"]),
        )
        for name, told in found.items()
        if told["count"]
    ]
    return sorted(paces, key=lambda one: -one.mean)


def count_statement(seconds: float) -> None:
    """Count one statement of the database."""
    _statement_seconds.observe(seconds)


def exposition(store: Store) -> bytes:
    """Everything in Prometheus' text format."""
    gauges = "\n".join(_line(*gauge) for gauge in _gauges(store))
    return generate_latest(REGISTRY) + gauges.encode() + b"\n"


def _gauges(store: Store) -> Iterator[tuple[str, str, float]]:
    checks = readiness(store)
    for check in checks:
        yield f"ledger_ready_{check.key}", f"1 if {check.key} is well", float(check.well)
    free = free_bytes(store)
    if free is not None:
        yield "ledger_disk_free_bytes", "Room on the data disk", float(free)
    age = backup_age_seconds(backups())
    if age is not None:
        yield "ledger_backup_age_seconds", "Age of the newest backup", age
    if not all(check.well for check in checks if check.key != "disk"):
        return
    with store.reading() as connection:
        size = database_bytes(store, connection)
        entries = audit.revision(connection)
    if size is not None:
        yield "ledger_database_bytes", "Size of the database", float(size)
    yield "ledger_log_entries", "Entries of the change log", float(entries)
    yield "ledger_open_sessions", "Sessions that stand", float(count_open(store))


def _line(name: str, help_text: str, value: float) -> str:
    family = GaugeMetricFamily(name, help_text, value=value)
    return (
        f"# HELP {family.name} {family.documentation}\n# TYPE {family.name} gauge\n{name} {value}"
    )
