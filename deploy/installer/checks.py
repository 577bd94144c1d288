"""What has to be right on a machine before anything is laid there."""

from __future__ import annotations

import importlib.util
import os
import platform
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from deploy.installer import system
from deploy.installer.manifest import ON_WINDOWS, Manifest

MEGABYTE = 1 << 20
_DATA_MEGABYTES = 1024
_MEMORY_LEAST, _MEMORY_GOOD = 1500, 3500  # megabytes
_DAY_SECONDS = 86_400
_OFFICE_ZONE = "+0800"
_ON_WINDOWS = {"simhei.ttf": "SimHei", "msyh.ttc": "Microsoft YaHei"}
# Signs of a whole file name; of those what lies below a version's folder (streamlit, compiled).
_WINDOWS_LONGEST, _LONGEST_INSIDE = 259, 170
_MODULES = ("venv", "sqlite3", "ssl", "zlib", "ctypes")


@dataclass(frozen=True)
class Check:
    """One thing looked at: its label, how it is in Chinese, and whether that keeps from going on.

    ``level`` is ``good``, ``mind`` (goes on, with a word of care) or ``stop``.
    """

    label: str
    words: str
    level: str = "good"


@dataclass(frozen=True)
class Machine:
    """What is known of this machine; tests make their own."""

    system: str
    machine: str
    glibc: tuple[int, int] | None
    python: str
    modules: frozenset[str]
    memory_megabytes: int
    now: float
    zone: str
    fonts: str


def this_machine() -> Machine:
    """Asked of the machine itself."""
    return Machine(
        system=sys.platform,
        machine=platform.machine(),
        glibc=_glibc(),
        python=f"{sys.version_info.major}.{sys.version_info.minor}",
        modules=frozenset(name for name in _MODULES if importlib.util.find_spec(name)),
        memory_megabytes=system.memory_bytes() // MEGABYTE,
        now=time.time(),
        zone=time.strftime("%z"),
        fonts=_fonts(),
    )


def checks(manifest: Manifest, machine: Machine) -> Iterator[Check]:
    """Platform, Python, memory, clock, time zone and fonts; disk and port are asked apart."""
    yield _platform(manifest, machine)
    yield _python(manifest, machine)
    yield _memory(machine)
    yield _clock(manifest, machine)
    if machine.zone == _OFFICE_ZONE:
        yield Check("时区", "东八区")
    else:
        words = (
            f"本机时区为 {machine.zone or '未知'}，不是东八区：每天定时的备份等会在别的钟点进行。"
            "可执行 timedatectl set-timezone Asia/Shanghai"
        )
        yield Check("时区", words, "mind")
    found = [name for name in manifest.fonts if name in machine.fonts]
    if found:
        yield Check("中文字体", found[0])
    else:
        words = "没有找到中文字体，通报里的地图和图表画不出来。可以以后再装，如 fonts-noto-cjk"
        yield Check("中文字体", words, "mind")


def _platform(manifest: Manifest, machine: Machine) -> Check:
    here = f"{machine.system} {machine.machine}"
    if manifest.machine == ON_WINDOWS:
        if (machine.system, machine.machine) != ("win32", "AMD64"):
            words = f"本机是 {here}，这个安装包用于 64 位的 Windows。请换用对应的安装包"
            return Check("平台", words, "stop")
        return Check("平台", "Windows，64 位")
    if machine.system != "linux" or machine.machine != manifest.machine:
        words = f"本机是 {here}，这个安装包用于 Linux {manifest.machine}。请换用对应的安装包"
        return Check("平台", words, "stop")
    wanted = ".".join(map(str, manifest.glibc))
    if machine.glibc is None or machine.glibc < manifest.glibc:
        found = "没有" if machine.glibc is None else ".".join(map(str, machine.glibc))
        return Check("平台", f"需要 glibc {wanted} 或更高，本机{found}。请升级操作系统", "stop")
    return Check("平台", f"{here}，glibc {'.'.join(map(str, machine.glibc))}(需要 {wanted})")


