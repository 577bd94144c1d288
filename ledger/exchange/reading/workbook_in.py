"""Open a workbook by openpyxl, which knows formulas, styles and merged cells."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import IO

import openpyxl
from openpyxl.workbook.workbook import Workbook


def workbook_in(source: Path | IO[bytes], **options: bool) -> Workbook:
    """The workbook; ``options`` are those of `openpyxl.load_workbook`.

    What openpyxl remarks in English about parts that it does not know is not told to anybody: a
    form keeps these parts, as it is changed part by part.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return openpyxl.load_workbook(source, **options)
