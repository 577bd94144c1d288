"""The types for rights: roles, actions, how far they reach, how fields are shown.

Who may do what is declared in `ledger.domain.access` and in the declarations of the ledgers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from geo.labelled import Labelled


class Role(Labelled):
    """The six roles of DESIGN.md."""

    GRID_WORKER = "grid_worker", "网格员"
    VILLAGE_STAFF = "village_staff", "村(社区)专干"
    OFFICE_STAFF = "office_staff", "镇(街道)经办"
    LEADER = "leader", "镇(街道)领导"
    AUDITOR = "auditor", "审计员"
    ADMIN = "admin", "系统管理员"


class Action(Labelled):
    """What a role may be allowed to do at all."""

    READ = "read", "查看台账"
    EDIT = "edit", "修改台账"
    CREATE = "create", "新增记录"
    DELETE = "delete", "删除或恢复记录"
    IMPORT = "import", "导入"
    EXPORT = "export", "导出"
    TAKE_TEMPLATE = "take_template", "下载带数据的模板"
    EVIDENCE = "evidence", "给等自己办理的记录附证据"
    HANDLE = "handle", "核查办理(村级步骤)"
    PROCESS = "process", "转办反馈(镇级步骤)"
    DECIDE = "decide", "审批(领导步骤)"
    ACKNOWLEDGE = "acknowledge", "签收重大线索"
    ASSESS = "assess", "重新判定等级"
    OVERRIDE = "override", "调整等级"
    CONFIRM = "confirm", "确认等级"
    URGE = "urge", "督办"
    REVEAL = "reveal", "查看受保护信息"
    READ_RATING = "read_rating", "查看村(社区)考评"
    WORK_GRID = "work_grid", "使用“我的网格”"
    READ_BULLETIN = "read_bulletin", "查看通报"
    MAKE_BULLETIN = "make_bulletin", "制作和签发通报"
    READ_LOG = "read_log", "查看日志"
    LOAD_AREAS = "load_areas", "载入区域"
    MANAGE_USERS = "manage_users", "管理用户"
    MANAGE_RULES = "manage_rules", "管理规则"
    MANAGE_OPTIONS = "manage_options", "修改系统设置"
    OPERATE = "operate", "查看系统状态"


class Reach(Labelled):
    """How far an action reaches, once a role may take it."""

    # What lies at or under the actor's area.
    OWN = "own", "本辖区"
    # The whole installation: only for those whose area holds every area there is.
    TREE = "tree", "辖区为全部区域"


@dataclass(frozen=True)
class Right:
    """One line of the table. Without ``ledgers`` it holds in all, and where no ledger is."""

    action: Action
    roles: frozenset[Role]
    ledgers: frozenset[str] | None = None
    reach: Reach = Reach.OWN

    def covers(self, action: Action, ledger_key: str | None) -> bool:
        """Whether the line speaks of this action in this ledger (None: in general)."""
        return self.action is action and (self.ledgers is None or ledger_key in self.ledgers)


Sensitivity = Literal["public", "internal", "protected"]


@dataclass(frozen=True)
class FieldRule:
    """How fields of one sensitivity are stored, and shown to users who may read the record.

    ``masked`` ones are encrypted at rest and shown as 张**; ``plain_by`` is the action that shows
    one of them plain, with a reason, on the record.
    """

    label: str
    masked: bool
    plain_by: Action | None = None


FIELDS: Mapping[Sensitivity, FieldRule] = {
    "public": FieldRule("公开", masked=False),
    "internal": FieldRule("内部", masked=False),
    "protected": FieldRule("受保护", masked=True, plain_by=Action.REVEAL),
}
