"""The list of the longest test files (tests/order.py) names files that are there."""

from __future__ import annotations

from tests.order import FOLDER, LONGEST


def test_every_file_that_comes_first_is_there() -> None:
    assert [name for name in LONGEST if not (FOLDER / name).is_file()] == []
    assert len(set(LONGEST)) == len(LONGEST)
