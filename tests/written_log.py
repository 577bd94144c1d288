"""What our modules log while a test looks, in place of standard error; then all is as before."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from ledger.operations import logs


@contextmanager
def written_log() -> Iterator[io.StringIO]:
    """The lines as they are written. A logger that kept them to itself would hide errors from the
    tests that follow in the same process."""
    stream = io.StringIO()
    before = {name: logging.getLogger(name) for name in logs._OURS}
    kept = {name: (list(one.handlers), one.propagate, one.level) for name, one in before.items()}
    logs.configure(stream)
    try:
        yield stream
    finally:
        for name, (handlers, propagate, level) in kept.items():
            logger = logging.getLogger(name)
            logger.handlers, logger.propagate = handlers, propagate
            logger.setLevel(level)
