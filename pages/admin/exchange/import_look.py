"""导入, step 1: find out what a file is and how it would be read."""

from __future__ import annotations

from ledger.domain.progress import Progress
from ledger.exchange.importing.first_look import Arrival, look_at
from ledger.operations import apart
from pages._ui.upload_file import on_disk
from pages.admin.exchange.import_run import Import, run
from pages.admin.exchange.import_state import Wizard
from pages.admin.exchange.import_system import system_of


def look(page: Import, sheet: str | None = None) -> None:
    """Find out what kind of file it is and how it would be read; the sheet of before, or this."""
    wizard = page.wizard
    upload, given = wizard.upload, wizard.given
    sheet = wizard.tried = sheet or wizard.sheet

    def call(progress: Progress) -> Arrival:
        with on_disk(upload) as path:
            return apart.call(
                look_at,
                page.store,
                page.actor,
                page.ledger,
                path,
                sheet=sheet,
                mapping=given,
                progress=progress,
            )

    def after(arrival: Arrival) -> None:
        wizard.arrival, wizard.sheet = arrival, arrival.to_read
        wizard.chosen = arrival.proposed
        wizard.system = system_of(arrival.mapping) if _is_told(wizard, arrival) else None
        wizard.next_editor()

    run(wizard, "读取文件", call, after)


def _is_told(wizard: Wizard, arrival: Arrival) -> bool:
    """A remembered or uploaded mapping says in which system positions are."""
    return arrival.remembered is not None or wizard.given is not None
