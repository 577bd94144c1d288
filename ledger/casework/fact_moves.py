"""Which tiers would move once what cases say about institutions is carried out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ledger.casework.fact_questions import asked, homes_in
from ledger.domain.access import SYSTEM, Action, Actor
from ledger.domain.ledgers import INSTITUTIONS
from ledger.domain.proposals import Asked
from ledger.domain.tiers import Judgement
from ledger.records import rulebook
from ledger.records.counting import counts_for
from ledger.records.judging import judge_record
from ledger.storage import Store


@dataclass(frozen=True)
class Would:
    """An institution with open questions, its tier now, and with every proposal carried out."""

    number: str
    name: str
    record_id: int
    asked: tuple[Asked, ...]
    before: int | None
    after: int | None

    @property
    def moves(self) -> bool:
        """Whether the computed tier would differ."""
        return self.before != self.after


def would_move(store: Store, actor: Actor, *, rules_text: str | None = None) -> list[Would]:
    """Institutions with open questions, and their tier once every proposal is carried out.

    A fact that is only doubted counts as not known. Nothing is written.
    """
    with store.reading() as connection:
        rules = (
            rulebook.rules_in_force(connection)
            if rules_text is None
            else rulebook.parse_rules(rules_text)
        )
        by_home: dict[str, list[Asked]] = {}
        for one in asked(connection, actor):
            by_home.setdefault(one.institution, []).append(one)
        homes = homes_in(connection, actor, None)
        counts = counts_for(connection, INSTITUTIONS, rules, sorted(by_home))
    found = []
    for number, questions in by_home.items():
        home, own = homes[number], counts.get(number, {})
        then = {**home, **{one.fact: one.value for one in questions}}
        now, after = (judge_record(INSTITUTIONS, row, rules, own) for row in (home, then))
        found.append(
            Would(
                number,
                str(home["name"]),
                int(home["id"]),
                tuple(questions),
                now.tier,
                after.tier,
            )
        )
    return sorted(found, key=lambda one: (-(one.after or 0), -(one.before or 0), one.number))


def how_many_move(store: Store, actor: Actor, rules_text: str) -> int:
    """How many institutions of the whole ledger would move by these rules once every proposal is
    carried out; told to who manages rules, as a number alone. Raises `Refused`."""
    actor.require(Action.MANAGE_RULES)
    return sum(one.moves for one in would_move(store, SYSTEM, rules_text=rules_text))


def tier_with(
    store: Store, institution: Mapping[str, Any], values: Mapping[str, bool | None]
) -> Judgement:
    """How an institution that was read would be judged with other facts."""
    with store.reading() as connection:
        rules = rulebook.rules_in_force(connection)
        number = str(institution["number"])
        counts = counts_for(connection, INSTITUTIONS, rules, [number]).get(number, {})
    return judge_record(INSTITUTIONS, {**institution, **values}, rules, counts)
