"""The house of `ledger`: few rooms on its first level; circles are found where there are some.

import-linter holds the floors and keeps circles away (pyproject.toml).
"""

from __future__ import annotations

from pathlib import Path

from tests.house.ledger_in_numbers import FLOORS, _circles


def test_few_rooms_stand_on_the_first_level(project_root: Path) -> None:
    ledger = project_root / "ledger"
    rooms = {room.parent.name for room in ledger.glob("*/__init__.py")}
    assert rooms == {room for rooms in FLOORS for room in rooms} - {"__main__"}
    assert len(rooms) <= 10


def test_a_circle_is_found() -> None:
    needs = {"a.x": {"a.y"}, "a.y": {"a.z"}, "a.z": {"a.x"}, "a.w": {"a.x"}}
    assert _circles(needs) == [["x", "y", "z"]]
