"""The newest warnings and errors of this process, without a word of their messages."""

from __future__ import annotations

import logging
import traceback
from collections import deque
from datetime import UTC, datetime
from typing import Any

from ledger.operations.impersonal import log_line

KEPT = 200
_MOST_FRAMES = 15


class RecentEvents(logging.Handler):
    """Keeps what a record says of itself: time, level, logger, the line of code, kind of error."""

    def __init__(self, kept: int = KEPT) -> None:
        super().__init__(logging.WARNING)
        self._ring: deque[dict[str, Any]] = deque(maxlen=kept)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one record; never its message."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="seconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "where": f"{record.pathname}:{record.lineno}",
        }
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            frames = traceback.extract_tb(error.__traceback__)[-_MOST_FRAMES:]
            at = [f"{one.filename}:{one.lineno or 0} {one.name}" for one in frames]
            line["error"] = {"kind": type(error).__name__, "at": at}
        kept = log_line(line)
        if kept is not None:
            self._ring.append(kept)

    def newest(self) -> list[dict[str, Any]]:
        """What is kept, the newest first."""
        return list(reversed(self._ring))

    def clear(self) -> None:
        """Forget everything."""
        self._ring.clear()


EVENTS = RecentEvents()
