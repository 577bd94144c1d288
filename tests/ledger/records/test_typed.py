"""What was typed, by record, against what was read: which of it is a change, and what is sent."""

from __future__ import annotations

from typing import Any

import pytest

from geo.atlas import Atlas
from ledger.domain.access import SYSTEM, Actor
from ledger.domain.ledgers import INSTITUTIONS
from ledger.records import service as records
from ledger.records.places.areas import current_atlas
from ledger.records.typed import edits_of, merge, read_new
from ledger.storage import Store
from tests.ledger.conftest import WEST_GRID, WEST_VILLAGE


@pytest.fixture
def atlas(store: Store) -> Atlas:
    return current_atlas(store)


@pytest.fixture
def rows(store: Store, system: Actor) -> list[dict[str, Any]]:
    first = {"name": "甲院", "beds": 10, "lon": 127.02, "lat": 29.05}
    second = {"name": "乙院", "beds": 20, "area_code": WEST_VILLAGE}
    ids = [records.create(store, system, "institutions", one) for one in (first, second)]
    return [records.get(store, system, "institutions", one) for one in ids]


def test_row_positions_are_taken_for_the_records_that_were_shown(atlas, rows) -> None:
    found = merge(INSTITUTIONS, atlas, SYSTEM, {}, rows[::-1], {0: {"beds": 5}, "1": {"beds": 6}})
    assert {key: one.values for key, one in found.items()} == {
        rows[1]["id"]: {"beds": 5},
        rows[0]["id"]: {"beds": 6},
    }


@pytest.mark.parametrize(
    ("key", "typed"),
    [
        ("beds", 10.0),
        ("beds", "10"),
        ("complained", "不详"),
        ("complained", None),
        ("kind", ""),
        ("kind", None),
        ("name", " 甲院 "),
        ("area_code", WEST_GRID),
        ("area_code", "演示一村 一村第一网格 · " + WEST_GRID),
        ("area_code", "一村第一网格"),
        ("tier", "四类"),
    ],
)
def test_what_means_the_same_is_no_change(atlas, rows, key: str, typed: object) -> None:
    assert merge(INSTITUTIONS, atlas, SYSTEM, {}, rows, {0: {key: typed}}) == {}


def test_setting_a_cell_back_takes_the_change_away(atlas, rows) -> None:
    edits = merge(INSTITUTIONS, atlas, SYSTEM, {}, rows, {0: {"beds": 11, "kind": "养老院"}})
    edits = merge(INSTITUTIONS, atlas, SYSTEM, edits, rows, {0: {"beds": 10}})
    (only,) = edits.values()
    assert only.values == {"kind": "养老院"}


def test_merging_leaves_the_earlier_changes_untouched(atlas, rows) -> None:
    first = merge(INSTITUTIONS, atlas, SYSTEM, {}, rows, {0: {"beds": 11}})
    merge(INSTITUTIONS, atlas, SYSTEM, first, rows, {0: {"beds": 12}, 1: {"beds": 1}})
    assert [one.values for one in first.values()] == [{"beds": 11}]


def test_the_service_gets_codes_and_keys_with_the_version_that_was_read(atlas, rows) -> None:
    typed = {0: {"area_code": "演示一村", "filing": "已备案"}}
    (edit,) = edits_of(
        atlas, SYSTEM, INSTITUTIONS, merge(INSTITUTIONS, atlas, SYSTEM, {}, rows, typed).values()
    )
    assert (edit.record_id, edit.version) == (rows[0]["id"], 1)
    assert edit.values == {"area_code": WEST_VILLAGE, "filing": "filed"}


def test_taking_the_position_away_keeps_the_area_as_chosen_by_hand(atlas, rows) -> None:
    edits = merge(INSTITUTIONS, atlas, SYSTEM, {}, rows, {0: {"lon": None, "lat": None}})
    (edit,) = edits_of(atlas, SYSTEM, INSTITUTIONS, edits.values())
    assert edit.values == {"lon": None, "lat": None, "area_code": WEST_GRID}


def test_a_new_record_is_read_without_its_blanks(atlas) -> None:
    typed = {"name": " 丙院 ", "beds": "12", "kind": "", "complained": "不详", "custody": "是"}
    values, problems = read_new(INSTITUTIONS, atlas, SYSTEM, typed)
    assert values == {"name": "丙院", "beds": 12, "custody": True}
    assert problems == {}


def test_a_new_record_names_what_is_wrong_by_its_column(atlas) -> None:
    values, problems = read_new(
        INSTITUTIONS, atlas, SYSTEM, {"beds": "很多", "area_code": "无此村"}
    )
    assert values == {}
    assert problems["name"] == "必须填写"
    assert "不是数字" in problems["beds"]
    assert "没有代码或名称为" in problems["area_code"]
    assert set(problems) == {"name", "beds", "area_code"}
