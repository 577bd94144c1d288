"""Templates that hold an area's records already: one for all, or one for each village in a zip.

What stands in them is what stands in an export, and they come back as one does: compared cell by
cell with what was sent and what stands in the ledger by then
(:mod:`ledger.exchange.importing.round_trip`). Protected texts are masked; a mask that nobody
touched changes nothing.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from geo.atlas import Area, Atlas
from ledger.domain.access import Action, Actor
from ledger.domain.columns import ColumnType, Ledger
from ledger.domain.errors import Invalid
from ledger.domain.ledgers import ledger_named
from ledger.domain.progress import Progress, silent
from ledger.exchange.writing.exports import area_in_scope, marks_of, remember
from ledger.exchange.writing.formats import MEDIA_TYPES, Exported, stamp
from ledger.exchange.writing.table import Cell
from ledger.exchange.writing.tables_out import Records, table_of
from ledger.exchange.writing.templates import Contents, template
from ledger.records.places.areas import current_atlas
from ledger.records.query import Selection
from ledger.records.record_pages import read_all
from ledger.storage import Store

ZIP_TYPE = "application/zip"
VILLAGE = "village"
_MOST_OFFERED = 3_000
_NOT_IN_A_NAME = re.compile(r'[\\/:*?"<>|\x00-\x1f]')
_REST = "未归入村(社区)的"


def filled_template(
    store: Store,
    actor: Actor,
    ledger_key: str,
    *,
    area_code: str | None = None,
    filled: bool = True,
    progress: Progress | None = None,
) -> Exported:
    """The template of a ledger with what stands in it under an area, or in the actor's scope.

    ``area_code`` is also where new rows belong that name no area. Without ``filled`` it holds no
    records, only the areas to choose from. The log records it as it does an export.

    Raises
    ------
    Refused
        If the actor may not take a template.
    NotFound
        For an area that is not there or not the actor's.
    """
    sending = _Sending.of(store, actor, ledger_key, Action.TAKE_TEMPLATE)
    area = area_in_scope(sending.atlas, actor, area_code)
    selection = _selection(area)
    records = sending.read(selection) if filled else []
    told = progress or silent
    told("生成文件", 0, 1)
    content = sending.workbook(area, records)
    told("生成文件", 1, 1)
    where = f"{_file_name(area.name)}_" if area else ""
    name = f"{where}{sending.ledger.label}_模板_{stamp()}.xlsx"
    exported = Exported(name, content, MEDIA_TYPES["xlsx"], len(records))
    title = f"带数据的模板{f'；{area.name}' if area else ''}"
    remember(store, actor, sending.ledger, selection, exported, title, action=Action.TAKE_TEMPLATE)
    return exported


def templates_by_village(
    store: Store,
    actor: Actor,
    ledger_key: str,
    *,
    area_code: str | None = None,
    filled: bool = True,
    progress: Progress | None = None,
) -> Exported:
    """A zip with one template for each village under an area, or in the actor's scope.

    Records of no village are in one more workbook, so that none is missing.

    Raises
    ------
    Refused
        If the actor may not export.
    NotFound
        For an area that is not there or not the actor's.
    Invalid
        If there is no village.
    """
    sending = _Sending.of(store, actor, ledger_key, Action.EXPORT)
    area = area_in_scope(sending.atlas, actor, area_code)
    villages = sending.villages(area)
    selection = _selection(area)
    records = sending.read(selection) if filled else []
    by_village, rest = _by_village(villages, records)
    told = progress or silent
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as packed:  # workbooks are packed
        for at, (village, name) in enumerate(_named(sending.atlas, villages)):
            told("生成文件", at, len(villages))
            workbook = sending.workbook(village, by_village[village.code])
            packed.writestr(f"{name}_{sending.ledger.label}.xlsx", workbook)
        if rest:
            packed.writestr(f"{_REST}{sending.ledger.label}.xlsx", sending.workbook(None, rest))
    told("生成文件", len(villages), len(villages))
    name = f"{sending.ledger.label}_分村模板_{stamp()}.zip"
    exported = Exported(name, stream.getvalue(), ZIP_TYPE, len(records))
    title = f"带数据的模板，{len(villages)} 个村(社区)各一份{f'；{area.name}' if area else ''}"
    remember(store, actor, sending.ledger, selection, exported, title)
    return exported


def area_label(area: Area) -> str:
    """An area as the drop-down of a template writes it: 东村(990101001001)."""
    return f"{area.name}({area.code})"


@dataclass(frozen=True)
class _Sending:
    """Who sends templates of which ledger."""

    store: Store
    actor: Actor
    ledger: Ledger
    atlas: Atlas

    @classmethod
    def of(cls, store: Store, actor: Actor, ledger_key: str, action: Action) -> _Sending:
        actor.require(action, ledger_key)
        return cls(store, actor, ledger_named(ledger_key), current_atlas(store))

    def read(self, selection: Selection) -> Records:
        with self.store.reading() as connection:
            return read_all(connection, self.actor, self.ledger, selection)

    def villages(self, area: Area | None) -> Sequence[Area]:
        if "area_code" not in self.ledger.by_key:
            raise Invalid(f"{self.ledger.label}不分区域，不能按村(社区)拆分")
        top = self.actor.scope_path if area is None else area.path
        found = self.atlas.under(top, VILLAGE)
        if not found:
            raise Invalid("这里没有村(社区)，不能按村(社区)拆分，请改为下载一份")
        return found

    def workbook(self, area: Area | None, records: Records) -> bytes:
        fields, cells = table_of(self.ledger, records, self.atlas)
        places = {field.key: at for at, field in enumerate(fields)}
        keep = [(places[column.key], column.type) for column in self.ledger.editable]
        rows = [[self._cell(row[at], kind) for at, kind in keep] for row in cells]
        return template(
            self.ledger,
            Contents(
                marks_of(self.ledger, records, area.code if area else ""),
                rows,
                [area_label(one) for one in self._offered(area)],
                area.name if area else "",
            ),
        )

    def _cell(self, cell: Cell, kind: ColumnType) -> Cell:
        area = self.atlas.get(cell) if kind is ColumnType.AREA and isinstance(cell, str) else None
        return cell if area is None else area_label(area)

    def _offered(self, area: Area | None) -> Sequence[Area]:
        """The areas to choose from: those of the workbook first, then the actor's villages."""
        mine = self.atlas.under(self.actor.scope_path)
        own = [one for one in mine if area is None or one.path.startswith(area.path)]
        others = [one for one in mine if one.level == VILLAGE and one not in own]
        return [*own, *others][:_MOST_OFFERED]


