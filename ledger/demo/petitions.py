"""The petitions of the played campaign: 18 months under every clock, with planted clusters.

Planted in the sample's county, so that the hotspot analysis can find them:

- `HOT`: villages with clearly more petitions than their population over the whole time, and their
  neighbours with somewhat more: 苡溪村 (990101101208, 乙岚镇) and 璇台社区 (990101002003,
  丁澜街道).
- `EMERGING`: 岫坡村 (990101100213, 甲云镇) was like all others until `EMERGED_DAYS` before the end;
  since then petitions about 集资融资 come from it and, fewer, from its neighbours.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from geo.atlas import Atlas
from ledger.demo.diary import Case, Diary, Dice
from ledger.demo.texts import (
    ANSWERS,
    ELDER_CARE,
    EXTENSIONS,
    FIELD_SHARES,
    MATTERS,
    OFFICIALS,
    REFUSALS,
    SURNAMES,
    UNITS,
)
from ledger.domain.access import Role

HOT = ("990101101208", "990101002003")
EMERGING = "990101100213"
EMERGED_DAYS = 75
HOT_FACTOR, NEAR_FACTOR = 7.0, 2.0
EMERGED_SHARE = 0.02  # of all petitions, two thirds of them in the village itself
FORGOTTEN = 3  # online ones of the last weeks that nobody has looked at
OFFICE, VILLAGE, LEADER = Role.OFFICE_STAFF, Role.VILLAGE_STAFF, Role.LEADER
_CHANNELS = {"letter": 0.15, "visit": 0.25, "online": 0.35, "phone": 0.22, "fax": 0.03}
_KINDS = {"request": 0.70, "suggestion": 0.15, "report": 0.15}
_HEARINGS = {"ask_review": "review_hearing", "ask_re_review": "rereview_hearing"}
_RATINGS = {"satisfied": 0.6, "basic": 0.28, "dissatisfied": 0.12}


def plan_petitions(diary: Diary, dice: Dice, atlas: Atlas, count: int) -> list[Case]:
    """Write the whole way of ``count`` petitions into the diary."""
    weights = _village_weights(atlas)
    villages = list(weights)
    shares = [weights[code] / sum(weights.values()) for code in villages]
    chosen = dice.rng.choice(len(villages), size=count, p=shares)
    days = [_registration_day(diary, dice) for _ in range(count)]
    places = [villages[at] for at in chosen]
    emerging = _emerging(dice, atlas, round(count * EMERGED_SHARE))
    for at, code in enumerate(emerging):
        places[at] = code
        days[at] = diary.end - timedelta(days=dice.number(3, EMERGED_DAYS))
    days = [min(day, diary.last_day) for day in days]
    fresh = set(range(len(emerging)))
    cases: list[Case] = []
    forgotten = 0
    earlier: dict[tuple[str, str], list[tuple[date, Case]]] = {}
    for at in sorted(range(count), key=lambda one: days[one]):
        field = "finance" if at in fresh else dice.weighted(FIELD_SHARES)
        before = earlier.setdefault((places[at], field), [])
        case = Case("petitions", _values(dice, days[at], places[at], field))
        old = [one for on, one in before if on <= days[at] - timedelta(days=20)]
        if old and dice.chance(0.16):
            first = dice.pick(old)
            case.values |= {"repeat": True, "earlier": first, "matter": first.values["matter"]}
        before.append((days[at], case))
        lies = days[at] > diary.end - timedelta(days=40) and case.values["channel"] == "online"
        if lies and forgotten < FORGOTTEN:
            forgotten += 1
            diary.register(days[at], OFFICE, case)
        else:
            _plan(diary, dice, case, days[at])
        cases.append(case)
    return cases


def _village_weights(atlas: Atlas) -> dict[str, float]:
    weights = {code: float(atlas[code].population or 1) for code in atlas.codes("village")}
    for hot in HOT:
        if hot in weights:
            weights[hot] *= HOT_FACTOR
            for area in atlas.neighbours(hot):
                weights[area.code] *= NEAR_FACTOR
    return weights


def _emerging(dice: Dice, atlas: Atlas, count: int) -> list[str]:
    if EMERGING not in atlas:
        return []
    near = [area.code for area in atlas.neighbours(EMERGING)]
    return [EMERGING if at % 3 else dice.pick(near) for at in range(count)]


def _registration_day(diary: Diary, dice: Dice) -> date:
    """Somewhat more come in as the campaign becomes known."""
    length = (diary.end - diary.start).days
    return diary.start + timedelta(days=int(length * dice.rng.random() ** 0.9))


def _values(dice: Dice, day: date, code: str, field: str) -> dict[str, Any]:
    matter, channel = dice.pick(MATTERS[field]), dice.weighted(_CHANNELS)
    collective = channel == "visit" and dice.chance(0.12)
    values: dict[str, Any] = {
        "registered_on": day,
        "matter": matter,
        "kind": dice.weighted(_KINDS),
        "channel": channel,
        "repeat": False,
        "people": dice.number(5, 30) if collective else dice.number(1, 3),
        "field": field,
        "elder_care": any(word in matter for word in ELDER_CARE),
        "area_code": code,
        "petitioner": f"{dice.pick(SURNAMES)}某某",
        "petitioner_phone": f"000-{dice.number(10_000_000, 99_999_999)}",
    }
    if dice.chance(0.3):
        values["contact_slip_on"] = day
    return values


def _plan(diary: Diary, dice: Dice, case: Case, day: date) -> None:
    # Who is on duty depends on the day: mostly the office, else a village or a grid worker.
    on_duty = {3: VILLAGE, 12: VILLAGE, 21: Role.GRID_WORKER}
    day = diary.register(day, on_duty.get(diary.office_day(day).day, OFFICE), case)
    # Some are answered for a first time, or checked by the village, on their own.
    if case.values["channel"] == "online" and day.day % 3 == 0:
        diary.step(day, OFFICE, case, "respond", {"responded_on": day})
    elif "contact_slip_on" in case.values and day.day % 3 == 1:
        diary.step(day, OFFICE, case, "check", {"village_checked_on": day})
    received = day
    if dice.chance(0.72):
        day = received = _transferred(diary, dice, case, day)
    if dice.chance(0.05):
        _refused(diary, dice, case, day)
        return
    day = _accepted(diary, dice, case, received)
    if _forgotten(diary, dice, day):
        return
    day = _answered(diary, dice, case, day)
    _after_answer(diary, dice, case, day)


def _forgotten(diary: Diary, dice: Dice, day: date) -> bool:
    """A few of the newer ones lie about: those are what is overdue today."""
    return day > diary.end - timedelta(days=120) and dice.chance(0.08)


def _transferred(diary: Diary, dice: Dice, case: Case, day: date) -> date:
    day = diary.office_day(day + timedelta(days=dice.delay((0, 8), (16, 24), 0.05)))

    def values(on: date) -> dict[str, Any]:
        return {
            "responsible_unit": dice.pick(UNITS),
            "transferred_on": on,
            "received_on": on,
            "lead_official": dice.pick(OFFICIALS) if case.values["people"] >= 5 else None,
        }

    day = diary.step(day, OFFICE, case, "transfer", values(day))
    if dice.chance(0.03):
        day = diary.step(
            day + timedelta(days=dice.number(1, 5)),
            VILLAGE,
            case,
            "object",
            reason="不属本单位职权",
        )
        again = diary.office_day(day + timedelta(days=2))
        day = diary.step(again, OFFICE, case, "transfer", values(again))
    return day


def _refused(diary: Diary, dice: Dice, case: Case, day: date) -> None:
    on = diary.office_day(day + timedelta(days=dice.number(2, 12)))
    on = diary.step(
        on, OFFICE, case, "refuse", {"acceptance_told_on": on}, reason=dice.pick(REFUSALS)
    )
    diary.step(on + timedelta(days=dice.number(3, 20)), OFFICE, case, "close")


def _accepted(diary: Diary, dice: Dice, case: Case, day: date) -> date:
    usual = (0, 3) if case.values["channel"] == "online" else (2, 12)
    on = diary.office_day(day + timedelta(days=dice.delay(usual, (17, 28), 0.05)))
    told = dice.chance(0.6)
    values: dict[str, Any] = {"accepted_on": on}
    if case.values["kind"] == "request":
        values["way"] = _way(dice, case.values["field"])
    accepted = diary.step(
        on, OFFICE, case, "accept", values | ({"acceptance_told_on": on} if told else {})
    )
    if not told or "contact_slip_on" in case.values:
        on = diary.office_day(accepted + timedelta(days=dice.number(1, 4)))
        slip = case.values.get("contact_slip_on")
        values = {"acceptance_told_on": on, "responded_on": on}
        if slip is not None and dice.chance(0.9):
            checked = slip + timedelta(days=dice.delay((0, 1), (2, 6), 0.2))
            values["village_checked_on"] = min(checked, on)
        case.notes["told_on"] = diary.step(on, VILLAGE, case, "tell", values)
    return accepted


def _way(dice: Dice, field: str) -> str:
    """Article 31: what belongs to courts goes there, a few others to arbitration or review."""
    if field == "justice":
        return "court"
    if field == "labour" and dice.chance(0.1):
        return "arbitration"
    return "administrative" if dice.chance(0.03) else "opinion"


def _answered(diary: Diary, dice: Dice, case: Case, accepted: date) -> date:
    extended = case.values["kind"] == "request" and dice.chance(0.06)
    extended = extended and case.values.get("way", "opinion") == "opinion"
    if extended:
        diary.step(
            accepted + timedelta(days=dice.number(35, 55)),
            LEADER,
            case,
            "extend",
            {"extension_days": dice.pick((15, 30)), "extension_approved_by": dice.pick(OFFICIALS)},
            reason=EXTENSIONS,
        )
    online = case.values["channel"] == "online"
    usual = (62, 80) if extended else (2, 9) if online else (6, 55)
    day = accepted + timedelta(days=dice.delay(usual, (66, 100), 0.06))
    day = diary.office_day(max(day, case.notes.get("told_on", accepted) + timedelta(days=1)))
    return diary.step(
        day, OFFICE, case, "answer", {"answer": dice.pick(ANSWERS), "finished_on": day}
    )


def _after_answer(diary: Diary, dice: Dice, case: Case, day: date) -> None:
    if case.values["kind"] == "request" and dice.chance(0.05):
        day = _reviewed(diary, dice, case, day, "ask_review", "review")
        if dice.chance(0.4):
            day = _reviewed(diary, dice, case, day, "ask_re_review", "re_review")
    if dice.chance(0.65):
        rating = {"rating": dice.weighted(_RATINGS)}
        day = diary.step(day + timedelta(days=dice.number(2, 10)), OFFICE, case, "rate", rating)
    day = diary.step(day + timedelta(days=dice.number(3, 25)), OFFICE, case, "close")
    if dice.chance(0.01):
        day = diary.step(
            day + timedelta(days=dice.number(5, 40)), LEADER, case, "reopen", reason="出现新情况"
        )
        day = diary.step(
            day + timedelta(days=10), OFFICE, case, "answer", {"answer": dice.pick(ANSWERS)}
        )
        diary.step(day + timedelta(days=10), OFFICE, case, "close")


def _reviewed(diary: Diary, dice: Dice, case: Case, day: date, ask: str, give: str) -> date:
    """Somebody asks for a review within 30 days; a few opinions come late."""
    day = diary.step(day + timedelta(days=dice.number(4, 26)), OFFICE, case, ask)
    heard = diary.office_day(day + timedelta(days=2))
    hearing = {f"{_HEARINGS[ask]}_from": heard, f"{_HEARINGS[ask]}_to": heard}
    diary.step(heard, OFFICE, case, f"hear_{give}", hearing)
    later = day + timedelta(days=dice.delay((8, 28), (36, 50), 0.2))
    return diary.step(later, OFFICE, case, give, {"answer": dice.pick(ANSWERS)})
