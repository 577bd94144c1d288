"""Mappings per sender's layout: remembered, used again, kept to their office."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.access import SYSTEM, Actor, Role
from ledger.domain.errors import Invalid, NotFound, Refused
from ledger.domain.ledgers import INSTITUTIONS
from ledger.exchange.importing.imports import import_file
from ledger.exchange.reading.mapping import FileMapping, parse_mapping
from ledger.exchange.reading.mapping_text import mapping_text
from ledger.exchange.reading.reading import read_file
from ledger.exchange.reading.remembered import forget, recall, remember, remembered
from ledger.storage import Store
from tests.ledger.conftest import EAST, WEST, actor
from tests.ledger.exchange.reading.test_mapping import WHOLE
from tests.ledger.sheets import workbook
from tests.log_entries import recent

ROWS = [("单位", "床", "备 注 二"), ("甲院", 5, "x")]
MAPPING = FileMapping(columns={"name": "单位", "beds": "床"})


def layout(store: Store, path: Path) -> str:
    """The fingerprint of a file's header."""
    return read_file(store, SYSTEM, INSTITUTIONS, path, mapping=MAPPING).layout.fingerprint


def test_a_layout_settled_once_is_known_again(store: Store, tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", ROWS)
    with pytest.raises(Invalid, match="没有找到表头"):
        import_file(store, SYSTEM, "institutions", path)
    remember(store, SYSTEM, INSTITUTIONS, layout(store, path), "某镇月报", MAPPING)
    # Another month: other rows, a title above, the same header.
    again = workbook(tmp_path / "b.xlsx", [("六月",), ROWS[0], ("乙院", 6, "y")])
    report = import_file(store, SYSTEM, "institutions", again)
    assert (report.created, report.ignored) == (1, ("备 注 二",))
    assert any("某镇月报" in note.message for note in report.notes)


def test_a_mapping_given_goes_before_the_one_remembered(store: Store, tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", ROWS)
    remember(store, SYSTEM, INSTITUTIONS, layout(store, path), "某镇月报", MAPPING)
    other = FileMapping(columns={"name": "备 注 二"})
    reading = read_file(store, SYSTEM, INSTITUTIONS, path, mapping=other)
    assert reading.rows.rows[0].values == {"name": "x"}


def test_remembered_again_is_replaced_and_each_change_is_logged(store: Store) -> None:
    remember(store, SYSTEM, INSTITUTIONS, "f1", "一", MAPPING)
    kept = remember(store, SYSTEM, INSTITUTIONS, "f1", "二", FileMapping(blank="clear"))
    assert [item.name for item in remembered(store, SYSTEM, INSTITUTIONS)] == ["二"]
    assert kept.mapping.blank == "clear"
    with pytest.raises(Invalid, match="另一种表格"):
        remember(store, SYSTEM, INSTITUTIONS, "f2", "二", MAPPING)
    with pytest.raises(Invalid, match="1 至 40"):
        remember(store, SYSTEM, INSTITUTIONS, "f2", " ", MAPPING)
    forget(store, SYSTEM, INSTITUTIONS, kept.id)
    with pytest.raises(NotFound):
        forget(store, SYSTEM, INSTITUTIONS, kept.id)
    with store.reading() as connection:
        actions = [entry.action for entry in recent(connection)]
    assert sorted(actions) == ["forget_mapping", "remember_mapping", "remember_mapping"]


def test_an_office_has_its_own_and_those_from_above(store: Store) -> None:
    west, east = actor(Role.OFFICE_STAFF, WEST), actor(Role.OFFICE_STAFF, EAST)
    remember(store, SYSTEM, INSTITUTIONS, "f1", "全县", MAPPING)
    own = remember(store, west, INSTITUTIONS, "f1", "本镇", FileMapping(blank="clear"))

    def name(who: Actor) -> str:
        return recall(store, who, INSTITUTIONS)["f1"].name

    assert (name(west), name(east), name(SYSTEM)) == ("本镇", "全县", "全县")
    assert [item.name for item in remembered(store, east, INSTITUTIONS)] == []
    with pytest.raises(NotFound):
        forget(store, east, INSTITUTIONS, own.id)


@pytest.mark.parametrize("role", [Role.GRID_WORKER, Role.LEADER, Role.AUDITOR, Role.ADMIN])
def test_only_who_may_import_may_remember(store: Store, role: Role) -> None:
    who = actor(role, WEST)
    with pytest.raises(Refused):
        remember(store, who, INSTITUTIONS, "f", "x", MAPPING)
    with pytest.raises(Refused):
        recall(store, who, INSTITUTIONS)
    with pytest.raises(Refused):
        remembered(store, who, INSTITUTIONS)
    with pytest.raises(Refused):
        forget(store, who, INSTITUTIONS, 1)


def test_a_mapping_comes_back_as_it_was_written() -> None:
    mapping = parse_mapping(WHOLE, INSTITUTIONS)
    assert parse_mapping(mapping_text(mapping), INSTITUTIONS) == mapping


HEADER = st.text(min_size=1, max_size=12).map(str.strip).filter(bool)


@given(HEADER, st.dictionaries(HEADER, st.sampled_from(["是", "否", "不详"]), max_size=3))
def test_any_header_and_any_value_survive(header: str, values: dict[str, str]) -> None:
    mapping = FileMapping(columns={"name": header}, values={"complained": values} if values else {})
    assert parse_mapping(mapping_text(mapping), INSTITUTIONS) == mapping
