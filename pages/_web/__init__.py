"""Plain HTTP endpoints and the gate before everything."""
