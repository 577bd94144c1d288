"""An upgrade that fails or is cut off at any step leaves an office that works, and loses nothing.

The program is played by a few lines that change an SQLite file; `tests.durability.journey` does
the same with real bundles, processes and SIGKILL.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from deploy.installer import checks as checking
from deploy.installer import databases, environment, files, journal, layout, office, trusting
from deploy.installer.journal import STEPS
from deploy.installer.layout import Layout
from deploy.installer.manifest import Manifest, read_manifest
from deploy.installer.office import Office
from deploy.installer.services import Service
from deploy.installer.stop import Stop
from deploy.installer.upgrading import recover, upgrade
from tests.deploy.installer.packed import MACHINE, bundle

OFFICE = Office(8443, 8443, ("ledger.test",), nginx=False)


class Cut(BaseException):
    """The power goes."""


class Played:
    """An installed old version, a bundle of a new one, and what is played in place of programs."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.layout = layout.in_folder(folder / "office")
        self.bundle = bundle(folder / "new", commit="2222222222", built=1_796_100_000)
        self.present = read_manifest(bundle(folder / "old", commit="1111111111"))
        self.coming = read_manifest(self.bundle)
        self.running = True
        self.fails: str | None = None
        for each in (self.layout.config, self.layout.backups):
            each.mkdir(parents=True)
        self._laid(self.present)
        files.link(self.layout.current, self.layout.versions / self.present.name)
        office.write_office(self.layout, OFFICE)
        url = f"LEDGER_DATABASE_URL=sqlite:///{self.layout.database}\n"
        files.write(self.layout.environment_file, url)
        self.ask("CREATE TABLE kept (words)", "INSERT INTO kept VALUES ('old')")
        monkeypatch.setattr(office, "ledger", self._ledger)
        monkeypatch.setattr(environment, "make", lambda *_: self._laid(self.coming))
        monkeypatch.setattr(trusting, "require_trusted", lambda *_: "有效")
        monkeypatch.setattr(trusting, "renew", lambda *_: None)
        monkeypatch.setattr(checking, "this_machine", lambda: MACHINE)
        monkeypatch.setattr(Service, "start", lambda _: self._start())
        monkeypatch.setattr(Service, "stop", lambda _: self._set(False))
        monkeypatch.setattr(Service, "is_running", property(lambda _: self.running))

    def _laid(self, manifest: Manifest) -> Path:
        version = self.layout.versions / manifest.name
        version.mkdir(parents=True, exist_ok=True)
        return version

    def _set(self, running: bool) -> None:
        self.running = running

    def _start(self) -> None:
        if self.fails == "start" and self.version == self.coming.name:
            raise Stop("没有应答")
        self.running = True

    def _ledger(
        self, there: Layout, version: Path, words: Iterable[str],
        settings: dict[str, str] | None = None, *, show: bool = False,
    ) -> dict[str, Any]:  # fmt: skip
        word, *rest = words
        place = Path((settings or {}).get("LEDGER_DATABASE_URL", "").removeprefix("sqlite:///"))
        live = place == Path()
        if self.fails == word or (self.fails == f"live {word}" and live):
            raise Stop(f"{word} 没有成功")
        if word == "backup":
            shutil.copyfile(there.database, rest[0])
        if word == "restore":
            shutil.copyfile(rest[0], place)
        if word == "init":
            self.ask("UPDATE kept SET words = 'new'", database=there.database if live else place)
        return {"bytes": 1, "entries": self.entries, "database": "", "setup_code": None}

    def ask(self, *lines: str, database: Path | None = None) -> list[Any]:
        with closing(sqlite3.connect(database or self.layout.database)) as opened:
            for line in lines:
                found = opened.execute(line).fetchall()
            opened.commit()
        return found

    @property
    def entries(self) -> int:
        return int(self.ask("SELECT count(*) FROM kept")[0][0])

    @property
    def version(self) -> str:
        return self.layout.current.resolve().name

    def go(self) -> None:
        upgrade(self.layout, OFFICE, self.bundle, self.present, self.coming)

    def require(self, words: str) -> None:
        """The office runs on the old or the new version, with the database of that version."""
        name = {"old": self.present.name, "new": self.coming.name}[words]
        found = [row[0] for row in self.ask("SELECT words FROM kept")]
        assert (self.version, found, self.running) == (name, [words], True)
        assert journal.read(self.layout.program) is None
        assert not list(self.layout.data.glob(".*")), "nothing is left beside the database"


