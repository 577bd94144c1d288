"""Write a visit: its values, its record, its photos."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ledger.domain.errors import Invalid, LedgerError
from ledger.domain.ledgers.inspections import CHECKLIST_KEYS
from ledger.records import attachments
from ledger.records import service as records
from pages.field.inspect.inspection_position import position_of, within
from pages.field.inspect.inspection_preview import Effect, look_back
from pages.field.inspect.visit import Visit


@dataclass(frozen=True)
class Saved:
    """A visit that was saved: its 编号, what it did, and its photos."""

    number: str
    effect: Effect
    attached: int
    lost: tuple[str, ...]


def visit_values(visit: Visit) -> dict[str, Any]:
    """What the service is asked to save; problems stand in the form's memory."""
    values = visit.form.typed.parsed(visit.form.ledger)
    typed = visit.form.typed
    typed.problems.pop("institution", None)
    values["institution"] = visit.place["number"]
    here = position_of(typed.values)
    if here is None or not within(visit, here):
        values.pop("lon", None)
        values.pop("lat", None)
    return values


def write_visit(visit: Visit, values: Mapping[str, Any]) -> None:
    """Save once, however often it is pressed, then the photos that are not there yet."""
    store, actor, typed = visit.store, visit.actor, visit.form.typed
    try:
        visit_id = records.create(store, actor, "inspections", values, token=typed.token)
        saved = records.get(store, actor, "inspections", visit_id)
        after = records.get(store, actor, "institutions", visit.place["id"])
    except Invalid as invalid:
        typed.stage, typed.refused = "form", [str(problem) for problem in invalid.problems]
        return
    except LedgerError as error:
        typed.stage, typed.refused = "form", [str(error)]
        return
    stated = sum(values.get(key) is not None for key in CHECKLIST_KEYS)
    attached, lost = _attach(visit, visit_id)
    effect = look_back(visit.place, after, stated)
    visit.form.saved(Saved(saved["number"], effect, attached, tuple(lost)))


def _attach(visit: Visit, visit_id: int) -> tuple[int, list[str]]:
    """How many photos the visit has now, and what became of those that it has not."""
    store, actor = visit.store, visit.actor
    here = {
        hashlib.sha256(attachments.content_of(store, actor, one.id)[1]).hexdigest()
        for one in attachments.listed(store, actor, "inspections", visit_id)
    }
    lost = []
    for name, content in visit.form.typed.photos:
        digest = hashlib.sha256(content).hexdigest()
        if digest in here:
            continue
        try:
            attachments.attach(store, actor, "inspections", visit_id, name, content)
            here.add(digest)
        except LedgerError as error:
            lost.append(f"{name}：{error}")
    return len(here), lost
