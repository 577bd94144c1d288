"""The visit on a tablet: what stands in its form, what is kept of it, and what saving does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from ledger.domain.access import SYSTEM, Role
from ledger.domain.ledgers import INSPECTIONS
from ledger.domain.timing import clock
from ledger.records import attachments
from ledger.records import service as records
from ledger.records.history import drafts
from ledger.storage.tables import inspections
from pages.field.inspect.field_position import read_fix
from pages.field.inspect.inspection_preview import foresee
from tests.pages.builders import HOSTILE, Office
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


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    yield from filled_office(tmp_path_factory.mktemp("office").as_posix())


@pytest.fixture
def open_visit(office: Office, monkeypatch: pytest.MonkeyPatch) -> Open:
    """``open_visit("松鹤养老院")``: the grid worker before its door."""

    def visit(name: str | None, role: Role = Role.GRID_WORKER, **params: str) -> AppTest:
        given = {} if name is None else {"institution": office.get(name)["number"]}
        return opened(monkeypatch, office, role, "field/inspect/page.py", **given, **params)

    return visit


def visits(office: Office, name: str) -> list[dict[str, Any]]:
    """The saved visits of an institution."""
    number = office.get(name)["number"]
    query = select(inspections).where(inspections.c.institution == number)
    with office.store.reading() as connection:
        return [dict(row) for row in connection.execute(query).mappings()]


def kept(office: Office, name: str, role: Role = Role.GRID_WORKER) -> drafts.KeptDraft | None:
    form = f"inspections/new/{office.get(name)['number']}"
    return drafts.find(office.store, office.actor(role), form)


def test_a_visit_states_facts_anew_beside_what_the_ledger_says(open_visit: Open) -> None:
    page = open_visit("松鹤养老院")
    assert "走访 松鹤养老院" in words_of(page)
    assert "从未走访" in words_of(page)
    complained = next(g for g in page.button_group if g.label.startswith("被投诉举报"))
    assert "台账现值 否" in complained.label
    assert complained.options == ["是", "否", "不详"]
    assert complained.value in (None, [])
    inspectors = next(f for f in page.text_input if f.label.startswith("走访人员"))
    assert inspectors.value == "wangge"
    assert f'<datalist id="people-{inspectors.key}"><option value="wangge"' in html_of(page)
    assert page.date_input[0].value == clock.today()


def test_what_is_typed_is_kept_and_offered_in_a_new_session(
    open_visit: Open, office: Office
) -> None:
    page = open_visit("康宁护理站")
    assert kept(office, "康宁护理站") is None, "an untouched form is no draft"
    tap(page, "被投诉举报", "是")
    write(page, "床位数", "18")
    draft = kept(office, "康宁护理站")
    assert draft is not None
    assert (draft.values["complained"], draft.values["beds"]) == ("是", "18")
    assert "草稿已自动保存" in said(page)

    again = open_visit("康宁护理站")
    assert "发现未保存的排查走访草稿" in said(again)
    assert not again.button_group, "an empty form beside the offer could replace the draft"
    press(again, "field-draft-take")
    assert next(f for f in again.text_input if f.label.startswith("床位数")).value == "18"
    assert next(g for g in again.button_group if g.label.startswith("被投诉举报")).value == "是"


def test_a_draft_that_is_not_wanted_goes(open_visit: Open, office: Office) -> None:
    write(open_visit("金色年华养生馆"), "床位数", "7")
    page = open_visit("金色年华养生馆")
    press(page, "field-draft-drop")
    assert kept(office, "金色年华养生馆") is None
    assert next(f for f in page.text_input if f.label.startswith("床位数")).value == ""


def test_saving_shows_what_will_change_and_the_tier_follows(
    open_visit: Open, office: Office
) -> None:
    office.add("待访养老院", **{"beds": 10, **_blameless()})
    page = open_visit("待访养老院")
    tap(page, "走访结果", "发现问题")
    tap(page, "涉嫌犯罪", "是")
    write(page, "床位数", "12")
    write(page, "发现的问题", "老人反映被要求投资")
    press(page, "visit-save")
    assert not visits(office, "待访养老院"), "nothing is saved before it is confirmed"
    shown = words_of(page)
    assert "一类 → 四类" in " ".join(shown.split())
    assert "10张12张" in "".join(shown.split())
    assert "涉嫌犯罪否是" in "".join(shown.split())
    press(page, "visit-sure")
    assert "走访已保存" in said(page)
    (saved,) = visits(office, "待访养老院")
    after = office.get("待访养老院")
    assert (after["tier"], after["beds"], after["suspected_crime"]) == ("4", 12, True)
    assert after["last_inspected_on"] == clock.today()
    assert saved["findings"] == "老人反映被要求投资"
    assert saved["complained"] is None, "what was not asked states nothing"
    assert after["complained"] is False
    assert kept(office, "待访养老院") is None


def _blameless() -> dict[str, Any]:
    from tests.pages.builders import BLAMELESS

    return dict(BLAMELESS)


def test_pressing_again_from_the_draft_of_a_saved_visit_adds_nothing(
    open_visit: Open, office: Office
) -> None:
    """The connection broke after the save but before its answer: the draft's token knows."""
    office.add("断线养老院", beds=3)
    page = open_visit("断线养老院")
    tap(page, "走访结果", "未发现问题")
    draft = kept(office, "断线养老院")
    assert draft is not None
    press(page, "visit-save")
    press(page, "visit-sure")
    worker = office.actor(Role.GRID_WORKER)
    name = f"inspections/new/{office.get('断线养老院')['number']}"
    drafts.keep(office.store, worker, name, draft.values, None)

    again = open_visit("断线养老院")
    press(again, "field-draft-take")
    press(again, "visit-save")
    press(again, "visit-sure")
    assert "走访已保存" in said(again)
    assert len(visits(office, "断线养老院")) == 1


