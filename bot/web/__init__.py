"""Lotse in a browser: the public chat. One server in the same process."""
