"""What is said of clusters that a map hides."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from geo.excess import FEWEST
from geo.hotspot_classes import Null
from geo.uneven_risk import Unevenness
from ledger.reporting.statistics.wording import missed_words

EVEN = Unevenness()


def answer(null: Null, uneven: Unevenness = EVEN, areas: int = 90) -> Any:
    return SimpleNamespace(null=null, uneven=uneven, table=range(areas))


@pytest.mark.parametrize(
    ("null", "uneven", "said"),
    [
        (Null.POPULATION, Unevenness(differences=0.5**2), "查出7至9片"),
        (Null.MEASURED, Unevenness(differences=0.05**2), "查出7至9片"),
        (Null.MEASURED, Unevenness(differences=0.2**2), "查出5至9片"),
        (Null.MEASURED, Unevenness(differences=0.35**2), "查出3至6片"),
        (Null.MEASURED, Unevenness(differences=0.5**2), "查出1至4片"),
        (Null.MEASURED, Unevenness(differences=2.0), "查出1至4片"),
        (Null.MEASURED, Unevenness(bunching=1.0, likelier_bunching=True), "查出3至9片"),
    ],
)
def test_more_is_missed_where_areas_differ_more(null: Null, uneven: Unevenness, said: str) -> None:
    assert said in missed_words(answer(null, uneven))


def test_nothing_is_said_of_what_was_not_measured() -> None:
    assert missed_words(answer(Null.SHUFFLED)) == ""
    assert missed_words(answer(Null.MEASURED, areas=FEWEST - 1)) == ""
