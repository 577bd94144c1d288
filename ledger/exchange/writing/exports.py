"""Write what a filter shows to a file: xlsx, csv, geojson or gpkg.

Headers are the Chinese labels (money with its unit), choices and tri-states their words, dates
dates. Texts are never formulas (:mod:`ledger.exchange.writing.text_out` for csv). Protected texts
are masked; users who may see them and give a reason get them in plain, which is logged. A workbook
has marks of its rows, so that it can be imported again
(:mod:`ledger.exchange.importing.round_trip`).
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

import shapely
from sqlalchemy import select

from geo.atlas import Area, Atlas
from ledger.domain.access import Action, Actor, under
from ledger.domain.columns import Ledger
from ledger.domain.errors import Invalid, NotFound
from ledger.domain.ledgers import ledger_named
from ledger.domain.progress import Progress, silent
from ledger.domain.timing import clock
from ledger.exchange.writing.fingerprints import Mark, fingerprints_of
from ledger.exchange.writing.formats import (
    FORMATS,
    WITHOUT_SHAPES,
    Exported,
    format_named,
    stamp,
    written,
)
from ledger.exchange.writing.table import Cover, Marks, Table
from ledger.exchange.writing.tables_out import Records, table_of
from ledger.records.history import audit
from ledger.records.person_names import person_names
from ledger.records.places.areas import current_atlas, in_force
from ledger.records.query import Selection
from ledger.records.record_pages import read_all
from ledger.records.revealing import require_few, require_reason
from ledger.records.scrubbing import without_numbers
from ledger.records.searched import logged_filters
from ledger.storage import Store, open_store
from ledger.storage.again import tried_again
from ledger.storage.own_files import refuse_own_files
from ledger.storage.tables import areas


def export(
    store: Store,
    actor: Actor,
    ledger_key: str,
    selection: Selection,
    format: str,
    *,
    title: str = "",
    logged_title: str = "",
    reveal_reason: str | None = None,
    guard_codes: bool = False,
    cover: bool = True,
    progress: Progress | None = None,
) -> Exported:
    """Export every record of the selection in the actor's scope as one file; the log records it.

    ``title`` says in words what the file holds, for the cover line and the workbook's properties,
    ``logged_title`` the same for the log, without what was typed
    (`ledger.records.searched.untyped`). Protected texts are masked unless
    ``reveal_reason`` says why they are needed.
    ``guard_codes`` keeps long codes of a csv from Excel (:mod:`ledger.exchange.writing.text_out`).
    Without ``cover`` a workbook begins with its header, as scripts expect. What ``progress``
    raises leaves no file and no entry in the log.

    Raises
    ------
    Refused
        If the actor may not export, or asks for protected texts that they may not see, or for more
        of them than one may see in an hour (`ledger.records.revealing`).
    Invalid
        For an unknown format, filters that do not fit the ledger, or a reason of fewer than 4 or
        more than 200 characters.
    """
    actor.require(Action.EXPORT, ledger_key)
    ledger, kind = ledger_named(ledger_key), format_named(format, "台账", FORMATS)
    reason = None if reveal_reason is None else _checked_reason(actor, ledger, reveal_reason)
    told = progress or silent
    atlas = current_atlas(store)
    told("读取台账", 0, 1)
    records = _records(store, actor, ledger, selection)
    told("读取台账", 1, 1)
    if reason is not None:
        with store.reading() as connection:  # before the work; `remember` asks once more
            require_few(connection, actor, len(records))
    names = person_names(store, {record.get("updated_by") for record in records})
    revealed = None if reason is None else store.sealer
    fields, cells = table_of(ledger, records, atlas, revealed, names)
    # Areas come from boundary files and need no marks.
    comes_back = kind == "xlsx" and bool(records) and ledger.geometry != "polygon"
    table = Table(
        title=title or ledger.label,
        fields=fields,
        rows=cells,
        sheet=ledger.label,
        cover=_cover(actor, atlas, ledger, selection, title, len(records)) if cover else None,
        numbered=True,
        marks=marks_of(ledger, records) if comes_back else None,
        shapes=None if kind in WITHOUT_SHAPES else _shapes(ledger, records),
    )
    name = f"{ledger.label}_{stamp()}"
    exported = written(table, name, kind, guard_codes=guard_codes, progress=told)
    told("生成文件", len(records), len(records))
    remember(store, actor, ledger, selection, exported, logged_title, reason)
    return exported


def export_to(
    store: Store,
    actor: Actor,
    ledger_key: str,
    path: Path,
    *,
    scope_code: str | None = None,
    reveal_reason: str | None = None,
    cover: bool = False,
    progress: Progress | None = None,
) -> Exported:
    """Export a whole ledger, or what lies under one area, to ``path``; its ending is the format.

    Raises `Invalid` before anything is read when the file could not be written there, and
    `NotFound` for an area that is not there or not the actor's.
    """
    actor.require(Action.EXPORT, ledger_key)
    format_named(path.suffix.removeprefix("."), "台账", FORMATS)
    require_writable(path)
    selection, title = Selection(sort=(("number", False),)), ""
    area = area_in_scope(current_atlas(store), actor, scope_code)
    if area is not None:
        selection = Selection(sort=(("number", False),), area_path=area.path)
        title = f"{ledger_named(ledger_key).label}；{area.name}"
    exported = export(
        store,
        actor,
        ledger_key,
        selection,
        path.suffix.removeprefix("."),
        title=title,
        reveal_reason=reveal_reason,
        cover=cover,
        progress=progress,
    )
    write_file(path, exported.content)
    return exported


def area_in_scope(atlas: Atlas, actor: Actor, code: str | None) -> Area | None:
    """The area of a code, None for None and for ``*``. Raises `NotFound` for one that is not there
    or not the actor's."""
    if code in (None, "*"):
        return None
    area = atlas.get(code)
    if area is None or not actor.sees(area.path):
        raise NotFound("区域")
    return area


