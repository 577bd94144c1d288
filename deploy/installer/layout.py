"""Where things are on a machine: of a whole machine (root), or in one folder of one person.

::

    program/  versions/0.3.0-1a2b3c4/   the program and its environment, one folder a version
              current                   a link to the version in use
              bin/ledger                the command of this office
              journal.json, lock        what an upgrade was doing; one installer at a time
    config/   ledger.env, backup.secret, maintainers.pub, tls/
    data/     ledger.db, ledger.key, backups/, log/
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from deploy.installer import system

SERVICE_USER = "ledger"
_PROGRAM, _CONFIG, _DATA = Path("/opt/ledger"), Path("/etc/ledger"), Path("/var/lib/ledger")
_ON_WINDOWS = Path("C:/Ledger")


@dataclass(frozen=True)
class Layout:
    """The three folders, and the user that the service runs as (None: whoever installed it)."""

    program: Path
    config: Path
    data: Path
    user: str | None

    @property
    def versions(self) -> Path:
        return self.program / "versions"

    @property
    def current(self) -> Path:
        return self.program / "current"

    @property
    def command(self) -> Path:
        return self.program / "bin" / ("ledger.cmd" if system.WINDOWS else "ledger")

    @property
    def environment_file(self) -> Path:
        return self.config / "ledger.env"

    @property
    def secret(self) -> Path:
        return self.config / "backup.secret"

    @property
    def trusted_key(self) -> Path:
        return self.config / "maintainers.pub"

    @property
    def tls(self) -> Path:
        return self.config / "tls"

    @property
    def database(self) -> Path:
        return self.data / "ledger.db"

    @property
    def database_url(self) -> str:
        """Of an office that keeps its database in a file."""
        return f"sqlite:///{self.database.as_posix()}"

    @property
    def backups(self) -> Path:
        return self.data / "backups"

    @property
    def owner(self) -> tuple[int, int] | None:
        """User and group of what the service owns; None where nobody else could own it."""
        if self.user is None:
            return None
        import pwd  # Windows has none, and no user of the service's own

        known = pwd.getpwnam(self.user)
        return known.pw_uid, known.pw_gid

    @property
    def used(self) -> Path | None:
        """The folder of the version in use; None before anything was installed."""
        if not self.current.exists():
            return None
        if system.WINDOWS:
            return self.versions / self.current.read_text(encoding="utf-8").strip()
        return self.current.resolve()


def of_machine() -> Layout:
    """For root: the usual places, and a user of the service's own."""
    return Layout(_PROGRAM, _CONFIG, _DATA, SERVICE_USER)


def in_folder(folder: Path) -> Layout:
    """Everything in one folder, owned by whoever installs."""
    base = folder.expanduser().resolve()
    return Layout(base / "program", base / "config", base / "data", None)


def chosen(folder: Path | None) -> Layout:
    """The folder that was named; without one root gets the machine's, others ``~/ledger``.

    On Windows everything is in one folder, ``C:\\Ledger``.
    """
    if folder is not None:
        return in_folder(folder)
    if system.WINDOWS:
        return in_folder(_ON_WINDOWS if system.is_administrator() else Path("~/ledger"))
    return of_machine() if os.geteuid() == 0 else in_folder(Path("~/ledger"))


def of_version(version: Path) -> Layout:
    """The layout that an installed version belongs to."""
    program = version.resolve().parent.parent
    return of_machine() if program == _PROGRAM else in_folder(program.parent)
