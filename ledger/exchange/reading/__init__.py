"""Reading files that people send, without comparing them with the ledger's records."""
