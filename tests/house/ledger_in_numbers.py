"""`ledger` in numbers: ``python -m tests.house.ledger_in_numbers [FOLDER]`` prints them.

Of this tree or of another checkout (a ``git worktree`` of an older commit, say): imports that run
up between floors, modules and rooms that need each other, rooms on the first level, and the lines
of all product code. import-linter holds the first two in CI.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import grimp
from grimp import ImportGraph

# Not from tests.conftest: that imports this tree's `ledger`, and another one is to be looked at.
PROJECT_ROOT = Path(__file__).resolve().parents[2]
# Upper floors first; rooms of one floor know nothing of each other.
FLOORS = (
    ("__main__",),
    ("commands",),
    ("operations", "demo"),
    ("reporting",),
    ("exchange",),
    ("casework", "people"),
    ("records",),
    ("storage",),
    ("domain",),
)
Graph = Mapping[str, set[str]]


def upward(graph: ImportGraph) -> list[tuple[str, str]]:
    """Imports from a floor of `ledger` to one that is not below it: (who imports, what)."""
    floor_of = {room: at for at, rooms in enumerate(FLOORS) for room in rooms}

    def floor(module: str) -> int | None:
        parts = module.split(".")
        return floor_of.get(parts[1]) if parts[0] == "ledger" and len(parts) > 1 else None

    found = []
    for module in graph.modules:
        here = floor(module)
        for other in graph.find_modules_directly_imported_by(module):
            there = floor(other)
            if here is None or there is None or module.split(".")[1] == other.split(".")[1]:
                continue
            if there <= here:
                found.append((module, other))
    return sorted(found)


def cycles(graph: ImportGraph, top: str = "ledger") -> list[tuple[str, list[str]]]:
    """Modules and rooms that need each other: (the room they lie in, their names), at any depth."""
    found = []
    for room in sorted({top, *graph.find_descendants(top)}):
        children = graph.find_children(room)
        needs = {child: set(_needed(graph, child, children)) for child in children}
        found += [(room, circle) for circle in _circles(needs)]
    return found


def _needed(graph: ImportGraph, child: str, siblings: set[str]) -> Iterator[str]:
    for module in {child, *graph.find_descendants(child)}:
        for other in graph.find_modules_directly_imported_by(module):
            for sibling in siblings - {child}:
                if other == sibling or other.startswith(f"{sibling}."):
                    yield sibling


def _circles(needs: Graph) -> list[list[str]]:
    """Groups of names that all reach each other."""
    reached = {name: _reached(needs, name) for name in needs}
    groups = {
        tuple(sorted(other for other in near if name in reached[other]))
        for name, near in reached.items()
        if name in near
    }
    return [[name.rpartition(".")[2] for name in group] for group in sorted(groups)]


def _reached(needs: Graph, name: str) -> set[str]:
    seen: set[str] = set()
    waiting = [name]
    while waiting:
        fresh = needs[waiting.pop()] - seen
        seen |= fresh
        waiting += fresh
    return seen


def lines_of(files: Iterator[Path]) -> dict[Path, int]:
    """Lines of each file."""
    return {file: len(file.read_text(encoding="utf-8").splitlines()) for file in files}


def main(folder: Path = PROJECT_ROOT) -> None:
    """Print the numbers."""
    sys.path.insert(0, str(folder))
    graph = grimp.build_graph("ledger", cache_dir=None)
    rooms = [room for room in (folder / "ledger").iterdir() if (room / "__init__.py").exists()]
    product = lines_of(
        file
        for top in ("geo", "ledger", "pages", "data")
        for file in (folder / top).rglob("*.py")
        if "var" not in file.relative_to(folder).parts
    )
    print(f"imports that run upward: {len(upward(graph))}")
    print(f"cycles: {len(cycles(graph))}")
    for room, circle in cycles(graph):
        print(f"  {room}: {', '.join(circle)}")
    print(f"rooms on the first level of ledger: {len(rooms)}")
    print(f"product code: {sum(product.values())} lines in {len(product)} files")


if __name__ == "__main__":
    main(*(Path(folder).resolve() for folder in sys.argv[1:]))
