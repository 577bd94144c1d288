"""What stands in a file that somebody sent, told without looking into the ledger."""
