"""The process beside the server that imports everything once and forks a child for each call.

Run by :mod:`ledger.operations.apart` with the number of a socket. It has one thread and opens no
database, so a fork of it is whole. A message "F<n>" with a socket asks for child n, "K<n>" for its
end; when the server goes, all of it goes.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import select
import signal
import socket
import sys
import tempfile
import traceback
from typing import Any

# Imported here so that no child has to.
import ledger.exchange.importing.first_look
import ledger.exchange.importing.imports
import ledger.exchange.importing.marked_up
import ledger.exchange.reading.file_preview
import ledger.records.area_loading
import ledger.reporting.forms.form_document
import ledger.reporting.forms.kept_forms  # noqa: F401
from geo.errors import GeoError
from ledger.domain.errors import Cancelled, Invalid, LedgerError
from ledger.domain.settings import settings
from ledger.operations import parcels

_GIVES_WAY = 10
_LARGEST_FILE = 4 << 30
_MOST_SECONDS = 1800
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG of Linux


def main() -> None:
    """Serve the socket named by the first argument until its other end is closed."""
    control = socket.socket(fileno=int(sys.argv[1]))
    woken, wakes = os.pipe()
    for end in (woken, wakes):
        os.set_blocking(end, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the server hears it, and closes the socket
    signal.set_wakeup_fd(wakes)
    children: dict[int, int] = {}
    while True:
        ready = select.select([control.fileno(), woken], [], [])[0]
        if woken in ready:
            with contextlib.suppress(BlockingIOError):
                os.read(woken, 512)
        _bury(children)
        if control.fileno() not in ready:
            continue
        message, ends, _, _ = socket.recv_fds(control, 64, 1)
        if not message:
            break
        number = int(message[1:])
        if message[:1] == b"K":
            _end(children, number)
        elif ends:
            children[number] = _fork(control, socket.socket(fileno=ends[0]))
    for number in list(children):
        _end(children, number)


def _fork(control: socket.socket, wire: socket.socket) -> int:
    child = os.fork()
    if child:
        wire.close()
        return child
    status = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        control.close()
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
        _serve(wire)
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)


def _serve(wire: socket.socket) -> None:
    job = parcels.receive(wire)
    if job is None:
        return
    _settle(job)
    function, arguments, named = job["call"]
    if job["tells"]:
        named["progress"] = _Telling(wire)
    try:
        answer: tuple[str, Any] = ("result", function(*arguments, **named))
    except (LedgerError, GeoError) as error:
        answer = ("raised", parcels.of_error(error))
    except MemoryError:
        answer = ("raised", parcels.of_error(Invalid(_TOO_LARGE)))
    except Exception:
        answer = ("failed", traceback.format_exc())
    with contextlib.suppress(OSError):
        parcels.send(wire, answer)


_TOO_LARGE = (
    "读取这个文件所需的内存超过了上限，已停止，没有写入任何内容。"
    "请检查文件来源，或拆分成几个文件后再试"
)


def _settle(job: dict[str, Any]) -> None:
    """Settings of the server, and limits."""
    for key in [key for key in os.environ if key.startswith("LEDGER_")]:
        del os.environ[key]
    os.environ.update(job["settings"])
    settings.cache_clear()
    os.chdir(job["place"])
    tempfile.tempdir = job["folder"]
    if not job["writes"]:
        os.nice(_GIVES_WAY)  # a writer is waited for by all who want to save
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, _LARGEST_FILE)
    _limit(resource.RLIMIT_CPU, _MOST_SECONDS)
    _limit(resource.RLIMIT_AS, _held() + settings().max_reading_megabytes * 1_000_000)


def _limit(which: int, most: int) -> None:
    hard = resource.getrlimit(which)[1]
    least = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(which, (least, least))


def _held() -> int:
    """Bytes of address space that the imports take."""
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[0]) * resource.getpagesize()


class _Telling:
    """Progress that is told to the server, which may answer that the work is to stop."""

    def __init__(self, wire: socket.socket) -> None:
        self._wire = wire

    def __call__(self, words: str, done: int, total: int) -> None:
        parcels.send(self._wire, ("progress", (words, done, total)))
        if not parcels.receive(self._wire):
            raise Cancelled


def _end(children: dict[int, int], number: int) -> None:
    # Not buried yet, so the number is still this child's and nobody else's.
    child = children.get(number)
    if child is not None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)


def _bury(children: dict[int, int]) -> None:
    for number, child in list(children.items()):
        if os.waitpid(child, os.WNOHANG)[0]:
            del children[number]


if __name__ == "__main__":
    main()
    sys.exit(0)
