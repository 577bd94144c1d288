"""The rule files in force and earlier ones, stored in the database.

An update of the program changes no text that was put in force: pages, records and the command line
use it until an administrator puts another one in force (:mod:`ledger.operations.rule_files`), which
computes all records again in the same transaction. The kinds `FROM_THE_START` are put in force when
a new database is first used. Nothing stored rests on the others: until an office puts its own in
force, the shipped file holds, and an update brings its newer one.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, insert, select, update

from ledger.domain.access import Action, Actor
from ledger.domain.columns import NUMERIC, ColumnType, Ledger
from ledger.domain.ledgers import INSTITUTIONS, LEDGERS
from ledger.domain.settings import PROJECT
from ledger.domain.tiers import Fact, FactType, RuleError, RuleSet
from ledger.domain.tiers.counted_facts import COUNTED_FACTS
from ledger.domain.tiers.lines import with_line
from ledger.domain.tiers.settings import Settings
from ledger.domain.tiers.unfair import refuse_unfair
from ledger.domain.timing import clock
from ledger.records.history import audit
from ledger.storage import Store
from ledger.storage.tables import rule_sets as table

TIERS, DEADLINES, FIGURES, RATING = "tiers", "deadlines", "figures", "rating"
CONTRADICTIONS, FORM_WORDS = "contradictions", "form_words"
FROM_THE_START = (TIERS, DEADLINES, FIGURES, RATING)
KINDS = (*FROM_THE_START, CONTRADICTIONS, FORM_WORDS)
# Read at every save: the statements are built once.
_IN_FORCE = (
    select(table.c.version, table.c.text, table.c.loaded_at, table.c.loaded_by)
    .where(table.c.kind == bindparam("wanted"), table.c.in_force)
    .order_by(table.c.id.desc())
    .limit(1)
)
_TEXTS = (
    select(table.c.kind, table.c.text)
    .where(table.c.kind.in_(bindparam("wanted", expanding=True)), table.c.in_force)
    .order_by(table.c.id)
)


class InForce(NamedTuple):
    """A rule file that was put in force: its version and text, since when and by whom."""

    version: str
    text: str
    since: datetime
    by: str


def shipped(kind: str) -> Path:
    """The path of the shipped file of this kind."""
    if kind == FORM_WORDS:
        return PROJECT / "data" / "forms" / "words.toml"
    return PROJECT / "data" / "rules" / f"{kind}.toml"


def in_force(connection: Connection, kind: str) -> InForce | None:
    """The rule file of this kind that is in force; None if none was ever put in force."""
    row = connection.execute(_IN_FORCE, {"wanted": kind}).one_or_none()
    return None if row is None else InForce(*row)


@lru_cache(maxsize=32)
def version_of(text: str) -> str:
    """The version that a rule file's text states; empty if it states none."""
    return str(tomllib.loads(text).get("version", ""))[:40]


def text_in_force(connection: Connection, kind: str) -> str:
    """The text in force of this kind; the shipped file's if none was put in force."""
    return texts_in_force(connection, (kind,))[kind]


def texts_in_force(connection: Connection, kinds: Sequence[str]) -> dict[str, str]:
    """The texts in force of these kinds, by kind, with one statement (`text_in_force`)."""
    rows = connection.execute(_TEXTS, {"wanted": list(kinds)})
    found = {row.kind: row.text for row in rows}  # of one kind, the newest is the last
    return {kind: found.get(kind) or _shipped_text(kind) for kind in kinds}


def _shipped_text(kind: str) -> str:
    known = shipped(kind).stat()
    return _read(shipped(kind), known.st_mtime_ns, known.st_size)


@lru_cache(maxsize=8)
def _read(file: Path, _changed: int, _size: int) -> str:
    """The text of a file, read again only after it changed: every save needs it."""
    return file.read_text(encoding="utf-8")


def put_in_force(connection: Connection, actor: Actor, kind: str, version: str, text: str) -> None:
    """Put a checked text in force; the caller computes the records again in this transaction.

    Raises `Refused` if the actor may not manage rules.
    """
    actor.require(Action.MANAGE_RULES)
    before = in_force(connection, kind)
    connection.execute(update(table).where(table.c.kind == kind).values(in_force=False))
    connection.execute(
        insert(table).values(
            kind=kind,
            version=version,
            fingerprint=fingerprint(text),
            text=text,
            loaded_at=clock.now(),
            loaded_by=actor.name,
            in_force=True,
        )
    )
    change = audit.Change(
        "rules",
        number=version,
        before=None if before is None else _named(kind, before.version, before.text),
        after=_named(kind, version, text),
    )
    audit.append(connection, actor, [change])


