"""The scripts of this folder, run shortly; their full runs are `make durability`."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.postgres.cluster import programs
from tests.thoroughly import thorough


def run(project_root: Path, script: str, *arguments: str) -> str:
    """What the script printed. It forks, so it is a process without threads of pytest's."""
    command = [sys.executable, "-m", f"tests.durability.{script}", *arguments]
    done = subprocess.run(
        command, cwd=project_root, capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


POSTGRES = pytest.mark.postgres
THOROUGH = pytest.mark.thorough


def require(database: str) -> None:
    """Without a server the test is skipped, which CI does not allow."""
    if database == "postgres" and programs() is None:
        pytest.skip("no PostgreSQL server: run .ci/prepare-postgres")


@pytest.mark.parametrize(
    "database", ["sqlite", pytest.param("postgres", marks=[POSTGRES, THOROUGH])]
)
def test_what_was_confirmed_outlives_kills(project_root: Path, database: str) -> None:
    require(database)
    told = run(project_root, "kills", "--database", database, "--kills", "3")
    assert "3 kills" in told
    assert "0 faults" in told


@pytest.mark.parametrize(
    "database",
    [pytest.param("sqlite", marks=THOROUGH), pytest.param("postgres", marks=[POSTGRES, THOROUGH])],
)
def test_writers_at_once_lose_nothing(project_root: Path, database: str) -> None:
    require(database)
    arguments = ("--database", database, "--writers", "4", "--edits", "6", "--records", "2")
    told = run(project_root, "writers", *arguments)
    assert "24 edits acknowledged, 24 in the records" in told
    # Four writers on two records: they do get into each other's way, and are told so.
    assert int(re.findall(r"(\d+) conflicts", told)[0]) > 0


@pytest.mark.parametrize("way", [thorough("mount"), "limit"])
def test_a_full_disk_refuses_clearly_and_loses_nothing(project_root: Path, way: str) -> None:
    """On a small disk where the system lets anybody make one; files with a limit everywhere."""
    told = run(project_root, "full_disk", *(["--inside", way] if way == "limit" else []))
    assert told.count("refused: ") == 3
    assert "confirmed photos" in told
    assert told.rstrip().endswith("saving goes on")


@THOROUGH
def test_files_lost_under_a_running_process_lose_no_confirmed_save(project_root: Path) -> None:
    told = run(project_root, "unlinked", "--trigger", "second_handle", "--saves", "8")
    assert "second_handle: 6 confirmed, 4 refused, 0 lost" in told
