"""Who may do what, where, and how fields are shown. Services decide by this table and nothing else.

Four questions, four short declarations, read from top to bottom:

1. `RIGHTS`: which role may take which action in which ledger, and how far it reaches;
2. `FIELDS`: how a field is shown, by its sensitivity, and which action shows it plain;
3. `SCOPE`: what of a record may be known, by where it lies seen from one's own area;
4. `Actor`: the only place where the three are read.

A user has a role and an area; what lies under that area is what they see (DESIGN.md, roles). The
page docs/reference/roles.md is generated from here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any, Literal

from sqlalchemy import Column as TableColumn
from sqlalchemy import ColumnElement, and_, true

from ledger.domain.errors import Refused

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


def _line(
    action: Action, *roles: Role, ledgers: tuple[str, ...] | None = None, reach: Reach = Reach.OWN
) -> Right:
    return Right(action, frozenset(roles), None if ledgers is None else frozenset(ledgers), reach)


_GRID, _VILLAGE, _OFFICE = Role.GRID_WORKER, Role.VILLAGE_STAFF, Role.OFFICE_STAFF
_LEADER, _AUDITOR, _ADMIN = Role.LEADER, Role.AUDITOR, Role.ADMIN
# Ledgers whose records go through steps, and those about people's own matters.
_CASES = ("leads", "dispositions", "petitions", "measures")

RIGHTS: tuple[Right, ...] = (
    # Ledgers: administrators see no contents, auditors change none.
    _line(Action.READ, _GRID, _VILLAGE, _OFFICE, _LEADER, _AUDITOR),
    _line(Action.CREATE, _OFFICE),
    _line(Action.CREATE, _GRID, _VILLAGE, ledgers=("inspections", "leads", "petitions")),
    _line(Action.CREATE, _VILLAGE, ledgers=("institutions", "outreach")),
    _line(Action.CREATE, _LEADER, ledgers=("measures",)),
    _line(Action.EDIT, _OFFICE),
    _line(Action.EDIT, _GRID, _VILLAGE, ledgers=("inspections", "entities")),
    _line(Action.EDIT, _VILLAGE, ledgers=("institutions", "petitions", "outreach")),
    _line(Action.DELETE, _OFFICE),
    _line(Action.IMPORT, _OFFICE),
    _line(Action.EXPORT, _OFFICE, _LEADER),
    # Steps of a case; which step asks for which of the three says
    # ledger/domain/workflow/workflow.py.
    _line(Action.HANDLE, _VILLAGE, _OFFICE, ledgers=_CASES),
    # Whoever adds records of a ledger attaches files to them; these attach evidence to a record
    # that waits for their answer, as long as it does (`ledger.records.attachments.may_attach`).
    _line(Action.EVIDENCE, _VILLAGE, ledgers=("dispositions", "measures", "entities")),
    _line(Action.EVIDENCE, _GRID, ledgers=("entities",)),
    _line(Action.PROCESS, _OFFICE, ledgers=_CASES),
    _line(Action.DECIDE, _LEADER, ledgers=_CASES),
    _line(Action.ACKNOWLEDGE, _LEADER, ledgers=("leads",)),
    _line(Action.URGE, _OFFICE, _LEADER),
    # Tiers.
    _line(Action.ASSESS, _OFFICE),
    _line(Action.OVERRIDE, _LEADER),
    _line(Action.CONFIRM, _LEADER),
    # What is told of people: protected fields one at a time.
    _line(Action.REVEAL, _OFFICE),
    # Views and papers.
    _line(Action.READ_RATING, _VILLAGE, _OFFICE, _LEADER, _AUDITOR),
    _line(Action.WORK_GRID, _GRID),
    _line(Action.READ_BULLETIN, _OFFICE, _LEADER, _AUDITOR),
    _line(Action.MAKE_BULLETIN, _OFFICE),
    # The installation: what holds for everybody is set by those who are there for everybody.
    _line(Action.SET_ROUND, _OFFICE, _LEADER, _ADMIN, reach=Reach.TREE),
    _line(Action.READ_LOG, _AUDITOR, _ADMIN),
    _line(Action.MANAGE_USERS, _ADMIN),
    _line(Action.LOAD_AREAS, _ADMIN, reach=Reach.TREE),
    _line(Action.MANAGE_RULES, _ADMIN, reach=Reach.TREE),
    _line(Action.MANAGE_OPTIONS, _ADMIN, reach=Reach.TREE),
    _line(Action.OPERATE, _ADMIN, reach=Reach.TREE),
)

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


class Relation(StrEnum):
    """Where a record lies, seen from the actor's area."""

    OWN = "own"
    BELOW = "below"
    ABOVE = "above"
    BESIDE = "beside"
    NOWHERE = "nowhere"


