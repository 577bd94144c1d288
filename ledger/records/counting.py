"""The counted facts of institutions (`ledger.domain.tiers.counted_facts`), by one statement.

Nothing counted is stored: a count is read when a judgement needs it, and only where the rules in
force speak of counted facts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache, reduce
from operator import add
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Connection,
    FromClause,
    Select,
    and_,
    bindparam,
    case,
    func,
    literal,
    or_,
    select,
    union_all,
)

from ledger.domain.access import Action, Actor
from ledger.domain.columns import Ledger
from ledger.domain.ledgers import DISPOSITIONS, INSTITUTIONS, LEADS
from ledger.domain.proposals import Sign
from ledger.domain.tiers import RuleSet
from ledger.domain.tiers.counted_facts import COUNTED_FACTS
from ledger.domain.timing import clock
from ledger.domain.timing.calendar import months_before
from ledger.storage.tables import LEDGER_TABLES, changes

_NUMBERS = "numbers"
_Numbers = BindParameter[Any] | None
Counts = Mapping[str, int | None]
_AT_ONCE = 400
# More institutions than this are counted all together, without naming them.
_ALL_FROM = 2_000


def used_by(rules: RuleSet) -> tuple[str, ...]:
    """The counted facts that the rules speak of and that can matter."""
    return tuple(name for name, _ in rules.readers if name in COUNTED_FACTS)


def counted(
    connection: Connection,
    keys: Iterable[str],
    numbers: Sequence[str] | None = None,
    *,
    actor: Actor | None = None,
) -> dict[str, dict[str, int | None]]:
    """Counted facts of institutions, by 编号.

    Parameters
    ----------
    keys : iterable of str
        Which of `COUNTED_FACTS`.
    numbers : sequence of str, optional
        The institutions; all of them without, with one statement.
    actor : Actor, optional
        Count only rows that this person may open; without, all rows.

    Returns
    -------
    dict
        Per institution that anything was counted for, the number per key. One that is missing has
        0 of everything, but of ``branches``: those of a home without an operator are unknown.
    """
    wanted = tuple(keys)
    found: dict[str, dict[str, int | None]] = {}
    if not wanted or (numbers is not None and not numbers):
        return found
    today = clock.today()
    for some in _portions(numbers):
        statement = _statement(wanted, some is not None, actor, today)
        if statement is None:
            continue
        given = {} if some is None else {_NUMBERS: list(some)}
        for key, number, count in connection.execute(statement, given):
            own = found.setdefault(number, dict.fromkeys(wanted, 0))
            own[key] = None if count is None else (own[key] or 0) + int(count)
    return found


def counts_for(
    connection: Connection, ledger: Ledger, rules: RuleSet, numbers: Sequence[str] | None
) -> dict[str, dict[str, int | None]]:
    """What a judgement of these records needs counted; empty where the rules ask for nothing."""
    keys = used_by(rules) if ledger.key == INSTITUTIONS.key else ()
    if not keys:
        return {}
    found = counted(connection, keys, numbers)
    none: dict[str, int | None] = dict.fromkeys(keys, 0)
    return {number: none | found.get(number, {}) for number in numbers or found}


def hidden_from(
    connection: Connection, actor: Actor, number: str, keys: Iterable[str]
) -> frozenset[str]:
    """The counted facts whose rows the actor may not all open: their numbers are not told."""
    wanted = tuple(keys)
    every = counted(connection, wanted, [number]).get(number, {})
    seen = counted(connection, wanted, [number], actor=actor).get(number, {})
    return frozenset(key for key in wanted if every.get(key, 0) != seen.get(key, 0))


def clause(table: FromClause, signs: Sequence[Sign]) -> ColumnElement[bool]:
    """The signs of a proposal as a condition on a ledger's table."""
    return and_(*(_sign(table, sign) for sign in signs))


def _sign(table: FromClause, sign: Sign) -> ColumnElement[bool]:
    column = table.c[sign.column]
    if not sign.values:
        return column.is_(None) if sign.unless else column.is_not(None)
    if sign.unless:
        return or_(column.is_(None), column.not_in(sign.values))
    return column.in_(sign.values)


@lru_cache(maxsize=256)
def _statement(
    keys: tuple[str, ...], named: bool, actor: Actor | None, today: date
) -> CompoundSelect[Any] | None:
    """Every count as one statement, kept: putting it together takes longer than running it. None
    where the actor may read none of the ledgers."""
    numbers: _Numbers = bindparam(_NUMBERS, expanding=True) if named else None
    parts = [_told(key, part) for key in keys for part in _parts(key, numbers, actor, today)]
    return union_all(*parts) if parts else None


