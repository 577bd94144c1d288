"""What stands in deploy/ is what the program, its servers and containers understand."""

from __future__ import annotations

import configparser
import importlib
import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from ledger.__main__ import parser
from ledger.domain.settings import Settings
from pages._cookies import SESSION_COOKIE
from tests.deploy import site as sites

HOME = "/opt/ledger/current/"
# What a unit or an image may name that is not in the project: made by the administrator.
OUTSIDE = ("/etc/ledger/", "/var/lib/ledger", "/run/secrets/postgres", "/tmp")


@pytest.fixture
def deploy(project_root: Path) -> Path:
    return project_root / "deploy"


class Strict(yaml.SafeLoader):
    """Refuses a key that stands twice, as compose does."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value if key.value != "<<"]
        assert len(keys) == len(set(keys)), f"a key stands twice: {keys}"
        return super().construct_mapping(node, deep)


@pytest.fixture
def containers(deploy: Path) -> dict[str, dict[str, Any]]:
    """The services of the compose file, merged."""
    found = yaml.load((deploy / "compose.yaml").read_bytes(), Strict)  # noqa: S506 - a safe one
    return dict(found["services"])


def unit(file: Path) -> configparser.ConfigParser:
    read = configparser.ConfigParser(strict=False, interpolation=None)
    read.optionxform = str  # type: ignore[assignment, method-assign]
    read.read(file, encoding="utf-8")
    return read


def test_settings_and_cookie_are_those_of_the_program(deploy: Path) -> None:
    files = [
        file for file in deploy.rglob("*") if file.is_file() and file.suffix not in (".pyc", ".png")
    ]
    texts = {file: file.read_text(encoding="utf-8") for file in files}
    named = {
        name.lower() for text in texts.values() for name in re.findall(r"\bLEDGER_(\w+)", text)
    }
    assert named - set(Settings.model_fields) == set()
    assert f"$cookie_{SESSION_COOKIE}" in texts[deploy / "nginx" / "ledger.conf"]


def test_commands_are_those_of_the_program(deploy: Path) -> None:
    known = parser()._subparsers._group_actions[0].choices  # type: ignore[union-attr]
    said = {
        command
        for file in [*deploy.glob("*.md"), *deploy.glob("systemd/*")]
        for command in re.findall(r"python -m ledger ([a-z-]+)", file.read_text(encoding="utf-8"))
    }
    wanted = {"backup", "drill", "restore", "migrate-to", "verify", "init", "retention"}
    assert wanted <= said <= set(known)


def test_commands_of_units_are_understood_and_their_files_are_there(deploy: Path) -> None:
    for file in deploy.glob("systemd/*.service"):
        service = unit(file)["Service"]
        assert service["User"] == service["Group"] == "ledger", file.name
        assert service["NoNewPrivileges"] == "true", file.name
        assert service["ProtectSystem"] == "strict", file.name
        lines = re.findall(r"^ExecStart=(.*)$", file.read_text(encoding="utf-8"), re.MULTILINE)
        assert lines
        for line in lines:
            program, *arguments = line.split()
            assert program == f"{HOME}.venv/bin/python", line
            if arguments[1] == "ledger":
                parser().parse_args(arguments[2:])
            else:
                assert arguments[:4] == ["-m", "streamlit", "run", "app.py"]
            for path in re.findall(r"(?<=\s)/\S+", line):
                assert path.startswith(OUTSIDE), path


def test_every_timer_has_its_service(deploy: Path) -> None:
    timers = list(deploy.glob("systemd/*.timer"))
    assert {timer.stem for timer in timers} == {
        "ledger-backup",
        "ledger-recount",
        "ledger-retention",
    }
    for timer in timers:
        assert timer.with_suffix(".service").is_file()
        assert unit(timer)["Install"]["WantedBy"] == "timers.target"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd on this machine")
def test_systemd_understands_the_units(deploy: Path, tmp_path: Path) -> None:
    for file in deploy.glob("systemd/*"):
        # The program is not installed here, which systemd would complain about.
        text = file.read_text(encoding="utf-8").replace(f"{HOME}.venv/bin/", "/bin/true ")
        (tmp_path / file.name.replace("@.", "@8501.")).write_text(text, encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", *sorted(map(str, tmp_path.iterdir()))],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    ours = [line for line in done.stderr.splitlines() if "ledger" in line]
    assert ours == []


def test_containers_are_shut_in(containers: dict[str, dict[str, Any]]) -> None:
    assert set(containers) == {"database", "prepare", "app1", "app2"}
    for name in ("prepare", "app1", "app2"):
        assert containers[name]["read_only"] is True
        assert containers[name]["cap_drop"] == ["ALL"]
        assert containers[name]["security_opt"] == ["no-new-privileges:true"]
        assert "privileged" not in containers[name]
    assert "ports" not in containers["database"], "the database is nobody else's business"
    published = [port for name in ("app1", "app2") for port in containers[name]["ports"]]
    assert all(port.startswith("127.0.0.1:") for port in published)
    assert "ports" not in containers["prepare"]
    command = containers["prepare"]["command"]
    assert command[:3] == ["python", "-m", "ledger"]
    parser().parse_args(command[3:])
    for service in containers.values():
        for key, value in service.get("environment", {}).items():
            assert "PASSWORD" not in key or key.endswith("_FILE"), f"{key}: {value}"


def test_nginx_asks_the_ports_that_units_and_containers_listen_on(
    deploy: Path, containers: dict[str, dict[str, Any]]
) -> None:
    asked = re.findall(
        r"server (127\.0\.0\.1:\d+)", (deploy / "nginx" / "ledger.conf").read_text("utf-8")
    )
    ports = [
        port.rpartition(":")[0] for name in ("app1", "app2") for port in containers[name]["ports"]
    ]
    assert asked == ports
    readme = (deploy / "README.md").read_text(encoding="utf-8")
    for address in asked:
        assert f"ledger@{address.rpartition(':')[2]}" in readme


def test_the_image_is_made_of_the_bundle_without_network(
    deploy: Path, containers: dict[str, dict[str, Any]]
) -> None:
    text = (deploy / "Dockerfile").read_text(encoding="utf-8")
    lines = text.splitlines()
    assert [line for line in lines if line.startswith("COPY ")] == [
        "COPY . /bundle",
        "COPY --from=laid /opt/ledger /opt/ledger",
    ]
    for asks in ("apt-get", "pip", "curl"):
        assert asks not in text
    module = re.search(r"python3 -m (deploy\.installer\.\w+)", text)
    assert module is not None
    assert hasattr(importlib.import_module(module[1]), "main")
    built = containers["app1"]["build"]
    assert built == {"context": "../..", "dockerfile": "app/deploy/Dockerfile", "network": "none"}
    assert [line for line in lines if line.startswith("USER ")] == ["USER ledger"]
    users = [at for at, line in enumerate(lines) if line.startswith(("USER", "RUN"))]
    assert lines[users[-1]].startswith("USER"), "nothing runs as root after that"


def started(deploy: Path, secret: Path, passwords: Path) -> subprocess.CompletedProcess[str]:
    """What the image does before its command, with the files of the test."""
    text = (deploy / "Dockerfile").read_text(encoding="utf-8")
    found = re.search(r"^ENTRYPOINT (.*)$", text, re.MULTILINE)
    assert found is not None
    assert " PGPASSFILE=/tmp/pgpass" in text, "commands that are run from outside need it too"
    words = [word.replace("/run/secrets/postgres", str(secret)) for word in json.loads(found[1])]
    return subprocess.run(
        [*words, "sh", "-c", "echo started"],
        env={"PATH": os.environ["PATH"], "PGPASSFILE": str(passwords)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_the_image_hands_any_password_on_and_starts_with_none_but_that(
    deploy: Path, tmp_path: Path
) -> None:
    secret, passwords = tmp_path / "secret", tmp_path / "pgpass"
    refused = started(deploy, secret, passwords)
    assert (refused.returncode != 0, refused.stdout, passwords.exists()) == (True, "", False)
    secret.write_text("a:b\\c %s'$x\n", encoding="utf-8")
    assert started(deploy, secret, passwords).stdout == "started\n"
    # libpq takes a backslash or colon of a password as it stands only behind a backslash.
    assert passwords.read_text(encoding="utf-8") == "*:*:*:*:a\\:b\\\\c %s'$x\n"
    assert passwords.stat().st_mode & 0o777 == 0o600


def test_the_container_of_the_database(containers: dict[str, dict[str, Any]]) -> None:
    database = containers["database"]
    # While it sets itself up it answers on its socket, not on the network that the others use.
    assert database["healthcheck"]["test"][:3] == ["CMD", "pg_isready", "-h"]
    assert "log_error_verbosity=terse" in database["command"], "its log bears no rows"


def test_the_folder_of_backups_is_made(deploy: Path, containers: dict[str, dict[str, Any]]) -> None:
    """``backup --keep`` makes none: a folder that is missing may be a disk that is not there."""
    for name in ("Dockerfile", "README.md"):
        text = (deploy / name).read_text(encoding="utf-8")
        made = re.findall(r"install -d -o ledger -g ledger -m 700 (.*)", text)
        assert len(made) == 1
        assert containers["app1"]["environment"]["LEDGER_BACKUP_FOLDER"] in made[0].split(), name


def test_nginx_takes_its_file(tmp_path: Path) -> None:
    program = sites.nginx_program()
    if program is None:
        pytest.skip("no nginx: run .ci/prepare-nginx")
    whole = sites.written(sites.Site(tmp_path, 443, 80))
    command = [program, "-t", "-c", str(whole), "-e", str(tmp_path / "start.log")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
