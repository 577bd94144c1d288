"""The rating page: ranking, explanation, measures at one press, and what an address may hold."""

from __future__ import annotations

import re
from datetime import date, timedelta
from urllib.parse import parse_qs

import pytest
from sqlalchemy import update
from streamlit.testing.v1 import AppTest

from ledger.casework.steps import take_step
from ledger.domain.access import SYSTEM, Role
from ledger.domain.ledgers import LEDGERS
from ledger.domain.timing import clock
from ledger.domain.timing.periods import period_of
from ledger.records import service as records
from ledger.records.places.areas import current_atlas
from ledger.records.query import Selection
from ledger.records.record_pages import find
from ledger.reporting.rating.measures import Taken
from ledger.storage.tables import measures
from pages._views.address import read_address
from pages.navigation import entries_for
from pages.situation.rating.open_measures import open_html
from pages.situation.rating.rating_view import link, periods_on_offer, read_view, write_view
from tests.pages.builders import EAST_NORTH, HOSTILE, WEST_VILLAGE, Office
from tests.pages.campaign_office import Open, button, keys_of, said

WHOLE = (Role.OFFICE_STAFF, Role.LEADER, Role.AUDITOR, Role.VILLAGE_STAFF)


@pytest.fixture
def poor(campaign: Office) -> Office:
    """The office with so many repeated petitions in the west that a talk is suggested."""
    for _ in range(12):
        values = {
            "registered_on": clock.today(),
            "matter": "押金不退",
            "area_code": WEST_VILLAGE,
            "repeat": True,
            "rating": "dissatisfied",
            "finished_on": clock.today(),
        }
        records.create(campaign.store, SYSTEM, "petitions", values)
    return campaign


def open_page(open_ledger: Open, role: Role, **params: str) -> AppTest:
    page = open_ledger("rating", role, **params)
    assert not page.exception
    return page


def measures_of(office: Office) -> list[dict]:
    with office.store.reading() as connection:
        return find(connection, SYSTEM, LEDGERS["measures"], Selection()).rows


@pytest.mark.parametrize("role", WHOLE)
def test_who_sees_whole_villages_has_the_page(campaign: Office, open_ledger, role: Role) -> None:
    assert "rating" in {entry.url_path for entry in entries_for(campaign.actor(role))}
    assert "个村(社区)" in said(open_page(open_ledger, role))


def test_grid_workers_and_administrators_have_no_such_page(campaign: Office) -> None:
    for role in (Role.GRID_WORKER, Role.ADMIN):
        paths = {entry.url_path for entry in entries_for(campaign.actor(role))}
        assert "rating" not in paths


def test_the_worst_come_first_unless_asked_otherwise(poor, open_ledger) -> None:
    page = open_page(open_ledger, Role.LEADER)
    text = said(page)
    assert text.index("演示一村") < text.index("演示三村")
    assert "3 个村(社区)" in text
    page.segmented_control[0].set_value("best").run()
    assert page.query_params["order"] in ("best", ["best"])
    text = said(page)
    ranking = text[text.index("ranking") :]
    assert ranking.index("演示三村") < ranking.index("演示一村")


@pytest.mark.parametrize("role", [Role.OFFICE_STAFF, Role.LEADER])
def test_a_village_is_explained_and_every_number_opens_its_rows(
    poor, open_ledger, role: Role
) -> None:
    page = open_page(open_ledger, role, village=WEST_VILLAGE)
    html = said(page)
    links = re.findall(r'href="(\w+)\?([^"]+)"[^>]*>(\d+) 件<', html)
    assert {ledger for ledger, _, _ in links} >= {"petitions", "leads", "outreach"}
    atlas, clerk = current_atlas(poor.store), poor.actor(role)
    with poor.store.reading() as connection:
        for ledger, query, number in links:
            params = parse_qs(query.replace("&amp;", "&"))
            view, problems = read_address(LEDGERS[ledger], atlas, clerk, params)
            assert problems == ()
            found = find(connection, clerk, LEDGERS[ledger], view.selection)
            assert found.total == int(number), query
    assert "最多10分，已到上限" in html


