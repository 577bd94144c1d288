"""Files that go out: workbooks, csv, layers, templates."""
