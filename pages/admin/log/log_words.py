"""Entries of the log in words: labels from the declarations, never stored keys. No Streamlit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ledger.domain.access import Role
from ledger.domain.columns import Column, ColumnType
from ledger.domain.ledgers import LEDGERS
from ledger.records.history.audit import ACTION_LABELS, Entry
from ledger.records.history.fact_entries import FACT_ACTIONS, FACT_LABELS, fact_words

_OWN_LABELS: Mapping[str, str] = {
    "display_name": "姓名",
    "role": "角色",
    "scope_code": "辖区",
    "disabled": "停用",
    "demo": "演示账号",
    "locked": "锁定",
    "password": "密码",
    "address": "来自",
    "ended": "结束的会话",
    "level": "层级",
    "loaded": "载入",
    "unchanged": "未变",
    "version": "版本",
    "office": "单位名称",
    "basemap": "底图",
    "deleted": "在回收站",
    "tier_override": "人工调整的等级",
    "extra": "其他事实",
    "rows": "行数",
    "format": "格式",
    "created": "新增",
    "updated": "更新",
    "rejected": "拒收",
    "read": "读取",
    "filter": "筛选",
    "file": "文件",
    "kind": "类型",
    "datum": "坐标系",
    "records": "记录数",
    "count": "数量",
    "number": "编号",
    "name": "名称",
    "title": "标题",
    "period": "统计时段",
    "next_steps": "下一步工作",
    "state": "状态",
    "digest": "校验码",
    "retention_months": "办结后保存月数",
    "attachment": "附件",
    "text": "搜索",
    "conditions": "条件",
    "official": "包案领导",
}
_OTHER_SUBJECTS: Mapping[str, str] = {"users": "用户", "bulletins": "通报"}
# Fingerprints and paths say nothing to people.
_SILENT = frozenset({"digests", "fingerprint", "area_path", "created_by", "updated_by", "id"})
_LONGEST = 80


def subject_words(entry: Entry) -> str:
    """What the entry is about: 养老服务机构 JG-00001."""
    ledger = LEDGERS.get(entry.ledger or "")
    kind = ledger.label if ledger else _OTHER_SUBJECTS.get(entry.ledger or "", "")
    return f"{kind} {entry.number or ''}".strip()


def action_words(entry: Entry) -> str:
    """What was done."""
    return ACTION_LABELS.get(entry.action, entry.action)


def change_words(entry: Entry) -> list[str]:
    """Every changed field as ``label:old → new``; protected columns without their content."""
    keys = [key for key in {**entry.before, **entry.after} if key not in _SILENT]
    return [_line(entry, key) for key in keys]


def _line(entry: Entry, key: str) -> str:
    if key in FACT_LABELS and entry.action in FACT_ACTIONS:
        return f"{FACT_LABELS[key]}：{fact_words(key, entry.after.get(key))}"
    ledger = LEDGERS.get(entry.ledger or "")
    column = ledger.by_key.get(key) if ledger else None
    label = column.label if column else _OWN_LABELS.get(key, key)
    if column is not None and column.rule.masked:
        return f"{label}:(受保护，此处不显示)"
    new = _value(column, key, entry.after.get(key))
    if key == "password":
        return "密码：已修改"
    if key not in entry.before:
        return f"{label}：{new}"
    return f"{label}：{_value(column, key, entry.before[key])} → {new}"


def _value(column: Column | None, key: str, value: Any) -> str:
    if column is not None and (value is None or not isinstance(value, dict | list)):
        blank = "" if column.type is ColumnType.TRI else "(空)"
        return _clipped(column.format(value) or blank)
    if value is None or value == "" or value == {}:
        return "(空)"
    if isinstance(value, bool):
        return "是" if value else "否"
    if key == "role" and value in set(Role):
        return Role(value).label
    if key == "scope_code" and value == "*":
        return "全部区域"
    if isinstance(value, dict):
        inner = (
            f"{_OWN_LABELS.get(one, one)} {_value(None, one, item)}" for one, item in value.items()
        )
        return _clipped("、".join(inner))
    return _clipped(str(value))


def _clipped(text: str) -> str:
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
