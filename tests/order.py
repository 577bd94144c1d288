"""In which order the files of tests are handed out: the longest first.

Each goes whole to one worker (see the Makefile). One that begins when the others are through leaves
all workers but one idle.
"""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).resolve().parent

# Ten seconds or more on an idle machine, the longest first (`pytest --durations`).
LONGEST = (
    "pages/test_numbers.py",
    "access/test_services.py",
    "ledger/demo/test_campaign.py",
    "durability/test_short_runs.py",
    "ledger/test_real_input.py",
    "commands/test_main_road.py",
    "access/test_routes.py",
    "deploy/test_behind_nginx.py",
    "postgres/test_released.py",
    "hostile/test_doors.py",
    "house/test_new_ledger.py",
    "ledger/exchange/writing/test_printed_tables.py",
    "ledger/casework/test_clocks_walk.py",
    "postgres/test_moving.py",
    "web/test_single_sign_on.py",
    "ledger/reporting/figures/test_against_pandas.py",
    "access/test_planted.py",
    "access/test_again.py",
    "hostile/test_hostile.py",
    "ledger/storage/test_released.py",
    "ledger/reporting/figures/test_rows.py",
    "ledger/records/history/test_two_editors.py",
    "data_sample/test_sample_areas.py",
    "bench/test_contradictions.py",
    "ledger/operations/test_apart.py",
    "ledger/exchange/reading/test_other_formats.py",
    "browser/test_every_page.py",
    "browser/test_institutions.py",
    "browser/test_lost_connection.py",
    "browser/test_campaign.py",
    "browser/test_ill_will.py",
    "browser/test_my_grid.py",
    "browser/test_risk_map.py",
    "browser/test_exchange.py",
    "browser/test_gate.py",
    "browser/test_figures.py",
    "browser/test_hotspots.py",
)
_PLACES = {FOLDER / name: place for place, name in enumerate(LONGEST)}


def place_of(file: Path) -> int:
    """The place of a file among all: known ones first, the others as they were."""
    return _PLACES.get(file, len(_PLACES))
