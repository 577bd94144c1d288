"""The first days of an office: what an administrator sets up, in order, and how far it is.

Each step rests on what the database holds. What no number can tell (the rules were read, there are
no grids here) an administrator sets aside by hand. Campaigns and rounds get their step, between
the holidays and the lists, when there are any.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select

from geo.levels import LEVEL_LABELS
from ledger.domain.access import Action, Actor, Role
from ledger.domain.errors import Invalid
from ledger.domain.ledgers import LEDGERS
from ledger.operations.drills import last_drill
from ledger.operations.status import backups
from ledger.operations.stock import stock
from ledger.records.history import audit
from ledger.records.places.areas import require_reach
from ledger.storage import Store, options
from ledger.storage.again import tried_again
from ledger.storage.tables import institutions

_OPTION = "first_day"
Held = Mapping[str, Any]


@dataclass(frozen=True)
class Step:
    """One step: what there is, what it unlocks, and the page (of the menu) where it is done.

    ``needs`` are the keys of steps that come before it. A step with ``aside`` may be set aside by
    hand under these words; ``is_aside`` says that it was. ``by`` names who does it, if it is not
    the administrator.
    """

    key: str
    label: str
    is_done: bool
    said: str
    unlocks: str
    page: str = ""
    needs: tuple[str, ...] = ()
    aside: str = ""
    by: str = ""
    is_aside: bool = False
    is_ready: bool = True

    @property
    def is_over(self) -> bool:
        """Nothing is left to be done here."""
        return self.is_done or self.is_aside


@dataclass(frozen=True)
class FirstDay:
    """All steps in order; ``is_demo`` says that the database is one of the demo."""

    steps: tuple[Step, ...]
    is_demo: bool

    @property
    def next(self) -> Step | None:
        """The first step that can be taken now; None when all is done."""
        return next((one for one in self.steps if one.is_ready and not one.is_over), None)


def first_day(store: Store, actor: Actor) -> FirstDay:
    """How far the office is. Raises `Refused` unless the actor runs the whole installation."""
    require_reach(store, actor, Action.OPERATE)
    held = stock(store)
    with store.reading() as connection:
        aside = frozenset(options.read(connection, _OPTION, []))
    steps = [replace(one, is_aside=one.key in aside and bool(one.aside)) for one in _steps(held)]
    over = {one.key for one in steps if one.is_over}
    ready = (replace(one, is_ready=set(one.needs) <= over) for one in steps)
    return FirstDay(tuple(ready), held["purpose"] == "demo")


def is_begun(store: Store, actor: Actor) -> bool:
    """Whether lists have come in: until then an administrator's day begins with these steps.

    Raises `Refused` as `first_day`.
    """
    require_reach(store, actor, Action.OPERATE)
    with store.reading() as connection:
        return connection.execute(select(institutions.c.id).limit(1)).first() is not None


@tried_again
def set_step_aside(store: Store, actor: Actor, key: str, is_aside: bool) -> None:
    """Set a step aside, or take it up again.

    Raises
    ------
    Refused
        As `first_day`.
    Invalid
        If there is no such step, or it can only be done.
    """
    known = {one.key: one for one in first_day(store, actor).steps if one.aside}
    if key not in known:
        raise Invalid("这一步要做完才算完成，不能跳过")
    with store.writing() as connection:
        before = list(options.read(connection, _OPTION, []))
        after = sorted({*before, key} if is_aside else set(before) - {key})
        if before == after:
            return
        options.write(connection, _OPTION, after)
        said = {known[key].label: known[key].aside if is_aside else "重新办理"}
        change = audit.Change("option", number="开始使用", before=None, after=said)
        audit.append(connection, actor, [change])


def _steps(held: Held) -> Iterator[Step]:
    changed = any(one["waiting"] for one in held["rules"])
    yield Step(
        "name",
        "单位名称",
        held["office_named"],
        "已填写" if held["office_named"] else "还没有填写",
        "印在每一页、登录页和密码条上",
        page="settings",
    )
    yield _areas(held)
    yield _grids(held)
    yield _people(held)
    yield Step(
        "rules",
        "本地规则和限额",
        False,
        "与程序自带的不同" if changed else "程序自带的版本",
        "等级按它判定：先看一遍条件和限额，本地另有规定的换成自己的",
        page="rules",
        aside="看过了，按现行规则办理",
    )
    months = held["retention_months"]
    yield Step(
        "limits",
        "办理期限和保存期限",
        months is not None,
        "保存期限还没有设定" if months is None else f"办结后保存 {months} 个月",
        "到期提醒按本地的一套期限算，满期的个人信息每天清除",
        page="settings",
    )
    missing = "、".join(str(year) for year in held["holidays_missing"])
    yield Step(
        "holidays",
        "节假日",
        not missing,
        f"{missing} 年的还没有载入" if missing else "今年的已有",
        "工作日期限算得准",
        page="settings",
        aside="还没有公布，先用起来",
    )
    yield from _lists(held)
    yield _backup()


def _areas(held: Held) -> Step:
    levels = held["areas"]["levels"]
    counted = [
        f"{label} {levels[level]} 个" for level, label in LEVEL_LABELS.items() if levels.get(level)
    ]
    without = sum(levels.values()) - held["areas"]["with_boundary"]
    said = "、".join(counted) or "还没有"
    return Step(
        "areas",
        "区域",
        bool(levels.get("village")),
        f"{said}(其中 {without} 个没有边界)" if without and counted else said,
        "用户的辖区、台账、统计都要用到；没有边界的，先载入有代码和名称的名单",
        page="area-admin",
    )


def _grids(held: Held) -> Step:
    many = held["areas"]["levels"].get("grid", 0)
    return Step(
        "grids",
        "网格",
        bool(many),
        f"{many} 个" if many else "还没有",
        "网格员用“我的网格”走访",
        page="area-admin",
        needs=("areas",),
        aside="本单位不用网格",
    )


def _people(held: Held) -> Step:
    roles = held["users"]["roles"]
    counted = [f"{role.label} {roles[role]} 位" for role in Role if roles.get(role)]
    lacking = [
        role.label
        for role in (Role.OFFICE_STAFF, Role.LEADER, Role.VILLAGE_STAFF, Role.GRID_WORKER)
        if not roles.get(role)
    ]
    rest = f"；还没有{'、'.join(lacking)}" if lacking else ""
    return Step(
        "people",
        "用户",
        bool(roles.get(Role.OFFICE_STAFF)),
        "、".join(counted) + rest,
        "各人用自己的账号登录，只看到自己的辖区；人多时按名单批量新增，打印密码条",
        page="users",
        needs=("areas",),
    )


def _lists(held: Held) -> Iterator[Step]:
    told = ("institutions", "petitions", "leads")
    counted = [f"{LEDGERS[key].label} {held['records'][key]:,} 条" for key in told]
    yield Step(
        "lists",
        "名单导入",
        held["records"]["institutions"] > 0,
        "、".join(counted) if any(held["records"][key] for key in told) else "还没有",
        "地图、待办、指标从这里开始有内容",
        needs=("areas", "people"),
        by="镇(街道)经办在“导入导出”页",
    )
    yield Step(
        "check",
        "核对",
        False,
        "看矛盾的地方是否都已改正或说明",
        "统计和通报用的是核对过的台账",
        needs=("lists",),
        aside="经办已核对",
        by="镇(街道)经办在“一致性核对”页",
    )


def _backup() -> Step:
    copies, drilled = bool(backups()), last_drill() is not None
    said = "已有备份" if copies else "还没有备份"
    return Step(
        "backup",
        "备份和恢复演练",
        copies and drilled,
        f"{said}，{'已' if drilled else '还没有'}演练过恢复",
        "机器坏了也不丢台账：这一步做完，就可以正式使用",
        page="status",
    )
