"""The to-do page in a browser: the office's first page, a leader's alert, an entity verified."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from ledger.casework import entities
from ledger.domain.access import SYSTEM, Role
from ledger.domain.timing import clock
from ledger.records import service as records
from tests.browser.conftest import enter, wait_until_idle
from tests.browser.serving import Server
from tests.pages.builders import PEOPLE, WEST_GRID, Office

EVIL = "<b onclick=alert(1)>返利</b>吸收老人存款"


@pytest.fixture(scope="module")
def waiting(office: Office) -> Office:
    """The office with a major lead, a petition long past its days and an entity to verify."""
    moment = clock.local_text(clock.now() - timedelta(hours=5))
    lead = {
        "registered_at": moment,
        "source": "report",
        "matter": EVIL,
        "major": True,
        "area_code": WEST_GRID,
    }
    old = clock.today() - timedelta(days=90)
    petition = {"registered_on": old, "matter": "押金不退", "area_code": WEST_GRID}
    entity = {"name": "乐活养老服务公司", "scope": "养老服务", "area_code": WEST_GRID}
    for ledger, values in (("leads", lead), ("petitions", petition), ("entities", entity)):
        office.ids[ledger] = records.create(office.store, SYSTEM, ledger, values)
    entities.match_entities(office.store, office.actor(Role.OFFICE_STAFF))
    return office


@pytest.fixture(scope="module")
def server(office_server: Server) -> Server:
    """The application on that office, in place of the demo."""
    return office_server


def test_the_offices_morning_begins_with_what_is_overdue(
    page: Page, server: Server, waiting: Office
) -> None:
    enter(page, server, PEOPLE[Role.OFFICE_STAFF][0])
    expect(page).to_have_url(re.compile(r"/todo$"))
    expect(page.locator("p.field-said")).to_contain_text(re.compile(r"\d+ 项(法定|本地)期限已超期"))
    line = page.locator(f'.todo-list a[href="petitions?record={waiting.ids["petitions"]}"]').first
    expect(line).to_contain_text("▲ 超期")
    expect(page.get_by_text("<b onclick=alert(1)>").first).to_be_visible()
    assert page.locator(".todo-list b[onclick]").count() == 0


def test_a_line_leads_to_its_record_where_it_is_done(
    page: Page, server: Server, waiting: Office
) -> None:
    enter(page, server, PEOPLE[Role.GRID_WORKER][0], "/todo")
    page.locator(f'.todo-list a[href="entities?record={waiting.ids["entities"]}"]').first.click()
    expect(page.get_by_role("heading", name="乐活养老服务公司")).to_be_visible()
    wait_until_idle(page)
    page.get_by_text("是养老服务机构", exact=True).click()
    page.get_by_label(re.compile("^核实情况")).fill("门口挂牌，住有三位老人")
    page.get_by_label(re.compile("^核实情况")).blur()
    wait_until_idle(page)
    page.locator(".st-key-verify-save button").click()
    expect(page.get_by_text("可以去走访")).to_be_visible()
    entity = records.get(waiting.store, SYSTEM, "entities", waiting.ids["entities"])
    assert entity["status"] == "institution"


def test_a_leader_acknowledges_and_the_time_is_said(
    page: Page, server: Server, waiting: Office
) -> None:
    enter(page, server, PEOPLE[Role.LEADER][0], "/todo")
    alert = page.locator(f".st-key-alert-{waiting.ids['leads']}")
    expect(alert).to_contain_text("已等待 5 小时")
    alert.get_by_role("button", name="签收").click()
    expect(page.get_by_text("已签收，距登记 5 小时")).to_be_visible()
    expect(alert).to_have_count(0)
    lead = records.get(waiting.store, SYSTEM, "leads", waiting.ids["leads"])
    assert lead["acknowledged_by"] == PEOPLE[Role.LEADER][0]
