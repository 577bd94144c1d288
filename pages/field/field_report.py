"""Short forms for what somebody sees or hears on the way: a lead, a petition's matter, an unknown
place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from ledger.casework.visiting import read_places
from ledger.domain.access import Action, Actor
from ledger.domain.errors import Invalid, LedgerError
from ledger.domain.ledgers import ledger_named
from ledger.domain.timing import clock
from ledger.operations.turns import runs
from ledger.records import service as records
from ledger.records.history.drafts import form_name
from pages._text import plain, safe
from pages._ui import guard
from pages._ui.area_picker import areas_for_records
from pages._ui.cells import area_words
from pages._ui.field_frame import (
    headline,
    home_of,
    lead_to,
    parameter,
    run_again,
    section,
    way_back,
)
from pages.field.field_form import FieldForm

LEAD, PETITION, UNLISTED = "lead", "petition", "unlisted"
_SMALL = frozenset({"village", "grid"})


@dataclass(frozen=True)
class Report:
    """One short form: its ledger, what stands above it, its fields and what is given with it."""

    ledger: str
    title: str
    said: str
    fields: tuple[str, ...]
    protected: tuple[str, ...]
    fresh: Mapping[str, str]


REPORTS: Mapping[str, Report] = {
    LEAD: Report(
        "leads",
        "上报线索",
        "写清何时、何地、何人、何事；重大线索会立即提示镇（街道）领导。",
        ("matter", "major", "source", "fraud_type", "amount", "people"),
        ("suspect", "informant", "informant_phone"),
        {"source": "群众举报"},
    ),
    PETITION: Report(
        "petitions",
        "登记信访事项",
        "只按事项和地点登记；由镇（街道）经办受理，您可在待办里看到进展。",
        ("matter", "channel", "kind", "field", "elder_care", "repeat", "people"),
        ("petitioner", "petitioner_phone"),
        {"channel": "来访"},
    ),
    UNLISTED: Report(
        "leads",
        "上报未登记场所",
        "台账里没有的场所先作为线索上报，由镇（街道）核实后建档，再补做走访。",
        ("matter", "major", "people", "amount"),
        (),
        {"source": "排查发现", "matter": "发现未登记的养老服务场所。名称：；地址：；情况："},
    ),
}


@st.fragment
@runs.turn()
def show_report(who: guard.Visitor, kind: str) -> None:
    """One short form from its first field to the 编号 it was given."""
    report = REPORTS[kind]
    ledger = ledger_named(report.ledger)
    who.actor.require(Action.CREATE, ledger.key)
    headline(report.title, safe(report.said))
    form = FieldForm(guard.store(), who.actor, ledger, f"{form_name(ledger.key, None)}/{kind}")
    if not form.open({**report.fresh, "area_code": _own_area(who.actor)}):
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
        _institution(form)
    _area(form)
    _protected(form, report)
    form.keep()
    _save(form, report, kind)


def _own_area(actor: Actor) -> str | None:
    """The own grid or village; who looks after more says where it was."""
    area = guard.atlas().get(actor.scope_code)
    return area.code if area is not None and area.level in _SMALL else None


def _institution(form: FieldForm) -> None:
    """Which institution it concerns, if one of those in scope."""
    places = read_places(form.store, form.actor, guard.atlas()).listed
    names = {place.number: place.name for place in places}
    typed = form.typed
    given = typed.values.get("institution") or parameter("institution")
    key = f"report-institution-{typed.token[:8]}"
    if key not in st.session_state and given in names:
        st.session_state[key] = given
    chosen = st.selectbox(
        "涉及机构（没有可不选）",
        list(names),
        index=None,
        format_func=names.__getitem__,
        placeholder="不涉及台账内的机构",
        key=key,
    )
    if chosen or "institution" in typed.values:
        typed.values["institution"] = chosen


def _area(form: FieldForm) -> None:
    """The own grid as words; a choice for those who look after more than one area."""
    atlas, actor, typed = guard.atlas(), form.actor, form.typed
    key = f"report-area-{typed.token[:8]}"
    areas = areas_for_records(atlas, actor, key, typed.values.get("area_code"))
    codes = [area.code for area in areas]
    if len(codes) == 1:
        typed.values["area_code"] = codes[0]
        name = plain(atlas[codes[0]].name)
        st.markdown(f":material/location_on: 所属区域：{name}")
        return
    if key not in st.session_state and typed.values.get("area_code") in codes:
        st.session_state[key] = typed.values["area_code"]
    typed.values["area_code"] = st.selectbox(
        "所属区域 :red[（必填）]",
        codes,
        index=None,
        placeholder="选择村（社区）或网格",
        format_func=lambda code: area_words(atlas, code, actor.scope_path),
        key=key,
    )


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
    values = form.parsed()
    values |= _stamped(report)
    for key in ("registered_at", "registered_on"):
        typed.problems.pop(key, None)
    typed.refused = _problems(form, kind)
    if not typed.refused:
        try:
            made = records.create(form.store, form.actor, report.ledger, values, token=typed.token)
            form.saved(records.get(form.store, form.actor, report.ledger, made))
        except Invalid as invalid:
            typed.refused = [str(problem) for problem in invalid.problems]
        except LedgerError as error:
            typed.refused = [str(error)]
    run_again()


def _stamped(report: Report) -> dict[str, Any]:
    """The moment of registration is that of the save."""
    if report.ledger == "leads":
        return {"registered_at": clock.local_text(clock.now())}
    return {"registered_on": clock.today()}


def _problems(form: FieldForm, kind: str) -> list[str]:
    problems = form.typed.problems
    if kind == UNLISTED and form.typed.values.get("matter") == REPORTS[UNLISTED].fresh["matter"]:
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
        st.query_params.from_dict({"new": _kind_of(report)})
        st.rerun()


def _kind_of(report: Report) -> str:
    return next(kind for kind, one in REPORTS.items() if one is report)
