"""Hotspots in plain Chinese: notes on an answer, and the explanation of one area."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from geo.excess import FEWEST
from geo.hotspot_classes import HotKind, HotspotClass, MoranClass, Null
from geo.levels import LEVEL_LABELS
from ledger.domain.timing import clock
from ledger.domain.timing.comparing import Bases
from ledger.domain.timing.periods import Period
from ledger.reporting.statistics.answers import Answer
from ledger.reporting.statistics.requests import PEOPLE_LABELS

# Below which of these a probability lies is all that is said of it.
STEPS = (0.001, 0.01, 0.05, 0.1, 0.5, 1.0)
ABOUT = (
    "自身偏多：单看这个区域就远超其他区域；成片偏多：相邻的几个区域一起偏多，"
    "去掉最突出的一个仍然偏多；冷点：除去偏多的区域以后再看，仍明显偏少。"
)
# Of ten clusters of twice the usual, how many are found where areas differ by up to so much:
# ``python -m tests.bench.hotspot_methods``, four grounds. What the best test thinkable finds there
# stands in the guide (``tests/bench/hotspot_bounds.py``).
_FOUND_OF_TEN = ((0.1, "7至9"), (0.28, "5至9"), (0.43, "3至6"))
_FOUND_AT_MOST, _FOUND_IN_BUNCHES = "1至4", "3至9"
_NAMED = 3
Row = Mapping[Any, Any]


def null_words(answer: Answer) -> str:
    """What a map without hotspots would look like, as it was chosen by what was measured."""
    if answer.null is Null.SHUFFLED:
        return "假如各区域的比率随机互换位置"
    if answer.null is Null.POPULATION:
        return "假如件数只随人口多少随机落下"
    if answer.uneven.likelier_bunching:
        times = 1 + answer.uneven.bunching
        return f"假如件数成批发生、各区域互不相干(实测波动是随机落下的{times:.1f}倍)"
    variation = answer.uneven.differences**0.5
    return f"假如各区域本来就有多有少、互不相干(实测相差约{variation * 100:.0f}%)"


def missed_words(answer: Answer) -> str:
    """How many clusters such a map hides, in plain words; empty where it was not measured."""
    if answer.null is Null.SHUFFLED or len(answer.table) < FEWEST:
        return ""
    variation = answer.uneven.differences**0.5 if answer.null is Null.MEASURED else 0.0
    found = next((words for most, words in _FOUND_OF_TEN if variation <= most), _FOUND_AT_MOST)
    if answer.null is Null.MEASURED and answer.uneven.likelier_bunching:
        found = _FOUND_IN_BUNCHES
    return (
        f"比平常多一倍的成片偏多，这样的地图上每10片大约查出{found}片："
        "没有热点不等于没有问题，可以换更长的时段再看。"
    )


def found_words(answer: Answer) -> str:
    """What was found in a few words: "3 个区域自身偏多，2 片偏多(共 9 个区域)，没有冷点"."""
    hot, cold = answer.of_class(HotspotClass.HOT), answer.of_class(HotspotClass.COLD)
    if answer.null is Null.SHUFFLED:
        return f"{len(hot)} 个热点、{len(cold)} 个冷点" if hot or cold else "没有热点"
    own, clusters = answer.own_excess, answer.clusters
    parts = [f"{len(own)} 个区域自身偏多"] if own else []
    if clusters:
        parts.append(f"{len(clusters)} 片成片偏多(共 {sum(map(len, clusters.values()))} 个区域)")
    parts = parts or ["没有热点"]
    return "，".join([*parts, f"{len(cold)} 个冷点"] if cold else parts)


def class_words(row: Row) -> str:
    """What an area is said to be: "热点：自身偏多"."""
    kind, label = HotKind(str(row["hot_kind"])), HotspotClass(str(row["gi_class"])).label
    return f"{label}：{kind.label}" if kind.label else label


def period_words(period: Period) -> str:
    """A period as people say it: "近90天" when it ends today, else its label."""
    if period.kind == "span" and period.end == clock.today():
        return f"近{period.days}天"
    return period.label


def step_of(probability: float) -> float:
    """The step that a probability lies below; NaN for none."""
    if probability != probability:
        return float("nan")
    return next(step for step in STEPS if probability <= step)


def chance_words(probability: float) -> str:
    """How likely chance is: "小于1%"."""
    step = step_of(probability)
    if step != step:
        return "无法判断"
    if step < 1:
        return f"小于{step * 100:g}%"
    return "超过50%"


def explain(answer: Answer, code: str) -> tuple[str, ...]:
    """One area in sentences: its count against its people, its class, the change.

    Raises `KeyError` for a code that is not among the areas.
    """
    row: Row = answer.rows[code]
    lines = [_own(answer, row)]
    lines.append(_judged(answer, row))
    moran = _beside(row)
    if moran and not row["hot_kind"]:
        lines.append(moran)
    lines.append(_changed(row, answer.bases))
    joined = [answer.names[b] for a, b in answer.attached if a == code]
    if joined:
        lines.append(f"与其他区域不接壤，以距离最近的“{joined[0]}”作为相邻区域。")
    return tuple(lines)


def _own(answer: Answer, row: Row) -> str:
    said = f"{period_words(answer.request.period)}{count_text(row['count'])}件"
    expected = row["expected"]
    if pd.isna(expected):
        return f"{said}；没有{PEOPLE_LABELS[answer.request.people]}，不计算比率，也无法判断多少。"
    about = f"{expected:.0f}件左右" if expected >= 1 else "不到1件"
    return f"{said}，按人口应为{about}。"


def _judged(answer: Answer, row: Row) -> str:
    kind = HotspotClass(str(row["gi_class"]))
    if kind is HotspotClass.FEW:
        return (
            "数据太少，无法判断：没有人口数、没有相邻区域，或连同相邻区域的件数太少，"
            "多一件少一件都会改变结论。"
        )
    around = f"连同相邻的{row['neighbours']:.0f}个区域"
    if pd.isna(row["near_count"]):
        around += "一起看"
    else:
        around += f"共{row['near_count']:.0f}件，应为{row['near_expected']:.0f}件左右"
    chance = f"随机出现的可能性{chance_words(row['gi_p'])}"
    if kind is HotspotClass.NONE:
        asked = "去掉其中最突出的一个、" if _unlikely_together(answer, row) else ""
        return f"不显著：{around}，{chance}；{asked}各区域一并检验后，不能排除只是偶然。"
    if kind is HotspotClass.COLD:
        return f"冷点：{around}；除去偏多的区域以后，仍明显少于应有的件数。"
    return _hot(answer, row)


def _unlikely_together(answer: Answer, row: Row) -> bool:
    """Whether a zone has many cases by itself, and is no cluster by what is asked besides."""
    measured = answer.null is not Null.SHUFFLED and not pd.isna(row["near_count"])
    many = measured and row["near_count"] > row["near_expected"]
    return bool(many and step_of(row["gi_p"]) <= 0.05)


def _hot(answer: Answer, row: Row) -> str:
    """In what way an area is hot, and how far from chance."""
    kind = HotKind(str(row["hot_kind"]))
    reasons = []
    if kind in (HotKind.OWN, HotKind.BOTH):
        chance = chance_words(row["own_p"])
        reasons.append(f"单看本区域，件数已远超其他区域的水平，随机出现的可能性{chance}")
    middle = str(row["cluster"])
    if middle:
        zone = answer.rows[middle]
        counts = ""
        if not pd.isna(zone["near_count"]):
            counts = f"共{zone['near_count']:.0f}件，应为{zone['near_expected']:.0f}件左右，"
        reasons.append(
            f"以“{answer.names[middle]}”为中心的{zone['neighbours'] + 1:.0f}个相邻区域{counts}"
            f"随机出现的可能性{chance_words(zone['zone_p'])}，"
            "去掉其中最突出的一个仍然偏多"
        )
    elif kind is HotKind.CLUSTER:
        reasons.append(f"连同相邻区域一起偏多，随机出现的可能性{chance_words(row['gi_p'])}")
    return f"热点({kind.label})：{'；'.join(reasons)}。"


def _beside(row: Row) -> str:
    said = {
        MoranClass.HIGH_HIGH: "本区域和相邻区域都偏多。",
        MoranClass.LOW_LOW: "本区域和相邻区域都偏少。",
        MoranClass.HIGH_LOW: "本区域偏多，相邻区域偏少：问题可能出在本区域自身。",
        MoranClass.LOW_HIGH: "本区域偏少，相邻区域偏多：热点主要来自相邻区域。",
    }
    return said.get(MoranClass(str(row["moran_class"])), "")


def _changed(row: Row, bases: Bases) -> str:
    parts: list[str] = []
    now = row["count"]
    before = f"上期前{bases.days}天" if bases.days else "上期"
    for key, name in (("before", before), ("year_before", "去年同期")):
        earlier = row[key]
        if pd.isna(earlier):
            parts.append(f"{name}暂无数据")
            continue
        difference = ""
        if not isinstance(earlier, str) and not isinstance(now, str):
            more = int(now) - int(earlier)
            difference = f"({'增加' if more > 0 else '减少'}{abs(more)}件)" if more else "(持平)"
        parts.append(f"{name}{count_text(earlier)}件{difference}")
    return "，".join(parts) + "。"


def count_text(count: Any) -> str:
    """A count as people read it; in a paper, words may stand instead of it."""
    return count if isinstance(count, str) else f"{int(count):,}"


def notes(answer: Answer) -> tuple[str, ...]:
    """What a reader should know before trusting the picture; empty if there is nothing."""
    table, request = answer.table, answer.request
    said = list(answer.regions.changes)
    if request.period.end > clock.today():
        said.append(f"现在的数字只到今天；{answer.bases.words}")
    if not answer.total and not answer.remark:
        said.append(f"{period_words(request.period)}没有符合条件的数据")
    if len(table) == 1:
        said.append("只有一个区域，没有相邻区域可比，只列件数和比率")
    elif len(table) and (table["gi_class"] == HotspotClass.FEW).all():
        said.append("各区域数据都太少，无法判断热点；可以换更长的时段或更大的区域再看")
    people = table["population"]
    without = [answer.names[code] for code in people.index[~(people > 0)]]
    if without:
        said.append(
            f"{_listed(without)}没有{PEOPLE_LABELS[request.people]}，不参加比率和显著性计算，"
            "请系统管理员在区域数据中补上"
        )
    for name, number, words in (
        ("另有", answer.unplaced, f"没有落到{LEVEL_LABELS[request.level]}，未计入各区域"),
        ("另有", answer.later, "日期晚于今天，未计入，请核对登记日期"),
        ("其中", answer.shared, "登记在拆分前的区域，按人口分摊到今天的区域"),
    ):
        if number:
            said.append(f"{name}{count_text(number)}件{words}")
    if FEWEST > len(table) > 1 and answer.request.null is Null.MEASURED:
        said.append(f"不足{FEWEST}个区域，量不出各区域本来有多大差别，只与按人口随机落下相比")
    if answer.attached:
        pairs = [
            f"{answer.names[island]}(与{answer.names[nearest]})"
            for island, nearest in answer.attached
        ]
        said.append(f"不与任何区域接壤、改与最近区域相邻的：{_listed(pairs)}")
    if answer.remark:
        said.append(answer.remark)
    return tuple(said)


def _listed(names: list[str]) -> str:
    more = f"等{len(names)}个区域" if len(names) > _NAMED else ""
    return "、".join(names[:_NAMED]) + more
