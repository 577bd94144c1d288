"""Two editors on the same records, in any order: nothing that was acknowledged is ever lost.

Hypothesis plays random interleavings of loading, typing, saving (some pressed twice), merging after
a conflict, putting back, deleting and restoring. After every step the records, the history and what
the editors were told are held against each other.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import uuid4

from hypothesis import HealthCheck, event, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from ledger.domain.access import Actor, Role
from ledger.domain.errors import Conflict, Invalid
from ledger.domain.ledgers import ledger_named
from ledger.records import save_tokens
from ledger.records import service as records
from ledger.records.history import audit, chain_check
from ledger.records.putting_back import put_back_change, put_back_field, put_back_save
from ledger.storage import migrate, open_store
from tests.conftest import fold
from tests.ledger.conftest import WEST, WEST_VILLAGE, draw_county, path_of
from tests.thoroughly import examples

LEDGER = "institutions"
FIELDS: dict[str, list[Any]] = {
    "name": ["松柏院", "青竹院", "𠮷祥院", "㙍上敬老院"],
    "beds": [None, 10, 20, 30],
    "suspected_crime": [None, True, False],
    "remarks": [None, "甲", "乙🙂", "一 二"],
}
EDITORS = st.sampled_from(["甲", "乙"])
KEYS = st.sampled_from(sorted(FIELDS))
RECORDS = st.integers(0, 1)


@lru_cache(maxsize=1)
def empty_office() -> bytes:
    """The database of the small county, made once."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.db"
        store = open_store(f"sqlite:///{path.as_posix()}")
        migrate(store)
        draw_county(store)
        fold(store)
        return path.read_bytes()


def _own(values: Mapping[str, Any]) -> dict[str, Any]:
    """What people and services changed; derived columns follow, and not every time by an entry."""
    return {key: value for key, value in values.items() if key in ledger_named(LEDGER).own}


@dataclass
class Desk:
    """What one editor has in front of them: the versions read and what was typed since."""

    who: Actor
    read: dict[int, dict[str, Any]] = field(default_factory=dict)
    typed: dict[int, dict[str, Any]] = field(default_factory=dict)
    token: str = field(default_factory=lambda: uuid4().hex)
    pressed: tuple[str, list[records.Edit], save_tokens.Saved] | None = None

    def load(self, row: dict[str, Any]) -> None:
        self.read[row["id"]] = row
        self.typed.pop(row["id"], None)

    def edits(self) -> list[records.Edit]:
        return [
            records.Edit(record, self.read[record]["version"], dict(values))
            for record, values in sorted(self.typed.items())
            if values
        ]


