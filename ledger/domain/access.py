"""Who may do what, where, and how fields are shown. All services decide by these tables.

Four questions, four short declarations:

1. `RIGHTS`: which role may take which action in which ledger, and how far it reaches; what holds
   in one ledger alone stands in its declaration;
2. `FIELDS`: how a field is shown, by its sensitivity, and which action shows it plain
   (`ledger.domain.roles`, as are roles and actions);
3. `SCOPE`: what of a record may be known, by where it lies seen from one's own area;
4. `Actor`: the only place where the three are read.

A user has a role and an area; what lies under that area is what they see (DESIGN.md, roles). The
page docs/reference/roles.md is generated from here. Roles and actions are imported from here as
well: they stand in `roles` only because the declarations of the ledgers need them first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Column as TableColumn
from sqlalchemy import ColumnElement, and_, true

from geo.labelled import Labelled
from ledger.domain.columns import Ledger
from ledger.domain.errors import Refused
from ledger.domain.ledgers import LEDGERS
from ledger.domain.roles import (
    FIELDS,
    Action,
    FieldRule,
    Reach,
    Right,
    Role,
    Sensitivity,
)

ROOT_PATH = "/"
# The highest code point: a range up to it holds every text that begins with the prefix.
_LAST = "\U0010ffff"


def _line(action: Action, *roles: Role, reach: Reach = Reach.OWN) -> Right:
    return Right(action, frozenset(roles), reach=reach)


_GRID, _VILLAGE, _OFFICE = Role.GRID_WORKER, Role.VILLAGE_STAFF, Role.OFFICE_STAFF
_LEADER, _AUDITOR, _ADMIN = Role.LEADER, Role.AUDITOR, Role.ADMIN

# What holds in every ledger, and where no ledger is.
_EVERYWHERE: tuple[Right, ...] = (
    # Ledgers: administrators see no contents, auditors change none.
    _line(Action.READ, _GRID, _VILLAGE, _OFFICE, _LEADER, _AUDITOR),
    _line(Action.CREATE, _OFFICE),
    _line(Action.EDIT, _OFFICE),
    _line(Action.DELETE, _OFFICE),
    _line(Action.IMPORT, _OFFICE),
    _line(Action.EXPORT, _OFFICE, _LEADER),
    _line(Action.TAKE_TEMPLATE, _VILLAGE, _OFFICE, _LEADER),
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
    _line(Action.READ_LOG, _AUDITOR, _ADMIN),
    _line(Action.MANAGE_USERS, _ADMIN),
    _line(Action.LOAD_AREAS, _ADMIN, reach=Reach.TREE),
    _line(Action.MANAGE_RULES, _ADMIN, reach=Reach.TREE),
    _line(Action.MANAGE_OPTIONS, _ADMIN, reach=Reach.TREE),
    _line(Action.OPERATE, _ADMIN, reach=Reach.TREE),
)
# Steps of a case, in every ledger with a workflow; a step says which of the three it asks for.
_CASES: Mapping[Action, tuple[Role, ...]] = {
    Action.HANDLE: (_VILLAGE, _OFFICE),
    Action.PROCESS: (_OFFICE,),
    Action.DECIDE: (_LEADER,),
}


def _of_ledger(ledger: Ledger) -> Iterator[Right]:
    """What roles may do in one ledger beside what they may do in all."""
    for action, roles in {**(_CASES if ledger.workflow else {}), **ledger.may}.items():
        yield Right(action, frozenset(roles), frozenset({ledger.key}))


RIGHTS: tuple[Right, ...] = (
    *_EVERYWHERE,
    *(right for ledger in LEDGERS.values() for right in _of_ledger(ledger)),
)


class Relation(Labelled):
    """The relation of a record's area to the actor's area."""

    OWN = "own", "本区域"
    BELOW = "below", "下级区域"
    ABOVE = "above", "上级区域"
    BESIDE = "beside", "其他区域(同级、外镇)"
    NOWHERE = "nowhere", "尚未归属区域的记录"


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
    """How far an action of a role reaches; None if the role may not take it.

    A role that may not see a ledger (its ``seen_by``) may take no action in it.
    """
    ledger = LEDGERS.get(ledger_key or "")
    if ledger is not None and ledger.seen_by is not None and role not in ledger.seen_by:
        return None
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

        An action that affects all areas is refused to an actor whose area has another above it;
        `require_reach` of ledger/records/places/areas.py also checks the other roots.
        """
        reach = self.reach(action, ledger_key)
        return reach is not None and (reach is not Reach.TREE or self.at_top)

    def may_any(self, actions: frozenset[Action], ledger_key: str | None = None) -> bool:
        """Whether the role allows one of the actions."""
        return any(self.may(action, ledger_key) for action in actions)

    def require(self, action: Action, ledger_key: str | None = None) -> None:
        """Raise `Refused` unless the role allows the action."""
        if not self.may(action, ledger_key):
            role = self.role.label if self.role else "系统"
            raise Refused(f"{role}不能{action.label}。如确有需要，请联系系统管理员调整权限。")

    def reach(self, action: Action, ledger_key: str | None = None) -> Reach | None:
        """How far the action reaches for this actor; None if the role may not take it."""
        return Reach.OWN if self.role is None else reach_of(self.role, action, ledger_key)

    @property
    def at_top(self) -> bool:
        """Whether the actor's area is the whole tree or one without anything above it."""
        return self.scope_path.strip("/").count("/") == 0 and self.scope_path != "//"

    def relation(self, path: str | None) -> Relation:
        """The relation of a record's area ``path`` to the actor's area."""
        if path is None:
            return Relation.NOWHERE
        if path == self.scope_path:
            return Relation.OWN
        if path.startswith(self.scope_path):
            return Relation.BELOW
        return Relation.ABOVE if self.scope_path.startswith(path) else Relation.BESIDE

    def sees(self, path: str | None) -> bool:
        """Whether a record at ``path`` is in scope; those without an area need the whole tree."""
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


# Whoever asks what somebody may do finds the words for it here, too.
__all__ = [
    "FIELDS",
    "RIGHTS",
    "ROOT_PATH",
    "SCOPE",
    "SYSTEM",
    "Action",
    "Actor",
    "FieldRule",
    "Reach",
    "Relation",
    "Right",
    "Role",
    "Sensitivity",
    "reach_of",
    "roles_with",
    "under",
]
