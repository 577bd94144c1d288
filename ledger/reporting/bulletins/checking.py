"""Is every bulletin still what was frozen? Its content, its digest and the log have to agree."""

from __future__ import annotations

import json

from sqlalchemy import select

from ledger.reporting.bulletins.archive import digest_of
from ledger.reporting.bulletins.kinds import number_label
from ledger.storage import Store
from ledger.storage.own_tables import bulletins
from ledger.storage.tables import changes

_MADE = "make_bulletin"


def faults_of_bulletins(store: Store) -> tuple[str, ...]:
    """What is wrong, a sentence each: changed behind the application's back, or gone.

    Whoever changes the content can compute its digest anew; what the log says of the digest
    cannot be changed without breaking its chain (`ledger.records.history.audit.verify`).
    """
    made = select(changes.c.record_id, changes.c.number, changes.c.after).where(
        changes.c.action == _MADE, changes.c.ledger == "bulletins"
    )
    faults: list[str] = []
    with store.reading() as connection:
        logged = {
            row.record_id: (row.number, json.loads(row.after).get("digest"))
            for row in connection.execute(made)
        }
        # One by one: each holds its pictures.
        for row in connection.execute(select(bulletins).order_by(bulletins.c.id)):
            label = f"通报“{row.title}”({number_label(row.year, row.number)})"
            _, digest = logged.pop(row.id, (None, None))
            if digest is None:
                faults.append(f"{label}没有制作记录，不是由系统制作的")
            elif digest_of(row.content, row.pictures) != digest or row.digest != digest:
                faults.append(f"{label}的存档内容被改动，请从备份恢复")
    faults += [f"通报“{number}”的存档已不在，请从备份恢复" for number, _ in logged.values()]
    return tuple(faults)
