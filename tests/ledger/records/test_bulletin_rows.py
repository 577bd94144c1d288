"""The row set ``in_bulletin``: the ids that a bulletin keeps, on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from ledger.domain.access import SYSTEM, Action, Actor, Role
from ledger.domain.errors import Invalid
from ledger.records import service as records
from ledger.records.bulletin_rows import KEY, text_of
from ledger.records.query import Condition, Selection
from ledger.reporting.bulletins import archive
from ledger.reporting.bulletins.model import Content
from ledger.storage import Store
from tests.ledger.conftest import EAST, WEST, WEST_VILLAGE, actor

DAY = date(2026, 5, 31)


def kept(store: Store, groups: dict[str, tuple[tuple[int, ...], ...]]) -> int:
    """A bulletin of the western township that says nothing but which rows it counted."""
    made = datetime(2026, 5, 31, tzinfo=UTC)
    content = Content("daily", WEST, "西", DAY, DAY, made, "", "通报", (), (), groups)
    return archive.keep(store, SYSTEM, content, f"/990101/{WEST}/", {})


def found(store: Store, who: Actor, text: str, ledger: str = "petitions") -> list[int]:
    selection = Selection(conditions=(Condition(KEY, "set", text),))
    return sorted(row["id"] for row in records.search(store, who, ledger, selection).rows)


def test_a_group_is_the_records_it_names_deleted_ones_included(store: Store) -> None:
    values = {"registered_on": DAY, "matter": "退费", "area_code": WEST_VILLAGE}
    ids = [records.create(store, SYSTEM, "petitions", values) for _ in range(4)]
    one = kept(store, {"petitions": ((), tuple(ids[:3])), "leads": ((ids[3],),)})
    records.delete(store, SYSTEM, "petitions", {ids[0]: 1})
    clerk = actor(Role.OFFICE_STAFF, WEST)
    assert found(store, clerk, text_of(one, 1)) == ids[:3]
    # An empty group, one that there is not, a bulletin that there is not, another ledger's.
    for text in (text_of(one, 0), text_of(one, 9), text_of(one + 1, 1)):
        assert found(store, clerk, text) == []
    assert found(store, clerk, text_of(one, 0), "outreach") == []
    for other in (actor(Role.OFFICE_STAFF, EAST), actor(Role.GRID_WORKER, WEST)):
        assert found(store, other, text_of(one, 1)) == []
    assert not actor(Role.GRID_WORKER, WEST).may(Action.READ_BULLETIN)


@pytest.mark.parametrize("text", ["", "1", "1_", "_1", "x_1", "1_-1", "1_²", f"1_{'9' * 30}"])
def test_a_text_that_names_no_group_is_refused(store: Store, text: str) -> None:
    with pytest.raises(Invalid, match="应写成 12_3"):
        found(store, SYSTEM, text)
