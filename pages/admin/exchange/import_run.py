"""What the steps of the import have in common: whose it is, long work, steps, messages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from ledger.domain.access import Actor
from ledger.domain.columns import Ledger
from ledger.domain.errors import Cancelled
from ledger.domain.progress import Progress
from ledger.exchange.importing.checked import Checked
from ledger.exchange.importing.imports import check
from ledger.operations import apart
from ledger.storage import Store
from pages._ui import import_work
from pages._ui.import_work import Work
from pages._ui.upload_file import on_disk
from pages.admin.exchange.import_state import Wizard


@dataclass(frozen=True)
class Import:
    """One run of the page: the database, who is there, the ledger, and what is remembered."""

    store: Store
    actor: Actor
    ledger: Ledger
    wizard: Wizard


def run(
    wizard: Wizard,
    title: str,
    call: Callable[[Progress], Any],
    after: Callable[[Any], None],
    *,
    writes: bool = False,
) -> None:
    """Do something that may take a while; ``after`` gets its result. Runs the page again."""
    if wizard.work is not None:
        return
    wizard.work, wizard.after = Work(title, call, writes=writes), after
    wizard.work.wait(import_work.PATIENCE_SECONDS)
    st.rerun()


def collect(wizard: Wizard) -> bool:
    """Whether work is still going on; what ended is taken in."""
    work, after = wizard.work, wizard.after
    if work is None:
        return False
    if not work.is_over:
        # The bar stands in place of the tables: they come back with what was typed before.
        wizard.next_editor()
        return True
    wizard.work = wizard.after = None
    if isinstance(work.error, Cancelled):
        wizard.say("info", str(work.error))
    elif work.error is not None:
        wizard.refused = work.error
    elif work.failed:
        wizard.say(
            "error",
            f"{work.title}时出错，没有写入任何内容。错误编号 {work.failed}，"
            "请重试；仍不行时把编号告诉系统管理员。",
        )
    elif after is not None:
        after(work.result)
    return False


def start_check(page: Import) -> None:
    """Check the file with everything that was settled so far."""
    wizard, settled = page.wizard, page.wizard.settled()
    upload, sheet, mapping = wizard.upload, wizard.sheet, wizard.mapping

    def call(progress: Progress) -> Checked:
        with on_disk(upload) as path:
            return apart.call(
                check,
                page.store,
                page.actor,
                page.ledger.key,
                path,
                sheet=sheet,
                mapping=mapping,
                corrections=settled,
                progress=progress,
            )

    def after(checked: Checked) -> None:
        wizard.checked, wizard.corrections = checked, settled
        wizard.typed, wizard.dropped = {}, set()
        wizard.step = "check"
        conflicts = checked.comparison.conflicts if checked.comparison else ()
        there = {(row.row, cell.key) for row, cell in conflicts}
        wizard.cells = {at: side for at, side in wizard.cells.items() if at in there}
        wizard.new = {row: yes for row, yes in wizard.new.items() if row in checked.likely}
        wizard.next_editor()

    run(wizard, "检查", call, after)
