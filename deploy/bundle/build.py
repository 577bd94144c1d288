"""Make the archive from a commit: the program as committed, wheels, manual, licences, signature.

Two builds of one commit are the same byte for byte: only committed files are taken; owner, rights
and times are fixed; names are sorted; the wheels are the index's own files.
"""

from __future__ import annotations

import ast
import gzip
import io
import shutil
import subprocess
import tarfile
import tempfile
import time
import tomllib
import zipfile
from dataclasses import dataclass
from pathlib import Path

from deploy.bundle import guide_pdf, licences, wheels
from deploy.installer import manifest, signature
from deploy.installer.manifest import APP, MANIFEST, ON_WINDOWS, SUMS, WHEELS, Manifest
from deploy.installer.stop import Stop

PROJECT = Path(__file__).resolve().parents[2]
# Of the repository, what runs or is read in an office.
SHIPPED = (
    "app.py", "pyproject.toml", "requirements.txt", "LICENSE", "CHANGELOG.md", "README.md",
    ".streamlit", "data", "deploy", "docs", "geo", "ledger", "pages",
)  # fmt: skip
# Laid on top, so that they are seen first.
ON_TOP = ("install.sh", "uninstall.sh", "说明.txt")
# The same for Windows; the last one gets the name of the first list's.
ON_TOP_OF_WINDOWS = ("install.cmd", "uninstall.cmd", "need-python.txt", "windows-说明.txt")
_GZIP_LEVEL = 6


@dataclass(frozen=True)
class Wanted:
    """What to build: from which commit, for which machine and Pythons, signed with which key."""

    commit: str
    machine: str
    pythons: tuple[str, ...]
    key: Path
    out: Path
    kept_wheels: Path


def build(wanted: Wanted) -> Path:
    """Write the archive and its ``.sha256``; returns its path. Raises `Stop`."""
    if not wanted.key.is_file():
        raise Stop(f"没有签名密钥“{wanted.key}”。请用 python -m deploy.bundle key 文件 建立一个")
    commit, moment = _commit(wanted.commit)
    with tempfile.TemporaryDirectory(prefix="ledger-bundle-") as folder:
        app = Path(folder) / "new" / APP
        _take_committed(commit, app)
        version = str(
            tomllib.loads((app / "pyproject.toml").read_text("utf-8"))["project"]["version"]
        )
        top = Path(folder) / f"ledger-{version}-{_platform(wanted.machine)}"
        app.parent.rename(top)
        _fill(top, wanted, version, commit, moment)
        signature.sign(top, wanted.key.read_bytes())
        wanted.out.mkdir(parents=True, exist_ok=True)
        windows = wanted.machine == ON_WINDOWS
        archive = wanted.out / f"{top.name}{'.zip' if windows else '.tar.gz'}"
        (pack_zip if windows else pack)(top, archive, moment)
    told = f"{manifest.sha256(archive)}  {archive.name}\n"
    archive.with_name(f"{archive.name}.sha256").write_text(told, encoding="utf-8")
    return archive


def _fill(top: Path, wanted: Wanted, version: str, commit: str, moment: int) -> None:
    app = top / APP
    pins = wheels.requirements(app / "requirements.txt", wanted.machine)
    found = wheels.gather(pins, wanted.kept_wheels, wanted.machine, wanted.pythons)
    (top / WHEELS).mkdir()
    for wheel in found:
        shutil.copyfile(wheel, top / WHEELS / wheel.name)
    licences.write(found, top / "licences")
    shutil.copyfile(app / "LICENSE", top / "licences" / "本系统-Apache-2.0.txt")
    guide_pdf.print_guide(app / "docs" / "guide.md", top / "使用手册.pdf", moment)
    for name in ON_TOP_OF_WINDOWS if wanted.machine == ON_WINDOWS else ON_TOP:
        _on_top(app / "deploy" / "bundle" / "top" / name, top)
    told = Manifest(
        version=version,
        commit=commit,
        built=moment,
        machine=wanted.machine,
        glibc=wheels.glibc_of(found),
        pythons=wanted.pythons,
        schema=_newest_schema(app),
        installed_bytes=wheels.installed_bytes(found, wanted.pythons),
        fonts=_fonts(app),
    )
    (top / MANIFEST).write_text(manifest.to_text(told), encoding="utf-8")
    (top / SUMS).write_text(manifest.sums_text(top), encoding="utf-8")


