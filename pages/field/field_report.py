"""Short forms for what somebody sees or hears on the way: a lead, a petition's matter, an unknown
place."""

from __future__ import annotations

import streamlit as st

from ledger.casework.short_reports import REPORTS, UNLISTED, Report, kind_of
from ledger.domain.access import Action
from ledger.domain.errors import Invalid, LedgerError
from ledger.domain.ledgers import ledger_named
from ledger.operations.turns import runs
from ledger.records import service as records
from ledger.records.history.drafts import form_name
from pages._text import plain, safe
from pages._ui import guard
from pages._ui.field_frame import headline, home_of, lead_to, run_again, section, way_back
from pages.field.field_form import FieldForm
from pages.field.report_place import area_field, institution_field, own_area


@st.fragment
@runs.turn()
def show_report(who: guard.Visitor, kind: str) -> None:
    """One short form from its first field to the 编号 it was given."""
    report = REPORTS[kind]
    ledger = ledger_named(report.ledger)
    who.actor.require(Action.CREATE, ledger.key)
    headline(report.title, safe(report.said))
    form = FieldForm(guard.store(), who.actor, ledger, f"{form_name(ledger.key, None)}/{kind}")
    if not form.open({**report.fresh, "area_code": own_area(who.actor)}):
        way_back(who.actor)
        return
    if form.typed.stage == "done":
        _show_done(form, report)
        return
    way_back(who.actor)
    if kind == UNLISTED and who.actor.may(Action.CREATE, "institutions"):
        st.html(
            '<p class="field-quiet">您也可以直接在<a href="institutions" target="_self">'
            "养老服务机构台账</a>里新增，然后走访。</p>"
        )
    for key in report.fields:
        form.field(ledger.by_key[key])
    if kind != UNLISTED:
        institution_field(form)
    area_field(form)
    _protected(form, report)
    form.keep()
    _save(form, report, kind)


def _protected(form: FieldForm, report: Report) -> None:
    if not report.protected:
        return
    section("受保护信息", "可不填")
    st.caption("加密保存，只有经办人员说明理由才能查看；草稿中也是加密的。")
    for key in report.protected:
        form.field(form.ledger.by_key[key])


def _save(form: FieldForm, report: Report, kind: str) -> None:
    typed = form.typed
    for line in typed.refused:
        st.error(plain(line, 400), icon=":material/error:")
    with st.container(key="field-save"):
        pressed = st.button(
            "提交",
            type="primary",
            icon=":material/send:",
            key=f"report-save-{kind}",
            width="stretch",
        )
    if not pressed:
        return
    values = form.typed.parsed(form.ledger)
    values |= report.stamped()
    for key in ("registered_at", "registered_on"):
        typed.problems.pop(key, None)
    typed.refused = _problems(form, report)
    if not typed.refused:
        try:
            made = records.create(form.store, form.actor, report.ledger, values, token=typed.token)
            form.saved(records.get(form.store, form.actor, report.ledger, made))
        except Invalid as invalid:
            typed.refused = [str(problem) for problem in invalid.problems]
        except LedgerError as error:
            typed.refused = [str(error)]
    run_again()


def _problems(form: FieldForm, report: Report) -> list[str]:
    problems = form.typed.problems
    if report.untouched(form.typed.values):
        problems["matter"] = "请写明场所的名称、地址和看到的情况"
    if not problems:
        return []
    return [f"还不能提交，请先填写或改正：{'、'.join(map(form.ledger.label_of, problems))}。"]


def _show_done(form: FieldForm, report: Report) -> None:
    saved = form.typed.done
    st.success(f"已提交，编号 {plain(saved['number'])}。", icon=":material/check_circle:")
    if saved.get("major"):
        st.info("这是重大线索，已提示镇（街道）领导签收。", icon=":material/priority_high:")
    with st.container(horizontal=True):
        again = st.button("再报一条", key="report-again")
        home = st.button("返回", type="primary", key="report-home")
    if again or home:
        form.forget()
        if home:
            lead_to(home_of(form.actor))
        st.query_params.from_dict({"new": kind_of(report)})
        st.rerun()
