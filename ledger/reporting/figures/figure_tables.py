"""Figures as a file: every number with what it was divided from and its definition, on record.

The file is a paper: small counts are hidden in it (`ledger.domain.small_counts`).
"""

from __future__ import annotations

from ledger.domain.access import Action, Actor
from ledger.domain.timing.periods import Period
from ledger.exchange.writing.formats import Exported, format_named, written
from ledger.exchange.writing.table import Cell, Field, Table
from ledger.records.history import audit
from ledger.records.searched import TYPED
from ledger.reporting.figures.model import Figures, FigureValue
from ledger.reporting.figures.papers import paper_figures
from ledger.reporting.figures.service import figures
from ledger.storage import Store
from ledger.storage.again import tried_again

FIELDS = (
    Field("group", "分组"),
    Field("label", "指标"),
    Field("part", "分项"),
    Field("text", "数值"),
    Field("value", "数值(未取整)", "number"),
    Field("numerator", "分子", "number"),
    Field("denominator", "分母", "number"),
    Field("before", "上期"),
    Field("previous", "环比"),
    Field("then", "上年同期"),
    Field("year", "同比"),
    Field("bases", "与哪些日子比较"),
    Field("as_of", "截至", "date"),
    Field("note", "说明", "long"),
    Field("definition", "口径", "long"),
)


@tried_again
def export_figures(
    store: Store,
    actor: Actor,
    period: Period,
    suffix: str,
    area_code: str | None = None,
    *,
    official: str | None = None,
) -> Exported:
    """The figures of a period as a workbook or as CSV.

    Raises
    ------
    Refused
        If the actor may not export.
    NotFound
        For an area that is not there or not in the actor's scope.
    Invalid
        For another format.
    """
    actor.require(Action.EXPORT)
    kind = format_named(suffix, "工作指标")
    found = paper_figures(figures(store, actor, period, area_code, official=official))
    where = found.area.name if found.area else "全部区域"
    table = Table(f"工作指标 {where} {found.period.label}", FIELDS, number_rows(found))
    exported = written(table, f"工作指标_{where}_{period.text}", kind, guard_codes=True)
    after = {"rows": exported.rows, "period": period.text, "title": f"工作指标：{where}"}
    after |= {"official": TYPED} if official else {}
    with store.writing() as connection:
        change = audit.Change("export", number=exported.filename[:80], after=after)
        audit.append(connection, actor, [change])
    return exported


def number_rows(found: Figures) -> list[list[Cell]]:
    """One row a number, in the columns of `FIELDS`."""
    return [_row(found, value) for value in found]


def _row(found: Figures, value: FigureValue) -> list[Cell]:
    words = found.comparisons(value.key)
    before, then = found.previous.get(value.key), found.year_before.get(value.key)
    return [
        value.group,
        value.label,
        value.part,
        value.text,
        value.value,
        None if value.hidden else value.numerator,
        None if value.hidden else value.denominator,
        before.text if before else None,
        words[0] if words else None,
        then.text if then else None,
        words[1] if len(words) > 1 else None,
        found.bases.in_days if words else None,
        value.as_of,
        value.note or None,
        "\n".join(value.definition.lines),
    ]
