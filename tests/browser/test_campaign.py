"""The campaign in a real browser: conflicts, drafts, putting back, a lead's way, input methods."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from ledger.domain.access import SYSTEM, Role
from ledger.records import service as records
from tests.browser.conftest import enter, wait_until_idle
from tests.browser.grids import choose_cell, leave_by, open_chosen
from tests.browser.serving import Server
from tests.pages.builders import PEOPLE, WEST_VILLAGE, Office


@pytest.fixture(scope="module")
def server(office_server: Server) -> Server:
    """The application on that office, in place of the demo."""
    return office_server


@pytest.fixture
def person(new_page: Callable[..., Page], server: Server) -> Callable[[Role, str], Page]:
    """A browser of one's own for somebody of that role, at an address."""

    def arrive(role: Role, address: str) -> Page:
        page = new_page()
        enter(page, server, PEOPLE[role][0], address)
        return page

    return arrive


def _lead(office: Office, matter: str, **values: object) -> int:
    given = {"registered_at": "2026-05-20 09:00", "source": "report", "area_code": WEST_VILLAGE}
    return records.create(office.store, SYSTEM, "leads", {**given, "matter": matter, **values})


def _get(office: Office, lead: int) -> dict[str, object]:
    return records.get(office.store, SYSTEM, "leads", lead)


def _at(lead: int) -> str:
    return f"/leads?record={lead}"


def _section(page: Page, section: str) -> Locator:
    """One section of the record that is open."""
    record = page.locator(".st-key-record")
    # Streamlit gives each section button its own words.
    record.get_by_role("radio", name=section, exact=True).or_(
        record.get_by_text(section, exact=True)
    ).first.click()
    wait_until_idle(page)
    return record


def _fill(record: Locator, label: str, text: str) -> None:
    field = record.get_by_label(label, exact=False).first
    field.fill(text)
    field.blur()


def _send(record: Locator) -> None:
    expect(record.locator(".st-key-record-save button")).to_be_visible()
    record.locator(".st-key-record-save button").click()


@pytest.mark.thorough
def test_two_people_compare_and_nothing_is_lost(person, office: Office) -> None:
    lead = _lead(office, "两人同改")
    first, second = (person(Role.OFFICE_STAFF, _at(lead)) for _ in range(2))
    ours = [_section(page, "资料") for page in (first, second)]
    _fill(ours[0], "来源文号", "甲一号")
    _fill(ours[1], "来源文号", "乙二号")
    _fill(ours[1], "备注", "乙的备注")
    _send(ours[0])
    expect(first.get_by_text("已保存 1 条记录")).to_be_visible()
    _send(ours[1])
    conflict = second.locator(".st-key-conflict")
    expect(conflict).to_contain_text("在您填写期间被 jingban 修改过")
    row = conflict.locator("tr", has_text="来源文号")
    expect(row).to_contain_text("甲一号")
    expect(row).to_contain_text("乙二号")
    expect(conflict.locator(".st-key-conflict-merge button")).to_be_disabled()
    conflict.get_by_text("用我的：乙二号").click()
    conflict.locator(".st-key-conflict-merge button").click()
    expect(second.get_by_text("已合并保存 1 条记录")).to_be_visible()
    after = _get(office, lead)
    assert (after["source_number"], after["remarks"]) == ("乙二号", "乙的备注")


@pytest.mark.thorough
def test_a_draft_is_there_after_the_connection_was_killed(person, office: Office) -> None:
    lead = _lead(office, "断线的草稿")
    page = person(Role.OFFICE_STAFF, _at(lead))
    record = _section(page, "资料")
    _fill(record, "备注", "写到一半断线了")
    expect(record.get_by_text("1 处修改尚未保存")).to_be_visible()
    page.context.set_offline(True)
    page.close()
    again = person(Role.OFFICE_STAFF, _at(lead))
    expect(again.get_by_text("已恢复上次没有保存的内容：备注")).to_be_visible()
    record = again.locator(".st-key-record")
    expect(record.get_by_text("1 处修改尚未保存")).to_be_visible()
    _send(record)
    expect(again.get_by_text("已保存 1 条记录")).to_be_visible()
    assert _get(office, lead)["remarks"] == "写到一半断线了"


@pytest.mark.thorough
def test_one_field_is_put_back(person, office: Office) -> None:
    lead = _lead(office, "恢复一项", people=3, remarks="原备注")
    edit = records.Edit(lead, 1, {"people": 30, "remarks": "新备注"})
    records.save(office.store, SYSTEM, "leads", [edit])
    page = person(Role.OFFICE_STAFF, _at(lead))
    record = _section(page, "历史")
    record.locator('[class*="st-key-putback-"] button').first.click()
    page.get_by_role("combobox", name=re.compile("恢复什么")).click()
    page.get_by_role("option", name="只恢复“涉及人数”").click()
    wait_until_idle(page)
    page.get_by_label("恢复原因").fill("录入有误")
    page.get_by_label("恢复原因").blur()
    page.locator('[class*="st-key-putback-do-"] button').first.click()
    expect(page.get_by_text("已恢复 1 条记录")).to_be_visible()
    after = _get(office, lead)
    assert (after["people"], after["remarks"]) == (3, "新备注")


