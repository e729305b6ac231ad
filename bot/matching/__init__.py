"""From a question to a topic with a probability. Pure."""
