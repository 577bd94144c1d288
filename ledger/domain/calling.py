"""Where the heavy part of a service is done: here, or in a process beside the server.

A service that reads a file has the keyword ``through``. What it hands on is a function that reads
and returns plain values; rights are checked and the log is written by the service itself. The
pages pass `ledger.operations.apart.call`, which the service cannot know.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

Result = TypeVar("Result")


class Through(Protocol):
    """Calls a function of a module with arguments that can be pickled."""

    def __call__(self, function: Callable[..., Result], /, *arguments: Any, **named: Any) -> Result:
        """What the function returns or raises."""


def here(function: Callable[..., Result], /, *arguments: Any, **named: Any) -> Result:
    """Call it in this process."""
    return function(*arguments, **named)
