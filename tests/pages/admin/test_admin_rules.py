"""Rules as a page: read in words, preview who moves, put in force."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from ledger.domain.access import SYSTEM, Role
from ledger.records import reckoning, rulebook
from ledger.records.rule_words import tier_conditions
from ledger.records.rulebook import parse_rules, rules_in_force
from tests.commands.test_contract import RULES
from tests.ledger.sheets import fingerprint
from tests.pages.admin_pages import Visit, keys, table_with, texts, visiting
from tests.pages.builders import BLAMELESS, Office, build_office
from tests.pages.field_pages import html_of


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    built = build_office(database_url)
    built.add("松鹤养老院", number="A-1", beds=120, **BLAMELESS)
    built.add("小院", number="A-2", beds=3)
    yield built
    built.close()


@pytest.fixture
def visit(monkeypatch: pytest.MonkeyPatch) -> Visit:
    return visiting("rules", monkeypatch)


def _offer(page: AppTest, text: str) -> AppTest:
    page.file_uploader(key="rule-file").upload("rules.toml", text.encode(), "text/plain")
    return page.run()


def _version(office: Office) -> str:
    with office.store.reading() as connection:
        return rules_in_force(connection).version


def test_the_rules_in_force_stand_there_in_words(office: Office, visit: Visit) -> None:
    page = visit(office, Role.ADMIN)
    assert not page.exception
    assert _version(office) in texts(page)
    assert "**一致性核对规则** 版本 2026.1，程序自带，随程序更新" in texts(page)
    shown = html_of(page)
    assert "<td>四类 T4b</td>" in shown
    assert "<td>许可备案情况为“已许可”，且统一社会信用代码空白</td>" in shown
    assert "符合“预收费数额较大”，且资可抵债为“否”" in shown
    assert "涉嫌非法集资、诈骗等犯罪" in shown
    assert not re.search(r"<td>[^<]*( and | or |==)", shown)


def test_conditions_and_limits_are_read_whole(office: Office, visit: Visit) -> None:
    """No grid cuts them at its edge; a limit is called as its file calls it."""
    page = visit(office, Role.ADMIN)
    rules = parse_rules(rulebook.shipped(rulebook.TIERS).read_text(encoding="utf-8"))
    words, shown = tier_conditions(rules), html_of(page)
    for rule in rules.rules:
        assert f"<td>{words.of_rule(rule)}</td>" in shown
    for one in rules.definitions.values():
        assert f"<td>{words.said(one.tree)}</td>" in shown
    assert "<td>养老服务费最多预收月数</td><td>12</td><td>prepaid_months</td>" in shown
    assert "<td>未设定</td><td>local_amount</td>" in shown
    assert not page.dataframe


def test_a_preview_tells_numbers_and_no_contents(office: Office, visit: Visit) -> None:
    page = _offer(visit(office, Role.ADMIN), RULES)
    before = fingerprint(office.store)
    assert "adopt-rules" not in keys(page), "a preview comes first"
    page = page.button(key="preview-rules").click().run()
    assert not page.exception
    moves = table_with(page, "现在", "启用后", "家数")
    assert moves.to_dict("records") == [
        {"现在": "一类", "启用后": "四类", "家数": 1},
        {"现在": "待研判", "启用后": "一类", "家数": 1},
    ]
    assert list(table_with(page, "编号", "现在")["编号"]) == ["A-1", "A-2"]
    reasons = list(table_with(page, "编号", "现在")["命中的规则"])
    assert [one.split()[0] for one in reasons] == ["X4", "X1"]
    shown = texts(page) + "".join(str(table.value) for table in page.dataframe)
    assert "松鹤" not in shown
    assert fingerprint(office.store) == before


def test_adopting_judges_everybody_anew(office: Office, visit: Visit) -> None:
    page = _offer(visit(office, Role.ADMIN), RULES)
    page = page.button(key="preview-rules").click().run()
    page = page.button(key="adopt-rules").click().run()
    assert not page.exception
    assert "已启用规则 test-1" in texts(page)
    assert _version(office) == "test-1"
    assert office.get("松鹤养老院")["tier"] == "4"


def test_a_file_changed_on_the_disk_waits_to_be_put_in_force(
    office: Office, visit: Visit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reckoning.settle(office.store)
    files = {kind: rulebook.shipped(kind) for kind in rulebook.KINDS}
    monkeypatch.setattr(rulebook, "shipped", files.__getitem__)
    assert "尚未生效" not in texts(visit(office, Role.ADMIN))
    text = files["deadlines"].read_text(encoding="utf-8")
    files["deadlines"] = tmp_path / "deadlines.toml"
    files["deadlines"].write_text(text.replace('version = "', 'version = "新-', 1), "utf-8")
    page = visit(office, Role.ADMIN)
    assert "deadlines.toml（版本 新-" in texts(page)
    assert "adopt-deadlines" not in keys(page), "a preview comes first"
    page = page.button(key="preview-deadlines").click().run()
    page = page.button(key="adopt-deadlines").click().run()
    assert not page.exception
    assert "已启用办理期限" in texts(page)
    assert "尚未生效" not in texts(page)


def test_a_changed_tier_file_on_the_disk_tells_who_moves_and_why(
    office: Office, visit: Visit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reckoning.settle(office.store)
    files = {kind: rulebook.shipped(kind) for kind in rulebook.KINDS}
    monkeypatch.setattr(rulebook, "shipped", files.__getitem__)
    files["tiers"] = tmp_path / "tiers.toml"
    files["tiers"].write_text(RULES, "utf-8")
    page = visit(office, Role.ADMIN).button(key="preview-tiers").click().run()
    assert not page.exception
    moves = table_with(page, "编号", "现在", "启用后", "命中的规则")
    assert [(*one,)[:3] for one in moves.itertuples(index=False)] == [
        ("A-1", "一类", "四类"),
        ("A-2", "待研判", "一类"),
    ]
    assert [one.split()[0] for one in moves["命中的规则"]] == ["X4", "X1"]
    page = page.button(key="adopt-tiers").click().run()
    assert "已启用风险分级规则：等级变动 2 条" in texts(page)


@pytest.mark.parametrize(
    "text", ["version = 1", RULES.replace("beds > 15", "bedz > 15"), "\x00"], ids=range(3)
)
def test_a_broken_rule_file_gets_one_message(office: Office, visit: Visit, text: str) -> None:
    page = _offer(visit(office, Role.ADMIN), text)
    assert not page.exception
    assert len(page.error) == 1
    assert "adopt-rules" not in keys(page)


def test_an_unfair_rule_file_is_refused_with_a_counter_example(
    office: Office, visit: Visit
) -> None:
    partial = RULES.replace("beds <= 15", "beds <= 10")
    page = _offer(visit(office, Role.ADMIN), partial)
    assert not page.exception
    assert "规则不全" in page.error[0].value
    assert "床位数为11" in page.error[0].value
    assert "preview-rules" not in keys(page)


def test_rules_in_force_that_are_unfair_stay_and_are_told(office: Office, visit: Visit) -> None:
    """A rule version put in force before rules were checked: judgements by it are on record."""
    assert "不能再启用" not in texts(visit(office, Role.ADMIN))
    old = RULES.replace("beds <= 15", "beds <= 10")
    with office.store.writing() as connection:
        rulebook.put_in_force(connection, SYSTEM, rulebook.TIERS, "test-1", old)
    page = visit(office, Role.ADMIN)
    assert not page.exception
    assert "不能再启用" in texts(page)
    assert _version(office) == "test-1"


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_only_the_administrator_changes_rules(office: Office, visit: Visit, role: Role) -> None:
    page = visit(office, role)
    assert not page.get("file_uploader")
    assert "管理规则" in page.warning[0].value


def test_a_limit_is_changed_without_a_file(office: Office, visit: Visit) -> None:
    page = visit(office, Role.ADMIN)
    amount = next(one for one in page.number_input if "总额" in one.label)
    amount.set_value(500000)
    page = page.button(key="FormSubmitter:limits-核对新限额").click().run()
    assert "不设定 → 500000" in texts(page)
    page = page.button(key="preview-limits").click().run()
    page = page.button(key="adopt-limits").click().run()
    assert not page.exception
    with office.store.reading() as connection:
        rules = rules_in_force(connection)
    assert rules.limits["local_amount"] == 500000
    assert "+本地" in rules.version


def test_another_kind_is_put_in_force_by_upload(office: Office, visit: Visit) -> None:
    text = rulebook.shipped(rulebook.RATING).read_text(encoding="utf-8")
    text = re.sub(r'(?m)^version = "[^"]*"', 'version = "本地-1"', text)
    page = visit(office, Role.ADMIN)
    page.selectbox(key="upload-kind").set_value(rulebook.RATING).run()
    page.file_uploader(key="upload-rating").upload("r.toml", text.encode(), "text/plain").run()
    assert "upload-adopt" not in keys(page), "a preview comes first"
    page.button(key="upload-look").click().run()
    page.button(key="upload-adopt").click().run()
    assert not page.exception
    with office.store.reading() as connection:
        assert rulebook.version_of(rulebook.text_in_force(connection, rulebook.RATING)) == "本地-1"
