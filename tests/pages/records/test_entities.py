"""New market entities: matched by the office, verified by whoever stands before the door."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from streamlit.testing.v1 import AppTest

from ledger.casework import entities
from ledger.domain.access import SYSTEM, Role
from ledger.records import service as records
from tests.pages.builders import EAST_SOUTH, WEST_GRID, Office
from tests.pages.field_pages import (
    filled_office,
    html_of,
    opened,
    press,
    said,
    tap,
    words_of,
    write,
)

Open = Callable[..., AppTest]
NEW, KNOWN, EAST, STONE = "乐活养老服务公司", "松鹤养老院", "东村养老服务部", "某石材经营部"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    for built in filled_office(tmp_path_factory.mktemp("office").as_posix()):
        listed = [
            (NEW, "养老服务<img src=x onerror=1>", WEST_GRID),
            (KNOWN, "养老服务", WEST_GRID),
            (STONE, "石材销售", WEST_GRID),
            (EAST, "养老服务", EAST_SOUTH),
        ]
        for name, scope, area in listed:
            values = {"name": name, "scope": scope, "area_code": area, "address": "村口"}
            built.ids[f"entity {name}"] = records.create(built.store, SYSTEM, "entities", values)
        yield built


@pytest.fixture
def open_entities(office: Office, monkeypatch: pytest.MonkeyPatch) -> Open:
    def page(role: Role, **params: str) -> AppTest:
        return opened(monkeypatch, office, role, "records/entities/page.py", **params)

    return page


def test_the_office_matches_and_sees_what_waits(open_entities: Open, office: Office) -> None:
    page = open_entities(Role.OFFICE_STAFF)
    assert "没有待核实的，共 3 家，3 家尚未比对" in words_of(page)
    press(page, "entities-match")
    assert "匹配完成：" in said(page)
    assert "待核实，共" in words_of(page)
    assert NEW in html_of(page)
    assert EAST not in html_of(page)
    status = {
        name: records.get(office.store, SYSTEM, "entities", office.ids[f"entity {name}"])["status"]
        for name in (NEW, STONE, EAST)
    }
    assert status == {NEW: "to_verify", STONE: "irrelevant", EAST: None}


def test_a_grid_worker_may_not_match(open_entities: Open) -> None:
    page = open_entities(Role.GRID_WORKER)
    assert "entities-match" not in {button.key for button in page.button}


def test_an_entity_is_verified_on_the_spot_and_becomes_an_institution(
    open_entities: Open, office: Office
) -> None:
    entities.match_entities(office.store, office.actor(Role.OFFICE_STAFF))
    record = office.ids[f"entity {NEW}"]
    page = open_entities(Role.GRID_WORKER, record=str(record))
    assert "&lt;img" in html_of(page)
    assert "<img" not in html_of(page)
    press(page, "verify-save")
    assert "请先选择是不是养老服务机构" in said(page)
    tap(page, "现场看到的是养老服务机构", "是养老服务机构")
    press(page, "verify-save")
    assert "请填写核实情况" in said(page)
    write(page, "核实情况", "门口挂牌，住有三位老人")
    press(page, "verify-save")
    assert "可以去走访" in said(page)
    entity = records.get(office.store, SYSTEM, "entities", record)
    assert entity["status"] == "institution"
    assert entity["institution_name"] == NEW


def test_an_entity_that_is_none_is_noted(open_entities: Open, office: Office) -> None:
    values = {"name": "夕阳红保健品店", "scope": "养老服务", "area_code": WEST_GRID}
    record = records.create(office.store, SYSTEM, "entities", values)
    page = open_entities(Role.VILLAGE_STAFF, record=str(record))
    tap(page, "现场看到的是养老服务机构", "不是")
    write(page, "核实情况", "只卖保健品")
    press(page, "verify-save")
    entity = records.get(office.store, SYSTEM, "entities", record)
    assert (entity["status"], entity["verification"]) == ("not_institution", "只卖保健品")


def test_an_entity_of_another_village_is_not_there(open_entities: Open, office: Office) -> None:
    page = open_entities(Role.GRID_WORKER, record=str(office.ids[f"entity {EAST}"]))
    assert "没有找到该记录" in said(page)
    assert EAST not in html_of(page)


def test_who_only_looks_finds_no_form(open_entities: Open, office: Office) -> None:
    page = open_entities(Role.LEADER, record=str(office.ids[f"entity {NEW}"]))
    assert NEW in html_of(page)
    assert "verify-save" not in {button.key for button in page.button}


def test_an_empty_list_says_what_comes_next(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    for built in filled_office(tmp_path_factory.mktemp("bare").as_posix()):
        page = opened(monkeypatch, built, Role.OFFICE_STAFF, "records/entities/page.py")
        assert "请在“导入导出”导入市场监管部门的名单" in said(page)
