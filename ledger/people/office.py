"""Settings for the whole office: its name and the basemap."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection

from geo.errors import GeoError
from geo.mbtiles import check_mbtiles, deepest_level
from ledger.domain.access import Action, Actor
from ledger.domain.errors import Invalid, Problem
from ledger.records.history import audit
from ledger.records.places.areas import require_reach
from ledger.storage import Store, options
from ledger.storage.again import tried_again
from ledger.storage.own_files import what_of_ours
from ledger.storage.purpose import purpose_of

OFFICE, BASEMAP = "office", "basemap"
KINDS = {
    "none": "不用底图",
    "xyz": "XYZ 瓦片地址",
    "wmts": "WMTS 瓦片地址",
    "mbtiles": "本机 MBTiles 文件",
}
DATUMS = {
    "wgs84": "WGS84",
    "cgcs2000": "CGCS2000(天地图等)",
    "gcj02": "GCJ-02(高德、腾讯等)",
    "bd09": "BD-09(百度)",
}
_HOST = re.compile(r"^(\{s\}\.)?[A-Za-z0-9.\-]+(:\d{1,5})?$")
_SQLITE = b"SQLite format 3\x00"


def read_office(store: Store) -> str:
    """The office's name, empty if none was set."""
    with store.reading() as connection:
        return str(options.read(connection, OFFICE, "") or "")


def masthead(store: Store) -> tuple[str, bool]:
    """The head of every page: the office's name, and whether the database is a demo."""
    with store.reading() as connection:
        name = str(options.read(connection, OFFICE, "") or "")
        return name, purpose_of(connection) == "demo"


@tried_again
def save_office(store: Store, actor: Actor, name: str) -> None:
    """Set the office's name, at most 40 characters. Raises `Refused`, `Invalid`."""
    require_reach(store, actor, Action.MANAGE_OPTIONS)
    shown = " ".join(name.split())
    if len(shown) > 40 or (shown and not shown.isprintable()):
        raise Invalid([Problem(None, "单位名称", "最多40个字符")])
    with store.writing() as connection:
        _save(connection, actor, OFFICE, "单位名称", shown, shown)


def basemap_in_force(store: Store) -> Any:
    """The basemap's setting for every map; None if none was saved."""
    with store.reading() as connection:
        return options.read(connection, BASEMAP)


def read_basemap_setting(store: Store, actor: Actor) -> dict[str, Any]:
    """The basemap's setting with its key. Raises `Refused`."""
    require_reach(store, actor, Action.MANAGE_OPTIONS)
    with store.reading() as connection:
        return dict(options.read(connection, BASEMAP) or {"kind": "none"})


def portable_basemap(connection: Connection) -> dict[str, Any] | None:
    """The basemap's setting without its key, to be taken along; None if none was saved."""
    found = options.read(connection, BASEMAP)
    return None if found is None else {key: found[key] for key in found if key != "key"}


def basemap_here(store: Store, actor: Actor, portable: Mapping[str, Any]) -> dict[str, Any]:
    """The setting that a portable one gives here, with the key that this database has for it.

    Raises
    ------
    Refused
        If the actor may not change settings.
    Invalid
        If it cannot be used here: the file is not on this server, or the key is not known.
    """
    known = read_basemap_setting(store, actor)
    same = known.get("url") == portable.get("url")
    return _checked(store, {**portable, "key": known.get("key", "") if same else ""})


@tried_again
def save_basemap(store: Store, actor: Actor, setting: Mapping[str, Any]) -> None:
    """Set the basemap for everybody; its key is stored in the database but not in the log.

    ``setting`` has ``kind`` (`KINDS`) and as the kind needs them ``url``, ``key``, ``path``,
    ``credit``, ``datum`` (`DATUMS`), ``deepest`` (zoom level, 0 to 22; a file knows its own).

    Raises
    ------
    Refused
        If the actor may not change settings.
    Invalid
        With one problem per field that is refused.
    """
    require_reach(store, actor, Action.MANAGE_OPTIONS)
    checked = _checked(store, setting)
    logged = {
        key: "(已设置)" if key == "key" and value else value for key, value in checked.items()
    }
    with store.writing() as connection:
        _save(connection, actor, BASEMAP, "底图", checked, logged)


def _checked(store: Store, setting: Mapping[str, Any]) -> dict[str, Any]:
    kind = str(setting.get("kind") or "none")
    if kind not in KINDS:
        raise Invalid([Problem(None, "底图类型", f"只能是：{'、'.join(KINDS.values())}")])
    if kind == "none":
        return {"kind": "none"}
    problems = _file_problems(store, setting) if kind == "mbtiles" else _address_problems(setting)
    if setting.get("datum") not in DATUMS:
        problems.append(Problem(None, "坐标系", f"只能是：{'、'.join(DATUMS.values())}"))
    if problems:
        raise Invalid(problems)
    kept = ("path",) if kind == "mbtiles" else ("url", "key")
    deepest = setting.get("deepest")
    if kind == "mbtiles":
        deepest = deepest_level(Path(str(setting["path"]).strip()))
    return {
        "kind": kind,
        **{key: str(setting.get(key) or "").strip() for key in (*kept, "credit")},
        "datum": setting["datum"],
        "deepest": min(max(int(18 if deepest is None else deepest), 0), 22),
    }


def _address_problems(setting: Mapping[str, Any]) -> list[Problem]:
    url, key = str(setting.get("url") or "").strip(), str(setting.get("key") or "").strip()
    parts = urlsplit(url)
    problems = []
    if parts.scheme not in {"http", "https"} or not _HOST.match(parts.netloc):
        problems.append(Problem(None, "地址", "须以 http:// 或 https:// 开头，后接服务器名"))
    missing = [hole for hole in ("{z}", "{x}", "{y}") if hole not in url]
    if missing:
        problems.append(Problem(None, "地址", f"须包含 {'、'.join(missing)}"))
    if "{key}" in url and not key:
        problems.append(Problem(None, "密钥", "地址里有 {key}，请填写密钥"))
    return problems


def _file_problems(store: Store, setting: Mapping[str, Any]) -> list[Problem]:
    text = str(setting.get("path") or "").strip()
    # Checked before the file is opened: closing a second handle would drop SQLite's locks.
    called = what_of_ours(store, Path(text)) if text else None
    if called is not None:
        return [Problem(None, "文件", f"“{text}”是本系统自己的{called}，请另选一个文件")]
    try:
        if not Path(text).is_file():
            raise OSError
        with Path(text).open("rb") as file:
            start = file.read(len(_SQLITE))
    except (OSError, ValueError):
        return [Problem(None, "文件", f"服务器上打不开“{text}”，请核对路径和读取权限")]
    if start != _SQLITE:
        return [Problem(None, "文件", f"“{text}”不是 MBTiles 文件")]
    try:
        check_mbtiles(Path(text))
        is_empty = deepest_level(Path(text)) is None
    except GeoError as error:
        return [Problem(None, "文件", f"“{text}”：{error}")]
    return [Problem(None, "文件", f"“{text}”里一张瓦片也没有")] if is_empty else []


def _save(
    connection: Connection, actor: Actor, key: str, label: str, value: Any, logged: Any
) -> None:
    before = options.read(connection, key)
    if before == value:
        return
    if isinstance(before, dict) and before.get("key"):
        before = {**before, "key": "(已设置)"}
    options.write(connection, key, value)
    entry = audit.Change("option", number=label, before={key: before}, after={key: logged})
    audit.append(connection, actor, [entry])
