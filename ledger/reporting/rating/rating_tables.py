"""The ranking as a file: one row a village, one column a line; on the record like any export.

The file is a paper: small counts are hidden in it (`ledger.domain.small_counts`).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence

from geo.atlas import Atlas
from ledger.domain.access import Action, Actor
from ledger.domain.errors import Invalid
from ledger.domain.timing import clock
from ledger.domain.timing.periods import Period
from ledger.exchange.writing import workbooks
from ledger.exchange.writing.exports import MEDIA_TYPES, Exported, Format
from ledger.exchange.writing.text_out import harmless
from ledger.exchange.writing.workbooks import Cell, Field
from ledger.records.history import audit
from ledger.reporting.rating.measures import KIND_LABELS
from ledger.reporting.rating.model import Rating
from ledger.reporting.rating.papers import paper_village
from ledger.reporting.rating.points import rate
from ledger.storage import Store
from ledger.storage.again import tried_again

FORMATS: tuple[Format, ...] = ("xlsx", "csv")


def export_ranking(
    store: Store,
    actor: Actor,
    atlas: Atlas,
    period: Period,
    area_code: str | None,
    format: str,
) -> Exported:
    """The ranking of a period as ``xlsx`` or ``csv``.

    Raises
    ------
    Refused
        If the actor may not export.
    Invalid
        For another format, or a period that cannot be rated.
    NotFound
        For an area that is not there or not in the actor's scope.
    """
    actor.require(Action.EXPORT)
    kind = next((known for known in FORMATS if known == format), None)
    if kind is None:
        raise Invalid(f"考评排名不能导出为“{format[:20]}”，只能是：{'、'.join(FORMATS)}")
    rating = rate(store, actor, atlas, period, area_code)
    fields, rows = ranking_table(rating, atlas)
    title = f"村(社区)考评_{period}"
    content = _WRITERS[kind](title, fields, rows)
    stamp = clock.local_text(clock.now()).replace("-", "").replace(":", "").replace(" ", "_")
    exported = Exported(f"{title}_{stamp}.{kind}", content, MEDIA_TYPES[kind], len(rows))
    _remember(store, actor, rating, exported)
    return exported


def ranking_table(rating: Rating, atlas: Atlas) -> tuple[list[Field], list[list[Cell]]]:
    """Header and rows: rank, village, points, then the count and the points of each line."""
    fields = [
        Field("rank", "名次", "integer"),
        Field("name", "村(社区)"),
        Field("above", "所属镇(街道)"),
        Field("code", "区域代码"),
        Field("points", "得分", "number"),
    ]
    for line in rating.rules.lines:
        fields.append(Field(f"{line.key}_count", f"{line.label}(件)", "integer"))
        fields.append(Field(line.key, f"{line.label}(分)", "number"))
    fields.append(Field("suggested", "建议措施"))
    rows: list[list[Cell]] = []
    for one in rating.villages:
        above = atlas.ancestors(one.area.code)
        row: list[Cell] = [
            one.rank,
            one.area.name,
            above[-1].name if above else "",
            one.area.code,
            float(one.points),
        ]
        for count, points in paper_village(one, rating.rules):
            row += [count, points]
        row.append(KIND_LABELS[one.suggested.kind] if one.suggested else "")
        rows.append(row)
    return fields, rows


def _xlsx(title: str, fields: Sequence[Field], rows: Sequence[Sequence[Cell]]) -> bytes:
    return workbooks.table_workbook(title, fields, rows)


def _csv(_title: str, fields: Sequence[Field], rows: Sequence[Sequence[Cell]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([harmless(field.header) for field in fields])
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


_WRITERS: Mapping[str, Callable[[str, Sequence[Field], Sequence[Sequence[Cell]]], bytes]] = {
    "xlsx": _xlsx,
    "csv": _csv,
}


@tried_again
def _remember(store: Store, actor: Actor, rating: Rating, exported: Exported) -> None:
    after = {"rows": exported.rows, "title": f"村(社区)考评；{rating.period}"}
    with store.writing() as connection:
        change = audit.Change("export", number=exported.filename[:80], after=after)
        audit.append(connection, actor, [change])
