"""Three walks through the code, in functions and files of ours that are passed.

``python -m tests.tools.walks``: a cell typed until it is stored, judged and drawn on the map; a row
of a workbook until it is a record; a person's scope from the cookie of a request to the WHERE of a
statement. Each is walked once in a small county, after one walk that fills what is kept.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

from starlette.requests import Request

from ledger.casework import map_overview
from ledger.domain.access import SYSTEM, Role
from ledger.exchange.importing.imports import import_file
from ledger.people import sessions
from ledger.records import query
from ledger.records import service as records
from ledger.records.places.areas import current_atlas
from ledger.storage import Store, open_store
from pages._cookies import SESSION_COOKIE
from pages._web.gate import session_token_of
from tests.conftest import PROJECT_ROOT
from tests.ledger.sheets import HEADER, workbook
from tests.pages.builders import Office, build_office

OURS = tuple(str(PROJECT_ROOT / top) for top in ("app.py", "pages", "ledger", "geo"))


def passed(walk: Callable[[], Any]) -> dict[str, set[str]]:
    """File → the functions in it that were called."""
    found: dict[str, set[str]] = {}

    def note(frame: FrameType, event: str, _: Any) -> None:
        code = frame.f_code
        if event == "call" and code.co_filename.startswith(OURS) and "<" not in code.co_name:
            file = Path(code.co_filename).relative_to(PROJECT_ROOT).as_posix()
            found.setdefault(file, set()).add(code.co_qualname)

    sys.setprofile(note)
    try:
        walk()
    finally:
        sys.setprofile(None)
    return found


def typed_cell(store: Store, record_id: int, value: int) -> None:
    """One cell saved; then the map of everybody's areas and points."""
    version = records.get(store, SYSTEM, "institutions", record_id)["version"]
    records.save(store, SYSTEM, "institutions", [records.Edit(record_id, version, {"beds": value})])
    atlas = current_atlas(store)
    map_overview.situation(store, SYSTEM, atlas, None)
    map_overview.points(store, SYSTEM, atlas, None)


def cookie_to_where(office: Office, token: str) -> None:
    """Who a request's cookie is, and a page of a ledger as that person may see it."""
    headers = [(b"cookie", f"{SESSION_COOKIE}={token}".encode())]
    request = Request({"type": "http", "headers": headers, "path": "/leads"})
    found = sessions.actor_for(office.store, session_token_of(request))
    assert found is not None
    actor, _session = found
    records.search(office.store, actor, "institutions", query.Selection())


def main() -> None:
    """Walk and print."""
    with tempfile.TemporaryDirectory() as folder:
        office = build_office(f"sqlite:///{folder}/ledger.db", roles=[Role.OFFICE_STAFF])
        record_id, token = office.add("甲院", beds=10), office.token(Role.OFFICE_STAFF)
        store = open_store(office.url)
        files = [
            workbook(
                Path(folder) / f"{at}.xlsx", [HEADER, (f"J-{at}", f"乙{at}院", 127.02, 29.05, 9)]
            )
            for at in range(2)
        ]
        walks: dict[str, Callable[[int], Any]] = {
            "a cell until it is drawn": lambda at: typed_cell(store, record_id, 20 + at),
            "a row until it is a record": lambda at: import_file(
                store, SYSTEM, "institutions", files[at]
            ),
            "a cookie until it is a WHERE": lambda _: cookie_to_where(office, token),
        }
        for name, walk in walks.items():
            walk(0)
            found = passed(lambda walk=walk: walk(1))  # type: ignore[misc]
            print(f"{name}: {sum(map(len, found.values()))} functions in {len(found)} files")
        office.close()
        store.dispose()


if __name__ == "__main__":
    main()
