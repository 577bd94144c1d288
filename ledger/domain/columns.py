"""The types with which a ledger is declared: columns, choices, and how one cell is read.

A ledger is declared once (``ledger/domain/ledgers/``); storage, editor, form, filters, import,
export, template, audit labels and the reference page are derived from that declaration. Types of
columns (`values`) are imported from here as well: a declaration speaks one language.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from ledger.domain.column import Column
from ledger.domain.declared_parts import Choice, Lookup, Menu
from ledger.domain.proposals import Proposal
from ledger.domain.roles import Action, Role
from ledger.domain.values import NUMERIC, TEXTUAL, TRI_LABELS, ColumnType, Value, ValueRefused
from ledger.domain.workflow.flow import Workflow

# What a table may show of every record beside its declared columns.
EVERY_RECORD = ("updated_at", "updated_by")
# How many days a record's deadline (``due_on``) has passed: worked out for the day on which it is
# shown (`ledger.records.due.days_overdue`), never stored.
OVERDUE_DAYS = "overdue_days"


@dataclass(frozen=True)
class Ledger:
    """One ledger: its columns in the order in which people see them, and all else about it.

    Attributes
    ----------
    prefix : str
        How its numbers begin, say ``XS-000001``.
    title : str
        The column by which a record is called.
    geometry : str or None
        Where a record lies: ``point`` by lon/lat columns, ``polygon`` for areas.
    judged : bool
        Records are put through the tier rules on every save.
    workflow : Workflow or None
        The steps of its records, by their column ``state``.
    dated : str or None
        The column by whose day records are counted in time; without one, or without a place, they
        are not counted so.
    closed : str or None
        The column with the day on which a record was over, where records are counted by that day
        or as they stood at the end of one.
    effects : tuple of str
        Functions (``module:function``, `ledger.records.saving.Effect`) that follow every save.
    proposes : tuple of Proposal
        Facts of the institution that its records speak for.
    menu : Menu or None
        The item of its page; without one there is no page.
    shown : tuple of str
        The columns with which its page begins; empty: the first that people fill in.
    may : mapping of Action to roles
        What roles may do in it beside what they may in every ledger (`ledger.domain.access`).
    seen_by : frozenset of Role or None
        Who may see it, if not all who see ledgers.
    listed_for : tuple of Role
        On whose to-do lists its records stand beside those of `ledger.casework.awaiting`.
    beside : tuple of str
        The columns that say what a record is about, where it is listed with its institution.
    begins : tuple of str
        The columns whose values are known when a record is registered: with the required ones the
        form for a new record begins with them. Empty: with all.
    peers : str
        The column whose value makes records comparable (`ledger.records.peers`); empty: all are.
    lookups : tuple of Lookup
        Indexes beside those that every ledger of its kind has (`ledger.storage.tables`).
    """

    key: str
    label: str
    columns: tuple[Column, ...]
    prefix: str
    title: str = "name"
    geometry: Literal["point", "polygon"] | None = None
    judged: bool = False
    workflow: Workflow | None = None
    dated: str | None = None
    closed: str | None = None
    effects: tuple[str, ...] = ()
    proposes: tuple[Proposal, ...] = ()
    menu: Menu | None = None
    shown: tuple[str, ...] = ()
    may: Mapping[Action, tuple[Role, ...]] = field(default_factory=dict, hash=False)
    seen_by: frozenset[Role] | None = None
    listed_for: tuple[Role, ...] = ()
    beside: tuple[str, ...] = ()
    begins: tuple[str, ...] = ()
    peers: str = ""
    lookups: tuple[Lookup, ...] = ()
    by_key: Mapping[str, Column] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        keys = [column.key for column in self.columns]
        if len(set(keys)) != len(keys):
            raise ValueError(f"ledger {self.key}: a column key stands twice")
        days = filter(None, (self.dated, self.closed))
        named = {self.title, *self.shown, *self.beside, *self.begins, *days}
        worked_out = (OVERDUE_DAYS,) if "due_on" in keys else ()
        if unknown := named - {*keys, *EVERY_RECORD, *worked_out}:
            raise ValueError(f"ledger {self.key} names columns it does not have: {unknown}")
        if self.workflow and (self.workflow.ledger != self.key or "state" not in keys):
            raise ValueError(
                f"ledger {self.key}: its workflow is another's, or has no column state"
            )
        object.__setattr__(self, "by_key", {column.key: column for column in self.columns})

    @property
    def initial_state(self) -> str | None:
        """The state in which a new record begins; None without a workflow."""
        return self.workflow.initial if self.workflow else None

    @property
    def counted(self) -> str | None:
        """The column by whose values its page opens: the tier, else the first choice (its state);
        None where there is none."""
        if self.judged:
            return "tier"
        keys = (column.key for column in self.columns if column.choices)
        return next((key for key in keys if key != "placement"), None)

    @property
    def order(self) -> tuple[tuple[str, bool], ...]:
        """The order of its records where none is asked for, as (key, descending): the worst tier
        first where they are judged, the earliest deadline first where they are cases, and then in
        all ledgers what was changed last. Blanks are last: what is finished has no deadline."""
        latest = (("updated_at", True),)
        if self.judged:
            return (("tier", True), *latest)
        if self.workflow and "due_on" in self.by_key:
            return (("due_on", False), *latest)
        return latest

    @property
    def editable(self) -> tuple[Column, ...]:
        """The columns that people may type in or import."""
        return tuple(column for column in self.columns if not column.computed)

    @property
    def incoming(self) -> tuple[Column, ...]:
        """The columns that a file may fill: those that people type in, and those of a case that
        was under way before it was registered here."""
        return tuple(column for column in self.columns if not column.computed or column.brought)

    @property
    def asked_first(self) -> tuple[Column, ...]:
        """The columns that are asked for when a record is registered; the rest come later."""
        if not self.begins:
            return self.editable
        return tuple(one for one in self.editable if one.required or one.key in self.begins)

    @property
    def protected(self) -> tuple[Column, ...]:
        """The columns that tell of people: sealed when stored, masked when shown."""
        return tuple(column for column in self.columns if column.rule.masked)

    @cached_property
    def searched(self) -> tuple[str, ...]:
        """The keys of the columns whose texts a search looks through: all texts but the protected
        ones; number and title first."""
        texts = [one for one in self.columns if one.type in TEXTUAL and not one.rule.masked]
        first = ("number", self.title)
        return tuple(
            dict.fromkeys(
                sorted(("number", *(one.key for one in texts)), key=lambda key: key not in first)
            )
        )

    @cached_property
    def searched_phones(self) -> tuple[str, ...]:
        """The keys of protected phones, which who may reveal them finds by the whole number."""
        phones = (one for one in self.columns if one.type is ColumnType.PHONE)
        return tuple(one.key for one in phones if one.rule.plain_by is Action.REVEAL)

    @cached_property
    def facts(self) -> tuple[Column, ...]:
        """The columns that rule files may use."""
        return tuple(column for column in self.columns if column.fact)

    @cached_property
    def told(self) -> frozenset[str]:
        """The keys that the history holds: declared columns, further facts, and ``deleted``."""
        return frozenset(self.by_key) | {"extra", "deleted"}

    @cached_property
    def own(self) -> frozenset[str]:
        """The keys that people or services change, without those derived from them."""
        return self.told - {column.key for column in self.columns if column.derived}

    def label_of(self, key: str) -> str:
        """A column's Chinese label; the key itself for an extra fact."""
        column = self.by_key.get(key)
        return column.label if column else key


__all__ = [
    "NUMERIC",
    "OVERDUE_DAYS",
    "TEXTUAL",
    "TRI_LABELS",
    "Choice",
    "Column",
    "ColumnType",
    "Ledger",
    "Lookup",
    "Menu",
    "Value",
    "ValueRefused",
]
