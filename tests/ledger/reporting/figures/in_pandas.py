"""The figures once more, from exported tables alone, in plain pandas: another reading of the same
definitions, sharing no code with `ledger.reporting.figures` and none of its computed columns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from io import BytesIO

import chinese_calendar
import pandas as pd
from sqlalchemy import text

from ledger.domain.access import SYSTEM
from ledger.exchange.writing.exports import export
from ledger.records.query import Selection
from ledger.storage import Store

# numerator and denominator; a count is its own denominator
Expected = dict[str, tuple[float, float]]
OPEN_STATES = ("已登记", "已转送交办", "已受理")
SECOND = pd.Timedelta(seconds=1)


@dataclass(frozen=True)
class Tables:
    """Exported ledgers with their Chinese headers, and the history of tiers."""

    petitions: pd.DataFrame
    leads: pd.DataFrame
    dispositions: pd.DataFrame
    inspections: pd.DataFrame
    institutions: pd.DataFrame
    assessments: pd.DataFrame


def read_tables(store: Store) -> Tables:
    """Everything, as an export hands it out."""
    history = "SELECT record_id, id, at, tier, override FROM assessments"
    with store.reading() as connection:
        assessments = pd.read_sql(text(history), connection)
        numbers = pd.read_sql(text("SELECT id AS record_id, number FROM institutions"), connection)
    assessments = assessments.merge(numbers, on="record_id")
    utc = pd.to_datetime(assessments["at"], utc=True, format="ISO8601").dt.tz_localize(None)
    assessments["at"] = utc + pd.Timedelta(hours=8)
    keys = ("petitions", "leads", "dispositions", "inspections", "institutions")
    return Tables(*(_exported(store, key) for key in keys), assessments)


def _exported(store: Store, key: str) -> pd.DataFrame:
    content = export(store, SYSTEM, key, Selection(), "csv").content
    table = pd.read_csv(BytesIO(content), dtype=str, keep_default_na=False, encoding="utf-8-sig")
    table.columns = table.columns.str.removesuffix("(元)")
    for column in table:
        # Moments are written as the office's clock shows them.
        if str(column).endswith(("日期", "时间", "期限")):
            table[column] = pd.to_datetime(table[column], format="mixed")
    return table


def due_after(day: pd.Timestamp, days: int) -> pd.Timestamp:
    """So many calendar days later, on the next working day if that one is off."""
    end = day + pd.Timedelta(days=days)
    while not _works(end.date()):
        end += pd.Timedelta(days=1)
    return end


@cache
def _works(day: date) -> bool:
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


def petition_figures(p: pd.DataFrame, start: date, end: date, today: date) -> Expected:
    """Every figure of the petitions' ledger."""
    first, last, now = (pd.Timestamp(day) for day in (start, end, today))
    came = p[p["登记日期"].between(first, last)]
    answered = p[p["答复日期"].between(first, last)]
    people = pd.to_numeric(came["人数"])
    found: Expected = {
        "petitions_registered": _count(came),
        "petition_people": (people.sum(), people.notna().sum()),
        "collective_visits": _count(came[(came["信访渠道"] == "来访") & (people >= 5)]),
        "petitions_finished": _count(answered),
        "repeat_rate": (sum(came["是否重访"] == "是"), len(came)),
        "participation": (sum(answered["群众评价"] != ""), len(answered)),
        "satisfaction": (
            answered["群众评价"].isin(["满意", "基本满意"]).sum(),
            sum(answered["群众评价"] != ""),
        ),
        "overdue_petitions_legal": _count(p[p["最近法定期限"] < now]),
        "overdue_petitions_local": _count(p[(p["最近期限"] < now) & ~(p["最近法定期限"] < now)]),
        "first_time_resolution": _resolution(p, answered),
        "timely_acceptance": _acceptance(p, first, last, now),
        "on_time_reply": _reply(p, first, last, now),
        "backlog_resolution": _backlog(p, first, last),
    }
    for name, column in (("channel_share", "信访渠道"), ("field_share", "所属领域")):
        found |= _shares(name, came[column])
    for name, since, until in (
        ("days_to_transfer", "登记日期", "转送交办日期"),
        ("days_to_acceptance", "登记日期", "受理告知日期"),
        ("days_to_reply", "受理日期", "答复日期"),
        ("days_in_all", "登记日期", "答复日期"),
    ):
        found[name] = _days(answered[until] - answered[since])
    return found


