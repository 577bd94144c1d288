"""Reading requirements files: what is pinned, and which pins the code itself asked for."""

from __future__ import annotations

from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

# In both files the pins below this line stand there only for the sake of those above it.
FOR_THOSE_ABOVE = "# pinned for those above"


def requirement_lines(text: str) -> list[str]:
    """The requirements of a file, without comments, blank lines and ``-r`` lines."""
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("-")]


def pinned(file: Path) -> dict[str, Requirement]:
    """Normalised name → requirement, for every line of the file."""
    requirements = map(Requirement, requirement_lines(file.read_text(encoding="utf-8")))
    return {canonicalize_name(requirement.name): requirement for requirement in requirements}


def direct_requirements(file: Path) -> set[str]:
    """Normalised names of the packages that the project itself imports."""
    above, separator, _ = file.read_text(encoding="utf-8").partition(FOR_THOSE_ABOVE)
    if not separator:
        raise ValueError(f"{file.name} has no line {FOR_THOSE_ABOVE!r}")
    return {canonicalize_name(Requirement(line).name) for line in requirement_lines(above)}
