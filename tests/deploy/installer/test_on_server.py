"""An office on PostgreSQL: which program does what in an upgrade, and what the server is asked."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from deploy.installer import databases, files, layout, office
from deploy.installer.layout import Layout
from deploy.installer.stop import Stop

OLD, NEW = Path("/versions/old"), Path("/versions/new")
URL = "postgresql+psycopg://ledger:x@127.0.0.1/ledger"


@pytest.fixture
def there(tmp_path: Path) -> Layout:
    found = layout.in_folder(tmp_path)
    for folder in (found.config, found.data):
        folder.mkdir()
    files.write(found.environment_file, f"LEDGER_DATABASE_URL={URL}\n")
    return found


@pytest.fixture
def calls(there: Layout, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was done, by which version."""
    done: list[str] = []

    def ledger(_: Layout, version: Path, words: Any, settings: Any = None) -> dict[str, Any]:
        place = "live" if settings is None else settings["LEDGER_DATABASE_URL"]
        done.append(f"{version.name} {words[0]} {place}")
        return {}

    def ask(_: object, version: Path, action: str) -> dict[str, Any]:
        done.append(f"{version.name} asks {action}")
        return {"url": "scratch", "bytes": 7}

    monkeypatch.setattr(office, "ledger", ledger)
    monkeypatch.setattr(databases.OnServer, "_ask", ask)
    return done


def test_the_old_program_restores_what_the_new_one_migrates(
    there: Layout, calls: list[str]
) -> None:
    found = databases.of_office(there)
    found.rehearse(OLD, NEW, there.backups / "a.sealed")
    assert calls == [
        "new asks scratch",
        "old restore scratch",
        "new init scratch",
        "new verify scratch",
        "new asks clear",
    ]


def test_what_the_new_one_left_goes_when_the_old_one_is_back(
    there: Layout, calls: list[str]
) -> None:
    found = databases.of_office(there)
    found.keep(OLD)
    found.put_back(OLD)
    assert calls == ["old backup live", "old asks aside", "old restore live", "old asks settle"]


def test_a_rehearsal_that_was_cut_off_is_cleared(there: Layout, calls: list[str]) -> None:
    found = databases.of_office(there)
    found.forget(OLD)
    assert calls == []
    (there.data / ".rehearsal").mkdir()
    found.forget(OLD)
    assert calls == ["old asks clear"]
    assert not (there.data / ".rehearsal").exists()


def test_a_server_that_does_not_answer_is_told_in_one_line(
    there: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Through the real process; its password is not in the words."""
    files.write(
        there.environment_file,
        "LEDGER_DATABASE_URL=postgresql+psycopg://ledger:geheim@127.0.0.1:1/ledger\n",
    )
    monkeypatch.setattr(databases, "python_of", lambda _: Path(sys.executable))
    with pytest.raises(Stop, match="数据库服务器：") as stopped:
        databases.of_office(there).size(there.data)
    assert "geheim" not in str(stopped.value)