def _step(page: Page, step: str, done: str, **texts: str) -> None:
    record = _section(page, "办理")
    record.locator(f".st-key-step-{step} button").click()
    form = record.locator(".st-key-step-form")
    expect(form).to_be_visible()
    for label, text in texts.items():
        field = form.get_by_label(label).first
        field.fill(text)
        field.blur()
        wait_until_idle(page)
    if step == "conclude":
        form.get_by_role("combobox", name=re.compile("核查结论")).click()
        page.get_by_role("option", name="属实", exact=True).click()
        wait_until_idle(page)
    form.locator(f".st-key-step-do-{step} button").click()
    expect(page.get_by_text(f"现为“{done}”")).to_be_visible()


def test_a_lead_goes_from_registration_to_the_archive_by_three_roles(
    person, office: Office
) -> None:
    village = person(Role.VILLAGE_STAFF, "/leads")
    village.locator(".st-key-add button").click()
    village.get_by_label("线索内容").fill("上门推销养老床位，承诺返利")
    village.get_by_label("线索内容").blur()
    village.get_by_role("combobox", name=re.compile("线索来源")).click()
    village.get_by_role("option", name="群众举报").click()
    wait_until_idle(village)
    village.locator(".st-key-adding-save button").click()
    expect(village.get_by_text("已新增 XS-")).to_be_visible()
    lead = int(re.findall(r"record=(\d+)", village.url)[0])
    _step(village, "verify", "核查中", 承办人="吴专干", 包案领导="周书记")
    _step(village, "conclude", "已核查", 核查情况="走访属实")
    clerk = person(Role.OFFICE_STAFF, _at(lead))
    _step(clerk, "notify", "已通报", 报告主要负责人时间="2026-05-22 09:00")
    _step(clerk, "dispose", "处置中")
    _step(clerk, "answer", "已反馈", 反馈内容="已责令整改")
    _step(person(Role.LEADER, _at(lead)), "close", "已办结")
    clerk.reload()
    _step(clerk, "archive", "已归档")
    after = _get(office, lead)
    assert (after["state"], after["finding"], after["handler"]) == ("archived", "true", "吴专干")
    entries = records.history(office.store, SYSTEM, "leads", lead)
    assert {entry.actor for entry in entries} == {"cun", "jingban", "lingdao"}


def _compose(page: Page, text: str) -> None:
    """Type as an input method does: letters are composed, then replaced by the characters."""
    typing = page.context.new_cdp_session(page)
    for composed in ("y", "yang", "养老"):
        typing.send(
            "Input.imeSetComposition",
            {"text": composed, "selectionStart": len(composed), "selectionEnd": len(composed)},
        )
    typing.send("Input.insertText", {"text": text})


@pytest.mark.thorough
def test_an_input_method_works_in_the_form_and_in_a_step(person, office: Office) -> None:
    lead = _lead(office, "输入法")
    page = person(Role.OFFICE_STAFF, _at(lead))
    record = _section(page, "资料")
    field = record.get_by_label("备注").first
    field.click()
    _compose(page, "养老床位𠮷㙍")
    field.blur()
    _send(record)
    expect(page.get_by_text("已保存 1 条记录")).to_be_visible()
    record = _section(page, "办理")
    record.locator(".st-key-step-verify button").click()
    handler = record.locator(".st-key-step-form").get_by_label("承办人").first
    handler.click()
    _compose(page, "养老专干")
    expect(handler).to_have_value("养老专干")
    handler.blur()
    wait_until_idle(page)
    # People of the office are offered while letters are typed; Enter takes the first.
    official = record.locator(".st-key-step-form").get_by_label("包案领导").first
    official.click()
    official.press_sequentially("jing")
    expect(page.locator("#people-list").get_by_role("option", selected=True)).to_be_visible()
    official.press("Enter")
    expect(official).to_have_value("jingban")
    official.blur()
    wait_until_idle(page)
    record.locator(".st-key-step-do-verify button").click()
    expect(page.get_by_text("现为“核查中”")).to_be_visible()
    after = _get(office, lead)
    assert (after["remarks"], after["handler"]) == ("养老床位𠮷㙍", "养老专干")
    assert after["lead_official"] == "jingban"


@pytest.mark.thorough
def test_an_input_method_works_in_a_cell_of_the_table(person, office: Office) -> None:
    lead = _lead(office, "表格输入法")
    page = person(Role.OFFICE_STAFF, "/leads?q=表格输入法")
    grid = page.locator('.st-key-ledgertable [data-testid="stDataFrame"]')
    choose_cell(grid, 300)
    field = open_chosen(page)
    field.press("Control+a")
    _compose(page, "养老线索内容")
    leave_by(field, "Tab", "养老线索内容")
    expect(page.get_by_text("1 条记录有 1 处修改尚未保存")).to_be_visible()
    page.locator(".st-key-edits-save button").click()
    page.locator(".st-key-review-save button").click()
    expect(page.get_by_text("已保存 1 条记录")).to_be_visible()
    assert _get(office, lead)["matter"] == "养老线索内容"
