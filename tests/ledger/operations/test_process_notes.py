"""The doctor knows what was slow and what failed in every process of the service."""

from __future__ import annotations

import asyncio
import json
import os
import time
from pathlib import Path

import pytest

from ledger.domain.access import SYSTEM
from ledger.operations import process_notes
from ledger.operations.diagnosis import diagnose
from ledger.operations.metrics import page_timed
from ledger.operations.readiness import data_folder
from ledger.storage import Store

AT = "2026-11-30T08:00:00+00:00"
OTHER = {
    "pages": [{"name": "noted", "times": 30, "mean": 2.0, "over_second": 30}],
    "routes": [],
    "slow": [{"at": AT, "ms": 900, "statement": "SELECT ?"}],
    "events": [{"at": AT, "level": "error", "logger": "pages"}],
}


def other(store: Store, content: str = "", age: float = 0.0) -> Path:
    """The file of another process of the service."""
    folder = data_folder(store) / "processes"
    folder.mkdir(exist_ok=True)
    file = folder / "4711-1.json"
    file.write_text(content or json.dumps(OTHER), encoding="utf-8")
    os.utime(file, (time.time() - age, time.time() - age))
    return file


def test_slow_pages_and_errors_of_another_process_are_findings(store: Store) -> None:
    assert "page-noted" not in {one.key for one in diagnose(store, SYSTEM).findings}
    other(store)
    told = diagnose(store, SYSTEM)
    assert {"page-noted", "errors"} <= {one.key for one in told.findings}
    assert OTHER["slow"][0] in told.measured["slow"]


def test_runs_of_one_page_in_two_processes_are_added_up(store: Store) -> None:
    with page_timed("noted"):
        pass
    other(store)
    (pace,) = [one for one in process_notes.all_notes(store)["pages"] if one["name"] == "noted"]
    assert (pace["times"], pace["over_second"]) == (31, 30)
    assert 1.9 < pace["mean"] < 2.0


def test_a_process_does_not_count_its_own_file_twice(store: Store) -> None:
    with page_timed("noted"):
        pass
    before = process_notes.all_notes(store)["pages"]
    process_notes.write_note(store)
    assert process_notes.all_notes(store)["pages"] == before
    (file,) = (data_folder(store) / "processes").glob("*")
    assert file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(("content", "age"), [("no json", 0), ("{}", 0), ("", 2 * 86_400)])
def test_broken_and_old_files_are_passed_over(store: Store, content: str, age: float) -> None:
    other(store, content, age)
    assert process_notes.notes_of_others(store) == []


def test_files_of_processes_long_gone_are_removed(store: Store) -> None:
    file = other(store, age=8 * 86_400)
    process_notes.write_note(store)
    assert not file.exists()


def test_a_process_writes_every_minute_until_it_ends() -> None:
    written: list[int] = []

    async def pause(seconds: float) -> None:
        assert seconds == process_notes.EACH_SECONDS
        if len(written) == 2:
            raise asyncio.CancelledError

    def write() -> None:
        written.append(1)
        raise OSError

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(process_notes.write_notes(write, pause=pause))
    assert len(written) == 2
