"""Hashes that tell whether a translation still belongs to its German text."""

from __future__ import annotations

import hashlib

from bot.content.model import WordsEntry


def german_hash(words: WordsEntry) -> str:
    """Twelve hex digits over everything an asker reads (title, answer, local, sections); questions do not count."""
    parts = [words.title, words.answer.strip(), words.local.strip()]
    parts += [f"{key}={text}" for key, text in sorted(words.sections.items())]
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:12]