def _python(manifest: Manifest, machine: Machine) -> Check:
    if machine.python not in manifest.pythons:
        words = (
            f"本机的 Python 是 {machine.python}，"
            f"这个安装包用于 Python {'、'.join(manifest.pythons)}。"
            "请安装其中一个，或用 PYTHON=/路径/python3.11 ./install.sh 指明"
        )
        return Check("Python", words, "stop")
    missing = sorted(set(_MODULES) - machine.modules)
    if missing:
        words = f"本机的 Python 不完整，缺少 {'、'.join(missing)}。请安装系统自带的完整 Python"
        return Check("Python", words, "stop")
    return Check("Python", machine.python)


def _memory(machine: Machine) -> Check:
    has = machine.memory_megabytes
    if has < _MEMORY_LEAST:
        return Check("内存", f"只有 {has} MB，至少需要 {_MEMORY_LEAST} MB", "stop")
    if has < _MEMORY_GOOD:
        return Check("内存", f"{has} MB，够用；读大文件时可能不足，宜有 4 GB", "mind")
    return Check("内存", f"{has} MB")


def _clock(manifest: Manifest, machine: Machine) -> Check:
    here = time.strftime("%Y-%m-%d %H:%M", time.localtime(machine.now))
    if machine.now < manifest.built - _DAY_SECONDS:
        made = time.strftime("%Y-%m-%d", time.localtime(manifest.built))
        words = (
            f"本机时间是 {here}，早于安装包的制作日期 {made}，显然不对。"
            "期限、日志、证书都依赖时间，请先校准：date -s '2026-12-01 09:00'"
        )
        return Check("时钟", words, "stop")
    return Check("时钟", here)


def disk(folder: Path, needed_bytes: int, label: str) -> Check:
    """Whether that much is free where the folder is, or will be."""
    there = folder
    while not there.exists():
        there = there.parent
    free, needed = shutil.disk_usage(there).free // MEGABYTE, needed_bytes // MEGABYTE
    if free < needed:
        words = f"“{folder}”所在的磁盘剩余 {free} MB，需要 {needed} MB。请清理磁盘"
        return Check(label, words, "stop")
    return Check(label, f"“{folder}”剩余 {free} MB(需要 {needed} MB)")


def name_length(version: Path) -> Check:
    """Whether Windows can write everything below the folder of a version."""
    room = _WINDOWS_LONGEST - _LONGEST_INSIDE - len(str(version))
    if room < 0:
        words = (
            f"“{version}”太长，Windows 写不下里面的文件。请用 --into 换一个短 {-room} 个字的文件夹"
        )
        return Check("文件夹", words, "stop")
    return Check("文件夹", str(version))


def data_disk(folder: Path) -> Check:
    """Room for the data of the first years."""
    return disk(folder, _DATA_MEGABYTES * MEGABYTE, "数据磁盘")


def port(number: int, *, ours: bool = False) -> Check:
    """Whether the port can be listened on; ``ours``: our own service may have it."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("", number))
        except PermissionError:
            words = f"没有权限使用端口 {number}。请用 --port 换一个大于 1023 的，如 8443"
            return Check("端口", words, "stop")
        except OSError:
            if ours:
                return Check("端口", f"{number}，由本系统使用中")
            words = f"端口 {number} 已被别的程序占用。请停掉它，或用 --port 换一个"
            return Check("端口", words, "stop")
    return Check("端口", f"{number} 可用")


def _glibc() -> tuple[int, int] | None:
    try:
        words = os.confstr("CS_GNU_LIBC_VERSION") or ""
        major, minor = words.rpartition(" ")[2].split(".")[:2]
        return int(major), int(minor)
    except (ValueError, OSError, AttributeError):  # Windows has no confstr
        return None


def _fonts() -> str:
    """The families of Chinese fonts, as fontconfig lists them."""
    if system.WINDOWS:
        place = Path(os.environ.get("SYSTEMROOT", "C:/Windows")) / "Fonts"
        return " ".join(name for file, name in _ON_WINDOWS.items() if (place / file).is_file())
    program = shutil.which("fc-list")
    if program is None:
        return ""
    done = subprocess.run(  # noqa: S603
        [program, ":lang=zh-cn", "family"], capture_output=True, text=True, check=False
    )
    return done.stdout
