"""Which records wait for which role: the rules of the to-do list (:mod:`ledger.casework.todo`).

The rules:

1. A record waits for a role if the role may take one of the workflow's regular steps from its
   state. Steps that demand a reason (to return, to refuse, to extend, to reopen, to note progress)
   are exceptional, and no record waits for them.
2. A regular step that stays in its state (告知受理, 登记评价) waits only while a column that it
   demands is blank.
3. Open questions about facts of institutions (:mod:`ledger.casework.asked_facts`) are shown to
   the roles that may edit institutions: they answer them.
4. A role is shown the groups that it can act on, from the ledgers that it works on: a grid worker
   inspects, an auditor reads, an administrator sees no ledger contents.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache

from geo.labelled import Labelled
from ledger.domain.access import Action, Role, roles_with
from ledger.domain.columns import Ledger
from ledger.domain.ledgers import LEDGERS
from ledger.domain.timing.deadline import Deadline, State, days_late, late_words
from ledger.domain.workflow.flow import Step, Workflow
from ledger.domain.workflows import WORKFLOWS, roles_of


class Group(Labelled):
    """A group of the to-do list: stored key and Chinese label."""

    ALERTS = ("alerts", "重大线索待签收")
    OVERDUE_LEGAL = ("overdue_legal", "法定期限已超期")
    OVERDUE = ("overdue", "本地期限已超期")
    DUE_SOON = ("due_soon", "一周内到期")
    WAITING = ("waiting", "等我办理")
    FACTS = ("facts", "机构事实待确认")
    URGED = ("urged", "被督办")
    UNINSPECTED = ("uninspected", "本轮未走访")
    CHANGED = ("changed", "上次查看后有变化")


_WORK = (Group.OVERDUE_LEGAL, Group.OVERDUE, Group.DUE_SOON, Group.WAITING, Group.URGED)
GROUPS: Mapping[Role, tuple[Group, ...]] = {
    Role.GRID_WORKER: (
        Group.OVERDUE,
        Group.DUE_SOON,
        Group.WAITING,
        Group.UNINSPECTED,
        Group.URGED,
        Group.CHANGED,
    ),
    Role.VILLAGE_STAFF: (*_WORK, Group.FACTS, Group.CHANGED),
    Role.OFFICE_STAFF: (*_WORK, Group.FACTS, Group.CHANGED),
    Role.LEADER: (Group.ALERTS, *_WORK, Group.CHANGED),
    Role.AUDITOR: (Group.OVERDUE_LEGAL, Group.OVERDUE, Group.DUE_SOON, Group.CHANGED),
    Role.ADMIN: (),
}
# Who looks after the records of every ledger; cases are also looked after by leaders.
_LOOK_AFTER = (Role.VILLAGE_STAFF, Role.OFFICE_STAFF, Role.AUDITOR)


def _on_list(ledger: Ledger, role: Role) -> bool:
    """Whether records of a ledger appear on the to-do list of a role."""
    leaders = (Role.LEADER,) if ledger.workflow else ()
    may_see = role in roles_with(Action.READ, ledger.key)
    return may_see and role in (*_LOOK_AFTER, *leaders, *ledger.listed_for)


# In the order of the menu, which the lists keep where days are the same.
_IN_MENU = sorted(
    (ledger for ledger in LEDGERS.values() if ledger.menu),
    key=lambda ledger: ledger.menu.place if ledger.menu else 0,
)
LEDGERS_OF: Mapping[Role, tuple[str, ...]] = {
    role: tuple(ledger.key for ledger in _IN_MENU if _on_list(ledger, role)) for role in Role
}
# Who goes on seeing what they urged themselves: it is theirs to follow up.
FOLLOWING_UP = frozenset({Role.LEADER})


@dataclass(frozen=True)
class Awaited:
    """A step that a role is waited for: from these states, while one of ``blank`` is empty."""

    step: Step
    states: tuple[str, ...]
    blank: tuple[str, ...] = ()


def awaited(workflow: Workflow, role: Role) -> tuple[Awaited, ...]:
    """The steps of a workflow that wait for a role (rules 1 and 2)."""
    found = []
    for step in workflow.steps:
        if role not in roles_of(workflow, step) or step.reason:
            continue
        waited = step.sources if step.waits_in is None else step.waits_in
        leads_on = tuple(s for s in waited if s != step.leads_to(s) and s not in workflow.final)
        if leads_on:
            found.append(Awaited(step, leads_on))
        stays = tuple(s for s in waited if s == step.leads_to(s))
        if stays:
            found.append(Awaited(step, stays, step.demands))
    return tuple(found)


def awaited_steps(ledger_key: str, record: Mapping[str, object], role: Role) -> tuple[Step, ...]:
    """The steps for which one record waits for a role."""
    workflow = WORKFLOWS.get(ledger_key)
    if workflow is None:
        return ()
    return tuple(
        one.step
        for one in _awaited_in(ledger_key, role)
        if record["state"] in one.states
        and (not one.blank or any(record.get(key) in (None, "") for key in one.blank))
    )


@cache
def _awaited_in(ledger_key: str, role: Role) -> tuple[Awaited, ...]:
    """`awaited` of a ledger's workflow, cached: it is needed for every line of a list."""
    return awaited(WORKFLOWS[ledger_key], role)


def open_states(workflow: Workflow) -> tuple[str, ...]:
    """The states of a workflow that are not final."""
    states = dict.fromkeys([workflow.initial])
    for step in workflow.steps:
        states |= dict.fromkeys((*step.sources, *filter(None, (step.target,))))
    return tuple(state for state in states if state not in workflow.final)


def colour_of(deadline: Deadline | None, due_on: date | None, today: date) -> str:
    """``red`` overdue, ``amber`` within the clock's warning, else empty.

    Without a deadline the stored ``due_on`` decides: red if it is past.
    """
    if deadline is not None:
        return {State.OVERDUE: "red", State.DUE_SOON: "amber"}.get(deadline.state, "")
    return "red" if due_on is not None and due_on < today else ""


def due_words(due_on: date, today: date) -> str:
    """Days to or since a day, in words: 超期 2 天, 今天到期, 剩 3 天."""
    days = days_late(due_on, today)
    if days == 0:
        return "今天到期"
    return f"剩 {-days} 天" if days < 0 else f"超期 {late_words(days)}"


def span_words(span: timedelta) -> str:
    """A span of time in Chinese words: 不足 1 分钟, 45 分钟, 3 小时 20 分钟, 2 天 5 小时."""
    minutes = max(0, int(span.total_seconds()) // 60)
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return f"{days} 天" + (f" {hours} 小时" if hours else "")
    if hours:
        return f"{hours} 小时" + (f" {rest} 分钟" if rest else "")
    return f"{rest} 分钟" if rest else "不足 1 分钟"


def acknowledged_after(record: Mapping[str, object]) -> timedelta | None:
    """How long a major lead waited for its leader; None before it is acknowledged."""
    registered, acknowledged = record.get("registered_at"), record.get("acknowledged_at")
    if not isinstance(registered, datetime) or not isinstance(acknowledged, datetime):
        return None
    return max(acknowledged - registered, timedelta(0))
