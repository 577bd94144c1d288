"""A scratch office, played through once: what an installation is tried with after it was made.

Run as ``python -m ledger.operations.scratch_office FOLDER`` with an environment that names a
database in FOLDER (`ledger.operations.self_check` does both): the settings of a process are read
once, so the office's own database and key file are out of reach here.
"""

from __future__ import annotations

import json
import secrets
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from python_calamine import CalamineWorkbook

from geo.validation import Fields
from ledger.domain.access import SYSTEM, Role
from ledger.domain.errors import LedgerError
from ledger.exchange.writing.exports import export_to
from ledger.operations import moving, scratch_server
from ledger.operations.scratch_server import Failed, require
from ledger.people import accounts, sessions, setup_code, signin
from ledger.people.users import actor_of
from ledger.records import service
from ledger.records.area_layers import AreaFile
from ledger.records.area_loading import load_areas
from ledger.storage import Store, migrate, open_store

ADMIN, CLERK = "zijian-guanli", "zijian-jingban"
_COUNTY, _TOWNSHIP = "110101", "110101001"
_INSTITUTION = "自检养老院"
_SQUARE = [[[116.0, 39.0], [116.1, 39.0], [116.1, 39.1], [116.0, 39.1], [116.0, 39.0]]]


@dataclass(frozen=True)
class Finding:
    """One thing tried: its key and label, whether it went well, the result in Chinese, seconds."""

    key: str
    label: str
    well: bool
    words: str
    seconds: float


@dataclass
class Office:
    """The scratch office: its folder, database, and the password of both its accounts."""

    folder: Path
    store: Store
    password: str


Step = tuple[str, str, Callable[[Office], str]]


def play(folder: Path) -> Iterator[Finding]:
    """Each step of an office's first day; the first that fails is the last."""
    office = Office(folder, open_store(), f"a1-{secrets.token_hex(12)}")
    try:
        for key, label, step in STEPS:
            found = tried(key, label, lambda step=step: step(office))  # type: ignore[misc]
            yield found
            if not found.well:
                return
    finally:
        office.store.dispose()


def tried(key: str, label: str, step: Callable[[], str]) -> Finding:
    """What a step says, or the reason why it failed; raises nothing."""
    begun = time.monotonic()
    try:
        well, words = True, step()
    except (LedgerError, Failed) as error:
        well, words = False, " ".join(str(error).split())
    except Exception as error:  # whatever is wrong with an installation is to be told, in one line
        well, words = False, f"出错({type(error).__name__})：{' '.join(str(error).split())[:300]}"
    return Finding(key, label, well, words, round(time.monotonic() - begun, 2))


def _database(office: Office) -> str:
    migrate(office.store)
    return "试用库已建立"


def _accounts(office: Office) -> str:
    code = setup_code.new_code(office.store)
    if code is None:
        raise Failed("新建的试用库里已经有账号")
    admin = accounts.first_admin(office.store, ADMIN, office.password, code)
    accounts.add_user(
        office.store, actor_of(office.store, admin), CLERK, Role.OFFICE_STAFF, "*", office.password
    )
    user = signin.authenticate(office.store, CLERK, office.password)
    token = sessions.open_session(office.store, user)
    require(sessions.actor_for(office.store, token) is not None, "登录后的会话无效")
    return "一次性代码设置管理员、新增用户、登录，均成功"


def _areas(office: Office) -> str:
    for level, code in (("county", _COUNTY), ("township", _TOWNSHIP)):
        file = office.folder / f"{level}.geojson"
        place = {"type": "Polygon", "coordinates": _SQUARE}
        row = {"type": "Feature", "properties": {"code": code, "name": "自检区"}, "geometry": place}
        text = json.dumps({"type": "FeatureCollection", "features": [row]}, ensure_ascii=False)
        file.write_text(text, encoding="utf-8")
        read = AreaFile(file, level, Fields(code="code", name="name"), "wgs84")
        report = load_areas(office.store, SYSTEM, [read])
        require(not report.errors, str(report.errors))
    return "边界文件能读，坐标能换算"


def _save(office: Office) -> str:
    actor = actor_of(office.store, signin.authenticate(office.store, CLERK, office.password))
    values = {"name": _INSTITUTION, "area_code": _TOWNSHIP, "phone": "13800000000"}
    record = service.create(office.store, actor, "institutions", values)
    kept = service.get(office.store, actor, "institutions", record)
    require(kept["name"] == _INSTITUTION, "保存的内容与读回的不同")
    return "保存一家机构，读回一致"


def _export(office: Office) -> str:
    actor = actor_of(office.store, signin.authenticate(office.store, CLERK, office.password))
    file = office.folder / "out.xlsx"
    exported = export_to(office.store, actor, "institutions", file)
    require(exported.rows == 1, f"应导出 1 行，实际 {exported.rows} 行")
    _require_it_stands_in(file.read_bytes(), office.folder / "read.xlsx")
    return "导出 Excel，读回一致"


def _backup(office: Office) -> str:
    done = moving.drill(office.store, None, office.password.encode())
    tables = len(done.moved.contents)
    return f"加密备份、恢复到另一处、{tables} 张表逐表一致，日志首尾相连"


def _served(office: Office) -> str:
    with scratch_server.running(office.folder) as server:
        visitor = scratch_server.Visitor(server.url)
        visitor.sign_in(CLERK, office.password)
        page = visitor.get("/")
        require(b"<script" in page, "登录后的首页是空的")
        _require_it_stands_in(
            visitor.get("/download/institutions.xlsx"), office.folder / "served.xlsx"
        )
    return "启动一个试用服务，用网页登录、打开首页、下载台账，均成功"


STEPS: tuple[Step, ...] = (
    ("database", "建立数据库", _database),
    ("sign_in", "账号和登录", _accounts),
    ("areas", "载入区域", _areas),
    ("save", "保存", _save),
    ("export", "导出", _export),
    ("backup", "备份和恢复", _backup),
    ("served", "网页服务", _served),
)


def _require_it_stands_in(workbook: bytes, file: Path) -> None:
    file.write_bytes(workbook)
    book = CalamineWorkbook.from_path(file)
    rows = [row for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python()]
    found = any(_INSTITUTION in row for row in rows)
    require(found, "导出的文件里没有刚保存的机构")


def main(folder: str) -> None:
    """Print one JSON object a line."""
    for found in play(Path(folder)):
        sys.stdout.write(json.dumps(asdict(found), ensure_ascii=False) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
