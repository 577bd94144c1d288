"""The ranking as a file: one row a village, one column a line; on the record like any export.

The file is a paper: small counts are hidden in it (`ledger.domain.small_counts`).
"""

from __future__ import annotations

from geo.atlas import Atlas
from ledger.domain.access import Action, Actor
from ledger.domain.timing.periods import Period
from ledger.exchange.writing.formats import Exported, format_named, stamp, written
from ledger.exchange.writing.table import Cell, Field, Table
from ledger.records.history import audit
from ledger.reporting.rating.measures import KIND_LABELS
from ledger.reporting.rating.model import Rating
from ledger.reporting.rating.papers import paper_village
from ledger.reporting.rating.points import rate
from ledger.storage import Store
from ledger.storage.again import tried_again


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
    kind = format_named(format, "考评排名")
    rating = rate(store, actor, atlas, period, area_code)
    fields, rows = ranking_table(rating, atlas)
    title = f"村(社区)考评_{period}"
    table = Table(title, fields, rows)
    exported = written(table, f"{title}_{stamp()}", kind, guard_codes=True)
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


@tried_again
def _remember(store: Store, actor: Actor, rating: Rating, exported: Exported) -> None:
    after = {"rows": exported.rows, "title": f"村(社区)考评；{rating.period}"}
    with store.writing() as connection:
        change = audit.Change("export", number=exported.filename[:80], after=after)
        audit.append(connection, actor, [change])