def test_a_measure_is_proposed_at_one_press_and_then_shown(poor, open_ledger) -> None:
    before = {measure["id"] for measure in measures_of(poor)}
    page = open_page(open_ledger, Role.OFFICE_STAFF)
    press = button(page, f"propose-suggest-{WEST_VILLAGE}")
    assert "演示一村" in press.label
    press.click().run()
    assert not page.exception
    assert "等待领导批准" in said(page)
    (measure,) = (one for one in measures_of(poor) if one["id"] not in before)
    assert measure["area_code"] == WEST_VILLAGE
    assert f"measures?record={measure['id']}" in said(page)
    assert not any(str(key).startswith("propose-") for key in keys_of(page))


def test_what_is_open_stands_below_with_its_follow_up(poor, open_ledger) -> None:
    today = clock.today()
    values = {
        "kind": "correction",
        "area_code": WEST_VILLAGE,
        "matter": "演示",
        "proposed_on": today - timedelta(days=9),
        "correct_by": today - timedelta(days=2),
    }
    record = records.create(poor.store, SYSTEM, "measures", values)
    take_step(poor.store, SYSTEM, "measures", record, 1, "approve")
    with poor.store.writing() as connection:  # past the services, which would refuse it
        connection.execute(update(measures).values(follow_up=f"约谈{HOSTILE}"))
    page = open_page(open_ledger, Role.VILLAGE_STAFF)
    text = said(page)
    assert "超期 2 天" in text
    assert "逾期 1" in text
    assert "约谈" in text
    assert "<script" not in text
    assert "名次" not in text, "one village alone has no rank"
    assert "propose-" not in str(keys_of(page)), "a village does not rate itself"


def test_nobody_is_offered_what_they_may_not_do(poor, open_ledger) -> None:
    page = open_page(open_ledger, Role.AUDITOR)
    assert not any(str(key).startswith("propose-") for key in keys_of(page))
    assert "/download/rating" not in said(page)
    assert "/download/rating/ranking.xlsx?period=" in said(open_page(open_ledger, Role.LEADER))


def test_an_address_that_cannot_be_followed_shows_the_own_scope(poor, open_ledger) -> None:
    page = open_page(
        open_ledger, Role.OFFICE_STAFF, area=EAST_NORTH, village=EAST_NORTH, period="x", order="?"
    )
    text = said(page)
    assert "演示三村" not in text
    assert "演示一村" in text


def test_a_township_and_a_period_are_chosen_and_stand_in_the_address(poor, open_ledger) -> None:
    page = open_page(open_ledger, Role.LEADER)
    month = period_of("month", clock.today())
    page.selectbox[0].set_value(month).run()
    assert not page.exception
    assert month.label in said(page)
    page.selectbox[1].set_value("990101002").run()
    assert not page.exception
    assert "2 个村(社区)" in said(page)
    assert "演示一村" not in said(page)


def test_addresses_are_written_as_they_are_read(poor: Office) -> None:
    atlas, leader, today = current_atlas(poor.store), poor.actor(Role.LEADER), clock.today()
    for period in periods_on_offer(today):
        params = {
            "period": period.text,
            "area": "990101002",
            "village": EAST_NORTH,
            "order": "best",
        }
        view = read_view(atlas, leader, params, today)
        assert write_view(view) == params
        assert link(view, village="") == "rating?" + "&".join(
            f"{key}={value}" for key, value in params.items() if key != "village"
        )


def test_the_ledger_of_measures_opens_its_record(poor, open_ledger) -> None:
    values = {
        "kind": "notice",
        "area_code": WEST_VILLAGE,
        "matter": "演示",
        "proposed_on": clock.today(),
    }
    record = records.create(poor.store, SYSTEM, "measures", values)
    for role in WHOLE:
        page = open_ledger("measures", role, record=str(record))
        assert not page.exception
        assert "待批准" in said(page)


def test_the_day_of_a_measure_that_holidays_may_move_says_so(campaign: Office) -> None:
    one = Taken(
        id=1,
        number="DC-1",
        kind="correction",
        area_code=WEST_VILLAGE,
        period="2027年1月",
        state="issued",
        matter="整改",
        proposed_on=date(2027, 1, 4),
        correct_by=date(2027, 1, 18),
        due_on=date(2027, 1, 18),
        due_label="村（社区）限期整改(节假日安排未公布)",
        follow_up=None,
        answer=None,
    )
    atlas = current_atlas(campaign.store)
    shown = open_html([one], Selection(), atlas, date(2027, 1, 10))
    assert "2027-01-18(节假日安排未公布)<small>剩 8 天" in shown
