"""An office that ran an older version without the installer is taken over by `install.sh`.

Used by `tests.durability.journey --older COMMIT …`. Of each commit its own program makes its own
demo office and serves it; somebody signs in there and leaves a draft; the program is killed, so
that part of the content stands in its write-ahead log alone; then the new bundle is installed with
``--take-over``. Session, draft, rows and key have to be there, the old folder untouched.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import sqlite3
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

from tests.durability.installed_office import PASSWORD, Journey, require_same, rows_of

PORT = 9111
_HERE = Path(__file__).resolve().parents[2]
_TOKEN = re.compile(r'name="csrf" value="([^"]*)"')
_PATIENCE_SECONDS = 120
_TYPED = '{"matter": "还没有填完"}'
# The first schema with sessions and drafts that counts; the last ones of 0.1.0; 0.2.0.
COMMITS = ("4baf74e", "a4fe6e8", "d640243", "0dfe2b0")


class Old:
    """A checkout of an older version, run by another version's Python."""

    def __init__(self, folder: Path, python: Path) -> None:
        self.folder, self.python = folder, python
        self.database = folder / "data" / "var" / "ledger.db"

    @property
    def version(self) -> str:
        text = (self.folder / "pyproject.toml").read_text(encoding="utf-8")
        return re.findall(r'^version = "(.*)"', text, re.MULTILINE)[0]

    def run(self, *words: str) -> None:
        command = [str(self.python), "-m", *words]
        done = subprocess.run(
            command, cwd=self.folder, env=self._environment, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"

    @property
    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("LEDGER_")}
        return kept | {"PYTHONPATH": str(self.folder)}

    @contextlib.contextmanager
    def served(self) -> Iterator[None]:
        """Its service, killed at the end as when the power goes."""
        words = ["-m", "streamlit", "run", "app.py", "--server.port", str(PORT)]
        with (self.folder / "service.log").open("wb") as log:
            service = subprocess.Popen(
                [str(self.python), *words, "--server.address", "127.0.0.1"],
                cwd=self.folder, env=self._environment, stdin=subprocess.DEVNULL,
                stdout=log, stderr=log,
            )  # fmt: skip
        try:
            self._wait()
            yield
        finally:
            service.kill()
            service.wait()

    def _wait(self) -> None:
        end = time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < end:
            with contextlib.suppress(OSError), _opener().open(f"{_url()}/signin", timeout=5):
                return
            time.sleep(0.3)
        raise AssertionError((self.folder / "service.log").read_text(encoding="utf-8")[-2000:])

    def as_an_office(self) -> None:
        """The demo as an office's own: marks and demo accounts of that version are taken away."""
        with contextlib.closing(sqlite3.connect(self.database)) as opened:
            opened.execute("DELETE FROM options WHERE key = 'demo'")
            opened.execute("UPDATE options SET value = '\"earnest\"' WHERE key = 'purpose'")
            opened.execute("UPDATE users SET demo = 0")
            opened.commit()

    def leave_a_draft(self, user: str) -> None:
        with contextlib.closing(sqlite3.connect(self.database)) as opened:
            opened.execute(
                'INSERT INTO drafts (user_id, form, "values", updated_at) '
                "SELECT id, 'petitions:new', ?, created_at FROM users WHERE name = ?",
                (_TYPED, user),
            )
            opened.commit()

    def files(self) -> dict[str, str]:
        """Every file of its data, by content."""
        return {
            file.name: hashlib.sha256(file.read_bytes()).hexdigest()
            for file in self.database.parent.iterdir()
            if file.is_file()
        }


def _url() -> str:
    return f"http://127.0.0.1:{PORT}"


class _Stays(urllib.request.HTTPRedirectHandler):
    """Redirections are answers: the session's cookie comes with one."""

    def redirect_request(self, *_: object, **__: object) -> None:
        return None


def _opener() -> urllib.request.OpenerDirector:
    return urllib.request.build_opener(urllib.request.ProxyHandler({}), _Stays())


def sign_in(user: str, password: str) -> str:
    """Sign in to the old service; the cookie of the session, ``name=value``."""
    with _opener().open(f"{_url()}/signin", timeout=60) as page:
        token = _TOKEN.search(page.read().decode())
        kept = _cookies(page.headers.get_all("Set-Cookie"))
    fields = {"username": user, "password": password, "next": "/"}
    fields |= {"csrf": token[1]} if token else {}
    told = {"Origin": _url(), "Cookie": "; ".join(kept)}
    request = urllib.request.Request(f"{_url()}/signin", urlencode(fields).encode(), told)  # noqa: S310
    try:
        with _opener().open(request, timeout=60) as answer:
            raise AssertionError(f"not signed in: {answer.read().decode()[:500]}")
    except urllib.error.HTTPError as moved:
        session = [one for one in _cookies(moved.headers.get_all("Set-Cookie")) if "session" in one]
    return session[0]


def _cookies(lines: list[str] | None) -> list[str]:
    return [line.partition(";")[0] for line in lines or []]


def taken_over(going: Journey, checkout: Path) -> None:
    """One older version: used, killed, taken over; measured and printed by ``going``."""
    old = Old(checkout, going.office / "program" / "current" / ".venv" / "bin" / "python")
    old.run("ledger", "init", "--demo")
    words = ["--take-over", old.database]
    refused = going.run(*going.installing(going.new), *words, well=False)
    assert "演示库" in refused, refused
    assert not going.database.exists(), "a refused demo was left there"
    old.as_an_office()
    with old.served():
        cookie = sign_in("jingban", PASSWORD)
        old.leave_a_draft("jingban")
        refused = going.run(*going.installing(going.new), *words, well=False)
        assert "旧程序还在运行" in refused, refused
        before = rows_of(old.database)
    files = old.files()
    assert "ledger.db-wal" in files, "nothing stood in the log alone"
    with going.timed(f"take over {old.version} ({checkout.name})"):
        going.run(*going.installing(going.new), *words)
    assert old.files() == files, "the old folder was changed"
    require_same(before, going.contents())
    assert going.ledger("verify")["sound"]
    visitor = going.visitor()
    visitor.cookie = cookie
    assert visitor.is_in(), "the session did not survive"
    with contextlib.closing(sqlite3.connect(going.database)) as opened:
        drafts = opened.execute('SELECT "values" FROM drafts').fetchall()
    assert [json.loads(row[0]) for row in drafts] == [json.loads(_TYPED)], drafts
    anew = going.visitor()
    anew.fill("/signin", username="lingdao", password=PASSWORD, next="/")
    assert anew.is_in()
    key = old.database.with_suffix(".key")
    assert (going.office / "data" / "ledger.key").read_bytes() == key.read_bytes()
    going.run(going.command, "keys", "check")
    print(f"   {sum(before.values())} rows, session and draft there, sound", flush=True)
    going.begin_anew()


def archives(folder: Path, commits: list[str]) -> Path:
    """Each commit's files as ``N-COMMIT.tar``; by the repository's git."""
    place = folder / "checkouts"
    place.mkdir()
    for number, commit in enumerate(commits or COMMITS):
        out = place / f"{number}-{commit}.tar"
        subprocess.run(
            ["git", "-C", str(_HERE), "archive", "--output", str(out), commit], check=True
        )
        out.chmod(0o644)
    place.chmod(0o755)
    return place
