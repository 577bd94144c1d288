"""Files that are called otherwise than they are, and text tables of every kind."""

from __future__ import annotations

from datetime import date

from tests.ledger.exchange.reading.messy.building import Messy, document, one, raw, styled, text

A = {"name": "夕阳红养老院"}
B = {"name": "金秋托老所"}
HEAD = ["机构名称", "床位数", "备注"]
TWO = [HEAD, ["夕阳红养老院", "60", "联通"], ["金秋托老所", "25", ""]]
READ = {2: {**A, "beds": 60, "remarks": "联通"}, 3: {**B, "beds": 25}}
LINES = "机构名称,床位数,备注\r\n夕阳红养老院,60,联通\r\n金秋托老所,25,\r\n"
PAGE = (
    '<html><head><meta charset="gbk"></head><body><table border=1>'
    "<tr><th>机构名称</th><th>床位数</th><th>备注</th></tr>"
    "<tr><td>夕阳红养老院</td><td>60</td><td>联<br>通</td></tr>"
    "<tr><td>金秋托老所</td><td>25</td></tr></table></body></html>"
)
XML = (
    '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook '
    'xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
    'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="台账"><Table>'
    '<Row><Cell><Data ss:Type="String">机构名称</Data></Cell>'
    '<Cell ss:Index="3"><Data ss:Type="String">床位数</Data></Cell></Row>'
    '<Row ss:Index="3"><Cell><Data ss:Type="String">夕阳红养老院</Data></Cell>'
    '<Cell ss:Index="3"><Data ss:Type="Number">60</Data></Cell></Row>'
    "</Table></Worksheet></Workbook>"
)
BEDS = [["机构名称", "床位数"], ["夕阳红养老院", 60], ["金秋托老所", 25]]
STAMP = date(2022, 5, 3)


def days(*cells: object) -> list[list[object]]:
    """Outreach of these days."""
    return [["日期", "形式", "所属区域"], *([cell, "讲座", "演示一村"] for cell in cells)]


def held(*found: date) -> dict[int, dict[str, object]]:
    """What is read of it."""
    fixed = {"kind": "lecture", "area_code": "990101001001"}
    return {at: {"held_on": day, **fixed} for at, day in enumerate(found, start=2)}


