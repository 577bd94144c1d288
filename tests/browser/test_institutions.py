"""The ledger page of institutions in a real browser, against a small office of its own."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, ViewportSize, expect
from sqlalchemy import func, select

from ledger.domain.access import Role
from ledger.records.query import Condition, Selection
from ledger.records.service import search
from ledger.storage.tables import changes
from tests.browser.conftest import enter, wait_until_idle
from tests.browser.grids import HEADER, ROW, choose_cell, leave_by, open_chosen
from tests.browser.people import DESKTOP
from tests.browser.serving import Server
from tests.pages.builders import BLAMELESS, PEOPLE, Office

Look = Callable[..., Page]
PORTRAIT: ViewportSize = {"width": 768, "height": 1024}
# Widths of the pinned columns: 详情 70, 选 64, 编号 120, 机构名称 220, 风险等级 110;
# then 机构类型.
OPEN_X, KIND_X = 35, 620
# From 机构类型 on, the columns that the page shows at first.
STEPS = {"kind": 0, "filing": 1, "beds": 3, "suspected_crime": 7}


@pytest.fixture(scope="module")
def server(office_server: Server) -> Server:
    """The application on that office, in place of the demo."""
    return office_server


@pytest.fixture
def look(new_page: Callable[..., Page], server: Server) -> Look:
    """``look(query)``: a window of the township's clerk on the page of institutions."""

    def arrive(query: str, role: Role = Role.OFFICE_STAFF, size: ViewportSize = DESKTOP) -> Page:
        page = new_page()
        page.set_viewport_size(size)
        enter(page, server, PEOPLE[role][0], f"/institutions?{query}")
        return page

    return arrive


def _grid(page: Page) -> Locator:
    return page.locator('.st-key-ledgertable [data-testid="stDataFrame"]')


def _edit_first_row(page: Page, column: str, text: str) -> None:
    """Type into one cell of the first row, moving there by keyboard as the grid scrolls."""
    chosen = choose_cell(_grid(page), KIND_X)
    start = int(chosen.get_attribute("aria-colindex") or 0)
    for step in range(1, STEPS[column] + 1):
        page.keyboard.press("ArrowRight")
        expect(chosen).to_have_attribute("aria-colindex", str(start + step))
    field = open_chosen(page)
    field.press_sequentially(text)
    leave_by(field, "Enter", text)
    expect(page.get_by_text("尚未保存")).to_be_visible()


def _entries(office: Office, name: str, action: str = "update") -> int:
    query = select(func.count()).where(
        changes.c.record_id == office.ids[name], changes.c.action == action
    )
    with office.store.reading() as connection:
        return connection.execute(query).scalar_one()


def test_a_key_number_filters_shows_a_chip_and_outlives_a_reload(
    look: Look, office: Office
) -> None:
    clerk = look("")
    clerk.locator(".st-key-keynumber-tier-4 button").click()
    chip = clerk.locator(".st-key-chips .stButton", has_text="风险等级：四类")
    expect(chip).to_be_visible()
    expect(clerk).to_have_url(re.compile(r"tier\.in=4"))
    clerk.reload()
    wait_until_idle(clerk)
    expect(chip).to_be_visible()
    four = Selection(conditions=(Condition("tier", "in", ["4"]),))
    known = search(office.store, office.actor(Role.OFFICE_STAFF), "institutions", four).total
    expect(clerk.locator(".st-key-pager")).to_contain_text(f"共 {known} 条")
    chip.click()
    expect(chip).to_have_count(0)
    expect(clerk).not_to_have_url(re.compile(r"tier\.in"))


def test_an_edited_cell_is_reviewed_saved_and_moves_the_tier(look: Look, office: Office) -> None:
    office.add("待改养老院", **BLAMELESS)
    assert office.get("待改养老院")["tier"] == "1"
    clerk = look("q=待改养老院")
    _edit_first_row(clerk, "suspected_crime", "是")
    changed = clerk.locator(".cell-changed")
    expect(changed).to_have_count(1)
    tint, table = changed.bounding_box(), _grid(clerk).bounding_box()
    assert tint is not None
    assert table is not None
    assert abs(tint["y"] - table["y"] - HEADER) < ROW / 2, "in the first row"
    assert office.get("待改养老院")["suspected_crime"] is False, "nothing is saved by typing"
    clerk.locator(".st-key-edits-save button").click()
    review = clerk.locator(".st-key-review")
    expect(review.locator("tr", has_text="涉嫌犯罪")).to_contain_text("否 → 是")
    review.get_by_label("修改理由").fill("公安通报")
    clerk.locator(".st-key-review-save button").dblclick()
    expect(clerk.get_by_text("风险等级：一类 → 四类")).to_be_visible()
    expect(clerk.get_by_text("尚未保存")).to_have_count(0)
    expect(changed).to_have_count(0)
    after = office.get("待改养老院")
    assert (after["suspected_crime"], after["tier"]) == (True, "4")
    assert _entries(office, "待改养老院") == 1, "pressing twice saves once"


