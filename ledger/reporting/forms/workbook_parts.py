"""Write values into a workbook by changing only the parts of its sheets that hold these cells.

The file is a zip of XML parts. Whatever is not touched stays as it came, byte by byte: pictures,
charts, drop-downs, print settings, styles, links. Formulas keep no old result and are worked out
when the file is opened.
"""

from __future__ import annotations

import io
import re
import zipfile
from bisect import bisect
from datetime import date
from typing import Any

from lxml import etree  # type: ignore[import-untyped]
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import to_excel

from ledger.exchange.reading.packed import sheet_parts
from ledger.exchange.reading.xml_in import parsed
from ledger.reporting.forms.filled import Written

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_FIRST_OWN_FORMAT = 164

_DAMAGED = "已损坏或不完整，无法读取，请用 Excel 或 WPS 打开后另存为 .xlsx 再填"


def tag(name: str) -> str:
    """The full name of an element of a sheet."""
    return f"{{{MAIN}}}{name}"


class WorkbookParts:
    """A workbook as its parts; sheets are parsed when first asked for."""

    def __init__(self, content: bytes) -> None:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            self.parts = {item.filename: archive.read(item) for item in archive.infolist()}
            self.sheets = dict(sheet_parts(archive))
        self._trees: dict[str, Any] = {}
        self._lines: dict[str, _Lines] = {}
        self._styles: dict[tuple[int, str], int] = {}

    def tree(self, part: str) -> Any:
        """A part as a tree, which is written back by `saved`."""
        if part not in self._trees:
            self._trees[part] = parsed(self.parts[part], _DAMAGED)
        return self._trees[part]

    def sheet(self, name: str) -> Any:
        """The tree of a sheet, to be changed; all rows and cells bear their places."""
        self._lines.pop(name, None)
        tree = self.tree(self.sheets[name])
        if tree.get("placed") is None:
            _place(tree)
            tree.set("placed", "1")
        return tree

    def write(
        self, sheet: str, row: int, column: int, value: Written, number_format: str = ""
    ) -> None:
        """Put a value into a cell, whose own look stays; rows and columns count from 0."""
        cell = self._cell(sheet, row, column)
        for child in list(cell):
            cell.remove(child)
        cell.attrib.pop("t", None)
        if isinstance(value, str):
            cell.set("t", "inlineStr")
            text = etree.SubElement(etree.SubElement(cell, tag("is")), tag("t"))
            text.text = value
            text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        else:
            number = to_excel(value) if isinstance(value, date) else value
            etree.SubElement(cell, tag("v")).text = repr(number)
        if number_format:
            wanted = (int(cell.get("s", "0")), number_format)
            if wanted not in self._styles:
                self._styles[wanted] = self._style(*wanted)
            cell.set("s", str(self._styles[wanted]))

    def _cell(self, sheet: str, row: int, column: int) -> Any:
        if sheet not in self._lines:
            data = self.sheet(sheet).find(tag("sheetData"))
            self._lines[sheet] = _Lines(data)
        line = self._lines[sheet].at(row + 1)
        return _cell_at(line, column + 1, row + 1)

    def _style(self, base: int, number_format: str) -> int:
        """The index of a style like ``base`` with another number format."""
        styles = self.tree("xl/styles.xml")
        formats = styles.find(tag("numFmts"))
        if formats is None:
            formats = etree.Element(tag("numFmts"))
            styles.insert(0, formats)
        known = {one.get("formatCode"): int(one.get("numFmtId")) for one in formats}
        if number_format not in known:
            known[number_format] = max([_FIRST_OWN_FORMAT - 1, *known.values()]) + 1
            one = etree.SubElement(formats, tag("numFmt"))
            one.set("numFmtId", str(known[number_format]))
            one.set("formatCode", number_format)
            formats.set("count", str(len(formats)))
        crossed = styles.find(tag("cellXfs"))
        like = crossed[base] if base < len(crossed) else crossed[0]
        wanted = etree.fromstring(etree.tostring(like))
        wanted.set("numFmtId", str(known[number_format]))
        wanted.set("applyNumberFormat", "1")
        for at, one in enumerate(crossed):
            if etree.tostring(one).strip() == etree.tostring(wanted).strip():
                return at
        crossed.append(wanted)
        crossed.set("count", str(len(crossed)))
        return len(crossed) - 1

    def add_sheet(self, called: str, rows: list[list[Written]], widths: list[int]) -> str:
        """A further sheet, last in the book; returns the name that it got."""
        name, number = called, 2
        while name in self.sheets:
            name, number = f"{called}{number}", number + 1
        at = 1 + _largest(r"sheet(\d+)\.xml", "\n".join(self.parts))
        part = f"xl/worksheets/sheet{at}.xml"
        self.parts[part] = _plain_sheet(rows, widths)
        self._tell_type(part)
        relations = self.tree("xl/_rels/workbook.xml.rels")
        key = "rId" + str(1 + _largest(r"rId(\d+)", etree.tostring(relations).decode()))
        one = etree.SubElement(relations, f"{{{RELATIONS}}}Relationship")
        one.set("Id", key)
        one.set("Type", f"{OFFICE}/worksheet")
        one.set("Target", f"worksheets/sheet{at}.xml")
        sheets = self.tree("xl/workbook.xml").find(tag("sheets"))
        listed = etree.SubElement(sheets, tag("sheet"))
        listed.set("name", name)
        numbers = [int(one.get("sheetId")) for one in sheets if one.get("sheetId")]
        listed.set("sheetId", str(1 + max(numbers, default=0)))
        listed.set(f"{{{OFFICE}}}id", key)
        self.sheets[name] = part
        return name

    def _tell_type(self, part: str) -> None:
        types = self.tree("[Content_Types].xml")
        one = etree.SubElement(types, f"{{{_TYPES}}}Override")
        one.set("PartName", f"/{part}")
        one.set("ContentType", _SHEET_TYPE)

    def saved(self) -> bytes:
        """The workbook as a file; its formulas are worked out anew when it is opened."""
        for part in self.sheets.values():
            if part in self.parts and b"<f" in self.parts[part]:
                for formula in self.tree(part).iter(tag("f")):
                    result = formula.getparent().find(tag("v"))
                    if result is not None:
                        formula.getparent().remove(result)
                    formula.getparent().attrib.pop("t", None)
        self._work_out_anew()
        for part, tree in self._trees.items():
            tree.attrib.pop("placed", None)
            self.parts[part] = etree.tostring(
                tree, xml_declaration=True, encoding="UTF-8", standalone=True
            )
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in self.parts.items():
                archive.writestr(name, content)
        return stream.getvalue()

    def _work_out_anew(self) -> None:
        book = self.tree("xl/workbook.xml")
        how = book.find(tag("calcPr"))
        if how is None:
            how = etree.Element(tag("calcPr"))
            after = [tag(name) for name in ("definedNames", "externalReferences", "sheets")]
            place = max(
                (at for at, one in enumerate(book) if one.tag in after), default=len(book) - 1
            )
            book.insert(place + 1, how)
        how.set("fullCalcOnLoad", "1")
        if "xl/calcChain.xml" in self.parts:
            del self.parts["xl/calcChain.xml"]
            for part, attribute in (
                ("[Content_Types].xml", "PartName"),
                ("xl/_rels/workbook.xml.rels", "Target"),
            ):
                tree = self.tree(part)
                for one in list(tree):
                    if str(one.get(attribute, "")).endswith("calcChain.xml"):
                        tree.remove(one)


