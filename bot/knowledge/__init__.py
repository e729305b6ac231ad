"""The knowledge that runs now, with its matcher."""
