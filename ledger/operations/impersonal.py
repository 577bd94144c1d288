"""What is left of statements, places in code and log lines when nothing of a person may be left.

Everything is allowed by name: words of SQL and of the schema, paths of program files, the numbers
that a log line has by its fields. Whatever else stands there is dropped, so a text that got into a
statement or a line by mistake goes no further.
"""

from __future__ import annotations

import re
import sysconfig
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from ledger.domain.settings import PROJECT
from ledger.storage.own_tables import users
from ledger.storage.tables import LEDGER_TABLES

_SQL = frozenset(
    """
    all and any as asc avg begin between by case cast coalesce collate commit conflict constraint
    count create cross current cursor date default delete desc distinct do drop else end escape
    except excluded exclusive exists false fetch first for foreign from full glob group having
    if immediate in index inner insert instr intersect into is isnull join json_each json_extract
    key last left length like limit lower match materialized max min not nothing notnull null
    nulls of offset on only or order outer over partition pragma primary recursive release
    returning right rollback rowid row row_number rows savepoint select set share skip some
    sqlite_master substr sum table temp temporary then to transaction trim true union unique
    update upper using values vacuum when where window with without integer text varchar
    anon param bm25 fts5 rank s
    """.split()  # noqa: SIM905
)
_PIECES = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"|[A-Za-z_][A-Za-z_0-9]*|\d[\d.]*|[^\x00-\x7f]+")
# The pieces of routes and of pages' addresses; a route with another one is left out.
_ROUTE_PIECES = frozenset(
    """
    * _stcore account app area-admin areas assets attachment authority backdrop beat bulletin
    bulletins callback component consistency coverage crt css dispositions doctor download
    entities exchange figures filled find first-day forms geojson guide healthz home hotspots
    inspect inspections institutions js json leads leaflet list local-settings log look map
    markercluster measures media metrics my-grid other-person outreach page password petitions
    pictures png points print ranking rating readyz record regions robots rule-file rules
    session settings setup signin signout sso start static status table tables template tiles
    todo toml trust txt users visit zip {attachment_id} {code} {form_id} {ledger} {level} {name}
    {number} {page} {picture} {record_id} {suffix} {x} {y} {z}
    """.split()  # noqa: SIM905
)
_NUMBERED = re.compile(r"(_\d{1,3})+$")
_LONGEST = 600
_PLACE = re.compile(r"[A-Za-z0-9_./\-]{1,160}\.pyx?")
_OURS = re.compile(r"(?:ledger|pages|geo)(?:\.[a-z_]{1,40}){0,6}")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]{5,15}(?:\+00:00|Z)?")
_LEVELS = frozenset({"debug", "info", "warning", "error", "critical"})
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "other"})
_MOST_FRAMES = 30
_PACKAGES = Path(sysconfig.get_path("purelib"))


def statement_words(statement: str) -> str:
    """A statement of which only words of SQL and of the schema are left; all else is ``?``."""
    known = _known()

    def kept(found: re.Match[str]) -> str:
        piece = found[0].strip('"')
        plain = _NUMBERED.sub("", piece).lower()
        return found[0] if piece.isascii() and plain in known else "?"

    line = " ".join(_PIECES.sub(kept, statement).split())
    return line if len(line) <= _LONGEST else line[:_LONGEST] + "…"


@lru_cache(maxsize=1)
def _known() -> frozenset[str]:
    every = {*users.metadata.tables.values(), *LEDGER_TABLES.values()}
    names = {name for table in every for name in (table.name, *table.c.keys())}
    return _SQL | {name.lower() for name in names}


def route_words(route: str) -> bool:
    """Whether a text is a route of this program, as the access log names it."""
    pieces = [one for one in re.split(r"[/.]", route) if one]
    return route.startswith("/") and all(one in _ROUTE_PIECES for one in pieces)


def place_of(filename: str, line: int) -> str:
    """``ledger/storage/again.py:74``: a program file that is there, below project or packages.

    Folders above it may be called after somebody and are left out; so is any other file.
    """
    path = filename.replace("\\", "/")
    packages = _PACKAGES.as_posix()
    if "/site-packages/" in path:
        path, root = path.rpartition("/site-packages/")[2], packages
    else:
        path, root = path.removeprefix(f"{PROJECT.as_posix()}/"), PROJECT.as_posix()
    known = _PLACE.fullmatch(path) and _is_program(f"{root}/{path}")
    return f"{path if known else '?'}:{int(line)}"


@lru_cache(maxsize=4096)
def _is_program(file: str) -> bool:
    # A compiled installation has the .pyc alone.
    return Path(file).is_file() or Path(f"{file}c").is_file()


def log_line(line: Mapping[str, Any]) -> dict[str, Any] | None:
    """What is left of a line of `ledger.operations.logs`; None of one that is not ours.

    The message goes: it may quote anything. Logger, place, route, status, time and kind of error
    stay.
    """
    logger = str(line.get("logger", ""))
    if not _OURS.fullmatch(logger) or not _is_module(logger):
        return None
    kept: dict[str, Any] = {"logger": logger}
    if _MOMENT.fullmatch(str(line.get("at", ""))):
        kept["at"] = str(line["at"])
    for key, allowed in (("level", _LEVELS), ("method", _METHODS)):
        if line.get(key) in allowed:
            kept[key] = line[key]
    for key, most in (("status", 599), ("ms", 3_600_000)):
        number = line.get(key)
        if isinstance(number, int | float) and 0 <= number <= most:
            kept[key] = number
    if route_words(str(line.get("route", ""))):
        kept["route"] = str(line["route"])
    if isinstance(line.get("where"), str):
        kept["where"] = _place(line["where"])
    if isinstance(line.get("error"), Mapping):
        kept["error"] = _error(line["error"])
    return kept


@lru_cache(maxsize=1024)
def _is_module(name: str) -> bool:
    path = f"{PROJECT.as_posix()}/{name.replace('.', '/')}"
    return Path(path).is_dir() or _is_program(f"{path}.py")


def _error(error: Mapping[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = {
        key: str(error[key]) if str(error[key]) in _kinds_of_errors() else "other"
        for key in ("kind", "after")
        if key in error
    }
    frames = error.get("at")
    if not isinstance(frames, list):
        return kept
    return kept | {"at": [_place(str(one).rpartition(" ")[0]) for one in frames[-_MOST_FRAMES:]]}


def _kinds_of_errors() -> frozenset[str]:
    found, ahead = set[str](), [BaseException]
    while ahead:
        kind = ahead.pop()
        if kind.__name__ not in found:
            found.add(kind.__name__)
            ahead += type.__subclasses__(kind)
    return frozenset(found)


def _place(text: str) -> str:
    filename, _, line = text.rpartition(":")
    number = int(line) if line.isascii() and line.isdecimal() and len(line) < 7 else 0
    return place_of(filename, number)
