"""A step asks about the fact it proposes; the institution's record asks what is open."""

from __future__ import annotations

import re
from typing import Any

from ledger.casework import steps
from ledger.domain.access import SYSTEM, Role
from ledger.records import service as records
from ledger.records.query import Condition, Selection
from ledger.records.service import Edit
from tests.pages.campaign_office import Office, Open, button, record_of, said, section


def _verifying(campaign: Office) -> None:
    home = record_of_home(campaign)
    edit = Edit(home["id"], home["version"], {"complained": "否", "suspected_crime": "否"})
    records.save(campaign.store, SYSTEM, "institutions", [edit])
    lead = record_of(campaign, "leads")
    steps.take_step(
        campaign.store, SYSTEM, "leads", lead["id"], lead["version"], "verify", {"handler": "甲"}
    )


def record_of_home(campaign: Office) -> dict[str, Any]:
    wanted = Selection(conditions=(Condition("name", "eq", "松鹤养老院"),))
    found = records.search(campaign.store, SYSTEM, "institutions", wanted).rows[0]
    return records.get(campaign.store, SYSTEM, "institutions", found["id"])


def _concluding(campaign: Office, open_ledger: Open) -> Any:
    _verifying(campaign)
    page = open_ledger("leads", Role.OFFICE_STAFF, record=str(campaign.ids["leads"]))
    button(page, "step-conclude").click().run()
    field = next(one for one in page.selectbox if (one.key or "").endswith("conclude-finding"))
    field.set_value("属实").run()
    texts = next(one for one in page.text_area if (one.key or "").endswith("-verification"))
    texts.set_value("现场核实").run()
    return page


def _choice(page: Any) -> Any:
    return next(one for one in page.segmented_control if "complained" in (one.key or ""))


def test_step_asks_and_sets_the_fact(campaign: Office, open_ledger: Open) -> None:
    page = _concluding(campaign, open_ledger)
    assert not page.exception
    button(page, "step-do-conclude").click().run()
    assert "请先就机构事实作出选择：被投诉举报" in said(page)
    _choice(page).set_value("改为“是”").run()
    button(page, "step-do-conclude").click().run()
    assert not page.exception
    assert record_of(campaign, "leads")["state"] == "verified"
    assert record_of_home(campaign)["complained"] is True


def test_step_keeps_the_fact_only_with_a_reason(campaign: Office, open_ledger: Open) -> None:
    page = _concluding(campaign, open_ledger)
    _choice(page).set_value("保持不变").run()
    button(page, "step-do-conclude").click().run()
    assert "请填写理由" in said(page)
    why = next(one for one in page.text_input if (one.key or "").endswith("-why"))
    why.set_value("举报的是同名机构").run()
    button(page, "step-do-conclude").click().run()
    assert record_of(campaign, "leads")["state"] == "verified"
    assert record_of_home(campaign)["complained"] is False


def test_record_lists_open_questions_and_origins(campaign: Office, open_ledger: Open) -> None:
    _verifying(campaign)
    lead = record_of(campaign, "leads")
    values = {"finding": "属实", "verification": "现场核实"}
    steps.take_step(
        campaign.store, SYSTEM, "leads", lead["id"], lead["version"], "conclude", values
    )
    home = record_of_home(campaign)
    page = open_ledger("institutions", Role.OFFICE_STAFF, record=str(home["id"]))
    assert not page.exception
    assert "其他台账提出、等待处理的事实" in said(page)
    _choice(page).set_value("改为“是”").run()
    next(one for one in page.button if (one.key or "").startswith("asked-complained")).click().run()
    assert record_of_home(campaign)["complained"] is True
    leader = open_ledger("institutions", Role.LEADER, record=str(home["id"]))
    bodies = _bodies(leader)
    assert re.search("被投诉举报.{30,60}来源：<[^>]*>线索<[^>]*> <a href=.leads", bodies)


