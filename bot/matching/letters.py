"""What the knowledge's words give without the model: how they are spelt, how they sound, their n-grams.

Of this ``Words`` takes seconds to make, needs little room and is the same as long as no word changes, so that it is
kept between starts, and comes with an image.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from bot.matching.language import OwnWords
from bot.matching.lexical import LexicalIndex, Spelt, spelt_of
from bot.matching.passages import Passage
from bot.matching.phrases import Phrase
from bot.matching.respell import Respeller
from bot.matching.spelling import Spellings, spellings_of
from bot.matching.words import Stowed


@dataclass(frozen=True)
class Material:
    """All that letters are made of; ``texts``: (text, language) of everything written in the knowledge."""

    phrases: Sequence[Phrase]
    passages: Sequence[Passage]
    topics: Sequence[str]
    texts: Sequence[tuple[str, str]]

    @property
    def key(self) -> bytes:
        """Another one for other words."""
        return sha256(repr((self.phrases, self.passages, self.topics, self.texts)).encode(errors="replace")).digest()


@dataclass(frozen=True)
class Words:
    """How the words are spelt and how they sound; ``spelt``: each phrase as ``LexicalIndex`` reads it."""

    respeller: Respeller
    spellings: Spellings
    own: OwnWords
    spelt: Stowed[Mapping[str, Spelt]]

    @classmethod
    def of(cls, material: Material, before: Words | None = None) -> Words:
        """``before``: of the same knowledge before an edit; what it knows of unchanged words is taken over."""
        written: dict[str, list[str]] = defaultdict(list)
        for text, language in material.texts:
            written[language].append(text)
        respeller = Respeller(written, before.respeller if before else None)
        return cls(
            respeller,
            spellings_of(written, respeller, before.spellings if before else {}),
            OwnWords({language: known.counts.take() for language, known in respeller.vocabularies.items()}),
            Stowed(spelt_of(material.phrases, before.spelt.take() if before else {})),
        )


@dataclass(frozen=True)
class Letters:
    """Made once for a knowledge, then only read."""

    words: Words
    lexical: LexicalIndex

    @classmethod
    def of(cls, material: Material, words: Words, before: Letters | None = None) -> Letters:
        """``before``: of the same knowledge before an edit."""
        known, spelt = (before.lexical if before else None), words.spelt.take()
        return cls(words, LexicalIndex(material.phrases, material.passages, material.topics, known, spelt))
