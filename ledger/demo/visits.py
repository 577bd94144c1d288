"""What the played campaign does in the villages: visits, outreach, and new market entities.

Two rounds of inspections; in the second, some places of every tier are not reached by its end
(`ROUND_ENDS_DAYS` before the last day). A visit states the facts anew: what nobody knew is often
found out, some problems are settled, a few new ones come to light.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from geo.atlas import Atlas
from ledger.casework.entities import match_entities, verify_entity
from ledger.demo.diary import Case, Diary, Dice
from ledger.demo.dispositions import Dispositions
from ledger.demo.texts import (
    ENTITY_SCOPES,
    ENTITY_WORDS,
    OFFICIALS,
    OUTREACH_PLACES,
    PROBLEMS,
    SURNAMES,
)
from ledger.domain.access import Role
from ledger.domain.ledgers.outreach import KIND
from ledger.records.service import get
from ledger.storage.tables import entities, institutions

GRID, VILLAGE, OFFICE = Role.GRID_WORKER, Role.VILLAGE_STAFF, Role.OFFICE_STAFF
FIRST_ROUND_DAYS = (5, 95)  # after the start
SECOND_ROUND_DAYS = (125, 6)  # before the end
ROUND_ENDS_DAYS = 5
REACHED_AGAIN = 0.8
_TRI_FACTS = (
    "assets_cover_debts",
    "stable_operation",
    "promised_returns",
    "rapid_expansion",
    "frequent_changes",
    "prosecuted",
    "complained",
    "blacklisted",
    "suspected_crime",
    "public_attention",
)
_GOOD = ("assets_cover_debts", "stable_operation")
_RESTATED = (
    "filing",
    "beds",
    "prepaid_service_fee",
    "prepaid_deposit",
    "prepaid_membership",
    "prepaid_people",
    "prepaid_months",
    "monthly_bed_fee",
    "max_deposit",
    "prepaid_use",
    "custody",
)


class Visits:
    """The inspections of both rounds."""

    def __init__(self, diary: Diary, dice: Dice, cases: Dispositions) -> None:
        self.diary, self.dice, self.cases = diary, dice, cases

    def plan(self, places: Sequence[Mapping[str, Any]]) -> None:
        """Visit every place in the first round, and all but a share of each tier in the second."""
        seen: dict[str | None, int] = {}
        for place in places:
            seen[place["tier"]] = at = seen.get(place["tier"], 0) + 1
            first = self.diary.start + timedelta(days=self.dice.number(*FIRST_ROUND_DAYS))
            self._visit(first, place, 1)
            self.cases.confirm(first + timedelta(days=self.dice.number(3, 20)), place["id"])
            # Every fifth of a tier, so that each tier has places that wait for a visit.
            if at % round(1 / (1 - REACHED_AGAIN)) == 1:
                continue
            before = self.dice.number(SECOND_ROUND_DAYS[1], SECOND_ROUND_DAYS[0])
            second = self.diary.end - timedelta(days=before)
            self._visit(second, place, 2)
            self.cases.confirm(second + timedelta(days=self.dice.number(3, 20)), place["id"])

    def _visit(self, day: date, place: Mapping[str, Any], number: int) -> None:
        day = self.diary.office_day(day)
        role = VILLAGE if day.day % 3 == 0 else GRID
        case = Case("inspections", {})

        def look() -> None:
            """The facts are those of the day on which somebody stands at the door."""
            row = get(self.diary.store, self.diary.actors[OFFICE], "institutions", place["id"])
            case.values |= self._found(day, row, number)

        # Looked at the evening before, entered in the morning: registrations come first in a day.
        self.diary.errand(day - timedelta(days=1), look)
        entered = self.diary.office_day(day + timedelta(days=1))
        self.diary.register(entered, role, case)
        self.diary.errand(entered, lambda: self._rectify(case, entered))

    def _found(self, day: date, row: Mapping[str, Any], number: int) -> dict[str, Any]:
        dice = self.dice
        values: dict[str, Any] = {
            "institution": row["number"],
            "round": number,
            "inspected_on": day,
            "inspectors": "、".join(sorted({dice.pick(OFFICIALS), dice.pick(OFFICIALS)})),
            "lon": row["lon"],
            "lat": row["lat"],
            "area_code": row["area_code"] if row["lon"] is None else None,
        }
        if dice.chance(0.03):
            return values | {"result": "refused", "findings": "负责人拒绝开门，择日联合检查"}
        if number == 2 and row["tier"] == "4" and dice.chance(0.15):
            return values | {"result": "closed", "findings": "大门上锁，老人已转出"}
        values |= self._facts(row, number)
        problem = row["tier"] in ("2", "3", "4") or dice.chance(0.2)
        if problem:
            values |= {"result": "problem", "findings": dice.pick(PROBLEMS)}
            values["rectify_by"] = day + timedelta(days=dice.pick((15, 20, 30)))
        else:
            values["result"] = "sound"
        return values

    def _facts(self, row: Mapping[str, Any], number: int) -> dict[str, Any]:
        dice = self.dice
        facts = {key: row[key] for key in _RESTATED if row[key] is not None}
        for key in _TRI_FACTS:
            known = row[key]
            if known is None:
                known = (key in _GOOD) if dice.chance(0.55) else None
            elif number == 2 and known is True and key not in _GOOD and row["id"] % 3 == 0:
                known = False  # settled since the first round
            elif number == 2 and key == "complained" and known is False and row["id"] % 12 == 1:
                known = True
            if known is not None:
                facts[key] = known
        if row["residents"] is not None:
            facts["residents"] = max(0, row["residents"] + dice.number(-6, 6))
            facts["residents_interviewed"] = dice.number(1, 6)
            facts["risk_told"] = dice.chance(0.85)
        return facts

    def _rectify(self, case: Case, entered: date) -> None:
        if "rectify_by" not in case.values or self.dice.chance(0.1):
            return
        late = self.dice.delay((-8, 0), (3, 20), 0.15)
        day = self.diary.office_day(case.values["rectify_by"] + timedelta(days=late))
        day = max(day, self.diary.office_day(entered + timedelta(days=1)))
        self.diary.edit(day, VILLAGE, case, {"rectified_on": day})


def plan_outreach(diary: Diary, dice: Dice, atlas: Atlas, scale: float) -> None:
    """Three stages (plan B): door to door for a month, the clean-up, summing up at the end.

    Most villages are reached in the first stage, a good part later; some in none.
    """
    length = (diary.end - diary.start).days
    stages = {
        "outreach": (0, 35, 0.9),
        "clean_up": (36, length - 80, 0.6),
        "summing_up": (length - 79, length - 2, 0.4),
    }
    for stage, (first, last, share) in stages.items():
        for code in atlas.codes("village"):
            if not dice.chance(share * scale):
                continue
            day = diary.office_day(diary.start + timedelta(days=dice.number(first, last)))
            people = dice.number(15, 180)
            elders = round(people * dice.rng.uniform(0.4, 0.9))
            values = {
                "held_on": day,
                "stage": stage,
                "kind": dice.pick(KIND).key,
                "area_code": code,
                "place": dice.pick(OUTREACH_PLACES),
                "people_reached": people,
                "elders_reached": elders,
                "materials": people + dice.number(0, 60),
                "organiser": dice.pick(OFFICIALS),
            }
            diary.register(diary.sorting_day(day, daily=False), VILLAGE, Case("outreach", values))


def plan_entities(
    diary: Diary,
    dice: Dice,
    atlas: Atlas,
    places: Sequence[Mapping[str, Any]],
    count: int,
) -> None:
    """The regulator's list in four parts; each is matched, then most of what is open verified."""
    grids = atlas.codes("grid")
    known = [place for place in places if place["name"] and place["address"]]
    length = (diary.end - diary.start).days
    for part in range(4):
        day = diary.office_day(diary.start + timedelta(days=60 + part * (length - 75) // 3))
        for at in range(part, count, 4):
            if at % 5 == 0 and known:
                values = _known_firm(dice.pick(known))
            else:
                values = _new_firm(dice, dice.pick(grids))
            values["registered_on"] = day - timedelta(days=dice.number(10, 60))
            diary.register(day, OFFICE, Case("entities", values))
        diary.errand(day, lambda: _match(diary))
        if part < 3:
            diary.errand(day + timedelta(days=9), lambda: _verify(diary, dice))


def _known_firm(place: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": place["operator"] or place["name"],
        "credit_code": place["credit_code"],
        "address": place["address"],
        "area_code": place["area_code"],
        "scope": ENTITY_SCOPES[0],
    }


def _new_firm(dice: Dice, grid: str) -> dict[str, Any]:
    word = dice.pick(ENTITY_WORDS) + dice.pick(ENTITY_WORDS)
    kind = dice.pick(("康养服务部", "健康管理有限公司", "老年服务中心", "商贸有限公司"))
    return {
        "name": f"演示{word}{kind}",
        "address": f"示例县演示路{dice.number(1, 300)}号",
        "area_code": grid,
        "scope": dice.pick(ENTITY_SCOPES),
        "remarks": f"联系人{dice.pick(SURNAMES)}某某",
    }


def _match(diary: Diary) -> None:
    match_entities(diary.store, diary.actors[OFFICE])


def _verify(diary: Diary, dice: Dice) -> None:
    """Grid workers stand before the doors of what the comparison left open."""
    with diary.store.reading() as connection:
        query = select(entities.c.id, entities.c.version).where(entities.c.status == "to_verify")
        rows = connection.execute(query.order_by(entities.c.id)).all()
    for row in rows:
        if dice.chance(0.15):
            continue
        lives = dice.chance(0.3)
        note = "现场住有老人，收取床位费" if lives else "现场为办公室，未开展养老服务"
        verify_entity(diary.store, diary.actors[GRID], row.id, row.version, lives, note)


def places_of(diary: Diary) -> list[dict[str, Any]]:
    """The institutions that lie in an area, in order of their ids."""
    with diary.store.reading() as connection:
        query = select(institutions).where(
            institutions.c.deleted.is_(False), institutions.c.area_path.is_not(None)
        )
        return [dict(r) for r in connection.execute(query.order_by(institutions.c.id)).mappings()]