def test_what_is_missing_is_named_and_nothing_is_lost(open_visit: Open, office: Office) -> None:
    page = open_visit("福寿康养中心")
    write(page, "床位数", "六十张")
    press(page, "visit-save")
    assert "还不能保存，请先填写或改正：" in said(page)
    for label in ("走访结果", "床位数"):
        assert label in page.error[0].value
    assert next(f for f in page.text_input if f.label.startswith("床位数")).value == "六十张"
    assert not visits(office, "福寿康养中心")


def test_a_visit_of_tomorrow_is_refused(open_visit: Open, office: Office) -> None:
    page = open_visit("松鹤养老院")
    tap(page, "走访结果", "未发现问题")
    page.date_input[0].set_value(clock.today() + timedelta(days=1)).run()
    press(page, "visit-save")
    assert "走访日期不能晚于今天" in said(page)
    assert not visits(office, "松鹤养老院")
    drafts.discard(
        office.store,
        office.actor(Role.GRID_WORKER),
        f"inspections/new/{office.get('松鹤养老院')['number']}",
    )


def test_going_back_from_the_summary_keeps_everything(open_visit: Open, office: Office) -> None:
    office.add("返改养老院", beds=1)
    page = open_visit("返改养老院")
    tap(page, "走访结果", "未发现问题")
    write(page, "床位数", "44")
    press(page, "visit-save")
    press(page, "visit-back")
    assert next(f for f in page.text_input if f.label.startswith("床位数")).value == "44"
    assert (
        next(g for g in page.button_group if g.label.startswith("走访结果")).value == "未发现问题"
    )


def test_photos_are_saved_with_the_visit_and_a_wrong_file_is_said(
    open_visit: Open, office: Office
) -> None:
    office.add("拍照养老院", beds=1)
    page = open_visit("拍照养老院")
    tap(page, "走访结果", "未发现问题")
    page.file_uploader[0].set_value(
        [
            ("门口.png", b"\x89PNG\r\n\x1a\n" + b"0" * 64, "image/png"),
            ("假图.jpg", b"MZ not a picture", "image/jpeg"),
        ]
    ).run()
    assert "门口.png" in said(page)
    press(page, "visit-save")
    press(page, "visit-sure")
    (saved,) = visits(office, "拍照养老院")
    names = [
        one.name for one in attachments.listed(office.store, SYSTEM, "inspections", saved["id"])
    ]
    assert names == ["门口.png"]
    assert "附件没有保存：假图.jpg" in said(page)


