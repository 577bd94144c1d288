"""The sample county, built once for all tests and copied: its campaign takes most of a minute.

A built sample is kept in pytest's cache under a name that tells its day and what built it: code,
rules, packages and settings. So it is never older than they are. Workers that need the same one at
the same time build it once; the others wait.
"""

from __future__ import annotations

import atexit
import hashlib
import os
import pickle
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from data.sample import Sample, generate
from ledger.demo import loading
from ledger.domain.timing import clock
from ledger.storage import migrate, open_store
from tests.conftest import PROJECT_ROOT, fold

# When the campaign of `played_sample` ends: what is due, and which states are passed, hangs on it.
PLAYED_UNTIL = datetime(2026, 6, 24, 2, tzinfo=UTC)

_BUILT_BY = ("geo", "ledger", "data", "tests/sample.py", "requirements.txt")
# Settings that say where things are, not what they are like.
_PLACES = {"LEDGER_DATABASE_URL", "LEDGER_SHARED_DATA"}
Build = Callable[[Path], None]


def played_sample(path: Path) -> None:
    """Copy the sample, as it stands at `PLAYED_UNTIL`, to ``path``, and its key beside it."""
    _copy(f"played-{PLAYED_UNTIL:%Y-%m-%d}", _play, path)


def demo_of_today(path: Path) -> None:
    """Copy what ``python -m ledger init --demo`` makes today to ``path``, its key beside it."""
    _copy(f"today-{clock.today()}", _demo, path)


def drawn_sample() -> Sample:
    """What `data.sample.generate` draws by itself, drawn once."""
    file = _kept_in() / f"drawn-{_built_by()}"
    with _alone(file.with_name("drawn.lock")):
        if not file.is_file():
            for older in file.parent.glob("drawn-*"):
                older.unlink()
            making = file.with_suffix(".new")
            making.write_bytes(pickle.dumps(generate()))
            making.rename(file)
        return pickle.loads(file.read_bytes())  # noqa: S301 - written above


def _play(path: Path) -> None:
    with clock.pretend(PLAYED_UNTIL):
        _load(path)


def _demo(path: Path) -> None:
    if _on_postgres():  # a process of its own would not be
        _load(path)
    else:
        run_ledger("init", "--demo", database_url=_url(path))


def _load(path: Path) -> None:
    store = open_store(_url(path))
    migrate(store, "demo")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loading, "generate", drawn_sample)
        loading.load_demo(store)
    fold(store)


def _copy(kind: str, build: Build, path: Path) -> None:
    kept = _kept_in()
    template = kept / f"{kind}-{_built_by()}"
    with _alone(kept / f"{kind}.lock"):
        if not template.is_dir():
            for older in kept.glob(f"{kind.partition('-')[0]}-*-*/"):
                shutil.rmtree(older)
            with tempfile.TemporaryDirectory(dir=kept) as folder:
                made = Path(folder) / "made"
                made.mkdir()
                build(made / "ledger.db")
                made.rename(template)
        for name in ("ledger.db", "ledger.key"):
            shutil.copyfile(template / name, path.with_suffix(Path(name).suffix))


def run_ledger(*arguments: str, database_url: str, stdin: str = "") -> str:
    """``python -m ledger …`` on that database; returns what it printed, fails if it failed."""
    result = subprocess.run(
        [sys.executable, "-m", "ledger", *arguments],
        cwd=PROJECT_ROOT,
        env={**os.environ, "LEDGER_DATABASE_URL": database_url},
        input=stdin,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    if result.returncode != 0:
        raise AssertionError(f"ledger {' '.join(arguments)}: {result.stdout}{result.stderr}")
    return result.stdout


def _url(path: Path) -> str:
    return f"sqlite:///{path.as_posix()}"


def _on_postgres() -> bool:
    return "tests.postgres.everywhere" in sys.modules


@cache
def _kept_in() -> Path:
    """The folder of built samples. On PostgreSQL this process's own, as its server is."""
    if _on_postgres():
        folder = Path(tempfile.mkdtemp(prefix="sample-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
    else:
        folder = PROJECT_ROOT / ".pytest_cache" / "d" / "sample"
        folder.mkdir(parents=True, exist_ok=True)
    return folder


@cache
def _built_by() -> str:
    """A hash of whatever a sample depends on."""
    told = hashlib.sha256(sys.version.encode())
    for start in _BUILT_BY:
        place = PROJECT_ROOT / start
        files = sorted(place.rglob("*")) if place.is_dir() else [place]
        for file in files:
            of = file.relative_to(PROJECT_ROOT)
            if file.is_file() and not {"__pycache__", "var", "generated"} & set(of.parts):
                told.update(of.as_posix().encode() + b"\0")
                told.update(hashlib.sha256(file.read_bytes()).digest())
    for name, value in sorted(os.environ.items()):
        if name.startswith("LEDGER_") and name not in _PLACES:
            told.update(f"{name}={value}\0".encode())
    return told.hexdigest()[:20]


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Nobody else is within the block. Without such locks (Windows) two may build the same."""
    with lock.open("wb") as file:
        try:
            import fcntl
        except ImportError:
            pass
        else:
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
