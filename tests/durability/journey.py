"""An office without internet, from the archive to the uninstallation, a full demo office in it.

    python -m tests.durability.journey --old OLD.tar.gz --new NEW.tar.gz --demo DEMO.db [--kills]

Everything happens in a network namespace that has the loopback alone, as a user without rights, in
a folder of its own (started by root; ``--here`` does it without both). DEMO.db is made by
``python -m ledger init --demo``, its key beside it; it is taken over as an office's own. With
``--kills`` instead the upgrade is killed (SIGKILL, with all it started) at each step: right after
the step was written, in the middle of it, and right before the next one.

It needs the standard library alone, so the machine's own Python runs it, as in an office.
"""

from __future__ import annotations

import argparse
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
import tarfile
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from deploy.installer.journal import DONE, STEPS

PORT, NOBODY = 9110, 65534
PASSWORD = "yanshi-2026"
_TOKEN = re.compile(r'name="csrf" value="([^"]*)"')
_HERE = Path(__file__).resolve().parents[2]


class Visitor:
    """Somebody's browser: believes the office's own authority and nobody else; keeps cookies."""

    def __init__(self, authority: Path) -> None:
        context = ssl.create_default_context(cafile=str(authority))
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}),
            urllib.request.HTTPSHandler(context=context),
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()),
        )
        self.url = f"https://localhost:{PORT}"

    def ask(self, path: str, fields: dict[str, str] | None = None) -> str:
        body = None if fields is None else urlencode(fields).encode()
        told = {"Accept": "text/html", "Origin": self.url}
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

    def contents(self) -> dict[str, int]:
        """Rows of each table, but for what a running service notes of itself."""
        path = self.office / "data" / "ledger.db"
        with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as opened:
            rows = opened.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
            made = {name: str(sql) for name, sql in rows.fetchall()}
            index = [name for name, sql in made.items() if "VIRTUAL" in sql]
            kept = [name for name in made if not name.startswith(("sqlite_", "search", *index))]
            return {
                name: opened.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in kept
            }

    def install(self, bundle: Path, *, show: bool = False) -> str:
        words = [bundle / "install.sh", "--into", self.office, "--port", str(PORT)]
        return self.run(*words, show=show)

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
        data = self.office / "data"
        for leftover in ("ledger.db-wal", "ledger.db-shm"):
            (data / leftover).unlink(missing_ok=True)
        shutil.copyfile(demo, data / "ledger.db")
        shutil.copyfile(demo.with_suffix(".key"), data / "ledger.key")
        with contextlib.closing(sqlite3.connect(data / "ledger.db")) as opened:
            opened.execute("UPDATE options SET value = '\"earnest\"' WHERE key = 'purpose'")
            opened.commit()
        self.run(self.command, "init")
        self.run(self.command, "start")

    def killed(self, step: str, when: str) -> None:
        """The upgrade, killed at that step with everything that it started."""
        words = ["-P", "-m", "tests.durability.killed_upgrade", str(self.office), step, when]
        done = subprocess.run(
            [sys.executable, *words],
            env={**os.environ, "PYTHONPATH": f"{self.new / 'app'}:{_HERE}"},
            capture_output=True, text=True, check=False, start_new_session=True,
        )  # fmt: skip
        assert done.returncode == -9, f"{step} {when} was not killed: {done.stdout}{done.stderr}"


def journey(going: Journey, demo: Path) -> None:
    """Install, use, upgrade, uninstall, install again."""
    with going.timed("install"):
        said = going.install(going.old, show=True)
    going.first_administrator(said)
    old, new = going.version, name_of(going.new)
    with going.timed("repair"):
        going.install(going.old)
    going.take_demo(demo)
    visitor = going.visitor()
    visitor.fill("/signin", username="jingban", password=PASSWORD, next="/")
    assert visitor.is_in()
    before = going.contents()
    print(f"demo office: {sum(before.values())} rows in {len(before)} tables", flush=True)
    words = [str(going.command), "upgrade", str(archive_of(going.new))]
    pipe = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    second = subprocess.Popen(words, text=True, **pipe)  # type: ignore[call-overload]
    with going.timed("upgrade, and another one refused meanwhile"):
        time.sleep(3)
        assert "正在进行" in going.run(going.command, "upgrade", archive_of(going.new), well=False)
        print(second.communicate()[0], flush=True)
    assert second.returncode == 0
    assert (going.version, going.version != old) == (new, True)
    assert visitor.is_in(), "the session did not survive"
    require_same(before, going.contents())
    assert going.ledger("verify")["sound"]
    assert "不能退回旧版本" in going.run(
        going.command, "upgrade", archive_of(going.old), well=False
    )
    with going.timed("uninstall"):
        going.run(going.new / "uninstall.sh", "--into", going.office, "--yes", show=True)
    assert not (going.office / "program").exists()
    with going.timed("install again over the kept data"):
        going.install(going.new)
    require_same(before, going.contents())
    assert visitor.is_in()


