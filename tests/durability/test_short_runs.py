"""The scripts of this folder, run shortly; their full runs are `make durability`."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.postgres.cluster import programs


def run(project_root: Path, script: str, *arguments: str) -> str:
    """What the script printed. It forks, so it is a process without threads of pytest's."""
    command = [sys.executable, "-m", f"tests.durability.{script}", *arguments]
    done = subprocess.run(
        command, cwd=project_root, capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest) -> str:
    """Both databases; without a server the second is skipped, which CI does not allow."""
    if request.param == "postgres" and programs() is None:
        pytest.skip("no PostgreSQL server: run .ci/prepare-postgres")
    return str(request.param)


def test_what_was_confirmed_outlives_kills(project_root: Path, database: str) -> None:
    told = run(project_root, "kills", "--database", database, "--kills", "3")
    assert "3 kills" in told
    assert "0 faults" in told


def test_writers_at_once_lose_nothing(project_root: Path, database: str) -> None:
    arguments = ("--database", database, "--writers", "4", "--edits", "6", "--records", "2")
    told = run(project_root, "writers", *arguments)
    assert "24 edits acknowledged, 24 in the records" in told
    # Four writers on two records: they do get into each other's way, and are told so.
    assert int(re.findall(r"(\d+) conflicts", told)[0]) > 0


@pytest.mark.parametrize("way", ["mount", "limit"])
def test_a_full_disk_refuses_clearly_and_loses_nothing(project_root: Path, way: str) -> None:
    """On a small disk where the system lets anybody make one; files with a limit everywhere."""
    told = run(project_root, "full_disk", *(["--inside", way] if way == "limit" else []))
    assert told.count("refused: ") == 3
    assert "confirmed photos" in told
    assert told.rstrip().endswith("saving goes on")


def test_files_lost_under_a_running_process_lose_no_confirmed_save(project_root: Path) -> None:
    told = run(project_root, "unlinked", "--trigger", "second_handle", "--saves", "8")
    assert "second_handle: 6 confirmed, 4 refused, 0 lost" in told
