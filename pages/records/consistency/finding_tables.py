"""The tables of the page 一致性核对 as HTML: by rule, by village, and the findings of one rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from markupsafe import Markup

from geo.atlas import Area, Atlas
from ledger.casework.contradiction_counts import Counted, InArea, Overview
from ledger.domain.contradiction_words import HEADS, basis, meaning
from ledger.domain.ledgers import LEDGERS
from ledger.records.contradicted import ANY
from ledger.records.query import Condition
from pages._text import attribute, safe
from pages._ui import html_table as tables
from pages._ui.html_table import html_table
from pages._views.rows_link import area_rows, number_link, rows_address

PAGE = "consistency"


@dataclass(frozen=True)
class View:
    """What the page shows: an area (None: all in scope), one rule, its settled ones, one record."""

    area: Area | None = None
    rule: str = ""
    settled: bool = False
    record: int | None = None

    @property
    def code(self) -> str | None:
        """The code of the area."""
        return None if self.area is None else self.area.code

    def address(self, **at: str) -> str:
        """The address of this page with other parameters; empty ones are left out."""
        known = {"area": self.code or "", "rule": self.rule, "settled": "1" if self.settled else ""}
        parts = {key: value for key, value in {**known, **at}.items() if value}
        return f"{PAGE}?{urlencode(parts)}" if parts else PAGE


def _rows_link(
    said: object, rows: int, ledger: str, rule: str, code: str | None, atlas: Atlas
) -> Markup:
    """A number as the link to exactly the records that it counts."""
    wanted = area_rows(atlas, code, (Condition("contradiction", "set", rule),))
    return number_link(said, rows_address(ledger, wanted), rows)


def answer_html(seen: Overview, view: View, atlas: Atlas) -> Markup:
    """The whole in one line."""
    settled = sum(one.settled for one in seen.rules)
    where = safe(view.area.name) + Markup("：") if view.area else Markup("")
    parts = [
        _rows_link(f"{LEDGERS[key].label} {rows:,} 条", rows, key, ANY, view.code, atlas)
        for key, rows in seen.total.records.items()
    ]
    concerned = Markup("，涉及") + Markup("、").join(parts) if parts else Markup("")
    return Markup(
        '<p class="consistency-said">{}待核对 <b>{:,}</b> 处{}；已核对 {:,} 处。</p>'
    ).format(where, seen.findings, concerned, settled)


def rules_html(rules: Sequence[Counted], view: View, atlas: Atlas) -> Markup:
    """One row a rule, most findings first; those without any come last."""
    ordered = sorted(rules, key=lambda one: (-one.open, -one.settled))
    heads = ("不一致的地方", "台账", "待核对", "已核对", "依据")
    return html_table(heads, [_rule_row(one, view, atlas) for one in ordered], frame=PAGE)


def _rule_row(one: Counted, view: View, atlas: Atlas) -> tables.Row:
    rule = one.rule
    link = Markup('<a href="{}" target="_self">{}</a>')
    label: object = rule.label
    if one.open or one.settled:
        opened = "" if one.open else "1"
        label = link.format(attribute(view.address(rule=rule.id, settled=opened)), safe(rule.label))
    waiting: object = Markup('<span class="clear">没有</span>')
    if one.open:
        said = f"{one.open:,} 处"
        waiting = _rows_link(said, one.open, rule.ledger, rule.id, view.code, atlas)
    done: object = ""
    if one.settled:
        address = attribute(view.address(rule=rule.id, settled="1"))
        done = link.format(address, f"{one.settled:,} 处")
    look = "chosen" if rule.id == view.rule else ""
    return tables.Row((label, LEDGERS[rule.ledger].label, waiting, done, basis(rule)), look=look)


def meanings_html(rules: Sequence[Counted]) -> Markup:
    """When each rule finds something, in words, and what to do then."""
    return html_table(HEADS, [meaning(one.rule) for one in rules], frame=PAGE)


def areas_html(areas: Sequence[InArea], keys: Sequence[str], atlas: Atlas) -> Markup:
    """Records with any open finding by village and ledger, the most first."""
    heads = ("村(社区)", *(LEDGERS[key].label for key in keys))
    return html_table(heads, [_area_row(one, keys, atlas) for one in areas], frame=PAGE)


def _area_row(one: InArea, keys: Sequence[str], atlas: Atlas) -> list[object]:
    cells: list[object] = ["未归入任何村(社区)"]
    if one.area is not None:
        link = Markup('<a href="{}" target="_self">{}</a>')
        address = attribute(View(one.area).address())
        cells = [link.format(address, safe(one.area.name))]
    for key in keys:
        rows = one.records.get(key, 0)
        if rows and one.area is not None:
            cells.append(_rows_link(f"{rows:,} 条", rows, key, ANY, one.area.code, atlas))
        else:
            cells.append(f"{rows:,} 条" if rows else "")
    return cells
