"""In which order the files of tests are handed out: the longest first.

Each goes whole to one worker (see the Makefile). One that begins when the others are through leaves
all workers but one idle.
"""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).resolve().parent

# Ten seconds or more on an idle machine, the longest first (`pytest --durations`).
LONGEST = (
    "durability/test_short_runs.py",
    "ledger/demo/test_campaign.py",
    "pages/test_numbers.py",
    "ledger/test_real_input.py",
    "access/test_services.py",
    "access/test_routes.py",
    "ledger/reporting/figures/test_against_pandas.py",
    "ledger/reporting/figures/test_rows.py",
    "commands/test_main_road.py",
    "hostile/test_doors.py",
    "deploy/test_behind_nginx.py",
    "postgres/test_released.py",
    "house/test_new_ledger.py",
    "ledger/records/history/test_two_editors.py",
    "ledger/casework/test_clocks_walk.py",
    "ledger/exchange/writing/test_printed_tables.py",
    "commands/test_contract.py",
    "data_sample/test_sample_areas.py",
    "ledger/exchange/importing/test_three_way_model.py",
    "browser/test_every_page.py",
    "browser/test_lost_connection.py",
    "browser/test_ill_will.py",
    "browser/test_institutions.py",
    "browser/test_campaign.py",
    "browser/test_risk_map.py",
    "browser/test_exchange.py",
    "browser/test_my_grid.py",
    "browser/test_figures.py",
)
_PLACES = {FOLDER / name: place for place, name in enumerate(LONGEST)}


def place_of(file: Path) -> int:
    """The place of a file among all: known ones first, the others as they were."""
    return _PLACES.get(file, len(_PLACES))
