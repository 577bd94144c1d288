"""One installed version: the program, its environment from the bundle's wheels, compiled.

It is made in its final place and marked as the last step, so what was cut short is made anew.
``python -m deploy.installer.environment BUNDLE PROGRAM`` lays it for a container.
"""

from __future__ import annotations

import filecmp
import os
import shutil
import subprocess
import sys
from pathlib import Path

from deploy.installer import files, system
from deploy.installer.manifest import APP, MANIFEST, WHEELS, read_manifest
from deploy.installer.stop import Stop

_MARK = ".complete"
# Python's compiled code counts as data of the version: nobody but the installer writes there.
_PROGRAM_MODE = 0o755


def python_of(version: Path) -> Path:
    """The Python of an installed version."""
    if system.WINDOWS:
        return version / ".venv" / "Scripts" / "python.exe"
    return version / ".venv" / "bin" / "python"


def is_complete(version: Path) -> bool:
    """Whether everything was laid there, and its Python starts."""
    if not (version / _MARK).is_file():
        return False
    command = [str(python_of(version)), "-P", "-c", "import cryptography, streamlit.version"]
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0  # noqa: S603
    except OSError:
        return False


def is_as_packed(bundle: Path, version: Path) -> bool:
    """Whether the program's files are those of the bundle, byte for byte."""
    for file in (bundle / APP).rglob("*"):
        if file.is_dir() or "__pycache__" in file.parts:
            continue
        there = version / file.relative_to(bundle / APP)
        if not there.is_file() or not filecmp.cmp(file, there, shallow=False):
            return False
    return True


def make(bundle: Path, versions: Path) -> Path:
    """Lay the bundle's version among the installed ones; returns its folder.

    Raises
    ------
    Stop
        If the disk is full or a package cannot be installed; what was laid is removed again.
    """
    version = versions / read_manifest(bundle).name
    if is_complete(version) and is_as_packed(bundle, version):
        return version
    remove(version)
    try:
        versions.mkdir(parents=True, exist_ok=True)
        shutil.copytree(bundle / APP, version, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copyfile(bundle / MANIFEST, version / MANIFEST)
        _environment(bundle / WHEELS, version)
        _compile(version)
        _open_to_read(version)
        _to_disk()
        files.write(version / _MARK, "")
    except OSError as error:
        remove(version)
        raise Stop(
            f"不能写入“{error.filename or version}”：{error.strerror}。已撤回，原来的程序没有改动。"
            "请检查磁盘空间和权限后再试"
        ) from None
    except Stop:
        remove(version)
        raise
    return version


def remove(version: Path) -> None:
    """Remove an installed version; first its mark, so that no part of it is taken for whole."""
    (version / _MARK).unlink(missing_ok=True)
    shutil.rmtree(version, ignore_errors=True)


def others(versions: Path, kept: set[Path]) -> list[Path]:
    """Installed versions besides those to be kept."""
    if not versions.is_dir():
        return []
    return sorted(one for one in versions.iterdir() if one.is_dir() and one not in kept)


def _environment(wheels: Path, version: Path) -> None:
    """Debian's Python has no ensurepip: pip is run out of its own wheel."""
    _run([sys.executable, "-P", "-m", "venv", "--without-pip", str(version / ".venv")])
    pip = next(wheels.glob("pip-*.whl"), None)
    if pip is None:
        raise Stop("安装包里没有 pip，请重新拷贝安装包")
    command = [str(python_of(version)), f"{pip}/pip", "install", "--quiet", "--no-index"]
    command += [
        "--no-deps",
        "--no-cache-dir",
        "--disable-pip-version-check",
        "--no-warn-script-location",
    ]
    _run([*command, "--find-links", str(wheels), "-r", str(version / "requirements.txt")])


def _compile(version: Path) -> None:
    """The service may not write there, and would compile everything anew at each start."""
    command = [str(python_of(version)), "-P", "-m", "compileall"]
    _run([*command, "-q", "-x", r"\.venv", str(version)])


def _run(command: list[str]) -> None:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PIP_")}
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    kept.pop("PYTHONPATH", None)
    done = subprocess.run(  # noqa: S603 - this machine's Python, and that of the version
        command,
        capture_output=True,
        text=True,
        check=False,
        env=kept | {"PIP_CONFIG_FILE": os.devnull},
    )
    if done.returncode:
        said = " ".join((done.stderr or done.stdout).split())[-400:]
        if "No space left" in said:
            raise Stop("磁盘已满，已撤回，原来的程序没有改动。请清理磁盘后再试")
        raise Stop(f"准备 Python 环境没有成功：{said}")


def _open_to_read(version: Path) -> None:
    """Whoever installs may have a narrow umask; the service's user has to read it all."""
    if system.WINDOWS:  # rights come from the folder above
        return
    for folder, _, names in os.walk(version):
        os.chmod(folder, _PROGRAM_MODE)
        for name in names:
            path = Path(folder, name)
            if not path.is_symlink():
                mode = path.stat().st_mode
                path.chmod(mode | 0o444 | (0o111 if mode & 0o100 else 0))


def main(bundle: str, program: str) -> None:
    """Lay a version and point ``current`` at it: all that an image of a container needs."""
    version = make(Path(bundle), Path(program) / "versions")
    files.link(Path(program) / "current", version)


def _to_disk() -> None:
    """Before the mark says that all is there."""
    if not system.WINDOWS:
        os.sync()


if __name__ == "__main__":
    main(*sys.argv[1:3])
