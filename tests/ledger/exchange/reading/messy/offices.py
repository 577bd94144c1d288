"""Headings and values as offices use them, which the declarations do not know."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

from tests.ledger.exchange.reading.messy.building import VILLAGE_1, VILLAGE_2, VILLAGE_3, Messy, one

A = {"name": "夕阳红养老院"}
B = {"name": "金秋托老所"}
C = {"name": "松鹤公寓"}
D = {"name": "春晖院"}
OFFICE = timezone(timedelta(hours=8))

OFFICES = [
    Messy(
        "a county's list of prepaid fees",
        "a.xlsx",
        one([
            ["机构名称", "类别", "是否备案", "预收费（万元）", "预收费最长月数", "是否承诺返利"],
            ["夕阳红养老院", "民办非企业", "是", 1.5, 12, "否"],
            ["金秋托老所", "公办", "否", 0, "", "未发现"],
            ["松鹤公寓", "企业", "正在办", "未收取", "", "待核实"],
        ]),
        {
            2: {**A, "kind": "民办非企业", "filing": "filed", "prepaid_service_fee": 15000.0,
                "prepaid_months": 12.0, "promised_returns": False},
            3: {**B, "kind": "公办", "filing": "none", "prepaid_service_fee": 0.0,
                "promised_returns": False},
            4: {**C, "kind": "企业", "filing": "none", "prepaid_service_fee": 0.0,
                "promised_returns": None},
        },
        doubtful=((4, "filing"),),
    ),
    Messy(
        "a register of visits to the petition office",
        "a.xlsx",
        one([
            ["来访时间", "反映的问题", "来访方式", "问题类别", "答复意见", "满意度", "所属村",
             "初访/重访"],
            ["2022.5.3", "路灯不亮", "来访", "住建", "已修复", "满意", "演示一村", "初访"],
            ["2022.5.4", "欠薪", "12345", "劳动争议", "已协调", "基本满意", "演示二村", "重访"],
        ]),
        {
            2: {"registered_on": date(2022, 5, 3), "matter": "路灯不亮", "channel": "visit",
                "field": "construction", "answer": "已修复", "rating": "satisfied",
                "area_code": VILLAGE_1, "repeat": False},
            3: {"registered_on": date(2022, 5, 4), "matter": "欠薪", "channel": "phone",
                "field": "labour", "answer": "已协调", "rating": "basic", "area_code": VILLAGE_2,
                "repeat": True},
        },
        ledger="petitions",
    ),
    Messy(
        "a list of leads",
        "a.xlsx",
        one([
            ["来源", "收到时间", "线索内容", "涉及单位", "是否重大", "属地"],
            ["市场局移交", "2022-05-03 09:30", "某院高额返利", "某养老院", "是", "演示一村"],
            ["12337", 44684, "讲座卖保健品", "", "一般", "演示二村"],
        ]),
        {
            2: {"source": "market_regulator", "matter": "某院高额返利", "major": True,
                "registered_at": datetime(2022, 5, 3, 9, 30, tzinfo=OFFICE),
                "area_code": VILLAGE_1},
            3: {"source": "platform_12337", "matter": "讲座卖保健品", "major": False,
                "registered_at": datetime(2022, 5, 3, tzinfo=OFFICE), "area_code": VILLAGE_2},
        },
        ledger="leads",
    ),
    Messy(
        "a register with its states and its last days",
        "a.xlsx",
        one([
            ["登记日期", "主要诉求", "属地", "办理情况", "是否办结", "办结时间"],
            ["2022-05-03", "退费", "演示一村", "已退费", "是", "2022-05-20"],
            ["2022-05-04", "退费", "演示二村", "", "正在办理", ""],
            ["2022-05-05", "退费", "演示二村", "", "看情况", ""],
        ]),
        {
            2: {"registered_on": date(2022, 5, 3), "matter": "退费", "area_code": VILLAGE_1,
                "answer": "已退费", "state": "closed", "closed_on": date(2022, 5, 20)},
            3: {"registered_on": date(2022, 5, 4), "matter": "退费", "area_code": VILLAGE_2,
                "state": "accepted"},
            4: {"registered_on": date(2022, 5, 5), "matter": "退费", "area_code": VILLAGE_2},
        },
        ledger="petitions",
        doubtful=((4, "state"),),
    ),
    Messy(
        "two columns that may be the remark: the first, and it is said",
        "a.xlsx",
        one([["机构名称", "情况说明", "其他说明"], ["夕阳红养老院", "甲", "乙"]]),
        {2: {**A, "remarks": "甲"}},
        said=("“其他说明”列也像是“备注”，读的是“情况说明”列",),
    ),
    Messy(
        "areas with their parents in front, joined in any way, and loose endings",
        "a.xlsx",
        one([
            ["机构名称", "所属区域"],
            ["夕阳红养老院", "甲云镇演示一村"], ["金秋托老所", "示例县-乙岚镇-演示二村"],
            ["松鹤公寓", "某省某市示例县乙岚镇演示三村村委会"], ["春晖院", "演示二村居委会"],
            ["夕照院", "乙岚镇人民政府"], ["晚晴院", "甲云"],
        ]),
        {
            2: {**A, "area_code": VILLAGE_1}, 3: {**B, "area_code": VILLAGE_2},
            4: {**C, "area_code": VILLAGE_3}, 5: {**D, "area_code": VILLAGE_2},
            6: {"name": "夕照院", "area_code": "990101002"},
            7: {"name": "晚晴院", "area_code": "990101001"},
        },
        said=("“甲云镇演示一村”按“演示一村”理解",),
    ),
    Messy(
        "grids by their number within the village",
        "a.xlsx",
        one([
            ["机构名称", "乡镇", "村", "网格"],
            ["夕阳红养老院", "甲云镇", "演示一村", "第一网格"],
            ["金秋托老所", "甲云镇", "演示一村", 2],
            ["松鹤公寓", "甲云镇", "演示一村", "2号网格"],
            ["春晖院", "甲云镇", "演示一村", "第九网格"],
        ]),
        {
            2: {**A, "area_code": "990101001001001"}, 3: {**B, "area_code": "990101001001002"},
            4: {**C, "area_code": "990101001001002"}, 5: D,
        },
        refused=((5, "area_code"),),
    ),
    Messy(
        "a column of villages never means the township, unless it says so",
        "a.xlsx",
        one([["机构名称", "村居"], ["夕阳红养老院", "演示一村"], ["金秋托老所", "甲云镇"],
             ["松鹤公寓", "甲云"]]),
        {2: {**A, "area_code": VILLAGE_1}, 3: {**B, "area_code": "990101001"}, 4: C},
        refused=((4, "area_code"),),
    ),
    Messy(
        "both halves of a position in the column of one",
        "a.xlsx",
        one([["机构名称", "经度", "纬度"], ["夕阳红养老院", "127.02,29.05", ""],
             ["金秋托老所", "", "北纬29.05 东经127.03"], ["松鹤公寓", 127.04, ""]]),
        {2: A, 3: B, 4: C},
        refused=((2, "lon"), (3, "lat"), (4, "lat")),
        proposed=("像是经度 127.02、纬度 29.05", "像是经度 127.03、纬度 29.05"),
    ),
    Messy(
        "a record above the header is not lost without a word",
        "a.xlsx",
        one([["夕阳红养老院", "公办", 30], ["机构名称", "机构类型", "床位数"],
             ["金秋托老所", "民办", 20]]),
        {3: {**B, "kind": "民办", "beds": 20}},
        said=("这一行在表头上面，没有读入：夕阳红养老院、公办、30",),
    ),
    Messy(
        "positions in one column, in degrees and minutes, and with words",
        "a.xlsx",
        one([["机构名称", "经纬度"], ["夕阳红养老院", "东经127°1′12″，北纬29°3′0″"],
             ["金秋托老所", "29°3′0″N 127°1′12″E"], ["松鹤公寓", "经度127.02纬度29.05"],
             ["春晖院", "127.02,29.05,12.3"]]),
        {
            2: {**A, "lon": 127.02, "lat": 29.05}, 3: {**B, "lon": 127.02, "lat": 29.05},
            4: {**C, "lon": 127.02, "lat": 29.05}, 5: D,
        },
        refused=((5, "lon"), (5, "lat")),
    ),
    Messy(
        "longitude and latitude in each other's column",
        "a.xlsx",
        one([["机构名称", "经度", "纬度"], ["夕阳红养老院", 29.05, 127.02],
             ["金秋托老所", "N29.05", "E127.02"]]),
        {2: A, 3: B},
        refused=((2, "lat"), (3, "lat"), (3, "lon")),
        proposed=("像是经度 127.02、纬度 29.05",),
    ),
    Messy(
        "several telephones without a mark between, an extension after a star",
        "a.xlsx",
        one([["机构名称", "联系电话"], ["夕阳红养老院", "13800138000 13900139000"],
             ["金秋托老所", "1380013800013900139000"], ["松鹤公寓", "0512-63123456*801"]]),
        {
            2: {**A, "phone": "13800138000、13900139000"},
            3: {**B, "phone": "13800138000、13900139000"},
            4: {**C, "phone": "0512-63123456转801"},
        },
    ),
    Messy(
        "a card whose names share the cells of their values",
        "a.xlsx",
        one([["机构名称：夕阳红养老院", "床位数：30"], ["地址：某路1号", "联系电话：13800138000"],
             ["是否备案：是", "备注：无"]]),
        {2: {**A, "beds": 30, "address": "某路1号", "phone": "13800138000", "filing": "filed",
             "remarks": "无"}},
    ),
]  # fmt: skip
