"""Records ticked in the table of a ledger, and one field set on all of them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from ledger.domain.access import SYSTEM, Role
from ledger.domain.ledgers import LEDGERS
from ledger.records import service as records
from pages._ui.map import Click
from pages.records.ledger import grid_map
from pages.records.ledger.memory import Memory
from pages.records.ledger.set_field import settable
from tests.pages.builders import WEST_GRID, WEST_VILLAGE, Office
from tests.pages.campaign_office import button, keys_of

OFFICE = Role.OFFICE_STAFF


def _memory(page: AppTest) -> Memory:
    return page.session_state["ledger-page-institutions"]


def _tick(page: AppTest, *rows: int) -> AppTest:
    """What the browser sends when rows are ticked."""
    sheet = _memory(page).sheet
    assert sheet is not None
    edited = {row: {"pick": True} for row in rows}
    page.session_state[sheet.key] = {"edited_rows": edited, "added_rows": [], "deleted_rows": []}
    return page.run()


def _htmls(page: AppTest) -> str:
    return "".join(element.proto.body for element in page.get("html"))


def test_one_field_is_set_on_all_that_are_ticked_reviewed_and_saved_as_one_batch(
    campaign: Office, open_ledger
) -> None:
    values = {"name": "第二家养老院", "area_code": WEST_GRID}
    records.create(campaign.store, SYSTEM, "institutions", values)
    page = open_ledger("institutions", OFFICE, sort="number")
    sheet = _memory(page).sheet
    assert sheet is not None
    ids = [row["id"] for row in sheet.rows[:2]]
    names = [row["name"] for row in sheet.rows[:2]]
    assert "set-field-do" not in keys_of(page)
    _tick(page, 0, 1)
    assert not _memory(page).edits, "a tick is no edit"
    page.selectbox(key="set-field-institutions").set_value("operator").run()
    (field,) = [one for one in page.text_input if one.label.startswith("运营主体")]
    field.set_value("同一家公司").run()
    button(page, "set-field-do").click().run()
    shown = _htmls(page)
    assert all(name in shown for name in names), "the review names the records"
    assert shown.count("同一家公司") == 2
    before = {one: records.get(campaign.store, SYSTEM, "institutions", one) for one in ids}
    assert all(one["operator"] != "同一家公司" for one in before.values())
    button(page, "review-save").click().run()
    told = {records.history(campaign.store, SYSTEM, "institutions", one)[0].batch for one in ids}
    assert len(told) == 1
    after = [records.get(campaign.store, SYSTEM, "institutions", one)["operator"] for one in ids]
    assert after == ["同一家公司"] * 2


def test_another_page_of_records_is_not_ticked(campaign: Office, open_ledger) -> None:
    page = open_ledger("institutions", OFFICE, sort="number")
    _tick(page, 0)
    assert len(_memory(page).picked) == 1
    page.query_params["q"] = "没有这样的机构"
    page.run()
    assert not _memory(page).picked


def test_the_bar_above_the_table_is_there_before_anything_is_typed(
    campaign: Office, open_ledger
) -> None:
    page = open_ledger("institutions", OFFICE)
    assert "pick-all" in keys_of(page)
    button(page, "pick-all").click().run()
    sheet = _memory(page).sheet
    assert sheet is not None
    assert _memory(page).picked == {row["id"] for row in sheet.rows}
    assert list(sheet.frame["pick"]) == [True] * len(sheet.rows)


def test_readers_have_nothing_to_tick(campaign: Office, open_ledger) -> None:
    page = open_ledger("institutions", Role.AUDITOR)
    assert "pick-all" not in keys_of(page)
    assert "pick" not in page.dataframe[0].value


@pytest.mark.parametrize("key", [key for key, one in LEDGERS.items() if one.menu])
def test_protected_and_own_columns_cannot_be_set_on_several_records(key: str) -> None:
    keys = {column.key for column in settable(LEDGERS[key])}
    assert not keys & {"number", "lon", "lat", "credit_code", LEDGERS[key].title}
    assert not any(LEDGERS[key].by_key[one].rule.masked for one in keys)


def test_words_that_repeat_are_offered_in_the_table_and_others_can_be_typed_in_the_record(
    campaign: Office, open_ledger
) -> None:
    values = {"name": "第二家养老院", "area_code": WEST_GRID, "kind": "敬老院"}
    second = records.create(campaign.store, SYSTEM, "institutions", values)
    page = open_ledger("institutions", OFFICE)
    columns = json.loads(page.dataframe[0].proto.columns)
    assert "敬老院" in columns["kind"]["type_config"]["options"]
    opened = open_ledger("institutions", OFFICE, record=str(second), tab="facts")
    (field,) = [one for one in opened.selectbox if one.label.startswith("机构类型")]
    assert (field.value, field.proto.accept_new_options) == ("敬老院", True)


def test_ticked_records_go_to_the_grid_that_is_tapped(
    campaign: Office, open_ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The list of those in no grid offers a map; a record with coordinates stays where they put
    it."""
    drawn: dict[str, Any] = {}
    monkeypatch.setattr(grid_map, "area_map", lambda *_, **given: drawn.update(given))
    ids = []
    for name in ("无网格甲院", "无网格乙院"):
        values = {"name": name, "area_code": WEST_VILLAGE}
        ids.append(records.create(campaign.store, SYSTEM, "institutions", values))
    page = open_ledger("institutions", OFFICE, **{"no_grid.set": "1", "sort": "number"})
    sheet = _memory(page).sheet
    assert sheet is not None
    assert {row["id"] for row in sheet.rows} == set(ids)
    _tick(page, 0, 1)
    page.toggle(key="grid-map-open").set_value(True).run()
    drawn["on_click"](Click(area=WEST_GRID))
    page.run()
    button(page, "review-save").click().run()
    kept = [records.get(campaign.store, SYSTEM, "institutions", one) for one in ids]
    assert {one["area_code"] for one in kept} == {WEST_GRID}
    told = {records.history(campaign.store, SYSTEM, "institutions", one)[0].batch for one in ids}
    assert len(told) == 1
