"""未到网格: records that lie in no grid although there are grids where they lie.

A record may lie in a village that is divided into grids, in something above villages, or in no area
at all. A village without grids has nothing to assign, so its records do not count.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, Table, or_, select

from ledger.domain.errors import Invalid
from ledger.domain.ledgers import LEDGERS
from ledger.records.places.areas import in_force
from ledger.storage.tables import areas

KEY = "no_grid"
YES = "1"
LOCATED = tuple(key for key, ledger in LEDGERS.items() if "placement" in ledger.by_key)
"""The ledgers whose records are looked at by grids: those that have positions."""
_ABOVE_VILLAGES = ("county", "township")


def in_no_grid(table: Table, text: str) -> ColumnElement[bool]:
    """The condition, for the text `YES`. Raises `Invalid` for any other."""
    in_no_grid_words(text)
    divided = select(areas.c.parent_code).where(areas.c.level == "grid", in_force())
    wide = or_(areas.c.code.in_(divided), areas.c.level.in_(_ABOVE_VILLAGES))
    # By paths, which the indexes of every ledger begin with: few records lie so.
    paths = select(areas.c.path).where(wide, in_force())
    path = table.c.area_path
    return or_(path.is_(None), path.in_(paths))


def in_no_grid_words(text: str) -> str:
    """The condition in words."""
    if text != YES:
        raise Invalid(f"“{text[:20]}”不是这个筛选的取值")
    return "未到网格"
