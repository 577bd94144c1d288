"""Steps, deadlines and 督办 as each role finds them in a record."""

from __future__ import annotations

import pytest

from ledger.casework import steps
from ledger.domain.access import SYSTEM, Role
from ledger.domain.acts import act_of
from ledger.domain.ledgers import LEDGERS
from ledger.domain.timing import clock
from ledger.domain.workflows import WORKFLOWS, steps_open_to
from ledger.records import service as records
from ledger.records.duties import duties_of
from ledger.records.places.areas import current_atlas
from ledger.records.surroundings import surroundings_of
from tests.ledger.conftest import COUNTY, actor
from tests.pages.campaign_office import button, keys_of, record_of, said, section

ROLES = (Role.GRID_WORKER, Role.VILLAGE_STAFF, Role.OFFICE_STAFF, Role.LEADER, Role.AUDITOR)


def _open(open_ledger, campaign, role: Role, ledger: str = "leads"):
    return open_ledger(ledger, role, record=str(campaign.ids[ledger]))


def _field(page, kind: str, key: str):
    return next(one for one in getattr(page, kind) if (one.key or "").endswith(f"-{key}"))


@pytest.mark.parametrize("role", ROLES[1:])
@pytest.mark.parametrize("ledger", list(WORKFLOWS))
def test_each_role_is_offered_its_own_steps_only(campaign, open_ledger, role, ledger) -> None:
    page = _open(open_ledger, campaign, role, ledger)
    assert not page.exception
    state = record_of(campaign, ledger)["state"]
    open_to_me = steps_open_to(WORKFLOWS[ledger], state, actor(role, COUNTY))
    # What only stops a clock stands beside it.
    mine = {f"step-{step.key}" for step in open_to_me if not step.by_clock}
    offered = {str(key) for key in keys_of(page) if str(key).startswith("step-")}
    assert offered == mine
    assert ("urge-do" in keys_of(page)) == (role in {Role.OFFICE_STAFF, Role.LEADER})
    if not mine:
        assert "下一步由他人办理" in said(page)


@pytest.mark.parametrize("role", ROLES[1:4])
@pytest.mark.parametrize(
    "ledger", ["leads", "petitions", "dispositions", "inspections", "measures"]
)
def test_every_running_clock_has_its_own_button(campaign, open_ledger, role, ledger) -> None:
    page = _open(open_ledger, campaign, role, ledger)
    assert not page.exception
    record, who = record_of(campaign, ledger), actor(role, COUNTY)
    with campaign.store.reading() as connection:
        around = surroundings_of(campaign.store, connection, current_atlas(campaign.store))
    running = [one for one in duties_of(LEDGERS[ledger], record, around) if one.running]
    offered = {
        one.key: act_of(who, ledger, around.clocks.by_key[one.key], record) for one in running
    }
    keys = keys_of(page)
    for key, act in offered.items():
        if act is not None and act.kind in ("step", "acknowledge"):
            assert f"stop-{key}" in keys, act.label
    assert {key for key in keys if str(key).startswith("stop-") and "-do-" not in str(key)
            and "-day-" not in str(key)} <= {f"stop-{key}" for key in offered}  # fmt: skip


def test_the_button_beside_a_clock_opens_its_form(campaign, open_ledger) -> None:
    page = _open(open_ledger, campaign, Role.OFFICE_STAFF, "petitions")
    button(page, "stop-petition_acceptance").click().run()
    assert "step-do-tell" in keys_of(page)
    button(page, "stop-online_respond_24h").click().run()
    button(page, "step-do-respond").click().run()
    assert record_of(campaign, "petitions")["responded_on"] == clock.today()


def test_the_address_of_a_to_do_opens_the_form(campaign, open_ledger) -> None:
    record = str(campaign.ids["petitions"])
    page = open_ledger("petitions", Role.OFFICE_STAFF, record=record, step="tell")
    assert "step-do-tell" in keys_of(page)


def test_overdue_deadlines_say_so_in_words_with_their_basis(campaign, open_ledger) -> None:
    page = _open(open_ledger, campaign, Role.AUDITOR)
    assert "▲ 超期" in said(page)
    page = _open(open_ledger, campaign, Role.AUDITOR, "petitions")
    assert "信访工作条例" in said(page)
    assert "办理状态:<b>已登记</b>" in said(page)


def test_a_step_says_what_is_missing_and_keeps_what_was_typed(campaign, open_ledger) -> None:
    page = _open(open_ledger, campaign, Role.VILLAGE_STAFF)
    button(page, "step-verify").click().run()
    _field(page, "text_input", "lead_official").set_value("周书记").run()
    button(page, "step-do-verify").click().run()
    assert "请先补齐：承办人" in said(page)
    assert _field(page, "text_input", "lead_official").value == "周书记"
    assert record_of(campaign, "leads")["state"] == "registered"
    _field(page, "text_input", "handler").set_value("吴专干").run()
    button(page, "step-do-verify").click().run()
    assert "已开始核查，现为“核查中”" in said(page)
    after = record_of(campaign, "leads")
    assert (after["state"], after["handler"], after["lead_official"]) == (
        "verifying", "吴专干", "周书记",
    )  # fmt: skip
    section(page, "leads", "历史")
    assert "<b>办理</b>" in said(page)
    assert "说明：开始核查" in said(page)


def test_a_step_on_a_record_that_moved_on_keeps_what_was_typed(campaign, open_ledger) -> None:
    page = _open(open_ledger, campaign, Role.VILLAGE_STAFF)
    button(page, "step-verify").click().run()
    _field(page, "text_input", "handler").set_value("吴专干").run()
    lead = campaign.ids["leads"]
    real, calls = steps.take_step, []

    def overtaken(*given, **named):
        if not calls:
            calls.append(1)
            records.save(campaign.store, SYSTEM, "leads", [records.Edit(lead, 1, {"amount": 5})])
        return real(*given, **named)

    steps.take_step = overtaken
    try:
        button(page, "step-do-verify").click().run()
    finally:
        steps.take_step = real
    assert "已换成最新内容" in said(page)
    assert _field(page, "text_input", "handler").value == "吴专干"
    button(page, "step-do-verify").click().run()
    after = record_of(campaign, "leads")
    assert (after["state"], after["handler"], after["amount"]) == ("verifying", "吴专干", 5)


def test_unsaved_edits_come_before_the_next_step(campaign, open_ledger) -> None:
    page = section(_open(open_ledger, campaign, Role.OFFICE_STAFF), "leads", "资料")
    _field(page, "text_area", "remarks").set_value("补充").run()
    section(page, "leads", "办理")
    assert "请先保存或放弃" in said(page)
    assert "step-verify" not in keys_of(page)


def test_a_leader_urges_and_the_history_says_so(campaign, open_ledger) -> None:
    page = _open(open_ledger, campaign, Role.LEADER)
    button(page, "urge-do").click().run()
    assert "请填写督办意见" in said(page)
    _field(page, "text_area", str(campaign.ids["leads"])).set_value("三日内查清").run()
    button(page, "urge-do").click().run()
    assert "已督办" in said(page)
    section(page, "leads", "历史")
    assert "<b>督办</b>" in said(page)
    assert "督办意见：三日内查清" in said(page)
