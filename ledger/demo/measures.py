"""What the played campaign asks of villages: rated by quarter, of late by month, and followed up.

The office rates what has ended and proposes a measure for the villages that did worst; a leader
approves most of them, the village answers, the office checks. One correction is forgotten and
overdue on the last day, one is due soon after it.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import Any

from geo.atlas import Atlas
from ledger.demo.diary import Case, Diary, Dice
from ledger.demo.texts import (
    MEASURE_ANSWERS,
    MEASURE_FOLLOW_UPS,
    MEASURE_REFUSALS,
    MEASURE_RETURNS,
    OFFICIALS,
)
from ledger.domain.access import Role
from ledger.domain.timing.periods import Period, period_of
from ledger.records.service import get
from ledger.reporting.rating.measures import propose
from ledger.reporting.rating.points import rate

OFFICE, VILLAGE, LEADER = Role.OFFICE_STAFF, Role.VILLAGE_STAFF, Role.LEADER
QUARTERS, MONTHS = 6, 3  # looked back on, the running ones included
RATED_AFTER = timedelta(days=4)
WORST = 4
FORGOTTEN_DAYS, DUE_DAYS = 6, 12


def plan_measures(diary: Diary, dice: Dice, atlas: Atlas) -> None:
    """Rate every period some days after it ended, and go on from there."""
    plan = _Measures(diary, dice, atlas)
    ended = [
        period
        for period in (
            *period_of("quarter", diary.end).last(QUARTERS),
            *period_of("month", diary.end).last(MONTHS),
        )
        if period.start >= diary.start and diary.office_day(period.end + RATED_AFTER) <= diary.end
    ]
    for at, period in enumerate(ended):
        day = diary.office_day(period.end + RATED_AFTER)
        diary.errand(day, partial(plan.rate, day, period, last=at == len(ended) - 1))


class _Measures:
    def __init__(self, diary: Diary, dice: Dice, atlas: Atlas) -> None:
        self.diary, self.dice, self.atlas = diary, dice, atlas
        self.proposed = 0

    def rate(self, day: date, period: Period, *, last: bool) -> None:
        """Propose what the rules suggest for the worst villages; the very worst are not spared."""
        store, office = self.diary.store, self.diary.actors[OFFICE]
        rating = rate(store, office, self.atlas, period)
        for place, village in enumerate(reversed(rating.villages[-WORST:])):
            kind = village.suggested.kind if village.suggested else "notice"
            # Of the last period one correction is forgotten and one is due soon.
            forced = last and place < 2
            number = propose(
                store,
                office,
                self.atlas,
                village.area.code,
                period,
                "correction" if forced else kind,
                rules=rating.rules,
            )
            row = get(store, office, "measures", number)
            case = Case("measures", row, row["id"], row["number"], row["version"], row["state"])
            if forced:
                left = -FORGOTTEN_DAYS if place else DUE_DAYS
                self._approve(day, case, self.diary.end + timedelta(days=left))
            else:
                self._play(day, case)
            self.proposed += 1

    def _play(self, day: date, case: Case) -> None:
        """Every fifth is refused, every fourth answer sent back, a few are taken up again."""
        at = self.proposed
        if at % 5 == 4:
            reason = self.dice.pick(MEASURE_REFUSALS)
            self.diary.step(day + timedelta(days=2), LEADER, case, "refuse", reason=reason)
            return
        day = self._approve(day, case, case.values["correct_by"])
        day = self._answer(day, case)
        if at % 4 == 1:
            day = self._again(day, case, "return", self.dice.pick(MEASURE_RETURNS))
        day = self._close(day, case)
        if at % 7 == 2:
            day = self._again(day + timedelta(days=20), case, "reopen", "问题反弹，重新整改")
            self._close(day, case)

    def _approve(self, day: date, case: Case, correct_by: date | None) -> date:
        values: dict[str, Any] = {"responsible": self.dice.pick(OFFICIALS)}
        if case.values["kind"] == "correction":
            values["correct_by"] = correct_by
        day = self.diary.step(
            day + timedelta(days=self.dice.number(1, 3)), LEADER, case, "approve", values
        )
        follow_up = {"follow_up": self.dice.pick(MEASURE_FOLLOW_UPS)}
        self.diary.step(day + timedelta(days=4), OFFICE, case, "follow", follow_up)
        return day

    def _answer(self, day: date, case: Case) -> date:
        day = self.diary.office_day(day + timedelta(days=self.dice.delay((8, 20), (32, 45), 0.15)))
        values: dict[str, Any] = {"answer": self.dice.pick(MEASURE_ANSWERS)}
        if case.values["kind"] == "correction":
            values["corrected_on"] = day
        return self.diary.step(day, VILLAGE, case, "answer", values)

    def _again(self, day: date, case: Case, key: str, reason: str) -> date:
        """Sent back or taken up again, with a new day where there was one."""
        values: dict[str, Any] = {}
        if case.values["kind"] == "correction":
            values["correct_by"] = day + timedelta(days=20)
        day = self.diary.step(day + timedelta(days=2), LEADER, case, key, values, reason)
        return self._answer(day, case)

    def _close(self, day: date, case: Case) -> date:
        result = self.dice.weighted({"done": 0.8, "partly": 0.2})
        values = {"result": result, "follow_up": self.dice.pick(MEASURE_FOLLOW_UPS)}
        return self.diary.step(
            day + timedelta(days=self.dice.number(2, 9)), OFFICE, case, "close", values
        )