@pytest.mark.parametrize("name", ["东村敬老院", "晚晴养老公寓"])
def test_an_institution_of_another_grid_is_not_there(open_visit: Open, name: str) -> None:
    page = open_visit(name)
    assert "没有找到该机构" in said(page)
    assert name not in html_of(page) + said(page)


def test_the_choice_holds_the_own_grid_only(open_visit: Open) -> None:
    page = open_visit(None)
    shown = html_of(page)
    assert "松鹤养老院" in shown
    assert "晚晴养老公寓" not in shown
    assert "&lt;script&gt;" in shown
    assert HOSTILE not in shown
    page.text_input(key="visit-search").set_value("康宁").run()
    assert "康宁护理站" in html_of(page)
    assert "松鹤养老院" not in html_of(page)


def test_an_unlisted_place_becomes_a_lead(open_visit: Open, office: Office) -> None:
    page = open_visit(None, new="unlisted")
    assert "由镇（街道）核实后建档" in words_of(page)
    press(page, "report-save-unlisted")
    assert "还不能提交" in said(page), "the text to complete is no report"
    write(page, "线索内容", "发现未登记的养老服务场所。名称：乐活驿站；地址：村口；情况：收押金")
    press(page, "report-save-unlisted")
    assert "已提交" in said(page)
    found = _newest(office, "leads")
    assert found["source"] == "inspection"
    assert "乐活驿站" in found["matter"]
    assert found["area_code"] == office.actor(Role.GRID_WORKER).scope_code


def _newest(office: Office, ledger: str) -> dict[str, Any]:
    from ledger.records.query import Selection

    return records.search(office.store, SYSTEM, ledger, Selection(sort=(("id", True),))).rows[0]


@pytest.mark.parametrize("role", [Role.LEADER, Role.AUDITOR])
def test_who_does_not_inspect_is_told_so(open_visit: Open, role: Role) -> None:
    page = open_visit("松鹤养老院", role)
    assert "不能新增记录" in said(page)
    assert not page.button_group


def test_the_forecast_is_what_the_service_does(office: Office) -> None:
    """Facts that a later visit stated stay as that one has them, foreseen and saved alike."""
    office.add("先知养老院", beds=10, **_blameless())
    worker = office.actor(Role.GRID_WORKER)
    today = clock.today()
    given = {"institution": office.get("先知养老院")["number"], "round": 1, "inspectors": "甲"}

    def save(day: date, **facts: Any) -> None:
        values = {**given, "inspected_on": day, "result": "problem", **facts}
        records.create(office.store, worker, "inspections", values)

    save(today, beds=20)
    older = {"beds": 15, "complained": True}
    before = office.get("先知养老院")
    effect = foresee(office.store, worker, before, older, today - timedelta(days=5))
    save(today - timedelta(days=5), **older)
    after = office.get("先知养老院")
    assert [one.label for one in effect.moved] == ["被投诉举报"]
    assert after["beds"] == 20
    assert effect.tier_after == after["tier"] == "3"


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        ({"lon": 127.02, "lat": 29.05, "accuracy": 8.5, "press": 1}, (127.02, 29.05)),
        ({"lon": "127", "lat": 29.05, "accuracy": 8, "press": 1}, None),
        ({"lon": 200, "lat": 29.05, "accuracy": 8, "press": 1}, None),
        ({"lon": float("nan"), "lat": 29, "accuracy": 8, "press": 1}, None),
        ({"lon": True, "lat": 29, "accuracy": 8, "press": 1}, None),
        ({"lon": 127, "lat": 29}, None),
        ("text", None),
        (None, None),
    ],
)
def test_positions_are_read_with_distrust(
    answer: object, found: tuple[float, float] | None
) -> None:
    fix = read_fix(answer)
    assert (None if fix is None else (fix.lon, fix.lat)) == found


def test_every_item_of_the_checklist_has_a_field(open_visit: Open) -> None:
    page = open_visit("松鹤养老院")
    labels = [one.label for one in (*page.button_group, *page.text_input, *page.text_area)]
    for column in INSPECTIONS.columns:
        if column.group == "检查清单":
            assert any(label.startswith(column.label) for label in labels), column.label
