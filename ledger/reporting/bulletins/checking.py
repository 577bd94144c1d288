"""Check that stored bulletins are unchanged: content, digest and log must agree."""

from __future__ import annotations

import json

from sqlalchemy import select

from ledger.reporting.bulletins.kept_bulletin import digest_of
from ledger.reporting.bulletins.kinds import number_label
from ledger.storage import Store
from ledger.storage.own_tables import bulletins
from ledger.storage.tables import changes

_MADE = "make_bulletin"


def faults_of_bulletins(store: Store) -> tuple[str, ...]:
    """The faults found, one Chinese sentence each: changed outside the program, or missing.

    A changed content could be given a new digest, but the digest in the log cannot be changed
    without breaking its chain (`ledger.records.history.chain_check.verify`).
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
