"""The rule file in force and the ones before it."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from sqlalchemy import Connection, insert, select, update

from ledger import audit, clock
from ledger.access import Action, Actor
from ledger.settings import PROJECT
from ledger.storage.tables import rule_sets as table
from ledger.tiers import RuleSet

DEFAULT_RULES = PROJECT / "data" / "rules" / "tiers.toml"


@lru_cache(maxsize=32)
def _parsed(text: str) -> RuleSet:
    return RuleSet.from_toml(text)


def rules_in_force(connection: Connection) -> RuleSet:
    """The rules by which records are judged now; the shipped ones until others are adopted."""
    row = connection.execute(
        select(table.c.text).where(table.c.in_force).order_by(table.c.id.desc()).limit(1)
    ).one_or_none()
    return _parsed(row.text if row else DEFAULT_RULES.read_text(encoding="utf-8"))


def read_rules(path: Path) -> tuple[RuleSet, str]:
    """A rule file and its text. Raises `ledger.tiers.RuleError` saying what is wrong where."""
    text = path.read_text(encoding="utf-8")
    return _parsed(text), text


def adopt(connection: Connection, actor: Actor, text: str) -> RuleSet:
    """Put a rule file in force; the caller judges the records anew in the same transaction."""
    actor.require(Action.MANAGE_RULES)
    rules = _parsed(text)
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
