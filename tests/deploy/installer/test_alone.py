"""The installer runs before there is any environment: with the standard library alone."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.house.sources import imported_packages, syntax_tree

# Run with the Python of an installed version.
WITH_PACKAGES = {
    "certificates.py": {"cryptography"},
    "signature.py": {"cryptography"},
    "postgres.py": {"sqlalchemy"},
}


# A Python that would look in the folder where a person stands; those of ours stand in their own.
_RUNS = re.compile(r'-m"?,? f?"?deploy\.installer|"-[cm]", (?!"ledger"|"streamlit")|\$\w+" -.*-c ')


def test_only_the_standard_library_is_imported(project_root: Path) -> None:
    for file in sorted((project_root / "deploy" / "installer").glob("*.py")):
        foreign = set(imported_packages(syntax_tree(file))) - sys.stdlib_module_names - {"deploy"}
        assert foreign <= WITH_PACKAGES.get(file.name, set()), file.name


def test_the_script_of_the_bundle_reaches_it(project_root: Path, tmp_path: Path) -> None:
    """Up to the first look at the bundle, which is none here."""
    (tmp_path / "app").symlink_to(project_root)
    script = tmp_path / "install.sh"
    shipped = project_root / "deploy" / "bundle" / "top" / "install.sh"
    script.write_text(shipped.read_text(encoding="utf-8"), encoding="utf-8")
    done = subprocess.run(
        ["sh", str(script), "--into", str(tmp_path / "office")],
        capture_output=True, text=True, check=False, env={**os.environ, "PYTHON": sys.executable},
    )  # fmt: skip
    assert (done.returncode, "缺少 bundle.json" in done.stderr) == (1, True), done.stderr
    assert not (tmp_path / "office").exists()


def test_an_old_python_is_told(project_root: Path, tmp_path: Path) -> None:
    shipped = project_root / "deploy" / "bundle" / "top" / "install.sh"
    (tmp_path / "python3").write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    (tmp_path / "python3").chmod(0o755)
    text = shipped.read_text(encoding="utf-8").replace("/usr/local/bin/python3", "")
    (tmp_path / "install.sh").write_text(text, encoding="utf-8")
    for name in ("sh", "dirname"):
        (tmp_path / name).symlink_to(f"/bin/{name}")
    done = subprocess.run(
        ["/bin/sh", str(tmp_path / "install.sh")],
        capture_output=True, text=True, check=False, env={"PATH": str(tmp_path)},
    )  # fmt: skip
    assert (done.returncode, "没有找到 Python 3.11 或更高版本" in done.stderr) == (1, True)


def test_the_python_of_the_wheels_comes_before_the_usual_one(
    project_root: Path, tmp_path: Path
) -> None:
    """Ubuntu's python3 is 3.12; an office whose archive is for 3.11 has installed that beside it.
    Where there is none that fits, the usual one runs, and its checks say what is missing."""
    top = project_root / "deploy" / "bundle" / "top" / "install.sh"
    text = top.read_text(encoding="utf-8").replace("/usr/local/bin/python3", "")
    (tmp_path / "install.sh").write_text(text, encoding="utf-8")
    (tmp_path / "bundle.json").write_text('{"pythons": ["3.11"]}', encoding="utf-8")
    for name, version in (("python3", "3, 12"), ("python3.11", "3, 11")):
        played = f"import sys; sys.version_info = ({version}); "
        lines = f"""[ "$2" = -c ] || {{ echo "{name} takes it"; exit; }}
exec '{sys.executable}' -P -c "{played}$3" "$4"
"""
        (tmp_path / name).write_text(f"#!/bin/sh\n{lines}", encoding="utf-8")
        (tmp_path / name).chmod(0o755)
    assert _taken(tmp_path) == "python3.11 takes it\n"
    (tmp_path / "python3.11").unlink()
    assert _taken(tmp_path) == "python3 takes it\n"


def _taken(folder: Path) -> str:
    for name in ("sh", "dirname"):
        if not (folder / name).exists():
            (folder / name).symlink_to(f"/bin/{name}")
    done = subprocess.run(
        ["/bin/sh", str(folder / "install.sh")],
        capture_output=True, text=True, check=False, env={"PATH": str(folder)},
    )  # fmt: skip
    return done.stdout


def test_no_code_is_taken_from_the_folder_where_a_person_stands(project_root: Path) -> None:
    """Root runs it: a folder ``deploy`` that lies there by chance or ill will is not asked."""
    files = [*(project_root / "deploy" / "installer").glob("*.py")]
    files += (project_root / "deploy" / "bundle" / "top").glob("*.sh")
    for file in files:
        for line in file.read_text(encoding="utf-8").splitlines():
            if _RUNS.search(line) and not any(word in line for word in ("``", "psql")):
                assert "-P" in line, f"{file.name}: {line}"
