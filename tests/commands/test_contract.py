"""Every command in this process: JSON keys, exit codes, and words in Chinese."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from ledger.exchange.importing import imports
from ledger.people.users import find_user
from ledger.records.places.areas import current_atlas
from ledger.storage import open_store
from tests.commands.conftest import PASSWORD, Run, Told
from tests.ledger.conftest import EAST, WEST
from tests.ledger.sheets import HEADER, ROWS, fingerprint, workbook

COUNTS = {"read", "created", "updated", "unchanged", "rejected", "outside"}
CHINESE = re.compile("[一-鿿]")


def test_init_twice_is_as_good_as_once(run: Run) -> None:
    assert run("init", "--json").json["before"] == "empty"
    assert run("init", "--json").json["before"] == "current"
    assert CHINESE.search(run("init").out)


def test_a_user_is_added_with_a_password_from_standard_input(run: Run) -> None:
    run("init")
    words = ("user", "add", "zhang", "--role", "admin", "--scope", "*")
    told = run(*words, "--json", typed=f"{PASSWORD}\n")
    assert (told.code, told.json) == (0, {"name": "zhang", "role": "admin", "scope": "*"})
    assert find_user(open_store(), "zhang").must_change, "who typed it knows it too"
    assert run(*words, typed=f"{PASSWORD}\n").code == 1, "the name is taken"
    named = ("user", "add", "xiaoying", *words[3:], "--name", "张小英")
    assert run(*named, typed=f"{PASSWORD}\n").code == 0
    assert find_user(open_store(), "xiaoying").display_name == "张小英"
    assert "密码" in run("user", "add", "li", "--role", "admin", "--scope", "*").err
    unknown = run("user", "add", "li", "--role", "king", "--scope", "*", typed=f"{PASSWORD}\n")
    assert (unknown.code, "king" in unknown.err) == (1, True)
    nowhere = run("user", "add", "li", "--role", "leader", "--scope", "9", typed=f"{PASSWORD}\n")
    assert (nowhere.code, "区域" in nowhere.err) == (1, True)


def test_areas_load_reports_by_the_contract(run: Run, load: Callable[[str], Told]) -> None:
    run("init")
    told = load("county")
    assert told.code == 0
    assert told.json == {"read": 1, "loaded": 1, "repaired": 0, "errors": [], "warnings": []}
    assert load("township").json["loaded"] == 2


def test_areas_with_errors_change_nothing(run: Run, county: Path) -> None:
    run("init")
    store = open_store()
    before = fingerprint(store)
    fields = ("--code-field", "code", "--name-field", "name", "--crs", "wgs84")
    told = run("areas", "load", county / "grid.geojson", "--level", "village", *fields, "--json")
    assert told.code == 1
    assert told.json["loaded"] == 0
    assert set(told.json["errors"][0]) == {"row", "code", "message"}
    assert told.json["errors"][0]["row"] == 2
    assert "code" in told.json["errors"][0]["message"]
    missing = run("areas", "load", county / "none.geojson", "--level", "grid", *fields, "--json")
    assert (missing.code, missing.json["read"], len(missing.json["errors"])) == (1, 0, 1)
    lacking = ("--code-field", "CODE", "--name-field", "name", "--crs", "wgs84")
    told = run("areas", "load", county / "grid.geojson", "--level", "grid", *lacking)
    assert (told.code, "CODE" in told.err, "“grid.geojson”" in told.err) == (1, True, True)
    assert fingerprint(store) == before
    store.dispose()


def test_areas_of_a_later_day_say_from_when_they_count(run: Run, county: Path) -> None:
    run("init")
    fields = ("--code-field", "code", "--name-field", "name", "--crs", "wgs84")
    words = ("areas", "load", county / "county.geojson", "--level", "county", *fields)
    wrong = run(*words, "--valid-from", "2099年1月1日")
    assert (wrong.code, "“2099年1月1日”不是日期" in wrong.err) == (2, True)
    told = run(*words, "--valid-from", "2099-01-01", "--retire-missing")
    assert (told.code, "从 2099-01-01 起启用" in told.out) == (0, True)
    assert len(current_atlas(open_store())) == 0


def test_a_dry_run_of_areas_writes_nothing(run: Run, county: Path) -> None:
    run("init")
    store = open_store()
    before = fingerprint(store)
    fields = ("--code-field", "code", "--name-field", "name", "--crs", "wgs84", "--dry-run")
    told = run("areas", "load", county / "county.geojson", "--level", "county", *fields, "--json")
    assert (told.code, told.json["read"]) == (0, 1)
    assert fingerprint(store) == before
    store.dispose()


def test_import_reports_by_the_contract(run: Run, ready: Path, tmp_path: Path) -> None:
    told = run("import", "institutions", ready, "--json")
    assert (told.code, told.err) == (0, "")
    assert set(told.json) == COUNTS | {"file", "sheet", "problems", "notes"}
    assert {key: told.json[key] for key in COUNTS} == dict.fromkeys(COUNTS, 0) | {
        "read": 3,
        "unchanged": 3,
    }
    bad = workbook(tmp_path / "bad.xlsx", [HEADER, ROWS[0], ("J-9", "", None, None, "x")])
    report = tmp_path / "problems.xlsx"
    told = run("import", "institutions", bad, "--json", "--report", report)
    assert told.code == 1
    assert told.json["rejected"] == 1
    assert told.json["problems"][0] == {"row": 3, "column": "机构名称", "message": "必须填写"}
    assert len(told.err.strip().splitlines()) == 1
    rows = list(openpyxl.load_workbook(report).active.iter_rows(values_only=True))
    assert rows[0] == ("行号", "列", "结果", "问题与处理办法")
    assert rows[1] == (3, "机构名称", "未导入", "必须填写")
    told = run("import", "institutions", bad, "--json", "--accept-valid")
    assert (told.code, told.json["rejected"], told.json["unchanged"]) == (0, 1, 1)


def test_the_same_petitions_again_are_refused_with_file_sheet_row_and_column(
    run: Run, ready: Path, tmp_path: Path
) -> None:
    rows = [("登记日期", "信访事项", "所属区域")]
    rows += [(f"2026-03-0{day}", "反映路灯不亮", EAST) for day in (1, 2, 3)]
    path = workbook(tmp_path / "信访.xlsx", rows)
    assert run("import", "petitions", path, "--json").json["created"] == 3
    told = run("import", "petitions", path, "--json")
    assert (told.code, told.json["created"], told.json["rejected"]) == (1, 0, 3)
    assert all(words in told.err for words in ("“信访.xlsx”", "“台账”", "第2行", "“信访事项”列"))
    assert "--accept-duplicates" in told.err
    assert run("import", "petitions", path, "--as-new", "二").code == 2
    told = run("import", "petitions", path, "--json", "--as-new", "3", "--leave-out", "2，4-4")
    assert (told.code, told.json["read"], told.json["created"]) == (0, 1, 1)
    told = run("import", "petitions", path, "--json", "--accept-duplicates")
    assert (told.code, told.json["created"], len(told.json["problems"])) == (0, 3, 3)


def test_a_file_that_cannot_be_read_still_answers_in_json(run: Run, ready: Path) -> None:
    told = run("import", "institutions", ready.with_suffix(".pdf"), "--json")
    assert told.code == 1
    assert set(told.json) == COUNTS | {"file", "sheet", "problems", "notes"}
    assert (told.json["file"], told.json["sheet"]) == ("list.pdf", None)
    assert set(told.json["problems"][0]) == {"row", "column", "message"}


def test_as_somebody_counts_their_rights_and_their_area(
    run: Run, ready: Path, tmp_path: Path
) -> None:
    for name, role, scope in (("west", "office_staff", WEST), ("lead", "leader", EAST)):
        words = ("user", "add", name, "--role", role, "--scope", scope)
        assert run(*words, typed=f"{PASSWORD}\n").code == 0
    out = tmp_path / "out.csv"
    told = run("export", "institutions", out, "--as", "west", "--json")
    assert (told.code, told.json) == (0, {"rows": 2, "file": str(out)})
    assert run("export", "institutions", out, "--as", "lead", "--json").json["rows"] == 1
    assert run("export", "institutions", out, "--as", "lead", "--scope", WEST).code == 1
    assert run("import", "institutions", ready, "--as", "lead").code == 1
    told = run("import", "institutions", ready, "--as", "west", "--json")
    assert (told.code, told.json["rejected"]) == (1, 1)
    nobody = run("export", "institutions", out, "--as", "nobody", "--json")
    assert (nobody.code, set(nobody.json)) == (1, {"error"})


def test_export_and_template_and_their_refusals(run: Run, ready: Path, tmp_path: Path) -> None:
    for kind in ("xlsx", "csv", "geojson", "gpkg"):
        out = tmp_path / f"out.{kind}"
        told = run("export", "institutions", out, "--scope", WEST, "--json")
        assert (told.code, told.json["rows"], out.exists()) == (0, 2, True)
    assert run("export", "areas", tmp_path / "areas.gpkg", "--json").json["rows"] == 8
    assert run("export", "nothing", tmp_path / "x.csv").code == 1
    assert run("export", "institutions", tmp_path / "x.doc").code == 1
    assert run("export", "institutions", tmp_path / "no" / "x.csv").code == 1
    assert run("template", "institutions", tmp_path / "t.xlsx", "--json").code == 0
    assert run("template", "institutions", tmp_path / "t.csv").code == 1
    assert run("template", "areas", tmp_path / "t2.xlsx").code == 1


RULES = """
version = "test-1"
effective = 2026-01-01
title = "测试"
source = "测试"
[[rules]]
id = "X4"
tier = 4
label = "床位多"
when = "beds > 15"
source = "测试"
[[rules]]
id = "X1"
tier = 1
label = "床位少"
when = "beds <= 15"
source = "测试"
[tiers.1]
name = "一类"
colour = "blue"
measures = ["a"]
[tiers.2]
name = "二类"
colour = "yellow"
measures = ["a"]
[tiers.3]
name = "三类"
colour = "orange"
measures = ["a"]
[tiers.4]
name = "四类"
colour = "red"
measures = ["a"]
"""


def test_assess_previews_and_adopts(run: Run, ready: Path, tmp_path: Path) -> None:
    told = run("assess", "--json")
    assert (told.code, set(told.json)) == (0, {"rules", "results"})
    assert set(told.json["results"][0]) == {"number", "tier", "at_most", "matched", "unknown"}
    assert [item["tier"] for item in told.json["results"]] == [None, None, None]
    assert told.json["results"][0]["at_most"] == 4
    rules = tmp_path / "rules.toml"
    rules.write_text(RULES, encoding="utf-8")
    store = open_store()
    before = fingerprint(store)
    told = run("assess", "--rules", rules, "--preview", "--json")
    assert told.json["rules"] == "test-1"
    assert told.json["moves"] == [
        {"number": "J-2", "before": None, "after": 4},
        {"number": "J-3", "before": None, "after": 4},
        {"number": "J-1", "before": None, "after": 1},
    ]
    assert fingerprint(store) == before
    store.dispose()
    assert run("assess", "--rules", rules).code == 0
    told = run("assess", "--json")
    assert (told.json["rules"], [item["tier"] for item in told.json["results"]]) == (
        "test-1",
        [1, 4, 4],
    )
    broken = tmp_path / "broken.toml"
    broken.write_text("version = 1", encoding="utf-8")
    told = run("assess", "--rules", broken, "--json")
    assert (told.code, set(told.json)) == (1, {"error"})
    assert run("assess", "--rules", tmp_path / "none.toml").code == 1


def test_verify_backup_restore(
    run: Run, ready: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("verify", "--json").json["sound"] is True
    copy = tmp_path / "copy.db"
    assert run("backup", copy, "--json").json["file"] == str(copy)
    assert run("backup", copy).code == 1
    assert run("restore", copy).code == 1
    from ledger.domain.settings import settings

    monkeypatch.setenv("LEDGER_DATABASE_URL", f"sqlite:///{tmp_path / 'new.db'}")
    settings.cache_clear()
    assert run("restore", copy, "--json").code == 0
    assert run("export", "institutions", tmp_path / "again.csv", "--json").json["rows"] == 3


@pytest.mark.parametrize(
    "words",
    [
        ("export", "institutions", "x.csv"),
        ("import", "institutions", "x.csv"),
        ("assess",),
        ("verify",),
        ("backup", "x.db"),
        ("user", "add", "a1", "--role", "admin", "--scope", "*"),
    ],
    ids=lambda words: words[0],
)
def test_without_a_database_every_command_says_what_to_do(run: Run, words: tuple[str, ...]) -> None:
    told = run(*words, "--json")
    assert told.code == 1
    assert "init" in told.err
    assert told.json


USAGE = [
    ((), "缺少参数"),
    (("fly",), "不能是“fly”"),
    (("hotspots",), "hotspots"),
    (("init", "--fast"), "不认识的参数"),
    (("import", "institutions"), "缺少参数"),
    (("import", "institutions", "a.csv", "--sheet"), "后面要写一个值"),
    (("areas", "load", "a", "--level", "street"), "不能是“street”"),
    (("areas", "load", "a", "--level", "grid", "--code-field", "c", "--name-field", "n"), "--crs"),
    (("user", "add", "x", "--role", "admin"), "--scope"),
]


@pytest.mark.parametrize(("words", "said"), USAGE, ids=[" ".join(item[0]) for item in USAGE])
def test_wrong_usage_ends_with_two_in_chinese(run: Run, words: tuple[str, ...], said: str) -> None:
    told = run(*words)
    assert (told.code, told.out) == (2, "")
    assert said in told.err
    assert "用法" in told.err
    assert "error" not in told.err


def test_help_is_chinese(run: Run) -> None:
    for words in ((), ("areas", "load"), ("import",), ("assess",)):
        told = run(*words, "--help")
        assert told.code == 0
        assert "选项" in told.out
        assert not re.search(r"usage|options|show this", told.out)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (RuntimeError("secret detail"), "RuntimeError"),
        (KeyboardInterrupt(), "中断"),
        (MemoryError(), "内存"),
        (PermissionError(13, "Permission denied", "/x"), "/x"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_no_traceback_reaches_anybody(
    run: Run, ready: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException, said: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("ledger.commands.import_.import_file", fail)
    told = run("import", "institutions", ready, "--json")
    assert told.code == 1
    assert said in told.err
    assert "secret" not in told.err
    assert told.json["problems"]
    assert imports.import_file is not fail
