"""How far long work is, said on standard error: what a command prints is its result alone."""

from __future__ import annotations

import sys
import time

from ledger.domain.progress import Progress

_SECONDS = 10


def spoken(every: float = _SECONDS) -> Progress:
    """A progress that says a line at most so often (seconds); short work says nothing."""
    began = last = time.monotonic()

    def tell(words: str, done: int, total: int) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last < every:
            return
        last = now
        share = f" {done * 100 // total}%" if total else ""
        minutes, seconds = divmod(int(now - began), 60)
        print(f"{words}{share}，已用 {minutes} 分 {seconds} 秒", file=sys.stderr, flush=True)

    return tell
