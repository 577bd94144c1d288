"""Forms that an office keeps: one click the second time, and what was sent."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.domain.access import SYSTEM, Actor, Role
from ledger.domain.errors import Invalid, NotFound
from ledger.domain.timing import clock
from ledger.records import service as records
from ledger.reporting.forms.filling import fill_form
from ledger.reporting.forms.form_answers import FormAnswers, answers_text, parse_answers
from ledger.reporting.forms.kept_forms import (
    answer_form,
    fill_kept,
    forget_form,
    keep_form,
    kept_form,
    kept_forms,
)
from ledger.reporting.forms.sent_forms import changed_since, mark_sent, sent_of
from ledger.storage import Store
from tests.ledger.conftest import COUNTY, EAST, WEST, WEST_VILLAGE, actor
from tests.ledger.reporting.forms.drawn import Drawn, values


@pytest.fixture
def office() -> Actor:
    return actor(Role.OFFICE_STAFF, WEST)


@pytest.fixture
def blank(tmp_path: Path) -> Path:
    form = Drawn("信访情况月报").rows(("所属领域", "上访数"), ("其他", None))
    return form.save(tmp_path / "信访月报.xlsx")


def petition(store: Store) -> None:
    row = {"registered_on": clock.today(), "matter": "押金", "area_code": WEST_VILLAGE}
    records.create(store, SYSTEM, "petitions", {**row, "field": "other"})


def test_answers_are_asked_once(store: Store, office: Actor, blank: Path) -> None:
    petition(store)
    number = keep_form(store, office, blank)
    first = fill_kept(store, office, number)
    assert values(first) == {}
    assert [(one.about, one.asks) for one in first.open] == [("headers", "上访数")]
    answer_form(store, office, number, FormAnswers(headers={"上访数": "petitions"}))
    assert values(fill_kept(store, office, number)) == {"B3": 1}
    assert keep_form(store, office, blank) == number, "the same form again keeps its answers"
    assert values(fill_form(store, office, blank)) == {"B3": 1}, "by the command as well"
    with pytest.raises(Invalid):
        answer_form(store, office, number, FormAnswers(headers={"上访数": "nothing"}))


def test_a_form_is_used_below_and_answered_by_each_office(
    store: Store, office: Actor, blank: Path
) -> None:
    above, beside = actor(Role.LEADER, COUNTY), actor(Role.OFFICE_STAFF, EAST)
    number = keep_form(store, above, blank)
    assert [(one.id, one.own) for one in kept_forms(store, office)] == [(number, False)]
    answer_form(store, office, number, FormAnswers(headers={"上访数": "petitions"}))
    assert kept_form(store, above, number).answers == FormAnswers()
    own = next(one for one in kept_forms(store, office) if one.own)
    assert own.answers.headers == {"上访数": "petitions"}
    with pytest.raises(NotFound):
        kept_form(store, beside, own.id)
    with pytest.raises(NotFound):
        forget_form(store, office, number)
    forget_form(store, office, own.id)
    assert [one.id for one in kept_forms(store, office)] == [number]


def test_what_was_sent_is_compared_with_what_the_ledgers_say_now(
    store: Store, office: Actor, blank: Path
) -> None:
    petition(store)
    number = keep_form(store, office, blank)
    answer_form(store, office, number, FormAnswers(headers={"上访数": "petitions"}))
    mark_sent(store, office, number, fill_kept(store, office, number))
    sent = sent_of(store, office, number)[0]
    assert (sent.area, list(sent.cells.values())) == ("甲云镇", [("其他 | 上访数", "1")])
    assert changed_since(sent, fill_kept(store, office, number)) == ()
    petition(store)
    changes = changed_since(sent, fill_kept(store, office, number))
    assert [(one.cell, one.then, one.now) for one in changes] == [("表!B3", "1", "2")]


def test_answers_survive_being_written_down() -> None:
    told = FormAnswers(
        record="YL-1",
        headers={'引"号': "petitions", "乙": "leave"},
        words={"其他措施": {"ledger": "dispositions", "column": "measure", "values": ["warn"]}},
        fields={"时限": "dispositions.deadline"},
        rows={"ledger": "institutions", "where": {"tier": ["2", "3"]}},
        areas={"城关": "990101001"},
    )
    assert parse_answers(answers_text(told)) == told
    assert parse_answers(answers_text(FormAnswers())) == FormAnswers()
