"""Registering: few questions first, a likely twin, odd numbers and files while it is filled in."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from ledger.domain.access import SYSTEM, Role
from ledger.domain.ledgers import LEDGERS
from ledger.records import attachments
from ledger.records import service as records
from pages.records.ledger import creating
from tests.pages.builders import WEST_VILLAGE
from tests.pages.campaign_office import button, said

# What a page asks at once fits one screen.
MOST_ASKED = 10
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)


@pytest.mark.parametrize("key", [key for key, one in LEDGERS.items() if one.menu])
def test_a_ledger_asks_for_few_things_first(key: str) -> None:
    ledger = LEDGERS[key]
    asked = [one.key for one in ledger.asked_first if one.key != "number"]
    assert len(asked) <= MOST_ASKED
    assert {one.key for one in ledger.editable if one.required} <= set(asked)


def _new(open_ledger, ledger: str, role: Role = Role.OFFICE_STAFF):
    page = open_ledger(ledger, role)
    return button(page, "add").click().run()


def _field(page, key: str):
    fields = [*page.text_input, *page.text_area, *page.selectbox, *page.date_input]
    return next(one for one in fields if (one.key or "").endswith(f"-{key}"))


def _keys(block) -> list[str]:
    fields = [*block.text_input, *block.text_area, *block.selectbox, *block.date_input]
    fields += [*block.segmented_control]
    return [one.key.rpartition("-")[2] for one in fields]


def test_the_rest_of_a_petition_stands_under_more(campaign, open_ledger) -> None:
    page = _new(open_ledger, "petitions")
    assert not page.exception
    (more,) = page.expander
    assert more.label.startswith("更多：")
    inside = _keys(more)
    assert {"kind", "accepted_on", "remarks"} <= set(inside)
    first = [key for key in _keys(page) if key not in inside]
    assert {"matter", "registered_on", "area_code", "petitioner"} <= set(first)
    assert len(first) <= MOST_ASKED


def test_a_likely_twin_is_named_while_the_form_is_filled_in(campaign, open_ledger) -> None:
    page = _new(open_ledger, "institutions")
    assert "可能与" not in said(page)
    _field(page, "name").set_value("松鹤养老院").run()
    assert "YL-000001“松鹤养老院”" in said(page)
    assert 'href="institutions?q=YL-000001"' in said(page)
    _field(page, "name").set_value("另一家养护中心").run()
    assert "可能与" not in said(page)


def test_the_same_petition_of_the_same_day_is_named(campaign, open_ledger) -> None:
    page = _new(open_ledger, "petitions")
    _field(page, "matter").set_value("押金迟迟不退").run()
    _field(page, "area_code").set_value(WEST_VILLAGE).run()
    assert "XF-000001" in said(page)
    button(page, "adding-save").click().run()
    assert "已新增 XF-000002" in said(page), "a hint keeps nobody from saving"


def test_missing_things_are_said_and_the_first_has_the_cursor(campaign, open_ledger) -> None:
    page = _new(open_ledger, "leads")
    button(page, "adding-save").click().run()
    assert "还不能保存，请先改正：线索来源、线索内容" in said(page)
    assert 'data-field="new-leads-' in said(page)
    assert '-source"' in said(page)


def test_a_reference_is_found_by_name_village_number_and_initials(campaign, open_ledger) -> None:
    page = _new(open_ledger, "leads")
    field = _field(page, "institution")
    assert "松鹤养老院 · 演示一村 一村第一网格 · YL-000001 · shyly" in field.options
    _field(page, "source").set_value("群众举报").run()
    _field(page, "matter").set_value("押金不退").run()
    _field(page, "area_code").set_value(WEST_VILLAGE).run()
    _field(page, "institution").set_value("YL-000001").run()
    button(page, "adding-save").click().run()
    made = int(page.query_params["record"])
    assert records.get(campaign.store, SYSTEM, "leads", made)["institution_name"] == "松鹤养老院"


def test_files_are_attached_with_the_new_record(campaign, open_ledger, monkeypatch) -> None:
    files = [
        SimpleNamespace(name="现场.png", getvalue=lambda: PNG),
        SimpleNamespace(name="说明.exe", getvalue=lambda: b"MZ"),
    ]
    page = _new(open_ledger, "outreach")
    _field(page, "kind").set_value(_field(page, "kind").options[0]).run()
    _field(page, "area_code").set_value(WEST_VILLAGE).run()
    monkeypatch.setattr(creating, "chosen_files", lambda form: files)
    button(page, "adding-save").click().run()
    made = int(page.query_params["record"])
    kept = attachments.listed(campaign.store, SYSTEM, "outreach", made)
    assert [one.name for one in kept] == ["现场.png"]
    assert "说明.exe：只能上传" in said(page)


def test_an_odd_number_waits_for_a_word_and_is_then_saved(campaign, open_ledger) -> None:
    record = str(campaign.ids["松鹤养老院"])
    page = open_ledger("institutions", Role.OFFICE_STAFF, record=record, tab="facts")
    _field(page, "beds").set_value("1200").run()
    assert "床位数是上次的100倍（上次12张）" in said(page)
    button(page, "record-save").click().run()
    assert "有数字与往常差得很多" in said(page)
    assert campaign.get("松鹤养老院")["beds"] == 12
    page.checkbox[0].check().run()
    button(page, "record-save").click().run()
    assert campaign.get("松鹤养老院")["beds"] == 1200


def test_a_number_typed_anew_is_confirmed_anew(campaign, open_ledger) -> None:
    record = str(campaign.ids["松鹤养老院"])
    page = open_ledger("institutions", Role.OFFICE_STAFF, record=record, tab="facts")
    _field(page, "beds").set_value("1200").run()
    page.checkbox[0].check().run()
    _field(page, "beds").set_value("12000").run()
    assert not page.checkbox[0].value
    _field(page, "beds").set_value("13").run()
    assert not page.checkbox, "nothing odd, nothing asked"


def test_peers_are_those_of_the_same_kind_and_few_are_quiet(campaign, open_ledger) -> None:
    for number in range(8):
        campaign.add(f"甲{number}", kind="养老院", beds=20 + number)
    campaign.add("乙", kind="护理院", beds=20)  # AppTest chooses only words that are offered
    page = _new(open_ledger, "institutions")
    _field(page, "name").set_value("新院").run()
    _field(page, "beds").set_value("900").run()
    assert "数量级" not in said(page), "nobody knows what its peers are"
    _field(page, "kind").set_value("护理院").run()
    assert "数量级" not in said(page)
    _field(page, "kind").set_value("养老院").run()
    assert "床位数比同类养老服务机构高一个数量级" in said(page)
