"""The real application in a real browser, with every other host out of reach."""
