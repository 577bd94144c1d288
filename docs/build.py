"""Write the generated reference pages: ``python docs/build.py``.

Ledgers, roles, tier rules, contradictions and clocks are declared once, in code or in
``data/rules``; these pages only show them. A test holds the pages against the declarations.
"""

from __future__ import annotations

import ast
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from ledger.domain.access import (  # noqa: E402
    FIELDS,
    RIGHTS,
    SCOPE,
    Action,
    Reach,
    Relation,
    Role,
)
from ledger.domain.columns import Column, ColumnType, Ledger  # noqa: E402
from ledger.domain.contradiction_words import BLANKS, HEADS, meaning  # noqa: E402
from ledger.domain.contradictions import read_contradictions  # noqa: E402
from ledger.domain.ledgers import INSTITUTIONS, LEDGERS  # noqa: E402
from ledger.domain.tiers.worse import NEITHER  # noqa: E402
from ledger.domain.timing.clockfile import read_clocks  # noqa: E402
from ledger.domain.workflows import WORKFLOWS, roles_of  # noqa: E402
from ledger.records.rule_words import tier_conditions  # noqa: E402
from ledger.records.rulebook import CONTRADICTIONS, DEADLINES, TIERS, parse_rules, shipped  # noqa: E402

FOLDER = PROJECT / "docs" / "reference"
TYPE_LABELS = {
    ColumnType.TEXT: "文字",
    ColumnType.LONG_TEXT: "长文字",
    ColumnType.INTEGER: "整数",
    ColumnType.NUMBER: "数字",
    ColumnType.MONEY: "金额",
    ColumnType.DATE: "日期",
    ColumnType.MOMENT: "日期时间",
    ColumnType.CHOICE: "选项",
    ColumnType.TRI: "是/否/不详",
    ColumnType.LONGITUDE: "经度",
    ColumnType.LATITUDE: "纬度",
    ColumnType.AREA: "区域代码或名称",
    ColumnType.REFERENCE: "编号或名称",
    ColumnType.CREDIT_CODE: "统一社会信用代码",
    ColumnType.PHONE: "电话",
}
SENSITIVITY = {"public": "", "internal": "内部", "protected": "受保护(加密、默认遮盖)"}


