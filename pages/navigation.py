"""Which pages there are, in which group, and who gets to see them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ledger.access import Action, Actor, Role

PAGES = Path(__file__).resolve().parent
GROUPS = ("态势", "台账", "走访", "管理")


@dataclass(frozen=True)
class Entry:
    """One menu item. ``action`` is what a role must be allowed to do to get it; None: all."""

    file: str
    title: str
    icon: str
    url_path: str
    group: str
    action: Action | None

    @property
    def path(self) -> Path:
        return PAGES / self.file


ENTRIES = (
    Entry("situation/risk_map.py", "风险地图", "map", "map", "态势", Action.READ),
    Entry(
        "records/institutions.py",
        "养老服务机构",
        "apartment",
        "institutions",
        "台账",
        Action.READ,
    ),
    Entry("admin/exchange.py", "导入导出", "swap_vert", "exchange", "管理", Action.EXPORT),
    Entry("admin/areas.py", "区域", "account_tree", "area-admin", "管理", Action.LOAD_AREAS),
    Entry("admin/rules.py", "规则", "rule", "rules", "管理", Action.MANAGE_RULES),
    Entry("admin/users.py", "用户", "group", "users", "管理", Action.MANAGE_USERS),
    Entry("admin/log.py", "日志", "history", "log", "管理", Action.READ_LOG),
    Entry("admin/settings.py", "系统设置", "tune", "settings", "管理", Action.MANAGE_OPTIONS),
    Entry("admin/account.py", "我的账号", "person", "account", "管理", None),
)

# What each role looks at first in the morning; the first one that there is.
FIRST = {
    Role.LEADER: ("map", "institutions"),
    Role.OFFICE_STAFF: ("institutions", "map"),
    Role.VILLAGE_STAFF: ("institutions", "map"),
    Role.GRID_WORKER: ("map", "institutions"),
    Role.AUDITOR: ("log", "map"),
    Role.ADMIN: ("users",),
}


def entries_for(actor: Actor) -> list[Entry]:
    """The pages that the actor's role opens, in the order of the menu."""
    return [
        entry
        for entry in ENTRIES
        if entry.path.is_file() and (entry.action is None or actor.may(entry.action))
    ]


def first_page(actor: Actor) -> Entry:
    """The page that opens first; everybody has at least their own account."""
    entries = {entry.url_path: entry for entry in entries_for(actor)}
    wanted = FIRST.get(actor.role, ()) if actor.role else ()
    return next((entries[key] for key in wanted if key in entries), next(iter(entries.values())))
