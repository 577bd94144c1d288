"""The page of institutions as each role finds it, run without a browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from ledger.domain.access import SYSTEM, Role
from ledger.domain.ledgers import LEDGERS
from ledger.records import service as records
from pages._ui import guard
from pages.navigation import OWN_PAGES
from pages.records.ledger.memory import Memory
from tests.menu import app_test, entry_of
from tests.pages.builders import HOSTILE, WEST_VILLAGE, Office, build_office, fill_office

PAGE = entry_of("institutions")
READERS = [role for role in Role if role is not Role.ADMIN]
EDITORS = {Role.VILLAGE_STAFF, Role.OFFICE_STAFF}


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    path = tmp_path_factory.mktemp("office") / "ledger.db"
    office = fill_office(build_office(f"sqlite:///{path.as_posix()}"))
    yield office
    office.close()


@pytest.fixture
def open_page(monkeypatch: pytest.MonkeyPatch):
    """``open_page(office, role, tier.in="4")``: the page after its first run."""

    def visit(office: Office, role: Role, params: dict[str, list[str] | str] | None = None):
        token = office.token(role)
        monkeypatch.setattr(guard, "session_token", lambda: token)
        monkeypatch.setattr(guard, "store", lambda: office.store)
        page = app_test(PAGE)
        for key, value in (params or {}).items():
            page.query_params[key] = value
        return page.run()

    return visit


def _button(page: AppTest, key: str):
    return next(button for button in page.button if (button.key or "").startswith(key))


def _keys(page: AppTest) -> set[str]:
    return {button.key for button in page.button}


def _table(page: AppTest):
    (table,) = page.dataframe
    return table


def _memory(page: AppTest) -> Memory:
    return page.session_state["ledger-page-institutions"]


def _type(page: AppTest, row: int, **cells: object) -> None:
    """What the browser sends when somebody types into the table."""
    sheet = _memory(page).sheet
    page.session_state[sheet.key] = {
        "edited_rows": {row: cells}, "added_rows": [], "deleted_rows": [],
    }  # fmt: skip
    page.run()


def _texts(page: AppTest) -> str:
    elements = [*page.markdown, *page.error, *page.success, *page.warning, *page.info]
    return "\n".join(str(element.value) for element in elements).replace("\\", "")


@pytest.mark.parametrize("role", READERS)
def test_each_role_finds_its_own_records_and_only_its_own_tools(
    filled: Office, open_page, role: Role
) -> None:
    page = open_page(filled, role)
    assert not page.exception
    names = set(_table(page).value["name"])
    assert "松鹤养老院" in names
    assert "已停办的院" not in names
    assert ("东村敬老院" in names) == (role in {Role.LEADER, Role.AUDITOR})
    assert ("晚晴养老公寓" in names) == (role is not Role.GRID_WORKER)
    assert (_table(page).editing_mode == "fixed") == (role in EDITORS)
    assert ("add" in _keys(page)) == (role in EDITORS)
    assert ("bin-open" in _keys(page)) == (role is Role.OFFICE_STAFF)
    links = "".join(element.proto.body for element in page.get("html"))
    assert ("/download/institutions.xlsx" in links) == (role in {Role.OFFICE_STAFF, Role.LEADER})
    pressed = {one.proto.url for one in page.get("link_button")}
    filled_in = "/download/template/institutions.xlsx" in pressed
    assert filled_in == (role is Role.VILLAGE_STAFF), "offices have it beside their imports"


def test_the_administrator_sees_no_ledger(filled: Office, open_page) -> None:
    page = open_page(filled, Role.ADMIN)
    assert not page.dataframe
    assert "不能查看台账" in page.warning[0].value


def test_without_a_session_nothing_is_shown(filled: Office, monkeypatch) -> None:
    monkeypatch.setattr(guard, "session_token", lambda: None)
    monkeypatch.setattr(guard, "store", lambda: filled.store)
    page = app_test(PAGE).run()
    assert not page.dataframe
    assert not page.button


def test_key_numbers_are_counted_within_the_scope_and_filter(filled: Office, open_page) -> None:
    page = open_page(filled, Role.OFFICE_STAFF)
    everything = len(_table(page).value)
    assert _button(page, "keynumber-all").label == f"**{everything}** 合计"
    assert _button(page, "keynumber-tier-4").label == "**1** 四类"
    _button(page, "keynumber-tier-4").click().run()
    assert page.query_params["tier.in"] == "4"
    assert list(_table(page).value["name"]) == ["金色年华养生馆"]
    _button(page, "keynumber-tier-4").click().run()
    assert "tier.in" not in page.query_params
    assert len(_table(page).value) == everything


def test_what_lies_nowhere_is_one_press_away(filled: Office, open_page) -> None:
    page = open_page(filled, Role.LEADER)
    _button(page, "keynumber-nowhere").click().run()
    assert set(_table(page).value["name"]) == {"界外疗养所"}


def test_every_filter_is_a_chip_that_can_be_taken_away(filled: Office, open_page) -> None:
    params = {"q": "养老", "area": WEST_VILLAGE, "beds.ge": "50", "custody.in": ["_", "yes"],
              "remarks.blank": "1", "sort": "-beds"}  # fmt: skip
    page = open_page(filled, Role.OFFICE_STAFF, params)
    chips = [b for b in page.button if (b.key or "").startswith("chip-")]
    assert len(chips) == len(params)
    assert list(_table(page).value["name"]) == ["松鹤养老院", "晚晴养老公寓"]
    for left in range(len(chips) - 1, -1, -1):
        next(b for b in page.button if (b.key or "").startswith("chip-")).click().run()
        assert sum((b.key or "").startswith("chip-") for b in page.button) == left
    assert not any(key in page.query_params for key in params)


def test_a_broken_address_is_explained_and_the_rest_still_works(filled: Office, open_page) -> None:
    page = open_page(filled, Role.LEADER, {"tier.in": "4", "evil.in": HOSTILE, "page": "x"})
    assert not page.exception
    assert "没有名为“evil”的列" in page.warning[0].value.replace("\\", "")
    assert list(_table(page).value["name"]) == ["金色年华养生馆"]


def test_another_ones_record_is_not_found(filled: Office, open_page) -> None:
    page = open_page(filled, Role.OFFICE_STAFF, {"record": str(filled.ids["东村敬老院"])})
    assert "没有找到该记录" in page.error[0].value


@pytest.mark.parametrize("role", READERS)
@pytest.mark.parametrize("section", ["等级依据", "资料", "历史"])
def test_every_role_can_open_every_section_of_a_record_of_ill_will(
    filled: Office, open_page, role: Role, section: str
) -> None:
    page = open_page(filled, role, {"record": str(filled.ids[HOSTILE])})
    page.segmented_control(key="record-section").set_value(section).run()
    assert not page.exception
    bodies = [*(e.proto.body for e in page.get("html")), *(m.value for m in page.markdown)]
    assert not any("<script>" in body or "<img" in body for body in bodies)
    assert not any("](javascript" in m.value for m in page.markdown)


@pytest.fixture(scope="module")
def two_homes(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """Two institutions in a file that each test copies; hashing six passwords takes its time."""
    path = tmp_path_factory.mktemp("template") / "ledger.db"
    built = build_office(f"sqlite:///{path.as_posix()}")
    built.add("甲院", beds=10, complained=False)
    built.add("乙院", beds=20)
    built.close()
    return built


@pytest.fixture
def office(two_homes: Office, tmp_path: Path) -> Iterator[Office]:
    copied = two_homes.copy_to(tmp_path / "ledger.db")
    yield copied
    copied.close()


def test_edits_are_shown_saved_once_and_the_new_values_appear(office: Office, open_page) -> None:
    page = open_page(office, Role.OFFICE_STAFF, {"sort": "number"})
    _type(page, 0, beds=11, suspected_crime="是")
    assert "1 条记录有 2 处修改尚未保存" in _texts(page)
    assert office.get("甲院")["beds"] == 10
    _button(page, "edits-save").click().run()
    review = "".join(e.proto.body for e in page.get("html"))
    assert "10张" in review
    assert "11张" in review
    page.text_input(key=f"reason-{_memory(page).salt}").set_value("核实").run()
    _button(page, "review-save").click().run()
    assert "风险等级：待研判 → 四类" in _texts(page)
    assert list(_table(page).value["beds"]) == [11, 20]
    assert _memory(page).edits == {}
    newest = records.history(office.store, SYSTEM, "institutions", office.ids["甲院"])[0]
    assert (newest.actor, newest.reason) == ("jingban", "核实")


def test_edits_survive_another_page_and_are_shown_again(office: Office, open_page) -> None:
    page = open_page(office, Role.OFFICE_STAFF, {"sort": "number"})
    _type(page, 1, beds=99)
    page.query_params["q"] = "甲院"
    page.run()
    assert list(_table(page).value["name"]) == ["甲院"]
    assert "其中 1 条不在当前页" in _texts(page)
    del page.query_params["q"]
    page.run()
    assert list(_table(page).value["beds"]) == [10, 99]
    _button(page, "edits-drop").click().run()
    assert list(_table(page).value["beds"]) == [10, 20]


def test_a_cell_that_cannot_be_taken_blocks_the_save_and_says_why(office, open_page) -> None:
    page = open_page(office, Role.OFFICE_STAFF, {"sort": "number"})
    _type(page, 0, name="", area_code="没有的村")
    _button(page, "edits-save").click().run()
    assert "有 2 处不能保存" in _texts(page)
    assert _button(page, "review-save").disabled
    assert office.get("甲院")["name"] == "甲院"


def test_a_refusal_of_the_service_is_shown_and_nothing_typed_is_lost(office, open_page) -> None:
    page = open_page(office, Role.OFFICE_STAFF, {"sort": "number"})
    _type(page, 0, lon=127.15, beds=12)
    _button(page, "edits-save").click().run()
    assert _button(page, "review-save").disabled, "the preview refuses what saving would"
    assert "有 1 处不能保存" in _texts(page)
    shown = "".join(e.proto.body for e in page.get("html")).replace("\u2060", "")
    assert "该位置不在您的辖区内" in shown
    (pending,) = _memory(page).edits.values()
    assert pending.values == {"lon": 127.15, "beds": 12}


def test_somebody_elses_save_is_told_and_what_was_typed_is_kept(office, open_page) -> None:
    page = open_page(office, Role.OFFICE_STAFF, {"sort": "number"})
    _type(page, 0, beds=12)
    edit = records.Edit(office.ids["甲院"], 1, {"beds": 55})
    records.save(office.store, office.actor(Role.VILLAGE_STAFF), "institutions", [edit])
    _button(page, "edits-save").click().run()
    _button(page, "review-save").click().run()
    assert "YL-000001 在您填写期间被 cun 修改过" in _texts(page).replace("\u2060", "")
    assert "55张" in "".join(e.proto.body for e in page.get("html"))
    assert _button(page, "conflict-merge").disabled
    choice = next(c for c in page.segmented_control if (c.key or "").startswith("conflict-"))
    choice.set_value("用我的").run()
    _button(page, "conflict-merge").click().run()
    assert office.get("甲院")["beds"] == 12


def test_a_leader_sets_another_tier_with_a_reason_and_takes_it_back(office, open_page) -> None:
    page = open_page(office, Role.LEADER, {"record": str(office.ids["甲院"])})
    key = f"override-{office.ids['甲院']}-1"
    _button(page, f"{key}-do").click().run()
    assert "请先选择要调整到的等级" in _texts(page)
    page.segmented_control(key=f"{key}-tier").set_value(3).run()
    _button(page, f"{key}-do").click().run()
    assert "请填写调整理由" in _texts(page)
    page.text_area(key=f"{key}-reason").set_value("群众反映强烈").run()
    _button(page, f"{key}-do").click().run()
    assert "待研判 → 三类" in _texts(page)
    assert office.get("甲院")["tier"] == "3"
    heads = "".join(e.proto.body for e in page.get("html"))
    assert "三类(人工调整)" in heads
    assert "规则判定：待研判" in heads
    key = f"override-{office.ids['甲院']}-2"
    page.text_area(key=f"{key}-reason").set_value("已核实").run()
    _button(page, f"{key}-undo").click().run()
    assert office.get("甲院")["tier"] is None


def test_an_empty_ledger_says_what_to_do(database_url: str, open_page) -> None:
    office = build_office(database_url, roles=[Role.OFFICE_STAFF])
    page = open_page(office, Role.OFFICE_STAFF)
    assert "台账还是空的" in _texts(page)
    page.query_params["q"] = "没有"
    page.run()
    assert "没有符合条件的记录" in _texts(page)
    office.close()


def test_the_page_of_a_ledger_is_its_declaration_alone() -> None:
    """No ledger but those that navigation names has a script of its own."""
    scripts = {key: entry_of(key).file for key, one in LEDGERS.items() if one.menu}
    assert {key for key, file in scripts.items() if file} == set(OWN_PAGES)
