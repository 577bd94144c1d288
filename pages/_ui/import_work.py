"""Work that takes a while: done in a thread, watched by a bar that says what is going on, stopped
by one press. The thread calls services only and knows nothing of Streamlit.

Work that only reads ends by itself when nobody has looked at its bar for longer than a connection
can be cut (120 s): its page is gone, and nobody waits for the result."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import streamlit as st

from ledger.domain.errors import Cancelled, LedgerError
from ledger.domain.progress import Progress

# Shorter work ends before anybody sees a bar.
PATIENCE_SECONDS = 0.7
_POLL_SECONDS = 0.5
_GONE_SECONDS = 180
_log = logging.getLogger(__name__)


class Work:
    """One call of a service in a thread, and how far it is."""

    def __init__(
        self, title: str, call: Callable[[Progress], Any], *, writes: bool = False
    ) -> None:
        self.title, self.words = title, ""
        self._writes, self._looked_at = writes, time.monotonic()
        self.share: float | None = None
        self.result: Any = None
        self.error: LedgerError | None = None
        self.failed: str = ""
        self._stop = threading.Event()
        self._call = call
        self._thread = threading.Thread(target=self._run, name=f"import-{title}", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self.result = self._call(self._progress)
        except LedgerError as error:
            self.error = error
        except Exception:
            self.failed = uuid4().hex[:8]
            _log.exception("background work %s failed", self.failed)

    def _progress(self, words: str, done: int, total: int) -> None:
        if self._stop.is_set() or self._is_abandoned():
            raise Cancelled
        self.words = f"{words} {done:,} / {total:,}" if total > 1 else words
        self.share = done / total if total else None

    def _is_abandoned(self) -> bool:
        """Whether its page is gone; work that writes is then finished all the same."""
        return not self._writes and time.monotonic() - self._looked_at > _GONE_SECONDS

    def look(self) -> None:
        """Note that the bar is being shown."""
        self._looked_at = time.monotonic()

    @property
    def is_over(self) -> bool:
        return not self._thread.is_alive()

    @property
    def is_stopping(self) -> bool:
        return self._stop.is_set()

    def wait(self, seconds: float) -> bool:
        """Whether it is over within that time."""
        self._thread.join(seconds)
        return self.is_over

    def cancel(self) -> None:
        """Stop at the next step; the service leaves nothing behind."""
        self._stop.set()


@contextmanager
def while_here() -> Iterator[Progress]:
    """Progress for work within a run of a page: it ends when the run does, since drawing anything
    raises then (somebody left the page, closed it, or chose something else on it)."""
    place = st.empty()

    def drawn(words: str, done: int, total: int) -> None:
        place.caption("请稍候……离开或改动本页会停止读取。")

    yield drawn
    place.empty()


def show(work: Work) -> None:
    """The bar and 取消, refreshed until the work is over; then the page runs again."""

    @st.fragment(run_every=_POLL_SECONDS)
    def bar() -> None:
        work.look()
        if work.is_over:
            st.rerun()
        words = "正在取消……" if work.is_stopping else f"{work.title}：{work.words or '请稍候'}"
        st.progress(min(work.share or 0.0, 1.0), text=words)
        st.button(
            "取消",
            icon=":material/close:",
            key="import-cancel",
            on_click=work.cancel,
            disabled=work.is_stopping,
        )
        st.caption("取消后不会留下任何内容。")

    bar()
