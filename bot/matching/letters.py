"""What the knowledge's words give without the model: how they are spelt, how they sound, their n-grams.

Of this ``Words`` takes seconds to make, needs little room and is the same as long as no word changes, so that it is
kept between starts, and comes with an image.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from bot.matching.language import OwnWords
from bot.matching.lexical import LexicalIndex
from bot.matching.passages import Passage
from bot.matching.phrases import Phrase, Phrases
from bot.matching.respell import Respeller, mark_of
from bot.matching.spelling import Spellings, spellings_of
from bot.matching.spelt import Spelt


@dataclass(frozen=True)
class Material:
    """All that letters are made of; ``written``: everything written in the knowledge, by language."""

    phrases: Sequence[Phrase]
    passages: Sequence[Passage]
    topics: Sequence[str]
    written: Mapping[str, Sequence[str]]

    @property
    def key(self) -> bytes:
        """Another one for other words."""
        marks = {language: mark_of(texts) for language, texts in self.written.items()}
        phrases = Phrases.of(self.phrases)
        found = sha256(repr((self.passages, self.topics, marks, list(phrases.groups()))).encode(errors="replace"))
        found.update(phrases.keys.tobytes())
        return found.digest()


@dataclass(frozen=True)
class Words:
    """How the words are spelt and how they sound; ``spelt``: each phrase as ``LexicalIndex`` reads it."""

    respeller: Respeller
    spellings: Spellings
    own: OwnWords
    spelt: Spelt

    @classmethod
    def of(cls, material: Material, before: Words | None = None) -> Words:
        """``before``: of the same knowledge before an edit; what it knows of unchanged words is taken over."""
        respeller = Respeller(material.written, before.respeller if before else None)
        return cls(
            respeller,
            spellings_of(material.written, respeller, before.spellings if before else {}),
            OwnWords(
                {language: (known.mark, known.counts) for language, known in respeller.vocabularies.items()},
                before.own if before else None,
            ),
            Spelt(Phrases.of(material.phrases), before.spelt if before else None),
        )


@dataclass(frozen=True)
class Lexicon:
    """Made once for a knowledge, then only read."""

    words: Words
    lexical: LexicalIndex

    @classmethod
    def of(cls, material: Material, words: Words, before: Lexicon | None = None) -> Lexicon:
        """``before``: of the same knowledge before an edit."""
        known = before.lexical if before else None
        return cls(words, LexicalIndex(material.phrases, material.passages, material.topics, known, words.spelt))
