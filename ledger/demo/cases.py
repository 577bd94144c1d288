"""Leads and dispositions of the played campaign: from a report to an answer and a closed file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from ledger.casework.alerts import acknowledge_lead
from ledger.casework.dispositions import confirm_tier
from ledger.casework.steps import urge
from ledger.demo.diary import Case, Diary, Dice
from ledger.demo.texts import (
    DONE,
    LEAD_ANSWERS,
    LEAD_MATTERS,
    OFFICIALS,
    PLAN,
    PROGRESS,
    SURNAMES,
    URGES,
    VERIFICATIONS,
)
from ledger.domain.access import Role
from ledger.domain.ledgers.leads import FRAUD_TYPE, SOURCE
from ledger.domain.timing.clock import OFFICE as OFFICE_TIME
from ledger.records.service import get
from ledger.storage.tables import dispositions

OFFICE, VILLAGE, LEADER = Role.OFFICE_STAFF, Role.VILLAGE_STAFF, Role.LEADER
_FINDINGS = {"true": 0.4, "partly": 0.25, "false": 0.35}
# What a lead that holds true leads to; a tier's own measures are opened by confirming it.
_LEAD_MEASURES = ("rectify", "refund", "warn", "transfer")
_MOST_AT_ONCE = 5  # measures of tier four
# So many days before the end the last leads are turned into dispositions.
_LEAD_MEASURE_DAYS = 30


class Cases:
    """Leads and dispositions, with the number of dispositions that are still to be opened."""

    def __init__(self, diary: Diary, dice: Dice, dispositions_wanted: int) -> None:
        self.diary, self.dice = diary, dice
        self.wanted = dispositions_wanted
        self.opened: list[Case] = []
        self._promised = round(dispositions_wanted / 6)  # of them, from leads
        self._by_tier = 0

    def plan_leads(self, count: int, places: Sequence[Mapping[str, Any]]) -> None:
        """Every source and fraud type in turn; most leads concern an institution of ``places``."""
        dice, diary = self.dice, self.diary
        length = (diary.end - diary.start).days
        promised = self._promised
        for at in range(count):
            day = diary.start + timedelta(days=int(length * (at + dice.rng.random()) / count))
            day = min(day, diary.last_day)
            place = dice.pick(places)
            case = Case("leads", self._lead(at, day, place, own_place=dice.chance(0.7)))
            day = diary.register(
                day, dice.weighted({OFFICE: 0.8, VILLAGE: 0.15, Role.GRID_WORKER: 0.05}), case
            )
            stamp = diary.moment(day) - timedelta(minutes=dice.number(5, 500))
            case.values["registered_at"] = stamp
            old = day < diary.end - timedelta(days=_LEAD_MEASURE_DAYS + 60)
            opens = promised > 0 and old and at % 4 == 0
            promised -= opens
            if at >= count - 2:
                case.values["major"] = True  # nobody has acknowledged these yet
            if case.values["major"]:
                self._report(case, day)
            self._plan_lead(case, day, opens)

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
        return round((self.wanted - self._promised) * share) - self._by_tier

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
                self._open(Case("dispositions", values), today + timedelta(days=1))

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

    def _lead(
        self, at: int, day: date, place: Mapping[str, Any], own_place: bool
    ) -> dict[str, Any]:
        dice = self.dice
        fraud = FRAUD_TYPE[at % len(FRAUD_TYPE)].key
        source = SOURCE[(at // len(FRAUD_TYPE) + at) % len(SOURCE)].key
        values: dict[str, Any] = {
            "source": source,
            "source_number": f"演[{day.year}]{at + 1}号" if source == "platform_12337" else None,
            "fraud_type": fraud,
            "matter": dice.pick(LEAD_MATTERS[fraud]),
            "major": dice.chance(0.08),
            "amount": dice.number(1, 300) * 1000,
            "people": dice.number(1, 60),
            "area_code": place["area_code"],
            "informant": f"{dice.pick(SURNAMES)}某某" if dice.chance(0.7) else None,
            "informant_phone": f"000-{dice.number(10_000_000, 99_999_999)}",
        }
        if own_place:
            values["institution"] = place["number"]
        else:
            values["suspect"] = f"{dice.pick(SURNAMES)}某某"
        return values

    def _report(self, case: Case, day: date) -> None:
        """Major leads are told to the principal within a day; some are not, the newest not yet."""
        if day > self.diary.end - timedelta(days=9):
            return
        hours = self.dice.delay((1, 20), (30, 90), 0.25)
        reported = case.values["registered_at"] + timedelta(hours=hours)
        on = self.diary.office_day(reported.astimezone(OFFICE_TIME).date() + timedelta(days=1))
        self.diary.step(on, OFFICE, case, "report", {"reported_at": reported})

        def sign() -> None:
            if case.registered:
                store, leader = self.diary.store, self.diary.actors[LEADER]
                acknowledge_lead(store, leader, case.id, self.diary.version_of(case))
                case.version = self.diary.version_of(case)

        self.diary.errand(on, sign)

    def _plan_lead(self, case: Case, day: date, opens: bool) -> None:
        dice, diary = self.dice, self.diary
        if not opens and dice.chance(0.02):
            return  # lies about since it was registered
        finding = "true" if opens else dice.weighted(_FINDINGS)
        handler = {"handler": dice.pick(OFFICIALS), "lead_official": dice.pick(OFFICIALS)}
        day = diary.step(day + timedelta(days=dice.number(1, 4)), VILLAGE, case, "verify", handler)
        concluded = {"finding": finding, "verification": VERIFICATIONS[finding]}
        day += timedelta(days=dice.delay((3, 10), (16, 26), 0.1))
        day = diary.step(day, VILLAGE, case, "conclude", concluded)
        if dice.chance(0.04):
            day = diary.step(
                day + timedelta(days=1), LEADER, case, "return", reason="证据不足，补充走访"
            )
            day = diary.step(day + timedelta(days=5), VILLAGE, case, "conclude", concluded)
        if finding != "false":
            day = self._notified(case, day)
        if opens or (finding == "true" and dice.chance(0.5)):
            day = diary.step(day + timedelta(days=1), OFFICE, case, "dispose")
            if opens:
                self._open_from(case, day)
            day += timedelta(days=dice.number(10, 30))
        self._close_lead(case, day, finding)

    def _notified(self, case: Case, day: date) -> date:
        day = self.diary.office_day(day + timedelta(days=self.dice.number(1, 3)))
        at = datetime.combine(day, time(9, 30), OFFICE_TIME)
        values: dict[str, Any] = {"police_told_on": day}
        if not case.values["major"] or day > self.diary.end - timedelta(days=9):
            # The sample may be made in the early morning: nothing is told before it can be.
            values["reported_at"] = min(at, self.diary.moment(self.diary.office_day(day)))
        return self.diary.step(day, OFFICE, case, "notify", values)

    def _close_lead(self, case: Case, day: date, finding: str) -> None:
        dice, diary = self.dice, self.diary
        answer = {"answer": LEAD_ANSWERS[finding]}
        day = diary.step(
            day + timedelta(days=dice.delay((1, 5), (10, 20), 0.15)), OFFICE, case, "answer", answer
        )
        day = diary.step(day + timedelta(days=dice.number(2, 12)), LEADER, case, "close")
        if dice.chance(0.02):
            day = diary.step(
                day + timedelta(days=dice.number(3, 20)), LEADER, case, "reopen", reason="又有举报"
            )
            concluded = {"finding": finding, "verification": VERIFICATIONS[finding]}
            day = diary.step(day + timedelta(days=7), VILLAGE, case, "conclude", concluded)
            values = {"reported_at": datetime.combine(day, time(9), OFFICE_TIME)}
            day = diary.step(day + timedelta(days=1), OFFICE, case, "notify", values)
            day = diary.step(day + timedelta(days=3), OFFICE, case, "answer", answer)
            day = diary.step(day + timedelta(days=3), LEADER, case, "close")
        diary.step(day + timedelta(days=dice.number(5, 30)), OFFICE, case, "archive")

    def _open_from(self, lead: Case, day: date) -> None:
        values = {
            "lead": lead,
            "institution": lead.values.get("institution"),
            "area_code": lead.values["area_code"],
            "measure": self.dice.pick(_LEAD_MEASURES),
            "opened_on": day,
            "lead_official": self.dice.pick(OFFICIALS),
        }
        self._open(Case("dispositions", values), day)

    def _open(self, case: Case, day: date) -> None:
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
