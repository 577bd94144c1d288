"""An import in pieces on PostgreSQL: killed it leaves nothing, and taken it is one batch."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from ledger.domain.access import SYSTEM
from ledger.exchange.importing.past_imports import past_imports, undo_import
from ledger.records.history import chain_check
from ledger.storage import Store
from tests.ledger.exchange.importing.test_large_files import rows, small_pieces
from tests.ledger.exchange.killed_import import killed
from tests.ledger.exchange.taking import take
from tests.ledger.sheets import fingerprint, workbook

__all__ = ["small_pieces"]


@pytest.mark.usefixtures("small_pieces")
def test_killed_it_leaves_nothing(city: Store, url: str, tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", rows(60))
    before = fingerprint(city)
    done = killed(url, path)
    assert (done.returncode, done.stdout) == (-signal.SIGKILL, "2\n")
    assert fingerprint(city) == before
    assert take(city, path).created == 60
    (one,) = past_imports(city, SYSTEM)
    assert undo_import(city, SYSTEM, one.number, reason="导错了").records == 60
    with city.reading() as connection:
        assert chain_check.verify(connection).sound
