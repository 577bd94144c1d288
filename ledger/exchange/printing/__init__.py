"""Papers: lists, records, to-dos and forms for a visit, checked and logged like downloads."""
