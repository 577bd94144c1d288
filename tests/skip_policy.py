"""No silent skips: where CI=true, a skipped test or test file counts as a failure.

On a developer's machine a skip is fine (no Chromium, no shared data); in CI everything is
installed, so a skip there means that something was not tested. Exceptions are listed in
``ALLOWED`` by the beginning of their node id, each with the reason.
"""

from __future__ import annotations

import os
from collections.abc import Generator

import pytest

ALLOWED: dict[str, str] = {
    "tests/deploy/test_files.py::test_systemd_understands_the_units": "containers have no systemd",
}


def in_ci() -> bool:
    """Whether this run is one that must not skip."""
    return os.environ.get("CI", "").lower() in {"1", "true", "yes"}


def _refused(node_id: str) -> bool:
    return in_ci() and not any(node_id.startswith(start) for start in ALLOWED)


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    if isinstance(report.longrepr, tuple):
        return str(report.longrepr[2])
    return str(report.longrepr)


def _fail(report: pytest.TestReport | pytest.CollectReport) -> None:
    report.longrepr = f"skipped in CI, where nothing may be skipped: {_reason(report)}"
    report.outcome = "failed"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn the skip of a test into a failure; an expected failure (xfail) is not a skip."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and _refused(item.nodeid):
        _fail(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Turn the skip of a whole file (``importorskip``, module-level skip) into a failure."""
    report = yield
    if report.skipped and _refused(collector.nodeid):
        _fail(report)
    return report