class TwoEditors(RuleBasedStateMachine):
    """The machine; ``told`` holds what saves acknowledged: (record, key, value, version)."""

    @initialize()
    def open_office(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        path = Path(self.folder.name) / "ledger.db"
        path.write_bytes(empty_office())
        self.store = open_store(f"sqlite:///{path.as_posix()}")
        self.desks = {
            name: Desk(Actor(name, Role.OFFICE_STAFF, WEST, path_of(WEST), user_id=at))
            for at, name in enumerate(("甲", "乙"), start=1)
        }
        first = self.desks["甲"].who
        values = {"name": "松柏院", "beds": 10, "area_code": WEST_VILLAGE}
        self.ids = [records.create(self.store, first, LEDGER, values) for _ in range(2)]
        self.told: list[tuple[int, str, Any, int]] = []

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.store.dispose()
            self.folder.cleanup()

    def row(self, record: int) -> dict[str, Any]:
        return records.get(self.store, self.desks["甲"].who, LEDGER, record)

    def entries(self, record: int) -> list[audit.Entry]:
        """The record's history, oldest first."""
        return records.history(self.store, self.desks["甲"].who, LEDGER, record)[::-1]

    @rule(editor=EDITORS, at=RECORDS)
    def load(self, editor: str, at: int) -> None:
        self.desks[editor].load(self.row(self.ids[at]))

    @rule(editor=EDITORS, at=RECORDS, key=KEYS, choice=st.integers(0, 3))
    def type_in(self, editor: str, at: int, key: str, choice: int) -> None:
        desk, record = self.desks[editor], self.ids[at]
        if record not in desk.read:
            desk.load(self.row(record))
        values = FIELDS[key]
        desk.typed.setdefault(record, {})[key] = values[choice % len(values)]

    @rule(at=RECORDS, key=KEYS, other=KEYS, first=EDITORS, mine=st.sets(KEYS))
    def both_edit_one_record(
        self, at: int, key: str, other: str, first: str, mine: set[str]
    ) -> None:
        """Both read the same version and type into one field, or two; one saves, then the other."""
        record, second = self.ids[at], "乙" if first == "甲" else "甲"
        row = self.row(record)
        for name, one, start in ((first, key, 0), (second, key, 1), (second, other, 2)):
            desk = self.desks[name]
            values = [value for value in FIELDS[one] if value != row[one]]
            desk.typed.setdefault(record, {})[one] = values[start % len(values)]
            desk.read[record] = row
        self.press_save(editor=first, mine=mine)
        self.press_save(editor=second, mine=mine)

    @rule(editor=EDITORS, mine=st.sets(KEYS))
    def press_save(self, editor: str, mine: set[str]) -> None:
        """Save everything typed; after a conflict choose mine or theirs, field by field."""
        desk = self.desks[editor]
        edits = desk.edits()
        if not edits:
            return
        before = {record: self.row(record) for record in self.ids}
        for _ in range(3):
            try:
                saved = records.save(self.store, desk.who, LEDGER, edits, token=desk.token)
                break
            except Conflict as conflict:
                event(f"conflict, fields that clash: {len(conflict.clashes)}")
                self.none_of_it_was_written(before)
                edits = [self.merged(edit, conflict, mine) for edit in edits]
        else:
            raise AssertionError("a merge on the version just read conflicts again")
        self.acknowledge(desk, edits, saved)

    def none_of_it_was_written(self, before: dict[int, dict[str, Any]]) -> None:
        assert {record: self.row(record) for record in self.ids} == before

    def merged(self, edit: records.Edit, conflict: Conflict, mine: set[str]) -> records.Edit:
        if edit.record_id != conflict.record_id:
            return edit
        assert conflict.version is not None
        typed = dict(edit.values)
        for one in conflict.fields:
            if one.key in typed:
                assert one.mine == typed[one.key]
                assert one.theirs == self.row(edit.record_id)[one.key]
        for clash in conflict.clashes:
            if clash.key not in mine:
                typed[clash.key] = clash.theirs
        return records.Edit(edit.record_id, conflict.version, typed)

    def acknowledge(self, desk: Desk, edits: list[records.Edit], saved: save_tokens.Saved) -> None:
        for edit in edits:
            row = self.row(edit.record_id)
            assert edit.record_id in saved.changed + saved.unchanged
            for key, value in edit.values.items():
                assert row[key] == value
                self.told.append((edit.record_id, key, value, row["version"]))
            desk.load(row)
        desk.pressed = (desk.token, edits, saved)
        desk.token = uuid4().hex

    @rule(editor=EDITORS)
    def press_the_same_save_again(self, editor: str) -> None:
        """The answer got lost on the way: the same press again writes nothing."""
        desk = self.desks[editor]
        if desk.pressed is None:
            return
        token, edits, saved = desk.pressed
        before = [(self.row(record), len(self.entries(record))) for record in self.ids]
        assert records.save(self.store, desk.who, LEDGER, edits, token=token) == saved
        assert [(self.row(record), len(self.entries(record))) for record in self.ids] == before

    @rule(editor=EDITORS, at=RECORDS)
    def delete_or_restore(self, editor: str, at: int) -> None:
        desk, row = self.desks[editor], self.row(self.ids[at])
        act = records.restore if row["deleted"] else records.delete
        act(self.store, desk.who, LEDGER, {row["id"]: row["version"]})
        assert self.row(row["id"])["deleted"] is not row["deleted"]

    @rule(editor=EDITORS, at=RECORDS)
    def delete_what_was_read_before(self, editor: str, at: int) -> None:
        """An old version is not deleted over somebody's newer change."""
        desk, record = self.desks[editor], self.ids[at]
        if record not in desk.read or desk.read[record]["version"] == self.row(record)["version"]:
            return
        try:
            records.delete(self.store, desk.who, LEDGER, {record: desk.read[record]["version"]})
        except Conflict:
            return
        raise AssertionError("deleted a record that had changed since it was read")

    @rule(editor=EDITORS, at=RECORDS, pick=st.integers(0, 30), how=st.integers(0, 2))
    def put_back(self, editor: str, at: int, pick: int, how: int) -> None:
        """One field, one change or one save as it was before: itself a change."""
        entries = [one for one in self.entries(self.ids[at]) if one.action == "update"]
        if not entries:
            return
        entry, who = entries[pick % len(entries)], self.desks[editor].who
        length = len(self.entries(entry.record_id or 0))
        try:
            if how == 0:
                keys = [key for key in entry.before if key in FIELDS]
                if not keys:
                    return
                key = keys[pick % len(keys)]
                put_back_field(self.store, who, entry.id, key, reason="恢复一格")
                assert self.row(entry.record_id or 0)[key] == entry.before[key]
            elif how == 1:
                put_back_change(self.store, who, entry.id, reason="恢复一次修改")
            else:
                put_back_save(self.store, who, str(entry.batch), reason="恢复一次保存")
        except Invalid as refused:
            raise AssertionError(f"could not put back: {refused}") from refused
        assert len(self.entries(entry.record_id or 0)) >= length

    @invariant()
    def record_is_the_fold_of_its_history(self) -> None:
        for record in getattr(self, "ids", []):
            row, entries = self.row(record), self.entries(record)
            held: dict[str, Any] = {"deleted": False}
            for entry in entries:
                for key, value in _own(entry.before).items():
                    assert held.get(key) == value, f"{key} was not {value!r} before {entry.id}"
                held |= _own(entry.after)
            for key, value in held.items():
                assert row[key] == value
            for key in FIELDS:
                assert row[key] == held.get(key)

    @invariant()
    def versions_grow_by_one(self) -> None:
        for record in getattr(self, "ids", []):
            entries = self.entries(record)
            assert [entry.version for entry in entries] == list(range(1, len(entries) + 1))
            assert self.row(record)["version"] == len(entries)

    @invariant()
    def nothing_acknowledged_is_lost(self) -> None:
        """It stands still, or a later entry says who replaced it and that it had stood there."""
        for record, key, value, version in getattr(self, "told", []):
            if self.row(record)[key] == value:
                continue
            later = [one for one in self.entries(record) if (one.version or 0) > version]
            first = next((one for one in later if key in one.after), None)
            assert first is not None, f"{key} of {record} lost {value!r}"
            assert first.before[key] == value
            assert first.actor in self.desks

    @invariant()
    def log_is_sound(self) -> None:
        if hasattr(self, "store"):
            with self.store.reading() as connection:
                assert chain_check.verify(connection).sound


TestTwoEditors = TwoEditors.TestCase
TestTwoEditors.settings = settings(
    max_examples=examples(12),
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