def other_figures(t: Tables, start: date, end: date, today: date, round_number: int) -> Expected:
    """Every figure of the other ledgers."""
    first, last, now = (pd.Timestamp(day) for day in (start, end, today))
    homes, visits, leads, done = t.institutions, t.inspections, t.leads, t.dispositions
    made = visits[visits["走访日期"].between(first, last)]
    entered = visits[visits["走访结果"] != "拒绝检查"]
    seen = set(made[made["走访结果"] != "拒绝检查"]["机构编号"])
    in_round = set(entered[entered["排查轮次"] == str(round_number)]["机构编号"])
    came = leads[leads["登记时间"].between(first, last + pd.Timedelta(days=1) - SECOND)]
    judged = came[came["核查结论"] != ""]
    refunds = done[done["立项日期"].between(first, last) & (done["处置措施"] == "督促清退资金")]
    owed, paid = (_money(refunds[name]) for name in ("应清退金额", "已清退金额"))
    found: Expected = {
        "inspection_coverage": (homes["编号"].isin(in_round).sum(), len(homes)),
        "institutions_visited": (homes["编号"].isin(seen).sum(), len(homes)),
        "inspections_made": _count(made),
        "problems_found": (
            sum(made["走访结果"] == "发现问题"),
            sum(made["走访结果"] != "拒绝检查"),
        ),
        "leads_registered": _count(came),
        "leads_true": (judged["核查结论"].isin(["属实", "部分属实"]).sum(), len(judged)),
        "dispositions_opened": _count(done[done["立项日期"].between(first, last)]),
        "dispositions_closed": _count(done[done["销号日期"].between(first, last)]),
        "refund_due": (owed.sum(), owed.notna().sum()),
        "refunded": (paid.sum(), paid.notna().sum()),
        "refund_rate": (paid[owed.notna()].sum(), owed.sum()),
        **_shares("lead_source_share", came["线索来源"]),
        **_shares("lead_finding_share", came["核查结论"]),
        **_tiers(t, start, min(end, today)),
    }
    for key, table in (("leads", leads), ("dispositions", done), ("inspections", visits)):
        found[f"overdue_{key}"] = _count(table[table["最近期限"] < now])
    found["overdue_institutions"] = _count(homes[homes["下次走访期限"] < now])
    for name, table, since, until in (
        ("days_to_verify", leads, "登记时间", "核查完成日期"),
        ("days_to_answer_lead", leads, "核查完成日期", "反馈日期"),
        ("days_to_plan", done, "立项日期", "方案确定日期"),
        ("days_to_close", done, "立项日期", "销号日期"),
    ):
        ended = table[table[until].between(first, last)]
        found[name] = _days(ended[until] - ended[since].dt.normalize())
    return found


def _count(rows: pd.DataFrame) -> tuple[float, float]:
    return len(rows), len(rows)


def _shares(name: str, column: pd.Series) -> Expected:
    """By label; the test knows which part of a figure bears which label."""
    return {
        f"{name}:{label}": (number, len(column)) for label, number in column.value_counts().items()
    }


def _days(spans: pd.Series) -> tuple[float, float]:
    days = spans.dropna().dt.days
    return int(days.sum()), len(days)


def _money(column: pd.Series) -> pd.Series:
    return pd.to_numeric(column.str.replace(",", ""))


def _acceptance(
    p: pd.DataFrame, first: pd.Timestamp, last: pd.Timestamp, now: pd.Timestamp
) -> tuple[float, float]:
    since = p["责任单位收到日期"].fillna(p["登记日期"])
    told = p[["受理告知日期", "答复日期"]].min(axis=1)  # the answer in writing tells it too
    due = since.map(lambda day: due_after(day, 15))
    suspended = p["提出异议日期"].notna() & p["转送交办日期"].isna() & told.isna()
    unanswered = p["办理状态"].isin(OPEN_STATES) | told.notna()
    # What was answered untold, and reopened, owes the telling no longer.
    owed = p["重新办理日期"].isna() | p["受理告知日期"].notna()
    asked = due.between(first, last) & (due < now) & ~suspended & unanswered & owed
    return (asked & (told <= due)).sum(), asked.sum()


