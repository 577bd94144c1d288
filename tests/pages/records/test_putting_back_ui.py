"""恢复 in the history of a record: one field, one change, one whole save."""

from __future__ import annotations

import pytest

from ledger.domain.access import SYSTEM, Role
from ledger.records import service as records
from tests.pages.campaign_office import button, keys_of, record_of, said, section


def _save(campaign, **values) -> int:
    """Somebody changes the lead; returns the entry of the log."""
    lead = record_of(campaign, "leads")
    records.save(
        campaign.store, SYSTEM, "leads", [records.Edit(lead["id"], lead["version"], values)]
    )
    return records.history(campaign.store, SYSTEM, "leads", lead["id"])[0].id


def _history(campaign, open_ledger, role: Role = Role.OFFICE_STAFF):
    page = open_ledger("leads", role, record=str(campaign.ids["leads"]))
    return section(page, "leads", "历史")


def _put_back(page, entry: int, what: str | None, why: str = "录入有误"):
    if what is not None:
        page.selectbox(key=f"putback-what-{entry}").set_value(what)
    page.text_input(key=f"putback-why-{entry}").set_value(why).run()
    return button(page, f"putback-do-{entry}").click().run()


def test_one_field_is_put_back_and_the_others_stay(campaign, open_ledger) -> None:
    entry = _save(campaign, amount=100, people=3)
    page = _put_back(_history(campaign, open_ledger), entry, "amount")
    assert "已恢复 1 条记录" in said(page)
    after = record_of(campaign, "leads")
    assert (after["amount"], after["people"]) == (None, 3)
    assert "理由：恢复：录入有误" in said(page)


def test_a_change_is_put_back_and_what_changed_again_is_named(campaign, open_ledger) -> None:
    entry = _save(campaign, amount=100, people=3)
    _save(campaign, people=4)
    page = _put_back(_history(campaign, open_ledger), entry, None)
    assert "没有恢复：XS-000001“涉及人数”" in said(page)
    after = record_of(campaign, "leads")
    assert (after["amount"], after["people"]) == (None, 4)


def test_a_reason_is_needed(campaign, open_ledger) -> None:
    entry = _save(campaign, amount=100)
    page = _put_back(_history(campaign, open_ledger), entry, None, "")
    assert "请填写恢复原因" in said(page)
    assert record_of(campaign, "leads")["amount"] == 100


def test_a_whole_save_is_put_back_with_all_its_records(campaign, open_ledger) -> None:
    fresh = {"registered_at": "2026-05-20", "source": "other", "matter": "另一条"}
    place = record_of(campaign, "leads")["area_code"]
    other = records.create(campaign.store, SYSTEM, "leads", {**fresh, "area_code": place})
    lead = record_of(campaign, "leads")
    edits = [records.Edit(lead["id"], 1, {"amount": 7}), records.Edit(other, 1, {"amount": 8})]
    records.save(campaign.store, SYSTEM, "leads", edits)
    entry = records.history(campaign.store, SYSTEM, "leads", lead["id"])[0].id
    page = _history(campaign, open_ledger)
    page.selectbox(key=f"putback-what-{entry}").set_value("\0save").run()
    assert "新增 0 条、修改 2 条" in said(page)
    page = _put_back(page, entry, None)
    assert "已恢复 2 条记录" in said(page)
    assert record_of(campaign, "leads")["amount"] is None
    assert records.get(campaign.store, SYSTEM, "leads", other)["amount"] is None


@pytest.mark.parametrize("role", [Role.VILLAGE_STAFF, Role.LEADER, Role.AUDITOR])
def test_who_may_not_edit_is_offered_nothing_to_put_back(campaign, open_ledger, role) -> None:
    _save(campaign, amount=100)
    page = _history(campaign, open_ledger, role)
    assert "涉及金额" in said(page)
    assert not any(str(key).startswith("putback-") for key in keys_of(page))


def test_dates_and_sealed_texts_stand_in_words_in_the_history(campaign, open_ledger) -> None:
    _save(campaign, registered_at="2026-05-20 09:30", informant="周五福")
    text = said(_history(campaign, open_ledger))
    assert "2026-05-20 09:30" in text
    assert "周**" in text
    assert "周五福" not in text
    assert '"c":' not in text
