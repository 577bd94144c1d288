"""How the layers of leads, dispositions and outreach look, and what they say in words.

The four colours of the tiers mean tiers and nothing else: leads are violet, dispositions plum,
outreach green. White is "none of it"; grey is what is not known or not kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from geo.atlas import Atlas
from geo.layers import ValueClass
from ledger.casework.by_area import Cases, CasesByArea
from ledger.casework.outreach_by_area import OutreachByArea, Reached
from ledger.domain.ledgers.outreach import STAGE
from pages._ui.map_legend import NONE, Look
from pages._views.map_view import LAYERS
from pages.situation.risk_map.map_picture import Picture

DONE, OPEN, OVERDUE = "done", "open", "overdue"
UNKNOWN, UNKEPT, NOT_REACHED, REACHED = "unknown", "unkept", "no", "yes"
_GREY = "#D3D8DF"
_STAGES = {stage.key: stage.label for stage in STAGE}


@dataclass(frozen=True)
class Words:
    """What a ledger's cases are called, and counted in."""

    name: str
    unit: str
    done: str


WORDS = {
    "leads": Words("线索", "条", "已全部办结"),
    "dispositions": Words("处置", "项", "已全部办结"),
}
_LEADS = {
    "11": ValueClass("#7A53A6", "11 条及以上"),
    "6": ValueClass("#A283C6", "6–10 条"),
    "3": ValueClass("#C4AFDD", "3–5 条"),
    "1": ValueClass("#E2D8EE", "1–2 条"),
    DONE: ValueClass("#F3EFF8", "已全部办结"),
    NONE: ValueClass("#FFFFFF", "没有线索", opacity=0.35),
}
_STEPS = (("11", 11), ("6", 6), ("3", 3), ("1", 1))
LEADS_LOOK = Look("未办结线索条数", _LEADS)
DISPOSITIONS_LOOK = Look(
    "处置办理到哪一步",
    {
        OVERDUE: ValueClass("#A65C97", "有超期"),
        OPEN: ValueClass("#DDBBD7", "有未办结，未超期"),
        DONE: ValueClass("#EFE3ED", "已全部办结"),
        NONE: ValueClass("#FFFFFF", "没有处置", opacity=0.35),
    },
)
# Of an earlier day nothing is known of overdue (`ledger.casework.by_area.CasesByArea`).
DISPOSITIONS_THEN_LOOK = Look(
    "当时有无未办结的处置",
    {
        OPEN: ValueClass("#DDBBD7", "有未办结"),
        **{key: DISPOSITIONS_LOOK.classes[key] for key in (DONE, NONE)},
    },
)
RATE_LOOK = Look(
    "已开展宣传的村(社区)占比",
    {
        "100": ValueClass("#3F7F93", "全部覆盖"),
        "80": ValueClass("#76A9B9", "80%及以上"),
        "50": ValueClass("#AFCFD9", "50%–79%"),
        "1": ValueClass("#DFECF0", "不足50%"),
        "0": ValueClass("#FFFFFF", "尚无村(社区)开展", opacity=0.35),
        UNKNOWN: ValueClass(_GREY, "暂无数据(没有村、社区)"),
    },
    UNKNOWN,
)
VILLAGE_LOOK = Look(
    "是否开展过宣传",
    {
        REACHED: ValueClass("#3F7F93", "已开展"),
        NOT_REACHED: ValueClass("#FFFFFF", "未开展", opacity=0.35),
    },
    NOT_REACHED,
)
UNKEPT_LOOK = Look("宣传覆盖", {UNKEPT: ValueClass(_GREY, "不按网格统计")}, UNKEPT)


# ---- leads and dispositions ---------------------------------------------------------------------


def class_of_cases(ledger: str, cases: Cases) -> str:
    """The class of an area with these cases."""
    if ledger == "dispositions" and cases.overdue:
        return OVERDUE
    if cases.open and ledger == "dispositions":
        return OPEN
    if cases.open:
        return next(key for key, least in _STEPS if cases.open >= least)
    return DONE if cases.total else NONE


def cases_words(ledger: str, cases: Cases, *, now: bool = True) -> str:
    """``未办结 5 条，其中超本地期限 2 条``: the cases of one area in words."""
    words = WORDS[ledger]
    if not cases.open:
        return words.done if cases.total else f"没有{words.name}"
    if not now:
        return f"未办结 {cases.open:,} {words.unit}"
    late = "没有超期" if cases.overdue == 0 else f"其中超本地期限 {cases.overdue} {words.unit}"
    return f"未办结 {cases.open:,} {words.unit}，{late}"


def sign_of_cases(ledger: str, cases: Cases) -> str:
    """The words written on the map under an area's name."""
    if not cases.open:
        return "已全部办结" if cases.total else ""
    late = f" · 超期 {cases.overdue}" if cases.overdue else ""
    return f"未办结 {cases.open}{late}"


