"""Commands of the papers that `tests.papers.test_commands` does not run: who does, or why not.

The first that fits counts. A test or bench that runs a command is named by its file; it has to
be there and to hold the words that tell it does.
"""

from __future__ import annotations

# Begin of the command → the file that runs it, and what stands there.
RUN_BY: tuple[tuple[str, str, str], ...] = (
    ("sudo ./install.sh", "tests/durability/journey.py", "install.sh"),
    ("./install.sh --take-over", "tests/durability/older_versions.py", '"--take-over"'),
    ("./install.sh", "tests/durability/journey.py", "install.sh"),
    ("ledger start", "tests/durability/journey.py", '"start"'),
    ("ledger stop", "tests/durability/journey.py", '"stop"'),
    ("ledger upgrade", "tests/durability/journey.py", "upgrade"),
    ("ledger self-check", "tests/ledger/operations/test_self_check.py", "self_check("),
    ("sudo cp /var/lib/ledger/ledger.key", "tests/papers/test_county_day.py", '"cp"'),
    ("make test", ".ci/run", "make test"),
    ("make lint", ".ci/run", "lint"),
    ("make audit", ".ci/run", ".ci/audit"),
    ("python -m tests.access.walk", "tests/access/test_services.py", "walk"),
    ("python -m tests.durability.full_disk", "Makefile", "tests.durability.full_disk"),
    ("python -m tests.durability.standby", "Makefile", "tests.durability.standby"),
    ("make durability", "tests/durability/test_short_runs.py", "kills"),
    ("useradd --system", "deploy/installer/installing.py", "useradd"),
    ("install -d -o ledger", "tests/deploy/test_files.py", "install -d -o ledger"),
    ("docker compose", "tests/deploy/test_files.py", "compose.yaml"),
    ("sudo -u postgres psql", "tests/postgres/test_gis.py", "postgis"),
    ("pg_basebackup", "tests/durability/standby.py", "pg_basebackup"),
    ("python -m ledger leave-demo", "tests/commands/test_purpose.py", '"leave-demo"'),
    ("python -m ledger migrate-to", "tests/commands/test_versions.py", "migrate-to"),
    (
        "LEDGER_DATABASE_URL=… python -m ledger restore",
        "tests/commands/test_contract.py",
        '"restore"',
    ),
    ("sed '/END AGE/q'", "tests/ledger/operations/test_vault.py", "age"),
    ("tail -c", "tests/ledger/operations/test_vault.py", "age"),
)
# Begin of the command → why no test runs it.
BY_HAND = {
    "sha256sum -c": "the machine's own program; deploy/bundle/build.py writes the file it reads",
    "make run": "asks a package index; the last look at every stop, in a fresh clone",
    "make serve": "the same, with a database that is no demo",
    "make leave-demo": "the same; what it calls is run by tests/commands/test_purpose.py",
    "make bench": "measurements, on a quiet machine",
    "make bundle": "asks a package index; its parts are tested in tests/deploy/installer",
    "python -m deploy.bundle key": "makes a key of the maintainers' own",
    ".venv/bin/python -m deploy.bundle key": "the same",
    "py -3": "Windows: no such machine here",
    ".venv\\Scripts\\": "the same",
    "apt": "changes the machine",
    "sudo -u postgres createuser": "asks for a password at the terminal",
    "systemctl": "no systemd in containers; the units are read by tests/deploy/test_files.py",
    "printf": "no Docker here; the image was built by buildah once",
    "openssl rand": "the same",
    "docker": "the same",
    "ledger restart": "stop and start, which the journey runs",
    "age -d": "the program age is not installed; its format is read by pyrage",
    "pg_dump": "PostgreSQL's own program",
    "mkdir -p": "makes a folder",
}
