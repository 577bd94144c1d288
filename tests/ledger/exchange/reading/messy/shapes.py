"""Tables turned round, cards, tables side by side and below each other, one sheet per village."""

from __future__ import annotations

from datetime import date

from tests.ledger.exchange.reading.messy.building import (
    VILLAGE_1,
    VILLAGE_2,
    VILLAGE_3,
    Messy,
    Page,
    one,
    text,
    xlsx,
)

A = {"name": "夕阳红养老院"}
B = {"name": "金秋托老所"}
C = {"name": "松鹤公寓"}
HEAD = ["机构名称", "床位数", "联系电话"]
CARD = [
    ["养老机构基本情况登记表", "", "", ""],
    ["机构名称", "夕阳红养老院", "法定代表人", "某某"],
    ["地址", "某路1号", "联系电话", "13800138000"],
    ["床位数", 30, "入住老人数", 20],
    ["建院时间", "2019年", "许可备案情况", "已备案"],
]
OF_CARD = {
    **A,
    "legal_representative": "某某",
    "address": "某路1号",
    "phone": "13800138000",
    "beds": 30,
    "residents": 20,
    "filing": "filed",
}

SHAPES = [
    Messy("a card", "a.xlsx", one(CARD, [(0, 0, 0, 3)]), {3: OF_CARD}, said=("登记卡",)),
    Messy("a card as a text table", "a.csv", text(CARD), {3: OF_CARD}),
    Messy(
        "a card of two columns",
        "a.xlsx",
        one([["机构名称", "夕阳红养老院"], ["成立时间", "2019"], ["地址", "某路1号"]]),
        {2: {**A, "address": "某路1号"}},
    ),
    Messy(
        "cards below each other, with titles",
        "a.xlsx",
        one([*CARD, [], CARD[0], ["机构名称", "金秋托老所", "法定代表人", "某人"], *CARD[2:]]),
        {3: OF_CARD, 4: {**OF_CARD, **B, "legal_representative": "某人"}},
        said=("共2张",),
    ),
    Messy(
        "a card for each sheet, the village in the sheet's name",
        "a.xlsx",
        xlsx(
            Page(CARD),
            Page([CARD[0], ["机构名称", "金秋托老所", "法定代表人", "某人"], *CARD[2:]]),
            names=("演示一村", "演示三村"),
        ),
        {
            3: {**OF_CARD, "area_code": VILLAGE_1},
            4: {**OF_CARD, **B, "legal_representative": "某人", "area_code": VILLAGE_3},
        },
    ),
    Messy(
        "a petition's card",
        "a.xlsx",
        one(
            [
                ["登记日期", "2022-05-03", "信访事项", "反映路灯不亮"],
                ["所属区域", "演示二村", "人数", 3],
            ]
        ),
        {
            2: {
                "registered_on": date(2022, 5, 3),
                "matter": "反映路灯不亮",
                "area_code": VILLAGE_2,
                "people": 3,
            }
        },
        ledger="petitions",
    ),
    Messy(
        "a table on its side",
        "a.xlsx",
        one(
            [
                ["机构名称", "夕阳红养老院", "金秋托老所", "松鹤公寓"],
                ["床位数", 1, 2, 3],
                ["地址", "甲", "乙", "丙"],
            ]
        ),
        {
            2: {**A, "beds": 1, "address": "甲"},
            3: {**B, "beds": 2, "address": "乙"},
            4: {**C, "beds": 3, "address": "丙"},
        },
        said=("列名竖着写在A列",),
    ),
    Messy(
        "a table on its side, below a title, with a gap",
        "a.csv",
        text(
            [
                ["养老机构情况", "", ""],
                ["机构名称", "夕阳红养老院", "金秋托老所"],
                ["床位数", "", "2"],
            ]
        ),
        {3: A, 4: {**B, "beds": 2}},
    ),
    Messy(
        "two tables side by side",
        "a.xlsx",
        one(
            [
                ["序号", "机构名称", "床位数", "序号", "机构名称", "床位数"],
                [1, "夕阳红养老院", 10, 3, "松鹤公寓", 40],
                [2, "金秋托老所", 20, "", "", ""],
            ]
        ),
        {2: {**A, "beds": 10}, 3: {**B, "beds": 20}, 4: {**C, "beds": 40}},
        said=("2张列名相同的表并排放着",),
    ),
    Messy(
        "two tables side by side with a blank column between",
        "a.xlsx",
        one(
            [
                ["机构名称", "床位数", "", "机构名称", "床位数"],
                ["夕阳红养老院", 10, "", "松鹤公寓", 40],
            ]
        ),
        {2: {**A, "beds": 10}, 3: {**C, "beds": 40}},
    ),
    Messy(
        "two tables below each other, the second with a column more",
        "a.xlsx",
        one(
            [
                ["一、已登记", "", ""],
                ["机构名称", "床位数", ""],
                ["夕阳红养老院", 3, ""],
                [],
                ["二、未登记场所", "", ""],
                ["场所名称", "床位数", "负责人"],
                ["金秋托老所", 4, "某人"],
            ]
        ),
        {3: {**A, "beds": 3}, 4: {**B, "beds": 4, "legal_representative": "某人"}},
        said=("一张工作表里有2张表", "第5行：分段的小标题"),
    ),
    Messy(
        "a like table below, its columns elsewhere",
        "a.csv",
        text(
            [
                ["机构名称", "法定代表人", "地址"],
                ["夕阳红养老院", "某某", "甲路"],
                ["机构名称", "法定代表人", "备注"],
                ["金秋托老所", "某人", "已停业"],
            ]
        ),
        {
            2: {**A, "legal_representative": "某某", "address": "甲路"},
            3: {**B, "legal_representative": "某人", "remarks": "已停业"},
        },
    ),
    Messy(
        "a sheet for each village, columns in another order, sums left out",
        "a.xlsx",
        xlsx(
            Page([HEAD, ["夕阳红养老院", 5, "13800138000"], ["合计", 5, ""]]),
            Page([["演示三村台账"], ["床位数", "名称"], [9, "金秋托老所"], [7, "松鹤公寓"]]),
            names=("演示一村", "演示三村"),
        ),
        {
            2: {**A, "beds": 5, "phone": "13800138000", "area_code": VILLAGE_1},
            3: {**B, "beds": 9, "area_code": VILLAGE_3},
            4: {**C, "beds": 7, "area_code": VILLAGE_3},
        },
        said=("合计或小计行，没有读入：合计",),
    ),
    Messy(
        "a sheet for each village beside one that sums up",
        "a.xlsx",
        xlsx(
            Page([HEAD, ["夕阳红养老院", 5, ""], ["金秋托老所", 9, ""]]),
            Page([HEAD, ["夕阳红养老院", 5, ""]]),
            Page([HEAD, ["金秋托老所", 9, ""]]),
            names=("汇总表", "演示一村", "演示三村"),
        ),
        {
            2: {**A, "beds": 5, "area_code": VILLAGE_1},
            3: {**B, "beds": 9, "area_code": VILLAGE_3},
        },
    ),
    Messy(
        "sheets that name their areas themselves keep them",
        "a.xlsx",
        xlsx(
            Page([["机构名称", "所属区域"], ["夕阳红养老院", "演示二村"]]),
            Page([["机构名称", "所属区域"], ["金秋托老所", "演示三村"]]),
            names=("演示一村", "演示三村"),
        ),
        {2: {**A, "area_code": VILLAGE_2}, 3: {**B, "area_code": VILLAGE_3}},
    ),
    Messy(
        "a second telephone in a row of its own",
        "a.xlsx",
        one(
            [
                ["序号", *HEAD],
                [1, "夕阳红养老院", 30, "13800138000"],
                ["", "", "", 13900139000],
                [2, "金秋托老所", 10, "13700137000"],
            ]
        ),
        {
            2: {**A, "beds": 30, "phone": "13800138000、13900139000"},
            4: {**B, "beds": 10, "phone": "13700137000"},
        },
        left_out=(3,),
        doubtful=((2, "name"),),
        said=("第3行没有名称，当作这一行的续行并入",),
    ),
    Messy(
        "a record over two merged rows",
        "a.xlsx",
        one(
            [
                ["序号", *HEAD, "备注"],
                [1, "夕阳红养老院", 30, "13800138000", "正职"],
                ["", "", "", "13900139000", "副职"],
                [2, "金秋托老所", 10, "13700137000", ""],
            ],
            [(1, 0, 2, 0), (1, 1, 2, 1), (1, 2, 2, 2)],
        ),
        {
            2: {**A, "beds": 30, "phone": "13800138000、13900139000", "remarks": "正职；副职"},
            4: {**B, "beds": 10, "phone": "13700137000"},
        },
        left_out=(3,),
        doubtful=((2, "name"),),
    ),
    Messy(
        "a row without a name but with an address is a record of its own",
        "a.xlsx",
        one([["机构名称", "地址"], ["夕阳红养老院", "甲路1号"], ["", "乙路2号"]]),
        {2: {**A, "address": "甲路1号"}, 3: {"address": "乙路2号"}},
    ),
    Messy(
        "sections with headings in one cell",
        "a.xlsx",
        one(
            [
                HEAD,
                ["一、民办养老机构", "", ""],
                ["夕阳红养老院", 3, ""],
                ["二、公办养老机构", "", ""],
                ["金秋托老所", 4, ""],
            ]
        ),
        {3: {**A, "beds": 3}, 5: {**B, "beds": 4}},
        left_out=(2, 4),
    ),
    Messy(
        "合计 over blank cells, with its unit",
        "a.xlsx",
        one([HEAD, ["夕阳红养老院", 3, ""], ["合计", "", "60家"]]),
        {2: {**A, "beds": 3}},
        left_out=(3,),
    ),
    Messy(
        "合计：2家 in the column of names",
        "a.xlsx",
        one(
            [
                ["序号", *HEAD],
                [1, "夕阳红养老院", 3, ""],
                [2, "金秋托老所", 4, ""],
                ["", "合计：2家", 7, ""],
            ]
        ),
        {2: {**A, "beds": 3}, 3: {**B, "beds": 4}},
        left_out=(4,),
    ),
    Messy(
        "小计 between records, 总计 below",
        "a.csv",
        text(
            [
                HEAD,
                ["夕阳红养老院", 3, ""],
                ["小计", 3, ""],
                ["金秋托老所", 4, ""],
                ["小 计", 4, ""],
                ["总　计", 7, ""],
            ]
        ),
        {2: {**A, "beds": 3}, 4: {**B, "beds": 4}},
        left_out=(3, 5, 6),
    ),
]
