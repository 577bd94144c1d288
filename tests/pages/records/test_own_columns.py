"""The columns that a person has on show, and how wide they drew them, are remembered for them
alone."""

from __future__ import annotations

import json

from streamlit.testing.v1 import AppTest

from ledger.domain.access import Role
from ledger.people.own_columns import NARROWEST, WIDEST, OwnColumns, columns_of, keep_columns
from pages.records.ledger.drawn_lists import Sheet
from pages.records.ledger.memory import Memory
from tests.pages.builders import Office

CLERK = Role.OFFICE_STAFF


def test_each_person_finds_their_own_columns_in_their_order(campaign: Office) -> None:
    store, clerk = campaign.store, campaign.actor(CLERK)
    assert columns_of(store, clerk, "leads") == OwnColumns()
    given = ["matter", "due_on", "overdue_days", "nothing", "due_on"]
    keep_columns(store, clerk, "leads", shown=given)
    assert columns_of(store, clerk, "leads").shown == ("matter", "due_on", "overdue_days")
    keep_columns(store, clerk, "leads", shown=["state"])
    assert columns_of(store, clerk, "leads").shown == ("state",)
    keep_columns(store, clerk, "leads", shown=[])
    assert columns_of(store, clerk, "leads").shown == (), "no column is a choice too"
    assert columns_of(store, clerk, "petitions") == OwnColumns()
    assert columns_of(store, campaign.actor(Role.LEADER), "leads") == OwnColumns()


def test_widths_are_kept_beside_the_order_and_within_what_the_grid_allows(
    campaign: Office,
) -> None:
    store, clerk = campaign.store, campaign.actor(CLERK)
    keep_columns(store, clerk, "outreach", widths={"place": 90, "nothing": 300})
    assert columns_of(store, clerk, "outreach") == OwnColumns(None, {"place": 90})
    keep_columns(store, clerk, "outreach", shown=["place"])
    keep_columns(store, clerk, "outreach", widths={"number": 1, "remarks": 99_999})
    widths = {"place": 90, "number": NARROWEST, "remarks": WIDEST}
    assert columns_of(store, clerk, "outreach") == OwnColumns(("place",), widths)


def test_a_page_opens_with_the_columns_chosen_last_time(campaign: Office, open_ledger) -> None:
    page = open_ledger("institutions", CLERK)
    (chooser,) = [one for one in page.multiselect if one.key == "columns-institutions"]
    chooser.set_value(["phone", "beds"]).run()
    assert [*page.dataframe[0].value][-2:] == ["phone", "beds"]
    again = open_ledger("institutions", CLERK)
    assert [*again.dataframe[0].value][-2:] == ["phone", "beds"]
    other = open_ledger("institutions", Role.VILLAGE_STAFF)
    assert "phone" not in other.dataframe[0].value


def _sheet(page: AppTest) -> Sheet:
    memory: Memory = page.session_state["ledger-page-measures"]
    assert memory.sheet is not None
    return memory.sheet


def test_a_table_stays_when_its_columns_are_drawn_and_the_next_one_follows(
    campaign: Office, open_ledger
) -> None:
    """The browser (columns.js) tells of it what it shows already: drawing the table anew would lose
    the cell that the cursor is in."""
    page = open_ledger("measures", CLERK)
    before = _sheet(page)
    shown = [key for key in before.keys if key not in ("number", "matter")][::-1]
    keep_columns(
        campaign.store, campaign.actor(CLERK), "measures", shown=shown, widths={shown[0]: 77}
    )
    page.run()
    assert _sheet(page).key == before.key
    (chooser,) = [one for one in page.multiselect if one.key == "columns-measures"]
    assert chooser.value[:2] == shown[:2]
    page.query_params["sort"] = "number"
    page.run()
    after = _sheet(page)
    assert after.key != before.key
    assert [key for key in after.keys if key in shown] == shown
    columns = json.loads(page.dataframe[0].proto.columns)
    assert columns[shown[0]]["width"] == 77
    assert columns[shown[1]]["width"] != 77
