"""A view survives its way through the address bar; hostile addresses get words, not tracebacks."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from urllib.parse import parse_qs, urlencode

import geopandas as gpd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.atlas import Atlas
from ledger.domain.access import SYSTEM, Actor, Role
from ledger.domain.columns import Column, ColumnType, Ledger
from ledger.domain.ledgers import INSTITUTIONS, PETITIONS
from ledger.records.query import PAGE_SIZES, Condition, Selection
from pages._views.address import SECTIONS, View, read_address, write_address
from pages._views.condition_parameters import NOTHING, operators_of
from pages._views.filters_in_words import selection_words
from tests.ledger.conftest import EAST, TREE, WEST

FRAME = gpd.GeoDataFrame(
    [
        {"code": code, "name": name, "level": level, "parent_code": parent}
        for code, name, level, parent, _ in TREE
    ],
    geometry=[shapely.box(*row[4]) for row in TREE],
    crs="EPSG:4326",
)
ATLAS = Atlas.from_frame(FRAME)
CLERK = Actor("jingban", Role.OFFICE_STAFF, WEST, ATLAS[WEST].path)
# One column of every way of filtering, beyond what institutions have.
LEDGER = Ledger(
    key="trial",
    label="试验台账",
    prefix="SY",
    columns=(
        *INSTITUTIONS.columns,
        Column("opened_on", "成立日期", ColumnType.DATE),
        Column("told_at", "告知时间", ColumnType.MOMENT),
        Column("elder", "老人姓名", sensitivity="protected"),
    ),
)

OPEN = [column for column in LEDGER.columns if column.sensitivity != "protected"]

words = st.text(st.characters(min_codepoint=32, exclude_categories=["Cs"]), max_size=40)
searches = words.map(lambda text: " ".join(text.split()))


def _values(column: Column, operator: str) -> st.SearchStrategy[object]:
    if operator in {"blank", "not_blank"}:
        return st.none()
    if operator == "contains":
        return words.map(str.strip).filter(bool)
    if column.type is ColumnType.TRI:
        one: st.SearchStrategy[object] = st.sampled_from([True, False, None])
    elif column.type is ColumnType.CHOICE:
        one = st.sampled_from([*(choice.key for choice in column.choices), None])
    elif column.type is ColumnType.DATE:
        return st.dates(date(1000, 1, 1))
    elif column.type is ColumnType.MOMENT:
        minutes = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1))
        return minutes.map(lambda at: at.replace(second=0, microsecond=0, tzinfo=UTC))
    elif column.type is ColumnType.INTEGER:
        return st.integers(0, int(column.maximum or 1000))
    else:
        low, high = (-90, 90) if column.minimum is None else (0, 1200)
        return st.floats(low, high).map(lambda number: round(number, 2))
    return st.lists(one, min_size=1, max_size=4, unique=True).map(tuple)


@st.composite
def conditions(draw: st.DrawFn) -> tuple[Condition, ...]:
    """At most one condition a column and operator, in any order."""
    pairs = [(column, operator) for column in OPEN for operator in operators_of(column)]
    chosen = draw(
        st.lists(st.sampled_from(pairs), max_size=8, unique_by=lambda p: (p[0].key, p[1]))
    )
    return tuple(Condition(c.key, o, draw(_values(c, o))) for c, o in chosen)


views = st.builds(
    View,
    st.builds(
        Selection,
        text=searches,
        conditions=conditions(),
        area_path=st.sampled_from([None, *(area.path for area in ATLAS)]),
        sort=st.lists(
            st.tuples(st.sampled_from([c.key for c in OPEN]), st.booleans()),
            min_size=1,
            max_size=3,
            unique_by=lambda pair: pair[0],
        ).map(tuple),
        deleted=st.booleans(),
    ),
    st.integers(1, 10**9),
    st.sampled_from(PAGE_SIZES),
    st.none() | st.integers(1, 10**9),
).flatmap(
    lambda view: st.sampled_from(["", *SECTIONS] if view.record else [""]).map(
        lambda section: replace(view, section=section)
    )
)


@given(views)
def test_a_view_comes_back_from_its_address_as_it_was(view: View) -> None:
    query = urlencode(write_address(view), doseq=True)
    read, problems = read_address(LEDGER, ATLAS, SYSTEM, parse_qs(query))
    assert problems == ()
    assert read == view


@given(
    st.dictionaries(
        st.text(max_size=20)
        | st.sampled_from(
            [
                "q",
                "area",
                "sort",
                "page",
                "size",
                "record",
                "tab",
                "bin",
                "tier.in",
                "beds.ge",
                "opened_on.le",
                "name.contains",
                "name.in",
                "no_such.eq",
                "custody.in",
                "beds.",
            ]
        ),
        st.lists(st.text(max_size=300), max_size=4),
        max_size=6,
    )
)
def test_no_address_at_all_makes_the_page_fail(params: dict[str, list[str]]) -> None:
    view, problems = read_address(LEDGER, ATLAS, CLERK, params)
    assert all(
        "“" in problem or "只" in problem or "最多" in problem or "字符" in problem
        for problem in problems
    ), problems
    assert read_address(LEDGER, ATLAS, CLERK, write_address(view))[0] == view
    selection_words(LEDGER, ATLAS, view.selection)


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"no_such.in": ["1"]}, "没有名为“no_such”的列"),
        ({"elder.contains": ["张"]}, "没有名为“elder”的列"),
        ({"sort": ["-elder"]}, "不能按“elder”排序"),
        ({"beds.eq": ["5"]}, "“床位数”列不能按“eq”筛选"),
        ({"name.delete": ["x"]}, "“机构名称”列不能按“delete”筛选"),
        ({"tier.in": ["5"]}, "“5”不在可选项内"),
        ({"custody.in": ["maybe"]}, "“maybe”无法识别"),
        ({"beds.ge": ["many"]}, "“many”不是数字"),
        ({"beds.ge": ["nan"]}, "不是数字"),
        ({"beds.ge": ["1e400"]}, "数字无效"),
        ({"lon.ge": ["181"]}, "超出范围"),
        ({"opened_on.ge": ["2026-02-31"]}, "不是日期"),
        ({"name.contains": ["x" * 201]}, "过长，最多200字"),
        ({"q": ["a\x00b"]}, "搜索词含有无法识别的字符"),
        ({"q": ["\ud800"]}, "搜索词含有无法识别的字符"),
        ({"area": ["nowhere"]}, "没有代码为“nowhere”的区域"),
        ({"area": [EAST]}, "不在您的辖区内"),
        ({"sort": ["password"]}, "不能按“password”排序"),
        ({"page": ["-1"]}, "页码“-1”不是正整数"),
        ({"page": ["9" * 30]}, "不是正整数"),
        ({"size": ["7"]}, "每页条数只能是20、50、100、200"),
        ({"record": ["1 or 1=1"]}, "不是正整数"),
    ],
)
def test_what_cannot_be_followed_is_named_and_left_out(
    params: dict[str, list[str]], said: str
) -> None:
    view, problems = read_address(LEDGER, ATLAS, CLERK, params)
    assert len(problems) == 1
    assert said in problems[0]
    assert view == View()


def test_an_unknown_section_of_a_record_is_named_and_the_record_opens() -> None:
    view, problems = read_address(LEDGER, ATLAS, CLERK, {"record": ["3"], "tab": ["no_such"]})
    assert view == View(record=3)
    assert "记录没有名为“no_such”的一栏" in problems[0]


def test_another_selection_starts_on_its_first_page() -> None:
    view = View(page=7, record=3, size=20)
    moved = view.with_selection(replace(view.selection, text="松鹤"))
    assert (moved.page, moved.record, moved.size) == (1, None, 20)


def test_a_selection_reads_as_people_say_it() -> None:
    selection = Selection(
        text="松鹤",
        area_path=ATLAS[WEST].path,
        conditions=(
            Condition("tier", "in", ("4", None)),
            Condition("beds", "ge", 50),
            Condition("custody", "in", (None, True)),
            Condition("remarks", "blank"),
            Condition("address", "contains", "示例路"),
        ),
        sort=(("beds", True),),
    )
    assert selection_words(LEDGER, ATLAS, selection) == [
        "搜索“松鹤”",
        "区域：甲云镇",
        "风险等级：四类、待研判",
        "床位数 ≥ 50张",
        "资金存管：不详、是",
        "备注空白",
        "地址含“示例路”",
        "按床位数从大到小",
    ]


@pytest.mark.parametrize("which", ["overdue", "legal", "local", "soon"])
def test_what_is_overdue_stays_relative_in_the_address(which: str) -> None:
    """A link sent yesterday lists what is overdue today: no day stands in it."""
    selection = Selection(conditions=(Condition("due", "set", which),))
    params = write_address(View(selection))
    assert params == {"due": [which]}
    assert read_address(PETITIONS, ATLAS, CLERK, params) == (View(selection), ())


def test_an_unknown_relative_filter_is_told() -> None:
    view, problems = read_address(PETITIONS, ATLAS, CLERK, {"due": ["yesterday"]})
    assert view.selection.conditions == ()
    assert "期限只能按这些筛选" in problems[0]


def test_two_lists_on_one_column_mean_the_values_that_both_hold() -> None:
    rated = Selection(conditions=(Condition("tier", "in", ("1", "2", "3")),))
    narrowed = rated.also(Condition("tier", "in", ("3", "4")))
    assert narrowed.conditions == (Condition("tier", "in", ("3",)),)
    view, problems = read_address(LEDGER, ATLAS, CLERK, write_address(View(narrowed)))
    assert problems == ()
    assert view.selection == narrowed


def test_two_lists_without_a_value_in_common_find_nothing() -> None:
    nothing = Selection(
        conditions=(Condition("tier", "in", ("1",)), Condition("tier", "in", ("4", None)))
    )
    params = write_address(View(nothing))
    assert params == {"tier.in": [NOTHING]}
    view, problems = read_address(LEDGER, ATLAS, CLERK, params)
    assert problems == ()
    assert view.selection.conditions == (Condition("tier", "in", ()),)


def test_a_reference_is_looked_for_as_it_is_not_as_a_part() -> None:
    """YL-001 is a part of YL-0010, whose rows the link of YL-001 must not open."""
    exact = Selection(conditions=(Condition("name", "eq", "YL-001"),))
    view, problems = read_address(LEDGER, ATLAS, CLERK, write_address(View(exact)))
    assert problems == ()
    assert view.selection == exact
