"""A rule of contradictions as SQL: one statement that finds its records within an actor's scope.

Unknown stays unknown, as in the tier rules: a condition holds only where it certainly does. A blank
amount is at least what its column allows (0), so known parts alone may exceed a limit.

``facts`` of a found record is one text of everything that the rule rests on: its own values, the
records that name it, those that say the same. A settlement (`ledger.casework.contradictions`) holds
while that text is the one that was settled. It is written alike by SQLite and PostgreSQL, so that
settlements survive a move.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache, reduce
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    Table,
    Text,
    and_,
    false,
    func,
    literal,
    or_,
    select,
)

from ledger.domain.access import Action, Actor
from ledger.domain.contradictions import Contradiction, Linked, pairs, read_contradictions
from ledger.domain.errors import Invalid
from ledger.domain.ledgers import LEDGERS
from ledger.records.certainly import canonical, day_of, holds, is_blank
from ledger.records.counting import clause
from ledger.records.rulebook import CONTRADICTIONS, text_in_force
from ledger.storage import Store
from ledger.storage.own_tables import settled_findings
from ledger.storage.tables import LEDGER_TABLES

ANY = "all"
_BETWEEN = "\x1f"
# The labels of the rules that this process has read, for words alone.
_labels: dict[str, str] = {}


def contradictions_in_force(connection: Connection) -> tuple[Contradiction, ...]:
    """The rules that hold now, in their order. Raises `RuleError` for a file at fault."""
    rules = read_contradictions(text_in_force(connection, CONTRADICTIONS))
    _labels.update((rule.id, rule.label) for rule in rules)
    return rules


def read_every_rule(store: Store, actor: Actor) -> tuple[Contradiction, ...]:
    """The rules that hold now, of all ledgers. Raises `Refused` if the actor may not manage rules,
    and `RuleError` for a file at fault."""
    actor.require(Action.MANAGE_RULES)
    with store.reading() as connection:
        return contradictions_in_force(connection)


def contradiction_named(connection: Connection, rule_id: str) -> Contradiction:
    """The rule of that id. Raises `Invalid` if there is none such."""
    for rule in contradictions_in_force(connection):
        if rule.id == rule_id:
            return rule
    raise Invalid(f"没有名为“{rule_id[:40]}”的核对规则，可能已从规则文件中删去")


def readable(rule: Contradiction, actor: Actor) -> bool:
    """Whether the actor may see every ledger that the rule rests on."""
    return all(actor.may(Action.READ, key) for key in rule.ledgers)


def found(rule: Contradiction, actor: Actor, *, ever_settled: bool = True) -> Select[Any]:
    """The records in the actor's scope that a rule finds: ``id``, ``number``, ``area_path``, and
    ``settled`` (yes or no); without ``ever_settled`` nothing of the rule was."""
    return _found(rule, actor.scope_path, ever_settled)


@lru_cache(maxsize=512)
def _found(rule: Contradiction, scope_path: str, ever_settled: bool) -> Select[Any]:
    """Putting a statement together takes longer than running it."""
    actor = Actor("", None, "", scope_path)
    table, ledger = LEDGER_TABLES[rule.ledger], LEDGERS[rule.ledger]
    clauses = [*_within(table, actor)]
    source: FromClause = table
    if rule.node is not None:
        clauses.append(holds(ledger, table, rule.node, True))
    clauses += [is_blank(ledger, table, key) for key in rule.blank]
    if rule.differ:
        one, other = (table.c[key] for key in rule.differ)
        clauses.append(and_(one.is_not(None), one.is_distinct_from(other)))
    if rule.ordered:
        reversed_pairs = [
            day_of(ledger, table, earlier) > day_of(ledger, table, later)
            for chain in rule.ordered
            for earlier, later in pairs(chain)
        ]
        clauses.append(or_(*reversed_pairs))
    for linked in rule.linked:
        those = naming_rows(linked, actor).subquery()
        clauses.append(table.c.number.in_(select(those.c.named)))
    if rule.same:
        said = _repeated(rule, actor).subquery()
        source = table.join(said, and_(*(said.c[key] == table.c[key] for key in rule.same)))
    settled = table.c.id.in_(_settled_ids(rule, actor)) if ever_settled else false()
    return (
        select(table.c.id, table.c.number, table.c.area_path, settled.label("settled"))
        .select_from(source)
        .where(*clauses)
    )


def ever_settled(connection: Connection) -> set[str]:
    """The rules of which anything was settled."""
    query = select(settled_findings.c.rule).where(settled_findings.c.withdrawn_at.is_(None))
    return set(connection.execute(query.distinct()).scalars())


def facts_of(rule: Contradiction, actor: Actor, ids: Select[Any]) -> Select[Any]:
    """What the findings of some records rest on: ``id``, ``facts`` (text) and ``twins`` (编号 of
    those that say the same, with semicolons; NULL without ``same``).

    A record without one that names it, or that it shares a value with, is left out.
    """
    table, ledger = LEDGER_TABLES[rule.ledger], LEDGERS[rule.ledger]
    facts = [canonical(ledger, table, key) for key in rule.columns]
    source: FromClause = table
    twins: ColumnElement[Any] = literal(None, Text())
    numbers = select(table.c.number).where(table.c.id.in_(ids))
    for linked in rule.linked:
        those = _naming(linked, actor, numbers).subquery()
        source = source.join(those, those.c.named == table.c.number)
        facts.append(those.c.lines)
    if rule.same:
        alike = _alike(rule, actor, ids).subquery()
        source = source.join(alike, alike.c.id == table.c.id)
        twins = alike.c.numbers
        facts.append(alike.c.numbers)
    query = select(table.c.id, _one_text(facts).label("facts"), twins.label("twins"))
    query = query.select_from(source)
    # Those that name a record are chosen already; asked twice, SQLite tries every id for each.
    return query if rule.linked and not rule.same else query.where(table.c.id.in_(ids))


def _settled_ids(rule: Contradiction, actor: Actor) -> Select[Any]:
    """The records of which a settlement still holds: their facts are those that were settled."""
    kept = (
        settled_findings.c.rule == rule.id,
        settled_findings.c.ledger == rule.ledger,
        settled_findings.c.withdrawn_at.is_(None),
    )
    now = facts_of(rule, actor, select(settled_findings.c.record_id).where(*kept)).subquery()
    same = and_(settled_findings.c.record_id == now.c.id, settled_findings.c.facts == now.c.facts)
    return select(now.c.id).join(settled_findings, same).where(*kept)


def naming_rows(linked: Linked, actor: Actor) -> Select[Any]:
    """The records that name one and meet the condition: ``named``, ``id``, ``number`` and the
    columns that the condition speaks of."""
    other = LEDGER_TABLES[linked.ledger].alias()
    columns = [other.c[key] for key in linked.shown if key != "number"]
    return select(other.c[linked.by].label("named"), other.c.id, other.c.number, *columns).where(
        *_naming_clauses(linked, actor, other)
    )


def contradicting(
    table: Table, text: str, actor: Actor, connection: Connection
) -> ColumnElement[bool]:
    """The row set ``contradiction``: what a rule finds and nobody settled; ``all``: any rule."""
    rules = (
        contradictions_in_force(connection)
        if text == ANY
        else (contradiction_named(connection, text),)
    )
    ours = [rule for rule in rules if rule.ledger == table.name and readable(rule, actor)]
    return or_(false(), *(table.c.id.in_(_open_ids(rule, actor)) for rule in ours))


def contradiction_words(text: str) -> str:
    """The row set in words; a rule that this process has not read yet, by its id."""
    return f"待核对：{'任何一项' if text == ANY else _labels.get(text, text[:40])}"


def _open_ids(rule: Contradiction, actor: Actor) -> Select[Any]:
    those = found(rule, actor).subquery()
    return select(those.c.id).where(~those.c.settled)


def _one_text(parts: Sequence[ColumnElement[Any]]) -> ColumnElement[Any]:
    return reduce(lambda one, other: one.concat(_BETWEEN).concat(other), parts)


def _naming(linked: Linked, actor: Actor, numbers: Select[Any]) -> Select[Any]:
    """Per record that is named, everything that the naming ones say, in the order of their ids."""
    other, ledger = LEDGER_TABLES[linked.ledger].alias(), LEDGERS[linked.ledger]
    line = _one_text([other.c.number, *(canonical(ledger, other, key) for key in linked.shown)])
    named = other.c[linked.by]
    return (
        select(named.label("named"), _joined(line, other.c.id, named).label("lines"))
        .where(named.in_(numbers), *_naming_clauses(linked, actor, other))
        .distinct()
    )


def _naming_clauses(
    linked: Linked, actor: Actor, other: FromClause
) -> tuple[ColumnElement[bool], ...]:
    ledger = LEDGERS[linked.ledger]
    clauses = [*_within(other, actor)]
    if linked.node is not None:
        clauses.append(holds(ledger, other, linked.node, True))
    if linked.proposals:
        clauses.append(or_(*(clause(other, one.signs) for one in linked.proposals)))
    if not linked.newest:
        return tuple(clauses)
    # One pass over all: asked for each record, SQLite would walk through the whole area each time.
    each = LEDGER_TABLES[linked.ledger].alias()
    order = (each.c[str(ledger.dated)].desc(), each.c.id.desc())
    place = func.row_number().over(partition_by=each.c[linked.by], order_by=order)
    ranked = select(each.c.id, place.label("place")).where(*_within(each, actor)).subquery()
    return (*clauses, other.c.id.in_(select(ranked.c.id).where(ranked.c.place == 1)))


def _repeated(rule: Contradiction, actor: Actor) -> Select[Any]:
    """The values that more than one record has."""
    table, ledger = LEDGER_TABLES[rule.ledger].alias(), LEDGERS[rule.ledger]
    group = [table.c[key] for key in rule.same]
    filled = [~is_blank(ledger, table, key) for key in rule.same]
    return (
        select(*group)
        .where(*_within(table, actor), *filled)
        .group_by(*group)
        .having(func.count() > 1)
    )


def _alike(rule: Contradiction, actor: Actor, ids: Select[Any]) -> Select[Any]:
    """Per record the 编号 of all that say the same as it does, itself included."""
    table, asked = (LEDGER_TABLES[rule.ledger].alias() for _ in range(2))
    group, first = [table.c[key] for key in rule.same], rule.same[0]
    there = select(asked.c[first]).where(asked.c.id.in_(ids))
    numbers = _joined(table.c.number, table.c.id, *group).label("numbers")
    return select(table.c.id, numbers).where(*_within(table, actor), table.c[first].in_(there))


def _within(table: FromClause, actor: Actor) -> tuple[ColumnElement[bool], ...]:
    path: Any = table.c.area_path
    return table.c.deleted.is_(False), actor.scope_condition(path)


def _joined(
    line: ColumnElement[Any], order: ColumnElement[Any], *group: ColumnElement[Any]
) -> ColumnElement[Any]:
    return func.aggregate_strings(line, ";").over(
        partition_by=list(group), order_by=order, rows=(None, None)
    )