def _reply(
    p: pd.DataFrame, first: pd.Timestamp, last: pd.Timestamp, now: pd.Timestamp
) -> tuple[float, float]:
    by_opinion = (p["办理途径"] == "信访处理意见") | (
        (p["办理途径"] == "") & (p["所属领域"] != "涉法涉诉")
    )
    requests = p[p["事项类别"].isin(["申诉求决", ""]) & p["受理日期"].notna() & by_opinion]

    def due(row: pd.Series) -> pd.Timestamp:
        # What is reopened is accepted anew on that day.
        since = row["受理日期"] if pd.isna(row["重新办理日期"]) else row["重新办理日期"]
        plain = due_after(since, 60)
        more = int(row["延期天数"] or 0)
        approved = more > 0 and row["延期批准日期"] <= plain
        return due_after(since, 60 + min(more, 30)) if approved else plain

    if requests.empty:
        return 0, 0
    ends = requests.apply(due, axis=1)
    asked = ends.between(first, last) & (ends < now)
    return (asked & (requests["答复日期"] <= ends)).sum(), asked.sum()


def _resolution(p: pd.DataFrame, answered: pd.DataFrame) -> tuple[float, float]:
    followers = p[p["前次事项编号"] != ""].groupby("前次事项编号")["编号"].apply(list).to_dict()
    day_of = p.set_index("编号")["登记日期"]

    def came_back(row: pd.Series) -> bool:
        waiting, after = list(followers.get(row["编号"], [])), set[str]()
        while waiting:
            number = waiting.pop()
            if number not in after:
                after.add(number)
                waiting += followers.get(number, [])
        until = row["答复日期"] + timedelta(days=180)
        later = [day_of[number] for number in after]
        first = min((day for day in later if day >= row["答复日期"]), default=None)
        return first is not None and first <= until

    firsts = answered[(answered["事项类别"] == "申诉求决") & (answered["是否重访"] == "否")]
    returned = sum(came_back(row) for _, row in firsts.iterrows())
    return len(firsts) - returned, len(firsts)


def _backlog(p: pd.DataFrame, first: pd.Timestamp, last: pd.Timestamp) -> tuple[float, float]:
    old = p[p["登记日期"] <= first - pd.Timedelta(days=90)]
    still = old["答复日期"].isna() & old["办理状态"].isin(OPEN_STATES)
    waiting = old[still | (old["答复日期"] >= first)]
    return waiting["答复日期"].between(first, last).sum(), len(waiting)


def _tiers(t: Tables, start: date, end: date) -> Expected:
    history = t.assessments[t.assessments["number"].isin(t.institutions["编号"])].sort_values("id")
    history = history.assign(tier=history["override"].fillna(history["tier"]))

    def standing(day: date) -> pd.Series:
        until = history[history["at"] < pd.Timestamp(day) + pd.Timedelta(days=1)]
        return until.groupby("number")["tier"].agg(lambda tiers: tiers.iloc[-1])

    now, then = standing(end), standing(start - timedelta(days=1))
    both = pd.DataFrame({"then": then, "now": now.reindex(then.index)})
    appeared = history.groupby("number")["at"].min()
    fresh = appeared.between(pd.Timestamp(start), pd.Timestamp(end) + pd.Timedelta(days=1) - SECOND)

    def count(mask: pd.Series) -> tuple[float, float]:
        return mask.sum(), mask.sum()

    return {
        **{f"tier_{tier}": count(now == tier) for tier in (1, 2, 3, 4)},
        "tier_none": count(now.isna()),
        "tier_rose": count(both["now"] > both["then"]),
        "tier_fell": count(both["now"] < both["then"]),
        "tier_decided": count(both["then"].isna() & both["now"].notna()),
        "tier_new": count(fresh),
    }
