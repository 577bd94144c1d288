"""The list of pages, their menu groups, and the roles that see them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ledger.domain.access import Action, Actor, Role
from ledger.domain.columns import Ledger
from ledger.domain.ledgers import LEDGERS

PAGES = Path(__file__).resolve().parent
GROUPS = ("态势", "台账", "走访", "管理")
# Ledgers whose page is a script of its own; that of all others is `pages.records.ledger.page`.
OWN_PAGES = {"entities": "records/entities/page.py"}


@dataclass(frozen=True)
class Entry:
    """One menu item. ``action`` (in ``ledger``) is what a role must be allowed to do to get it;
    None: all. ``file`` is its script under ``pages/``; without one it is the page of ``ledger``.
    ``place`` orders the items of a group; those of one place stand as they are listed."""

    file: str | None
    title: str
    icon: str
    url_path: str
    group: str
    action: Action | None
    ledger: str | None = None
    place: int = 0


def _of_ledger(ledger: Ledger) -> Iterator[Entry]:
    """The menu item that a ledger declares, if it does."""
    if menu := ledger.menu:
        yield Entry(
            OWN_PAGES.get(ledger.key),
            menu.title or ledger.label,
            menu.icon,
            ledger.key,
            menu.group,
            Action.READ,
            ledger.key,
            menu.place,
        )


_LISTED = (
    Entry("situation/risk_map/page.py", "风险地图", "map", "map", "态势", Action.READ),
    Entry(
        "situation/hotspots/page.py", "热点分析", "bubble_chart", "hotspots", "态势", Action.READ
    ),
    Entry("situation/figures/page.py", "工作指标", "monitoring", "figures", "态势", Action.READ),
    Entry(
        "situation/coverage/page.py", "排查覆盖率", "donut_large", "coverage", "态势", Action.READ
    ),
    Entry(
        "situation/bulletins/page.py",
        "通报",
        "description",
        "bulletins",
        "态势",
        Action.READ_BULLETIN,
    ),
    Entry("situation/upward/page.py", "上级报表", "edit_document", "forms", "态势", Action.EXPORT),
    Entry(
        "situation/rating/page.py",
        "村(社区)考评",
        "leaderboard",
        "rating",
        "态势",
        Action.READ_RATING,
    ),
    Entry("records/todo/page.py", "待办", "task_alt", "todo", "台账", Action.READ, place=80),
    Entry(
        "records/consistency/page.py",
        "一致性核对",
        "compare_arrows",
        "consistency",
        "台账",
        Action.READ,
        place=90,
    ),
    Entry(
        "field/my_grid/page.py",
        "我的网格",
        "grid_view",
        "my-grid",
        "走访",
        Action.WORK_GRID,
    ),
    Entry(
        "field/inspect/page.py",
        "走访",
        "fact_check",
        "inspect",
        "走访",
        Action.CREATE,
        "inspections",
    ),
    Entry("admin/exchange/page.py", "导入导出", "swap_vert", "exchange", "管理", Action.EXPORT),
    Entry("admin/areas/page.py", "区域", "account_tree", "area-admin", "管理", Action.LOAD_AREAS),
    Entry("admin/rules/page.py", "规则", "rule", "rules", "管理", Action.MANAGE_RULES),
    Entry("admin/users/page.py", "用户", "group", "users", "管理", Action.MANAGE_USERS),
    Entry("admin/log/page.py", "日志", "history", "log", "管理", Action.READ_LOG),
    Entry("admin/settings/page.py", "系统设置", "tune", "settings", "管理", Action.MANAGE_OPTIONS),
    Entry(
        "admin/operations/page.py", "系统状态", "monitor_heart", "status", "管理", Action.OPERATE
    ),
    Entry("admin/first_day/page.py", "开始使用", "flag", "first-day", "管理", Action.OPERATE),
    Entry("admin/account/page.py", "我的账号", "person", "account", "管理", None),
)
# Every menu item in the order of the menu: the pages listed, and those of the ledgers.
ENTRIES = tuple(
    sorted(
        (*_LISTED, *(entry for ledger in LEDGERS.values() for entry in _of_ledger(ledger))),
        key=lambda entry: (GROUPS.index(entry.group), entry.place),
    )
)

# What each role looks at first in the morning; the first one that there is.
FIRST = {
    Role.LEADER: ("map", "institutions"),
    Role.OFFICE_STAFF: ("todo", "institutions"),
    Role.VILLAGE_STAFF: ("todo", "institutions"),
    Role.GRID_WORKER: ("my-grid", "map"),
    Role.AUDITOR: ("log", "map"),
    Role.ADMIN: ("users",),
}


def entries_for(actor: Actor) -> list[Entry]:
    """The pages that the actor's role opens, in the order of the menu."""
    return [
        entry for entry in ENTRIES if entry.action is None or actor.may(entry.action, entry.ledger)
    ]


@cache
def group_style() -> str:
    """CSS that puts the name of each group above its first page in the menu.

    Streamlit's menu is a list of links. Its own sections would stand in that list as something
    else than items, which readers of the screen stumble over. The pages of a group follow each
    other, whichever of them a role sees: the name stands above the one that follows no other.
    """
    rules = []
    for group in GROUPS:
        links = ",".join(f'a[href$="/{one.url_path}"]' for one in ENTRIES if one.group == group)
        item = f'[data-testid="stSidebarNavItems"] > li:has({links})'
        follower = f"{item} + li:has({links})"
        rules += [f'{item}::before{{content:"{group}"}}', f"{follower}::before{{content:none}}"]
    return "\n".join(rules)


def first_page(actor: Actor) -> Entry:
    """The page that opens first; everybody has at least their own account."""
    entries = {entry.url_path: entry for entry in entries_for(actor)}
    wanted = FIRST.get(actor.role, ()) if actor.role else ()
    return next((entries[key] for key in wanted if key in entries), next(iter(entries.values())))
