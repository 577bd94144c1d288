"""Whoever opens a page of an office whose database cannot be used reads one clear line."""

from __future__ import annotations

from pathlib import Path

from pages._database import _opened
from tests.web.visiting import Browser


def test_damaged_database_is_one_clear_page(client: Browser, tmp_path: Path) -> None:
    file = tmp_path / "ledger.db"
    client.get("/signin")
    _opened.cache_clear()
    for leftover in ("-wal", "-shm"):
        Path(f"{file}{leftover}").unlink(missing_ok=True)
    file.write_bytes(b"no database at all " * 500)
    answer = client.get("/signin", accept="text/html")
    ready = client.get("/readyz")
    assert (answer.status, ready.status) == (503, 503)
    assert "从备份恢复" in answer.text
    assert "no database" not in answer.text
    assert file.read_bytes() == b"no database at all " * 500
    _opened.cache_clear()
