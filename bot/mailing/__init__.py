"""Reading mail and judging it."""
