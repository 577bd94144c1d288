"""The office that is written to while it is killed: a small county and its institutions."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from sqlalchemy import func, select

from ledger.domain.access import Actor, Role
from ledger.domain.errors import Conflict
from ledger.operations import database_check
from ledger.records import service as records
from ledger.records.history import audit
from ledger.records.query import Selection
from ledger.storage import Store, migrate
from ledger.storage.tables import LEDGER_TABLES, changes, institutions, tallies
from tests.ledger.conftest import WEST_VILLAGE, actor, draw_county

LEDGER = "institutions"
CLERK: Actor = actor(Role.OFFICE_STAFF, "990101001")
_TOGETHER = 5
_PLACE = {"area_code": WEST_VILLAGE}
_OLDEST = Selection(sort=(("number", False),))


def open_office(store: Store, institutions_at_first: int) -> None:
    """Make the database and its first records."""
    migrate(store)
    draw_county(store)
    for _ in range(institutions_at_first):
        records.create(store, CLERK, LEDGER, {"name": "松柏院", "beds": 0} | _PLACE)


def write_without_end(store: Store, seed: int, confirm: Callable[[str], None]) -> None:
    """Add records and edit one to five at a time; ``confirm`` a line of JSON after each commit."""
    random = Random(seed)
    for turn in range(1_000_000):
        name = f"{seed}-{turn}"
        if random.random() < 0.2:
            made = records.create(store, CLERK, LEDGER, {"name": name, "remarks": name} | _PLACE)
            confirm(json.dumps([name, [[made, 1]]]))
            continue
        page = records.search(store, CLERK, LEDGER, _OLDEST, size=50)
        chosen = random.sample(page.rows, random.randint(1, min(_TOGETHER, len(page.rows))))
        edits = [
            records.Edit(row["id"], row["version"], {"remarks": name, "beds": turn + 1})
            for row in chosen
        ]
        try:
            records.save(store, CLERK, LEDGER, edits, token=name)
        except Conflict:
            continue
        confirm(json.dumps([name, [[edit.record_id, edit.version + 1] for edit in edits]]))


@dataclass
class Ledgerbook:
    """What was confirmed to those who wrote, held against what the database says."""

    confirmed: dict[str, list[list[int]]] = field(default_factory=dict)

    def note(self, lines: Iterable[str]) -> int:
        """Remember confirmations; a line cut short by the kill was never one."""
        noted = 0
        for line in lines:
            if line.endswith("\n"):
                name, saved = json.loads(line)
                self.confirmed[name] = saved
                noted += 1
        return noted

    def faults(self, store: Store) -> list[str]:
        """Whatever was confirmed and is not there, or is there by half."""
        with store.reading() as connection:
            log = list(connection.execute(select(changes).order_by(changes.c.id)).mappings())
            rows = list(connection.execute(select(institutions)).mappings())
            counts = tally_faults(connection)
        written: dict[str, set[tuple[int, int]]] = {}
        for entry in log:
            if entry["ledger"] == LEDGER and entry["after"]:
                name = json.loads(entry["after"]).get("remarks")
                if name is not None:
                    written.setdefault(name, set()).add((entry["record_id"], entry["version"]))
        lost = [
            f"confirmed {name} is not whole in the log"
            for name, saved in self.confirmed.items()
            if written.get(name) != {(record, version) for record, version in saved}
        ]
        return [*lost, *replay_faults(log, rows), *counts, *database_check.verify(store).faults]


def replay_faults(log: Iterable[Any], rows: Iterable[Any]) -> list[str]:
    """Where the versions have gaps, or the records are not what their history makes of them."""
    replayed: dict[int, dict[str, Any]] = {}
    faults = []
    for entry in log:
        if entry["ledger"] != LEDGER:
            continue
        record = replayed.setdefault(entry["record_id"], {"version": 0})
        if entry["version"] != record["version"] + 1:
            faults.append(f"record {entry['record_id']}: a version before {entry['version']} lacks")
        record |= json.loads(entry["after"] or "{}")
        record["version"] = entry["version"]
    kept = {row["id"]: row for row in rows}
    if kept.keys() != replayed.keys():
        faults.append(f"records without history: {sorted(kept.keys() ^ replayed.keys())}")
    for record_id in kept.keys() & replayed.keys():
        for key, value in replayed[record_id].items():
            if key in ("name", "beds", "remarks", "version") and kept[record_id][key] != value:
                faults.append(f"record {record_id}: {key} is not what its history says")
    return faults


def tally_faults(connection: Any) -> list[str]:
    """Ledgers whose tallies, kept by triggers, are not the number of their records."""
    query = select(tallies.c.ledger, func.sum(tallies.c.n)).group_by(tallies.c.ledger)
    counted = {row[0]: int(row[1]) for row in connection.execute(query)}
    faults = []
    for key, table in LEDGER_TABLES.items():
        stands = connection.execute(select(func.count()).select_from(table)).scalar_one()
        if key != "areas" and counted.get(key, 0) != stands:
            faults.append(f"{key}: {counted.get(key, 0)} tallied, {stands} there")
    return faults


def entries(store: Store) -> int:
    """How many entries the log holds."""
    with store.reading() as connection:
        return audit.revision(connection)
