"""The row set ``in_bulletin``: the records that a number of a bulletin counted when it was made.

A bulletin keeps the ids of these records in its frozen content, as ``groups``: the name of a ledger
→ its groups, each a list of ids. ``12_3`` names group 3 of bulletin 12.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Table, cast, column, false, literal, select, true
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from ledger.domain.access import Action, Actor
from ledger.domain.errors import Invalid
from ledger.storage.own_tables import bulletins

KEY = "in_bulletin"
_LONGEST = 9


class _Ids(FunctionElement[Any]):
    """The numbers of one group as rows, from the content, the ledger's name and the group."""

    name = "ids_of_group"
    inherit_cache = True


@compiles(_Ids)
def _ids_in_sqlite(element: _Ids, compiler: Any, **kw: Any) -> str:
    content, ledger, group = (compiler.process(one, **kw) for one in element.clauses)
    return f"json_each({content}, '$.groups.' || {ledger} || '[' || {group} || ']')"


@compiles(_Ids, "postgresql")
def _ids_in_postgres(element: _Ids, compiler: Any, **kw: Any) -> str:
    content, ledger, group = (compiler.process(one, **kw) for one in element.clauses)
    whole = f"CAST({content} AS JSON) -> 'groups' -> CAST({ledger} AS TEXT)"
    return f"json_array_elements_text({whole} -> CAST({group} AS INTEGER))"


def text_of(bulletin_id: int, group: int) -> str:
    """The text that names a group of a bulletin."""
    return f"{bulletin_id}_{group}"


def counted_in_bulletin(table: Table, text: str, actor: Actor) -> ColumnElement[bool]:
    """The records of a group, for those who may read the bulletin; else none.

    Raises
    ------
    Invalid
        For a text that names no group.
    """
    bulletin_id, group = _named(text)
    if not actor.may(Action.READ_BULLETIN):
        return false()
    found = _Ids(bulletins.c.content, literal(table.name), literal(group)).table_valued(
        column("value")
    )
    ids = (
        select(cast(found.c.value, BigInteger))
        .select_from(bulletins.join(found, true()))
        .where(bulletins.c.id == bulletin_id, actor.scope_condition(bulletins.c.scope_path))
    )
    return table.c.id.in_(ids)


def counted_words(text: str) -> str:
    """The row set in words. Raises as `counted_in_bulletin`."""
    _named(text)
    return "通报制作时计入的记录"


def _named(text: str) -> tuple[int, int]:
    bulletin_id, _, group = text.partition("_")
    for one in (bulletin_id, group):
        if not (one.isascii() and one.isdigit() and len(one) <= _LONGEST):
            raise Invalid(f"“{text[:30]}”读不懂，应写成 12_3（通报和它的第几组记录）")
    return int(bulletin_id), int(group)