def fingerprint(text: str) -> str:
    """SHA-256 of a text, as hexadecimal text."""
    return hashlib.sha256(text.encode()).hexdigest()


def _named(kind: str, version: str, text: str) -> dict[str, str]:
    return {"kind": kind, "version": version, "fingerprint": fingerprint(text)}


@lru_cache(maxsize=32)
def parse_rules(text: str) -> RuleSet:
    """A tier rule file's text as rules over the facts that institutions declare.

    Raises
    ------
    RuleError
        If it is no rule file, or uses facts that neither the ledger nor its own ``[facts]``
        declares; it names the line.
    """
    try:
        rules = RuleSet.from_toml(text)
        rules.check(declared_facts(INSTITUTIONS), choices_of(INSTITUTIONS), _of_others())
    except RuleError as error:
        raise with_line(error, text) from None
    return rules


def _of_others() -> dict[str, str]:
    """The columns that only other ledgers have, with the label of the first of them."""
    found: dict[str, str] = {}
    for ledger in LEDGERS.values():
        for key in ledger.by_key:
            found.setdefault(key, ledger.label)
    return {key: label for key, label in found.items() if key not in INSTITUTIONS.by_key}


@lru_cache(maxsize=8)
def settings_of(rules: RuleSet) -> Settings:
    """All settings of the facts of rules over institutions, made once per text of rules."""
    return Settings(rules, facts_declared(INSTITUTIONS))


@lru_cache(maxsize=32)
def fair_rules(text: str) -> RuleSet:
    """A text of tier rules that may be put in force: as `parse_rules`, total and monotone.

    Rules that are in force already are read by `parse_rules`: what was judged by them stands.

    Raises
    ------
    RuleError
        As `parse_rules`; and with a counter-example where the rules leave a setting of known
        facts without a tier, or give a worse one the milder tier.
    """
    rules = parse_rules(text)
    refuse_unfair(settings_of(rules))
    return rules


def unfairness(rules: RuleSet) -> str | None:
    """The counter-example that would keep these rules from being put in force; None if fair."""
    try:
        fair_rules(rules.text)
    except RuleError as error:
        return str(error)
    return None


_FACT_TYPES = {ColumnType.TRI: FactType.TRI, ColumnType.CHOICE: FactType.CHOICE}


def declared_facts(ledger: Ledger) -> dict[str, FactType]:
    """The facts of a ledger by key, with the type that rules use them as."""
    return {
        column.key: FactType.NUMBER
        if column.type in NUMERIC
        else _FACT_TYPES.get(column.type, FactType.TEXT)
        for column in ledger.facts
    } | dict.fromkeys(COUNTED_FACTS if ledger.judged else (), FactType.NUMBER)


def facts_declared(ledger: Ledger) -> dict[str, Fact]:
    """The facts of a ledger as the check of rules needs them: bounds, choices, worse side."""
    types, choices = declared_facts(ledger), choices_of(ledger)
    return {
        column.key: Fact(
            column.key,
            types[column.key],
            column.label,
            None if column.minimum is None else Decimal(str(column.minimum)),
            None if column.maximum is None else Decimal(str(column.maximum)),
            choices.get(column.key, {}),
            column.worse,
            column.type is ColumnType.INTEGER,
        )
        for column in ledger.facts
    } | {key: one.fact for key, one in (COUNTED_FACTS if ledger.judged else {}).items()}


def choices_of(ledger: Ledger) -> dict[str, dict[str, str]]:
    """The labels of the choices of each choice fact: fact key → choice key → label."""
    return {
        column.key: {choice.key: choice.label for choice in column.choices}
        for column in ledger.facts
        if column.choices
    }


def read_rules(store: Store, actor: Actor) -> RuleSet:
    """The tier rules in force. Raises `Refused` if the actor may not manage rules."""
    actor.require(Action.MANAGE_RULES)
    with store.reading() as connection:
        return rules_in_force(connection)


def rules_in_force(connection: Connection) -> RuleSet:
    """The tier rules by which records are judged now."""
    return parse_rules(text_in_force(connection, TIERS))
