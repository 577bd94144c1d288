"""The steps of a case: which lead where, who may take them, what they ask for."""
