"""What a form held before and what is found now: nothing is overwritten silently."""

from __future__ import annotations

from dataclasses import replace

from ledger.reporting.forms.filled import FilledCell, OpenCell, Outcome
from ledger.reporting.forms.form_answers import FormAnswers
from ledger.reporting.forms.form_shapes import Form


def kept_apart(form: Form, outcome: Outcome, told: FormAnswers) -> Outcome:
    """Cells that may be written; what is locked or already filled is open instead."""
    kept = Outcome(open=list(outcome.open))
    for cell in outcome.cells:
        here = form.grids[cell.grid].at(*cell.at)
        if here.locked:
            said = "工作表受保护，这一格锁定，请先撤销保护"
            kept.open.append(OpenCell(cell.grid, cell.at, cell.header, said))
        elif here.is_blank:
            kept.cells.append(cell)
        elif _same(here.text, cell):
            continue
        elif told.replace:
            kept.cells.append(replace(cell, old=here.text))
        else:
            said = f"原来填着“{here.text}”，台账现在是“{shown(cell)}”，没有改动；要替换请确认"
            kept.open.append(OpenCell(cell.grid, cell.at, cell.header, said, "replace", "replace"))
    return kept


def _same(text: str, cell: FilledCell) -> bool:
    try:
        return abs(float(text.replace(",", "")) - float(str(cell.value))) < 1e-9
    except ValueError:
        return text == str(cell.value)


def shown(cell: FilledCell) -> str:
    """What was written, as people read it in the cell."""
    value = cell.value
    if isinstance(value, float):
        if cell.number_format == "0.0%":
            return f"{value * 100:.1f}%"
        return f"{value:.1f}" if cell.number_format == "0.0" else f"{value:g}"
    return str(value)