def _told(key: str, part: Select[Any, Any]) -> Select[Any, Any]:
    rows = part.subquery()
    return select(literal(key).label("fact"), rows.c.number, rows.c.count)


def _portions(numbers: Sequence[str] | None) -> Iterable[Sequence[str] | None]:
    if numbers is None or len(numbers) > _ALL_FROM:
        return (None,)
    return [numbers[start : start + _AT_ONCE] for start in range(0, len(numbers), _AT_ONCE)]


def _parts(key: str, numbers: _Numbers, actor: Actor | None, today: date) -> list[Select[Any, Any]]:
    """Selects of (编号, count) that together are one counted fact."""
    if key == "confirmed_leads":
        return _named("leads", numbers, actor, clause(LEDGER_TABLES["leads"], _CONFIRMED))
    if key == "open_leads":
        over = LEADS.workflow.over if LEADS.workflow else frozenset()
        leads = LEDGER_TABLES["leads"]
        return _named("leads", numbers, actor, leads.c.state.not_in(sorted(over)))
    if key == "petitions_12m":
        petitions = LEDGER_TABLES["petitions"]
        recent = petitions.c.registered_on > months_before(today, 12)
        return _named("petitions", numbers, actor, recent)
    if key == "overdue_rectifications":
        visits, measures = LEDGER_TABLES["inspections"], LEDGER_TABLES["dispositions"]
        final = DISPOSITIONS.workflow.final if DISPOSITIONS.workflow else frozenset()
        late = and_(visits.c.rectify_by < today, visits.c.rectified_on.is_(None))
        open_late = and_(
            measures.c.measure == "rectify",
            measures.c.state.not_in(sorted(final)),
            measures.c.due_on < today,
        )
        return [
            *_named("inspections", numbers, actor, late),
            *_named("dispositions", numbers, actor, open_late),
        ]
    if key == "branches":
        return _branches(numbers, actor)
    return _replaced(numbers, actor, today)


_CONFIRMED = LEADS.proposes[0].signs
# What makes an institution another one in the campaign plan: 法定代表人、注册地址频繁变更.
IDENTITY = ("legal_representative", "address")


def _named(
    ledger_key: str,
    numbers: _Numbers,
    actor: Actor | None,
    *conditions: ColumnElement[bool],
) -> list[Select[Any, Any]]:
    if actor is not None and not actor.may(Action.READ, ledger_key):
        return []
    table = LEDGER_TABLES[ledger_key]
    query = (
        select(table.c.institution.label("number"), func.count().label("count"))
        .where(table.c.deleted.is_(False), table.c.institution.is_not(None), *conditions)
        .group_by(table.c.institution)
    )
    if actor is not None:
        query = query.where(actor.scope_condition(table.c.area_path))
    return [query if numbers is None else query.where(table.c.institution.in_(numbers))]


def _branches(numbers: _Numbers, actor: Actor | None) -> list[Select[Any, Any]]:
    home, other = LEDGER_TABLES["institutions"], LEDGER_TABLES["institutions"].alias("other")
    beside = [other.c.operator == home.c.operator, other.c.id != home.c.id]
    beside.append(other.c.deleted.is_(False))
    if actor is not None:
        beside.append(actor.scope_condition(other.c.area_path))
    many = select(func.count()).where(*beside).correlate(home).scalar_subquery()
    known = and_(home.c.operator.is_not(None), home.c.operator != "")
    query = select(
        home.c.number.label("number"), case((known, many), else_=None).label("count")
    ).where(home.c.deleted.is_(False))
    return [query if numbers is None else query.where(home.c.number.in_(numbers))]


def _replaced(numbers: _Numbers, actor: Actor | None, today: date) -> list[Select[Any, Any]]:
    """From the history: a value of `IDENTITY` replaced by another; each column counts for itself.
    Blank values are written as null there."""
    home = LEDGER_TABLES["institutions"]
    replaced = [
        and_(changes.c.before.like(f'%"{key}": "%'), changes.c.after.like(f'%"{key}": "%'))
        for key in IDENTITY
    ]
    many = reduce(add, (case((one, 1), else_=0) for one in replaced))
    query = (
        select(home.c.number.label("number"), func.sum(many).label("count"))
        .join(changes, and_(changes.c.ledger == "institutions", changes.c.record_id == home.c.id))
        .where(
            or_(*replaced),
            changes.c.at > months_before(today, 24).isoformat(),
        )
        .group_by(home.c.number)
    )
    if actor is not None:
        query = query.where(actor.scope_condition(home.c.area_path))
    return [query if numbers is None else query.where(home.c.number.in_(numbers))]
