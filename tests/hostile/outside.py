"""A canary file that tells when somebody opens it, and a listener that tells when it is called."""

from __future__ import annotations

import ctypes
import os
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.hostile.doors import Outside

WORD = "canary-7f3a91-root:x:0:0"
_OPEN_OR_READ = 0x20 | 0x01  # IN_OPEN, IN_ACCESS
_EVENT = struct.Struct("iIII")


class Watch:
    """What happened to the canary and the listener since the watch began."""

    def __init__(self, outside: Outside, calls: list[str], events: int) -> None:
        self.outside, self.calls, self._events = outside, calls, events

    def opened(self) -> int:
        """How often somebody opened or read the canary since this was last asked."""
        try:
            found = os.read(self._events, 1 << 16)
        except BlockingIOError:
            return 0
        return len(found) // _EVENT.size


@contextmanager
def watched(folder: Path) -> Iterator[Watch]:
    """A canary in ``folder`` and a listener on a free port of this machine, both watched."""
    canary = folder / "canary.csv"
    canary.write_text(f"code,name\n{WORD},{WORD}\n", encoding="utf-8")
    library = ctypes.CDLL(None, use_errno=True)
    events = library.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
    assert library.inotify_add_watch(events, str(canary).encode(), _OPEN_OR_READ) >= 0
    calls: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            calls.append(f"{self.command} {self.path}")
            self.send_response(404)
            self.end_headers()

        do_HEAD = do_POST = do_OPTIONS = do_GET

        def log_message(self, format: str, *_arguments: object) -> None:
            return

    listener = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=listener.serve_forever, daemon=True).start()
    try:
        yield Watch(Outside(canary, f"http://127.0.0.1:{listener.server_port}"), calls, events)
    finally:
        listener.shutdown()
        listener.server_close()
        os.close(events)
