"""Add rows to a table of a workbook, like its last blank one, and move what lies below.

Cells, merged cells, formulas of all sheets, drop-downs, conditional formats, names (print areas),
filters, links, tables, comments and pictures below move down with the rows. A range that ends with
the table's last row (a sum, a drop-down, the print area) reaches over the new rows.
"""

from __future__ import annotations

import copy
import posixpath
import re
from typing import Any

from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import Token
from openpyxl.formula.translate import Translator

from ledger.reporting.forms.workbook_parts import RELATIONS, WorkbookParts, tag

_REF = re.compile(r"(\$?)([A-Z]{1,3})(\$?)(\d{1,7})")
_DRAWN = "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"
_EXCEL = "http://schemas.microsoft.com/office/excel/2006/main"
# Elements of a sheet that say in an attribute where they are.
_PLACED = (
    ("mergeCell", "ref"),
    ("dataValidation", "sqref"),
    ("conditionalFormatting", "sqref"),
    ("hyperlink", "ref"),
    ("autoFilter", "ref"),
    ("dimension", "ref"),
    ("protectedRange", "sqref"),
    ("ignoredError", "sqref"),
    ("brk", "id"),
)


def insert_rows(book: WorkbookParts, sheet: str, last: int, number: int) -> None:
    """Add ``number`` rows behind the row ``last`` (from 0), which is what they look like."""
    tree, row = book.sheet(sheet), last + 1
    _spell_out(tree)
    _move_cells(tree, row, number)
    for name, attribute in _PLACED:
        for one in tree.iter(tag(name)):
            if name == "brk":
                if int(one.get("id", "0")) > row:
                    one.set("id", str(int(one.get("id")) + number))
            elif one.get(attribute):
                one.set(attribute, moved_ranges(one.get(attribute), row, number))
    for one in tree.iter(f"{{{_EXCEL}}}sqref"):
        one.text = moved_ranges(one.text or "", row, number)
    _add_like(tree, row, number)
    _move_formulas(book, sheet, row, number)
    _move_parts_around(book, book.sheets[sheet], row, number)


def moved_ranges(text: str, row: int, number: int) -> str:
    """Ranges ("A5:B12 D3") after ``number`` rows were added behind ``row`` (from 1)."""
    return " ".join(_moved_range(part, row, number) for part in text.split(" "))


def _moved_range(text: str, row: int, number: int) -> str:
    first, colon, second = text.partition(":")
    if not colon:
        return _moved_ref(first, row, number)
    until = _REF.fullmatch(second)
    if until and int(until[4]) == row:
        ends = f"{until[1]}{until[2]}{until[3]}{row + number}"
        return f"{_moved_ref(first, row, number)}:{ends}"
    return f"{_moved_ref(first, row, number)}:{_moved_ref(second, row, number)}"


def _moved_ref(text: str, row: int, number: int) -> str:
    found = _REF.fullmatch(text)
    if found is None or int(found[4]) <= row:
        return text
    return f"{found[1]}{found[2]}{found[3]}{int(found[4]) + number}"


def moved_formula(formula: str, own: str, sheet: str, row: int, number: int) -> str:
    """A formula that stands on the sheet ``own`` after rows were added on ``sheet``."""
    equals = "=" if formula.startswith("=") else ""
    tokens = Tokenizer(f"={formula.removeprefix('=')}")
    said = [equals]
    for token in tokens.items:
        if token.type != Token.OPERAND or token.subtype != Token.RANGE:
            said.append(token.value)
            continue
        where, mark, ranges = token.value.rpartition("!")
        named = where.strip("'").replace("''", "'") if mark else own
        said.append(
            f"{where}{mark}{_moved_range(ranges, row, number)}" if named == sheet else token.value
        )
    return "".join(said)


def _spell_out(tree: Any) -> None:
    """Formulas that share a text get one of their own."""
    shared: dict[str, tuple[str, str]] = {}
    for formula in list(tree.iter(tag("f"))):
        if formula.get("t") != "shared":
            continue
        key, place = formula.get("si"), formula.getparent().get("r")
        if formula.text:
            shared[key] = (formula.text, place)
        elif key in shared:
            text, origin = shared[key]
            told = Translator(f"={text}", origin=origin).translate_formula(place)
            formula.text = told.removeprefix("=")
        for name in ("t", "si", "ref"):
            formula.attrib.pop(name, None)


