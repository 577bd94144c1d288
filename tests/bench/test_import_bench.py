"""Taking a large workbook over, against what pandas with openpyxl needs only to read it (issue 5).

Both run in processes of their own, one after the other, in the same run on the same machine.
Compared is the time on the wall, which is what people wait for, and beside it the time of the
process, which tells where a busy machine made the difference.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import shapely
import xlsxwriter
from sqlalchemy import insert

from ledger.domain.timing import clock
from ledger.storage import migrate, open_store, options
from ledger.storage.tables import areas

pytestmark = pytest.mark.bench

PROJECT = Path(__file__).resolve().parents[2]
ROWS = 100_000
LIMIT = 1.0
MOST_BYTES = 1 << 30
COUNTY = "990101"
HEADER = (
    "编号", "机构名称", "机构类型", "运营主体", "许可备案情况", "法定代表人", "地址", "经度",
    "纬度", "床位数", "入住老人数", "营销方式", "收费方式", "预收养老服务费(元)", "押金(元)",
    "会员费(元)", "预收涉及人数", "最长预收月数", "月床位费(元)", "单人最高押金(元)",
    "预收资金用途", "资金存管", "固定资产净额(元)", "资可抵债", "运营平稳", "承诺回报",
    "扩张过快", "频繁变更", "负责人因经济犯罪被诉", "被投诉举报", "纳入黑名单", "涉嫌犯罪",
    "不良影响或重大舆情", "已告知风险", "联系电话", "备注",
)  # fmt: skip
PANDAS = """
import json, sys, time
import pandas
start, used = time.perf_counter(), time.process_time()
frame = pandas.read_excel(sys.argv[1], engine="openpyxl")
found = {"seconds": time.perf_counter() - start, "process": time.process_time() - used}
print(json.dumps(found | {"rows": len(frame)}))
"""


def draw_areas(path: Path) -> None:
    """A county of ten townships of ten villages, side by side."""
    store = open_store(f"sqlite:///{path.as_posix()}")
    migrate(store)
    rows = [_area(COUNTY, "county", f"/{COUNTY}/", (127.0, 29.0, 128.0, 30.0))]
    for t in range(10):
        town = f"{COUNTY}{t + 1:03d}"
        west = 127 + t / 10
        bounds = (west, 29.0, west + 0.1, 30.0)
        rows.append(_area(town, "township", f"/{COUNTY}/{town}/", bounds))
        for v in range(10):
            village, south = f"{town}{v + 1:03d}", 29 + v / 10
            path_ = f"/{COUNTY}/{town}/{village}/"
            rows.append(_area(village, "village", path_, (west, south, west + 0.1, south + 0.1)))
    with store.writing() as connection:
        connection.execute(insert(areas), rows)
        options.bump(connection, "areas_revision")
    store.dispose()


def _area(code: str, level: str, path: str, bounds: tuple[float, ...]) -> dict[str, Any]:
    return {
        "code": code,
        "name": f"测量{code}",
        "level": level,
        "parent_code": path.split("/")[-3] or None,
        "path": path,
        "geometry": shapely.to_wkb(shapely.box(*bounds)),
        "version": 1,
        "updated_at": clock.now(),
        "updated_by": "测量",
    }


def write_workbook(path: Path) -> None:
    """Rows as a large office would send them: texts, numbers, 是 and 否, some cells blank."""
    options_ = {"constant_memory": True, "strings_to_formulas": False}
    with xlsxwriter.Workbook(str(path), options_) as book:
        sheet = book.add_worksheet("台账")
        sheet.write_row(0, 0, HEADER)
        for at in range(ROWS):
            sheet.write_row(at + 1, 0, row(at))


def row(at: int) -> tuple[Any, ...]:
    """One institution; which tier it gets changes from row to row."""
    lon, lat = 127.001 + (at * 7919 % 9973) / 10_000, 29.001 + (at * 104_729 % 9941) / 10_000
    yes = ("是" if at % 17 == 0 else "否", "否", "否", "是" if at % 23 == 0 else "否", None)
    return (
        f"CL-{at:06d}", f"测量养老院{at}", "养老院", f"测量运营公司{at % 900}",
        ("已许可", "已备案", "未许可未备案")[at % 3], f"张{at % 700}", f"演示路{at}号", lon, lat,
        at % 300, at % 250, "社区宣传栏、公众号推送" if at % 2 else None, "按月收费",
        at % 5000 * 10, at % 900 * 100, None, at % 200, at % 14, 1800 + at % 10 * 100,
        at % 40 * 500, ("未预收", "日常运营", "弥补设施建设资金不足")[at % 3], "是",
        1_000_000 + at,
        "是", "是", *yes, "否", "否", None, "是", f"138{at:08d}",
        f"第{at}家" if at % 5 == 0 else None,
    )  # fmt: skip


def in_own_process(*command: str) -> dict[str, Any]:
    """What a Python process printed."""
    done = subprocess.run(
        [sys.executable, *command], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_taking_over_against_pandas_reading(tmp_path: Path) -> None:
    database, file = tmp_path / "ledger.db", tmp_path / "many.xlsx"
    draw_areas(database)
    write_workbook(file)
    ours = in_own_process("-m", "tests.bench.take_over", str(database), str(file))
    theirs = in_own_process("-c", PANDAS, str(file))
    assert (ours["created"], ours["rejected"], theirs["rows"]) == (ROWS, 0, ROWS)
    ratios = {clock: ours[clock] / theirs[clock] for clock in ("seconds", "process")}
    print(
        f"\n{ROWS:,} rows × {len(HEADER)}, on the wall: pandas read_excel(openpyxl) "
        f"{theirs['seconds']:.1f} s, read + check + take over {ours['seconds']:.1f} s: "
        f"{ratios['seconds']:.2f} × (of the process {theirs['process']:.1f} s, "
        f"{ours['process']:.1f} s: {ratios['process']:.2f} ×), "
        f"{ours['most_bytes'] / 2**20:.0f} MiB"
    )
    assert ratios["seconds"] <= LIMIT
    assert ratios["process"] <= LIMIT
    assert ours["most_bytes"] <= MOST_BYTES
