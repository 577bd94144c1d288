"""Print a ledger as it is filtered: every row, in the columns that the page shows."""

from __future__ import annotations

from collections.abc import Sequence

from geo.atlas import Atlas
from ledger.domain.access import Action, Actor
from ledger.domain.columns import OVERDUE_DAYS, ColumnType, Ledger
from ledger.domain.errors import Invalid
from ledger.domain.ledgers import ledger_named
from ledger.exchange.printing.paper import Paper, Part, head_of
from ledger.exchange.writing.table import Cell, Field, Table
from ledger.exchange.writing.tables_out import table_of
from ledger.records.due import DAYS_LABEL, days_overdue
from ledger.records.history import audit
from ledger.records.person_names import names_in
from ledger.records.places.area_words import area_names
from ledger.records.places.areas import current_atlas
from ledger.records.query import Selection
from ledger.records.record_pages import find
from ledger.records.scrubbing import without_numbers
from ledger.records.searched import logged_filters
from ledger.storage import Store
from ledger.storage.again import tried_again

MOST_ROWS = 2_000
# So many columns can be read side by side on A4; more of them lie on its side.
_UPRIGHT = 5


@tried_again
def printed_list(
    store: Store,
    actor: Actor,
    ledger_key: str,
    selection: Selection,
    keys: Sequence[str],
    *,
    filters: Sequence[str] = (),
    logged_title: str = "",
) -> Paper:
    """Every record of the selection in the actor's scope, in the columns ``keys``; it is logged.

    ``filters`` are the selection in words, ``logged_title`` the same without what was typed.
    Protected texts are masked, as in files.

    Raises
    ------
    Refused
        If the actor may not export.
    Invalid
        For more than `MOST_ROWS` rows, an unknown column, or filters that do not fit the ledger.
    """
    actor.require(Action.EXPORT, ledger_key)
    ledger = ledger_named(ledger_key)
    atlas = current_atlas(store)
    with store.reading() as connection:
        found = find(connection, actor, ledger, selection, size=MOST_ROWS)
        names = names_in(connection, {row.get("updated_by") for row in found.rows})
    if found.total > MOST_ROWS:
        raise Invalid(
            f"当前筛选有 {found.total:,} 条，一次最多打印 {MOST_ROWS:,} 条。"
            "请先缩小筛选范围，或下载为 Excel"
        )
    fields, cells = table_of(ledger, found.rows, atlas, names=names)
    if OVERDUE_DAYS in keys and "due_on" in ledger.by_key:
        fields.append(Field(OVERDUE_DAYS, f"{DAYS_LABEL}(天)", "integer"))
        for row, record in zip(cells, found.rows, strict=True):
            row.append(days_overdue(record["due_on"]))
    places = _places(fields, keys)
    table = Table(
        ledger.label,
        [Field("serial", "序号", "integer"), *(_field(ledger, fields[at]) for at in places)],
        [
            [number, *(_cell(ledger, fields[at], row[at], atlas, actor) for at in places)]
            for number, row in enumerate(cells, 1)
        ],
    )
    words = "；".join(filters) or "全部"
    head = head_of(actor, atlas, f"筛选：{words}", f"共 {found.total:,} 条")
    title = f"{ledger.label}台账"
    after = {"rows": found.total, "title": without_numbers(logged_title)}
    after |= {key: value for key, value in logged_filters(ledger, selection).items() if value}
    with store.writing() as connection:
        audit.append(
            connection, actor, [audit.Change("print", ledger.key, number=title, after=after)]
        )
    return Paper(title, head, (Part(table=table),), wide=len(places) > _UPRIGHT)


def _places(fields: Sequence[Field], keys: Sequence[str]) -> list[int]:
    """Where the columns stand in the exported table. Raises `Invalid` for one that is not there."""
    at = {field.key: place for place, field in enumerate(fields)}
    unknown = [key for key in keys if key not in at]
    if unknown or not keys:
        raise Invalid("打印地址里的列有误，请回到台账页面重新点“打印”")
    return [at[key] for key in dict.fromkeys(keys)]


def _field(ledger: Ledger, field: Field) -> Field:
    column = ledger.by_key.get(field.key)
    if column is None or not column.unit or column.type is ColumnType.MONEY:
        return field
    return Field(field.key, f"{field.header}({column.unit})", field.kind)


def _cell(ledger: Ledger, field: Field, cell: Cell, atlas: Atlas, actor: Actor) -> Cell:
    """An area by its names: on paper nobody looks up a code."""
    column = ledger.by_key.get(field.key)
    if column is None or column.type is not ColumnType.AREA or cell is None:
        return cell
    return area_names(atlas, str(cell), actor.scope_path)
