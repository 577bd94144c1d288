"""Ready-made filters of a ledger page: spans of days, what filters find, views under a name."""

from __future__ import annotations

from datetime import timedelta

import pytest
from streamlit.testing.v1 import AppTest

from ledger.domain.access import SYSTEM, Role
from ledger.domain.timing import clock
from ledger.domain.timing.spans import NAMED, read_span
from ledger.people import saved_views
from ledger.people.saved_views import views_of
from ledger.records import service as records
from tests.pages.builders import EAST_SOUTH, WEST_GRID, Office
from tests.pages.campaign_office import button, keys_of, said

OFFICE = Role.OFFICE_STAFF


@pytest.fixture
def dated(campaign: Office) -> Office:
    """A petition of this month and one of two months ago beside what the campaign has."""
    for days in (0, 62):
        values = {
            "registered_on": clock.today() - timedelta(days=days),
            "matter": f"{days}天前",
            "area_code": WEST_GRID,
        }
        records.create(campaign.store, SYSTEM, "petitions", values)
    return campaign


def _matters(page: AppTest) -> list[str]:
    return [matter for table in page.dataframe for matter in table.value["matter"]]


def test_one_press_shows_this_month_and_the_address_stays_relative(dated, open_ledger) -> None:
    page = open_ledger("petitions", OFFICE)
    assert {"0天前", "62天前"} <= set(_matters(page))
    (span,) = [one for one in page.segmented_control if one.label == "登记日期"]
    assert list(span.options) == ["全部", *NAMED.values(), "自选"]
    span.set_value("month").run()
    assert page.query_params["registered_on_within.set"] == "month"
    assert "0天前" in _matters(page)
    assert "62天前" not in _matters(page)
    words = read_span("month").span_label
    (chip,) = [one for one in page.button if (one.key or "").startswith("chip-")]
    assert chip.label == f"登记日期：本月\\({words}\\)"
    chip.click().run()
    assert "registered_on_within.set" not in page.query_params


def test_two_days_of_an_address_are_one_chip(dated, open_ledger) -> None:
    today = clock.today().isoformat()
    days = {"registered_on.ge": today, "registered_on.le": today}
    page = open_ledger("petitions", OFFICE, **days)
    (chip,) = [one for one in page.button if (one.key or "").startswith("chip-")]
    assert chip.label.startswith("登记日期：")
    assert "0天前" in _matters(page)
    assert "62天前" not in _matters(page)


def test_each_of_several_filters_says_what_it_finds(dated, open_ledger) -> None:
    params = {"registered_on_within.set": "today", "matter.contains": "62天前"}
    page = open_ledger("petitions", OFFICE, **params)
    chips = [one.label for one in page.button if (one.key or "").startswith("chip-")]
    assert [label.rpartition(" ")[2] for label in chips] == ["\\(2\\)", "\\(1\\)"]


def test_where_records_lie_is_one_press_away(dated, open_ledger) -> None:
    page = open_ledger("petitions", Role.LEADER, **{"matter.contains": "天前"})
    keys = keys_of(page)
    assert not any(key.startswith("found-") for key in keys), "they lie in one grid only"
    other = {"registered_on": clock.today(), "matter": "东边0天前", "area_code": EAST_SOUTH}
    records.create(dated.store, SYSTEM, "petitions", other)
    page = open_ledger("petitions", Role.LEADER, **{"matter.contains": "天前"})
    found = [one for one in page.button if (one.key or "").startswith("found-")]
    assert len(found) == 2
    assert found[0].label.endswith(" 2")
    found[0].click().run()
    assert sorted(_matters(page)) == ["0天前", "62天前"]


def test_a_view_is_kept_without_what_was_searched_for_and_opened_again(dated, open_ledger) -> None:
    params = {"registered_on_within.set": "month", "q": "张三"}
    page = open_ledger("petitions", OFFICE, **params)
    page.text_input(key="view-name").input("本月信访")
    button(page, "view-save").click().run()
    (kept,) = views_of(dated.store, dated.actor(OFFICE), "petitions")
    assert (kept.name, kept.address) == ("本月信访", "registered_on_within.set=month")
    page = open_ledger("petitions", OFFICE)
    button(page, f"view-row-{kept.id}").click().run()
    assert page.query_params["registered_on_within.set"] == "month"
    assert "q" not in page.query_params
    button(page, f"view-drop-{kept.id}").click().run()
    assert views_of(dated.store, dated.actor(OFFICE), "petitions") == ()


def test_a_view_without_a_name_is_told(dated, open_ledger) -> None:
    page = open_ledger("petitions", OFFICE, **{"registered_on_within.set": "month"})
    button(page, "view-save").click().run()
    assert "起个名字" in said(page)


def test_a_shared_view_reaches_the_own_area_and_below(campaign: Office) -> None:
    store, office = campaign.store, campaign.actor(OFFICE)
    kept = saved_views.save_view(store, office, "leads", "共享的", "bin=1", shared=True)
    saved_views.save_view(store, office, "leads", "自己的", "bin=1")

    def names(role: Role) -> list[tuple[str, bool]]:
        return [(one.name, one.own) for one in views_of(store, campaign.actor(role), "leads")]

    assert names(OFFICE) == [("共享的", True), ("自己的", True)]
    assert names(Role.VILLAGE_STAFF) == [("共享的", False)]
    assert names(Role.LEADER) == [], "the leader's area is above"
    with pytest.raises(Exception, match="视图"):
        saved_views.drop_view(store, campaign.actor(Role.VILLAGE_STAFF), kept)
