"""Forms filled, and every number counted a second time: cells filled, open, wrong.

    python -m tests.bench.forms FOLDER [OUT_FOLDER] [--period P]

Fills every form of a folder from the database of ``LEDGER_DATABASE_URL`` as the system. What each
cell says it means is read as a person would read it, and counted in pandas over the exported
ledgers, sharing no code with the product; a list's cells are looked up by the record's number. The
filled files are written to OUT_FOLDER.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

import pandas as pd

from ledger.domain.access import SYSTEM
from ledger.domain.errors import LedgerError
from ledger.domain.timing import clock
from ledger.exchange.writing.exports import export
from ledger.records.query import Selection
from ledger.reporting.forms.filled import FilledCell
from ledger.reporting.forms.filling import fill_form
from ledger.storage import Store, open_store

Tables = dict[str, pd.DataFrame]


def read_tables(store: Store) -> Tables:
    """Every ledger as an export hands it out, all texts."""
    found = {}
    for key in ("institutions", "inspections", "leads", "dispositions", "petitions", "outreach"):
        content = export(store, SYSTEM, key, Selection(), "csv").content
        found[key] = pd.read_csv(BytesIO(content), dtype=str, keep_default_na=False,
                                 encoding="utf-8-sig")  # fmt: skip
    return found


# What a cell's meaning begins with → ledger, the column of its day, how the number is made.
COUNTS: dict[str, tuple[str, str, Callable[[pd.DataFrame], float | None]]] = {
    "养老服务机构(场所)家数": ("institutions", "", len),
    "家数": ("institutions", "", len),
    "床位数之和": ("institutions", "", lambda t: _sum(t, "床位数")),
    "入住老人数之和": ("institutions", "", lambda t: _sum(t, "入住老人数")),
    "排查走访次数": ("inspections", "走访日期", len),
    "次数": ("inspections", "走访日期", len),
    "完成整改的走访次数": ("inspections", "整改完成日期", len),
    "登记的线索条数": ("leads", "登记时间", len),
    "条数": ("leads", "登记时间", len),
    "核查完成的线索条数": ("leads", "核查完成日期", len),
    "已反馈的线索条数": ("leads", "反馈日期", len),
    "已办结的线索条数": ("leads", "办结日期", len),
    "通报公安机关的线索条数": ("leads", "通报公安机关日期", len),
    "线索涉及金额之和": ("leads", "登记时间", lambda t: _sum(t, "涉及金额(元)")),
    "采取处置措施的机构家数(同一机构只计一家)": (
        "dispositions", "立项日期", lambda t: t["机构编号"].replace("", pd.NA).nunique()),
    "立项的处置项数": ("dispositions", "立项日期", len),
    "项数": ("dispositions", "立项日期", len),
    "已销号的处置项数": ("dispositions", "销号日期", len),
    "已清退金额之和": ("dispositions", "立项日期", lambda t: _sum(t, "已清退金额(元)")),
    "应清退金额之和": ("dispositions", "立项日期", lambda t: _sum(t, "应清退金额(元)")),
    "登记的信访事项件数": ("petitions", "登记日期", len),
    "件数": ("petitions", "登记日期", len),
    "信访人次": ("petitions", "登记日期", lambda t: _sum(t, "人数")),
    "集体访件数": ("petitions", "登记日期", lambda t: len(_collective(t))),
    "重访件数": ("petitions", "登记日期", lambda t: int((t["是否重访"] == "是").sum())),
    "初访件数": ("petitions", "登记日期", lambda t: int((t["是否重访"] == "否").sum())),
    "答复的信访事项件数": ("petitions", "答复日期", len),
    "重复信访率": ("petitions", "登记日期", lambda t: _share(t, t["是否重访"] == "是")),
    "群众满意率": ("petitions", "答复日期", lambda t: _satisfied(t)),
    "按期答复率": ("petitions", "办结答复期限", lambda t: _in_time(t, "办结答复期限", "按期答复")),
    "及时受理率": (
        "petitions", "受理告知期限", lambda t: _in_time(t, "受理告知期限", "按期告知受理")),
    "宣传活动场次": ("outreach", "日期", len),
    "发放资料份数之和": ("outreach", "日期", lambda t: _sum(t, "发放资料")),
    "覆盖人数之和(人次)": ("outreach", "日期", lambda t: _sum(t, "覆盖人数")),
    "其中老年人之和(人次)": ("outreach", "日期", lambda t: _sum(t, "其中老年人")),
}  # fmt: skip


def _sum(table: pd.DataFrame, column: str) -> float:
    return float(pd.to_numeric(table[column], errors="coerce").sum())


def _share(table: pd.DataFrame, part: pd.Series) -> float | None:
    return float(part.sum()) / len(table) if len(table) else None


def _collective(table: pd.DataFrame) -> pd.DataFrame:
    people = pd.to_numeric(table["人数"], errors="coerce")
    return table[(table["信访渠道"] == "来访") & (people >= 5)]


def _satisfied(table: pd.DataFrame) -> float | None:
    rated = table[table["群众评价"] != ""]
    return _share(rated, rated["群众评价"].isin(["满意", "基本满意"]))


def _in_time(table: pd.DataFrame, due: str, kept: str) -> float | None:
    passed = table[pd.to_datetime(table[due]) < pd.Timestamp(clock.today())]
    return _share(passed, passed[kept] == "是")


def days_of(words: str) -> tuple[date, date] | None:
    """The days of a period as it is written; None for what stands as of today."""
    today = clock.today()
    if found := re.fullmatch(r"截至(\d{4}-\d\d-\d\d)(累计)?", words):
        return (date(1900, 1, 1), date.fromisoformat(found[1])) if found[2] else None
    if found := re.fullmatch(r"(\d{4}-\d\d-\d\d)至(\d{4}-\d\d-\d\d)", words):
        return date.fromisoformat(found[1]), date.fromisoformat(found[2])
    if found := re.fullmatch(r"(\d{4})年第(\d+)周.*", words):
        monday = date.fromisocalendar(int(found[1]), int(found[2]), 1)
        return monday, monday + timedelta(days=6)
    if found := re.fullmatch(r"(\d{4})年(\d+)月", words):
        first = pd.Timestamp(int(found[1]), int(found[2]), 1)
        return first.date(), (first + pd.offsets.MonthEnd()).date()
    if found := re.fullmatch(r"(\d{4})年第(\d)季度", words):
        first = pd.Timestamp(int(found[1]), 3 * int(found[2]) - 2, 1)
        return first.date(), (first + pd.offsets.QuarterEnd(startingMonth=3)).date()
    if found := re.fullmatch(r"(\d{4})年", words):
        return date(int(found[1]), 1, 1), date(int(found[1]), 12, 31)
    raise ValueError(f"{words} ({today})")


def counted_again(cell: FilledCell, tables: Tables) -> float | str | None:
    """The number of a cell, counted once more; "" where this file does not know how."""
    means = re.sub(r"，折算除以[\d.]+$", "", cell.means)
    divided = re.search(r"折算除以([\d.]+)$", cell.means)
    name, *rest = means.split("，")
    if name == "已排查的机构家数(没有写统计期的按本轮)" or name == "本轮排查覆盖率":
        return _covered(name, rest, tables)
    if name not in COUNTS:
        return ""
    share = "占比" in rest
    added = [one for one in rest[:-1] if one.endswith("之和")]
    rest = [one for one in rest if one != "占比" and one not in added]
    key, day, make = COUNTS[name]
    table = tables[key]
    span = days_of(rest[-1])
    if span is not None and day:
        days = pd.to_datetime(table[day], errors="coerce").dt.normalize()
        table = table[days.between(pd.Timestamp(span[0]), pd.Timestamp(span[1]))]
    whole = table
    for words in rest[:-1]:
        table = _narrowed(table, words)
        whole = whole if "为" in words else _narrowed(whole, words)
    if share:
        return len(table) / len(whole) if len(whole) else None
    if added:
        table = _collective(table) if name == "集体访件数" else table
        found: float | None = _sum(table, added[0].removesuffix("之和"))
    else:
        found = make(table)
    if found is None:
        return None
    return float(found) / float(divided[1]) if divided else float(found)


def _covered(name: str, rest: list[str], tables: Tables) -> float | None:
    visits = tables["inspections"]
    latest = visits["排查轮次"].astype(int).max()
    seen = visits[(visits["排查轮次"].astype(int) == latest) & (visits["走访结果"] != "拒绝检查")]
    homes = tables["institutions"]
    for words in rest[:-1]:
        homes = _narrowed(homes, words)
    there = int(homes["编号"].isin(seen["机构编号"]).sum())
    if name == "本轮排查覆盖率":
        return there / len(homes) if len(homes) else None
    return there


def _narrowed(table: pd.DataFrame, words: str) -> pd.DataFrame:
    """Of which a column has one of some values, or that lie in an area."""
    if words == "表列各区域":
        return table[table["所属区域名称"].str.contains(" / ", regex=False)]
    column, is_filter, values = words.partition("为")
    if is_filter and column in table:
        wanted = ["" if one == "未填写" else one for one in values.split("、")]
        return table[table[column].isin(wanted)]
    return table[
        (" / " + table["所属区域名称"] + " / ").str.contains(f" / {words} / ", regex=False)
    ]


def listed_again(cell: FilledCell, tables: Tables) -> str | float | None:
    """What a list's cell should hold: looked up by the record's number; "" where not known."""
    found = re.match(r"(.+?)（([A-Z]+-[\w-]+)）；", cell.means)
    if found is None or cell.opens is None:
        return ""
    column, table = found[1], tables[cell.opens.ledger]
    row = table[table["编号"] == found[2]].iloc[0]
    if column == "所属区域":
        return str(cell.value) if str(cell.value) in row["所属区域名称"].split(" / ") else "错"
    if column.endswith("之和"):
        fees = [f"{one}(元)" for one in column.removesuffix("之和").split("、")]
        return float(pd.to_numeric(row[fees]).sum())
    if column in row:
        return str(row[column])
    return ""


def is_same(cell: FilledCell, expected: float | str | None) -> bool:
    """Whether the cell holds what was expected, in its own way of writing shares and money."""
    if isinstance(cell.value, int | float) and expected not in (None, ""):
        number = float(str(expected))
        ways = (number, number * 100, number / 10_000)
        percent = cell.number_format == "0.0"
        wanted = ways[1] if percent else number
        return abs(float(cell.value) - wanted) < 1e-6 or (
            "之和（" in cell.means and abs(float(cell.value) - ways[2]) < 1e-6
        )
    told = str(expected).replace("/", "-")
    return str(cell.value) == told or str(cell.value) in told


def main(folder: Path, out: Path | None, period: str) -> int:
    """Fill and count again; returns how many cells are wrong."""
    store = open_store()
    tables = read_tables(store)
    wrong = 0
    print(f"{'form':32} {'filled':>7} {'open':>6} {'counted':>8} {'wrong':>6} {'s':>6}")
    for path in sorted([*folder.glob("*.xlsx"), *folder.glob("*.docx")]):
        started = time.perf_counter()
        try:
            filled = fill_form(store, SYSTEM, path, period=period)
        except LedgerError as error:
            print(f"{path.name:32} refused: {error}")
            continue
        took, again, bad = time.perf_counter() - started, 0, []
        for cell in filled.cells:
            expected = (listed_again if "）；" in cell.means else counted_again)(cell, tables)
            if expected == "":
                continue
            again += 1
            if not is_same(cell, expected):
                bad.append(f"    {cell.header} {cell.means}: {cell.value}, pandas: {expected}")
        wrong += len(bad)
        print(f"{path.name:32} {len(filled.cells):7} {len(filled.open):6} {again:8} {len(bad):6} "
              f"{took:6.2f}")  # fmt: skip
        print(*bad[:20], sep="\n", end="\n" if bad else "")
        if out is not None:
            out.mkdir(parents=True, exist_ok=True)
            (out / path.name).write_bytes(filled.content)
    print(f"wrong in all: {wrong}")
    return wrong


if __name__ == "__main__":
    words = sys.argv[1:]
    asked = words[words.index("--period") + 1] if "--period" in words else ""
    places = [Path(one) for one in words if not one.startswith("--") and one != asked]
    sys.exit(main(places[0], places[1] if len(places) > 1 else None, asked) > 0)
