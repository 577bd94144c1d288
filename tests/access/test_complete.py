"""Nothing that tells of records is left out of the walk: what is no service stands here by name."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

from tests.access.discovery import _modules, _text
from tests.conftest import PROJECT_ROOT
from tests.house.sources import nodes_of, syntax_tree

# Functions that are told the store but nobody who acts. What each tells or does, for whom:
UNASKED: dict[str, str] = {
    "reporting.bulletins.checking.faults_of_bulletins": "command verify: counts",
    "casework.coverage.current_round": "a number that is everybody's",
    "casework.fact_moves.tier_with": "the tier of an institution that was read before",
    "operations.days.begin_day": "at the start and each midnight: counts",
    "records.area_turns.turn": "at the start and by a timer: a count",
    "records.person_names.person_names": "names of those who stand in what was read before",
    "records.recounting.recount": "at the start and by a timer: a count",
    "commands.run.acting": "who a command acts as",
    "commands.run.require_schema": "tells nothing",
    "people.accounts.first_admin": "only while there is no user",
    "people.setup_code.new_code": "by the command init, while there is no user",
    "people.sessions.open_session": "after a sign-in",
    "people.sessions.actor_for": "for whoever holds the token",
    "people.sessions.end_session": "for whoever holds the token",
    "people.sessions.count_open": "metrics: a count",
    "people.sessions.form_secret": "of the server",
    "people.lockout.key_of_name": "a keyed hash, for the sign-in",
    "people.lockout.forget_name": "after a reset or an unlocking by an administrator",
    "people.lockout.key_of_address": "a keyed hash, for the sign-in",
    "people.signin.authenticate": "the sign-in: one answer for all that is wrong",
    "people.single_sign_on.sign_on": "the other sign-in",
    "people.users.actor_of": "after a sign-in",
    "people.users.has_users": "before there are any",
    "people.users.demo_accounts": "of the demonstration only",
    "people.users.find_user": "sign-in and commands",
    "people.office.read_office": "the office's own name",
    "people.office.masthead": "the same, and whether it is a demonstration",
    "people.office.basemap_in_force": "what lies under every map",
    "records.revisions.read_revisions": "numbers under which answers are kept",
    "records.revisions.revisions_read_once": "the same, within the run of a page",
    "records.places.backdrop.read_backdrop": "roads and water, everybody's",
    "operations.machine.machine": "numbers of the server",
    "operations.stock.stock": "counts, for the doctor, which asks",
    "operations.process_notes.all_notes": "counts, for the doctor, which asks",
    "operations.process_notes.notes_of_others": "the same, of other processes",
    "operations.process_notes.write_note": "counts of this process",
    "operations.metrics.exposition": "counts, to this machine or for a token",
    "operations.readiness.readiness": "yes or no",
    "operations.readiness.data_folder": "of the server",
    "operations.readiness.free_bytes": "of the server",
    "operations.status.database_bytes": "of the server",
    "operations.self_check.self_check": "of a scratch office; of the real one yes or no",
    "records.places.areas.current_atlas": "the tree, which every caller looks at through a scope",
    "records.places.areas.atlas_and_revision": "the same, within a transaction",
    "storage.key_check.require_nothing_sealed": "at the start",
    "storage.key_check.require_keys": "at the start",
    "records.removed_files.faults_of_attachments": "command verify: numbers of records",
    "operations.retention.months_kept": "a setting",
    "reporting.figures.rulefile.figures_in_force": "definitions, everybody's",
    "reporting.forms.form_words.form_words": "words, everybody's",
    "records.reckoning.settle": "at the start",
    "records.reckoning.search_anew": "at the start",
    "reporting.statistics.hotspots.began_on": "inside hotspots, which asks",
    "reporting.statistics.hotspots.surroundings": "inside hotspots, which asks",
    "reporting.statistics.hotspots.count_periods": "inside hotspots, which asks",
    "reporting.statistics.regions.read_regions": "shapes under a path that was asked for",
    "operations.database_check.verify": "a command: counts",
    "operations.search_check.reindex": "a command: a count",
    "operations.backup.backup": "a command",
    "operations.backup.restore": "a command",
    "operations.backup.keep_keys": "a command",
    "operations.backup.require_unused": "a command",
    "operations.backup.fill": "a command",
    "operations.backup.database_file": "a command",
    "storage.joined.joined": "which processes share the database",
    "storage.migrate.schema_state": "a word",
    "storage.migrate.require_current": "at the start",
    "storage.migrate.migrate": "at the start",
    "storage.purpose.is_demo": "a word",
    "storage.purpose.require_demo": "a word",
    "operations.moving.move": "a command",
    "operations.moving.drill": "a command",
    "storage.own_files.own_files": "paths of the server",
    "storage.own_files.refuse_own_files": "paths of the server",
    "storage.own_files.what_of_ours": "paths of the server",
    "storage.traces.clear_traces": "tells nothing",
    "records.surroundings.surroundings_of": "inside services, which ask",
    "records.office_calendar.profiles": "everybody's",
    "records.office_calendar.loaded_years": "everybody's",
}


def test_every_function_that_is_told_a_store_but_nobody_who_acts_is_known() -> None:
    found = set()
    for module in _modules():
        for name, function in vars(module).items():
            own = inspect.isfunction(function) and function.__module__ == module.__name__
            if not own or name.startswith("_"):
                continue
            notes = [
                _text(one.annotation) for one in inspect.signature(function).parameters.values()
            ]
            if "Store" in notes and "Actor" not in notes:
                found.add(f"{module.__name__.removeprefix('ledger.')}.{name}")
    assert found == set(UNASKED), "does it tell anything of a record? Then it needs an actor"


def _transactions(path: Path) -> bool:
    calls = (node for node in nodes_of(syntax_tree(path)) if isinstance(node, ast.Attribute))
    return any(call.attr in ("reading", "writing") for call in calls)


def test_pages_read_through_services() -> None:
    """So what takes a connection and an actor is reached through a service, which is walked."""
    files = (PROJECT_ROOT / "pages").rglob("*.py")
    found = {path.relative_to(PROJECT_ROOT).as_posix() for path in files if _transactions(path)}
    assert found == set()
