"""The columns that a person has on show are remembered for them alone."""

from __future__ import annotations

from ledger.domain.access import Role
from ledger.people.own_columns import columns_of, keep_columns
from tests.pages.builders import Office


def test_each_person_finds_their_own_columns_in_their_order(campaign: Office) -> None:
    store, clerk = campaign.store, campaign.actor(Role.OFFICE_STAFF)
    assert columns_of(store, clerk, "leads") is None
    keep_columns(store, clerk, "leads", ["matter", "due_on", "overdue_days", "nothing", "due_on"])
    assert columns_of(store, clerk, "leads") == ("matter", "due_on", "overdue_days")
    keep_columns(store, clerk, "leads", ["state"])
    assert columns_of(store, clerk, "leads") == ("state",)
    keep_columns(store, clerk, "leads", [])
    assert columns_of(store, clerk, "leads") == (), "no column is a choice too"
    assert columns_of(store, clerk, "petitions") is None
    assert columns_of(store, campaign.actor(Role.LEADER), "leads") is None


def test_a_page_opens_with_the_columns_chosen_last_time(campaign: Office, open_ledger) -> None:
    page = open_ledger("institutions", Role.OFFICE_STAFF)
    (chooser,) = [one for one in page.multiselect if one.key == "columns-institutions"]
    chooser.set_value(["phone", "beds"]).run()
    assert [*page.dataframe[0].value][-2:] == ["phone", "beds"]
    again = open_ledger("institutions", Role.OFFICE_STAFF)
    assert [*again.dataframe[0].value][-2:] == ["phone", "beds"]
    other = open_ledger("institutions", Role.VILLAGE_STAFF)
    assert "phone" not in other.dataframe[0].value