def kills(going: Journey, demo: Path, first: str) -> None:
    """The upgrade is killed at each step, and the machine comes back."""
    going.install(going.old)
    going.take_demo(demo)
    old, new = going.version, name_of(going.new)
    visitor = going.visitor()
    visitor.fill("/signin", username="jingban", password=PASSWORD, next="/")
    before, entries = going.contents(), going.ledger("verify")["entries"]
    for step in STEPS[STEPS.index(first) :]:
        for when in ("begun", "amid", "through"):
            if (step, when) == (DONE, "through"):
                continue
            going.killed(step, when)
            begun = time.monotonic()
            said = going.run(going.command, "start")  # what the machine does when it comes back
            seconds = time.monotonic() - begun
            works, found = going.version, going.ledger("verify")
            assert works in (old, new), works
            assert found["sound"], found
            assert found["entries"] >= entries
            require_same(before, going.contents())
            assert visitor.is_in(), "the session did not survive"
            which = "old" if works == old else "new"
            told = said.splitlines()[0] if "打断" in said else "nothing to undo"
            print(
                f"{step:12}{when:9}{which} works, sound, back in {seconds:.0f} s  ({told})",
                flush=True,
            )
            if works == new:  # the next one begins from the old version again
                going.run(going.command, "stop")
                shutil.rmtree(going.office)
                going.install(going.old)
                going.take_demo(demo)
                visitor = going.visitor()
                visitor.fill("/signin", username="jingban", password=PASSWORD, next="/")


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


def main() -> None:
    parser = argparse.ArgumentParser()
    for name in ("--old", "--new", "--demo"):
        parser.add_argument(name, type=Path, required=True)
    parser.add_argument("--kills", nargs="?", const=STEPS[0], help="from this step on")
    parser.add_argument("--here", action="store_true", help="no namespace, no other user")
    arguments = parser.parse_args()
    if not arguments.here:
        words = " ".join(f"'{word}'" for word in [*sys.argv[1:], "--here"])
        inside = (
            f"ip link set lo up; exec setpriv --reuid={NOBODY} --regid={NOBODY} --clear-groups "
        )
        inside += f"{sys.executable} -m tests.durability.journey {words}"
        os.execvp("unshare", ["unshare", "--net", "--", "sh", "-c", inside])  # noqa: S606
    routes = Path("/proc/net/route").read_text(encoding="ascii").splitlines()[1:]
    print(f"user {os.geteuid()}, routes to anywhere: {len(routes)}", flush=True)
    with tempfile.TemporaryDirectory(prefix="ledger-journey-") as folder:
        unpacked = []
        for name in ("old", "new"):
            place = Path(folder) / name
            place.mkdir()
            shutil.copyfile(getattr(arguments, name), place / "archive.tar.gz")
            with tarfile.open(place / "archive.tar.gz") as archive:
                archive.extractall(place)  # noqa: S202 - made by us
            unpacked.append(next(one for one in place.iterdir() if one.is_dir()))
        os.environ["HOME"] = folder
        going = Journey(Path(folder), *unpacked)
        try:
            if arguments.kills:
                kills(going, arguments.demo, arguments.kills)
            else:
                journey(going, arguments.demo)
        finally:
            subprocess.run([str(going.command), "stop"], check=False)
    print(json.dumps({what: round(value, 1) for what, value in going.seconds.items()}))


if __name__ == "__main__":
    main()
