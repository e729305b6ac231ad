"""Hashes that tell whether a translation still belongs to its German text, and a test to the text that was tested."""

from __future__ import annotations

import hashlib

from bot.content.entries import StatusEntry, WordsEntry


def german_hash(words: WordsEntry) -> str:
    """Twelve hex digits over everything an asker reads (title, answer, local, sections); questions do not count."""
    parts = [words.title, words.answer.strip(), words.local.strip()]
    parts += [f"{key}={text}" for key, text in sorted(words.sections.items())]
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:12]


def tested_by(status: StatusEntry | None, plain: WordsEntry) -> str:
    """The group that tested these plain German words, so that they may be called Leichte Sprache.

    "" when none did, when the words have changed since, or when nobody has read them against the German text.
    """
    holds = status is not None and status.state == "reviewed" and status.tested_text == german_hash(plain)
    return status.tested_by if status is not None and holds else ""
