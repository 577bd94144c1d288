"""Blank forms of higher offices, filled from the ledgers in their own layout."""
