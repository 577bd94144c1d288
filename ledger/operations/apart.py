"""Run a service in a process of its own, so that reading a file does not slow down the server.

A process beside the server (:mod:`ledger.operations.nursery`) has imported everything that reading
needs, and forks a child for each call. The child has limits of memory, processor time and file
size and a lower priority than the server, and is ended at once when the caller has gone. So a file
that exceeds the limits ends one child only.

What is sent: the function, its arguments and its result, pickled; a `Store` goes as its address
and is opened in the child. Progress is told step by step, and the child waits for the answer, so
that work which writes can be stopped between two steps only, as in one process.

Where processes cannot be forked (Windows), or with ``LEDGER_READING_APART=0``, the call is made
here.
"""

from __future__ import annotations

import atexit
import contextlib
import inspect
import os
import select
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from ledger.domain.errors import Invalid
from ledger.domain.progress import Progress, silent
from ledger.domain.settings import PROJECT, settings
from ledger.operations import parcels
from ledger.storage import Store

P = ParamSpec("P")
Result = TypeVar("Result")
_TICK_SECONDS = 0.25
_WAITING = "等待前面的文件读完"
_DIED = (
    "读取这个文件所需的内存或时间超过了上限，已停止，没有写入任何内容。"
    "请检查文件来源，或拆分成几个文件后再试"
)


def call(
    function: Callable[..., Result],
    *arguments: Any,
    progress: Progress | None = None,
    writes: bool = False,
    **named: Any,
) -> Result:
    """What the function returns, or raises, called in a child process.

    A ``function`` with the keyword ``progress`` tells how far it is. Reading is ended
    as soon as ``progress`` raises, which is asked for four times a second; a call that ``writes``
    is told of it at its next step, and undoes what it began.

    Raises
    ------
    Invalid
        If the child went beyond its limits.
    """
    tells = progress is not None and "progress" in inspect.signature(function).parameters
    if not _is_possible():
        return function(*arguments, **(named | {"progress": progress} if tells else named))
    for argument in arguments:
        if isinstance(argument, Store):
            with argument.reading():  # refuses here what is refused on every page
                pass
    watch = progress or silent
    with _turn(watch), _folder() as folder, _NURSERY.child() as child:
        parcels.send(
            child.wire,
            {
                "call": (function, arguments, named),
                "tells": tells,
                "writes": writes,
                "folder": str(folder),
                "settings": {k: v for k, v in os.environ.items() if k.startswith("LEDGER_")},
                "place": os.getcwd(),
            },
        )
        return _wait(child, watch, writes=writes)  # type: ignore[no-any-return]


def warm() -> None:
    """Start the process beside the server in advance, so that the first file does not wait."""
    if _is_possible() and not _NURSERY.runs():
        threading.Thread(target=_NURSERY.start, name="nursery", daemon=True).start()


def _is_possible() -> bool:
    return settings().reading_apart and hasattr(os, "fork") and hasattr(socket, "send_fds")


def _wait(child: _Child, progress: Progress, *, writes: bool) -> Any:
    words: tuple[str, int, int] = ("读取文件", 0, 0)
    while True:
        if not select.select([child.wire], [], [], _TICK_SECONDS)[0]:
            if not writes:
                progress(*words)
            continue
        told = parcels.receive(child.wire)
        if told is None:
            raise Invalid(_DIED)
        kind, content = told
        if kind == "progress":
            words = content
            stop: BaseException | None = None
            try:
                progress(*words)
            except BaseException as error:
                if not writes:
                    raise
                stop = error
            parcels.send(child.wire, stop is None)
            if stop is not None:
                raise _ended(child, stop)
            continue
        if kind == "raised":
            raise parcels.raised(content)
        if kind == "failed":
            raise RuntimeError(content)
        return content


def _ended(child: _Child, stop: BaseException) -> BaseException:
    """Wait until the child has undone its work; then say why it was stopped."""
    while (told := parcels.receive(child.wire)) is not None and told[0] == "progress":
        parcels.send(child.wire, False)
    return stop


_turns = threading.Semaphore(2)


@contextlib.contextmanager
def _turn(progress: Progress) -> Iterator[None]:
    """Wait until few enough files are being read; ``progress`` can end the wait by raising."""
    while not _turns.acquire(timeout=_TICK_SECONDS):
        progress(_WAITING, 0, 0)
    try:
        yield
    finally:
        _turns.release()


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    """Where a child puts what it unpacks; a child that is ended cannot tidy up itself."""
    folder = Path(tempfile.mkdtemp(prefix="ledger-reading-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class _Child:
    def __init__(self, number: int, wire: socket.socket) -> None:
        self.number, self.wire = number, wire


class _Nursery:
    """The process that forks children, started when it is first needed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._children = 0

    def runs(self) -> bool:
        """Whether it was started and has not ended."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start it unless it runs."""
        with self._lock:
            self._running()

    @contextlib.contextmanager
    def child(self) -> Iterator[_Child]:
        """A child of its own, ended when the block is left, whatever it was doing."""
        wire, end = socket.socketpair()
        with wire:
            with end, self._lock:
                self._children += 1
                number = self._children
                socket.send_fds(self._running(), [b"F%d" % number], [end.fileno()])
            try:
                yield _Child(number, wire)
            finally:
                with self._lock, contextlib.suppress(OSError):
                    self._running().send(b"K%d" % number)

    def _running(self) -> socket.socket:
        if self.runs() and self._control is not None:
            return self._control
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own module
                [sys.executable, "-m", "ledger.operations.nursery", str(theirs.fileno())],
                cwd=PROJECT,
                env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )
        self._control = ours
        return ours

    def stop(self) -> None:
        """End it and all its children."""
        with self._lock:
            if self._control is not None:
                self._control.close()
            if self._process is not None:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self._process.wait(5)
            self._process = self._control = None


_NURSERY = _Nursery()
atexit.register(_NURSERY.stop)
