"""Who may do what, where. The service layer decides by this table and nothing else.

A user has a role and an area; what lies under that area is what they see (DESIGN.md, roles).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Column as TableColumn
from sqlalchemy import ColumnElement, and_, true

from ledger.errors import Refused

ROOT_PATH = "/"
# The highest code point: a range up to it holds every text that begins with the prefix.
_LAST = "\U0010ffff"


class Role(StrEnum):
    """The six roles of DESIGN.md."""

    GRID_WORKER = "grid_worker"
    VILLAGE_STAFF = "village_staff"
    OFFICE_STAFF = "office_staff"
    LEADER = "leader"
    AUDITOR = "auditor"
    ADMIN = "admin"


ROLE_LABELS: Mapping[Role, str] = {
    Role.GRID_WORKER: "网格员",
    Role.VILLAGE_STAFF: "村(社区)专干",
    Role.OFFICE_STAFF: "镇(街道)经办",
    Role.LEADER: "镇(街道)领导",
    Role.AUDITOR: "审计员",
    Role.ADMIN: "系统管理员",
}


class Action(StrEnum):
    """What a role may be allowed to do at all."""

    READ = "read"
    EDIT = "edit"
    CREATE = "create"
    DELETE = "delete"
    IMPORT = "import"
    EXPORT = "export"
    ASSESS = "assess"
    OVERRIDE = "override"
    CONFIRM = "confirm"
    URGE = "urge"
    REVEAL = "reveal"
    READ_BULLETIN = "read_bulletin"
    MAKE_BULLETIN = "make_bulletin"
    READ_LOG = "read_log"
    LOAD_AREAS = "load_areas"
    MANAGE_USERS = "manage_users"
    MANAGE_RULES = "manage_rules"
    MANAGE_OPTIONS = "manage_options"


ACTION_NAMES: Mapping[Action, str] = {
    Action.READ: "查看台账",
    Action.EDIT: "修改台账",
    Action.CREATE: "新增记录",
    Action.DELETE: "删除或恢复记录",
    Action.IMPORT: "导入",
    Action.EXPORT: "导出",
    Action.ASSESS: "重新判定等级",
    Action.OVERRIDE: "调整等级",
    Action.CONFIRM: "确认等级",
    Action.URGE: "督办",
    Action.REVEAL: "查看受保护信息",
    Action.READ_BULLETIN: "查看通报",
    Action.MAKE_BULLETIN: "制作和签发通报",
    Action.READ_LOG: "查看日志",
    Action.LOAD_AREAS: "载入区域",
    Action.MANAGE_USERS: "管理用户",
    Action.MANAGE_RULES: "管理规则",
    Action.MANAGE_OPTIONS: "修改系统设置",
}

# What a role may do in every ledger; what it may do besides in single ones stands below.
EVERYWHERE: Mapping[Role, frozenset[Action]] = {
    Role.GRID_WORKER: frozenset({Action.READ}),
    Role.VILLAGE_STAFF: frozenset({Action.READ}),
    Role.OFFICE_STAFF: frozenset(
        {
            Action.READ,
            Action.EDIT,
            Action.CREATE,
            Action.DELETE,
            Action.IMPORT,
            Action.EXPORT,
            Action.ASSESS,
            Action.URGE,
            Action.REVEAL,
            Action.READ_BULLETIN,
            Action.MAKE_BULLETIN,
        }
    ),
    Role.LEADER: frozenset(
        {
            Action.READ,
            Action.EXPORT,
            Action.OVERRIDE,
            Action.CONFIRM,
            Action.URGE,
            Action.READ_BULLETIN,
        }
    ),
    Role.AUDITOR: frozenset({Action.READ, Action.READ_LOG, Action.READ_BULLETIN}),
    Role.ADMIN: frozenset(
        {
            Action.LOAD_AREAS,
            Action.MANAGE_USERS,
            Action.MANAGE_RULES,
            Action.MANAGE_OPTIONS,
            Action.READ_LOG,
        }
    ),
}
_WRITE = frozenset({Action.CREATE, Action.EDIT})
# Grid workers inspect, report leads, note petition matters and verify new entities; village staff
# keep what their village knows best and handle its petitions; leaders instruct villages.
IN_LEDGER: Mapping[Role, Mapping[str, frozenset[Action]]] = {
    Role.GRID_WORKER: {
        "inspections": _WRITE,
        "leads": frozenset({Action.CREATE}),
        "petitions": frozenset({Action.CREATE}),
        "entities": frozenset({Action.EDIT}),
    },
    Role.VILLAGE_STAFF: {
        "institutions": _WRITE,
        "inspections": _WRITE,
        "leads": frozenset({Action.CREATE}),
        "petitions": _WRITE,
        "outreach": _WRITE,
        "entities": frozenset({Action.EDIT}),
    },
    Role.LEADER: {"measures": frozenset({Action.CREATE})},
}


@dataclass(frozen=True)
class Actor:
    """Somebody who acts: a signed-in user, or the system itself on the command line.

    ``scope_path`` is the path of their area (``/990101/990101001/``); ``/`` is the whole tree.
    """

    name: str
    role: Role | None
    scope_code: str
    scope_path: str
    user_id: int | None = None
    display_name: str = ""

    def may(self, action: Action, ledger_key: str | None = None) -> bool:
        """Whether the role allows the action at all; the scope is a matter of each record."""
        if self.role is None or action in EVERYWHERE[self.role]:
            return True
        own = IN_LEDGER.get(self.role, {})
        return ledger_key is not None and action in own.get(ledger_key, frozenset())

    def require(self, action: Action, ledger_key: str | None = None) -> None:
        """Raise `Refused` unless the role allows the action."""
        if not self.may(action, ledger_key):
            role = ROLE_LABELS[self.role] if self.role else "系统"
            raise Refused(
                f"{role}不能{ACTION_NAMES[action]}。如确有需要，请联系系统管理员调整权限。"
            )

    def sees(self, path: str | None) -> bool:
        """Whether a record lying at ``path`` is in scope; unplaced ones are the root's."""
        if self.scope_path == ROOT_PATH:
            return True
        return path is not None and path.startswith(self.scope_path)

    def scope_condition(self, column: TableColumn[Any]) -> ColumnElement[bool]:
        """The scope as a condition on a path column."""
        return under(column, self.scope_path)


SYSTEM = Actor("系统", None, "*", ROOT_PATH, display_name="系统")


def under(column: TableColumn[Any], path: str) -> ColumnElement[bool]:
    """Rows at or below ``path``, as an index range rather than a pattern."""
    if path == ROOT_PATH:
        return true()
    return and_(column >= path, column < path + _LAST)
