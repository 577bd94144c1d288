"""Small parts of a ledger's declaration: a choice, an index, the item of a menu."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Choice:
    """A stored key and its Chinese label."""

    key: str
    label: str
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True)
class Lookup:
    """Columns by which records are looked up together: an index of the table. ``name`` stands for
    them in its name, where all of them would be longer than a database takes. ``-`` before a column
    is descending."""

    columns: tuple[str, ...]
    name: str = ""


@dataclass(frozen=True)
class Menu:
    """The menu item of a ledger's page: its icon (a Material symbol), its place among the items of
    its group, lowest first, and its title where the ledger's label is too long for a menu."""

    icon: str
    place: int
    title: str = ""
    group: str = "台账"
