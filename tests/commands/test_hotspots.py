"""``hotspots`` by its contract: the table, the JSON object, exit codes, and who sees what."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy.engine import make_url

from ledger.domain.access import SYSTEM
from ledger.domain.settings import settings
from ledger.records.bulk import create_many
from ledger.storage import open_store
from tests.commands.conftest import PASSWORD, Run
from tests.ledger.conftest import COUNTY, EAST, EAST_NORTH, EAST_SOUTH, WEST, WEST_VILLAGE

HEADER = "code,name,count,population,rate,eb_rate,gi_z,gi_p,gi_class,moran_i,moran_p,moran_class"
PERIOD = ("--from", "2026-05-01", "--to", "2026-05-31")


@pytest.fixture
def petitions(drawn_county: Path, database_url: str) -> None:
    """The small county with forty, ten and two petitions, all in May 2026."""
    shutil.copyfile(drawn_county, str(make_url(database_url).database))
    settings.cache_clear()
    store = open_store()
    counts = {WEST_VILLAGE: 40, EAST_SOUTH: 10, EAST_NORTH: 2}
    rows = [
        {"registered_on": "2026-05-12", "matter": "退费", "area_code": code}
        for code, number in counts.items()
        for _ in range(number)
    ]
    create_many(store, SYSTEM, "petitions", rows)
    store.dispose()


def table_of(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype={"code": str}).set_index("code")


@pytest.mark.usefixtures("petitions")
def test_the_table_follows_the_contract(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    told = run("hotspots", "--ledger", "petitions", "--level", "village", *PERIOD, out, "--json")
    assert (told.code, told.err) == (0, "")
    assert out.read_text(encoding="utf-8-sig").splitlines()[0] == HEADER
    table = table_of(out)
    assert table["count"].to_dict() == {WEST_VILLAGE: 40, EAST_SOUTH: 10, EAST_NORTH: 2}
    assert table["rate"].to_dict() == {WEST_VILLAGE: 40.0, EAST_SOUTH: 10.0, EAST_NORTH: 2.0}
    assert set(table["gi_class"]) <= {"hot", "cold", "none", "few"}
    assert table["gi_p"].between(0, 1).all()
    result = told.json
    assert (result["rows"], result["cases"], result["file"]) == (3, 52, str(out))
    assert (result["null"], result["scope"], result["from"]) == ("population", "*", "2026-05-01")
    assert {"hot", "cold", "too_few", "seed", "draws", "islands", "warnings"} <= set(result)


@pytest.mark.usefixtures("petitions")
def test_the_same_seed_writes_the_same_table(run: Run, tmp_path: Path) -> None:
    files = [tmp_path / f"{name}.csv" for name in ("a", "b", "c")]
    for file, seed in zip(files, (7, 7, 8), strict=True):
        words = ("hotspots", "--level", "village", *PERIOD, "--seed", seed)
        assert run(*words, "--null", "shuffled", file).code == 0
    first, again, _ = (file.read_bytes() for file in files)
    assert first == again


@pytest.mark.usefixtures("petitions")
def test_scope_and_level_narrow_the_rows(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    assert run("hotspots", "--level", "village", *PERIOD, "--scope", EAST, out).code == 0
    assert list(table_of(out).index) == [EAST_SOUTH, EAST_NORTH]
    assert run("hotspots", "--level", "township", *PERIOD, out).code == 0
    assert table_of(out)["count"].to_dict() == {WEST: 40, EAST: 12}


@pytest.mark.usefixtures("petitions")
def test_people_read_what_was_found_in_chinese(run: Run, tmp_path: Path) -> None:
    told = run("hotspots", "--level", "village", *PERIOD, tmp_path / "out.csv")
    assert told.code == 0
    assert "2026年5月：3 个区域，52 件" in told.out
    assert "只随人口多少" in told.out
    lone = run("hotspots", "--level", "village", *PERIOD, "--scope", WEST, tmp_path / "o.csv")
    assert "只有一个区域" in lone.out


@pytest.mark.usefixtures("petitions")
def test_what_a_person_takes_is_a_paper_without_small_counts(run: Run, tmp_path: Path) -> None:
    words = ("user", "add", "lead", "--role", "leader", "--scope", COUNTY)
    assert run(*words, typed=f"{PASSWORD}\n").code == 0
    out = tmp_path / "out.csv"
    told = run("hotspots", "--level", "village", *PERIOD, "--as", "lead", out, "--json")
    assert (told.code, told.json["cases"]) == (0, 40)
    assert table_of(out)["count"].to_dict() == {
        WEST_VILLAGE: "40",
        EAST_SOUTH: "不显示",
        EAST_NORTH: "<3",
    }
    auditor = ("user", "add", "audit", "--role", "auditor", "--scope", COUNTY)
    assert run(*auditor, typed=f"{PASSWORD}\n").code == 0
    refused = run("hotspots", "--level", "village", *PERIOD, "--as", "audit", tmp_path / "no.csv")
    assert (refused.code, (tmp_path / "no.csv").exists()) == (1, False)


@pytest.mark.usefixtures("petitions")
@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--level", "street", *PERIOD, "o.csv"), 2, "street"),
        (("--level", "village", "--from", "May", "--to", "2026-05-31", "o.csv"), 2, "May"),
        (("--level", "village", "--from", "2026-05-01", "o.csv"), 2, "--to"),
        (("--level", "village", *PERIOD, "--ledger", "institutions", "o.csv"), 2, "institutions"),
        (("--level", "village", *PERIOD), 2, "OUT"),
        (("--level", "village", "--from", "2026-05-31", "--to", "2026-05-01", "o.csv"), 1, "早于"),
        (("--level", "village", "--from", "2190-01-01", "--to", "2190-02-01", "o.csv"), 1, "今天"),
        (("--level", "village", *PERIOD, "--scope", "999", "o.csv"), 1, "区域"),
        (("--level", "village", *PERIOD, "o.xlsx"), 1, "csv"),
        (("--level", "village", *PERIOD, "no/o.csv"), 1, "文件夹"),
        (("--level", "village", *PERIOD, "--seed", "-1", "o.csv"), 1, "种子"),
    ],
)
def test_what_cannot_be_done_is_refused_in_words(
    run: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    code: int,
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    before = set(tmp_path.iterdir())
    told = run("hotspots", *words)
    assert (told.code, said in told.err) == (code, True), told.err
    assert {path for path in tmp_path.iterdir() if path.suffix in (".csv", ".xlsx")} <= before


def test_without_areas_of_the_level_it_says_what_to_do(run: Run, tmp_path: Path) -> None:
    run("init")
    told = run("hotspots", "--level", "village", *PERIOD, tmp_path / "o.csv", "--json")
    assert (told.code, set(told.json)) == (1, {"error"})
    assert "边界" in told.err
