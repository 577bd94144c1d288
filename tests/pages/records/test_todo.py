"""The to-do page and the alerts above a leader's first page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
from streamlit.testing.v1 import AppTest

from ledger.casework import steps
from ledger.casework.listing import Item
from ledger.domain.access import SYSTEM, Role
from ledger.domain.timing import clock
from ledger.records import service as records
from pages._ui.todo_list import address_of, line_html
from tests.pages.builders import EAST_SOUTH, WEST_GRID, Office
from tests.pages.field_pages import filled_office, html_of, opened, press, said, words_of

Open = Callable[..., AppTest]
EVIL = "<b onclick=alert(1)>返利</b>"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    for built in filled_office(tmp_path_factory.mktemp("office").as_posix()):
        add_cases(built)
        yield built


def add_cases(office: Office) -> None:
    """A major lead in the west, one in the east, and a petition long past its days."""
    moment = clock.local_text(clock.now() - timedelta(hours=5))
    for area, matter in ((WEST_GRID, EVIL), (EAST_SOUTH, "东边的线索")):
        values = {
            "registered_at": moment,
            "source": "report",
            "matter": matter,
            "major": True,
            "area_code": area,
        }
        office.ids[matter] = records.create(office.store, SYSTEM, "leads", values)
    old = clock.today() - timedelta(days=90)
    values = {"registered_on": old, "matter": "押金不退", "area_code": WEST_GRID}
    office.ids["押金不退"] = records.create(office.store, SYSTEM, "petitions", values)


@pytest.fixture
def open_todo(office: Office, monkeypatch: pytest.MonkeyPatch) -> Open:
    def todo_page(role: Role) -> AppTest:
        return opened(monkeypatch, office, role, "records/todo/page.py")

    return todo_page


def test_opens_with_the_answer_and_leads_to_records(open_todo: Open, office: Office) -> None:
    page = open_todo(Role.OFFICE_STAFF)
    first = words_of(page).split("\n")[0:4]
    assert any("期限已超期" in line for line in first)
    assert f'href="petitions?record={office.ids["押金不退"]}"' in html_of(page)
    assert f'href="leads?record={office.ids[EVIL]}"' in html_of(page)
    assert "▲ 超期" in words_of(page), "red is said, not only coloured"


def test_every_line_with_a_deadline_has_the_button_that_stops_it(
    open_todo: Open, office: Office
) -> None:
    petition = office.ids["押金不退"]
    mine = html_of(open_todo(Role.OFFICE_STAFF))
    assert f'class="todo-act" href="petitions?record={petition}&amp;step=' in mine
    looking_on = html_of(open_todo(Role.AUDITOR))
    assert "todo-act" not in looking_on, "an auditor stops nothing"
    assert 'class="todo-others">等' in looking_on


def test_nothing_of_another_office_and_nothing_that_runs(open_todo: Open) -> None:
    shown = html_of(open_todo(Role.OFFICE_STAFF))
    assert "东边的线索" not in shown
    assert "&lt;b onclick" in shown
    assert "<b onclick" not in shown


def test_a_grid_worker_is_led_to_the_visit(open_todo: Open, office: Office) -> None:
    shown = html_of(open_todo(Role.GRID_WORKER))
    assert f'href="inspect?institution={office.get("松鹤养老院")["number"]}"' in shown
    assert "押金不退" not in shown, "petitions are handled by others"


def test_an_auditor_is_not_led_to_visits(open_todo: Open) -> None:
    assert "inspect?institution" not in html_of(open_todo(Role.AUDITOR))


def test_an_administrator_sees_no_contents(open_todo: Open) -> None:
    page = open_todo(Role.ADMIN)
    assert "不能查看台账" in said(page)
    assert "押金不退" not in html_of(page)


def test_an_urged_record_stands_with_what_was_said(open_todo: Open, office: Office) -> None:
    leader = office.actor(Role.LEADER)
    steps.urge(office.store, leader, "petitions", office.ids["押金不退"], "本周内答复")
    shown = words_of(open_todo(Role.OFFICE_STAFF))
    assert "1 项被督办" in shown
    assert "督办：本周内答复" in shown


def test_a_leader_acknowledges_a_major_lead_once(open_todo: Open, office: Office) -> None:
    page = open_todo(Role.LEADER)
    assert "2 条重大线索待签收" in words_of(page)
    assert "已等待 5 小时" in words_of(page)
    press(page, f"acknowledge-{office.ids[EVIL]}")
    assert "已签收，距登记 5 小时" in said(page)
    keys = {button.key for button in page.button}
    assert f"acknowledge-{office.ids[EVIL]}" not in keys
    assert f"acknowledge-{office.ids['东边的线索']}" in keys
    lead = records.get(office.store, SYSTEM, "leads", office.ids[EVIL])
    assert lead["acknowledged_by"] == "lingdao"


@pytest.mark.parametrize("role", [Role.OFFICE_STAFF, Role.AUDITOR, Role.GRID_WORKER])
def test_nobody_but_leaders_is_asked_to_acknowledge(open_todo: Open, role: Role) -> None:
    page = open_todo(role)
    assert not [button for button in page.button if str(button.key).startswith("acknowledge")]
    assert "待签收" not in words_of(page)


def test_an_empty_list_says_so(
    office: Office, monkeypatch: pytest.MonkeyPatch, open_todo: Open
) -> None:
    monkeypatch.setattr("ledger.casework.todo.GROUPS", dict.fromkeys(Role, ()))
    page = open_todo(Role.AUDITOR)
    assert "没有要办的事。" in words_of(page)
    assert "目前没有待办" in said(page)


def item(ledger: str = "leads", colour: str = "", words: str = "") -> Item:
    due = date(2026, 5, 20)
    return Item(ledger, 7, "XS-7", "<b>题</b>", "一村", "核查", due, words, colour)


@pytest.mark.parametrize(
    ("ledger", "visit", "address"),
    [
        ("leads", False, "leads?record=7"),
        ("dispositions", False, "dispositions?record=7"),
        ("entities", False, "entities?record=7"),
        ("institutions", False, "institutions?record=7"),
        ("institutions", True, "inspect?institution=XS-7"),
    ],
)
def test_a_line_leads_to_its_page(ledger: str, visit: bool, address: str) -> None:
    assert address_of(item(ledger), visit=visit) == address


@pytest.mark.parametrize(("colour", "sign"), [("red", "▲ "), ("amber", "● "), ("", "")])
def test_a_colour_comes_with_a_sign(colour: str, sign: str) -> None:
    shown = line_html(item(colour=colour, words="超期 2 天"))
    assert f'todo-state {colour}">{sign}<bdi' in shown
    assert "&lt;b&gt;题" in shown


def test_the_day_of_a_line_says_that_holidays_may_move_it() -> None:
    assert "2026-05-20(节假日安排未公布)" in line_html(replace(item(), provisional=True))
    assert "未公布" not in line_html(item())


def test_open_questions_about_facts_lead_to_the_institution(
    office: Office, open_todo: Open
) -> None:
    number = office.get("松鹤养老院")["number"]
    values = {"registered_on": clock.today(), "matter": "退费难", "kind": "求决"}
    values |= {"institution": number, "area_code": WEST_GRID}
    records.create(office.store, SYSTEM, "petitions", values)
    page = open_todo(Role.OFFICE_STAFF)
    assert "1 家机构有事实待确认" in words_of(page)
    assert "被投诉举报应为“是”" in words_of(page)
    assert f'href="institutions?record={office.ids["松鹤养老院"]}"' in html_of(page)
    assert "待确认" not in words_of(open_todo(Role.LEADER))
