"""A form almost like one that was answered: what that one was told is proposed."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.domain.access import Actor, Role
from ledger.reporting.forms.form_answers import FormAnswers
from ledger.reporting.forms.kept_forms import answer_form, fill_kept, keep_form
from ledger.reporting.forms.siblings import Sibling, nearest_sibling
from ledger.storage import Store
from tests.ledger.conftest import EAST, WEST, actor
from tests.ledger.reporting.forms.drawn import Drawn

HEAD = ("所属领域", "上访数", "来人数", "本级意见数")
TOLD = {"上访数": "petitions", "来人数": "leave"}


@pytest.fixture
def office() -> Actor:
    return actor(Role.OFFICE_STAFF, WEST)


def kept(store: Store, who: Actor, folder: Path, title: str, *head: str) -> int:
    form = Drawn(title).rows(head, ("其他", *[None] * (len(head) - 1)))
    return keep_form(store, who, form.save(folder / f"{title}.xlsx"))


def proposed(store: Store, who: Actor, number: int) -> Sibling | None:
    asked = {(one.about, one.asks) for one in fill_kept(store, who, number).open}
    return nearest_sibling(store, who, number, asked)


@pytest.fixture
def answered(store: Store, office: Actor, tmp_path: Path) -> Store:
    """The form of the third quarter, with its answers."""
    number = kept(store, office, tmp_path, "三季度信访情况", *HEAD)
    answer_form(store, office, number, FormAnswers(headers=TOLD, record="YL-1"))
    return store


@pytest.mark.parametrize(
    ("head", "told"),
    [
        (HEAD, TOLD),
        ((*HEAD, "另一列"), TOLD),
        (HEAD[:3], TOLD),
        ((*HEAD[:2], "另一列", HEAD[3]), {"上访数": "petitions"}),
        (("所属领域", "上访数", "甲列", "乙列"), None),
        (("所属领域", "来电数"), None),
    ],
)
def test_another_period_or_one_column_else(
    answered: Store,
    office: Actor,
    tmp_path: Path,
    head: tuple[str, ...],
    told: dict[str, str] | None,
) -> None:
    number = kept(answered, office, tmp_path, "四季度信访情况", *head)
    found = proposed(answered, office, number)
    wanted = None if told is None else Sibling("三季度信访情况.xlsx", FormAnswers(headers=told))
    assert found == wanted


def test_nothing_is_filled_by_it_and_other_offices_see_nothing(
    answered: Store, office: Actor, tmp_path: Path
) -> None:
    number = kept(answered, office, tmp_path, "四季度信访情况", *HEAD)
    assert not fill_kept(answered, office, number).cells
    beside = actor(Role.OFFICE_STAFF, EAST)
    assert proposed(answered, beside, kept(answered, beside, tmp_path, "四季度", *HEAD)) is None
    assert nearest_sibling(answered, beside, number, {("headers", "上访数")}) is None
