"""Importing a file: compared with the ledger, questions settled, written in one transaction."""
