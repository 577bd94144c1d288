"""The log of the service as JSON lines; it holds no typed text.

A line holds time, level, logger, message and the fields given by name. Of an exception it keeps the
kind and the lines of code that it passed through: its own words may quote a cell, a statement's
parameters or an address with a query.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from ledger.operations.impersonal import place_of
from ledger.operations.recent_events import EVENTS

FIELDS = "ledger_fields"
_OURS = ("ledger", "pages", "geo")
_MOST_FRAMES = 30


class JsonLines(logging.Formatter):
    """One JSON object a record, Chinese as it is written, no line breaks inside."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, Any] = {
            "at": at,
            "level": record.levelname.lower(),
            "logger": record.name,
            "where": place_of(record.pathname, record.lineno),
            "message": record.getMessage(),
        }
        line |= getattr(record, FIELDS, {})
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = error_words(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False, default=str)


def error_words(error: BaseException) -> dict[str, Any]:
    """Type and traceback lines of an exception, without its message."""
    frames = traceback.extract_tb(error.__traceback__)[-_MOST_FRAMES:]
    words: dict[str, Any] = {
        "kind": type(error).__name__,
        "at": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
    }
    cause = error.__cause__ or error.__context__
    if cause is not None and cause is not error:
        words["after"] = type(cause).__name__
    return words


def configure(stream: Any = None) -> None:
    """Send what our own modules log to ``stream`` (standard error), once, as JSON lines."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines())
    for name in _OURS:
        logger = logging.getLogger(name)
        for old in [one for one in logger.handlers if isinstance(one.formatter, JsonLines)]:
            logger.removeHandler(old)
        logger.addHandler(handler)
        logger.addHandler(EVENTS)
        logger.setLevel(logging.INFO)
        logger.propagate = False


def note(logger: logging.Logger, message: str, fields: Mapping[str, Any]) -> None:
    """Log ``message`` with named fields; names and values must be free of personal data."""
    logger.info(message, extra={FIELDS: dict(fields)})
