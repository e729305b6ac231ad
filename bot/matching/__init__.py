"""From a question to a topic with a probability. Pure but for the model file behind ``embedder``."""
