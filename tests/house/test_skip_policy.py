"""A run with CI=true must not pass over anything in silence."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SKIPPING_TEST = """
import pytest

def test_runs():
    assert True

def test_is_skipped():
    pytest.skip("no browser here")

@pytest.mark.xfail(reason="known", strict=True)
def test_is_expected_to_fail():
    assert False
"""
SKIPPING_FILE = """
import pytest

pytest.importorskip("no_such_package_anywhere")

def test_never_seen():
    assert True
"""


def run_pytest(folder: Path, root: Path, ci: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "CI": ci,
        "PYTHONPATH": str(root),
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    }
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "tests.skip_policy", "-p", "no:cacheprovider", "."],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    ("ci", "source", "code", "summary"),
    [
        ("true", SKIPPING_TEST, 1, "1 failed, 1 passed, 1 xfailed"),
        ("", SKIPPING_TEST, 0, "1 passed, 1 skipped, 1 xfailed"),
        ("true", SKIPPING_FILE, 2, "skipped in CI"),
        ("", SKIPPING_FILE, 5, "1 skipped"),
    ],
)
def test_skip_fails_in_ci_only(
    tmp_path: Path, project_root: Path, ci: str, source: str, code: int, summary: str
) -> None:
    (tmp_path / "test_sample.py").write_text(source, encoding="utf-8")
    result = run_pytest(tmp_path, project_root, ci)
    assert summary in result.stdout
    assert result.returncode == code