@pytest.mark.thorough
def test_unsaved_edits_outlive_another_filter(look: Look, office: Office) -> None:
    office.add("翻页养老院", beds=10)
    clerk = look("q=翻页养老院")
    _edit_first_row(clerk, "beds", "77")
    chip = clerk.locator(".st-key-chips .stButton", has_text="翻页养老院")
    chip.click()
    expect(chip).to_have_count(0)
    wait_until_idle(clerk)
    expect(clerk.get_by_text("1 条记录有 1 处修改尚未保存")).to_be_visible()
    clerk.locator(".st-key-edits-save button").click()
    expect(clerk.locator(".st-key-review")).to_contain_text("77张")
    clerk.locator(".st-key-review-save button").click()
    expect(clerk.get_by_text("已保存 1 条记录")).to_be_visible()
    assert office.get("翻页养老院")["beds"] == 77


def test_the_second_of_two_pages_hears_of_the_conflict_and_loses_nothing(
    look: Look, office: Office
) -> None:
    office.add("争抢养老院", beds=10)
    pages = [look("q=争抢养老院") for _ in range(2)]
    for page, beds in zip(pages, ("21", "34"), strict=True):
        _edit_first_row(page, "beds", beds)
    for page in pages:
        page.locator(".st-key-edits-save button").click()
        page.locator(".st-key-review-save button").click()
    first, second = pages
    expect(first.get_by_text("已保存 1 条记录")).to_be_visible()
    conflict = second.locator(".st-key-conflict")
    expect(conflict).to_contain_text("被 jingban 修改过")
    assert office.get("争抢养老院")["beds"] == 21
    conflict.get_by_text("用我的：34张").click()
    conflict.locator(".st-key-conflict-merge button").click()
    expect(second.get_by_text("已合并保存 1 条记录")).to_be_visible()
    assert office.get("争抢养老院")["beds"] == 34


