"""Cells: numbers and days in words, ticks, blanks and "none", blanks inside, full-width digits."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from tests.ledger.exchange.reading.messy.building import Messy, one, text

N = "机构名称"


def column(
    name: str,
    header: str,
    key: str,
    cells: list[tuple[Any, Any]],
    doubtful: tuple[int, ...] = (),
    refused: tuple[int, ...] = (),
) -> Messy:
    """A file of one column beside the name: (what stands there, what it is; ... for not there)."""
    rows = [[f"{at}号养老院", cell] for at, (cell, _) in enumerate(cells)]
    expected = {
        at + 2: {"name": f"{at}号养老院"} | ({} if value is ... else {key: value})
        for at, (_, value) in enumerate(cells)
    }
    return Messy(
        name,
        "a.xlsx",
        one([[N, header], *rows]),
        expected,
        doubtful=tuple((row, key) for row in doubtful),
        refused=tuple((row, key) for row in refused),
    )


def visits(name: str, file: str, title: str, cells: list[tuple[Any, Any]], *doubtful: int) -> Messy:
    """A file of outreach with days; rows count from 3, below a title."""
    rows = [[cell, "讲座", "演示一村"] for cell, _ in cells]
    expected = {
        at + 3: {"held_on": day, "kind": "lecture", "area_code": "990101001001"}
        for at, (_, day) in enumerate(cells)
    }
    write = one([[title], ["日期", "形式", "所属区域"], *rows], [(0, 0, 0, 2)])
    doubts = tuple((row, "held_on") for row in doubtful)
    return Messy(name, file, write, expected, "outreach", doubtful=doubts)


VALUES = [
    column("money in words", "押金", "prepaid_deposit", [
        ("3万元", 30000.0), ("1.2万", 12000.0), ("￥5,000元", 5000.0), ("５０００", 5000.0),
        ("三万元", 30000.0), ("1千元", 1000.0), ("2w", 20000.0), (" 8 000 ", 8000.0),
        ("5000元整", 5000.0),
    ]),
    column("counts about right", "床位数", "beds", [
        ("约20人", ...), ("约20张", 20), ("20余张", 20), ("近30", 30), ("50左右", 50),
        ("二十张", 20), ("12张", 12),
    ], doubtful=(3, 4, 5, 6), refused=(2,)),
    column("people about right", "入住老人数", "residents", [
        ("约20人", 20), ("20余人", 20), ("二十人", 20), ("20-30人", ...), ("许多", ...),
    ], doubtful=(2, 3), refused=(5, 6)),
    column("months", "最长预收月数", "prepaid_months", [
        ("12个月", 12.0), ("1年", 12.0), ("半年", ...), ("3个月", 3.0), ("两年", 24.0),
    ], refused=(4,)),
    column("money in a 万元 column with units of its own", "押金(万元)", "prepaid_deposit", [
        (3, 30000.0), ("3", 30000.0), ("3万元", 30000.0), ("500元", 500.0), ("约2", 20000.0),
    ], doubtful=(5, 6)),
    column("blank and none in a money column", "会员费", "prepaid_membership", [
        ("", ...), ("无", 0.0), ("没有", 0.0), ("/", 0.0), ("—", 0.0), ("-", 0.0), (0, 0.0),
    ], doubtful=(5, 6, 7)),
    column("ticks and words", "被投诉举报", "complained", [
        ("✓", True), ("√", True), ("是", True), ("有", True), ("对", True), ("Y", True),
        ("×", False), ("否", False), ("无", False), ("没有", False), ("N", False), ("", ...),
        ("不详", None), ("待核实", None), ("／", False), ("有（2起）", True), ("☑是 □否", True),
        ("是□ 否☑", False), ("Ｘ", False),
    ], doubtful=(16, 17)),
    column("none in texts is an answer", "备注", "remarks", [
        ("", ...), ("无", "无"), ("/", "无"), ("——", "无"), ("已整改", "已整改"),
    ]),
    column("choices with numbers, boxes and remarks", "许可备案情况", "filing", [
        ("1.已许可", "licensed"), ("已备案（2021年）", "filed"), ("☑已许可 □已备案", "licensed"),
        ("无", "none"), ("", ...), ("其他", ...), ("无证", "none"),
    ], doubtful=(3,), refused=(7,)),
    column("names with blanks, full width", "法定代表人", "legal_representative", [
        ("张　三", "张三"), ("李 四", "李四"), ("王Ａ１", "王A1"),
        ("John Smith", "John Smith"),
    ]),
    column("phone numbers with words", "联系电话", "phone", [
        ("电话：0571-88880001", "0571-88880001"), (13800000001, "13800000001"),
        ("138 0000 0001", "138 0000 0001"), ("13800000001（张三）", "13800000001"),
        ("无", None), ("１３８００００００01", "13800000001"),
    ], doubtful=(5,)),
    column("credit codes with blanks", "统一社会信用代码", "credit_code", [
        ("9111 0000 6000 3734 1L", "91110000600037341L"),
        ("91110000600037341l", "91110000600037341L"),
        ("无", None), (9.1110000600037e17, ...), ("", ...),
    ], refused=(5,)),
    Messy("positions in degrees and minutes", "a.xlsx", one([
        [N, "经度", "纬度"], ["甲院", "东经127°1′12″", "北纬29°3′0″"],
        ["乙院", "127.02°", "N29.05"], ["丙院", "/", "/"], ["丁院", "", ""],
    ]), {
        2: {"name": "甲院", "lon": 127.02, "lat": 29.05},
        3: {"name": "乙院", "lon": 127.02, "lat": 29.05},
        4: {"name": "丙院", "lon": None, "lat": None}, 5: {"name": "丁院"},
    }),
    visits("days of every form", "a.xlsx", "某镇宣传活动台账", [
        ("2022.5.6", date(2022, 5, 6)), ("2022年5月6日", date(2022, 5, 6)),
        ("2022/05/06", date(2022, 5, 6)), ("20220506", date(2022, 5, 6)),
        (44687, date(2022, 5, 6)), (datetime(2022, 5, 6), date(2022, 5, 6)),
        ("２０２２．５．６", date(2022, 5, 6)), ("2022 年 5 月 6 日", date(2022, 5, 6)),
        ("二〇二二年五月六日", date(2022, 5, 6)), ("2022年5月6日上午", date(2022, 5, 6)),
        ("2022年5月", date(2022, 5, 1)), ("22.5.6", date(2022, 5, 6)),
    ], 13, 14),
    visits("days without a year: the title's", "a.xlsx", "某镇2022年宣传活动台账", [
        ("5月20日", date(2022, 5, 20)), ("5.6", date(2022, 5, 6)),
        ("去年12月1日", date(2021, 12, 1)),
    ], 5),
    visits("days without a year: the file's name's", "宣传台账2023年.xlsx", "宣传活动台账", [
        ("5月20日", date(2023, 5, 20)),
    ]),
    visits("days without any year: the last such day, doubtful", "a.xlsx", "宣传活动台账", [
        ("5月20日", date(2026, 5, 20)), ("12月30日", date(2025, 12, 30)),
    ], 3, 4),
    Messy("everything at once", "2026年台账.xlsx", one([
        ["乙岚镇养老机构情况表", "", "", "", "", ""],
        ["", "", "", "", "", "单位：万元"],
        ["村(社区)", "基本情况", "", "预收费", "", "是否被投诉举报"],
        ["", "机构 名称", "床位数（张）", "押金", "会员费", ""],
        ["演示二村", "夕阳红 养老院", "约60", "1.5", "无", "√"],
        ["", "金秋托老所", "２５", "3000元", "/", ""],
        ["", "小计", 85, 1.8, "", ""],
        ["演示三村", "颐和护理站", "八张", "", "—", "无"],
        ["填表人：李四", "", "审核人：", "", "日期：5月20日", ""],
    ], [(0, 0, 0, 5), (2, 0, 3, 0), (2, 1, 2, 2), (2, 3, 2, 4), (2, 5, 3, 5), (4, 0, 5, 0)]), {
        5: {"area_code": "990101002001", "name": "夕阳红养老院", "beds": 60,
            "prepaid_deposit": 15000.0, "prepaid_membership": 0.0, "complained": True},
        6: {"area_code": "990101002001", "name": "金秋托老所", "beds": 25,
            "prepaid_deposit": 3000.0, "prepaid_membership": 0.0},
        8: {"area_code": "990101002201", "name": "颐和护理站", "beds": 8,
            "prepaid_membership": 0.0, "complained": False},
    }, left_out=(7, 9), doubtful=(
        (5, "beds"), (6, "prepaid_deposit"), (6, "prepaid_membership"), (8, "prepaid_membership"),
    ), said=("单位是万元", "合并单元格")),
    Messy("everything in a text table of GBK with tabs", "台账.txt", text([
        ["某街道养老机构台账（2026年）"], ["街道", "社区", "机构名称", "押金（万元）", "黑名单"],
        ["乙岚镇", "演示二村", "夕 阳 红", "２", "×"], ["", "演示三村", "金秋", "约3", "是"],
        ["合计", "", "", "5", ""],
    ], "gbk", "\t"), {
        3: {"area_code": "990101002001", "name": "夕阳红", "prepaid_deposit": 20000.0,
            "blacklisted": False},
        4: {"area_code": "990101002201", "name": "金秋", "prepaid_deposit": 30000.0,
            "blacklisted": True},
    }, left_out=(5,), doubtful=((4, "area_code"), (4, "prepaid_deposit"))),
]  # fmt: skip
