"""Tools for who develops the tests; nothing here runs in CI."""
