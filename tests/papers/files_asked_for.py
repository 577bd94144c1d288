"""The files that commands of the papers name, made before they are asked for."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import geopandas as gpd
import openpyxl

from ledger.domain.access import SYSTEM
from ledger.exchange.importing.imports import import_file
from ledger.exchange.importing.past_imports import past_imports
from ledger.records.places.areas import current_atlas
from ledger.records.rulebook import TIERS, shipped
from ledger.storage import open_store
from tests.conftest import PROJECT_ROOT

__all__ = ["SYSTEM", "prepared"]
VILLAGE = "990101001002"
_WORDS = {"用户名": "xinren", "NAME": "ling"}
_AWAY = {"/etc/ledger/": "", "/var/lib/ledger/": "", "/备份文件夹": "backups"}


def prepared(folder: Path, words: Sequence[str]) -> list[str]:
    """The words with what stands for something put in, after the files that they name are made."""
    put = _WORDS if words[0] == "user" else {}
    found = [put.get(word, word) for word in words]
    for away, here in _AWAY.items():
        found = [word.replace(away, here) for word in found]
    if found[:2] == ["user", "reset"]:
        found[2] = "jingban"
    for at, word in enumerate(found):
        if word == "编号":
            found[at] = _imported(folder)
    for (verb, file), make in _MAKE.items():
        if found[0] == verb and file in found:
            make(folder / file)
    for name in ("备份文件夹", "data/var/backups"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "backup.secret").write_text("Beifen-Kouling-2026\n", encoding="utf-8")
    return found


def _people(path: Path) -> None:
    _book(path, [["姓名", "角色", "辖区"], ["王芳", "网格员", f"{VILLAGE}001"]])


def _homes(path: Path) -> None:
    _book(path, [["机构名称", "所属区域", "床位数"], ["照做颐养院", VILLAGE, 40]])


def _areas(path: Path) -> None:
    store = open_store()
    rows = [[area.code, area.name] for area in current_atlas(store)]
    store.dispose()
    _book(path, [["代码", "名称"], *rows])


def _grids(path: Path) -> None:
    store = open_store()
    atlas = current_atlas(store)
    rows = [[a.code, a.name] for a in atlas if a.level == "grid" and a.code.startswith(VILLAGE)]
    store.dispose()
    _book(path, [["代码", "名称"], *rows[:-1]])


def _villages(path: Path) -> None:
    store = open_store()
    frame = current_atlas(store).frame()
    store.dispose()
    part = gpd.GeoDataFrame(frame[frame["level"] == "village"], crs="EPSG:4326").to_crs("EPSG:4490")
    part = part.rename(columns={"code": "CODE", "name": "NAME"})[["CODE", "NAME", "geometry"]]
    part.to_file(path, driver="GPKG")


def _form(path: Path) -> None:
    shutil.copyfile(PROJECT_ROOT / "data" / "templates" / "forms" / "信访周报.xlsx", path)


def _rules(path: Path) -> None:
    text = shipped(TIERS).read_text(encoding="utf-8")
    path.write_text(text.replace('version = "', 'version = "本地-', 1), encoding="utf-8")


def _log(path: Path) -> None:
    path.write_text('{"at": "2026-11-20T04:00:00", "level": "info"}\n', encoding="utf-8")


def _imported(folder: Path) -> str:
    """The number of an import that can be taken back."""
    _book(folder / "撤回.xlsx", [["机构名称", "所属区域"], ["撤回颐养院", VILLAGE]])
    store = open_store()
    import_file(store, SYSTEM, "institutions", folder / "撤回.xlsx")
    newest = past_imports(store, SYSTEM, "institutions")[0]
    store.dispose()
    return str(newest.number)


def _book(path: Path, rows: Sequence[Sequence[object]]) -> None:
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(list(row))
    book.save(path)


_MAKE: dict[tuple[str, str], Callable[[Path], None]] = {
    ("user", "名单.xlsx"): _people,
    ("import", "名单.xlsx"): _homes,
    ("import", "list.xlsx"): _homes,
    ("areas", "名单.xlsx"): _areas,
    ("areas", "网格名单.xlsx"): _grids,
    ("areas", "村.gpkg"): _villages,
    ("areas", "villages.gpkg"): _villages,
    ("fill", "上级空表.xlsx"): _form,
    ("fill", "空表.xlsx"): _form,
    ("rules", "本地分级.toml"): _rules,
    ("doctor", "运行日志.txt"): _log,
}
