"""台账: one thin page a ledger."""
