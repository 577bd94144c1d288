"""Taking a file over: held against the ledger, settled with people, written in one transaction."""
