"""The corpus, part two: values of cells, texts to look for, mapping files, rules, lists, passwords.

Each case: a name, what is given, and words of the answer.
"""

from __future__ import annotations

from typing import Any

Deep = "(" * 3000 + "true" + ")" * 3000
CELLS: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("nothing", {}, "必须填写"),
    ("blank", {"name": "   "}, "必须填写"),
    ("only marks", {"name": "\u200b\u202e"}, ""),
    ("nul", {"name": "甲\x00"}, ""),
    ("half a surrogate", {"name": "甲\ud800"}, ""),
    ("too long", {"name": "甲" * 10_000}, ""),
    ("unknown column", {"name": "甲", "__class__": "x"}, ""),
    ("a column of the system", {"name": "甲", "id": 1}, ""),
    ("somebody else's column", {"name": "甲", "tier": 1}, ""),
    ("the path", {"name": "甲", "area_path": "/"}, ""),
    ("column as SQL", {"name": "甲", "name; DROP TABLE users": 1}, ""),
    ("list", {"name": ["甲"]}, ""),
    ("object", {"name": {"$gt": ""}}, ""),
    ("bytes", {"name": b"\xff\xfe"}, ""),
    ("yes as a number", {"name": "甲", "beds": True}, ""),
    ("negative", {"name": "甲", "beds": -5}, ""),
    ("huge", {"name": "甲", "beds": 10**40}, ""),
    ("huge text", {"name": "甲", "beds": "9" * 5000}, ""),
    ("infinite", {"name": "甲", "beds": float("inf")}, ""),
    ("nan", {"name": "甲", "monthly_bed_fee": "NaN"}, ""),
    ("fraction of a person", {"name": "甲", "residents": 1.5}, ""),
    ("money as SQL", {"name": "甲", "max_deposit": "1 OR 1=1"}, ""),
    ("unknown choice", {"name": "甲", "filing": "' OR ''='"}, ""),
    ("unknown fact", {"name": "甲", "prosecuted": "也许"}, ""),
    ("wrong code", {"name": "甲", "credit_code": "91110000600037342L"}, ""),
    ("code as path", {"name": "甲", "credit_code": "../../../etc"}, ""),
    ("phone of letters", {"name": "甲", "phone": "javascript:alert(1)"}, ""),
    ("phone too long", {"name": "甲", "phone": "1" * 200}, ""),
    ("longitude", {"name": "甲", "lon": 181, "lat": 29}, ""),
    ("latitude", {"name": "甲", "lon": 127, "lat": -91}, ""),
    ("no such area", {"name": "甲", "area_code": "000000"}, ""),
    ("area as path", {"name": "甲", "area_code": "/990101/../"}, ""),
    ("area as wildcard", {"name": "甲", "area_code": "%"}, ""),
    ("number too long", {"name": "甲", "number": "A" * 400}, ""),
)
LEADS: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("no such day", {"registered_at": "2026-02-30 09:00"}, ""),
    ("year zero", {"registered_at": "0000-01-01"}, ""),
    ("far year", {"registered_at": "99999-01-01 00:00"}, ""),
    ("day as words", {"registered_at": "昨天"}, ""),
    ("day as SQL", {"registered_at": "2026-05-01'; --"}, ""),
    ("unknown source", {"source": "<b>"}, ""),
    ("no such institution", {"institution": "'; DELETE FROM institutions"}, ""),
    (
        "sealed by hand",
        {"informant": '{"m":"x","h":"' + "0" * 64 + '","c":"gAAAAA' + "A" * 99 + '"}'},
        "",
    ),
    ("long name", {"informant": "张" * 61}, ""),
    ("phone as formula", {"informant_phone": "=1+1"}, ""),
    ("long matter", {"matter": "长" * 2001}, ""),
    ("negative sum", {"amount": -1}, ""),
    ("state by hand", {"state": "closed"}, ""),
)

# Looked for, these find nothing, break nothing, and mean nothing but themselves.
SEARCHED: tuple[str, ...] = (
    "' OR '1'='1",
    '" OR ""="',
    "'; DROP TABLE institutions; --",
    "%' UNION SELECT password_hash FROM users --",
    "_%_%_%_%_%",
    "%%%%",
    "\\",
    "\\%",
    "[a-z]",
    "*",
    "(" * 500,
    "\x00",
    "\ud800",
    "\u202e\u2066",
    "🧓" * 50,
    "=HYPERLINK(1)",
    "<script>alert(1)</script>",
    "{{7*7}}",
    "${jndi:ldap://x}",
    "../../etc/passwd",
    "长" * 5000,
    "a " * 400,
)
SORTED: tuple[str, ...] = (
    "password",
    "id; DROP TABLE users",
    "",
    "name)",
    "__table__",
    "informant x",
)

MAPPINGS: tuple[tuple[str, str, str], ...] = (
    ("no toml", "[[[", ""),
    ("nul", 'crs = "wgs84"\x00', ""),
    ("unknown section", "[evil]\nx = 1", ""),
    ("unknown column", '[columns]\n"__class__" = "x"', ""),
    ("column as table", "[columns]\nname = {a = 1}", ""),
    ("unknown datum", 'crs = "mars"', ""),
    ("datum as number", "crs = 5", ""),
    ("bad constant", '[constants]\nbeds = "x"', ""),
    ("bad value", '[values.filing]\n"x" = "unheard of"', ""),
    ("bad kind of fact", '[extra]\nx = "code"', ""),
    ("columns as text", 'columns = "x"', ""),
    ("deep", "a = " + "[" * 3000 + "]" * 3000, ""),
)
RULES: tuple[tuple[str, str, str], ...] = (
    ("empty", "", ""),
    ("no toml", "= = =", ""),
    ("not rules", "[x]\ny = 1", ""),
    ("code", "version = \"1\"\n[[rules]]\nwhen = \"__import__('os').system('x')\"", ""),
    ("deep", f'version = "1"\n[[rules]]\nwhen = "{Deep}"', ""),
    ("nul", 'version = "\x00"', ""),
    ("large", "# " + "x" * 3_000_000, ""),
)
HOLIDAYS: tuple[tuple[str, str, str], ...] = (
    ("empty", "", ""),
    ("something else", "关于做好消防工作的通知", ""),
    ("no such day", "2027年部分节假日安排\n一、元旦：2月30日放假", ""),
    ("script", "<script>2027年</script>", ""),
    ("year far away", "99999年部分节假日安排\n一、元旦：1月1日放假", ""),
)
PASSWORDS: tuple[tuple[str, str], ...] = (
    ("", "太短"),
    ("short1", "太短"),
    ("a1" * 200, "太长"),
    ("长" * 12, "字母和数字"),
    ("12345678901234", "字母和数字"),
    ("zhangsan-2026", "用户名"),
    ("ZhangSan2026!", "用户名"),
    ("Password123", "太常见"),
    ("a1a1a1a1a1a1", "太常见"),
)
NAMES: tuple[str, ...] = (
    "",
    "x",
    "x" * 41,
    "a b",
    "a/b",
    "../x",
    "a'--",
    "a\x00b",
    "a\r\nb",
    "<b>x</b>",
    "a;b",
    "\u202eabc",
)
