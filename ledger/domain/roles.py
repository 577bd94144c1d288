"""The words in which rights are said: roles, actions, how far they reach, how fields are shown.

Who may do what is decided by `ledger.domain.access` and by the declarations of the ledgers, which
both speak in these words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


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
    EVIDENCE = "evidence"
    HANDLE = "handle"
    PROCESS = "process"
    DECIDE = "decide"
    ACKNOWLEDGE = "acknowledge"
    ASSESS = "assess"
    OVERRIDE = "override"
    CONFIRM = "confirm"
    URGE = "urge"
    REVEAL = "reveal"
    READ_RATING = "read_rating"
    WORK_GRID = "work_grid"
    READ_BULLETIN = "read_bulletin"
    MAKE_BULLETIN = "make_bulletin"
    SET_ROUND = "set_round"
    READ_LOG = "read_log"
    LOAD_AREAS = "load_areas"
    MANAGE_USERS = "manage_users"
    MANAGE_RULES = "manage_rules"
    MANAGE_OPTIONS = "manage_options"
    OPERATE = "operate"


ACTION_NAMES: Mapping[Action, str] = {
    Action.READ: "查看台账",
    Action.EDIT: "修改台账",
    Action.CREATE: "新增记录",
    Action.DELETE: "删除或恢复记录",
    Action.IMPORT: "导入",
    Action.EXPORT: "导出",
    Action.EVIDENCE: "给等自己办理的记录附证据",
    Action.HANDLE: "核查办理(村级步骤)",
    Action.PROCESS: "转办反馈(镇级步骤)",
    Action.DECIDE: "审批(领导步骤)",
    Action.ACKNOWLEDGE: "签收重大线索",
    Action.ASSESS: "重新判定等级",
    Action.OVERRIDE: "调整等级",
    Action.CONFIRM: "确认等级",
    Action.URGE: "督办",
    Action.REVEAL: "查看受保护信息",
    Action.READ_RATING: "查看村(社区)考评",
    Action.WORK_GRID: "使用“我的网格”",
    Action.READ_BULLETIN: "查看通报",
    Action.MAKE_BULLETIN: "制作和签发通报",
    Action.SET_ROUND: "开始新一轮排查",
    Action.READ_LOG: "查看日志",
    Action.LOAD_AREAS: "载入区域",
    Action.MANAGE_USERS: "管理用户",
    Action.MANAGE_RULES: "管理规则",
    Action.MANAGE_OPTIONS: "修改系统设置",
    Action.OPERATE: "查看系统状态",
}


class Reach(StrEnum):
    """How far an action reaches, once a role may take it."""

    # What lies at or under the actor's area.
    OWN = "own"
    # The whole installation: only for those whose area holds every area there is.
    TREE = "tree"


REACH_NAMES: Mapping[Reach, str] = {
    Reach.OWN: "本辖区",
    Reach.TREE: "辖区为全部区域",
}


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
    """How fields of one sensitivity are kept and shown to whoever may read the record.

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
