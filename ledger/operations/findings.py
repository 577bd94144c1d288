"""What is wrong with an installation, in words, and what to do: the rules of the doctor.

A rule is a function of the facts (`ledger.operations.diagnosis`); it says nothing where all is
well, or where the fact is unknown. Words hold numbers and our own names, nothing of a record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ledger.domain.ledgers import LEDGERS
from ledger.domain.settings import settings
from ledger.operations.rule_files import RULE_FILES

Facts = Mapping[str, Any]
Level = Literal["error", "warning", "hint"]
LEVELS: Mapping[Level, str] = {"error": "须处理", "warning": "请注意", "hint": "建议"}
_DRILL_DAYS = 100
_SMALL_MEMORY = 1800
_SLOW_SECONDS = 1.0
# Below so many runs an average says little.
_FEW = 10


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it should be: what, and what to do about it.

    ``command`` is what is run on the server for it; pages leave it to the guide.
    """

    key: str
    level: Level
    what: str
    remedy: str
    command: str = ""


def findings_of(facts: Facts) -> tuple[Finding, ...]:
    """What the rules find, the worst first."""
    order = list(LEVELS)
    found = [one for rule in _RULES for one in rule(facts)]
    return tuple(sorted(found, key=lambda one: order.index(one.level)))


def _checks(facts: Facts) -> Iterator[Finding]:
    remedies = {
        "database": "先核验看原因；已经损坏的，恢复最近的备份",
        "migrations": "停止服务，备份，再升级数据库",
        "disk": "清理磁盘或换更大的磁盘，否则将无法保存",
    }
    commands = {"database": "python -m ledger verify", "migrations": "python -m ledger init"}
    labels = {
        "database": "数据库不能读取",
        "migrations": "数据库结构与程序版本不一致",
        "disk": "磁盘空间不足",
    }
    for check in facts["checks"]:
        if not check["well"]:
            key = check["key"]
            yield Finding(key, "error", labels[key], remedies[key], commands.get(key, ""))


def _backups(facts: Facts) -> Iterator[Finding]:
    hours, limit = facts["backups"]["newest_hours"], settings().backup_oldest_hours
    remedy = "在服务器上备份一次，并核对每天备份的定时任务"
    command = "python -m ledger backup 备份文件夹 --keep 30"
    if hours is None:
        yield Finding("backup", "warning", "备份文件夹里还没有备份", remedy, command)
    elif hours > limit:
        what = f"最近一次备份是 {hours:.0f} 小时以前，超过 {limit} 小时"
        yield Finding("backup", "warning", what, remedy, command)
    days = facts["backups"]["drill_days"]
    if hours is not None and (days is None or days > _DRILL_DAYS):
        what = "还没有演练过恢复" if days is None else f"最近一次恢复演练是 {days:.0f} 天以前"
        yield Finding(
            "drill",
            "warning",
            what,
            "在服务器上演练一次，确认备份能恢复，宜每季度一次",
            "python -m ledger drill",
        )


def _machine(facts: Facts) -> Iterator[Finding]:
    memory, load, cpus = (facts["machine"][key] for key in ("memory", "load", "processors"))
    if memory is not None and memory < _SMALL_MEMORY:
        what = f"内存只有 {memory} MB"
        yield Finding("memory", "warning", what, "一个镇(街道)至少要 2 GB 内存，请加内存")
    if load is not None and cpus and load > 2 * cpus:
        what = f"处理器很忙：负载 {load:.1f}，共 {cpus} 核"
        yield Finding("load", "warning", what, "看看服务器上还运行着什么；常常如此就换更快的服务器")
    if not facts["versions"]["utf8"]:
        yield Finding("utf8", "warning", "系统编码不是 UTF-8", "把系统编码设为 UTF-8 后重启服务")


def _office(facts: Facts) -> Iterator[Finding]:
    held = facts["database"]
    if held is None:
        return
    if held["purpose"] == "demo":
        yield Finding(
            "demo",
            "warning",
            "这是演示库，账号的密码是公开的，不能放真实数据",
            "正式使用：停止服务，离开演示(演示库改名保留，另建一个空的正式库)",
            "python -m ledger leave-demo",
        )
    for year in held["holidays_missing"]:
        yield Finding(
            f"holidays-{year}",
            "warning",
            f"{year} 年的节假日安排还没有载入，期限按周末和法定节日计算",
            "国务院办公厅公布后，在“系统设置”里粘贴通知正文",
        )
    if held["retention_months"] is None and held["purpose"] != "demo":
        yield Finding(
            "retention",
            "hint",
            "没有设定受保护信息办结后的保存期限",
            "由本单位按规定确定，在“系统设置”里填写",
        )
    for rule in held["rules"]:
        if rule["waiting"]:
            label = RULE_FILES[rule["kind"]].label
            yield Finding(
                f"rules-{rule['kind']}",
                "hint",
                f"现行的{label}与程序自带的不同：本地改过，或者升级带来了新版",
                "是本地改的不用管；刚升级过的，在“规则”页预览后决定要不要启用新版",
            )


def _areas(facts: Facts) -> Iterator[Finding]:
    held = facts["database"]
    if held is None:
        return
    levels, boundary = held["areas"]["levels"], held["areas"]["with_boundary"]
    total = sum(levels.values())
    if not total:
        yield Finding("areas", "warning", "还没有区域", "在“区域”页载入边界或名单，别的都要用到")
        return
    if not levels.get("grid"):
        yield Finding("grids", "hint", "还没有网格", "需要网格员走访的，在“区域”页载入网格")
    if boundary < total:
        what = f"{total - boundary} 个区域没有边界，地图上画不出来"
        yield Finding("boundaries", "hint", what, "拿到边界后在“区域”页再载入，代码相同即可")
    if held["areas"]["with_population"] < total:
        many = total - held["areas"]["with_population"]
        yield Finding(
            "population",
            "hint",
            f"{many} 个区域没有人口数，不能算率和热点",
            "载入区域时写明人口一列，或另载入有人口的名单",
        )


def _people(facts: Facts) -> Iterator[Finding]:
    held = facts["database"]
    if held is None or held["purpose"] == "demo":
        return
    admins = held["users"]["roles"].get("admin", 0)
    if admins == 1:
        yield Finding(
            "one-admin",
            "hint",
            "只有一位系统管理员",
            "再新增一位：忘记密码、出差时有人可以办理",
        )
    waiting = held["users"]["first_password"]
    if waiting:
        what = f"{waiting} 位用户还在用初始密码"
        yield Finding("first-password", "hint", what, "请他们登录一次改密码；不用的账号请停用")


def _pace(facts: Facts) -> Iterator[Finding]:
    slow = [one for one in facts["pages"] if one["times"] >= _FEW and one["mean"] > _SLOW_SECONDS]
    for one in slow[:3]:
        name = LEDGERS[one["name"]].label if one["name"] in LEDGERS else one["name"]
        yield Finding(
            f"page-{one['name']}",
            "warning",
            f"页面 {name} 平均要 {one['mean']:.1f} 秒({one['times']} 次)",
            "把诊断文件发给维护人员；同时看看服务器是否内存、处理器不足",
        )
    errors = [one for one in facts["events"] if one["level"] in ("error", "critical")]
    if errors:
        yield Finding(
            "errors",
            "warning",
            f"最近的日志里有 {len(errors)} 处程序错误",
            "把诊断文件发给维护人员：里面有出错的位置，没有记录内容",
        )


_RULES: tuple[Callable[[Facts], Iterator[Finding]], ...] = (
    _checks,
    _backups,
    _machine,
    _office,
    _areas,
    _people,
    _pace,
)
