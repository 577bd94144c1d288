"""The played sample, on a day of its own, and forms that tests draw themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ledger.domain.access import SYSTEM, Actor
from ledger.domain.timing import clock
from ledger.records.rulebook import FORM_WORDS, shipped
from ledger.reporting.forms.filling import FilledForm, fill_form
from ledger.reporting.forms.form_answers import parse_answers
from ledger.reporting.forms.form_words import read_form_words
from ledger.reporting.forms.senses import FormWords
from ledger.storage import Store, open_store
from tests.ledger.reporting.forms.drawn import Drawn
from tests.sample import PLAYED_UNTIL, played_sample

Fill = Callable[..., FilledForm]


@pytest.fixture(scope="package")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The sample; every ledger has something to count in it."""
    path: Path = tmp_path_factory.mktemp("forms") / "ledger.db"
    played_sample(path)
    store = open_store(f"sqlite:///{path.as_posix()}")
    yield store
    store.dispose()


@pytest.fixture(autouse=True)
def the_day() -> Iterator[None]:
    """本周 and what is due hang on the day."""
    with clock.pretend(PLAYED_UNTIL):
        yield


@pytest.fixture(scope="package")
def words() -> FormWords:
    """The shipped words."""
    return read_form_words(shipped(FORM_WORDS).read_text(encoding="utf-8"))


@pytest.fixture
def fill(county: Store, tmp_path: Path) -> Fill:
    """Fill a drawn form from the sample, as the system or as somebody."""
    return filler(county, tmp_path)


@pytest.fixture
def fill_small(store: Store, tmp_path: Path) -> Fill:
    """Fill a drawn form from the small county, which has no records but a test's own."""
    return filler(store, tmp_path)


def filler(store: Store, folder: Path) -> Fill:
    """A function that saves a drawn form and fills it."""

    def call(form: Drawn, actor: Actor = SYSTEM, mapping: str = "", **asked: str) -> FilledForm:
        path = form.save(folder / "form.xlsx")
        told = parse_answers(mapping) if mapping else None
        return fill_form(store, actor, path, mapping=told, **asked)

    return call