def _move_cells(tree: Any, row: int, number: int) -> None:
    for line in tree.find(tag("sheetData")):
        at = int(line.get("r"))
        if at > row:
            _renumber(line, at + number)


def _renumber(line: Any, at: int) -> None:
    line.set("r", str(at))
    for cell in line:
        cell.set("r", f"{re.sub(r'[0-9]+$', '', cell.get('r'))}{at}")


def _add_like(tree: Any, row: int, number: int) -> None:
    """The new rows: the look, the height, merged cells and formulas of the row ``row``."""
    data = tree.find(tag("sheetData"))
    like = next((line for line in data if int(line.get("r")) == row), None)
    if like is None:
        return
    place = list(data).index(like)
    for extra in range(1, number + 1):
        line = copy.deepcopy(like)
        _renumber(line, row + extra)
        for cell, old in zip(line, like, strict=True):
            formula = cell.find(tag("f"))
            if formula is None:
                for child in list(cell):
                    cell.remove(child)
                cell.attrib.pop("t", None)
            elif formula.text:
                told = Translator(f"={formula.text}", origin=old.get("r"))
                formula.text = told.translate_formula(cell.get("r")).removeprefix("=")
        data.insert(place + extra, line)
    merged = tree.find(tag("mergeCells"))
    if merged is None:
        return
    for one in list(merged):
        ends = [int(n) for n in re.findall(r"\d+", one.get("ref"))]
        if ends == [row, row]:
            for extra in range(1, number + 1):
                twin = copy.deepcopy(one)
                twin.set("ref", re.sub(r"\d+", str(row + extra), one.get("ref")))
                merged.append(twin)
    merged.set("count", str(len(merged)))


def _move_formulas(book: WorkbookParts, sheet: str, row: int, number: int) -> None:
    """Formulas of every sheet and names that speak of the sheet; those of new rows are right."""
    new = set(range(row + 1, row + number + 1))
    for name, part in book.sheets.items():
        if b"<f" not in book.parts.get(part, b"") and name != sheet:
            continue
        for formula in book.sheet(name).iter(tag("f")):
            at = int(re.sub(r"\D", "", formula.getparent().get("r")))
            if formula.text and not (name == sheet and at in new):
                formula.text = moved_formula(formula.text, name, sheet, row, number).removeprefix(
                    "="
                )
        for one in book.sheet(name).iter(tag("formula1"), tag("formula2"), tag("formula")):
            if one.text and not one.text.startswith('"'):
                one.text = moved_formula(one.text, name, sheet, row, number)
    for one in book.tree("xl/workbook.xml").iter(tag("definedName")):
        if one.text:
            one.text = moved_formula(one.text, "", sheet, row, number)


def _move_parts_around(book: WorkbookParts, part: str, row: int, number: int) -> None:
    """Pictures, tables and comments that belong to the sheet."""
    folder, file = posixpath.split(part)
    relations = f"{folder}/_rels/{file}.rels"
    if relations not in book.parts:
        return
    for one in book.tree(relations).iter(f"{{{RELATIONS}}}Relationship"):
        if one.get("TargetMode") == "External":
            continue
        target = one.get("Target", "")
        path = (
            target.lstrip("/")
            if target.startswith("/")
            else posixpath.normpath(f"{folder}/{target}")
        )
        if path not in book.parts or not path.endswith(".xml"):
            continue
        if "/drawings/" in path:
            for place in book.tree(path).iter(f"{{{_DRAWN}}}row"):
                if int(place.text or 0) >= row:
                    place.text = str(int(place.text or 0) + number)
        elif "/tables/" in path or "comments" in path:
            for found in book.tree(path).iter():
                if isinstance(found.tag, str) and found.get("ref"):
                    found.set("ref", moved_ranges(found.get("ref"), row, number))
