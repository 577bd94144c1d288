"""Leads of the played campaign: from a report to an answer and a closed file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from ledger.casework.alerts import acknowledge_lead
from ledger.demo.diary import Case
from ledger.demo.dispositions import LEADER, OFFICE, VILLAGE, Dispositions
from ledger.demo.texts import LEAD_ANSWERS, LEAD_MATTERS, OFFICIALS, SURNAMES, VERIFICATIONS
from ledger.domain.access import Role
from ledger.domain.ledgers.leads import FRAUD_TYPE, SOURCE
from ledger.domain.timing.clock import OFFICE as OFFICE_TIME

_FINDINGS = {"true": 0.4, "partly": 0.25, "false": 0.35}
# What a lead that holds true leads to; a tier's own measures are opened by confirming it.
_LEAD_MEASURES = ("rectify", "refund", "warn", "transfer")
# So many days before the end the last leads are turned into dispositions.
_LEAD_MEASURE_DAYS = 30


class Leads:
    """The leads, some of which become dispositions of ``cases``."""

    def __init__(self, cases: Dispositions) -> None:
        self.cases, self.diary, self.dice = cases, cases.diary, cases.dice

    def plan_leads(self, count: int, places: Sequence[Mapping[str, Any]]) -> None:
        """Every source and fraud type in turn; most leads concern an institution of ``places``."""
        dice, diary = self.dice, self.diary
        length = (diary.end - diary.start).days
        promised = self.cases.promised
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
        self.cases.open_case(Case("dispositions", values), day)