@pytest.fixture
def played(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Played:
    return Played(tmp_path, monkeypatch)


def test_from_old_to_new(played: Played) -> None:
    played.go()
    played.require("new")
    assert len(list(played.layout.backups.iterdir())) == 1


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", STEPS)
def test_cut_off_at_each_step(
    played: Played, monkeypatch: pytest.MonkeyPatch, step: str, when: str
) -> None:
    """Right after a step was written, and right after its work was done."""
    enter, at = journal.enter, STEPS.index(step)
    last = step if when == "before" else STEPS[min(at + 1, len(STEPS) - 1)]

    def cut(program: Path, going: journal.Upgrade) -> journal.Upgrade:
        if going.step == last and when == "after":
            raise Cut
        entered = enter(program, going)
        if going.step == last:
            raise Cut
        return entered

    monkeypatch.setattr(journal, "enter", cut)
    with pytest.raises(Cut):
        played.go()
    monkeypatch.setattr(journal, "enter", enter)
    recover(played.layout)
    played.require("new" if step == journal.DONE and when == "before" else "old")
    if played.version == played.present.name:
        played.go()
        played.require("new")


# "start" fails in the new version alone: the old one has to start again.
@pytest.mark.parametrize(
    "fails", ["backup", "restore", "init", "live init", "verify", "self-check", "start"]
)
def test_a_failure_goes_back_by_itself(played: Played, fails: str) -> None:
    played.fails = fails
    with pytest.raises(Stop, match="升级没有完成"):
        played.go()
    played.require("old")


def test_a_full_disk_goes_back(played: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(databases, "copy_database", full)
    with pytest.raises(Stop, match="No space left"):
        played.go()
    played.require("old")


def test_what_was_saved_in_the_new_version_is_not_lost(
    played: Played, monkeypatch: pytest.MonkeyPatch
) -> None:
    def saved_then_cut(_: object) -> None:
        played.ask("INSERT INTO kept VALUES ('saved')")
        raise Cut

    monkeypatch.setattr(Service, "start", saved_then_cut)
    with pytest.raises(Cut):
        played.go()
    monkeypatch.setattr(Service, "start", lambda _: played._set(True))
    recover(played.layout)
    assert played.version == played.coming.name
    assert [row[0] for row in played.ask("SELECT words FROM kept")] == ["new", "saved"]


def test_before_the_service_starts_with_the_machine_nothing_is_started(
    played: Played, monkeypatch: pytest.MonkeyPatch
) -> None:
    enter = journal.enter

    def cut(program: Path, going: journal.Upgrade) -> journal.Upgrade:
        enter(program, going)
        if going.step == journal.SWITCH:
            raise Cut
        return going

    monkeypatch.setattr(journal, "enter", cut)
    with pytest.raises(Cut):
        played.go()
    recover(played.layout, start=False)
    assert not played.running
    played.running = True
    played.require("old")


@pytest.mark.parametrize("older", [{"version": "0.2.9"}, {"built": 1}, {"schema": "0026"}])
def test_an_older_bundle_is_refused(played: Played, tmp_path: Path, older: dict[str, Any]) -> None:
    there = bundle(tmp_path / "older", **{"commit": "3333333333", **older})
    with pytest.raises(Stop, match="不能退回旧版本"):
        upgrade(played.layout, OFFICE, there, played.present, read_manifest(there))
    played.require("old")


def test_a_file_elsewhere_is_left_to_a_person(played: Played) -> None:
    files.write(played.layout.environment_file, "LEDGER_DATABASE_URL=sqlite:////mnt/other.db\n")
    with pytest.raises(Stop, match="不能自动升级"):
        played.go()


def test_a_copy_holds_what_stands_in_the_log_alone(played: Played, tmp_path: Path) -> None:
    with closing(sqlite3.connect(played.layout.database)) as opened:
        opened.execute("PRAGMA journal_mode=WAL")
        opened.execute("INSERT INTO kept VALUES ('in the log')")
        opened.commit()
        databases.copy_database(played.layout.database, tmp_path / "copy", None)
    assert [file.name for file in (tmp_path / "copy").iterdir()] == ["ledger.db"]
    found = played.ask("SELECT count(*) FROM kept", database=tmp_path / "copy" / "ledger.db")
    assert found == [(2,)]