FORMATS = [
    Messy("UTF-16 little-endian without its mark", "a.csv", raw(LINES.encode("utf-16-le")), READ),
    Messy("UTF-16 big-endian without its mark", "a.txt", raw(LINES.encode("utf-16-be")), READ),
    Messy("Chinese commas", "a.csv", raw(LINES.replace(",", "，").encode()), READ),
    Messy("Chinese semicolons", "a.txt", raw(LINES.replace(",", "；").encode()), READ),
    Messy("strokes between cells", "a.txt", text(TWO, "utf-8", "|"), READ),
    Messy("sep= names the mark", "a.csv",
          raw(("sep=^\r\n" + LINES.replace(",", "^")).encode()), READ),
    Messy(
        "a comma within a text does not part it",
        "a.csv",
        text([HEAD, ["夕阳红养老院", "60", "甲，乙，丙"], ["金秋托老所", "25", "一，二，三"]]),
        {
            2: {**A, "beds": 60, "remarks": "甲，乙，丙"},
            3: {**B, "beds": 25, "remarks": "一，二，三"},
        },
    ),
    Messy(
        "one byte broken in GBK: that cell is doubtful",
        "a.csv",
        raw("机构名称,床位数,备注\r\n夕阳红养老院,60,".encode("gbk") + b"\xb0\r\n"),
        {2: {**A, "beds": 60}},
        doubtful=((2, "remarks"),),
        said=("有字节不是文字",),
    ),
    Messy(
        "one byte broken in UTF-8, within a number",
        "a.csv",
        raw("机构名称,床位数\n夕阳红养老院,6".encode() + b"\xff0\n"),
        {2: A},
        doubtful=((2, "beds"),),
    ),
    Messy("many bytes broken", "a.csv", raw(b"\xff\xfd\x81" * 40), {}, refuses="文字编码无法识别"),
    Messy(
        'texts kept by ="…"',
        "a.csv",
        raw(
            '机构名称,统一社会信用代码,联系电话\r\n夕阳红养老院,"=""91110000600037341L""","13800138000\t"\r\n'
            '金秋托老所,="91110000600037341L",\'13800138001\r\n'.encode("utf-8-sig")
        ),
        {
            2: {**A, "credit_code": "91110000600037341L", "phone": "13800138000"},
            3: {**B, "credit_code": "91110000600037341L", "phone": "13800138001"},
        },
    ),
    Messy("a web page called xls", "a.xls", raw(PAGE.encode("gbk")),
          {2: {**A, "beds": 60, "remarks": "联\n通"}, 3: {**B, "beds": 25}}),
    Messy("a web page without its charset", "a.html", raw(PAGE.replace("gbk", "").encode()),
          {2: {**A, "beds": 60, "remarks": "联\n通"}, 3: {**B, "beds": 25}}),
    Messy("a web page without a table", "a.xls", raw(b"<html><body>x</body></html>"), {},
          refuses="是网页，里面没有表格"),
    Messy("XML of Excel 2003 called xls, with gaps", "a.xls", raw(XML.encode()),
          {3: {**A, "beds": 60}}),
    Messy("XML that brings entities of its own", "a.xls",
          raw(XML.replace("<?mso", "<!DOCTYPE x [<!ENTITY a \"b\">]><?mso").encode()), {},
          refuses="自定义的 XML 实体"),
    Messy("a Word document", "a.docx", document(TWO, titles=("演示一村养老机构台账",)),
          {3: READ[2], 4: READ[3]}, said=("标题写的是“演示一村”",)),
    Messy("a Word document without a table", "a.docx", document(), {}, refuses="里面没有表格"),
    Messy("an old Word document", "a.doc", raw(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), {},
          refuses="请在 Word 或 WPS 中另存为 docx"),
    Messy("a workbook with a password", "a.xlsx",
          raw(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le")), {},
          refuses="有打开密码"),
    Messy("a page saved with its pictures", "a.xls",
          raw(b"MIME-Version: 1.0\r\nX-Document-Type: Workbook\r\n"), {}, refuses="网页归档"),
    Messy("days as numbers of eight digits", "a.xlsx", one(days(20220503, "20220503", 20220503.0)),
          held(STAMP, STAMP, STAMP), ledger="outreach"),
    Messy("days as serial numbers", "a.xlsx", one(days(44684, "44684")), held(STAMP, STAMP),
          ledger="outreach", said=("Excel 的日期序号：44684 即 2022-05-03",)),
    Messy("days as serial numbers since 1904", "a.xlsx",
          styled(days(44684 - 1462), since_1904=True), held(STAMP), ledger="outreach",
          said=("(文件自1904年起算)",)),
    Messy("moments with a time zone", "a.xlsx",
          one(days("2022-05-02T16:00:00.000Z", "2022-05-02T23:30:00Z", "2022-05-03T07:00+08:00")),
          held(STAMP, STAMP, STAMP), ledger="outreach", said=("是北京时间 2022-05-03 00:00",)),
    Messy("a row that is struck out", "a.xlsx",
          styled(BEDS, [(2, 0), (2, 1)]),
          {2: {**A, "beds": 60}, 3: {**B, "beds": 25}}, doubtful=((3, None),),
          said=("整行画了删除线",)),
    Messy("a cell that is struck out", "a.xlsx",
          styled(BEDS, [(2, 1)]),
          {2: {**A, "beds": 60}, 3: {**B, "beds": 25}}, doubtful=((3, None),),
          said=("B格画了删除线",)),
    Messy("a picture in a cell", "a.xlsx",
          one([["机构名称", "备注"], ["夕阳红养老院", '=_xlfn.DISPIMG("ID_5BA4",1)']]), {2: A},
          doubtful=((2, "remarks"),), said=("格中是图片",)),
    Messy("signs that nobody sees, everywhere", "a.xlsx",
          one([["机构名称\u200b", "\ufeff床位数\xa0", "联系电话", "资金存管"],
               ["\u200e夕阳红养老院\u2060", "6\u200b0", "\u202d13800138000\u202c", "是\u200b"]]),
          {2: {**A, "beds": 60, "phone": "13800138000", "custody": True}}),
    Messy("days with signs that nobody sees", "a.xlsx",
          one(days("2022-05-03\u200b", "2022年5月3日\xa0")),
          held(STAMP, STAMP), ledger="outreach"),
]  # fmt: skip
