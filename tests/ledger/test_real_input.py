"""Real boundaries and a real list through the commands, counted three ways.

56 states and 3,231 counties of the U.S. Census Bureau, 13,550 nursing homes of the Centers for
Medicare & Medicaid Services (every fifth of them, all in the thorough run): what the map counts,
what the export holds and what plain geopandas and pandas find in the files must be the same, per
county and tier.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
import time
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from ledger.__main__ import main
from ledger.casework.map_overview import situation
from ledger.domain.access import SYSTEM
from ledger.domain.settings import settings
from ledger.records.places.areas import current_atlas
from ledger.storage import Store, open_store
from tests.thoroughly import THOROUGH

HOMES = 13_550
EVERY = 1 if THOROUGH else 5
TIERS = {"一类": "1", "二类": "2", "三类": "3", "四类": "4", "待研判": None}
Counts = Counter[tuple[str | None, str | None]]

pytestmark = [pytest.mark.slow, pytest.mark.sampled]


@dataclass(frozen=True)
class Loaded:
    """The database after the main road, and what each command answered."""

    store: Store
    answers: dict[str, dict[str, Any]]
    folder: Path


@pytest.fixture(scope="module")
def list_of_homes(tmp_path_factory: pytest.TempPathFactory, shared_data: Path) -> Path:
    """The list, or every fifth row of it, as a file."""
    header, *rows = (shared_data / "us_nursing_homes.csv").read_bytes().splitlines(keepends=True)
    assert len(rows) == HOMES, "a line is a row"
    path = tmp_path_factory.mktemp("homes") / "us_nursing_homes.csv"
    path.write_bytes(header + b"".join(rows[::EVERY]))
    return path


@pytest.fixture(scope="module")
def loaded(
    tmp_path_factory: pytest.TempPathFactory,
    project_root: Path,
    shared_data: Path,
    list_of_homes: Path,
) -> Iterator[Loaded]:
    folder = tmp_path_factory.mktemp("real")
    url = f"sqlite:///{(folder / 'ledger.db').as_posix()}"
    fields = ("--code-field", "code", "--name-field", "name", "--crs", "wgs84")
    fields += ("--scheme", "prefix")
    data = project_root / "tests" / "data"
    mapping, rules = data / "nursing_homes_mapping.toml", data / "nursing_homes_rules.toml"
    states, counties = shared_data / "us_states.geojson", shared_data / "us_counties.geojson"
    commands: dict[str, tuple[object, ...]] = {
        "init": ("init",),
        "states": ("areas", "load", states, "--level", "county", *fields),
        "counties": ("areas", "load", counties, "--level", "township", *fields),
        "import": ("import", "institutions", list_of_homes, "--mapping", mapping),
        "assess": ("assess", "--rules", rules),
        "xlsx": ("export", "institutions", folder / "homes.xlsx"),
        "csv": ("export", "institutions", folder / "homes.csv"),
        "again": ("import", "institutions", folder / "homes.xlsx"),
        "verify": ("verify",),
    }
    answers = {}
    for name, words in commands.items():
        begun = time.perf_counter()
        answers[name] = json.loads(answer_of(url, *words, "--json"))
        report(f"{name}: {time.perf_counter() - begun:.1f} s")
    store = open_store(url)
    yield Loaded(store, answers, folder)
    store.dispose()


def answer_of(url: str, *words: object) -> str:
    """What a command prints. In this process: starting nine would take longer than most of them."""
    printed, complaints = io.StringIO(), io.StringIO()
    with (
        pytest.MonkeyPatch.context() as patch,
        contextlib.redirect_stdout(printed),
        contextlib.redirect_stderr(complaints),
    ):
        patch.setenv("LEDGER_DATABASE_URL", url)
        settings.cache_clear()
        code = main([str(word) for word in words])
    settings.cache_clear()
    assert code == 0, f"{words}: {complaints.getvalue()}"
    return printed.getvalue()


def report(line: str) -> None:
    """A figure for those who run with ``-s``."""
    sys.stdout.write(line + "\n")


@pytest.fixture(scope="module")
def homes(list_of_homes: Path, shared_data: Path) -> pd.DataFrame:
    """The list as pandas reads it, each home with its county and its tier."""
    frame = pd.read_csv(list_of_homes, dtype={"ccn": str})
    frame["county"] = counties_of(frame, shared_data)
    frame["tier"] = tiers_of(frame)
    return frame


def counties_of(frame: pd.DataFrame, shared_data: Path) -> pd.Series[Any]:
    """The county that covers each home by geopandas alone; None outside."""
    areas = gpd.read_file(shared_data / "us_counties.geojson")
    areas["geometry"] = areas.geometry.make_valid()
    points = gpd.GeoDataFrame(
        geometry=gpd.points_from_xy(frame["lon"], frame["lat"]), crs="EPSG:4326"
    )
    joined = points.sjoin(areas[["code", "geometry"]].sort_values("code"), how="left")
    first = joined.sort_values("code").groupby(level=0)["code"].first()
    return first.astype(object).where(first.notna(), None)


def tiers_of(frame: pd.DataFrame) -> pd.Series[Any]:
    """The rules of tests/data/nursing_homes_rules.toml written again as plain pandas.

    The list has no blanks in these columns but in ``stars``, where 0 stands for "not rated".
    """
    used = ["special_focus", "abuse_icon", "jeopardy_count", "harm_count", "denial_count"]
    used += ["total_fines", "fine_count", "total_deficiencies"]
    known = frame[used].notna().all(axis=None)
    assert known, "the conditions below know no third value"
    stars = frame["stars"].where(frame["stars"].between(1, 5))
    punished = (frame["denial_count"] > 0) | (frame["total_fines"] > 50_000)
    jeopardy = frame["jeopardy_count"] > 0
    abuse, focus = frame["abuse_icon"] == 1, frame["special_focus"] == 1
    four = focus | (abuse & jeopardy)
    three = abuse | (jeopardy & punished) | (frame["harm_count"] >= 3)
    two = (frame["harm_count"] + frame["jeopardy_count"] > 0) | punished
    two |= (frame["total_deficiencies"] > 40) | (frame["fine_count"] > 1) | (stars == 1)
    tier = np.select([four, three, two, stars >= 2], ["4", "3", "2", "1"], default="")
    return pd.Series(tier, index=frame.index, dtype=object).where(lambda column: column != "", None)


def counted(places: pd.Series[Any], tiers: pd.Series[Any]) -> Counts:
    """How many homes per county and tier."""
    return Counter(zip(places.tolist(), tiers.tolist(), strict=True))


def test_every_home_is_placed_or_listed_as_outside(loaded: Loaded, homes: pd.DataFrame) -> None:
    answer = loaded.answers["import"]
    assert (answer["read"], answer["created"], answer["rejected"]) == (len(homes), len(homes), 0)
    outside = homes.index[homes["county"].isna()] + 2
    assert [problem["row"] for problem in answer["problems"]] == outside.tolist()
    assert answer["outside"] == len(outside)
    report(f"{len(homes)} homes, {len(outside)} outside every county")


def test_map_export_and_plain_pandas_count_the_same(loaded: Loaded, homes: pd.DataFrame) -> None:
    plain = counted(homes["county"], homes["tier"])
    book = pd.read_excel(loaded.folder / "homes.xlsx", dtype=str, engine="calamine")
    text = pd.read_csv(loaded.folder / "homes.csv", dtype=str)
    for frame in (book, text):
        places = frame["所属区域"].astype(object).where(frame["所属区域"].notna(), None)
        assert (
            counted(
                places,
                frame["风险等级"]
                .map(TIERS)
                .astype(object)
                .where(lambda column: column.notna(), None),
            )
            == plain
        )
    assert on_the_map(loaded.store) == plain
    totals = Counter(tier for (_, tier), number in plain.items() for _ in range(number))
    report(f"per tier: {dict(totals)}; {len(plain)} pairs of county and tier agree")


def on_the_map(store: Store) -> Counts:
    """What the map shows, level by level; homes outside every county under None."""
    atlas = current_atlas(store)
    found: Counts = Counter()
    top = situation(store, SYSTEM, atlas, None)
    inside: Counter[str | None] = Counter()
    for state in atlas.roots():
        view = situation(store, SYSTEM, atlas, state.code)
        assert view.unplaced == 0
        for county, counts in view.areas.items():
            for tier, number in counts.by_tier.items():
                found[county, tier] += number
                inside[tier] += number
    for tier, number in top.here.by_tier.items():
        if number - inside[tier]:
            found[None, tier] = number - inside[tier]
    return found


def test_each_home_is_judged_as_plain_pandas_judges_it(loaded: Loaded, homes: pd.DataFrame) -> None:
    judged = {item["number"]: item["tier"] for item in loaded.answers["assess"]["results"]}
    plain = dict(zip(homes["ccn"], homes["tier"], strict=True))
    assert judged == {key: None if tier is None else int(tier) for key, tier in plain.items()}


def test_the_export_comes_back_unchanged(loaded: Loaded, homes: pd.DataFrame) -> None:
    again = loaded.answers["again"]
    assert (again["read"], again["unchanged"]) == (len(homes), len(homes))
    assert loaded.answers["verify"]["sound"] is True


def test_the_constants_above_are_those_of_the_rule_file(project_root: Path) -> None:
    text = (project_root / "tests" / "data" / "nursing_homes_rules.toml").read_text("utf-8")
    limits = tomllib.loads(text)["limits"]
    assert limits == {"serious_harm": 3, "heavy_fines": 50_000, "many_deficiencies": 40}
