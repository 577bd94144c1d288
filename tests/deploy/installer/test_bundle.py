"""What goes into the archive: pins, wheels, licences, and the same bytes each time."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest

from deploy.bundle import guide_pdf, licences, wheels
from deploy.bundle.build import ON_TOP, SHIPPED, _fonts, _newest_schema
from deploy.installer.stop import Stop
from ledger.reporting.bulletins.fonts import NAMES
from ledger.storage.revisions import newest_revision


def test_every_pin_that_holds_on_linux_is_asked_for(project_root: Path) -> None:
    pins = wheels.requirements(project_root / "requirements.txt")
    lines = (project_root / "requirements.txt").read_text(encoding="utf-8").splitlines()
    assert len(pins) == len([line for line in lines if "==" in line.partition("#")[0]])
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+", pin) for pin in pins)


@pytest.mark.parametrize(
    ("name", "python", "fits"),
    [
        ("one-1.0-py3-none-any.whl", "3.11", True),
        ("one-1.0-cp311-cp311-manylinux_2_28_x86_64.whl", "3.11", True),
        ("one-1.0-cp311-cp311-manylinux_2_28_x86_64.whl", "3.12", False),
        ("one-1.0-cp310-abi3-manylinux2014_x86_64.whl", "3.12", True),
        ("one-1.0-cp312-abi3-manylinux2014_x86_64.whl", "3.11", False),
        ("one-1.0-cp311-cp311-manylinux_2_28_aarch64.whl", "3.11", False),
        ("one-1.0-cp311-cp311-manylinux_2_34_x86_64.whl", "3.11", False),
        ("one-1.1-py3-none-any.whl", "3.11", False),
    ],
)
def test_which_wheel_fits(tmp_path: Path, name: str, python: str, fits: bool) -> None:
    (tmp_path / name).touch()
    found = wheels._fitting(tmp_path, "one==1.0", "x86_64", python)
    assert (found is not None) is fits


def test_the_oldest_c_library_that_will_do() -> None:
    names = [
        "a-1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
        "b-1-py3-none-any.whl",
    ]
    assert wheels.glibc_of([Path(name) for name in names]) == (2, 17)
    names.append("c-1-cp311-cp311-manylinux_2_27_x86_64.manylinux_2_28_x86_64.whl")
    assert wheels.glibc_of([Path(name) for name in names]) == (2, 27)


def test_room_is_asked_for_one_python_of_several(tmp_path: Path) -> None:
    """What all of them share is laid once, whole; of the rest only one Python's."""
    made = []
    for tags, size in (("py3-none-any", 1000), ("cp311-cp311-win", 200), ("cp312-cp312-win", 300)):
        made.append(tmp_path / f"one-1.0-{tags}.whl")
        with zipfile.ZipFile(made[-1], "w") as archive:
            archive.writestr("a", bytes(size))
    share = wheels._COMPILED_SHARE
    assert wheels.installed_bytes(made, ("3.11", "3.12")) == int(1300 * share)
    assert wheels.installed_bytes(made, ("3.11",)) == int(1200 * share)


@pytest.mark.parametrize(
    ("words", "may"),
    [
        ("MIT", True),
        ("Apache-2.0 OR BSD-3-Clause", True),
        ("GNU Lesser General Public License v2 or later (LGPLv2+); LGPL", True),
        ("MPL-2.0; Mozilla Public License 2.0 (MPL 2.0)", True),
        ("GPL-3.0", False),
        ("GNU General Public License v3 (GPLv3)", False),
        ("AGPL-3.0", False),
        ("Proprietary", False),
        ("", False),
    ],
)
def test_which_licences_may_be_shipped(words: str, may: bool) -> None:
    assert licences.may_be_shipped(words) is may


def wheel_saying(folder: Path, licence: str) -> Path:
    file = folder / "one-1.0-py3-none-any.whl"
    with zipfile.ZipFile(file, "w") as archive:
        head = "Metadata-Version: 2.4\nName: one\nVersion: 1.0\n"
        archive.writestr("one-1.0.dist-info/METADATA", f"{head}License-Expression: {licence}\n")
        archive.writestr("one-1.0.dist-info/licenses/LICENSE", "text\n")
    return file


def test_the_list_of_licences_and_their_texts(tmp_path: Path) -> None:
    assert licences.write([wheel_saying(tmp_path, "MIT")], tmp_path / "out") == 1
    listed = (tmp_path / "out" / "清单.tsv").read_text(encoding="utf-8").splitlines()
    assert listed[1].split("\t")[:3] == ["one", "1.0", "MIT"]
    assert (tmp_path / "out" / "one-1.0" / "licenses_LICENSE").read_text("utf-8") == "text\n"


def test_a_wheel_without_its_licence_text_gets_the_one_looked_up(tmp_path: Path) -> None:
    """MIT and BSD ask for the text to go along; the wheels of both Leaflets have none."""
    file = tmp_path / "xstatic.whl"
    with zipfile.ZipFile(file, "w") as archive:
        head = "Metadata-Version: 2.1\nName: XStatic-Leaflet-MarkerCluster\nVersion: 1.4.1.1\n"
        archive.writestr("xstatic-1.dist-info/METADATA", f"{head}License: (same)\n")
    licences.write([file], tmp_path / "out")
    listed = (tmp_path / "out" / "清单.tsv").read_text(encoding="utf-8").splitlines()
    assert listed[1].split("\t")[2].startswith("MIT")
    assert listed[1].endswith("\t1")
    text = tmp_path / "out" / "XStatic-Leaflet-MarkerCluster-1.4.1.1" / "LICENSE"
    assert "Copyright 2012 David Leaver" in text.read_text(encoding="utf-8")


def test_a_licence_that_forbids_it_stops_the_build(tmp_path: Path) -> None:
    with pytest.raises(Stop, match="AGPL"):
        licences.write([wheel_saying(tmp_path, "AGPL-3.0-only")], tmp_path / "out")


def test_the_moment_of_printing_is_that_of_the_commit() -> None:
    pdf = b"<< /CreationDate (D:20261130194400+00'00') /ModDate (D:20261130194401+00'00') >>"
    dated = guide_pdf._dated(pdf, 0)
    assert len(dated) == len(pdf)
    assert re.findall(rb"D:(\d+)", dated) == [b"19700101000000"] * 2


def test_the_page_that_is_printed_names_no_folder_of_the_build(tmp_path: Path) -> None:
    text = "# 手册\n\n按时\n办结，见[角色](reference/roles.md#一)和[下文](#二)。\n"
    (tmp_path / "guide.md").write_text(text, encoding="utf-8")
    page = guide_pdf._page(tmp_path / "guide.md")
    assert "见角色和" in page
    assert 'href="#二"' in page or "#%E4%BA%8C" in page
    assert "按时办结" in page
    assert "roles.md" not in page


def test_what_the_manifest_says_is_what_the_program_says(project_root: Path) -> None:
    assert _fonts(project_root) == NAMES
    assert _newest_schema(project_root) == newest_revision()


def test_what_is_shipped_is_there(project_root: Path) -> None:
    assert all((project_root / name).exists() for name in SHIPPED)
    for name in ON_TOP:
        file = project_root / "deploy" / "bundle" / "top" / name
        assert file.is_file()
        if file.suffix == ".sh":
            assert file.read_text(encoding="utf-8").startswith("#!/bin/sh\n")
