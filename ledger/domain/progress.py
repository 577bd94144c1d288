"""Report the progress of long work to the person who waits for it and may stop it.

A service that takes a while has the keyword ``progress``. It is called between steps, never after
the last thing was written: what raises in it, `ledger.domain.errors.Cancelled` above all, undoes
the whole work, and the transaction and the files that were begun are gone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol, TypeVar

Item = TypeVar("Item")
_EVERY = 2_000


class Progress(Protocol):
    """The callback by which work reports its progress."""

    def __call__(self, words: str, done: int, total: int) -> None:
        """``words`` name the step in Chinese ("核对"); ``done`` of ``total`` parts of it are done.

        Steps follow one another, each beginning at 0; ``total`` may be 0 where there is nothing
        to do. Raise `ledger.domain.errors.Cancelled` to stop the work.
        """


def silent(words: str, done: int, total: int) -> None:
    """The progress callback that does nothing."""


def counted(
    items: Sequence[Item], words: str, progress: Progress, *, every: int = _EVERY
) -> Iterator[Item]:
    """The items, with a word to ``progress`` before each ``every`` of them and after the last."""
    for start in range(0, len(items), every):
        progress(words, start, len(items))
        yield from items[start : start + every]
    progress(words, len(items), len(items))
