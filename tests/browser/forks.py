"""Servers that are forks of one process, which has imported the product already.

Importing is most of a server's start: five seconds of computing of six. All workers of a run ask
one process for their servers. It ends when the last of them has gone.

    python -m tests.browser.forks SOCKET
"""

from __future__ import annotations

import contextlib
import fcntl
import gc
import importlib
import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

# Not that of tests/conftest.py, which changes the product when it is imported.
PROJECT_ROOT = Path(__file__).resolve().parents[2]
# What `app.py` and Streamlit's server import; `load_pages` imports the pieces of all pages.
_IMPORTED = (
    "ledger.operations.logs",
    "ledger.records.reckoning",
    "ledger.records.recounting",
    "streamlit.web.cli",
    "streamlit.web.server.app_discovery",
    "streamlit.web.server.starlette.starlette_app",
    "uvicorn",
)
_START_SECONDS = 120


@dataclass(frozen=True)
class Forked:
    """A process that somebody else waits for; used like one of ``subprocess``."""

    pid: int

    def poll(self) -> int | None:
        """None as long as it runs; how it ended is not known."""
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return 0
        return None

    def wait(self, timeout: float) -> None:
        """Return once it has ended; raises ``TimeoutExpired`` if that takes longer."""
        deadline = time.monotonic() + timeout
        while self.poll() is None:
            if time.monotonic() > deadline:
                raise subprocess.TimeoutExpired(str(self.pid), timeout)
            time.sleep(0.05)


class Forks:
    """The process that forks, as one worker of the run sees it: a connection, kept open."""

    def __init__(self, place: Path) -> None:
        """Connect to the process of that folder, the same for all workers; start it if needed."""
        with _alone(place / "forks.lock"):
            self._connection = _connect(place / "forks") or _started(place)
        self._answers = self._connection.makefile()

    def start(self, command: list[str], environment: Mapping[str, str], log: Path) -> Forked:
        """Start a server by that command line of Streamlit, in a group of its own."""
        asked = {"command": command, "environment": dict(environment), "log": str(log)}
        self._connection.sendall(json.dumps(asked).encode() + b"\n")
        return Forked(int(self._answers.readline()))

    def close(self) -> None:
        """Let go of the process."""
        self._answers.close()
        self._connection.close()


@contextlib.contextmanager
def _alone(lock: Path) -> Iterator[None]:
    with lock.open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _connect(path: Path) -> socket.socket | None:
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.connect(str(path))
    except OSError:
        connection.close()
        return None
    return connection


def _started(place: Path) -> socket.socket:
    with (place / "forks.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.browser.forks", str(place / "forks")],
            cwd=PROJECT_ROOT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if connection := _connect(place / "forks"):
            return connection
        time.sleep(0.05)
    raise AssertionError((place / "forks.log").read_text(encoding="utf-8", errors="replace"))


def _fork_when_asked(path: Path) -> dict[str, object] | None:
    """In each fork: what it was asked for. In this process: None, once nobody is connected."""
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen()
    waiting = selectors.DefaultSelector()
    waiting.register(listener, selectors.EVENT_READ)
    open_ones = [listener]
    while True:
        for key, _ in waiting.select():
            ready = key.fileobj
            assert isinstance(ready, socket.socket)
            if ready is listener:
                connection, _address = listener.accept()
                waiting.register(connection, selectors.EVENT_READ)
                open_ones.append(connection)
                continue
            asked = _line(ready)
            if not asked:
                waiting.unregister(ready)
                open_ones.remove(ready)
                ready.close()
                if open_ones == [listener]:
                    return None
                continue
            pid = os.fork()
            if pid == 0:
                waiting.close()
                for one in open_ones:
                    one.close()
                return dict(json.loads(asked))
            ready.sendall(b"%d\n" % pid)


def _line(connection: socket.socket) -> bytes:
    """What one line says; empty when the other side has gone."""
    told = b""
    while not told.endswith(b"\n"):
        more = connection.recv(1 << 16)
        if not more:
            return b""
        told += more
    return told


def _become(asked: Mapping[str, object]) -> None:
    """Run Streamlit as that command line and environment say; ends the process."""
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    log = os.open(str(asked["log"]), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    for standard in (1, 2):
        os.dup2(log, standard)
    # Drawn at import: open pages tell by it that the server was started anew.
    vars(importlib.import_module("pages._web.health"))["_PROCESS"] = uuid4().hex[:12]
    os.environ.clear()
    os.environ.update(dict(asked["environment"]))  # type: ignore[call-overload]
    sys.argv = ["streamlit", *asked["command"]]  # type: ignore[misc]
    importlib.import_module("streamlit.web.cli").main(prog_name="streamlit")


def main(path: Path) -> None:
    """Import the product, then fork whenever somebody asks."""
    for name in _IMPORTED:
        importlib.import_module(name)
    importlib.import_module("pages._web.loading").load_pages()
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # no fork is waited for here
    asked = _fork_when_asked(path)
    if asked:
        _become(asked)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
