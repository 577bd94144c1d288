"""What the product stands on: pinned, complete, and free to be shipped."""

from __future__ import annotations

import re
from importlib.metadata import Distribution, distribution, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from tests.house.requirements import pinned

OLDEST = "3.11.0"
FILES = ["requirements.txt", "requirements-dev.txt"]

# Licences, as their metadata spell them, that allow an Apache-2.0 product to ship with the package.
SHIPPABLE = re.compile(
    r"\b(MIT|0?BSD|Apache|ISC|PSF|Python Software Foundation|Mozilla Public|MPL"
    r"|HPND|Historical Permission|Unlicense|Zlib|CC0)\b",
    re.IGNORECASE,
)
NOT_SHIPPABLE = re.compile(
    r"\b[AL]?GPL|General Public License|SSPL|Commons Clause|Proprietary", re.I
)

# Packages whose metadata do not settle it, read by a person; the version is part of the finding.
REVIEWED = {
    "psycopg": ("3.3.9", "LGPL-3.0-only: used unmodified as a separate package"),
    "psycopg-binary": ("3.3.9", "LGPL-3.0-only: used unmodified as a separate package"),
    "pyrage": ("1.4.0", "MIT, by the LICENSE file in its wheel"),
    "python-stdnum": ("2.2", "LGPL-2.1-or-later: used unmodified as a separate package"),
    "streamlit-folium": ("0.27.4", "MIT, by the LICENSE file of its repository"),
    "xstatic-leaflet": ("1.9.3.0", "BSD-2-Clause, as Leaflet itself, which it packages"),
    "xstatic-leaflet-markercluster": (
        "1.4.1.1",
        "MIT, as the plugin that it packages",
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_every_requirement_is_pinned(project_root: Path, name: str) -> None:
    loose = [
        str(requirement)
        for requirement in pinned(project_root / name).values()
        if [specifier.operator for specifier in requirement.specifier] != ["=="]
        or "*" in str(requirement.specifier)
    ]
    assert loose == []


def needs(package: str) -> list[Requirement]:
    """What the installed package needs on this machine, its optional extras apart."""
    requirements = map(Requirement, distribution(package).requires or [])
    return [
        requirement
        for requirement in requirements
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""})
    ]


def test_pins_are_complete(project_root: Path) -> None:
    runtime = pinned(project_root / "requirements.txt")
    everything = runtime | pinned(project_root / "requirements-dev.txt")
    for pins in (runtime, everything):
        unpinned = {
            f"{need.name} (for {package})"
            for package, requirement in pins.items()
            if requirement.marker is None or requirement.marker.evaluate()
            for need in needs(package)
            if canonicalize_name(need.name) not in pins
        }
        assert unpinned == set(), "pin what the requirements need in turn"


@pytest.mark.parametrize("name", FILES)
def test_pins_can_be_installed_on_the_oldest_python(project_root: Path, name: str) -> None:
    """Debian 12, which many offices have, brings Python 3.11.2; we promise 3.11."""
    too_new = {
        package: needed
        for package, requirement in pinned(project_root / name).items()
        if (requirement.marker is None or requirement.marker.evaluate())
        and (needed := distribution(package).metadata["Requires-Python"])
        and not SpecifierSet(needed).contains(OLDEST)
    }
    assert too_new == {}, "pin a version that still runs there"


def test_installed_versions_are_the_pinned_ones(project_root: Path) -> None:
    wrong = {
        package: version(package)
        for package, requirement in pinned(project_root / "requirements.txt").items()
        if (requirement.marker is None or requirement.marker.evaluate())
        and not requirement.specifier.contains(version(package), prereleases=True)
    }
    assert wrong == {}, "run `make install`"


def licences(package: Distribution) -> list[str]:
    """What the package's metadata say of its licence, the most formal statement first."""
    metadata = package.metadata
    classifiers = metadata.get_all("Classifier") or []
    return [
        text
        for text in (
            metadata.get("License-Expression"),
            *(line for line in classifiers if line.startswith("License ::")),
            # Some packages put the whole text there; its beginning names it.
            (metadata.get("License") or "")[:300],
        )
        if text
    ]


def may_ship(statements: list[str]) -> bool:
    """Whether the statements name a licence we may ship with, and none that we may not."""
    text = "\n".join(statements)
    return bool(SHIPPABLE.search(text)) and not NOT_SHIPPABLE.search(text)


@pytest.mark.parametrize(
    ("statements", "allowed"),
    [
        (["MIT"], True),
        (["Apache-2.0 OR BSD-3-Clause"], True),
        (["License :: OSI Approved :: BSD License"], True),
        (["Permitted for miscellaneous use"], False),
        (["GPL-3.0-only"], False),
        (["AGPL-3.0"], False),
        (["LGPL"], False),
        (["License :: OSI Approved :: GNU General Public License v2 (GPLv2)"], False),
        (["MIT", "SSPL-1.0"], False),
        (["MIT AND LGPL-2.1-only"], False),
        (["Artistic License"], False),
        ([], False),
    ],
)
def test_licence_is_judged(statements: list[str], allowed: bool) -> None:
    assert may_ship(statements) is allowed


def test_runtime_licences_allow_shipping(project_root: Path) -> None:
    doubtful = {}
    for package, requirement in pinned(project_root / "requirements.txt").items():
        if requirement.marker is not None and not requirement.marker.evaluate():
            continue
        found = distribution(package)
        if REVIEWED.get(package, ("",))[0] == found.version:
            continue
        if not may_ship(licences(found)):
            doubtful[package] = licences(found)
    assert doubtful == {}, "read their licences; if they may ship, add them to REVIEWED"


def test_reviewed_licences_are_of_pinned_packages(project_root: Path) -> None:
    pins = pinned(project_root / "requirements.txt")
    stale = {
        name for name, (seen, _) in REVIEWED.items() if f"=={seen}" != str(pins[name].specifier)
    }
    assert stale == set(), "the package changed since its licence was read"
