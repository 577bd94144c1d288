"""A running server with a database of its own, for tests and measurements."""

from __future__ import annotations

import contextlib
import http
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from tests.browser.forks import Forked, Forks
from tests.conftest import PROJECT_ROOT
from tests.sample import demo_of_today

APP = PROJECT_ROOT / "app.py"
START_SECONDS = 90
STOP_SECONDS = 10
_Process = subprocess.Popen[bytes] | Forked


@dataclass(frozen=True)
class Server:
    """A server that answers: its address, database, log and the number of its process."""

    url: str
    database_url: str
    log: Path
    pid: int = 0


def free_port() -> int:
    """A port of this machine that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextlib.contextmanager
def demo_server(folder: Path, forks: Forks | None = None) -> Iterator[Server]:
    """The application with a demo database of its own in ``folder``."""
    demo_of_today(folder / "ledger.db")
    url = f"sqlite:///{(folder / 'ledger.db').as_posix()}"
    with running_server(folder, url, forks=forks) as server:
        yield server


@contextlib.contextmanager
def running_server(
    folder: Path,
    database_url: str,
    *,
    script: Path = APP,
    health: str = "/healthz",
    environment: Mapping[str, str] | None = None,
    port: int | None = None,
    forks: Forks | None = None,
    cwd: Path = PROJECT_ROOT,
) -> Iterator[Server]:
    """``streamlit run`` of the script on that or a free port, until the block is left.

    It runs in ``cwd``, whose settings and code it takes. With ``forks`` it is a fork of a process
    that has imported the application, which saves most of the time. Yields once ``health``
    answers. The server and every process it started end with the block.
    """
    port = port or free_port()
    server = Server(f"http://127.0.0.1:{port}", database_url, folder / "server.log")
    command = ["run", str(script)]
    command += ["--server.port", str(port), "--server.address", "127.0.0.1"]
    told = {**os.environ, **(environment or {}), "LEDGER_DATABASE_URL": database_url}
    if forks:
        process: _Process = forks.start(command, told, server.log)
    else:
        process = _start(command, told, server.log, cwd)
    server = replace(server, pid=process.pid)
    try:
        _wait_until_healthy(process, server, health)
        yield server
    finally:
        _stop(process)


def _start(command: list[str], environment: Mapping[str, str], log: Path, cwd: Path) -> _Process:
    with log.open("wb") as file:
        return subprocess.Popen(
            [sys.executable, "-m", "streamlit", *command],
            cwd=cwd,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            # A group of its own, so that whatever it starts can be ended with it.
            start_new_session=sys.platform != "win32",
        )


def _wait_until_healthy(process: _Process, server: Server, health: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise AssertionError(f"the server ended by itself:\n{log_tail(server.log)}")
        if _answers(server, health):
            return
        time.sleep(0.1)
    raise AssertionError(f"no answer from {server.url}{health}:\n{log_tail(server.log)}")


def _answers(server: Server, path: str) -> bool:
    address = urlsplit(server.url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=2)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def log_tail(log: Path, lines: int = 40) -> str:
    """The last lines of a log."""
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])


def _stop(process: _Process) -> None:
    if sys.platform == "win32":
        subprocess.run(["taskkill", "/T", "/F", "/PID", str(process.pid)], check=False)
        process.wait(STOP_SECONDS)
        return
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(STOP_SECONDS)
