"""The office's database as an upgrade sees it: a file, or one on a PostgreSQL server.

Both are rehearsed on, kept and put back; what differs is where the copies lie. A file is copied as
it is. On a server the old program writes a copy of its own (it is whatever program reads it), so
nothing but the rights of the database's owner is needed there, and no program of PostgreSQL here.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from deploy.installer import files, office
from deploy.installer.environment import python_of
from deploy.installer.layout import Layout
from deploy.installer.sqlite_files import copy_database, put_back
from deploy.installer.stop import Stop

_SQLITE, _POSTGRES = "sqlite:///", "postgresql"
_REHEARSAL, _BEFORE = ".rehearsal", ".before-upgrade"
_ON_SERVER = Path(__file__).with_name("postgres.py")


class Database(Protocol):
    """``old`` and ``new`` are the folders of the two versions."""

    def size(self, old: Path) -> int:
        """Bytes of it."""

    def require_room(self, old: Path) -> None:
        """Raise `Stop` if there is no place for a rehearsal."""

    def rehearse(self, old: Path, new: Path, copy: Path) -> None:
        """The new program migrates a restored backup: what fails here has touched nothing."""

    def keep(self, old: Path) -> None:
        """A copy to put back, made while nobody has the database open; there or not at all."""

    def put_back(self, old: Path) -> None:
        """The copy where the database was; may be repeated. Nobody has the database open."""

    def forget(self, version: Path) -> None:
        """Remove all copies of the upgrade."""


def of_office(layout: Layout) -> Database:
    """The database that the settings name. Raises `Stop` for one that is elsewhere."""
    url = office.settings_of(layout).get("LEDGER_DATABASE_URL", "")
    if url == layout.database_url:
        return InFile(layout)
    if url.startswith(_POSTGRES):
        return OnServer(layout)
    raise Stop(
        "数据库文件不在安装程序所建的位置，不能自动升级。没有做任何改动。"
        f"请停止服务，把它移到 {layout.database}，密钥文件移到旁边，在 {layout.environment_file} 里"
        "照此改好，再升级"
    )


@dataclass(frozen=True)
class InFile:
    """An SQLite file."""

    layout: Layout

    def size(self, old: Path) -> int:
        return self.layout.database.stat().st_size

    def require_room(self, old: Path) -> None:
        """The disk was looked at."""

    def rehearse(self, old: Path, new: Path, copy: Path) -> None:
        scratch = _scratch(self.layout)
        there = {
            "LEDGER_DATABASE_URL": f"{_SQLITE}{(scratch / 'ledger.db').as_posix()}",
            "LEDGER_KEY_FILE": str(scratch / "ledger.key"),
        }
        for words in (_restore(self.layout, copy), ["init"], ["verify"]):
            office.ledger(self.layout, new, words, there)
        shutil.rmtree(scratch)

    def keep(self, old: Path) -> None:
        copy_database(self.layout.database, self.layout.data / _BEFORE, self.layout.owner)

    def put_back(self, old: Path) -> None:
        copy = self.layout.data / _BEFORE / self.layout.database.name
        put_back(copy, self.layout.database, self.layout.owner)

    def forget(self, version: Path) -> None:
        _forget_files(self.layout)


@dataclass(frozen=True)
class OnServer:
    """A PostgreSQL database."""

    layout: Layout

    @property
    def _kept(self) -> Path:
        return self.layout.data / _BEFORE / "ledger.sealed"

    def size(self, old: Path) -> int:
        return int(self._ask(old, "size")["bytes"])

    def require_room(self, old: Path) -> None:
        self._ask(old, "scratch")

    def rehearse(self, old: Path, new: Path, copy: Path) -> None:
        """By the old program restored, so that the migration finds the old program's tables."""
        there = {
            "LEDGER_DATABASE_URL": str(self._ask(new, "scratch")["url"]),
            "LEDGER_KEY_FILE": str(_scratch(self.layout) / "ledger.key"),
        }
        office.ledger(self.layout, old, _restore(self.layout, copy), there)
        for words in (["init"], ["verify"]):
            office.ledger(self.layout, new, words, there)
        self._ask(new, "clear")
        shutil.rmtree(self.layout.data / _REHEARSAL)

    def keep(self, old: Path) -> None:
        shutil.rmtree(self._kept.parent, ignore_errors=True)
        files.folder(self._kept.parent, 0o700, self.layout.owner)
        words = ["backup", str(self._kept), "--secret", str(self.layout.secret)]
        office.ledger(self.layout, old, words)
        files.settle(self._kept.parent)

    def put_back(self, old: Path) -> None:
        """What the new program left goes aside first, and is dropped when the old one is back."""
        self._ask(old, "aside")
        office.ledger(self.layout, old, _restore(self.layout, self._kept))
        self._ask(old, "settle")

    def forget(self, version: Path) -> None:
        if (self.layout.data / _REHEARSAL).exists():
            self._ask(version, "clear")
        _forget_files(self.layout)

    def _ask(self, version: Path, action: str) -> dict[str, Any]:
        """As the service's user, who may be the only one that the server lets in."""
        source = _ON_SERVER.read_text(encoding="utf-8")
        done = subprocess.run(  # noqa: S603 - our own module
            [str(python_of(version)), "-P", "-c", source, action],
            env=office.environment_of(self.layout, version),
            cwd=version,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
            **office.as_service(self.layout),
        )
        if done.returncode:
            raise Stop((done.stderr.strip().splitlines() or [action])[-1])
        return dict(json.loads(done.stdout))


def _restore(layout: Layout, copy: Path) -> Sequence[str]:
    return ["restore", str(copy), "--secret", str(layout.secret)]


def _scratch(layout: Layout) -> Path:
    scratch = layout.data / _REHEARSAL
    shutil.rmtree(scratch, ignore_errors=True)
    files.folder(scratch, 0o700, layout.owner)
    return scratch


def _forget_files(layout: Layout) -> None:
    for name in (_REHEARSAL, _BEFORE):
        shutil.rmtree(layout.data / name, ignore_errors=True)
