"""Several chosen files become one zip, which is read as any other."""

from __future__ import annotations

import io
from pathlib import Path

from ledger.exchange.reading.bundles import files_in
from pages._ui.upload_file import on_disk
from pages.admin.exchange.import_upload import identity, together


class Upload(io.BytesIO):
    """What Streamlit hands over, as far as it is used."""

    def __init__(self, name: str, file_id: str) -> None:
        super().__init__("机构名称\n某院\n".encode())
        self.name, self.file_id = name, file_id


def test_one_file_stays_as_it_is() -> None:
    one = Upload("东村.csv", "1")
    assert together([one]) is one


def test_several_files_of_the_same_name_stay_several() -> None:
    chosen = [Upload("台账.csv", "1"), Upload("台账.csv", "2"), Upload("../东村.csv", "3")]
    whole = together(chosen)
    assert (whole.name, whole.file_id) == ("3 份表格.zip", identity(chosen))
    with on_disk(whole) as path:
        assert isinstance(path, Path)
        assert files_in(path) == ("东村.csv", "第1份／台账.csv", "第2份／台账.csv")