def test_a_record_opens_beside_the_table_and_is_edited_in_its_form(
    look: Look, office: Office
) -> None:
    office.add("表单养老院", **BLAMELESS)
    clerk = look("q=表单养老院")
    _grid(clerk).click(position={"x": OPEN_X, "y": HEADER + ROW // 2})
    record = clerk.locator(".st-key-record")
    expect(record).to_contain_text("为什么是这个等级")
    expect(clerk).to_have_url(re.compile(rf"record={office.ids['表单养老院']}"))
    record.get_by_text("资料", exact=True).click()
    record.get_by_label("备注").fill("已约谈负责人")
    record.get_by_label("备注").blur()
    expect(record.get_by_text("1 处修改尚未保存")).to_be_visible()
    expect(record.locator(".st-key-record-bar")).to_contain_text("（空） → 已约谈负责人")
    record.locator(".st-key-record-save button").dblclick()
    expect(clerk.get_by_text("已保存 1 条记录")).to_be_visible()
    assert office.get("表单养老院")["remarks"] == "已约谈负责人"
    assert _entries(office, "表单养老院") == 1, "pressing twice saves once"
    record.locator(".st-key-head-phone button").click()
    phone = record.get_by_label("联系电话")
    expect(phone).to_be_focused()
    phone.press("Control+a")
    clerk.keyboard.type("0571-88880000")
    phone.press("Enter")
    expect(record.locator(".st-key-record-bar")).to_contain_text("（空） → 0571-88880000")
    clerk.keyboard.press("Alt+s")
    expect(record.locator(".st-key-head-phone")).to_contain_text("0571-88880000")
    assert office.get("表单养老院")["phone"] == "0571-88880000"


@pytest.mark.thorough
def test_chinese_typed_through_an_input_method_arrives_whole(look: Look, office: Office) -> None:
    """An input method composes: Enter that ends the composition must not send the field."""
    record_id = office.add("输入法养老院")
    clerk = look(f"record={record_id}")
    record = clerk.locator(".st-key-record")
    record.get_by_text("资料", exact=True).click()
    field = record.get_by_label("运营主体")
    field.click()
    typing = clerk.context.new_cdp_session(clerk)
    for composed in ("y", "yang", "养老"):
        typing.send(
            "Input.imeSetComposition",
            {"text": composed, "selectionStart": len(composed), "selectionEnd": len(composed)},
        )
    typing.send("Input.insertText", {"text": "养老有限公司"})
    expect(field).to_have_value("养老有限公司")
    field.blur()
    record.locator(".st-key-record-save button").click()
    expect(clerk.get_by_text("已保存 1 条记录")).to_be_visible()
    assert office.get("输入法养老院")["operator"] == "养老有限公司"


@pytest.mark.thorough
def test_a_record_is_added_deleted_and_restored(look: Look, office: Office) -> None:
    clerk = look("")
    clerk.locator(".st-key-add button").click()
    clerk.locator(".st-key-adding-save button").click()
    expect(clerk.get_by_text("机构名称：必须填写")).to_be_visible()
    clerk.get_by_label("机构名称").fill("新办养老院")
    clerk.get_by_label("机构名称").blur()
    clerk.locator(".st-key-adding-save button").click()
    expect(clerk.get_by_text("没有坐标时必须选择您辖区内的村").first).to_be_visible()
    clerk.get_by_label("经度").fill("127.03")
    clerk.get_by_label("纬度").fill("29.04")
    clerk.get_by_label("纬度").blur()
    expect(clerk.get_by_text("该位置属于").first).to_contain_text("一村第一网格")
    clerk.locator(".st-key-adding-save button").click()
    expect(clerk.get_by_text("已新增 YL-")).to_be_visible()
    record_id = int(re.findall(r"record=(\d+)", clerk.url)[0])
    office.ids["新办养老院"] = record_id
    assert office.get("新办养老院")["name"] == "新办养老院"

    clerk.locator(".st-key-record-delete-popover button").first.click()
    clerk.get_by_label("理由(必填)").fill("重复登记")
    clerk.get_by_label("理由(必填)").blur()
    clerk.locator(".st-key-record-delete button").click()
    expect(clerk.get_by_text("已移入回收站。")).to_be_visible()
    assert office.get("新办养老院")["deleted"] is True

    clerk.goto(f"/institutions?bin=1&record={record_id}")
    clerk.get_by_label("恢复理由").fill("登记无误")
    clerk.get_by_label("恢复理由").blur()
    clerk.locator(".st-key-record-restore button").click()
    expect(clerk.get_by_text("已恢复。")).to_be_visible()
    assert office.get("新办养老院")["deleted"] is False


def test_a_download_holds_what_the_filter_shows(look: Look) -> None:
    clerk = look("tier.in=4")
    clerk.locator(".st-key-download-popover button").first.click()
    link = clerk.get_by_role("link", name="CSV")
    expect(link).to_be_visible()
    with clerk.expect_download() as waiting:
        link.click()
    download = waiting.value
    assert download.suggested_filename.startswith("养老服务机构(场所)_")
    text = download.path().read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert rows
    assert {row["风险等级"] for row in rows} == {"四类"}
    assert "金色年华养生馆" in {row["机构名称"] for row in rows}


@pytest.mark.thorough
def test_ill_meant_texts_stay_texts_and_nothing_overflows(look: Look, office: Office) -> None:
    hostile = next(name for name in office.ids if name.startswith("<script>"))
    page = look(f"record={office.ids[hostile]}", size=PORTRAIT)
    record = page.locator(".st-key-record")
    expect(record.locator("h2")).to_contain_text("<script>window.hacked=1</script>")
    for section in ("等级依据", "资料", "位置", "历史"):
        record.get_by_text(section, exact=True).click()
        wait_until_idle(page)
        assert page.evaluate("window.hacked") is None
        assert page.locator('a[href^="javascript"], img[src="x"]').count() == 0
        assert page.evaluate("document.scrollingElement.scrollWidth - innerWidth") <= 0, section


@pytest.mark.thorough
def test_a_record_that_opens_below_the_table_is_brought_into_view(look: Look) -> None:
    page = look("", Role.LEADER, PORTRAIT)
    _grid(page).click(position={"x": OPEN_X, "y": HEADER + ROW // 2})
    expect(page.locator(".st-key-record h2")).to_be_in_viewport()
    assert page.evaluate("document.scrollingElement.scrollWidth - innerWidth") <= 0


PASTE = """text => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', text);
    const given = {clipboardData, bubbles: true, cancelable: true};
    document.activeElement.dispatchEvent(new ClipboardEvent('paste', given));
}"""


def test_a_pasted_block_is_read_by_the_server_and_the_cursor_stays(
    look: Look, office: Office
) -> None:
    for name in ("粘贴院甲", "粘贴院乙"):
        office.add(name, beds=10, residents=5)
    clerk = look("q=粘贴院&sort=name")
    chosen = choose_cell(_grid(clerk), KIND_X)
    for _ in range(STEPS["beds"]):
        clerk.keyboard.press("ArrowRight")
    expect(chosen).to_have_text("10")
    clerk.evaluate(PASTE, '５６\t7\r\n五六\t"8"\r\n')
    expect(clerk.get_by_text("2 条记录有 4 处修改尚未保存")).to_be_visible()
    expect(clerk.locator('[data-testid="stAlert"]')).to_contain_text("床位数：“五六”")
    expect(chosen).to_have_text("56")
    clerk.locator(".st-key-edits-save button").click()
    clerk.locator(".st-key-review-drop button").click()
    expect(clerk.locator(".st-key-review")).to_contain_text("2 条记录的 3 处修改")
    wait_until_idle(clerk)
    clerk.locator(".st-key-review-save button").click()
    expect(clerk.get_by_text("已保存 2 条记录")).to_be_visible()
    found = [(office.get(one)["beds"], office.get(one)["residents"]) for one in
             ("粘贴院甲", "粘贴院乙")]  # fmt: skip
    assert sorted(found) == [(10, 8), (56, 7)]


# A text drawn into a cell of 90 pixels of the table, and the same drawn as it must look.
CUT = """([text, expected]) => {
    const drawn = (place, said, narrow) => {
        const canvas = Object.assign(document.createElement('canvas'), {width: 200, height: 30});
        place.append(canvas);
        const pen = canvas.getContext('2d');
        pen.font = '15px sans-serif';
        if (narrow) { pen.beginPath(); pen.rect(0, 0, 90, 30); pen.clip(); }
        pen.fillText(said, 8, 20);
        canvas.remove();
        return canvas.toDataURL();
    };
    const table = document.querySelector('.st-key-ledgertable [data-testid="stDataFrame"]');
    return drawn(table, text, true) === drawn(document.body, expected, false);
}"""


def test_a_cut_text_ends_in_a_sign_of_omission_and_is_whole_under_the_mouse(
    look: Look, office: Office
) -> None:
    name = "名称长得一格里写不下的第二养老服务中心" + "<b>院</b>"
    office.add(name)
    page = look("q=写不下的第二养老")
    # The grid keeps the table for screen readers once its cells are drawn.
    expect(_grid(page).locator("td").first).to_be_attached()
    box = _grid(page).bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 300, box["y"] + HEADER + ROW // 2)
    expect(page.locator(".cell-whole")).to_have_text(name)
    page.mouse.move(box["x"] + OPEN_X, box["y"] + HEADER + ROW // 2)
    expect(page.locator(".cell-whole")).to_have_count(0)
    assert page.evaluate(CUT, ["名称长得写不下的养老院", "名称长得…"])
    assert page.evaluate(CUT, ["名称", "名称"])


@pytest.mark.thorough
def test_what_is_touched_is_large_enough(look: Look, office: Office) -> None:
    page = look(f"tier.in=4&record={office.ids['金色年华养生馆']}", size=PORTRAIT)
    page.locator(".st-key-record").get_by_text("资料", exact=True).click()
    wait_until_idle(page)
    small = page.evaluate(
        """() => [...document.querySelectorAll(
            '.st-key-keynumbers button, .st-key-tools button, .st-key-tools input,'
            + '.st-key-chips button, .st-key-pager button, .st-key-record button,'
            + '.st-key-record input')]
          .filter(e => { const r = e.getBoundingClientRect();
                         return r.width && r.height && (r.height < 44 || r.width < 44); })
          .map(e => [e.innerText || e.ariaLabel, e.getBoundingClientRect().height])"""
    )
    assert small == []