def _selection(area: Area | None) -> Selection:
    sort = (("number", False),)
    return Selection(sort=sort) if area is None else Selection(sort=sort, area_path=area.path)


def _by_village(villages: Sequence[Area], records: Records) -> tuple[dict[str, Records], Records]:
    """The records of each village by its code, and those of none."""
    found: dict[str, Records] = {village.code: [] for village in villages}
    by_path = {village.path: village.code for village in villages}
    rest: Records = []
    for record in records:
        above = _paths(str(record["area_path"] or ""))
        code = next((by_path[path] for path in above if path in by_path), None)
        (rest if code is None else found[code]).append(record)
    return found, rest


def _paths(path: str) -> Iterator[str]:
    """The path itself and those of all areas above it."""
    while path.strip("/"):
        yield path
        path = path.rstrip("/").rpartition("/")[0] + "/"


def _named(atlas: Atlas, villages: Sequence[Area]) -> Iterator[tuple[Area, str]]:
    """Each village with the name of its file: with the township's before it where two are alike."""
    times = Counter(village.name for village in villages)
    taken: set[str] = set()
    for village in villages:
        parent = atlas.get(village.parent_code)
        alike = times[village.name] > 1 and parent is not None
        name = _file_name(f"{parent.name}{village.name}" if alike and parent else village.name)
        if name in taken:
            name = f"{name}{_file_name(village.code)}"
        taken.add(name)
        yield village, name


def _file_name(name: str) -> str:
    """A name without what the name of a file cannot hold."""
    return _NOT_IN_A_NAME.sub("_", name).strip(". ")[:60] or "区域"
