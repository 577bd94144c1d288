"""Writing files: workbooks, csv, map layers, templates."""
