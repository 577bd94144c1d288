"""The short forms for what somebody sees or hears on the way: which fields they ask for, and what
is given with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ledger.domain.timing import clock

LEAD, PETITION, UNLISTED = "lead", "petition", "unlisted"


@dataclass(frozen=True)
class Report:
    """One short form: its ledger, what stands above it, its fields and what is given with it."""

    ledger: str
    title: str
    said: str
    fields: tuple[str, ...]
    protected: tuple[str, ...]
    fresh: Mapping[str, str]

    def stamped(self) -> dict[str, Any]:
        """The moment of registration is that of the save."""
        if self.ledger == "leads":
            return {"registered_at": clock.local_text(clock.now())}
        return {"registered_on": clock.today()}

    def untouched(self, values: Mapping[str, Any]) -> bool:
        """Whether the matter is still what the form began with, which is only to be filled in."""
        given = self.fresh.get("matter")
        return given is not None and values.get("matter") == given


REPORTS: Mapping[str, Report] = {
    LEAD: Report(
        "leads",
        "上报线索",
        "写清何时、何地、何人、何事；重大线索会立即提示镇（街道）领导。",
        ("matter", "major", "source", "fraud_type", "amount", "people"),
        ("suspect", "informant", "informant_phone"),
        {"source": "群众举报"},
    ),
    PETITION: Report(
        "petitions",
        "登记信访事项",
        "只按事项和地点登记；由镇（街道）经办受理，您可在待办里看到进展。",
        ("matter", "channel", "kind", "field", "elder_care", "repeat", "people"),
        ("petitioner", "petitioner_phone"),
        {"channel": "来访"},
    ),
    UNLISTED: Report(
        "leads",
        "上报未登记场所",
        "台账里没有的场所先作为线索上报，由镇（街道）核实后建档，再补做走访。",
        ("matter", "major", "people", "amount"),
        (),
        {"source": "排查发现", "matter": "发现未登记的养老服务场所。名称：；地址：；情况："},
    ),
}


def kind_of(report: Report) -> str:
    """The key of a short form among `REPORTS`."""
    return next(kind for kind, one in REPORTS.items() if one is report)
