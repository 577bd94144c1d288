"""What is made for Windows, as far as it can be looked at without one."""

from __future__ import annotations

import os
import re
import sys
import sysconfig
import zipfile
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from deploy.bundle import wheels
from deploy.bundle.build import ON_TOP_OF_WINDOWS, _on_top, pack_zip
from deploy.installer import (
    checks,
    daily,
    environment,
    files,
    layout,
    office,
    system,
    trusting,
    windows,
    windows_run,
)
from deploy.installer.layout import Layout
from deploy.installer.manifest import require_whole
from deploy.installer.office import Office
from deploy.installer.windows import Tasks
from tests.deploy.installer.packed import MACHINE, MANIFEST, bundle

NAMES = {"t": "http://schemas.microsoft.com/windows/2004/02/mit/task"}
OFFICE = Office(8443, 8443, ("10.1.2.3",), nginx=False)


@pytest.fixture
def there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Layout:
    """An office in a folder whose name XML would take for its own, on a Windows that is played."""
    monkeypatch.setattr(system, "WINDOWS", True)
    found = layout.in_folder(tmp_path / "a & b")
    for folder in (found.versions / "0.3.0", found.config, found.data / "log"):
        folder.mkdir(parents=True)
    files.link(found.current, found.versions / "0.3.0")
    return found


def words_of(there: Layout, job: str, path: str, *, everyone: bool = True) -> str:
    text = windows.task(there, there.versions / "0.3.0", job, everyone=everyone)
    found = ElementTree.fromstring(text.partition("?>")[2]).find(path, NAMES)  # noqa: S314
    return "" if found is None else found.text or found.tag


def test_a_link_is_a_file_and_python_lies_elsewhere(there: Layout) -> None:
    assert there.current.is_file()
    assert there.used == there.versions / "0.3.0"
    assert environment.python_of(there.versions).parts[-2:] == ("Scripts", "python.exe")
    assert there.command.name == "ledger.cmd"


def test_the_service_begins_with_the_machine_as_nobody_in_particular(there: Layout) -> None:
    assert words_of(there, "service", ".//t:UserId") == "S-1-5-19"
    assert words_of(there, "service", ".//t:BootTrigger")
    assert words_of(there, "service", ".//t:RestartOnFailure/t:Interval") == "PT1M"
    assert words_of(there, "service", ".//t:ExecutionTimeLimit") == "PT0S"
    assert words_of(there, "service", ".//t:Command").endswith("python.exe")
    said = words_of(there, "service", ".//t:Arguments")
    assert said.startswith("-P -c ")
    assert said.endswith(f'service "{there.program.parent}"')
    assert said.count('"') == 6


def test_an_office_at_the_top_of_a_drive(there: Layout) -> None:
    """``"D:\\"`` would begin a quote that never ends."""
    top = Layout(Path("D:\\/program"), there.config, there.data, None)
    assert words_of(top, "service", ".//t:Arguments").endswith(" service D:\\")


def test_without_an_administrator_it_begins_when_the_person_signs_in(there: Layout) -> None:
    assert words_of(there, "service", ".//t:LogonTrigger", everyone=False)
    assert words_of(there, "service", ".//t:LogonType", everyone=False) == "InteractiveToken"


def test_daily_work_is_that_of_the_other_machines(there: Layout) -> None:
    for job, known in daily.jobs(there.backups, there.secret).items():
        assert words_of(there, job, ".//t:StartBoundary").endswith(f"T{known.at}:00")
    assert set(windows.jobs(there)) == {"service", "recount", "backup", "retention"}


def test_what_windows_is_told(there: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[str, ...]] = []
    monkeypatch.setattr(windows, "_run", lambda *words, must=True: told.append(words))
    monkeypatch.setattr(system, "is_administrator", lambda: True)
    tasks = Tasks(there, OFFICE)
    tasks.prepare(there.versions / "0.3.0")
    made = [words for words in told if words[0] == "schtasks"]
    assert {words[3] for words in made} == {f"Ledger\\{job}" for job in windows.jobs(there)}
    for words in made:
        assert Path(words[5]).read_bytes().decode("utf-16").startswith('<?xml version="1.0"')
    assert "localport=8443" in told[-1]
    told.clear()
    windows.shut(there)
    data = next(words for words in told if str(there.data) in words)
    assert {"/inheritance:r", "*S-1-5-19:(OI)(CI)M"} <= set(data)
    assert not [word for words in told for word in words if "545" in word and ")M" in word]


