"""The to-do page in a browser: the office's first page, a leader's alert, an entity verified."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from ledger import records
from ledger.access import SYSTEM, Role
from ledger.casework import entities
from ledger.timing import clock
from tests.browser.conftest import sign_in_as, wait_until_idle
from tests.browser.serving import Server, running_server
from tests.pages.builders import PASSWORD, PEOPLE, WEST_GRID, Office, build_office, fill_office

EVIL = "<b onclick=alert(1)>返利</b>吸收老人存款"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """An office with a major lead, a petition long past its days and an entity to verify."""
    folder = tmp_path_factory.mktemp("office")
    built = fill_office(build_office(f"sqlite:///{(folder / 'ledger.db').as_posix()}"))
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
        built.ids[ledger] = records.create(built.store, SYSTEM, ledger, values)
    entities.match_entities(built.store, built.actor(Role.OFFICE_STAFF))
    yield built
    built.close()


@pytest.fixture(scope="module")
def server(office: Office, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The application on that office, in place of the demo."""
    with running_server(tmp_path_factory.mktemp("server"), office.url) as running:
        yield running


def test_the_offices_morning_begins_with_what_is_overdue(page: Page, office: Office) -> None:
    sign_in_as(page, PEOPLE[Role.OFFICE_STAFF][0], PASSWORD)
    expect(page).to_have_url(re.compile(r"/todo$"))
    expect(page.locator("p.field-said")).to_contain_text(re.compile(r"\d+ 项已超期"))
    line = page.locator(f'.todo-list a[href="petitions?record={office.ids["petitions"]}"]').first
    expect(line).to_contain_text("▲ 超期")
    expect(page.get_by_text("<b onclick=alert(1)>").first).to_be_visible()
    assert page.locator(".todo-list b[onclick]").count() == 0


def test_a_line_leads_to_its_record_where_it_is_done(page: Page, office: Office) -> None:
    sign_in_as(page, PEOPLE[Role.GRID_WORKER][0], PASSWORD)
    page.goto("/todo")
    page.locator(f'.todo-list a[href="entities?record={office.ids["entities"]}"]').first.click()
    expect(page.get_by_role("heading", name="乐活养老服务公司")).to_be_visible()
    wait_until_idle(page)
    page.get_by_text("是养老服务机构", exact=True).click()
    page.get_by_label(re.compile("^核实情况")).fill("门口挂牌，住有三位老人")
    page.get_by_label(re.compile("^核实情况")).blur()
    wait_until_idle(page)
    page.locator(".st-key-verify-save button").click()
    expect(page.get_by_text("可以去走访")).to_be_visible()
    entity = records.get(office.store, SYSTEM, "entities", office.ids["entities"])
    assert entity["status"] == "institution"


def test_a_leader_acknowledges_and_the_time_is_said(page: Page, office: Office) -> None:
    sign_in_as(page, PEOPLE[Role.LEADER][0], PASSWORD)
    page.goto("/todo")
    alert = page.locator(f".st-key-alert-{office.ids['leads']}")
    expect(alert).to_contain_text("已等待 5 小时")
    alert.get_by_role("button", name="签收").click()
    expect(page.get_by_text("已签收，距登记 5 小时")).to_be_visible()
    expect(alert).to_have_count(0)
    lead = records.get(office.store, SYSTEM, "leads", office.ids["leads"])
    assert lead["acknowledged_by"] == PEOPLE[Role.LEADER][0]
