"""Village rating (DOMAIN §1B): points by a rule file, explained line by line, and what follows."""
