"""The rule files: which text of each is in force, what lies on the disk, and the change.

An office's own text takes effect when an administrator puts it in force, and then everywhere at
once: the text and every record that rests on it are written in one transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection

from ledger.domain.access import Action, Actor
from ledger.domain.contradictions import read_contradictions
from ledger.domain.errors import Invalid, LedgerError
from ledger.domain.ledgers import LEDGERS
from ledger.domain.tiers.files import read_text
from ledger.domain.timing.clockfile import read_clocks
from ledger.domain.timing.clocks import Clocks
from ledger.records import reckoning, rulebook
from ledger.records.places.areas import current_atlas, require_reach
from ledger.records.reckoning import Moved
from ledger.records.surroundings import Surroundings, clocks_of, surroundings_of
from ledger.reporting.figures.rulefile import read_figures
from ledger.reporting.forms.form_words import read_form_words
from ledger.reporting.rating.rulefile import read_rating
from ledger.storage import Store
from ledger.storage.again import tried_again


@dataclass(frozen=True)
class RuleFile:
    """One kind of rule file: what people call it and what reads and checks its text; with
    ``counts`` it speaks of figures, whose text it is given besides."""

    label: str
    read: Callable[..., Any]
    counts: bool = False


def _checked_clocks(text: str) -> Clocks:
    clocks = read_clocks(text)
    for key in {clock.ledger for clock in clocks.every}:
        if key not in LEDGERS:
            raise Invalid(f"期限文件写到了没有的台账“{key}”，可用：{'、'.join(LEDGERS)}")
    return clocks


RULE_FILES: Mapping[str, RuleFile] = {
    rulebook.TIERS: RuleFile("风险分级规则", rulebook.fair_rules),
    rulebook.DEADLINES: RuleFile("办理期限", _checked_clocks),
    rulebook.FIGURES: RuleFile("工作指标口径", read_figures),
    rulebook.RATING: RuleFile("村(社区)考评办法", read_rating),
    rulebook.CONTRADICTIONS: RuleFile("一致性核对规则", read_contradictions),
    rulebook.FORM_WORDS: RuleFile("上级报表的词语", read_form_words, counts=True),
}


@dataclass(frozen=True)
class Standing:
    """One kind: what is in force since when and by whom, and what lies on the disk.

    ``offered`` is the version of a file on the disk that differs from the text in force (None: it
    is the same), ``fault`` why that file cannot be used.
    """

    kind: str
    label: str
    version: str
    since: datetime | None
    by: str
    offered: str | None
    fault: str | None


def standing(store: Store, actor: Actor) -> tuple[Standing, ...]:
    """The state of every kind of rule file. Raises `Refused` if the actor may not manage rules."""
    require_reach(store, actor, Action.MANAGE_RULES)
    with store.reading() as connection:
        return tuple(_standing(connection, kind) for kind in rulebook.KINDS)


@dataclass(frozen=True)
class Fault:
    """A rule file that could not be put in force as it is: its kind, version, and why."""

    kind: str
    version: str
    message: str


def faults(store: Store, actor: Actor) -> tuple[Fault, ...]:
    """The texts in force and files on the disk that cannot be read, or are unfair.

    Raises `Refused` if the actor may not manage rules.
    """
    require_reach(store, actor, Action.MANAGE_RULES)
    found = []
    with store.reading() as connection:
        texts = rulebook.texts_in_force(connection, rulebook.KINDS)
    figures = texts[rulebook.FIGURES]
    for kind, text in texts.items():
        label = RULE_FILES[kind].label
        try:
            check(kind, text, figures)
        except LedgerError as error:
            said = f"现行的{label}按现在的要求不能启用，请改正后启用新的一版。{error}"
            found.append(Fault(kind, _stated(text), said))
        try:
            on_disk = read_text(rulebook.shipped(kind), label)
            if rulebook.fingerprint(on_disk) != rulebook.fingerprint(text):
                check(kind, on_disk, figures)
        except LedgerError as error:
            found.append(Fault(kind, "", f"服务器上的 {kind}.toml 不能启用，请改正。{error}"))
    return tuple(found)


def _stated(text: str) -> str:
    try:
        return rulebook.version_of(text)
    except ValueError:  # no TOML
        return ""


def preview(store: Store, actor: Actor, kind: str, text: str | None = None) -> Moved:
    """How many records another text (None: the file on the disk) would move; writes nothing.

    Raises
    ------
    Invalid, RuleError
        If there is no such kind, or its text cannot be used: names the place and what to do.
    """
    require_reach(store, actor, Action.MANAGE_RULES)
    with store.reading() as connection:
        text = _text(connection, kind, text)
        surroundings = surroundings_of(store, connection, current_atlas(store))
        if kind not in _BEARING:
            return Moved(0, 0)
        other = _BEARING[kind](connection, surroundings, text)
        return reckoning.would_move(connection, other, judged=kind == rulebook.TIERS)


def rule_text(store: Store, actor: Actor, kind: str) -> str:
    """The text of this kind that is in force. Raises `Refused`, or `Invalid` for another kind."""
    require_reach(store, actor, Action.MANAGE_RULES)
    _require_kind(kind)
    with store.reading() as connection:
        return rulebook.text_in_force(connection, kind)


@tried_again
def adopt(store: Store, actor: Actor, kind: str, text: str | None = None) -> Moved:
    """Put a text (None: the file on the disk) in force, with every record that rests on it.

    Raises as `preview`; nothing is changed then.
    """
    require_reach(store, actor, Action.MANAGE_RULES)
    with store.reading() as connection:
        text = _text(connection, kind, text)
    atlas = current_atlas(store)
    with store.writing() as connection:
        rulebook.put_in_force(connection, actor, kind, rulebook.version_of(text), text)
        if kind not in _BEARING:
            return Moved(0, 0)
        surroundings = surroundings_of(store, connection, atlas)
        judged = kind == rulebook.TIERS
        return reckoning.work_out(connection, actor, surroundings, judged=judged)


def _standing(connection: Connection, kind: str) -> Standing:
    now = rulebook.in_force(connection, kind)
    text = rulebook.text_in_force(connection, kind)
    offered, fault = None, None
    try:
        on_disk = _text(connection, kind, None)
        if rulebook.fingerprint(on_disk) != rulebook.fingerprint(text):
            offered = rulebook.version_of(on_disk)
    except LedgerError as error:
        fault = str(error)
    return Standing(
        kind=kind,
        label=RULE_FILES[kind].label,
        version=_stated(text),
        since=None if now is None else now.since,
        by="" if now is None else now.by,
        offered=offered,
        fault=fault,
    )


@lru_cache(maxsize=32)
def check(kind: str, text: str, figures: str | None = None) -> None:
    """Raise what is wrong with a text; one that is right is read once.

    ``figures`` is the text of the figures that it may speak of (None: the shipped ones).
    """
    _require_kind(kind)
    one = RULE_FILES[kind]
    one.read(text, figures) if one.counts else one.read(text)


def _require_kind(kind: str) -> None:
    if kind not in RULE_FILES:
        known = "、".join(f"{key}({one.label})" for key, one in RULE_FILES.items())
        raise Invalid(f"没有“{kind[:40]}”这种规则文件，可用：{known}")


def _text(connection: Connection, kind: str, text: str | None) -> str:
    """The text, checked as what it is to be."""
    _require_kind(kind)
    if text is None:
        text = read_text(rulebook.shipped(kind), RULE_FILES[kind].label)
    check(kind, text, rulebook.text_in_force(connection, rulebook.FIGURES))
    return text


def _with_rules(connection: Connection, now: Surroundings, text: str) -> Surroundings:
    return replace(now, rules=rulebook.parse_rules(text))


def _with_clocks(connection: Connection, now: Surroundings, text: str) -> Surroundings:
    return replace(now, clocks=clocks_of(connection, text))


# The kinds on which stored tiers or deadlines rest; figures and ratings are counted when asked for.
_BEARING: Mapping[str, Callable[[Connection, Surroundings, str], Surroundings]] = {
    rulebook.TIERS: _with_rules,
    rulebook.DEADLINES: _with_clocks,
}
