"""What moves a message; the only room with transactions."""
