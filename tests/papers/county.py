"""The county of the walk: four lists of made-up people and places, as an office has them."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

import openpyxl

TOWNSHIPS, VILLAGES, GRIDS, HOMES, PETITIONS, PEOPLE = 4, 30, 120, 60, 200, 12
COUNTY = "990188"
_TOWNS = ("甲云镇", "乙岚镇", "丙溪镇", "丁澜街道")
_VILLAGE = "松柏桃李梅兰竹菊荷桂枫杏柳槐榆桐樟杉槿棠葵芦蒲苇菱茶茗桑麻禾"
_FAMILY = "赵钱孙李周吴郑王冯陈卫蒋"
_GIVEN = "安平和康宁顺吉祥瑞福禄寿"
_MATTERS = (
    "反映养老院退押金慢",
    "咨询预收费是否合规",
    "反映健康讲座推销保健品",
    "要求公开收费标准",
    "反映会员卡不能退",
)


def write_lists(folder: Path) -> None:
    """The four workbooks that the guide names."""
    areas = list(_areas())
    villages = [row for row in areas if len(row[0]) == 12]
    _save(folder / "区域名单.xlsx", ("代码", "名称", "人口数", "60岁以上人口"), areas)
    _save(folder / "人员名单.xlsx", ("姓名", "角色", "辖区", "电话"), list(_people(areas)))
    rng = random.Random(188)
    _save(
        folder / "机构名单.xlsx",
        ("机构名称", "机构类型", "所属区域", "床位数", "入住老人数", "预收资金用途", "联系电话"),
        list(_homes(rng, villages)),
    )
    _save(
        folder / "信访名单.xlsx",
        ("登记日期", "信访事项", "所属区域", "信访渠道", "人数"),
        list(_petitions(rng, villages)),
    )


def _areas() -> Iterator[tuple[str, str, int, int]]:
    yield COUNTY, "示例县", 180_000, 36_000
    for town in range(TOWNSHIPS):
        yield f"{COUNTY}{town + 1:03}", _TOWNS[town], 45_000, 9_000
    for village in range(VILLAGES):
        code = f"{COUNTY}{village % TOWNSHIPS + 1:03}{village // TOWNSHIPS + 1:03}"
        yield code, f"{_VILLAGE[village]}树村", 6_000, 1_200
        for grid in range(GRIDS // VILLAGES):
            yield f"{code}{grid + 1:03}", f"{_VILLAGE[village]}树村第{grid + 1}网格", 1_500, 300


def _people(areas: Sequence[tuple[str, str, int, int]]) -> Iterator[tuple[str, str, str, str]]:
    codes = [code for code, *_ in areas]
    villages = [code for code in codes if len(code) == 12]
    grids = [code for code in codes if len(code) == 15]
    towns = [code for code in codes if len(code) == 9]
    roles = [("经办", COUNTY), ("领导", COUNTY), ("审计员", COUNTY), ("系统管理员", "*")]
    roles += [("经办", town) for town in towns]
    roles += [("领导", towns[0]), ("专干", villages[0]), ("网格员", grids[0]), ("网格员", grids[1])]
    for at, (role, code) in enumerate(roles[:PEOPLE]):
        yield f"{_FAMILY[at]}{_GIVEN[at]}", role, code, f"1390000{at:04}"


def _homes(
    rng: random.Random, villages: Sequence[tuple[str, str, int, int]]
) -> Iterator[tuple[object, ...]]:
    for at in range(HOMES):
        beds = rng.randrange(20, 120)
        use = rng.choice(("未预收", "未预收", "日常运营"))
        kind = rng.choice(("养老院", "敬老院", "日间照料中心"))
        # Names that share no word: alike ones are asked about as possible duplicates.
        name = f"{_GIVEN[at % 12]}{_FAMILY[at * 7 % 12]}{_VILLAGE[at * 11 % 30]}颐{at}号{kind}"
        yield (
            name,
            kind,
            villages[at % len(villages)][0],
            beds,
            rng.randrange(beds),
            use,
            f"1380000{at:04}",
        )


def _petitions(
    rng: random.Random, villages: Sequence[tuple[str, str, int, int]]
) -> Iterator[tuple[object, ...]]:
    for at in range(PETITIONS):
        day = date(2026, 11, 20) - timedelta(days=rng.randrange(60))
        matter = f"{rng.choice(_MATTERS)}（第{at + 1}件）"
        channel = rng.choice(("来访", "来信", "网上"))
        yield day, matter, villages[at % len(villages)][0], channel, rng.randrange(1, 4)


def _save(path: Path, header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(list(header))
    for row in rows:
        sheet.append(list(row))
    book.save(path)