def test_the_authoritys_key_is_not_for_the_service(
    there: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may read the folder; whoever has that key can play any server to the PCs."""
    told: list[tuple[str, ...]] = []
    monkeypatch.setattr(windows, "_run", lambda *words, must=True: told.append(words))
    monkeypatch.setattr(system, "is_administrator", lambda: True)
    monkeypatch.setattr(trusting, "_run", lambda *_: "kept\n")
    trusting.certificate(there, there.versions / "0.3.0", OFFICE)
    ((_, file, *words),) = told
    assert file == str(there.tls / "authority.key")
    assert "/inheritance:r" in words
    assert {word for word in words if word.startswith("*")} == {
        "*S-1-5-18:F", "*S-1-5-32-544:F",
    }  # fmt: skip


def test_a_service_that_holds_its_lock_runs(there: Layout) -> None:
    system_is = system.WINDOWS
    assert system_is
    tasks = Tasks(there, OFFICE)
    system.WINDOWS = False  # this machine's own lock
    try:
        assert not tasks.is_running
        with files.locked(there.data / windows.LOCK):
            assert tasks.is_running
    finally:
        system.WINDOWS = True


def test_a_task_has_the_settings_and_folder_of_the_office(
    there: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.write_office(there, OFFICE)
    files.write(there.environment_file, "LEDGER_SECURE_COOKIES=true\n")
    told: list[tuple[str, list[str], str, str]] = []

    def run(module: str, words: list[str]) -> int:
        told.append((module, words, os.environ["LEDGER_SECURE_COOKIES"], os.getcwd()))
        return 3 if "drill" in words else 0

    monkeypatch.setattr(windows_run, "_run", run)
    monkeypatch.setattr(windows_run, "_into_log", lambda _: None)
    monkeypatch.setattr(os, "environ", dict(os.environ))
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.chdir(there.data)
    assert windows_run.main("backup", str(there.program.parent)) == 3
    assert [words[0] for _, words, _, _ in told] == ["backup", "drill"]
    assert told[0][2:] == ("true", str(there.versions / "0.3.0"))


def test_the_command_names_the_version_in_use(there: Layout) -> None:
    text = windows.command(there)
    assert text.index("chcp 65001") < text.index(str(there.versions))
    assert f'set "PYTHONPATH={there.versions / "0.3.0"}"\r\n' in text
    assert text.endswith("-P -m deploy.installer ledger %*\r\n")
    assert text.count("\n") == text.count("\r\n")


def test_a_folder_too_deep_for_windows_is_told_before_anything_is_laid() -> None:
    usual = Path("C:\\Users\\Zhang San Feng of Wudang\\ledger\\program\\versions\\0.3.0-1a2b3c4")
    assert checks.name_length(usual).level == "good"
    deep = Path("D:\\" + "养老" * 50)
    assert checks.name_length(deep).level == "stop"
    assert "短 14 个字" in checks.name_length(deep).words


@pytest.mark.thorough
def test_the_room_below_it_is_what_the_packages_need() -> None:
    """The longest name in this environment, which has the same packages and a few more."""
    place = sysconfig.get_path("purelib")
    longest = max(
        len(os.path.join(folder, name)) for folder, _, names in os.walk(place) for name in names
    )
    below = longest - len(place) + len("\\.venv\\Lib\\site-packages")
    assert below <= checks._LONGEST_INSIDE


def test_a_folder_with_a_percent_sign_is_no_variable(there: Layout, tmp_path: Path) -> None:
    named = layout.in_folder(tmp_path / "100% 张三")
    (named.versions / "0.3.0").mkdir(parents=True)
    files.link(named.current, named.versions / "0.3.0")
    assert 'set "PYTHONPATH=' + str(named.versions).replace("%", "%%") in windows.command(named)


@pytest.mark.parametrize(
    ("wanted", "system_name", "machine", "level"),
    [
        ("win_amd64", "win32", "AMD64", "good"),
        ("win_amd64", "linux", "x86_64", "stop"),
        ("x86_64", "win32", "AMD64", "stop"),
    ],
)
def test_each_platform_its_own_archive(
    wanted: str, system_name: str, machine: str, level: str
) -> None:
    played = replace(MACHINE, system=system_name, machine=machine, glibc=None)
    if level == "stop":
        played = replace(played, glibc=MACHINE.glibc)
    told = replace(MANIFEST, machine=wanted, glibc=(0, 0))
    found = {one.label: one for one in checks.checks(told, played)}
    assert found["平台"].level == level


def test_two_zips_of_one_folder_are_equal_and_whole(tmp_path: Path) -> None:
    made = bundle(tmp_path / "ledger")
    for name in ("a", "b"):
        pack_zip(made, tmp_path / f"{name}.zip", 1_796_000_000)
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        archive.extractall(tmp_path / "out")
    assert require_whole(tmp_path / "out" / "ledger") == 2


def test_scripts_are_plain_and_windows_reads_their_lines(
    project_root: Path, tmp_path: Path
) -> None:
    for name in ON_TOP_OF_WINDOWS:
        _on_top(project_root / "deploy" / "bundle" / "top" / name, tmp_path)
    for script in tmp_path.glob("*.cmd"):
        text = script.read_bytes()
        text.decode("ascii")  # signs beyond it shift the places of labels
        assert text.count(b"\n") == text.count(b"\r\n")
        assert b"need-python.txt" in text
        assert b"-P -m deploy.installer" in text
    assert {file.name for file in tmp_path.iterdir()} == {
        "install.cmd", "uninstall.cmd", "need-python.txt", "说明.txt",
    }  # fmt: skip


def test_pins_of_windows_leave_out_what_it_has_not(project_root: Path) -> None:
    pins = wheels.requirements(project_root / "requirements.txt", "win_amd64")
    assert not [pin for pin in pins if pin.startswith("uvloop")]
    everywhere = wheels.requirements(project_root / "requirements.txt")
    assert set(pins) < set(everywhere)
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+", pin) for pin in pins)
