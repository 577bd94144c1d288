"""The facts of an institution with the cases that they come from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ledger.domain.ledgers import LEDGERS
from ledger.domain.ledgers.institutions import RISK_FACTS
from ledger.domain.timing import clock
from ledger.records.fact_origins import Origin, fact_origins
from pages._text import safe
from pages.records.ledger.related import reference_html
from pages.records.ledger.session import Desk


def facts_html(desk: Desk, institution: Mapping[str, Any]) -> str:
    """Every fact that is known, risk facts first: its value, where it comes from and since when; a
    visit that stated it anew with its day. Empty without any."""
    dates: Mapping[str, Mapping[str, str]] = institution.get("facts_as_of") or {}
    origins = fact_origins(desk.store, desk.actor, int(institution["id"]))
    rows = "".join(
        f"<dt>{safe(column.label)}</dt><dd>{safe(desk.words(key, institution[key]))}"
        f"<small>{_origin_html(desk, origins.get(key), dates.get(key))}</small></dd>"
        for key, column in sorted(
            desk.ledger.by_key.items(), key=lambda item: item[1].group != RISK_FACTS
        )
        if column.fact
        and institution.get(key) is not None
        and (column.group == RISK_FACTS or key in dates)
    )
    return f'<h3 class="group">事实及来源</h3><dl class="facts">{rows}</dl>' if rows else ""


def _origin_html(desk: Desk, origin: Origin | None, visited: Mapping[str, str] | None) -> str:
    """Whence and since when; the case or visit is named, and linked, to who may open it."""
    words = []
    if origin is not None:
        since = clock.local_text(origin.at)[:10]
        words.append(f"来源：{_source_html(desk, origin)}，{since} 起")
    if visited and visited.get("on"):
        on, number = visited.get("on", ""), visited.get("inspection", "")
        words.append(f"截至 {safe(on)}，走访 {safe(number)}")
    return "；".join(words)


def _source_html(desk: Desk, origin: Origin) -> str:
    if origin.ledger is None:
        kind = "导入" if origin.kind == "import" else "人工填写"
        told = origin.number if origin.kind == "import" else origin.actor
        return safe(f"{kind}({told})") if told else kind
    label = LEDGERS[origin.ledger].label
    if origin.number is None:
        return safe(f"{label}(不在您可查看的范围)")
    link = reference_html(desk, origin.ledger, origin.number, "")
    return f"{safe(label)} {link}"
