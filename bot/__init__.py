"""Lotse answers migrants' questions from curated words, and finds a human for the rest."""
