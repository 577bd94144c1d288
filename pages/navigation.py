"""Which pages there are, in which group, and who gets to see them."""

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
# Ledgers whose page is a script of its own; that of all others is `pages._ui.ledger_page`.
OWN_PAGES = {"entities": "records/entities.py"}


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
    Entry("situation/risk_map.py", "风险地图", "map", "map", "态势", Action.READ),
    Entry("situation/hotspots.py", "热点分析", "bubble_chart", "hotspots", "态势", Action.READ),
    Entry("situation/figures.py", "工作指标", "monitoring", "figures", "态势", Action.READ),
    Entry("situation/coverage.py", "排查覆盖率", "donut_large", "coverage", "态势", Action.READ),
    Entry(
        "situation/bulletins.py",
        "通报",
        "description",
        "bulletins",
        "态势",
        Action.READ_BULLETIN,
    ),
    Entry(
        "situation/rating.py",
        "村(社区)考评",
        "leaderboard",
        "rating",
        "态势",
        Action.READ_RATING,
    ),
    Entry("records/todo.py", "待办", "task_alt", "todo", "台账", Action.READ, place=80),
    Entry(
        "field/my_grid.py",
        "我的网格",
        "grid_view",
        "my-grid",
        "走访",
        Action.WORK_GRID,
    ),
    Entry(
        "field/inspect.py",
        "走访",
        "fact_check",
        "inspect",
        "走访",
        Action.CREATE,
        "inspections",
    ),
    Entry("admin/exchange.py", "导入导出", "swap_vert", "exchange", "管理", Action.EXPORT),
    Entry("admin/areas.py", "区域", "account_tree", "area-admin", "管理", Action.LOAD_AREAS),
    Entry("admin/rules.py", "规则", "rule", "rules", "管理", Action.MANAGE_RULES),
    Entry("admin/users.py", "用户", "group", "users", "管理", Action.MANAGE_USERS),
    Entry("admin/log.py", "日志", "history", "log", "管理", Action.READ_LOG),
    Entry("admin/settings.py", "系统设置", "tune", "settings", "管理", Action.MANAGE_OPTIONS),
    Entry("admin/operations.py", "系统状态", "monitor_heart", "status", "管理", Action.OPERATE),
    Entry("admin/account.py", "我的账号", "person", "account", "管理", None),
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
