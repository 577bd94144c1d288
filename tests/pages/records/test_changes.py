"""Unsaved changes: by record, against what was read, said as old → new."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import update

from geo.atlas import Atlas
from ledger.domain.access import SYSTEM, Actor, Role
from ledger.domain.columns import ValueRefused
from ledger.domain.errors import Invalid, Problem
from ledger.domain.ledgers import INSTITUTIONS
from ledger.records import save_preview
from ledger.records import service as records
from ledger.records.entering import read_cell
from ledger.records.places.areas import current_atlas
from ledger.records.typed import Pending, Pendings, edits_of, merge
from ledger.storage import options
from ledger.storage.tables import areas
from pages._ui.cells import area_words, build_frame, column_settings
from pages.records.ledger.changes import (
    CellChange,
    describe,
    fingerprint,
    problem_lines,
    tier_moves,
)
from tests.pages.builders import (
    COUNTY,
    EAST_SOUTH,
    WEST,
    WEST_GRID,
    WEST_VILLAGE,
    Office,
    build_office,
)


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    built = build_office(database_url, roles=())
    built.add("甲院", beds=10, complained=None)
    built.add("乙院", beds=20)
    yield built
    built.close()


@pytest.fixture
def atlas(office: Office) -> Atlas:
    return current_atlas(office.store)


@pytest.fixture
def rows(office: Office) -> list[dict[str, object]]:
    return [office.get("甲院"), office.get("乙院")]


def described(
    office: Office, atlas: Atlas, edits: Pendings, actor: Actor = SYSTEM
) -> list[CellChange]:
    """The changes as the page shows them before the save."""
    asked = edits_of(atlas, actor, INSTITUTIONS, edits.values())
    preview = save_preview.preview(office.store, actor, "institutions", asked)
    return describe(INSTITUTIONS, atlas, actor, edits.values(), preview)


def test_each_change_is_told_as_number_column_old_and_new(office, atlas, rows) -> None:
    typed = {0: {"beds": 12, "complained": "是", "prepaid_use": "日常运营", "name": ""}}
    told = described(office, atlas, merge(INSTITUTIONS, atlas, SYSTEM, {}, rows, typed))
    assert [(c.number, c.label, c.before, c.after, c.problem) for c in told] == [
        ("YL-000001", "床位数", "10张", "12张", None),
        ("YL-000001", "被投诉举报", "不详", "是", None),
        ("YL-000001", "预收资金用途", "（空）", "日常运营", None),
        ("YL-000001", "机构名称", "甲院", "（空）", "必须填写"),
    ]


@pytest.mark.parametrize(
    ("key", "typed", "said"),
    [
        ("beds", -1, "过小"),
        ("credit_code", "91110000600037342L", "不是有效的统一社会信用代码"),
        ("area_code", "没有的村", "没有代码或名称为“没有的村”的区域"),
        ("phone", "电话", "不像电话号码"),
    ],
)
def test_what_cannot_be_saved_says_why_before_the_save(
    office, atlas, rows, key, typed, said
) -> None:
    edits = merge(INSTITUTIONS, atlas, SYSTEM, {}, rows, {0: {key: typed}})
    (told,) = described(office, atlas, edits)
    assert said in (told.problem or "")
    assert told.after == str(typed)


WEST_OFFICE = Actor("jingban", Role.OFFICE_STAFF, WEST, f"/{COUNTY}/{WEST}/")


@pytest.mark.parametrize(
    ("typed", "label", "said"),
    [
        ({"lon": 127.15, "lat": 29.02}, "所属区域", "该位置不在您的辖区内"),
        ({"lon": 127.5}, "所属区域", "坐标不在任何区域内"),
        ({"area_code": EAST_SOUTH}, "所属区域", "或不在您的辖区内"),
        ({"lon": None, "lat": None, "area_code": None}, "所属区域", "必须选择您辖区内的村"),
        ({"beds": "很多"}, "床位数", "不是数字"),
    ],
)
def test_the_preview_refuses_what_saving_refuses(
    office, atlas, rows, typed: dict[str, object], label: str, said: str
) -> None:
    """A record moved to another township was shown as fine and refused by the save."""
    edits = merge(INSTITUTIONS, atlas, WEST_OFFICE, {}, rows, {0: typed})
    told = [one for one in described(office, atlas, edits, WEST_OFFICE) if one.problem]
    assert [one.label for one in told] == [label]
    assert said in str(told[0].problem)
    assert "乙岚镇" not in "".join(f"{one.after}{one.problem}" for one in told)
    asked = edits_of(atlas, WEST_OFFICE, INSTITUTIONS, edits.values())
    with pytest.raises(Invalid) as refused:
        records.save(office.store, WEST_OFFICE, "institutions", asked)
    assert [(p.column, p.message) for p in refused.value.problems] == [(label, told[0].problem)]


def test_the_preview_accepts_what_saving_accepts(office, atlas, rows) -> None:
    """Of two villages of one name, the one in scope is meant; the other is not told of."""
    with office.store.writing() as connection:
        same = update(areas).where(areas.c.code == EAST_SOUTH).values(name="演示一村")
        connection.execute(same)
        options.bump(connection, "areas_revision")
    atlas = current_atlas(office.store)
    edits = merge(INSTITUTIONS, atlas, WEST_OFFICE, {}, rows, {0: {"area_code": "演示一村"}})
    edits[rows[0]["id"]].values |= {"lon": None, "lat": None}
    assert [one.problem for one in described(office, atlas, edits, WEST_OFFICE)] == [None] * 3
    asked = edits_of(atlas, WEST_OFFICE, INSTITUTIONS, edits.values())
    records.save(office.store, WEST_OFFICE, "institutions", asked)
    assert office.get("甲院")["area_code"] == WEST_VILLAGE
    county = Actor("lingdao", Role.OFFICE_STAFF, COUNTY, f"/{COUNTY}/")
    with pytest.raises(ValueRefused, match=f"有2个区域.*{WEST_VILLAGE}、{EAST_SOUTH}"):
        read_cell(atlas, county, INSTITUTIONS.by_key["area_code"], "演示一村")


def test_problems_of_the_service_name_the_record_not_the_position(rows) -> None:
    pendings = [Pending(row, {"beds": 1}) for row in rows]
    refused = Invalid([Problem(2, "床位数", "过小"), Problem(None, "编号", "已被使用")])
    assert problem_lines(refused, pendings) == ["YL-000002 · 床位数：过小", "编号：已被使用"]
    assert problem_lines(Invalid([Problem(None, "编号", "已被使用")]), pendings[:1]) == [
        "YL-000001 · 编号：已被使用"
    ]


def test_the_token_is_that_of_exactly_these_changes(atlas, rows) -> None:
    one = merge(INSTITUTIONS, atlas, SYSTEM, {}, rows, {0: {"beds": 12}}).values()
    other = merge(INSTITUTIONS, atlas, SYSTEM, {}, rows, {0: {"beds": 13}}).values()
    assert fingerprint(one, "s") == fingerprint(list(one), "s")
    assert len({fingerprint(one, "s"), fingerprint(other, "s"), fingerprint(one, "t")}) == 3
    assert len(fingerprint(one, "s")) <= 40


def test_a_moved_tier_is_told_in_words() -> None:
    assert tier_moves({"tier": "2"}, {"tier": "4"}) == "风险等级：二类 → 四类"
    assert tier_moves({"tier": None}, {"tier": "1"}) == "风险等级：待研判 → 一类"
    assert tier_moves({"tier": "2"}, {"tier": "2"}) is None


def test_an_area_is_named_from_below_the_readers_own(atlas) -> None:
    code = " · " + WEST_GRID
    assert area_words(atlas, WEST_GRID) == "演示一村 一村第一网格" + code
    assert area_words(atlas, WEST_GRID, atlas[WEST_VILLAGE].path) == "一村第一网格" + code
    assert area_words(atlas, WEST, atlas[WEST].path) == "甲云镇 · " + WEST
    assert area_words(atlas, "已撤销", "/") == "已撤销"


def test_a_frame_holds_words_for_choices_and_numbers_for_numbers(atlas, rows) -> None:
    frame = build_frame(INSTITUTIONS, rows, ["number", "tier", "beds", "custody", "lon"], atlas)
    assert frame.iloc[0].to_dict() == {
        "number": "YL-000001", "tier": "待研判", "beds": 10, "custody": "不详", "lon": 127.02,
    }  # fmt: skip
    assert str(frame.dtypes["beds"]) == "Int64"


def test_tiers_stand_in_the_table_as_labels_each_in_its_own_colour() -> None:
    setting = column_settings(INSTITUTIONS, ["tier"], ["tier"], {})["tier"]["type_config"]
    colours = [one["color"] for one in setting["options"]]
    assert [one["value"] for one in setting["options"]] == [
        "四类",
        "三类",
        "二类",
        "一类",
        "待研判",
    ]
    assert len(set(colours)) == len(colours)