def test_history_tells_the_decision_without_stored_keys(
    campaign: Office, open_ledger: Open
) -> None:
    page = _concluding(campaign, open_ledger)
    _choice(page).set_value("改为“是”").run()
    button(page, "step-do-conclude").click().run()
    shown = open_ledger("leads", Role.OFFICE_STAFF, record=str(campaign.ids["leads"]))
    bodies = _bodies(section(shown, "leads", "历史"))
    assert re.search("机构事实<[^>]*>：<[^>]*>被投诉举报", bodies)
    assert "complained" not in bodies


def _bodies(page: Any) -> str:
    return "".join(str(one.proto.body) for one in page.get("html"))


def test_answer_in_a_step_stands_in_the_form_again_after_a_reload(
    campaign: Office, open_ledger: Open
) -> None:
    page = _concluding(campaign, open_ledger)
    _choice(page).set_value("保持不变").run()
    _why(page).set_value("举报的是同名机构").run()
    again = open_ledger("leads", Role.OFFICE_STAFF, record=str(campaign.ids["leads"]))
    assert _choice(again).value == "保持不变"
    assert _why(again).value == "举报的是同名机构"
    button(again, "step-do-conclude").click().run()
    assert record_of(campaign, "leads")["state"] == "verified"
    assert record_of_home(campaign)["complained"] is False


def test_answer_in_a_step_stays_when_somebody_else_saves_the_case(
    campaign: Office, open_ledger: Open
) -> None:
    page = _concluding(campaign, open_ledger)
    _choice(page).set_value("改为“是”").run()
    lead = record_of(campaign, "leads")
    edit = Edit(lead["id"], lead["version"], {"source_number": "〔2026〕1号"})
    records.save(campaign.store, SYSTEM, "leads", [edit])
    button(page, "step-do-conclude").click().run()
    assert "您填写的都还在" in said(page)
    assert _choice(page).value == "改为“是”"
    assert record_of(campaign, "leads")["state"] == "verifying"
    button(page, "step-do-conclude").click().run()
    assert record_of_home(campaign)["complained"] is True


def test_answer_to_a_step_that_is_gone_is_told_to_be_copied(
    campaign: Office, open_ledger: Open
) -> None:
    page = _concluding(campaign, open_ledger)
    _choice(page).set_value("保持不变").run()
    _why(page).set_value("举报的是同名机构").run()
    lead = record_of(campaign, "leads")
    values = {"finding": "不属实", "verification": "查无此事"}
    steps.take_step(
        campaign.store, SYSTEM, "leads", lead["id"], lead["version"], "conclude", values
    )
    again = open_ledger("leads", Role.OFFICE_STAFF, record=str(campaign.ids["leads"]))
    assert "被投诉举报：保持不变，举报的是同名机构" in said(again)


def test_deleted_visit_is_asked_about_once_and_the_reason_survives_a_reload(
    campaign: Office, open_ledger: Open
) -> None:
    home = record_of_home(campaign)
    visit = record_of(campaign, "inspections")
    edit = Edit(visit["id"], visit["version"], {"residents": 7})
    records.save(campaign.store, SYSTEM, "inspections", [edit])
    versions = {visit["id"]: visit["version"] + 1}
    records.delete(campaign.store, SYSTEM, "inspections", versions, reason="记错机构")
    page = open_ledger("institutions", Role.OFFICE_STAFF, record=str(home["id"]))
    bodies = _bodies(page).replace("\u2060", "")
    assert "原来依据的排查走访已移入回收站" in bodies
    assert "下列 2 项是由它写明的" in bodies
    (choice,) = (one for one in page.segmented_control if "inspections" in (one.key or ""))
    choice.set_value("保持不变").run()
    _why(page).set_value("电话核实过").run()
    again = open_ledger("institutions", Role.OFFICE_STAFF, record=str(home["id"]))
    assert _why(again).value == "电话核实过"
    button(again, "asked-inspections").click().run()
    assert not again.exception
    assert "等待处理的事实" not in said(again)
    assert record_of_home(campaign)["residents"] == 7


def _why(page: Any) -> Any:
    return next(one for one in page.text_input if (one.key or "").endswith("-why"))