RELATION_NAMES: Mapping[Relation, str] = {
    Relation.OWN: "本区域",
    Relation.BELOW: "下级区域",
    Relation.ABOVE: "上级区域",
    Relation.BESIDE: "其他区域(同级、外镇)",
    Relation.NOWHERE: "尚未归属区域的记录",
}
# Whatever is not seen is answered like what is not there. Records without a place are the root's:
# somebody responsible for everything has to put them somewhere.
SCOPE: Mapping[Relation, bool] = {
    Relation.OWN: True,
    Relation.BELOW: True,
    Relation.ABOVE: False,
    Relation.BESIDE: False,
    Relation.NOWHERE: False,
}


@cache
def reach_of(role: Role, action: Action, ledger_key: str | None = None) -> Reach | None:
    """How far an action of a role reaches; None if the role may not take it."""
    lines = [right for right in RIGHTS if role in right.roles and right.covers(action, ledger_key)]
    order = (Reach.OWN, Reach.TREE)
    return min((line.reach for line in lines), key=order.index, default=None)


@cache
def roles_with(action: Action, ledger_key: str | None = None) -> frozenset[Role]:
    """The roles that may take an action."""
    return frozenset(role for role in Role if reach_of(role, action, ledger_key) is not None)


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
        """Whether the role allows the action at all; the scope is a matter of each record.

        What reaches the whole tree is not for somebody below its top; `require_reach` of
        ledger/records/places/areas.py also holds areas beside each other against it.
        """
        reach = self.reach(action, ledger_key)
        return reach is not None and (reach is not Reach.TREE or self.at_top)

    def may_any(self, actions: frozenset[Action], ledger_key: str | None = None) -> bool:
        """Whether the role allows one of the actions."""
        return any(self.may(action, ledger_key) for action in actions)

    def require(self, action: Action, ledger_key: str | None = None) -> None:
        """Raise `Refused` unless the role allows the action."""
        if not self.may(action, ledger_key):
            role = ROLE_LABELS[self.role] if self.role else "系统"
            raise Refused(
                f"{role}不能{ACTION_NAMES[action]}。如确有需要，请联系系统管理员调整权限。"
            )

    def reach(self, action: Action, ledger_key: str | None = None) -> Reach | None:
        """How far the action reaches for this actor; None if they may not take it."""
        return Reach.OWN if self.role is None else reach_of(self.role, action, ledger_key)

    @property
    def at_top(self) -> bool:
        """Whether the actor's area is the whole tree or one without anything above it."""
        return self.scope_path.strip("/").count("/") == 0 and self.scope_path != "//"

    def relation(self, path: str | None) -> Relation:
        """Where a record lying at ``path`` lies, seen from the actor's area."""
        if path is None:
            return Relation.NOWHERE
        if path == self.scope_path:
            return Relation.OWN
        if path.startswith(self.scope_path):
            return Relation.BELOW
        return Relation.ABOVE if self.scope_path.startswith(path) else Relation.BESIDE

    def sees(self, path: str | None) -> bool:
        """Whether a record lying at ``path`` is in scope; unplaced ones are the root's."""
        return self.scope_path == ROOT_PATH or SCOPE[self.relation(path)]

    def scope_condition(self, column: TableColumn[Any]) -> ColumnElement[bool]:
        """The scope as a condition on a path column: what `sees` says, row by row."""
        return under(column, self.scope_path)


SYSTEM = Actor("系统", None, "*", ROOT_PATH, display_name="系统")


def under(column: TableColumn[Any], path: str) -> ColumnElement[bool]:
    """Rows at or below ``path``, as an index range rather than a pattern."""
    if path == ROOT_PATH:
        return true()
    return and_(column >= path, column < path + _LAST)