def _platform(machine: str) -> str:
    return "windows-x86_64" if machine == ON_WINDOWS else f"linux-{machine}"


def _on_top(file: Path, top: Path) -> None:
    """Windows' own programs want the ends of lines that they write."""
    target = top / file.name.removeprefix("windows-")
    text = file.read_bytes()
    windows = file.name.startswith(("windows-", "need-")) or file.suffix == ".cmd"
    target.write_bytes(text.replace(b"\n", b"\r\n") if windows else text)


def _commit(name: str) -> tuple[str, int]:
    """The full name of a commit, and its time in seconds since 1970."""
    said = _git("log", "-1", "--format=%H %ct", name).decode().split()
    return said[0], int(said[1])


def _take_committed(commit: str, app: Path) -> None:
    app.mkdir(parents=True)
    archive = _git("archive", "--format=tar", commit, "--", *SHIPPED)
    with tarfile.open(fileobj=io.BytesIO(archive)) as opened:
        opened.extractall(app, filter="data")


def _git(*arguments: str) -> bytes:
    done = subprocess.run(  # noqa: S603
        ["git", "-C", str(PROJECT), *arguments],  # noqa: S607 - the developer's own git
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise Stop(f"git {arguments[0]}：{done.stderr.decode(errors='replace').strip()}")
    return done.stdout


def _newest_schema(app: Path) -> str:
    """The number of the newest migration: they are named by it."""
    files = (app / "ledger" / "storage" / "migrations" / "versions").glob("[0-9]*.py")
    return max(file.name.partition("_")[0] for file in files)


def _fonts(app: Path) -> tuple[str, ...]:
    """The names of Chinese fonts that pictures are drawn with: one of them has to be there."""
    text = (app / "ledger" / "reporting" / "bulletins" / "fonts.py").read_text(encoding="utf-8")
    for node in ast.parse(text).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "NAMES":
            return tuple(ast.literal_eval(node.value))
    raise Stop("fonts.py 里没有 NAMES")


def pack(folder: Path, archive: Path, moment: int) -> None:
    """A tar.gz in which nothing depends on who packs, when and where."""
    with (
        archive.open("wb") as file,
        gzip.GzipFile("", "wb", _GZIP_LEVEL, file, mtime=0) as zipped,
        tarfile.open(fileobj=zipped, mode="w", format=tarfile.PAX_FORMAT) as packed,
    ):
        for path in [folder, *sorted(folder.rglob("*"))]:
            entry = tarfile.TarInfo(path.relative_to(folder.parent).as_posix())
            entry.mtime, entry.mode = moment, 0o755
            if path.is_dir():
                entry.type = tarfile.DIRTYPE
                packed.addfile(entry)
                continue
            entry.size = path.stat().st_size
            entry.mode = 0o755 if path.suffix == ".sh" else 0o644
            with path.open("rb") as stream:
                packed.addfile(entry, stream)


def pack_zip(folder: Path, archive: Path, moment: int) -> None:
    """The same for Windows, which unpacks nothing else by itself."""
    when = time.gmtime(moment)[:6]
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=_GZIP_LEVEL) as packed:
        for path in sorted(folder.rglob("*")):
            if path.is_dir():
                continue
            entry = zipfile.ZipInfo(path.relative_to(folder.parent).as_posix(), when)
            entry.external_attr, entry.create_system = 0o644 << 16, 0
            # Wheels are zip files themselves; to press them again takes time and saves nothing.
            stored = path.suffix == ".whl"
            entry.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            packed.writestr(entry, path.read_bytes(), compresslevel=None if stored else _GZIP_LEVEL)