def write_file(path: Path, content: bytes) -> None:
    """Write a file whole or not at all. Raises `Invalid` with what to check."""
    part = None
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as stream:
            part = Path(stream.name)
            stream.write(content)
        part.replace(path)  # closed to others, as every new temporary file is
    except OSError as error:
        if part is not None:
            part.unlink(missing_ok=True)
        raise Invalid(
            f"无法写入“{path}”，请检查文件夹是否存在、可写、空间是否足够({error.strerror})"
        ) from None


def require_writable(path: Path) -> None:
    """Refuse a path that could not be written to, before any work is done. Raises `Invalid`."""
    if path.is_dir():
        raise Invalid(f"“{path}”是文件夹，请写出文件名")
    if not path.parent.is_dir():
        raise Invalid(f"没有文件夹“{path.parent}”，请先建立")
    if not os.access(path.parent, os.W_OK) or (path.exists() and not os.access(path, os.W_OK)):
        raise Invalid(f"无法写入“{path}”，请检查文件夹和文件的写权限")
    refuse_own_files(open_store(), path)


def _records(store: Store, actor: Actor, ledger: Ledger, selection: Selection) -> Records:
    with store.reading() as connection:
        if ledger.geometry != "polygon":
            return read_all(connection, actor, ledger, selection)
        query = (
            select(areas)
            .where(
                in_force(),
                actor.scope_condition(areas.c.path),
                under(areas.c.path, selection.area_path or "/"),
            )
            .order_by(areas.c.path)
        )
        return [dict(row) for row in connection.execute(query).mappings()]


def _shapes(ledger: Ledger, records: Records) -> list[Any]:
    if ledger.geometry == "polygon":
        return list(shapely.from_wkb([record["geometry"] for record in records]))
    return [
        shapely.Point(record["lon"], record["lat"])
        if record.get("lon") is not None and record.get("lat") is not None
        else None
        for record in records
    ]


def _checked_reason(actor: Actor, ledger: Ledger, reason: str) -> str:
    actor.require(Action.REVEAL, ledger.key)
    if not _protected(ledger):
        raise Invalid(f"{ledger.label}没有受保护信息，不需要填写查看理由")
    return require_reason(reason)


def _protected(ledger: Ledger) -> list[str]:
    return [column.label for column in ledger.columns if column.rule.masked]


def marks_of(ledger: Ledger, records: Records, area: str = "") -> Marks:
    """What makes each row known again, in a workbook that is made for an area or for all."""
    fingerprint = fingerprints_of(ledger)
    return Marks(
        ledger,
        [(row["number"], Mark(row["id"], row["version"], fingerprint(row))) for row in records],
        area,
    )


def _cover(
    actor: Actor, atlas: Atlas, ledger: Ledger, selection: Selection, title: str, rows: int
) -> Cover:
    """Who made it, when, under which filter, how many rows."""
    own = atlas.get(actor.scope_code)
    narrowed = bool(selection.text or selection.conditions or selection.area_path)
    said = without_numbers(title).removeprefix(ledger.label).strip("；")
    words = said or ("已筛选" if narrowed or selection.deleted else "全部")
    parts = [
        f"填报单位：{own.name if own else '全部区域'}",
        f"导出时间：{clock.local_text(clock.now())}",
        f"导出人：{actor.display_name or actor.name}",
        f"筛选：{words}",
        f"共 {rows} 条",
    ]
    return Cover(f"{ledger.label}台账", "　".join(parts))


@tried_again
def remember(
    store: Store,
    actor: Actor,
    ledger: Ledger,
    selection: Selection,
    exported: Exported,
    title: str,
    reason: str | None = None,
    action: Action = Action.EXPORT,
) -> None:
    """Log what went out: a file of records. ``title`` says what it holds, without what was typed;
    ``reason`` why protected texts are in it in plain. Raises `Refused` without the right to the
    ``action`` that it went out by."""
    actor.require(action, ledger.key)
    filters = {
        "title": without_numbers(title),
        **logged_filters(ledger, selection),
        "revealed": [] if reason is None else _protected(ledger),
    }
    after = {"rows": exported.rows} | {key: value for key, value in filters.items() if value}
    change = audit.Change(
        "export", ledger.key, number=exported.filename[:80], after=after, reason=reason
    )
    with store.writing() as connection:
        if reason is not None:
            require_few(connection, actor, exported.rows)
        audit.append(connection, actor, [change])
