"""The wheels of requirements.txt for a platform: downloaded, or built where there is a source only.

A package index gives the same file for the same pin, so wheels are kept in a folder and asked for
once. What is built here is pure Python and gets the times of ``SOURCE_DATE_EPOCH``.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import parse_wheel_filename

from deploy.installer.manifest import ON_WINDOWS
from deploy.installer.stop import Stop

# What is needed before there is any environment: Debian's Python comes without pip.
PIP = "pip==26.0.1"
PLATFORMS = {
    "x86_64": [f"manylinux_2_{minor}_x86_64" for minor in range(28, 11, -1)]
    + ["manylinux2014_x86_64", "manylinux2010_x86_64", "manylinux1_x86_64"],
    "aarch64": [f"manylinux_2_{minor}_aarch64" for minor in range(28, 16, -1)]
    + ["manylinux2014_aarch64"],
    ON_WINDOWS: ["win_amd64"],
}
_LINUX = {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"}
_WINDOWS = {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt"}
_GLIBC = re.compile(r"manylinux_(\d+)_(\d+)_")
_OLD_TAGS = {"manylinux2014": (2, 17), "manylinux2010": (2, 12), "manylinux1": (2, 5)}
_COMPILED_SHARE = 1.35  # what Python's compiled code adds to an unpacked wheel


def requirements(file: Path, machine: str = "x86_64") -> list[str]:
    """The pins that hold on such a machine, as ``name==version``."""
    lines = (line.partition("#")[0].strip() for line in file.read_text("utf-8").splitlines())
    parsed = [Requirement(line) for line in lines if line]
    environment = _WINDOWS if machine == ON_WINDOWS else _LINUX
    return [
        f"{one.name}{one.specifier}"
        for one in parsed
        if one.marker is None or one.marker.evaluate(environment)
    ]


def gather(pins: list[str], folder: Path, machine: str, pythons: tuple[str, ...]) -> list[Path]:
    """Every wheel that the pins need on that machine with any of the Pythons, sorted by name."""
    folder.mkdir(parents=True, exist_ok=True)
    for pin in [*pins, PIP]:
        for python in pythons:
            if _fitting(folder, pin, machine, python) is None:
                _get(pin, folder, machine, python)
    found = {
        wheel
        for pin in [*pins, PIP]
        for python in pythons
        if (wheel := _fitting(folder, pin, machine, python)) is not None
    }
    return sorted(found)


def _fitting(folder: Path, pin: str, machine: str, python: str) -> Path | None:
    """The wheel of a pin that such a Python takes, if it is in the folder."""
    wanted = Requirement(pin)
    plain, tag = wanted.name.lower().replace("-", "_").replace(".", "_"), python.replace(".", "")
    for file in sorted(folder.glob("*.whl")):
        name, version, _, tags = parse_wheel_filename(file.name)
        if str(name).replace("-", "_") != plain or version not in wanted.specifier:
            continue
        for one in tags:
            abi = one.abi == "none" or one.abi == f"cp{tag}" or one.abi == "abi3"
            kind = one.interpreter in ("py3", f"cp{tag}") or (
                one.abi == "abi3" and int(one.interpreter[3:]) <= int(tag[1:])
            )
            if abi and kind and (one.platform == "any" or one.platform in PLATFORMS[machine]):
                return file
    return None


def _get(pin: str, folder: Path, machine: str, python: str) -> None:
    platforms = [word for name in PLATFORMS[machine] for word in ("--platform", name)]
    asked = ["--only-binary", ":all:", "--python-version", python, *platforms]
    done = _pip(["download", "--no-deps", "--dest", str(folder), *asked, pin])
    if done.returncode:  # no wheel of it is published: only pure Python can be built for others
        done = _pip(["wheel", "--no-deps", "--wheel-dir", str(folder), pin])
    if done.returncode or _fitting(folder, pin, machine, python) is None:
        raise Stop(f"没有 {pin} 的 wheel(Python {python}，{machine})：{done.stderr.strip()[-300:]}")


def _pip(arguments: list[str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments]
    times = {"SOURCE_DATE_EPOCH": "315532800"}  # 1980: the oldest that a zip file can hold
    return subprocess.run(  # noqa: S603 - pip of this environment
        command, capture_output=True, text=True, check=False, env={**os.environ, **times}
    )


def glibc_of(wheels: list[Path]) -> tuple[int, int]:
    """The oldest C library on which all of them run, by their tags; (0, 0) on Windows."""
    return max((_glibc(wheel.name) for wheel in wheels), default=(2, 17))


def _glibc(name: str) -> tuple[int, int]:
    """A wheel with several tags runs on the oldest of them."""
    found = [(int(major), int(minor)) for major, minor in _GLIBC.findall(name)]
    found += [version for tag, version in _OLD_TAGS.items() if tag in name]
    return min(found, default=(0, 0))


def installed_bytes(wheels: list[Path], pythons: tuple[str, ...]) -> int:
    """About what an environment takes up: one Python's wheels unpacked, and compiled."""
    sizes = {}
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as archive:
            sizes[wheel] = sum(entry.file_size for entry in archive.infolist())
    each = [sum(sizes[wheel] for wheel in wheels if _is_for(wheel, one)) for one in pythons]
    return int(max(each, default=0) * _COMPILED_SHARE)


def _is_for(wheel: Path, python: str) -> bool:
    """Whether it is not for another Python alone."""
    own = ("none", "abi3", f"cp{python.replace('.', '')}")
    return any(tag.abi in own for tag in parse_wheel_filename(wheel.name)[3])
