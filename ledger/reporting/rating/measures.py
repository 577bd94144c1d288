"""Measures after a rating: propose a notice, a talk or a correction, and list the open ones."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, func, select

from geo.atlas import Atlas
from ledger.casework.awaiting import open_states
from ledger.casework.map_overview import area_path
from ledger.domain.access import Action, Actor, under
from ledger.domain.errors import Invalid
from ledger.domain.ledgers import MEASURES
from ledger.domain.ledgers.measures import KIND
from ledger.domain.timing import clock
from ledger.domain.timing.periods import Period
from ledger.domain.workflows import WORKFLOWS
from ledger.records import service as records
from ledger.records.query import Condition
from ledger.reporting.rating.model import Rating, VillageRating
from ledger.reporting.rating.points import rate
from ledger.reporting.rating.rules import RatingRules
from ledger.storage import Store
from ledger.storage.tables import measures as table

KIND_LABELS: Mapping[str, str] = {choice.key: choice.label for choice in KIND}
REFUSED = "refused"
_MOST_LINES = 4


@dataclass(frozen=True)
class Taken:
    """A measure that was proposed for a village in a period, and where it stands."""

    id: int
    number: str
    kind: str
    area_code: str
    period: str | None
    state: str
    matter: str
    proposed_on: date
    correct_by: date | None
    due_on: date | None
    due_label: str | None
    follow_up: str | None
    answer: str | None

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done about it."""
        return self.state not in WORKFLOWS[MEASURES.key].final


_KEYS = tuple(Taken.__dataclass_fields__)


def propose(
    store: Store,
    actor: Actor,
    atlas: Atlas,
    village_code: str,
    period: Period,
    kind: str,
    *,
    rules: RatingRules | None = None,
) -> int:
    """Propose a measure for a village, with its points and what they were lost for; returns its id.

    A leader then approves or refuses it. Pressing twice proposes once.

    Raises
    ------
    Refused
        If the role may not.
    NotFound
        For a village that is not there or not in the actor's scope.
    Invalid
        For an unknown measure, a period that cannot be rated, or a measure that was proposed for
        this village and period already and was not refused.
    """
    actor.require(Action.CREATE, MEASURES.key)
    if kind not in KIND_LABELS:
        allowed = "、".join(KIND_LABELS.values())
        raise Invalid(f"没有“{kind[:40]}”这种措施，只有：{allowed}")
    rating = rate(store, actor, atlas, period, village_code, rules=rules)
    village = rating.of(village_code)
    with store.reading() as connection:
        ended = _ended_before(connection, village_code, period, kind)
    today = clock.today()
    threshold = rating.rules.threshold(kind)
    days = threshold.days if threshold else None
    values = {
        "kind": kind,
        "area_code": village_code,
        "period": period.label,
        "points": float(village.points),
        "matter": reasons(rating, village, kind),
        "proposed_on": today,
        "correct_by": None if days is None else today + timedelta(days=days),
    }
    return records.create(
        store, actor, MEASURES.key, values, token=_token(village_code, period, kind, ended)
    )


def reasons(rating: Rating, village: VillageRating, kind: str) -> str:
    """Why a measure is proposed, in one sentence: the points and the lines that took most."""
    threshold = rating.rules.threshold(kind)
    said = f"{rating.period}考评{number_words(village.points)}分"
    if threshold is not None and village.points < threshold.below:
        said += f"，低于{number_words(threshold.below)}分"
    losing = sorted((one for one in village.lines if one.points < 0), key=lambda one: one.points)
    lines = [f"{one.line.label}{number_words(one.points)}分" for one in losing[:_MOST_LINES]]
    return f"{said}。扣分：{'、'.join(lines)}。" if lines else f"{said}。"


def number_words(points: Decimal) -> str:
    """Points as people write them: no trailing zeros."""
    text = f"{points:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def open_conditions() -> tuple[Condition, ...]:
    """What the ledger of measures is asked for to list those that are not done."""
    return (Condition("state", "in", open_states(WORKFLOWS[MEASURES.key])),)


def open_measures(
    store: Store, actor: Actor, atlas: Atlas, area_code: str | None = None
) -> list[Taken]:
    """Measures under an area (None: all in scope) that are not done, by their next day.

    Raises `NotFound` for an area that is not there or not in the actor's scope.
    """
    path = area_path(actor, atlas, area_code)
    with store.reading() as connection:
        states = open_states(WORKFLOWS[MEASURES.key])
        return _read(connection, actor, path, table.c.state.in_(states))


def measures_of_period(
    store: Store, actor: Actor, atlas: Atlas, period: Period
) -> dict[tuple[str, str], Taken]:
    """Measures proposed for a period and not refused, by village and kind."""
    path = area_path(actor, atlas, None)
    with store.reading() as connection:
        where = (table.c.period == period.label) & (table.c.state != REFUSED)
        return {(one.area_code, one.kind): one for one in _read(connection, actor, path, where)}


def _read(connection: Connection, actor: Actor, path: str, where: Any) -> list[Taken]:
    actor.require(Action.READ)
    query = (
        select(*(table.c[key] for key in _KEYS))
        .where(
            table.c.deleted.is_(False),
            actor.scope_condition(table.c.area_path),
            under(table.c.area_path, path),
            where,
        )
        .order_by(table.c.due_on.asc().nulls_last(), table.c.id)
    )
    return [Taken(**row) for row in connection.execute(query).mappings()]


def _ended_before(connection: Connection, code: str, period: Period, kind: str) -> int:
    """How many such measures were refused or thrown away. Raises `Invalid` if one still holds."""
    same = (
        table.c.area_code == code,
        table.c.period == period.label,
        table.c.kind == kind,
    )
    holds = select(table.c.number).where(
        *same, table.c.deleted.is_(False), table.c.state != REFUSED
    )
    number = connection.execute(holds.limit(1)).scalar()
    if number is not None:
        raise Invalid(
            f"{period}已经对该村(社区)提出过{KIND_LABELS[kind]}（{number}），"
            "请到考评措施台账跟进，无需重复提出。"
        )
    return connection.execute(select(func.count()).select_from(table).where(*same)).scalar_one()


def _token(code: str, period: Period, kind: str, ended: int) -> str:
    """One per measure: two people who press at the same moment propose it once."""
    return hashlib.sha256(f"{code}|{period.text}|{kind}|{ended}".encode()).hexdigest()