def main() -> None:
    """Write every page."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (FOLDER / name).write_text(text, encoding="utf-8")


def pages() -> dict[str, str]:
    """File name → text of each generated page."""
    return {
        "ledgers.md": "\n".join(_ledgers()) + "\n",
        "roles.md": "\n".join(_roles()) + "\n",
        "rules.md": "\n".join(_rules()) + "\n",
        "clocks.md": "\n".join(_clocks()) + "\n",
        "contradictions.md": "\n".join(_contradictions()) + "\n",
        "workflows.md": "\n".join(_workflows()) + "\n",
        "modules.md": "\n".join(_modules()) + "\n",
    }


def _ledgers() -> Iterator[str]:
    yield "# 台账的列\n"
    yield "本页由 `python docs/build.py` 按台账声明生成，请勿手工修改。\n"
    for ledger in LEDGERS.values():
        yield f"## {ledger.label} `{ledger.key}`\n"
        yield "| 列 | 键 | 类型 | 可填内容 | 必填 | 说明 |"
        yield "|---|---|---|---|---|---|"
        for column in ledger.columns:
            yield _row(
                column.label,
                f"`{column.key}`",
                TYPE_LABELS[column.type],
                _allowed(ledger, column),
                "系统计算" if column.computed else "是" if column.required else "",
                ";".join(filter(None, [column.help, SENSITIVITY[column.sensitivity]])),
            )
        yield ""


def _allowed(ledger: Ledger, column: Column) -> str:
    if column.choices:
        return "、".join(f"{choice.label}(`{choice.key}`)" for choice in column.choices)
    if column.refers:
        return LEDGERS[column.refers].label
    bounds = [
        f"≥ {column.minimum:g}" if column.minimum is not None else "",
        f"≤ {column.maximum:g}" if column.maximum is not None else "",
        column.unit,
        "不晚于今天" if column.happened else "",
    ]
    return " ".join(filter(None, bounds))


def _roles() -> Iterator[str]:
    yield "# 角色与权限\n"
    yield "本页由 `python docs/build.py` 按权限表(`ledger/domain/access.py`)生成，请勿手工修改。"
    yield "服务层只按此表决定；每个账号只看得到自己辖区内的记录，“不在辖区”与“不存在”的答复相同。\n"
    yield "## 操作\n"
    yield "✓ 为全部台账；列出台账名的，只限这些台账。\n"
    yield _row("操作", *(role.label for role in Role), "范围")
    yield "|---" * (len(Role) + 2) + "|"
    for action in Action:
        yield _row(action.label, *(_right(role, action) for role in Role), _reach(action))
    yield "\n## 字段\n"
    yield _row("敏感级别", "显示", "查看原文")
    yield "|---|---|---|"
    for rule in FIELDS.values():
        shown = "加密保存，遮盖显示" if rule.masked else "有权查看该记录者可见"
        plain = "" if rule.plain_by is None else f"{rule.plain_by.label}，逐项写明理由并记入日志"
        yield _row(rule.label, shown, plain)
    yield "\n## 辖区\n"
    yield _row("记录所在", "可见")
    yield "|---|---|"
    for relation in Relation:
        seen = "✓" if SCOPE[relation] else "否，答复与不存在相同"
        yield _row(relation.label, seen)
    yield "\n辖区为全部区域(`*`)的账号看得到所有记录，包括尚未归属区域的。"


def _right(role: Role, action: Action) -> str:
    lines = [one for one in RIGHTS if one.action is action and role in one.roles]
    if any(one.ledgers is None for one in lines):
        unseen = [one.label for one in LEDGERS.values() if one.seen_by and role not in one.seen_by]
        return "✓" + (f"({'、'.join(unseen)}除外)" if unseen else "")
    keys = {key for one in lines for key in one.ledgers or ()}
    return "、".join(ledger.label for ledger in LEDGERS.values() if ledger.key in keys)


def _reach(action: Action) -> str:
    """How far it reaches, and whose reach differs."""
    found = {one.reach: one for one in RIGHTS if one.action is action}
    if len(found) == 1:
        return next(iter(found)).label
    special = [one for reach, one in found.items() if reach is not Reach.OWN]
    who = [
        f"{'、'.join(role.label for role in Role if role in one.roles)}：{one.reach.label}"
        for one in special
    ]
    return "；".join([Reach.OWN.label, *who])


def _rules() -> Iterator[str]:
    rules = parse_rules(shipped(TIERS).read_text(encoding="utf-8"))
    yield f"# {rules.title}\n"
    yield "本页由 `python docs/build.py` 按 `data/rules/tiers.toml` 生成，请勿手工修改。\n"
    yield f"版本 {rules.version},{rules.effective} 起施行。来源：{rules.source}\n"
    yield "事实分“是、否、不详”三种，不详既不当作是，也不当作否；命中的最高一类为准；"
    yield "没有规则命中的为待研判，不会当作一类。\n"
    words = tier_conditions(rules)
    for name, definition in rules.definitions.items():
        yield f"**{definition.label}** `{name}`：{words.said(definition.tree)}\n"
        yield f"```\n{_flat(definition.when)}\n```\n"
        yield f"依据：{definition.source}\n"
    yield "## 限额\n"
    yield "中文名称写在规则文件的 `[limit_labels]` 里，没有设定的也可以有。\n"
    yield "| 限额 | 现为 | 写法 |"
    yield "|---|---|---|"
    for name, label in rules.limit_labels.items():
        yield _row(label, str(rules.limits.get(name, "未设定")), f"`limits.{name}`")
    yield ""
    yield from _fair_rules()
    for number in sorted(rules.tiers, reverse=True):
        tier = rules.tiers[number]
        yield f"## {tier.name}\n"
        yield "处置：" + "、".join(measure.name for measure in tier.measures) + "\n"
        yield "| 规则 | 情形 | 条件 | 写法 | 依据 |"
        yield "|---|---|---|---|---|"
        for rule in rules.rules:
            if rule.tier == number:
                said, when = words.of_rule(rule), f"`{_flat(rule.when)}`"
                yield _row(rule.id, rule.label, said, when, rule.source)
        yield ""


def _fair_rules() -> Iterator[str]:
    yield "## 启用前的核对\n"
    yield "规则文件启用前，把各项事实所有能区分的情形逐一核对，两条都做到才能启用，否则举出反例："
    yield "一是**不漏**，事实都已查明、又不互相矛盾时必有一类；"
    yield "二是**不倒**，事实更坏时等级不会更轻。已经启用的旧规则照旧有效，“规则”页会提示。"
    yield "每项事实哪一边更坏如下；表中没有的，可在规则文件的 `[facts]` 里写 `worse`："
    yield "是否事实写 `yes` 或 `no`，数字写 `higher` 或 `lower`，选项由好到坏用 `<` 隔开、"
    yield "同等的用逗号隔开，分不出好坏的写 `neither`；没有小数的数字写 `whole = true`。\n"
    yield "| 事实 | | 更坏的一边 |"
    yield "|---|---|---|"
    words = {"yes": "是", "no": "否", "higher": "越大", "lower": "越小", NEITHER: "不分"}
    for column in INSTITUTIONS.facts:
        if column.worse:
            side = words.get(column.worse) or _in_labels(column)
            yield _row(f"`{column.key}`", column.label, side)
    yield ""
    yield "`[clashes.名称]` 写法同 `[definitions.名称]`，成立时说明资料互相矛盾：没有规则成立的，"
    yield "定为待研判并说明矛盾在哪里。"
    yield '规则里写 `unless = "编号"` 的，同一等级的那一条成立时不再列出。\n'


def _in_labels(column: Column) -> str:
    labels = {choice.key: choice.label for choice in column.choices}
    steps = [
        "、".join(labels[key.strip()] for key in step.split(","))
        for step in column.worse.split("<")
    ]
    return " ＜ ".join(steps)


def _clocks() -> Iterator[str]:
    clocks = read_clocks(shipped(DEADLINES).read_text(encoding="utf-8"))
    yield "# 办理期限\n"
    yield "本页由 `python docs/build.py` 按 `data/rules/deadlines.toml` 生成，请勿手工修改。"
    yield "标“本地”的没有全国规定，由本地确定，可以改写。\n"
    for ledger_key, own in clocks.by_ledger.items():
        label = LEDGERS[ledger_key].label if ledger_key in LEDGERS else ledger_key
        yield f"## {label}\n"
        yield "| 期限 | 时限 | 依据 | |"
        yield "|---|---|---|---|"
        for clock in own:
            length = f"{clock.amount} {clock.unit.label}" if clock.amount else "按约定日期"
            yield _row(clock.label, length, clock.basis, "本地" if clock.local else "")
        yield ""


def _contradictions() -> Iterator[str]:
    text = shipped(CONTRADICTIONS).read_text(encoding="utf-8")
    head, rules = tomllib.loads(text), read_contradictions(text)
    yield f"# {head['title']}\n"
    yield "本页由 `python docs/build.py` 按 `data/rules/contradictions.toml` 生成，请勿手工修改。\n"
    yield f"版本 {head['version']}。来源：{head['source']}\n"
    yield f"查出的只列出，不自动改动台账；本单位的规则在“规则”页更换。{BLANKS}\n"
    for key in dict.fromkeys(rule.ledger for rule in rules):
        yield f"## {LEDGERS[key].label}\n"
        yield _row("规则", *HEADS)
        yield "|---" * (len(HEADS) + 1) + "|"
        for rule in rules:
            if rule.ledger == key:
                yield _row(f"`{rule.id}`", *meaning(rule))
        yield ""


def _workflows() -> Iterator[str]:
    yield "# 办理流程\n"
    yield "本页由 `python docs/build.py` 按 `ledger/domain/workflow/` 生成，请勿手工修改。\n"
    for key, workflow in WORKFLOWS.items():
        ledger = LEDGERS[key]
        states = ledger.by_key["state"].choice_labels
        yield f"## {ledger.label}\n"
        yield "| 步骤 | 从 | 到 | 由谁 | 必须具备 |"
        yield "|---|---|---|---|---|"
        for step in workflow.steps:
            demands = [ledger.label_of(item) for item in step.demands]
            yield _row(
                step.label,
                "、".join(states[source] for source in step.sources),
                states[step.target] if step.target else "不变",
                "、".join(role.label for role in Role if role in roles_of(workflow, step)),
                "、".join([*demands, *(["说明"] if step.reason else [])]),
            )
        yield ""


def _modules() -> Iterator[str]:
    yield "# Modules\n"
    yield "Generated by `python docs/build.py` from the first sentence of each module.\n"
    for package in ("geo", "ledger", "pages", "data"):
        yield f"## {package}\n"
        yield "| module | subject |"
        yield "|---|---|"
        for path in sorted((PROJECT / package).rglob("*.py")):
            subject = _subject(path)
            if subject and "migrations" not in path.parts:
                yield _row(f"`{path.relative_to(PROJECT).as_posix()}`", subject)
        yield ""


def _subject(path: Path) -> str:
    """The first sentence of a module's docstring."""
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return _flat(text.split("\n\n")[0])


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _flat(text: str) -> str:
    return " ".join(text.split())


if __name__ == "__main__":
    main()
