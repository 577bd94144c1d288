"""Keeps the service running where there is no systemd: restarts it, and does the daily work.

``python -m deploy.installer.keeper PROGRAM DATA BACKUPS SECRET PORT`` with the office's settings in
the environment. It holds a lock with its number in it while it lives. A child ends with it.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from types import FrameType

from deploy.installer.daily import Job, jobs
from deploy.installer.stop import Stop

_LOCK, _DONE = "keeper.lock", "daily.json"
_OFFICE = timezone(timedelta(hours=8))
_LOOK_SECONDS, _AGAIN_SECONDS, _END_SECONDS = 1.0, 3.0, 30.0
_GLANCE_SECONDS = 0.05
_LOG_BYTES = 20_000_000
_PR_SET_PDEATHSIG = 1


def log_of(data: Path) -> Path:
    """The log of service and daily work; the one before it ends in ``.1``."""
    return data / "log" / "service.log"


def is_running(data: Path) -> bool:
    """Whether a keeper holds the lock."""
    import fcntl  # Windows has none, and no keeper

    try:
        with (data / _LOCK).open("r") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def end(data: Path, seconds: float) -> None:
    """End the keeper and the service with it. Raises `Stop` if it does not end in that time."""
    if not is_running(data):
        return
    number = _number(data)
    if number:
        os.kill(number, signal.SIGTERM)
    limit = time.monotonic() + seconds
    while is_running(data):
        if time.monotonic() > limit:
            raise Stop(f"服务(进程 {number})没有停下来，没有继续。请检查后再试")
        time.sleep(_GLANCE_SECONDS)


def stays(data: Path, seconds: float) -> bool:
    """Whether a keeper runs that was not told to end; one that is ending is waited for.

    Raises `Stop` if it does not end in that time.
    """
    limit = time.monotonic() + seconds
    while is_running(data) and not _number(data):
        if time.monotonic() > limit:
            raise Stop("服务正在停止，很久没有停下来，没有继续。请检查后再试")
        time.sleep(_GLANCE_SECONDS)
    return is_running(data)


def _number(data: Path) -> int:
    """Of the process that keeps; 0 while it is beginning or ending."""
    return int((data / _LOCK).read_text(encoding="utf-8").strip() or 0)


def due(wanted: dict[str, Job], done: dict[str, str], now: datetime) -> list[str]:
    """The jobs whose time has come today and that were not done today, in their order."""
    today, time_of_day = now.date().isoformat(), f"{now:%H:%M}"
    return [
        name for name, job in wanted.items() if job.at <= time_of_day and done.get(name) != today
    ]


class Keeper:
    """The loop: the service runs, daily work is done, until it is told to end."""

    def __init__(self, program: Path, data: Path, wanted: dict[str, Job], port: int) -> None:
        self.program, self.data, self.wanted, self.port = program, data, wanted, port
        self.ending = False
        self._service: subprocess.Popen[bytes] | None = None
        self._work: subprocess.Popen[bytes] | None = None
        self._waiting: list[tuple[str, ...]] = []

    def run(self) -> None:
        """Until SIGTERM; then the service is ended, too."""
        signal.signal(signal.SIGTERM, self._end)
        signal.signal(signal.SIGINT, self._end)
        self._first_day()
        again = 0.0
        while not self.ending:
            gone = self._service is None or self._service.poll() is not None
            if gone and time.monotonic() >= again:
                self._service = self._start(_serve(self.program, self.port))
                again = time.monotonic() + _AGAIN_SECONDS
            self._daily()
            _turn_log(log_of(self.data))
            time.sleep(_LOOK_SECONDS)
        for process in (self._work, self._service):
            _ended(process)

    def _end(self, _number: int, _frame: FrameType | None) -> None:
        self.ending = True
        (self.data / _LOCK).write_text("0", encoding="utf-8")  # whoever starts it now has to wait

    def _first_day(self) -> None:
        """The work of the day on which it first runs is left to the next one."""
        if not (self.data / _DONE).exists():
            today = datetime.now(_OFFICE).date().isoformat()
            self._note(dict.fromkeys(self.wanted, today))

    def _daily(self) -> None:
        if self._work is not None and self._work.poll() is None:
            return
        if self._waiting:
            command = [_python(self.program), "-m", "ledger", *self._waiting.pop(0)]
            self._work = self._start(command)
            return
        done = json.loads((self.data / _DONE).read_text(encoding="utf-8"))
        now = datetime.now(_OFFICE)
        for name in due(self.wanted, done, now)[:1]:
            self._note(done | {name: now.date().isoformat()})
            self._waiting = list(self.wanted[name].commands)

    def _note(self, done: dict[str, str]) -> None:
        part = self.data / f".{_DONE}.part"
        part.write_text(json.dumps(done), encoding="utf-8")
        part.replace(self.data / _DONE)

    def _start(self, command: list[str]) -> subprocess.Popen[bytes]:
        log = log_of(self.data).open("ab")
        with log:
            return subprocess.Popen(  # noqa: S603 - our own program
                command,
                cwd=self.program,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=_end_with_the_keeper(),
            )


def _serve(program: Path, port: int) -> list[str]:
    return [
        *(_python(program), "-m", "streamlit", "run", "app.py"),
        *("--server.port", str(port)),
    ]


def _python(program: Path) -> str:
    return str(program / ".venv" / "bin" / "python")


def _end_with_the_keeper() -> Callable[[], None]:
    """A keeper that is killed takes its children along, so that there are never two services."""
    library = ctypes.CDLL(None)

    def ask() -> None:
        library.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)

    return ask


def _ended(process: subprocess.Popen[bytes] | None) -> None:
    if process is None or process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(_END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _turn_log(log: Path) -> None:
    """Children hold the file open, so its content is moved and it is emptied."""
    if log.exists() and log.stat().st_size > _LOG_BYTES:
        log.with_suffix(".log.1").write_bytes(log.read_bytes())
        os.truncate(log, 0)


def main(program: str, data: str, backups: str, secret: str, port: str) -> int:
    """1 if another keeper runs already."""
    import fcntl

    with (Path(data) / _LOCK).open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return 1
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        Keeper(Path(program), Path(data), jobs(Path(backups), Path(secret)), int(port)).run()
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:6]))