def cases_said(found: CasesByArea) -> str:
    """The answer of a layer in words, after the name of the area."""
    words, here = WORDS[found.ledger], found.here
    if not here.open:
        return f"{words.name}{words.done}" if here.total else f"没有{words.name}"
    if found.on is not None:
        return f"未办结{words.name} {here.open:,} {words.unit}"
    late = "没有超期" if here.overdue == 0 else f"其中超本地期限 {here.overdue} {words.unit}"
    return f"未办结{words.name} {here.open:,} {words.unit}，{late}"


def cases_picture(found: CasesByArea, under: str | None) -> Picture:
    """The picture of leads or dispositions. An area without children is drawn itself."""
    ledger = found.ledger
    areas = areas_drawn(found, under)
    now = found.on is None
    look = LEADS_LOOK if ledger == "leads" else DISPOSITIONS_LOOK
    shows = f"{LAYERS[ledger]}：{look.title}" if ledger == "leads" else "处置：有无超期、未办结"
    if ledger == "dispositions" and not now:
        look, shows = DISPOSITIONS_THEN_LOOK, "处置：有无未办结"
    return Picture(
        look=look,
        shows=shows,
        values={code: class_of_cases(ledger, cases) for code, cases in areas.items()},
        notes={code: [cases_words(ledger, cases, now=now)] for code, cases in areas.items()},
        signs={code: sign_of_cases(ledger, cases) for code, cases in areas.items()},
        as_of=found.as_of,
    )


def areas_drawn(found: CasesByArea, under: str | None) -> Mapping[str, Cases]:
    """The areas of a view: the children, or the area itself where it has none."""
    return found.areas if found.areas or under is None else {under: found.here}


# ---- outreach -----------------------------------------------------------------------------------


def class_of_rate(reached: Reached) -> str:
    """The class of an area by the share of its villages that were reached."""
    if reached.share is None:
        return UNKNOWN
    if not reached.reached:
        return "0"
    share = int(100 * reached.reached / reached.villages)
    return next(key for key in ("100", "80", "50", "1") if share >= int(key) or key == "1")


def reached_words(reached: Reached, *, village: bool) -> str:
    """The outreach of one area in words."""
    held = f"宣传活动 {reached.held:,} 场" if reached.held else "没有宣传活动"
    if village:
        return f"已开展，{held}" if reached.reached else "未开展宣传"
    if reached.share is None:
        return f"没有村(社区)，{held}"
    return f"已开展 {reached.reached}/{reached.villages} 个村(社区)，{held}"


def sign_of_reached(reached: Reached, *, village: bool) -> str:
    """The words written on the map under an area's name."""
    if village:
        return f"已开展 {reached.held} 场" if reached.reached else "未开展"
    if reached.share is None:
        return "暂无数据"
    return f"覆盖 {reached.reached}/{reached.villages}"


def stage_words(reached: Reached) -> list[tuple[str | None, str, int]]:
    """Every stage with its activities (key, label, number); without a stage only if there are."""
    found: list[tuple[str | None, str, int]] = [
        (key, label, reached.activities.get(key, 0)) for key, label in _STAGES.items()
    ]
    unstaged = reached.activities.get(None, 0)
    return [*found, (None, "未注明阶段", unstaged)] if unstaged else found


def outreach_said(found: OutreachByArea) -> str:
    """The answer of the layer in words, after the name of the area."""
    here = found.here
    if not found.kept:
        held = f"宣传活动 {here.held:,} 场" if here.held else "没有宣传活动"
        return f"{held}。宣传覆盖按村(社区)统计，不分网格"
    if here.share is None:
        return f"没有村(社区)，算不出宣传覆盖；宣传活动 {here.held:,} 场"
    if here.villages == 1:
        return reached_words(here, village=True)
    return f"已开展宣传的村(社区) {here.reached}/{here.villages}，活动 {here.held:,} 场"


def outreach_picture(atlas: Atlas, found: OutreachByArea, under: str | None) -> Picture:
    """The picture of outreach: a share at the levels above villages, yes or no for villages."""
    areas = found.areas if found.areas or under is None else {under: found.here}
    if not found.kept:
        codes = list(areas)
        return Picture(
            look=UNKEPT_LOOK,
            shows="宣传覆盖：按村(社区)统计，不分网格",
            values=dict.fromkeys(codes, UNKEPT),
            notes={code: ["宣传覆盖不按网格统计"] for code in codes},
            signs={},
            as_of=found.as_of,
        )
    village = {code: atlas[code].level == "village" for code in areas}
    look = VILLAGE_LOOK if areas and all(village.values()) else RATE_LOOK
    values = {code: class_of_rate(one) for code, one in areas.items()}
    if look is VILLAGE_LOOK:
        values = {code: REACHED if one.reached else NOT_REACHED for code, one in areas.items()}
    return Picture(
        look=look,
        shows=f"宣传覆盖：{look.title}",
        values=values,
        notes={code: [reached_words(one, village=village[code])] for code, one in areas.items()},
        signs={code: sign_of_reached(one, village=village[code]) for code, one in areas.items()},
        as_of=found.as_of,
    )
