"""What a field may refer to, records, people and areas, in words by which people find them."""

from __future__ import annotations

from markupsafe import Markup

from ledger.domain.access import Action
from ledger.domain.columns import Column
from ledger.records.referable import referable
from pages._ui.area_picker import people_list, people_options, record_option
from pages.records.ledger.session import Desk


def offered_records(desk: Desk, column: Column) -> dict[str, str]:
    """编号 → name, village, 编号 and the initials of the name; empty where there are too many.

    Read once for each state of the data, for whoever asks.
    """
    if not desk.actor.may(Action.READ, column.refers):
        return {}
    signature = (column.refers, desk.revision)
    kept = desk.memory.referable.get(column.refers)
    if kept is None or kept[0] != signature:
        found = referable(desk.store, desk.actor, column.refers)
        scope = desk.actor.scope_path
        kept = (signature, {one.number: record_option(one, desk.atlas, scope) for one in found})
        desk.memory.referable[column.refers] = kept
    return kept[1]


def people_html(desk: Desk, key: str) -> Markup:
    """The people of the office as the list of a text field; ``key`` is the field's."""
    if desk.memory.people is None:
        desk.memory.people = people_options(desk.store, desk.actor)
    return people_list(desk.memory.people, key)
