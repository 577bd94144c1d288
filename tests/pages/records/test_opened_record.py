"""An opened record: the list beside it, its head, its sections in the address, one 保存."""

from __future__ import annotations

from ledger.domain.access import SYSTEM, Role
from ledger.records import service as records
from tests.pages.campaign_office import button, keys_of, said, section

HOME = "松鹤养老院"


def _field(page, key: str):
    fields = [*page.text_input, *page.text_area]
    return next(one for one in fields if (one.key or "").endswith(f"-{key}"))


def _open(campaign, open_ledger, role: Role = Role.OFFICE_STAFF, **params: str):
    params = {"record": str(campaign.ids[HOME]), **params}
    return open_ledger("institutions", role, **params)


def _entries(campaign) -> int:
    return len(records.history(campaign.store, SYSTEM, "institutions", campaign.ids[HOME]))


def test_the_list_stays_beside_the_record_as_number_name_and_state(campaign, open_ledger) -> None:
    campaign.add("另一家")
    page = _open(campaign, open_ledger)
    assert not page.dataframe, "the table gives way to the list"
    (listed,) = page.radio
    assert listed.value == campaign.ids[HOME]
    lines = " ".join(listed.options).replace("\\", "")
    assert "松鹤养老院 :gray[YL-000001 · ■ 四类]" in lines
    assert "另一家 :gray[YL-000002 · ○ 待研判]" in lines
    listed.set_value(campaign.ids["另一家"]).run()
    assert page.query_params["record"] == str(campaign.ids["另一家"])


def test_the_way_to_the_next_record_crosses_pages_and_ends_at_the_last(
    campaign, open_ledger
) -> None:
    for number in range(20):
        campaign.add(f"第{number}家")
    page = _open(campaign, open_ledger, sort="number", size="20", tab="history")
    assert button(page, "record-before").disabled
    for _ in range(20):
        button(page, "record-after").click().run()
    assert page.query_params["record"] == str(campaign.ids["第19家"])
    assert page.query_params["page"] == "2"
    assert page.query_params["tab"] == "history"
    assert button(page, "record-after").disabled
    button(page, "record-before").click().run()
    assert page.query_params["record"] == str(campaign.ids["第18家"])
    assert "page" not in page.query_params
    button(page, "record-close").click().run()
    assert "record" not in page.query_params
    assert "tab" not in page.query_params


def test_the_list_keeps_its_order_after_a_save_and_says_the_new_name(campaign, open_ledger) -> None:
    campaign.add("另一家")
    page = _open(campaign, open_ledger, tab="facts")
    before = list(page.radio[0].options)
    _field(page, "name").set_value("松鹤新院").run()
    button(page, "record-save").click().run()
    after = list(page.radio[0].options)
    assert [line.replace("松鹤新院", HOME) for line in after] == before
    assert "松鹤新院" in "".join(after)


def test_the_section_stands_in_the_address_and_is_opened_from_it(campaign, open_ledger) -> None:
    page = _open(campaign, open_ledger)
    assert "为什么是这个等级" in said(page)
    section(page, "institutions", "历史")
    assert page.query_params["tab"] == "history"
    page = _open(campaign, open_ledger, tab="facts")
    assert _field(page, "name").value == HOME


def test_the_head_says_tier_deadline_and_telephone(campaign, open_ledger) -> None:
    edit = records.Edit(
        campaign.ids[HOME], campaign.get(HOME)["version"], {"phone": "0571-88880000"}
    )
    records.save(campaign.store, SYSTEM, "institutions", [edit])
    page = _open(campaign, open_ledger, Role.AUDITOR)
    assert "联系电话：<b>0571-88880000</b>" in said(page)
    due = campaign.get(HOME)
    assert f"{due['due_label']}：<b>{due['due_on']}</b>" in said(page)
    assert "head-phone" not in keys_of(page), "who may not edit is led to no field"


def test_the_head_of_a_case_masks_the_telephone_of_a_person(campaign, open_ledger) -> None:
    page = open_ledger("leads", Role.AUDITOR, record=str(campaign.ids["leads"]))
    assert "13800001234" not in said(page)
    assert 'class="state-badge">已登记' in said(page)


def test_a_telephone_is_changed_in_two_presses_after_opening(campaign, open_ledger) -> None:
    """Click the number in the head, type, 保存: the field is on show and has the cursor."""
    page = _open(campaign, open_ledger)
    button(page, "head-phone").click().run()
    field = _field(page, "phone")
    assert f'data-field="{field.key}"' in said(page)
    field.set_value("0571-88880001").run()
    assert "联系电话：（空） → <b>0571-88880001</b>" in said(page)
    assert 'data-field=""' in said(page), "the cursor is put there once"
    button(page, "record-save").click().run()
    assert "已保存 1 条记录" in said(page)
    assert campaign.get(HOME)["phone"] == "0571-88880001"


def test_several_changes_are_saved_once_with_their_reason(campaign, open_ledger) -> None:
    page = _open(campaign, open_ledger, tab="facts")
    before = _entries(campaign)
    _field(page, "beds").set_value("34").run()
    _field(page, "operator").set_value("乙公司").run()
    assert "2 处修改尚未保存" in said(page)
    assert "床位数：12张 → <b>34张</b>" in said(page)
    assert "原为 12张" in said(page), "beside the field, too"
    next(one for one in page.text_input if one.key.startswith("reason-")).set_value("核实").run()
    button(page, "record-save").click().run()
    after = campaign.get(HOME)
    assert (after["beds"], after["operator"]) == (34, "乙公司")
    assert _entries(campaign) == before + 1
    newest = records.history(campaign.store, SYSTEM, "institutions", campaign.ids[HOME])[0]
    assert newest.reason == "核实"


def test_saving_leads_to_the_first_field_that_cannot_be_taken(campaign, open_ledger) -> None:
    page = _open(campaign, open_ledger, tab="facts")
    _field(page, "beds").set_value("很多").run()
    _field(page, "name").set_value("").run()
    section(page, "institutions", "历史")
    button(page, "record-save").click().run()
    assert page.query_params["tab"] == "facts"
    assert f'data-field="{_field(page, "name").key}"' in said(page)
    assert "机构名称：松鹤养老院 → <b>（空）</b>" in said(page)
    assert "不能保存：“很多”不是数字" in said(page)
    assert campaign.get(HOME)["name"] == HOME


def test_the_area_of_a_case_is_changed_in_its_form(campaign, open_ledger) -> None:
    """Its group is 位置, but only ledgers of places have that section."""
    page = open_ledger("leads", Role.OFFICE_STAFF, record=str(campaign.ids["leads"]), tab="facts")
    assert any((one.key or "").endswith("-area_code") for one in page.selectbox)


def test_reasons_of_the_tier_carry_units_and_separators(campaign, open_ledger) -> None:
    values = {"prepaid_use": "operation", "max_deposit": 162_750, "assets_cover_debts": False}
    edit = records.Edit(campaign.ids[HOME], campaign.get(HOME)["version"], values)
    records.save(campaign.store, SYSTEM, "institutions", [edit])
    told = said(_open(campaign, open_ledger))
    assert "单人最高押金为162,750元" in told
