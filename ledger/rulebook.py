"""The rule file in force and the ones before it."""

from __future__ import annotations

from functools import lru_cache

from sqlalchemy import Connection, insert, select, update

from ledger.access import Action, Actor
from ledger.columns import NUMERIC, ColumnType, Ledger
from ledger.history import audit
from ledger.ledgers import INSTITUTIONS
from ledger.settings import PROJECT
from ledger.storage.tables import rule_sets as table
from ledger.tiers import FactType, RuleSet
from ledger.timing import clock

DEFAULT_RULES = PROJECT / "data" / "rules" / "tiers.toml"


@lru_cache(maxsize=32)
def parse_rules(text: str) -> RuleSet:
    """A rule file's text as rules over the facts that institutions declare.

    Raises
    ------
    RuleError
        When it is no rule file, or speaks of facts that neither the ledger nor its own
        ``[facts]`` declares.
    """
    rules = RuleSet.from_toml(text)
    rules.check(declared_facts(INSTITUTIONS), choices_of(INSTITUTIONS))
    return rules


_FACT_TYPES = {ColumnType.TRI: FactType.TRI, ColumnType.CHOICE: FactType.CHOICE}


def declared_facts(ledger: Ledger) -> dict[str, FactType]:
    """The facts of a ledger and what the rules may do with them."""
    return {
        column.key: FactType.NUMBER
        if column.type in NUMERIC
        else _FACT_TYPES.get(column.type, FactType.TEXT)
        for column in ledger.facts
    }


def choices_of(ledger: Ledger) -> dict[str, dict[str, str]]:
    """Per choice fact, the label of each key."""
    return {
        column.key: {choice.key: choice.label for choice in column.choices}
        for column in ledger.facts
        if column.choices
    }


def rules_in_force(connection: Connection) -> RuleSet:
    """The rules by which records are judged now; the shipped ones until others are adopted."""
    row = connection.execute(
        select(table.c.text).where(table.c.in_force).order_by(table.c.id.desc()).limit(1)
    ).one_or_none()
    return parse_rules(row.text if row else DEFAULT_RULES.read_text(encoding="utf-8"))


def adopt(connection: Connection, actor: Actor, text: str) -> RuleSet:
    """Put a rule file in force; the caller judges the records anew in the same transaction."""
    actor.require(Action.MANAGE_RULES)
    rules = parse_rules(text)
    before = rules_in_force(connection)
    connection.execute(update(table).values(in_force=False))
    connection.execute(
        insert(table).values(
            version=rules.version,
            fingerprint=rules.fingerprint,
            text=text,
            loaded_at=clock.now(),
            loaded_by=actor.name,
            in_force=True,
        )
    )
    audit.append(
        connection,
        actor,
        [
            audit.Change(
                "rules",
                number=rules.version,
                before={"version": before.version, "fingerprint": before.fingerprint},
                after={"version": rules.version, "fingerprint": rules.fingerprint},
            )
        ],
    )
    return rules
