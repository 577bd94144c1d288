"""The page of any ledger, and the pieces that only it uses."""
