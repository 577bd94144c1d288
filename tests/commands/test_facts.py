"""``facts``: lists what cases propose and who would move; writes nothing without --recount."""

from __future__ import annotations

from pathlib import Path

from ledger.domain.access import SYSTEM
from ledger.records import service as records
from ledger.storage import open_store
from tests.commands.conftest import Run


def test_facts_lists_proposals_and_moves(run: Run, ready: Path) -> None:
    store = open_store()
    try:
        home = records.create(store, SYSTEM, "institutions", {"name": "示例院", "complained": "否"})
        number = str(records.get(store, SYSTEM, "institutions", home)["number"])
        area = records.get(store, SYSTEM, "institutions", home)["area_code"] or "990101001"
        values = {"registered_on": "2026-05-20", "matter": "押金不退", "area_code": area}
        records.create(store, SYSTEM, "petitions", values | {"institution": number})
    finally:
        store.dispose()
    told = run("facts", "--json")
    assert told.code == 0
    (one,) = [item for item in told.json["institutions"] if item["number"] == number]
    assert (one["after"], one["facts"][0]["fact"]) == (3, "complained")
    told = run("assess", "--preview", "--json")
    assert number in [item["number"] for item in told.json["fact_moves"]]
    assert run("facts", "--recount", "--json").json == {"moved": 0}
