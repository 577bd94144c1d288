"""Nothing that tells of records is left out of the walk: what is no service stands here by name."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

from tests.access.discovery import _modules, _text
from tests.conftest import PROJECT_ROOT

# Functions that are told the store but nobody who acts. What each tells or does, for whom:
UNASKED: dict[str, str] = {
    "bulletins.checking.faults_of_bulletins": "command verify: counts",
    "casework.coverage.current_round": "a number that is everybody's",
    "commands.run.acting": "who a command acts as",
    "commands.run.require_schema": "tells nothing",
    "identity.accounts.first_admin": "only while there is no user",
    "identity.setup_code.new_code": "by the command init, while there is no user",
    "identity.sessions.open_session": "after a sign-in",
    "identity.sessions.actor_for": "for whoever holds the token",
    "identity.sessions.end_session": "for whoever holds the token",
    "identity.sessions.count_open": "metrics: a count",
    "identity.sessions.form_secret": "of the server",
    "identity.lockout.key_of_name": "a keyed hash, for the sign-in",
    "identity.lockout.forget_name": "after a reset or an unlocking by an administrator",
    "identity.lockout.key_of_address": "a keyed hash, for the sign-in",
    "identity.signin.authenticate": "the sign-in: one answer for all that is wrong",
    "identity.single_sign_on.sign_on": "the other sign-in",
    "identity.users.actor_of": "after a sign-in",
    "identity.users.has_users": "before there are any",
    "identity.users.demo_accounts": "of the demonstration only",
    "identity.users.find_user": "sign-in and commands",
    "office.read_office": "the office's own name",
    "operations.metrics.exposition": "counts, to this machine or for a token",
    "operations.readiness.readiness": "yes or no",
    "operations.readiness.data_folder": "of the server",
    "operations.readiness.free_bytes": "of the server",
    "operations.status.database_bytes": "of the server",
    "places.areas.current_atlas": "the tree, which every caller looks at through a scope",
    "places.areas.atlas_and_revision": "the same, within a transaction",
    "protection.key_check.require_nothing_sealed": "at the start",
    "protection.key_check.require_keys": "at the start",
    "protection.removed_files.faults_of_attachments": "command verify: numbers of records",
    "protection.retention.months_kept": "a setting",
    "figures.rulefile.figures_in_force": "definitions, everybody's",
    "reckoning.settle": "at the start",
    "statistics.hotspots.began_on": "inside hotspots, which asks",
    "statistics.hotspots.surroundings": "inside hotspots, which asks",
    "statistics.hotspots.count_periods": "inside hotspots, which asks",
    "statistics.regions.read_regions": "shapes under a path that was asked for",
    "storage.backup.verify": "a command: counts",
    "storage.backup.backup": "a command",
    "storage.backup.restore": "a command",
    "storage.backup.keep_keys": "a command",
    "storage.backup.require_unused": "a command",
    "storage.backup.fill": "a command",
    "storage.backup.database_file": "a command",
    "storage.joined.joined": "which processes share the database",
    "storage.migrate.schema_state": "a word",
    "storage.migrate.require_current": "at the start",
    "storage.migrate.migrate": "at the start",
    "storage.purpose.is_demo": "a word",
    "storage.purpose.require_demo": "a word",
    "storage.moving.move": "a command",
    "storage.moving.drill": "a command",
    "storage.own_files.own_files": "paths of the server",
    "storage.own_files.refuse_own_files": "paths of the server",
    "storage.own_files.what_of_ours": "paths of the server",
    "storage.traces.clear_traces": "tells nothing",
    "surroundings.surroundings_of": "inside services, which ask",
    "timing.timekeeping.profiles": "everybody's",
    "timing.timekeeping.loaded_years": "everybody's",
}
# Where pages open a transaction of their own, and what they read in it: settings and revisions, or
# by a function that asks the table itself (`ledger.query.count_by`), all opened by the page walk.
READING_PAGES: dict[str, str] = {
    "pages/_ui/confirm.py": "the rules in force",
    "pages/_ui/field_entities.py": "count_by, which asks",
    "pages/_ui/guard.py": "the revision of the log",
    "pages/_ui/keynumbers.py": "count_by, which asks",
    "pages/_ui/map_data.py": "revisions, the basemap, when it last changed in scope",
    "pages/_ui/record.py": "a conflict of a record that was read by its service",
    "pages/_ui/duties_panel.py": "the deadlines of a record that was read by its service",
    "pages/_ui/shared_answers.py": "revisions, under which answers are kept",
    "pages/_ui/theme.py": "the office's name, whether it is a demonstration",
    "pages/_web/geometry.py": "roads and water, and revisions",
    "pages/_web/image_origin.py": "the basemap's host",
    "pages/_web/regions.py": "revisions",
    "pages/_web/signin.py": "the office's name",
    "pages/_web/tiles.py": "the basemap's file",
    "pages/admin/rules.py": "the rules in force",
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
    tree = ast.parse(path.read_text(encoding="utf-8"))
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Attribute))
    return any(call.attr in ("reading", "writing") for call in calls)


def test_pages_read_through_services() -> None:
    """So what takes a connection and an actor is reached through a service, which is walked."""
    files = (PROJECT_ROOT / "pages").rglob("*.py")
    found = {path.relative_to(PROJECT_ROOT).as_posix() for path in files if _transactions(path)}
    assert found == set(READING_PAGES)
