"""An installed office without internet, as the journeys of `tests.durability` use it.

It needs the standard library alone, so the machine's own Python runs it, as in an office.
"""

from __future__ import annotations

import contextlib
import http.cookiejar
import json
import os
import re
import shutil
import sqlite3
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

PORT = 9110
PASSWORD = "yanshi-2026"
_TOKEN = re.compile(r'name="csrf" value="([^"]*)"')
_NO_TRACE = {"PYTHONDONTWRITEBYTECODE": "1"}  # a bundle with one file more is refused
_HERE = Path(__file__).resolve().parents[2]


class Visitor:
    """Somebody's browser: believes the office's own authority and nobody else; keeps cookies."""

    def __init__(self, authority: Path) -> None:
        context = ssl.create_default_context(cafile=str(authority))
        self.cookie = ""
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}),
            urllib.request.HTTPSHandler(context=context),
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()),
        )
        self.url = f"https://localhost:{PORT}"

    def ask(self, path: str, fields: dict[str, str] | None = None) -> str:
        body = None if fields is None else urlencode(fields).encode()
        told = {"Accept": "text/html", "Origin": self.url}
        told |= {"Cookie": self.cookie} if self.cookie else {}
        request = urllib.request.Request(self.url + path, body, told)  # noqa: S310 - of this machine
        with self._opener.open(request, timeout=60) as answer:
            return str(answer.read().decode(errors="replace"))

    def fill(self, path: str, **fields: str) -> str:
        """Open a form, send it with these fields; what comes after."""
        token = _TOKEN.search(self.ask(path))
        assert token is not None, f"no form at {path}"
        return self.ask(path, {"csrf": token[1], **fields})

    def is_in(self) -> bool:
        """Whether the first page opens without signing in."""
        return _TOKEN.search(self.ask("/")) is None


class Journey:
    """The office's folder, and what was measured."""

    def __init__(self, folder: Path, old: Path, new: Path) -> None:
        self.office, self.old, self.new = folder / "office", old, new
        self.command = self.office / "program" / "bin" / "ledger"
        self.seconds: dict[str, float] = {}

    @contextlib.contextmanager
    def timed(self, what: str) -> Iterator[None]:
        begun = time.monotonic()
        yield
        self.seconds[what] = time.monotonic() - begun
        print(f"== {what}: {self.seconds[what]:.1f} s", flush=True)

    def run(self, *words: str | Path, well: bool = True, show: bool = False) -> str:
        done = subprocess.run(
            [str(word) for word in words], capture_output=True, text=True, check=False
        )
        said = done.stdout + done.stderr
        assert (done.returncode == 0) is well, f"{words}: {said}"
        if show:
            print(said, flush=True)
        return said

    def ledger(self, *words: str) -> dict[str, Any]:
        return dict(json.loads(self.run(self.command, *words, "--json").splitlines()[-1]))

    @property
    def version(self) -> str:
        return (self.office / "program" / "current").resolve().name

    def visitor(self) -> Visitor:
        return Visitor(self.office / "config" / "tls" / "authority.crt")

    @property
    def database(self) -> Path:
        return self.office / "data" / "ledger.db"

    def contents(self) -> dict[str, int]:
        """Rows of each table of the office."""
        return rows_of(self.database)

    def installing(self, bundle: Path) -> list[str | Path]:
        """The words of an installation."""
        return [bundle / "install.sh", "--into", self.office, "--port", str(PORT)]

    def begin_anew(self) -> None:
        """The program stays; data and settings go."""
        self.run(self.command, "stop")
        for name in ("data", "config"):
            shutil.rmtree(self.office / name)

    def install(self, bundle: Path, *, show: bool = False) -> str:
        return self.run(*self.installing(bundle), show=show)

    def first_administrator(self, said: str) -> None:
        code = re.search(r"一次性代码  (\S+)", said)
        assert code is not None
        page = self.visitor().fill(
            "/setup",
            code=code[1],
            username="guanliyuan",
            password="First-day-1",
            again="First-day-1",
        )
        assert "<script" in page, page[:300]

    def take_demo(self, demo: Path) -> None:
        """The full demo office in place of the empty one, as an office's own."""
        self.run(self.command, "stop")
        for leftover in ("-wal", "-shm"):
            self.database.with_name(f"ledger.db{leftover}").unlink(missing_ok=True)
        shutil.copyfile(demo, self.database)
        shutil.copyfile(demo.with_suffix(".key"), self.database.with_suffix(".key"))
        with contextlib.closing(sqlite3.connect(self.database)) as opened:
            opened.execute("UPDATE options SET value = '\"earnest\"' WHERE key = 'purpose'")
            opened.commit()
        self.run(self.command, "init")
        self.run(self.command, "start")

    def killed(self, step: str, when: str) -> None:
        """The upgrade, killed at that step with everything that it started."""
        words = ["-P", "-m", "tests.durability.killed_upgrade", str(self.office), step, when]
        done = subprocess.run(
            [sys.executable, *words],
            env={**os.environ, "PYTHONPATH": f"{self.new / 'app'}:{_HERE}"} | _NO_TRACE,
            capture_output=True, text=True, check=False, start_new_session=True,
        )  # fmt: skip
        assert done.returncode == -9, f"{step} {when} was not killed: {done.stdout}{done.stderr}"


def rows_of(database: Path) -> dict[str, int]:
    """Rows of each table, but for what a running service notes of itself."""
    with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as opened:
        rows = opened.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
        made = {name: str(sql) for name, sql in rows.fetchall()}
        index = [name for name, sql in made.items() if "VIRTUAL" in sql]
        kept = [name for name in made if not name.startswith(("sqlite_", "search", *index))]
        return {name: opened.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in kept}


def require_same(before: dict[str, int], after: dict[str, int]) -> None:
    """No table lost a row."""
    lost = {
        name: (rows, after.get(name))
        for name, rows in before.items()
        if (after.get(name) or 0) < rows
    }
    assert not lost, lost


def name_of(bundle: Path) -> str:
    told = json.loads((bundle / "bundle.json").read_text(encoding="utf-8"))
    return f"{told['version']}-{told['commit'][:7]}"


def archive_of(bundle: Path) -> Path:
    return bundle.parent / "archive.tar.gz"