def column_of(name: str) -> int:
    """The number of a cell's column, from 1: "C5" → 3."""
    number = 0
    for letter in re.match(r"[A-Z]+", name)[0]:  # type: ignore[index]
        number = number * 26 + ord(letter) - 64
    return number


def _largest(pattern: str, text: str) -> int:
    return max((int(found) for found in re.findall(pattern, text)), default=0)


def _place(tree: Any) -> None:
    """Rows and cells may leave their places out; then they follow one another."""
    data = tree.find(tag("sheetData"))
    if data is None:
        data = etree.SubElement(tree, tag("sheetData"))
    last = 0
    for row in data:
        last = int(row.get("r") or last + 1)
        row.set("r", str(last))
        column = 0
        for cell in row:
            column = column_of(cell.get("r")) if cell.get("r") else column + 1
            cell.set("r", f"{get_column_letter(column)}{last}")


class _Lines:
    """The rows of a sheet by number; a form of many records asks for each of them."""

    def __init__(self, data: Any) -> None:
        self._data = data
        self._rows = {int(one.get("r")): one for one in reversed(data)}
        self._numbers = sorted(self._rows)

    def at(self, number: int) -> Any:
        """The row, made in its order where there is none."""
        if number not in self._rows:
            made = etree.Element(tag("row"))
            made.set("r", str(number))
            place = bisect(self._numbers, number)
            if place:
                self._rows[self._numbers[place - 1]].addnext(made)
            else:
                self._data.insert(0, made)
            self._numbers.insert(place, number)
            self._rows[number] = made
        return self._rows[number]


def _cell_at(line: Any, column: int, row: int) -> Any:
    """The cell of a row with a number, made in its order where there is none."""
    place = len(line)
    for at, one in enumerate(line):
        found = column_of(one.get("r"))
        if found == column:
            return one
        if found > column:
            place = at
            break
    made = etree.Element(tag("c"))
    made.set("r", f"{get_column_letter(column)}{row}")
    line.insert(place, made)
    return made


def _plain_sheet(rows: list[list[Written]], widths: list[int]) -> bytes:
    tree = etree.Element(tag("worksheet"), nsmap={None: MAIN})
    columns = etree.SubElement(tree, tag("cols"))
    for at, width in enumerate(widths, start=1):
        one = etree.SubElement(columns, tag("col"))
        for key, value in (("min", at), ("max", at), ("width", width), ("customWidth", 1)):
            one.set(key, str(value))
    data = etree.SubElement(tree, tag("sheetData"))
    for number, row in enumerate(rows, start=1):
        line = etree.SubElement(data, tag("row"))
        line.set("r", str(number))
        for at, content in enumerate(row, start=1):
            cell = etree.SubElement(line, tag("c"))
            cell.set("r", f"{get_column_letter(at)}{number}")
            if isinstance(content, int | float):
                etree.SubElement(cell, tag("v")).text = repr(content)
            else:
                cell.set("t", "inlineStr")
                etree.SubElement(etree.SubElement(cell, tag("is")), tag("t")).text = str(content)
    return bytes(etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True))
