"""Changes the program in small ways and sees whether a test notices: ``make mutants ROOM=storage``."""
