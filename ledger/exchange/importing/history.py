"""Cases that were under way, or over, before a file brings them in: their state, and histories.

The rules, for new records of a ledger with a workflow:

1. The state follows from the days (`Workflow.told_state`): a petition with an answer is answered.
   Where the file names a state (办理状态) that lies further on, that one holds, and the day that is
   missing for it is told. Where it names an earlier one, the days hold, and it is told.
2. A file is a *history* if its mapping says so (``history = "yes"``). With ``"auto"`` it is one if
   it brings at least `FEWEST` cases and half of them or more were over before.
3. In a history a case that has its last day (答复, 反馈, 完成) is closed with that day, unless its
   review is under way; a closing day stands for a last day that is missing.
4. Every new case of a history, and every new visit of a file that is said to be one, is marked as
   historical (:mod:`ledger.records.historical`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from ledger.domain.columns import Ledger
from ledger.domain.timing import clock
from ledger.domain.workflow.flow import Workflow
from ledger.exchange.reading.understanding import Note
from ledger.records.drafting import Draft
from ledger.records.historical import KEY

History = Literal["auto", "yes", "no"]
FEWEST = 10
_NAMED = 20
Drafts = Sequence[tuple[int, Draft]]


@dataclass
class Settled:
    """What became of the new cases of a file: whether it is a history, and what is to be told."""

    is_history: bool = False
    notes: list[Note] = field(default_factory=list)


def settle_cases(ledger: Ledger, drafts: Drafts, asked: History = "auto") -> Settled:
    """Set the state of new cases, and mark those of a history, in the drafts; see the rules."""
    fresh = [(row, draft) for row, draft in drafts if draft.is_new]
    brought = {column.key for column in ledger.columns if column.brought}
    settled = Settled(notes=_kept(ledger, drafts, brought))
    workflow = ledger.workflow
    if KEY not in ledger.by_key or not fresh:
        return settled
    if workflow is None:
        settled.is_history = asked == "yes"
    else:
        rows = _Rows(ledger, workflow, fresh)
        rows.tell_states()
        over = sum(rows.is_over(draft) for _, draft in fresh)
        is_one = len(fresh) >= FEWEST and over * 2 >= len(fresh)
        settled.is_history = asked == "yes" or (asked == "auto" and is_one)
        if settled.is_history:
            rows.close()
        settled.notes += rows.notes()
        if settled.is_history:
            settled.notes.insert(0, _told(ledger, fresh, workflow))
    if settled.is_history:
        for _, draft in fresh:
            draft.values[KEY] = clock.today()
    return settled


def _kept(ledger: Ledger, drafts: Drafts, brought: set[str]) -> list[Note]:
    """Of records that are there, the state is changed by steps alone."""
    notes = []
    for row, draft in drafts:
        if draft.current is None:
            continue
        for key in brought & set(draft.values):
            said = draft.values.pop(key)
            if said is not None and said != draft.current[key]:
                column = ledger.by_key[key]
                message = f"文件写的是“{column.format(said)}”；已有记录要通过办理步骤改变，没有改"
                notes.append(Note(row, column.label, message, False, key))
    return notes


class _Rows:
    """The new cases of one file, and what is missing or does not agree in them."""

    def __init__(self, ledger: Ledger, workflow: Workflow, fresh: Drafts) -> None:
        self._ledger, self._workflow, self._fresh = ledger, workflow, fresh
        states = ledger.by_key["state"].choices
        self._rank = {choice.key: at for at, choice in enumerate(states)}
        self._missing: dict[str, list[int]] = defaultdict(list)
        self._told: list[Note] = []

    def tell_states(self) -> None:
        """Rule 1."""
        for row, draft in self._fresh:
            said, told = draft.values.get("state"), self._workflow.told_state(draft.values)
            state = told
            if said is not None and said != told:
                if self._rank[said] > self._rank[told]:
                    state = said
                else:
                    self._contradict(row, str(said), told)
            draft.values["state"] = state
            self._note_days(row, draft.values)

    def _contradict(self, row: int, said: str, told: str) -> None:
        column = self._ledger.by_key["state"]
        message = (
            f"文件写的是“{column.format(said)}”，日期却说明“{column.format(told)}”，"
            "按日期理解，请核对"
        )
        self._told.append(Note(row, column.label, message, False, "state"))

    def _note_days(self, row: int, values: Mapping[str, Any]) -> None:
        """Days that lie before the first one."""
        first = _day(values.get(str(self._ledger.dated)))
        dated = self._label(str(self._ledger.dated))
        for sign in self._workflow.signs:
            day, label = _day(values.get(sign.by)), self._label(sign.by)
            if day is not None and first is not None and day < first:
                message = f"{label} {day} 早于{dated} {first}，请核对"
                self._told.append(Note(row, label, message, False, sign.by))

    def is_over(self, draft: Draft) -> bool:
        """Whether a case was over before the file brought it in."""
        values, flow = draft.values, self._workflow
        return values["state"] in flow.over or (
            values.get(flow.ended_by) is not None and not self._in_review(values)
        )

    def _in_review(self, values: Mapping[str, Any]) -> bool:
        return str(values["state"]).startswith("in_")

    def close(self) -> None:
        """Rule 3."""
        flow = self._workflow
        for row, draft in self._fresh:
            values = draft.values
            if not self.is_over(draft) or values["state"] == "refused":
                continue
            if self._rank[str(values["state"])] < self._rank["closed"]:
                values["state"] = "closed"
            ended, closed = values.get(flow.ended_by), values.get(flow.closed_by)
            end, close = self._label(flow.ended_by), self._label(flow.closed_by)
            if ended is None and closed is None:
                self._missing[f"{close}、{end}"].append(row)
            elif closed is None:
                values[flow.closed_by] = ended
                self._missing[f"{close}(按{end}记)"].append(row)
            elif ended is None:
                values[flow.ended_by] = closed
                self._missing[f"{end}(按{close}记)"].append(row)

    def _label(self, key: str) -> str:
        return self._ledger.label_of(key)

    def notes(self) -> list[Note]:
        """What does not agree, row by row; what is missing, once for all rows."""
        missing = [
            Note(None, None, f"已办结的记录中有{len(rows)}条没有{what}：{_named(rows)}", sure=True)
            for what, rows in self._missing.items()
        ]
        return [*missing, *self._told]


def _told(ledger: Ledger, fresh: Drafts, workflow: Workflow) -> Note:
    """That a file was taken for a history, and which of its cases are still open."""
    still = [row for row, draft in fresh if draft.values["state"] not in workflow.over]
    rest = f"，其余{len(still)}条尚未办结({_named(still)})，请逐条核对办理情况" if still else ""
    return Note(
        None,
        None,
        f"按历史数据导入：{len(fresh)}条中{len(fresh) - len(still)}条已经办结{rest}。"
        "历史数据不产生期限提醒、待办和考评；不是历史数据的，页面上改选“正在办理的”，"
        "命令行加 --history no",
        sure=False,
    )


def _named(rows: Sequence[int]) -> str:
    more = "……" if len(rows) > _NAMED else ""
    return f"第{'、'.join(map(str, rows[:_NAMED]))}{more}行"


def _day(value: Any) -> date | None:
    return value.date() if isinstance(value, datetime) else value
