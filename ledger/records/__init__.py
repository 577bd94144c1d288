"""Reading and writing the records of all ledgers; every write goes through `saving.write`."""
