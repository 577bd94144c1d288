"""The comparison of two people's edits: before, theirs, mine, and what comes of a choice."""

from __future__ import annotations

from typing import Any

from ledger.domain.access import SYSTEM, Role
from ledger.records import service as records
from tests.pages.campaign_office import button, said, section

HOME = "松鹤养老院"


def _other(campaign, **values: Any) -> None:
    """Somebody else saves the institution as it stands."""
    edit = records.Edit(campaign.ids[HOME], campaign.get(HOME)["version"], values)
    records.save(campaign.store, campaign.actor(Role.VILLAGE_STAFF), "institutions", [edit])


def _field(page, key: str):
    fields = [*page.text_input, *page.text_area]
    return next(one for one in fields if (one.key or "").endswith(f"-{key}"))


def _in_form(campaign, open_ledger, **typed: str):
    """A page on which these fields were typed, reviewed and sent after somebody else's save."""
    page = open_ledger("institutions", Role.OFFICE_STAFF, record=str(campaign.ids[HOME]))
    section(page, "institutions", "资料")
    for key, value in typed.items():
        _field(page, key).set_value(value).run()
    return page


def _send(page):
    return button(page, "record-save").click().run()


def _choose(page, words: str):
    choice = next(c for c in page.segmented_control if (c.key or "").startswith("conflict-"))
    return choice.set_value(words).run()


def test_different_fields_merge_after_being_shown(campaign, open_ledger) -> None:
    page = _in_form(campaign, open_ledger, remarks="我的备注")
    _other(campaign, operator="乙公司")
    page = _send(page)
    assert "在您填写期间被 cun 修改过" in said(page)
    assert "自动合并：乙公司" in said(page)
    assert "自动合并：我的备注" in said(page)
    button(page, "conflict-merge").click().run()
    assert "已合并保存 1 条记录" in said(page)
    after = campaign.get(HOME)
    assert (after["operator"], after["remarks"]) == ("乙公司", "我的备注")


def test_a_clash_waits_for_a_choice_and_mine_wins_if_chosen(campaign, open_ledger) -> None:
    page = _in_form(campaign, open_ledger, beds="34", remarks="我的备注")
    _other(campaign, beds=55)
    page = _send(page)
    for words in ("12张", "55张", "34张", "▲ 冲突，请选择"):
        assert words in said(page)
    assert button(page, "conflict-merge").disabled
    _choose(page, "用我的")
    button(page, "conflict-merge").click().run()
    after = campaign.get(HOME)
    assert (after["beds"], after["remarks"]) == (34, "我的备注")


def test_theirs_stays_if_chosen_and_my_other_fields_are_kept(campaign, open_ledger) -> None:
    page = _in_form(campaign, open_ledger, beds="34", remarks="我的备注")
    _other(campaign, beds=55)
    page = _choose(_send(page), "用对方的")
    button(page, "conflict-merge").click().run()
    after = campaign.get(HOME)
    assert (after["beds"], after["remarks"]) == (55, "我的备注")


def test_a_third_editor_leads_to_a_new_comparison(campaign, open_ledger) -> None:
    page = _in_form(campaign, open_ledger, beds="34", remarks="我的备注")
    _other(campaign, beds=55)
    page = _choose(_send(page), "用我的")
    _other(campaign, remarks="第三人的备注")
    button(page, "conflict-merge").click().run()
    assert "第三人的备注" in said(page)
    assert campaign.get(HOME)["beds"] == 55, "nothing was written over the third one"
    _choose(page, "用我的")
    button(page, "conflict-merge").click().run()
    after = campaign.get(HOME)
    assert (after["beds"], after["remarks"]) == (34, "我的备注")


def test_giving_mine_up_leaves_the_record_as_it_is(campaign, open_ledger) -> None:
    page = _in_form(campaign, open_ledger, beds="34")
    _other(campaign, beds=55)
    page = _send(page)
    button(page, "conflict-drop").click().run()
    assert "已放弃您对" in said(page)
    assert campaign.get(HOME)["beds"] == 55
    assert "尚未保存" not in said(page)


def test_the_table_compares_one_record_and_keeps_the_edits_of_others(campaign, open_ledger) -> None:
    campaign.add("另一家", beds=1)
    page = open_ledger("institutions", Role.OFFICE_STAFF, sort="number")
    sheet = page.session_state["ledger-page-institutions"].sheet
    page.session_state[sheet.key] = {
        "edited_rows": {0: {"beds": 34}, 1: {"beds": 2}}, "added_rows": [], "deleted_rows": [],
    }  # fmt: skip
    page.run()
    _other(campaign, beds=55)
    button(page, "edits-save").click().run()
    button(page, "review-save").click().run()
    _choose(page, "用我的")
    button(page, "conflict-merge").click().run()
    assert "已合并保存 2 条记录" in said(page)
    assert (campaign.get(HOME)["beds"], campaign.get("另一家")["beds"]) == (34, 2)
    newest = records.history(campaign.store, SYSTEM, "institutions", campaign.ids[HOME])[0]
    assert (newest.actor, newest.before["beds"], newest.after["beds"]) == ("jingban", 55, 34)
