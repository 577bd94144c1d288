"""The words that a ledger already holds, offered to be chosen."""

from __future__ import annotations

from ledger.domain.access import Actor
from ledger.domain.ledgers import LEDGERS
from ledger.records import service as records
from ledger.records.words_in_use import words_in_use
from ledger.storage import Store
from tests.ledger.conftest import EAST_SOUTH, WEST_VILLAGE


def test_the_words_in_scope_come_with_the_most_frequent_first(
    store: Store, system: Actor, office: Actor
) -> None:
    kinds = ["敬老院", "养老院", "养老院", None]
    for at, kind in enumerate(kinds):
        values = {"name": f"第{at}院", "kind": kind, "area_code": WEST_VILLAGE}
        records.create(store, system, "institutions", values)
    elsewhere = {"name": "别处", "kind": "颐养公寓", "area_code": EAST_SOUTH}
    records.create(store, system, "institutions", elsewhere)
    seen = words_in_use(store, office, "institutions")["kind"]
    assert seen == ("养老院", "敬老院")
    assert set(words_in_use(store, system, "institutions")["kind"]) == {*seen, "颐养公寓"}


def test_an_empty_ledger_offers_nothing(store: Store, system: Actor) -> None:
    assert words_in_use(store, system, "institutions") == {"kind": ()}
    assert words_in_use(store, system, "leads") == {}


def test_no_protected_column_is_offered() -> None:
    columns = [column for ledger in LEDGERS.values() for column in ledger.columns]
    assert not [one.key for one in columns if one.suggested and (one.rule.masked or one.computed)]
