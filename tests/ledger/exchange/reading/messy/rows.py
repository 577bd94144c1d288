"""Sums, signatures, remarks, repeated headers; hidden rows; several sheets; files of all kinds."""

from __future__ import annotations

from tests.ledger.exchange.reading.messy.building import Messy, Page, one, text, xlsx

A = {"name": "夕阳红养老院"}
B = {"name": "金秋托老所"}
HEAD = ["序号", "机构名称", "床位数"]
TWO = [HEAD, [1, "夕阳红养老院", 60], [2, "金秋托老所", 25]]
READ = {2: {**A, "beds": 60}, 3: {**B, "beds": 25}}

ROWS = [
    Messy(
        "合计 and 填表人 below",
        "a.xlsx",
        one(
            [
                *TWO,
                ["合计", "", 85],
                ["填表人：李四", "", "审核人：王五"],
                ["填报日期：2026年5月20日"],
            ]
        ),
        READ,
        left_out=(4, 5, 6),
    ),
    Messy(
        "合 计 with a blank, in the name's column",
        "a.xlsx",
        one([*TWO, ["", "合  计", 85]]),
        READ,
        left_out=(4,),
    ),
    Messy(
        "小计 after each township, 总计 at the end",
        "a.xlsx",
        one(
            [
                ["机构名称", "床位数"],
                ["夕阳红养老院", 60],
                ["甲云镇小计", 60],
                ["金秋托老所", 25],
                ["乙岚镇小计：", 25],
                ["总计(2家)", 85],
            ]
        ),
        {2: {**A, "beds": 60}, 4: {**B, "beds": 25}},
        left_out=(3, 5, 6),
    ),
    Messy(
        "sections with merged headings",
        "a.xlsx",
        one(
            [
                HEAD,
                ["甲云镇（1家）", "", ""],
                [1, "夕阳红养老院", 60],
                ["二、乙岚镇", "", ""],
                [2, "金秋托老所", 25],
            ],
            [(1, 0, 1, 2)],
        ),
        {3: {**A, "beds": 60}, 5: {**B, "beds": 25}},
        left_out=(2, 4),
    ),
    Messy(
        "the header repeated on the second page",
        "a.xlsx",
        one([HEAD, [1, "夕阳红养老院", 60], HEAD, [2, "金秋托老所", 25]]),
        {2: {**A, "beds": 60}, 4: {**B, "beds": 25}},
        left_out=(3,),
    ),
    Messy(
        "remarks and an office's seal below, blank rows between",
        "a.xlsx",
        one([*TWO, [], ["注：床位数以登记证为准。"], [], ["单位（盖章）：", "", "负责人签字："]]),
        READ,
        left_out=(5, 7),
    ),
    Messy(
        "an example row of the template",
        "a.xlsx",
        one([HEAD, ["示例", "某某养老院", 100], *TWO[1:]]),
        {3: {**A, "beds": 60}, 4: {**B, "beds": 25}},
        left_out=(2,),
    ),
    Messy(
        "names that only look like sums are records",
        "a.xlsx",
        one([["机构名称", "床位数"], ["共计生协会养老院", 3], ["合计之家托老所", 4]]),
        {2: {"name": "共计生协会养老院", "beds": 3}, 3: {"name": "合计之家托老所", "beds": 4}},
    ),
    Messy(
        "hidden rows and columns are read, and said",
        "a.xlsx",
        xlsx(Page(TWO, hidden_rows=(2,), hidden_columns=(2,))),
        READ,
        said=("第3行在文件中是隐藏的", "C列在文件中是隐藏的"),
    ),
    Messy(
        "several sheets: the one that holds the ledger",
        "a.xlsx",
        xlsx(
            Page([["填写说明"], ["请如实填写"]]),
            Page(TWO),
            Page([["机构名称"]]),
            names=("说明", "汇总表", "附"),
        ),
        READ,
        said=("读的是“汇总表”",),
    ),
    Messy(
        "a list for each village: all are read, each row in its village",
        "a.xlsx",
        xlsx(Page(TWO), Page(TWO), names=("演示一村", "演示二村")),
        {
            at: {**row, "area_code": village}
            for start, village in ((0, "990101001001"), (2, "990101002001"))
            for at, row in ((start + number, row) for number, row in READ.items())
        },
        said=("工作表“演示一村”、“演示二村”一并读入", "工作表名称是“演示二村”，其中各行按它归入"),
    ),
    Messy(
        "sheets in other units are not put together",
        "a.xlsx",
        xlsx(
            Page([["机构名称", "押金(万元)"], ["夕阳红养老院", 2]]),
            Page([["机构名称", "押金(元)"], ["金秋托老所", 2]]),
            names=("演示一村", "演示二村"),
        ),
        {2: {**A, "prepaid_deposit": 20000.0}},
        said=("工作表“演示二村”也像是这个台账，没有读入",),
    ),
    Messy(
        "a hidden sheet is passed over, a chosen one is read",
        "a.xlsx",
        xlsx(Page([["机构名称"], ["旧名单"]], hidden=False), Page(TWO), names=("旧", "新")),
        {2: {"name": "旧名单"}},
        sheet="旧",
    ),
    Messy(
        "a formula's result as it was saved, never worked out",
        "a.xlsx",
        xlsx(Page([*TWO[:2]], formulas={(1, 2): ("=30+30", 60)})),
        {2: {**A, "beds": 60}},
    ),
    Messy("csv in GBK", "a.csv", text(TWO, "gbk"), READ),
    Messy("csv in GB18030 with a rare character", "a.csv",
        text([["机构名称"], ["㐂乐养老院"]], "gb18030"), {2: {"name": "㐂乐养老院"}}),
    Messy("csv in UTF-8 with BOM and title", "a.csv",
        text([["某镇台账", "", ""], *TWO, ["合计", "", "85"]], "utf-8-sig"),
        {3: READ[2], 4: READ[3]}, left_out=(5,)),
    Messy("tab separated, UTF-16 as Excel saves it", "a.txt", text(TWO, "utf-16", "\t"), READ),
    Messy("semicolons", "a.csv", text(TWO, "utf-8", ";"), READ),
    Messy("wide empty borders and blank rows above", "a.xlsx",
        one([[], [], ["", "", "机构名称", "", "床位数"], ["", "", "夕阳红养老院", "", 60]]),
        {4: {**A, "beds": 60}}),
]  # fmt: skip
