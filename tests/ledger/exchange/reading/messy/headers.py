"""Titles, headers of several rows, units, columns under other names."""

from __future__ import annotations

from tests.ledger.exchange.reading.messy.building import (
    GRID_1,
    VILLAGE_1,
    VILLAGE_2,
    Messy,
    one,
    text,
)

A = {"name": "夕阳红养老院"}
B = {"name": "金秋托老所"}
CODE = "91110000600037341L"

HEADERS = [
    Messy(
        "title, unit and date lines above the header",
        "a.xlsx",
        one(
            [
                ["乙岚镇养老服务机构排查登记表"],
                ["填报单位：民政办", "", "2026年5月20日"],
                [],
                ["序号", "机构名称", "床位数"],
                [1, "夕阳红养老院", 60],
                [2, "金秋托老所", 25],
            ],
            [(0, 0, 0, 2)],
        ),
        {5: {**A, "beds": 60}, 6: {**B, "beds": 25}},
    ),
    Messy(
        "header of two rows with merged groups",
        "a.xlsx",
        one(
            [
                ["序号", "机构名称", "规模", "", "预收费情况", ""],
                ["", "", "床位数", "入住老人数", "押金(元)", "会员费(元)"],
                [1, "夕阳红养老院", 60, 41, 30000, 0],
            ],
            [(0, 0, 1, 0), (0, 1, 1, 1), (0, 2, 0, 3), (0, 4, 0, 5)],
        ),
        {
            3: {
                **A,
                "beds": 60,
                "residents": 41,
                "prepaid_deposit": 30000.0,
                "prepaid_membership": 0.0,
            }
        },
    ),
    Messy(
        "header of three rows, title above, groups within groups",
        "a.xlsx",
        one(
            [
                ["2026年养老机构预收费统计表"],
                ["机构名称", "收费", "", "", "联系电话"],
                ["", "预收费", "", "月床位费", ""],
                ["", "押金", "会员费", "", ""],
                ["夕阳红养老院", 5000, 800, 1800, "13800000001"],
            ],
            [
                (0, 0, 0, 4),
                (1, 0, 3, 0),
                (1, 1, 1, 3),
                (2, 1, 2, 2),
                (2, 3, 3, 3),
                (1, 4, 3, 4),
            ],
        ),
        {
            5: {
                **A,
                "prepaid_deposit": 5000.0,
                "prepaid_membership": 800.0,
                "monthly_bed_fee": 1800.0,
                "phone": "13800000001",
            }
        },
    ),
    Messy(
        "groups name the column and 金额 stands below them",
        "a.xlsx",
        one(
            [
                ["机构名称", "押金", "会员费"],
                ["", "金额", "金额"],
                ["夕阳红养老院", 100, 200],
            ],
            [(0, 0, 1, 0)],
        ),
        {3: {**A, "prepaid_deposit": 100.0, "prepaid_membership": 200.0}},
    ),
    Messy(
        "two header rows in a text table, without any merged cells",
        "a.csv",
        text(
            [
                ["机构名称", "规模", "", "联系电话"],
                ["", "床位数", "入住老人数", ""],
                ["夕阳红养老院", "60", "41", "0571-88880001"],
            ]
        ),
        {3: {**A, "beds": 60, "residents": 41, "phone": "0571-88880001"}},
    ),
    Messy(
        "万元 in the header",
        "a.xlsx",
        one([["机构名称", "预收养老服务费\n（万元）"], ["夕阳红养老院", 1.2], ["金秋托老所", 30]]),
        {2: {**A, "prepaid_service_fee": 12000.0}, 3: {**B, "prepaid_service_fee": 300000.0}},
        said=("单位是万元",),
    ),
    Messy(
        "单位：万元 above the header; a header's own unit goes before it",
        "a.xlsx",
        one(
            [
                ["预收费情况表", "", "", "单位：万元"],
                ["机构名称", "押金", "会员费(元)", "床位数"],
                ["夕阳红养老院", 3, 500, 60],
            ],
            [(0, 0, 0, 2)],
        ),
        {3: {**A, "prepaid_deposit": 30000.0, "prepaid_membership": 500.0, "beds": 60}},
        said=("单位是万元",),
    ),
    Messy(
        "a row of units and a row of column numbers below the header",
        "a.xlsx",
        one(
            [
                ["机构名称", "床位数", "押金", "月床位费"],
                ["", "张", "万元", "元"],
                ["1", "2", "3", "4"],
                ["夕阳红养老院", 60, 2.5, 1800],
            ]
        ),
        {4: {**A, "beds": 60, "prepaid_deposit": 25000.0, "monthly_bed_fee": 1800.0}},
        left_out=(2, 3),
        said=("单位是万元",),
    ),
    Messy(
        "numbers, stars and questions in the headers, full-width letters",
        "a.xlsx",
        one(
            [
                ["1.机构名称*", "2、是否被投诉举报", "（三）有无承诺回报", "４.床位数（张）"],
                ["夕阳红养老院", "是", "无", 12],
            ]
        ),
        {2: {**A, "complained": True, "promised_returns": False, "beds": 12}},
    ),
    Messy(
        "synonyms of a sender",
        "a.xlsx",
        one(
            [
                ["名称", "信用代码", "负责人", "详细地址", "经营主体"],
                ["夕阳红养老院", CODE, "张三", "甲云镇中心路1号", "夕阳红公司"],
            ]
        ),
        {
            2: {
                **A,
                "credit_code": CODE,
                "legal_representative": "张三",
                "address": "甲云镇中心路1号",
                "operator": "夕阳红公司",
            }
        },
    ),
    Messy(
        "codes and positions known by what stands below foreign headers",
        "a.xlsx",
        one(
            [
                ["机构名称", "证照号", "X", "Y"],
                ["夕阳红养老院", CODE, 127.0201, 29.0501],
                ["金秋托老所", CODE, 127.0302, 29.0602],
                ["颐和园护理站", CODE, 127.0403, 29.0703],
            ]
        ),
        {
            2: {**A, "credit_code": CODE, "lon": 127.0201, "lat": 29.0501},
            3: {**B, "credit_code": CODE, "lon": 127.0302, "lat": 29.0602},
            4: {"name": "颐和园护理站", "credit_code": CODE, "lon": 127.0403, "lat": 29.0703},
        },
        said=("按内容看是“经度”",),
    ),
    Messy(
        "longitude and latitude in one cell",
        "a.xlsx",
        one(
            [
                ["机构名称", "经纬度"],
                ["夕阳红养老院", "127.0201,29.0501"],
                ["金秋托老所", "29.0602，127.0302"],
            ]
        ),
        {2: {**A, "lon": 127.0201, "lat": 29.0501}, 3: {**B, "lon": 127.0302, "lat": 29.0602}},
    ),
    Messy(
        "township and village merged downward",
        "a.xlsx",
        one(
            [
                ["镇(街道)", "村(社区)", "机构名称", "床位数"],
                ["甲云镇", "演示一村", "夕阳红养老院", 60],
                ["", "", "金秋托老所", 25],
                ["乙岚镇", "演示二村", "颐和护理站", 8],
            ],
            [(1, 0, 2, 0), (1, 1, 2, 1)],
        ),
        {
            2: {**A, "area_code": VILLAGE_1, "beds": 60},
            3: {**B, "area_code": VILLAGE_1, "beds": 25},
            4: {"name": "颐和护理站", "area_code": VILLAGE_2, "beds": 8},
        },
        said=("合并单元格",),
    ),
    Messy(
        "township and village once, blanks below, in a text table",
        "a.csv",
        text(
            [
                ["街道", "社区", "机构名称"],
                ["甲云镇", "演示一村", "夕阳红养老院"],
                ["", "", "金秋托老所"],
                ["乙岚镇", "演示二村", "颐和护理站"],
            ]
        ),
        {
            2: {**A, "area_code": VILLAGE_1},
            3: {**B, "area_code": VILLAGE_1},
            4: {"name": "颐和护理站", "area_code": VILLAGE_2},
        },
        doubtful=((3, "area_code"),),
    ),
    Messy(
        "village with its committee, grid beside it",
        "a.xlsx",
        one(
            [
                ["所属村", "所属网格", "机构名称"],
                ["演示一村村委会", "一村第一网格", "夕阳红养老院"],
                ["演示二村村民委员会", "", "金秋托老所"],
            ]
        ),
        {2: {**A, "area_code": GRID_1}, 3: {**B, "area_code": VILLAGE_2}},
    ),
    Messy(
        "an amount merged over two records is one record's",
        "a.xlsx",
        one(
            [
                ["机构名称", "机构类型", "押金"],
                ["夕阳红养老院", "养老院", 9000],
                ["金秋托老所", "", ""],
            ],
            [(1, 1, 2, 1), (1, 2, 2, 2)],
        ),
        {2: {**A, "kind": "养老院", "prepaid_deposit": 9000.0}, 3: {**B, "kind": "养老院"}},
        doubtful=((3, "prepaid_deposit"),),
    ),
]
