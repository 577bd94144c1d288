"""The pages in numbers: ``python -m tests.house.pages_in_numbers`` prints them.

What import-linter holds (menu items apart, `_web` without `_ui`) is counted here too, so that the
numbers of an earlier state can be had with the same command.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.conftest import PROJECT_ROOT
from tests.house.sources import nodes_of, syntax_tree

PAGES = PROJECT_ROOT / "pages"
GROUPS = ("situation", "records", "field", "admin")
# Where tables and settings of the database are written down.
_TABLES = {f"ledger.storage.{name}" for name in ("tables", "own_tables", "options", "schema")}
_TABLE = re.compile(r"</?(?:table|thead|tbody|tr|th|td)\b")


def modules(*under: str) -> list[Path]:
    """The Python files of pages, or of these folders of it."""
    return sorted(path for folder in under or (".",) for path in (PAGES / folder).rglob("*.py"))


def page_files() -> list[Path]:
    """The page of each menu item, and that of every ledger."""
    return [path for path in modules(*GROUPS) if path.name == "page.py"]


def text_of(path: Path) -> str:
    """What stands in a file."""
    return path.read_text(encoding="utf-8")


def length(path: Path) -> int:
    """Lines of a file."""
    return len(text_of(path).splitlines())


def imports(path: Path) -> set[str]:
    """The modules that a file imports, wherever in it."""
    found: set[str] = set()
    for node in nodes_of(syntax_tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def ui_files() -> list[Path]:
    """What several pages share."""
    return modules("_ui")


def longest_page() -> tuple[int, str]:
    """Lines and name of the longest page."""
    return max((length(path), path.relative_to(PAGES).as_posix()) for path in page_files())


def long_pieces(most: int) -> set[str]:
    """Pages, and pieces beside them, of more lines than that."""
    files = modules(*GROUPS)
    return {path.relative_to(PAGES).as_posix() for path in files if length(path) > most}


def knowing_sql() -> set[str]:
    """Pages that import SQLAlchemy or the tables of the database."""
    return {
        path.relative_to(PAGES).as_posix()
        for path in modules()
        if path.name != "_database.py" and any(_is_sql(name) for name in imports(path))
    }


def _is_sql(name: str) -> bool:
    return name.partition(".")[0] == "sqlalchemy" or name in _TABLES


def web_knowing_ui() -> set[str]:
    """Endpoints that import pieces of pages."""
    return {
        path.name
        for path in modules("_web")
        if any(name.startswith("pages._ui") for name in imports(path))
    }


def writing_tables() -> set[str]:
    """Files that write the tags of a table."""
    return {
        path.relative_to(PAGES).as_posix() for path in modules() if _TABLE.search(text_of(path))
    }


def main() -> None:
    """Print the numbers."""
    lines, name = longest_page()
    print(f"files in _ui: {len(ui_files())}")
    print(f"pages: {len(page_files())}, the longest {lines} lines ({name})")
    print(f"modules of pages: {len(modules())}, lines {sum(map(length, modules())):,}")
    print(f"files that know SQL: {len(knowing_sql())}")
    print(f"endpoints that import _ui: {len(web_knowing_ui())}")
    print(f"files that write the tags of tables: {len(writing_tables())}")


if __name__ == "__main__":
    main()
