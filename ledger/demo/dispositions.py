"""Dispositions of the played campaign: from a plan to a measure that is done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from ledger.casework.dispositions import confirm_tier
from ledger.casework.steps import urge
from ledger.demo.diary import Case, Diary, Dice
from ledger.demo.texts import DONE, OFFICIALS, PLAN, PROGRESS, URGES
from ledger.domain.access import Role
from ledger.records.service import get
from ledger.storage.tables import dispositions

OFFICE, VILLAGE, LEADER = Role.OFFICE_STAFF, Role.VILLAGE_STAFF, Role.LEADER
_MOST_AT_ONCE = 5  # measures of tier four


class Dispositions:
    """The dispositions, and how many are still to be opened."""

    def __init__(self, diary: Diary, dice: Dice, dispositions_wanted: int) -> None:
        self.diary, self.dice = diary, dice
        self.wanted = dispositions_wanted
        self.opened: list[Case] = []
        self.promised = round(dispositions_wanted / 6)  # of them, from leads
        self._by_tier = 0

    def confirm(self, day: date, institution_id: int) -> None:
        """A leader confirms a tier on that day, as long as dispositions are still to be opened."""

        def work() -> None:
            left = self._left(day)
            row = get(self.diary.store, self.diary.actors[LEADER], "institutions", institution_id)
            if left < _MOST_AT_ONCE or row["tier"] in (None, row["tier_confirmed"]):
                return
            numbers = confirm_tier(
                self.diary.store,
                self.diary.actors[LEADER],
                institution_id,
                row["version"],
                lead_official=self.dice.pick(OFFICIALS),
            )
            self._take_over(numbers)

        self.diary.errand(day, work)

    def _left(self, day: date) -> int:
        """How many may be opened by tiers: a third is kept for the second half of the campaign."""
        halfway = self.diary.start + (self.diary.end - self.diary.start) / 2
        share = 0.67 if day < halfway else 1.0
        return round((self.wanted - self.promised) * share) - self._by_tier

    def top_up(self, day: date, places: Sequence[Mapping[str, Any]]) -> None:
        """Open by hand, for places in order, whatever is missing to the number wanted."""

        def work() -> None:
            today = self.diary.office_day(day)
            for at in range(self.wanted - len(self.opened)):
                place = places[at % len(places)]
                values = {
                    "institution": place["number"],
                    "area_code": place["area_code"],
                    "tier": "1",
                    "measure": "supervise",
                    "opened_on": today,
                }
                self.open_case(Case("dispositions", values), today + timedelta(days=1))

        self.diary.errand(day, work)

    def urge_overdue(self, day: date) -> None:
        """The leader urges some of what is overdue."""

        def work() -> None:
            today = self.diary.office_day(day)
            late = [
                case
                for case in self.opened
                if case.registered
                and case.state in ("running", "planned")
                and case.notes.get("deadline", today) < today
            ]
            for case in late[:12]:
                urge(
                    self.diary.store,
                    self.diary.actors[LEADER],
                    "dispositions",
                    case.id,
                    self.dice.pick(URGES),
                )

        self.diary.errand(day, work)

    def open_case(self, case: Case, day: date) -> None:
        """Register a disposition on a day, and plan how it goes on."""
        self.diary.register(day, OFFICE, case)
        self.opened.append(case)
        self._plan_disposition(case, day)

    def _take_over(self, numbers: Sequence[str]) -> None:
        """Dispositions that confirming a tier opened: read them, and plan how they go on."""
        with self.diary.store.reading() as connection:
            query = select(dispositions).where(dispositions.c.number.in_(numbers))
            rows = [dict(row) for row in connection.execute(query).mappings()]
        for row in sorted(rows, key=lambda one: int(one["id"])):
            case = Case("dispositions", row, row["id"], row["number"], row["version"], row["state"])
            self.opened.append(case)
            self._by_tier += 1
            self._plan_disposition(case, row["opened_on"])

    def _plan_disposition(self, case: Case, day: date) -> None:
        dice, diary = self.dice, self.diary
        day = diary.office_day(day + timedelta(days=dice.delay((1, 5), (9, 16), 0.12)))
        if day > diary.end - timedelta(days=45) and dice.chance(0.1):
            return  # still without a plan
        deadline = day + timedelta(days=dice.pick((15, 30, 45, 60)))
        case.notes["deadline"] = deadline
        plan = {"plan": PLAN, "responsible": dice.pick(OFFICIALS), "deadline": deadline}
        plan |= {} if case.values.get("lead_official") else {"lead_official": dice.pick(OFFICIALS)}
        day = diary.step(day, dice.pick((OFFICE, LEADER)), case, "plan", plan)
        start = diary.step(day + timedelta(days=1), VILLAGE, case, "start")
        if dice.chance(0.05):
            return  # was begun and then forgotten
        days = max(2, (deadline - start).days)
        over = dice.chance(0.15)
        last = start + timedelta(days=days + dice.number(3, 25) if over else dice.number(2, days))
        for _ in range(dice.number(0, 3)):
            on = start + timedelta(days=dice.number(1, max(1, (last - start).days - 1)))
            said = dice.pick(PROGRESS) or "电话了解进展"
            diary.step(on, VILLAGE, case, "progress", self._figures(case), said)
        if over and dice.chance(0.4):
            granted = {"extension_days": 15, "extension_approved_on": deadline}
            diary.edit(deadline, OFFICE, case, granted)
        self._finish(case, max(last, start + timedelta(days=2)))

    def _finish(self, case: Case, day: date) -> None:
        dice, diary = self.dice, self.diary
        day = diary.office_day(day)
        done = {"done_on": day, "evidence": DONE, **self._figures(case, day)}
        day = diary.step(day, VILLAGE, case, "submit", done)
        if dice.chance(0.08):
            day = diary.step(
                day + timedelta(days=2), LEADER, case, "return", reason="材料不齐，补齐后再报"
            )
            day = diary.step(day + timedelta(days=5), VILLAGE, case, "submit", done)
        day = diary.step(day + timedelta(days=dice.number(1, 6)), OFFICE, case, "close")
        if dice.chance(0.02):
            day = diary.step(
                day + timedelta(days=dice.number(10, 60)), LEADER, case, "reopen", reason="问题反弹"
            )
            again = {"deadline": day + timedelta(days=30)}
            day = diary.step(day + timedelta(days=3), OFFICE, case, "plan", again)
            day = diary.step(day + timedelta(days=1), VILLAGE, case, "start")
            self._finish(case, day + timedelta(days=10))

    def _figures(self, case: Case, done_on: date | None = None) -> dict[str, Any]:
        """What the measure is judged by: money given back, people resettled, papers."""
        measure, dice = case.values["measure"], self.dice
        if measure == "refund":
            due = case.notes.setdefault("refund", dice.number(20, 400) * 1000)
            return {"refund_due": due, "refunded": due if done_on else due // 2}
        if measure == "resettle":
            return {"people_resettled": dice.number(3, 40)}
        if done_on is None:
            return {}
        if measure in ("crackdown", "transfer"):
            return {
                "police_unit": "示例县公安局(演示)",
                "police_transfer_on": min(case.notes["deadline"], done_on),
            }
        return {"document_number": f"演处[{dice.number(1, 999)}]号"}
