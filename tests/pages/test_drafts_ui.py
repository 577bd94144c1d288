"""What was typed is offered again after the session is lost, and gone once it was saved."""

from __future__ import annotations

from ledger import records
from ledger.access import SYSTEM, Role
from ledger.history import drafts
from ledger.history.drafts import form_name
from tests.pages.campaign_office import button, keys_of, record_of, said, section


def _field(page, key: str):
    fields = [*page.text_input, *page.text_area, *page.date_input, *page.selectbox]
    return next(one for one in fields if (one.key or "").endswith(f"-{key}"))


def _facts(campaign, open_ledger, role: Role = Role.OFFICE_STAFF):
    return open_ledger("leads", role, record=str(campaign.ids["leads"]))


def _draft(campaign, record_id: int | None):
    actor = campaign.actor(Role.OFFICE_STAFF)
    return drafts.find(campaign.store, actor, form_name("leads", record_id))


def _type(campaign, open_ledger) -> None:
    """Typed into the form, and then the connection is gone: nobody saved."""
    page = section(_facts(campaign, open_ledger), "leads", "资料")
    _field(page, "remarks").set_value("写了一半").run()
    _field(page, "informant").set_value("钱七").run()
    assert _draft(campaign, campaign.ids["leads"]).values == {"remarks": "写了一半"}


def test_a_lost_sessions_text_is_offered_and_taken_up(campaign, open_ledger) -> None:
    _type(campaign, open_ledger)
    page = _facts(campaign, open_ledger)
    assert "发现未保存的草稿" in said(page)
    assert "备注" in said(page)
    button(page, "draft-take").click().run()
    assert "1 处修改尚未保存" in said(page)
    assert _field(section(page, "leads", "资料"), "remarks").value == "写了一半"
    button(page, "record-save").click().run()
    button(page, "review-save").click().run()
    assert record_of(campaign, "leads")["remarks"] == "写了一半"
    assert _draft(campaign, campaign.ids["leads"]) is None
    assert "发现未保存的草稿" not in said(_facts(campaign, open_ledger))


def test_a_draft_thrown_away_is_gone(campaign, open_ledger) -> None:
    _type(campaign, open_ledger)
    page = _facts(campaign, open_ledger)
    button(page, "draft-drop").click().run()
    assert "尚未保存" not in said(page)
    assert _draft(campaign, campaign.ids["leads"]) is None


def test_nobody_is_offered_anothers_draft(campaign, open_ledger) -> None:
    _type(campaign, open_ledger)
    assert "发现未保存的草稿" not in said(_facts(campaign, open_ledger, Role.LEADER))
    assert "草稿" not in said(_facts(campaign, open_ledger, Role.VILLAGE_STAFF))


def test_a_draft_on_an_older_version_is_compared_at_once(campaign, open_ledger) -> None:
    _type(campaign, open_ledger)
    lead = campaign.ids["leads"]
    edit = records.Edit(lead, 1, {"remarks": "他人先写了", "amount": 9})
    records.save(campaign.store, SYSTEM, "leads", [edit])
    page = _facts(campaign, open_ledger)
    button(page, "draft-take").click().run()
    for words in ("他人先写了", "写了一半", "▲ 冲突，请选择"):
        assert words in said(page)
    choice = next(c for c in page.segmented_control if (c.key or "").startswith("conflict-"))
    choice.set_value("用我的").run()
    button(page, "conflict-merge").click().run()
    after = record_of(campaign, "leads")
    assert (after["remarks"], after["amount"]) == ("写了一半", 9)
    assert _draft(campaign, lead) is None


def test_what_was_typed_and_given_up_leaves_no_draft(campaign, open_ledger) -> None:
    page = section(_facts(campaign, open_ledger), "leads", "资料")
    _field(page, "remarks").set_value("不要了").run()
    button(page, "record-drop").click().run()
    assert _draft(campaign, campaign.ids["leads"]) is None


def test_a_new_record_half_typed_is_offered_and_added_once(campaign, open_ledger) -> None:
    page = open_ledger("leads", Role.OFFICE_STAFF)
    button(page, "add").click().run()
    assert _draft(campaign, None) is None, "an untouched form is no draft"
    _field(page, "matter").set_value("电话推销").run()
    _field(page, "source").set_value("群众举报").run()
    page = open_ledger("leads", Role.OFFICE_STAFF)
    assert "发现未保存的草稿" in said(page)
    button(page, "draft-take").click().run()
    assert _field(page, "matter").value == "电话推销"
    _field(page, "area_code").set_value(record_of(campaign, "leads")["area_code"]).run()
    button(page, "adding-save").click().run()
    assert "已新增 XS-000002" in said(page)
    assert _draft(campaign, None) is None
    page = open_ledger("leads", Role.OFFICE_STAFF)
    assert not {"draft-take"} & keys_of(page)
