"""Files that are whole or not there, one installer at a time, and a version that is complete."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import threading
from datetime import datetime
from pathlib import Path

import pytest

from deploy.installer import environment, files, keeper, layout, office, web
from deploy.installer.office import Office
from deploy.installer.stop import Stop
from tests.deploy.installer.packed import MANIFEST, bundle


def test_two_installers_at_once(tmp_path: Path) -> None:
    with files.only_one(tmp_path), pytest.raises(Stop, match="正在进行"), files.only_one(tmp_path):
        pass
    with files.only_one(tmp_path):
        pass


def test_a_file_is_replaced_in_one_step_with_its_rights(tmp_path: Path) -> None:
    files.write(tmp_path / "a", "old", 0o600)
    (tmp_path / ".a.part").write_text("half", encoding="utf-8")
    files.write(tmp_path / "a", "new", 0o600)
    assert (tmp_path / "a").read_text(encoding="utf-8") == "new"
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["a"]


def test_a_link_points_elsewhere(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        files.link(tmp_path / "current", tmp_path / name)
    assert (tmp_path / "current").resolve().name == "two"


def test_a_version_is_complete_only_when_all_of_it_was_laid(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there, versions = bundle(tmp_path / "b"), tmp_path / "versions"
    monkeypatch.setattr(environment, "_environment", lambda *_: None)
    monkeypatch.setattr(environment, "_compile", lambda _: None)
    version = environment.make(there, versions)
    assert version.name == MANIFEST.name
    assert (version / ".complete").is_file()
    assert environment.is_as_packed(there, version)
    (version / "app.py").write_text("changed", encoding="utf-8")
    assert not environment.is_as_packed(there, version)
    environment.make(there, versions)
    assert environment.is_as_packed(there, version)


def test_a_disk_that_fills_up_half_way_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(source: Path, target: Path, **_: object) -> None:
        target.mkdir()
        raise OSError(28, "No space left on device", str(target))

    monkeypatch.setattr(shutil, "copytree", full)
    with pytest.raises(Stop, match="已撤回，原来的程序没有改动"):
        environment.make(bundle(tmp_path / "b"), tmp_path / "versions")
    assert list((tmp_path / "versions").iterdir()) == []


def test_settings_are_read_as_systemd_reads_them(tmp_path: Path) -> None:
    there = layout.in_folder(tmp_path)
    there.config.mkdir()
    text = "# words\nA=1\nB='two = 2'\n C=\"3\"\nnot a setting\n"
    there.environment_file.write_text(text, encoding="utf-8")
    assert office.settings_of(there) == {"A": "1", "B": "two = 2", "C": "3"}


def test_an_office_is_kept_and_knows_its_addresses(tmp_path: Path) -> None:
    there = layout.in_folder(tmp_path)
    assert office.read_office(there) is None
    there.config.mkdir()
    chosen = Office(8501, 443, ("localhost", "10.1.2.3"), nginx=True)
    office.write_office(there, chosen)
    assert office.read_office(there) == chosen
    assert (chosen.url, chosen.local_url) == ("https://10.1.2.3", "https://127.0.0.1")
    assert Office(8443, 8443, ("localhost",), nginx=False).url == "https://localhost:8443"


def test_an_installed_version_finds_its_layout(tmp_path: Path) -> None:
    there = layout.in_folder(tmp_path / "office")
    assert layout.of_version(there.versions / "0.3.0-1a2b3c4") == there
    assert layout.of_version(Path("/opt/ledger/versions/x")) == layout.of_machine()


def test_daily_work_is_done_once_a_day_even_after_a_pause() -> None:
    wanted = keeper.jobs(Path("/b"), Path("/s"))
    today = {"recount": "2026-12-01", "backup": "2026-11-28"}
    assert keeper.due(wanted, today, datetime(2026, 12, 1, 2, 29)) == []
    assert keeper.due(wanted, today, datetime(2026, 12, 1, 9, 0)) == ["backup", "retention"]


def test_a_keeper_that_is_gone_runs_no_more(tmp_path: Path) -> None:
    assert not keeper.is_running(tmp_path)
    (tmp_path / "keeper.lock").write_text(str(os.getpid()), encoding="utf-8")
    assert not keeper.is_running(tmp_path)
    keeper.end(tmp_path, 1.0)


def test_whoever_starts_waits_for_a_keeper_that_is_ending(tmp_path: Path) -> None:
    """An upgrade was killed while it stopped the service: the one that ends is not taken for one
    that stays."""
    with (tmp_path / "keeper.lock").open("w", encoding="utf-8") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        held.write("0")
        held.flush()
        ends = threading.Timer(0.2, lambda: fcntl.flock(held, fcntl.LOCK_UN))
        ends.start()
        assert not keeper.stays(tmp_path, 5.0)
        fcntl.flock(held, fcntl.LOCK_EX)
        held.write("7")
        held.flush()
        assert keeper.stays(tmp_path, 5.0)
        held.seek(0)
        held.truncate()
        with pytest.raises(Stop, match="没有停下来"):
            keeper.stays(tmp_path, 0.1)


def test_nginx_gets_this_offices_names_and_processes(project_root: Path) -> None:
    shipped = (project_root / "deploy" / "nginx" / "ledger.conf").read_text(encoding="utf-8")
    chosen = Office(8601, 443, ("ledger.test", "10.1.2.3"), nginx=True)
    text = web.site_file(shipped, layout.of_machine(), chosen, [8601])
    assert "server_name ledger.test 10.1.2.3;" in text
    assert "ssl_certificate     /etc/ledger/tls/server.crt;" in text
    assert served(text) == ["127.0.0.1:8601"]
    assert not [word for word in ("8501", "8502", "example", "fullchain") if word in text]


def test_a_repair_keeps_the_processes_of_a_city(project_root: Path) -> None:
    """Those of this machine are asked of systemd, those of others stand in the file alone."""
    shipped = (project_root / "deploy" / "nginx" / "ledger.conf").read_text(encoding="utf-8")
    chosen = Office(8501, 443, ("ledger.test",), nginx=True)
    before = web.site_file(shipped, layout.of_machine(), chosen, [8501])
    more = "    server 10.1.2.4:8501 max_fails=2;\n    server other.test:8501; # \n"
    before = before.replace("    server 127", f"{more}    server 127")
    for _ in range(2):
        before = web.site_file(shipped, layout.of_machine(), chosen, [8501, 8502], before)
        assert served(before) == [
            "127.0.0.1:8501", "127.0.0.1:8502", "10.1.2.4:8501", "other.test:8501",
        ]  # fmt: skip


def served(text: str) -> list[str]:
    """What stands in the upstream, of all lines that nginx takes for a server of it."""
    return re.findall(r"^ *server ([^\s;{]+:\d+)", text, re.MULTILINE)
