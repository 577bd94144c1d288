"""The key numbers of a ledger: how many of which tier, state or day, each with its conditions."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import Connection

from ledger.casework.awaiting import open_states
from ledger.casework.map_overview import TIERS
from ledger.domain.access import Actor
from ledger.domain.columns import Ledger
from ledger.domain.ledgers import ledger_named
from ledger.domain.tiers import UNDETERMINED
from ledger.domain.workflows import WORKFLOWS
from ledger.records import due, no_grid
from ledger.records.places.areas import current_atlas
from ledger.records.query import Condition, Selection
from ledger.records.record_pages import count_by, find
from ledger.storage import Store

_COUNTED = ("tier", "placement", "state", "due", no_grid.KEY)
NOWHERE = ("outside", "none")


@dataclass(frozen=True)
class KeyNumber:
    """One number, its word, and the conditions it stands for (none: everything)."""

    key: str
    word: str
    count: int
    conditions: tuple[Condition, ...] = ()

    def is_on(self, selection: Selection) -> bool:
        """Whether the page shows just this."""
        counted = {one for one in selection.conditions if one.key in _COUNTED}
        return counted == set(self.conditions)


def without_counted(selection: Selection) -> Selection:
    """The selection without the filters that key numbers set; they count within the others."""
    kept = tuple(one for one in selection.conditions if one.key not in _COUNTED)
    return replace(selection, conditions=kept)


def key_numbers(
    store: Store, actor: Actor, ledger_key: str, selection: Selection
) -> list[KeyNumber]:
    """The numbers of a ledger: all records, each tier if it is judged, those without an area
    and, if there are any, those in no grid.

    Of the states of a case only open ones that occur have a number.
    """
    ledger, base = ledger_named(ledger_key), without_counted(selection)
    found: list[KeyNumber] = []
    with store.reading() as connection:
        # Whichever column is counted, the counts add up to all.
        key = ledger.counted
        counts = count_by(connection, actor, ledger, base, key) if key else {}
        total = sum(counts.values()) if key else _total(connection, actor, ledger, base)
        found.append(KeyNumber("all", "合计", total))
        if not ledger.judged and "due_on" in ledger.by_key:
            found += [_timed(connection, actor, ledger, base, one) for one in _due_spans(ledger)]
        if key == "state" and (workflow := WORKFLOWS.get(ledger.key)):
            found += [
                KeyNumber(
                    f"state-{choice.key}",
                    choice.label,
                    counts.get(choice.key, 0),
                    (Condition("state", "in", (choice.key,)),),
                )
                for choice in ledger.by_key["state"].choices
                if choice.key not in workflow.final and counts.get(choice.key)
            ]
        if ledger.judged:
            found += [
                KeyNumber(
                    f"tier-{tier or 'none'}",
                    ledger.by_key["tier"].choice_labels[tier] if tier else UNDETERMINED,
                    counts.get(tier, 0),
                    (Condition("tier", "in", (tier,)),),
                )
                for tier in TIERS
            ]
        if "placement" in ledger.by_key:
            places = count_by(connection, actor, ledger, base, "placement")
            nowhere = sum(places.get(place, 0) for place in NOWHERE)
            condition = Condition("placement", "in", NOWHERE)
            found.append(KeyNumber("nowhere", "未归区域或坐标在外", nowhere, (condition,)))
        if ledger.key in no_grid.LOCATED and current_atlas(store).under(actor.scope_path, "grid"):
            condition = Condition(no_grid.KEY, "set", no_grid.YES)
            count = _total(connection, actor, ledger, base.also(condition))
            if count:
                found.append(KeyNumber("no-grid", "未到网格", count, (condition,)))
    return found


def _due_spans(ledger: Ledger) -> tuple[str, ...]:
    """Overdue by law and by local rules, and due within a week."""
    by_law = (due.LEGAL,) if ledger.key in due.LEGAL_LEDGERS else ()
    return (*by_law, due.LOCAL, due.SOON)


def _timed(
    connection: Connection,
    actor: Actor,
    ledger: Ledger,
    base: Selection,
    span: str,
) -> KeyNumber:
    conditions = (Condition("due", "set", span),)
    wanted = base.also(*conditions)
    if workflow := WORKFLOWS.get(ledger.key):
        # Says nothing new, as only open records have a day, but lets the index find them.
        wanted = wanted.also(Condition("state", "in", open_states(workflow)))
    total = _total(connection, actor, ledger, wanted)
    return KeyNumber(span, due.WORDS[span], total, conditions)


def _total(connection: Connection, actor: Actor, ledger: Ledger, wanted: Selection) -> int:
    return find(connection, actor, ledger, wanted, size=1).total
