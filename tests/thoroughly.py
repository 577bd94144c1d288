"""What is repeated before a release (``make test-thorough``) and sampled in every run.

A test marked ``thorough`` shows once more, for another database, role, release or turn of a
journey, what a test of its kind shows in every run. One marked ``sampled`` takes a part of what it
is about (`THOROUGH`), and all of it in the thorough run. Hypothesis draws a quarter of its examples
in every run, the same ones each time in CI, and all of them, at random, in the thorough one.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import pytest

THOROUGH = os.environ.get("LEDGER_TEST_THOROUGH") == "1"


def examples(many: int) -> int:
    """How many examples Hypothesis draws of what ``many`` are enough for."""
    return many if THOROUGH else max(many // 4, 3)


def thorough(*values: Any) -> Any:
    """Parameters of a test that only the thorough run takes."""
    return pytest.param(*values, marks=pytest.mark.thorough)


def ends_and_middle(values: Sequence[Any]) -> list[Any]:
    """Parameters in an order: the first, the last and the middle one; others thoroughly."""
    every_run = {0, len(values) // 2, len(values) - 1}
    return [one if at in every_run else thorough(one) for at, one in enumerate(values)]
