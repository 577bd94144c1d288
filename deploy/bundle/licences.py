"""The licences of everything that is shipped, read from the wheels themselves.

The list is made by machine; a wheel whose licence is not known to allow shipping stops the build.
"""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from email import message_from_string
from email.message import Message
from pathlib import Path

from deploy.installer.stop import Stop

# Each allows to ship the unchanged wheel beside our program, its text going along.
_MAY_BE_SHIPPED = re.compile(
    r"\b(MIT|BSD|Apache|ISC|PSF|Python Software Foundation|MPL|Mozilla|LGPL|Lesser|HPND|Zlib"
    r"|Unlicense|0BSD|CC0|Public Domain|DFSG)\b",
    re.IGNORECASE,
)
_FORBIDDEN = re.compile(r"\b(AGPL|Affero|Proprietary|Commercial)\b", re.IGNORECASE)
_STRONG = re.compile(r"(?<![L\w])GPL|GNU General Public", re.IGNORECASE)
_TEXT = re.compile(
    r"\.dist-info/(?:licenses/)?(?:.*/)?[^/]*(LICEN[CS]E|COPYING|NOTICE|AUTHORS)[^/]*$", re.I
)
_LONGEST = 120
# Of packages whose wheel has none, though the licence asks for it to go along: ``NAME.txt``.
_TEXTS = Path(__file__).with_name("licence_texts")
# Where the metadata is silent: what the project's repository says, looked up by hand. Of the two
# Leaflets the scripts that are served were held against npm's leaflet 1.9.3 and
# leaflet.markercluster 1.4.1, byte for byte; their licences are those of `licence_texts`.
_KNOWN = {
    "pyrage": "MIT",
    "streamlit-folium": "MIT",
    "XStatic-Leaflet": "BSD-2-Clause (same as Leaflet)",
    "XStatic-Leaflet-MarkerCluster": "MIT (same as Leaflet.markercluster)",
}


@dataclass(frozen=True)
class Licence:
    """A package, what its metadata says of its licence, and the names of the texts inside."""

    name: str
    version: str
    words: str
    home: str
    texts: tuple[str, ...]


def licence_of(wheel: Path) -> Licence:
    """Read from the wheel's METADATA. Raises `Stop` if it does not say that it may be shipped."""
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        file = next(name for name in names if name.endswith(".dist-info/METADATA"))
        data = message_from_string(archive.read(file).decode("utf-8"))
        texts = tuple(sorted(name for name in names if _TEXT.search(name)))
    words = _KNOWN.get(str(data["Name"])) or _words(data)
    found = Licence(str(data["Name"]), str(data["Version"]), words, _home(data), texts)
    if not may_be_shipped(words):
        raise Stop(f"{wheel.name} 的许可“{words or '没有写明'}”不在允许随附的之列")
    return found


def may_be_shipped(words: str) -> bool:
    """Whether the words name a licence that allows it, and none that forbids it."""
    if _FORBIDDEN.search(words) or (_STRONG.search(words) and " OR " not in words):
        return False
    return _MAY_BE_SHIPPED.search(words) is not None


def _words(data: Message) -> str:
    expression = data["License-Expression"]
    if expression:
        return str(expression)
    classified = [
        line.rpartition(" :: ")[2]
        for line in data.get_all("Classifier", [])
        if line.startswith("License ::")
    ]
    first = str(data["License"] or "").strip().splitlines()[:1]
    told = [line for line in first if line.strip("=-#* ") and len(line) <= _LONGEST]
    told = [line for line in told if line != "UNKNOWN"]
    return "; ".join(dict.fromkeys([*told, *classified]))


def _home(data: Message) -> str:
    if data["Home-page"]:
        return str(data["Home-page"])
    told = [line.split(",", 1) for line in data.get_all("Project-URL", []) if "," in line]
    found = {name.strip(): address.strip() for name, address in told}
    for name in ("Homepage", "homepage", "Source", "Repository", "source", "repository"):
        if name in found:
            return str(found[name])
    return next(iter(found.values()), "")


def write(wheels: list[Path], folder: Path) -> int:
    """``清单.tsv`` and every licence text of every wheel; returns the number of packages."""
    folder.mkdir(parents=True)
    lines = ["软件包\t版本\t许可\t主页\t许可文本"]
    seen: set[tuple[str, str]] = set()
    for wheel in wheels:
        found = licence_of(wheel)
        if (found.name, found.version) in seen:
            continue
        seen.add((found.name, found.version))
        place = folder / f"{found.name}-{found.version}"
        with zipfile.ZipFile(wheel) as archive:
            for text in found.texts:
                target = place / text.partition(".dist-info/")[2].replace("/", "_")
                place.mkdir(exist_ok=True)
                target.write_bytes(archive.read(text))
        own = _TEXTS / f"{found.name}.txt"
        if not found.texts and own.is_file():
            place.mkdir()
            (place / "LICENSE").write_bytes(own.read_bytes())
        texts = len(list(place.iterdir())) if place.is_dir() else 0
        row = (found.name, found.version, found.words, found.home, str(texts))
        lines.append("\t".join(row))
    (folder / "清单.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return len(seen)
