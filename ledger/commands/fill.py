"""``fill``: a blank form of a higher office, filled from the ledgers in its own layout."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ledger.commands.outcome import Outcome
from ledger.commands.parser import add_actor, add_json
from ledger.commands.run import acting, require_schema
from ledger.domain.errors import Invalid, in_file
from ledger.exchange.writing.exports import require_writable, write_file
from ledger.storage import open_store
from ledger.storage.own_files import refuse_own_files

_MOST_MAPPING = 1_000_000


def add(commands: Any) -> None:
    """The arguments of the command."""
    parser = commands.add_parser("fill")
    parser.add_argument("form", metavar="FORM", type=Path, help="上级下发的空表，xlsx 或 docx")
    parser.add_argument("file", metavar="OUT", type=Path, help="填好的表写到哪里，后缀与空表相同")
    parser.add_argument("--scope", metavar="CODE", help="填哪个区域，默认为表上写的或全部辖区")
    parser.add_argument(
        "--period", metavar="P", default="", help="统计期，如 2026-11、2026-W48、2026Q4、本周"
    )
    parser.add_argument("--mapping", metavar="M.toml", type=Path, help="表头对照文件")
    add_actor(parser)
    add_json(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> Outcome:
    """Fill with the rights of ``--as``, or of the system; what is not sure stays blank."""
    from ledger.reporting.forms.filling import fill_form
    from ledger.reporting.forms.form_answers import parse_answers
    from ledger.reporting.forms.source_sheet import alike, place_name, places_of

    form: Path = arguments.form
    path: Path = arguments.file
    suffix = form.suffix.lower()
    if path.suffix.lower() != suffix:
        raise Invalid(f"填好的表与空表格式相同，请把“{path.name}”的后缀改为 {suffix}")
    require_writable(path)
    store = open_store()
    require_schema(store)
    refuse_own_files(store, form)
    actor = acting(store, arguments.user)
    mapping = None
    if arguments.mapping is not None:
        refuse_own_files(store, arguments.mapping)
        with in_file(arguments.mapping):
            mapping = parse_answers(_text_of(arguments.mapping))
    filled = fill_form(
        store,
        actor,
        form,
        scope_code=arguments.scope,
        period=arguments.period,
        mapping=mapping,
    )
    write_file(path, filled.content)
    names = [grid.name for grid in filled.form.grids]
    result = {
        "filled": len(filled.cells),
        "unfilled": len(filled.open),
        "cells": [
            {
                "sheet": names[one.grid],
                "cell": place_name(one.at),
                "header": one.header,
                "means": one.means + (f"（{one.note}）" if one.note else ""),
                "value": one.value if isinstance(one.value, int | float) else str(one.value),
                "rows": one.rows,
            }
            for one in filled.cells
        ],
        "open": [
            {
                "sheet": names[one.grid],
                "cell": place_name(one.at),
                "header": one.header,
                "message": one.message,
            }
            for one in filled.open
        ],
    }
    lines = [
        f"{filled.area}，{filled.when}：填了 {len(filled.cells)} 格，{len(filled.open)} 处没有填"
    ]
    lines += [f"{names[one[0].grid]}!{places_of(one)} {one[0].header}：{one[0].message}"
              for one in alike(filled.open)]  # fmt: skip
    lines += [*filled.notes, f"已写出 {path}，各格的来源见“数据来源”"]
    return Outcome(result, tuple(lines))


def _text_of(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise Invalid(f"无法读取，请检查路径和权限({error.strerror})") from None
    if len(content) > _MOST_MAPPING:
        raise Invalid("超过 1 MB，不像对照文件，请检查是否选错")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid("不是 UTF-8 编码，请用 UTF-8 另存后再试") from None
