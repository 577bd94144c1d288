"""The grid worker's first page: the own grid in words, on the map, in rows, and short reports."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event, select
from streamlit.testing.v1 import AppTest

from ledger.casework.awaiting import Group
from ledger.casework.listing import Item, Listed
from ledger.casework.visiting import Place, Places
from ledger.domain.access import SYSTEM, Role
from ledger.domain.timing import clock
from ledger.domain.timing.calendar import marked
from ledger.records import service as records
from ledger.records.history import drafts
from ledger.records.query import Selection
from ledger.storage.tables import leads
from pages._ui.todo_list import dated
from pages.field.field_places import card_html, grid_answer, since_words
from tests.pages.builders import HOSTILE, WEST_GRID, Office
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
def open_grid(office: Office, monkeypatch: pytest.MonkeyPatch) -> Open:
    def grid(role: Role = Role.GRID_WORKER, **params: str) -> AppTest:
        return opened(monkeypatch, office, role, "field/my_grid/page.py", **params)

    return grid


def newest(office: Office, ledger: str) -> dict[str, Any]:
    """The record that was added last."""
    return records.search(office.store, SYSTEM, ledger, Selection(sort=(("id", True),))).rows[0]


def test_opens_with_the_grid_and_one_line_of_answer(open_grid: Open) -> None:
    shown = words_of(open_grid())
    assert "一村第一网格" in shown
    assert "在册 5 家，第 1 轮未走访 5 家，没有逾期事项。" in shown


def test_holds_nothing_of_other_grids(open_grid: Open) -> None:
    page = open_grid()
    sent = html_of(page) + said(page) + "".join(button.label for button in page.button)
    sent += json.dumps(sent_to_map(page), ensure_ascii=False)
    for name in ("晚晴养老公寓", "东村敬老院", "无坐标托老所", "界外疗养所", "第二网格", "乙岚镇"):
        assert name not in sent
    assert "松鹤养老院" in sent


def test_drafts_are_asked_for_once_however_many_institutions_are_listed(open_grid: Open) -> None:
    asked: list[str] = []

    def listen(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if "FROM drafts" in statement:
            asked.append(statement)

    event.listen(Engine, "before_cursor_execute", listen)
    try:
        page = open_grid()
    finally:
        event.remove(Engine, "before_cursor_execute", listen)
    assert sum(button.label in ("走访", "继续") for button in page.button) == 5
    assert len(asked) == 1


def sent_to_map(page: AppTest) -> dict[str, Any]:
    """What the map was asked to show, by element."""
    arguments = json.loads(page.get("component_instance")[0].proto.json_args)
    calls = re.findall(r'ledgerMap\.(\w+)\(\w+, "([A-Za-z0-9+/=]*)"\)', arguments["feature_group"])
    return {name: json.loads(base64.b64decode(text)) for name, text in calls}


def test_the_map_asks_for_the_own_grid_and_no_backdrop(open_grid: Open) -> None:
    sent = sent_to_map(open_grid())
    assert set(sent) == {"view", "areas", "points"}
    assert sent["areas"]["url"].startswith(f"/areas/{WEST_GRID}.geojson")
    assert f"under={WEST_GRID}" in sent["points"]["url"]
    (south, west), (north, east) = sent["view"]["bounds"]
    assert (round(west, 3), round(east, 3)) == (127.0, 127.05)
    assert (round(south, 3), round(north, 3)) == (29.0, 29.1)


def test_hostile_names_stay_letters(open_grid: Open) -> None:
    shown = html_of(open_grid())
    assert "&lt;script&gt;" in shown
    assert HOSTILE not in shown
    assert "<img" not in shown


def test_every_institution_is_one_press_from_its_visit(open_grid: Open, office: Office) -> None:
    page = open_grid()
    for name in ("松鹤养老院", "福寿康养中心", "金色年华养生馆", "康宁护理站"):
        assert page.button(key=f"field-visit-{office.ids[name]}").label == "走访"


def test_a_visited_institution_moves_down_and_is_counted(open_grid: Open, office: Office) -> None:
    values = {
        "institution": office.get("松鹤养老院")["number"],
        "round": 1,
        "inspected_on": clock.today() - timedelta(days=4),
        "inspectors": "甲",
        "result": "sound",
    }
    records.create(office.store, office.actor(Role.GRID_WORKER), "inspections", values)
    shown = words_of(open_grid())
    assert "第 1 轮未走访 4 家" in shown
    assert "距上次走访 4 天" in shown
    assert shown.index("康宁护理站") < shown.index("松鹤养老院")


def test_a_lead_is_reported_with_its_informant_sealed(open_grid: Open, office: Office) -> None:
    page = open_grid(new="lead", institution=office.get("福寿康养中心")["number"])
    assert page.selectbox[0].value == office.get("福寿康养中心")["number"]
    write(page, "线索内容", "以高额返利吸收老人存款 𠮷")
    tap(page, "重大线索", "是")
    write(page, "举报人电话", "13800138000")
    worker = office.actor(Role.GRID_WORKER)
    draft = drafts.find(office.store, worker, "leads/new/lead")
    assert draft is not None
    assert draft.values["informant_phone"] == "13800138000"
    with office.store.reading() as connection:
        stored = str(connection.execute(select(drafts.table)).all())
    assert "以高额返利" in stored
    assert "13800138000" not in stored, "a draft lies open"
    press(page, "report-save-lead")
    assert "已提交" in said(page)
    assert "重大线索" in said(page)
    lead = newest(office, "leads")
    assert lead["matter"] == "以高额返利吸收老人存款 𠮷"
    assert (lead["area_code"], lead["major"]) == (WEST_GRID, True)
    assert lead["institution"] == office.get("福寿康养中心")["number"]
    with office.store.reading() as connection:
        query = select(leads.c.informant_phone).where(leads.c.id == lead["id"])
        sealed = connection.execute(query).scalar_one()
    assert sealed
    assert "13800138000" not in sealed
    assert drafts.find(office.store, worker, "leads/new/lead") is None


def test_a_petition_is_noted_by_matter_and_place(open_grid: Open, office: Office) -> None:
    page = open_grid(new="petition")
    press(page, "report-save-petition")
    assert "还不能提交，请先填写或改正：信访事项" in said(page)
    write(page, "信访事项", "押金迟迟不退")
    write(page, "信访人电话", "13900139000")
    press(page, "report-save-petition")
    petition = newest(office, "petitions")
    assert (petition["matter"], petition["area_code"]) == ("押金迟迟不退", WEST_GRID)
    assert petition["registered_on"] == clock.today()
    assert "13900139000" not in petition["petitioner_phone"]


def test_entities_to_verify_are_counted_on_a_button(open_grid: Open, office: Office) -> None:
    assert not [button for button in open_grid().button if button.key == "task-verify"]
    values = {"name": "新颐养老服务公司", "scope": "养老服务", "area_code": WEST_GRID}
    records.create(office.store, SYSTEM, "entities", values)
    from ledger.casework.entities import match_entities

    match_entities(office.store, office.actor(Role.OFFICE_STAFF))
    page = open_grid()
    assert page.button(key="task-verify").label == "核实新增主体 1"
    assert "新颐养老服务公司" in html_of(page)


def place(**given: Any) -> Place:
    values: dict[str, Any] = {
        "id": 1,
        "number": "YL-1",
        "name": "院",
        "address": "",
        "tier": "1",
        "days": 5,
        "due_on": None,
        "due_label": None,
        "uninspected": False,
        "refused": False,
        "late": False,
    }
    return Place(**{**values, **given})


@pytest.mark.parametrize(
    ("places", "overdue", "words"),
    [
        (Places(2, (), 0), 0, "在册 0 家"),
        (Places(2, (place(),), 1), 0, "第 2 轮已全部走访，没有逾期事项"),
        (Places(2, (place(uninspected=True),), 6), 1, "第 2 轮未走访 1 家，▲ 1 项逾期"),
    ],
)
def test_the_answer_in_words(places: Places, overdue: int, words: str) -> None:
    assert words in re.sub("<[^>]+>", "", grid_answer(places, overdue))


def test_who_waits_longest_stands_first() -> None:
    late = place(id=5, late=True, days=3)
    never = place(id=4, uninspected=True, days=None)
    long_ago = place(id=3, uninspected=True, days=90)
    lately = place(id=2, uninspected=True, days=2)
    done = place(id=1, days=0)
    shuffled = [done, lately, never, late, long_ago]
    assert sorted(shuffled, key=lambda one: one.order) == [late, never, long_ago, lately, done]


@pytest.mark.parametrize(
    ("days", "words"), [(None, "从未走访"), (0, "今天已走访"), (12, "距上次走访 12 天")]
)
def test_days_since_the_last_visit(days: int | None, words: str) -> None:
    assert since_words(days) == words


def test_late_and_refused_are_said_not_only_coloured() -> None:
    shown = card_html(place(late=True, due_on=date(2026, 5, 1), uninspected=True, refused=True))
    assert "▲ 逾期（应在 2026-05-01 前）" in shown
    assert "本轮拒绝检查" in shown


def test_a_late_day_that_holidays_may_move_says_so() -> None:
    label = marked("再次走访", provisional=True)
    shown = card_html(place(late=True, due_on=date(2027, 5, 4), due_label=label))
    assert "应在 2027-05-04(节假日安排未公布) 前" in shown


def test_to_dos_come_by_date_and_each_record_once() -> None:
    def item(record_id: int, due_on: date | None) -> Item:
        return Item("leads", record_id, f"XS-{record_id}", "", "", "", due_on, "", "")

    groups = (
        Listed(Group.OVERDUE, (item(1, date(2026, 5, 9)),), 1),
        Listed(Group.WAITING, (item(2, None), item(1, date(2026, 5, 9))), 2),
        Listed(Group.DUE_SOON, (item(3, date(2026, 5, 2)),), 1),
        Listed(Group.CHANGED, (item(4, date(2026, 5, 1)),), 1),
    )
    assert [one.record_id for one in dated(groups)] == [3, 1, 2]
