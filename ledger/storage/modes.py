"""The execution option by which the engines tell a writing connection from a reading one."""

WRITES = "ledger_writes"
