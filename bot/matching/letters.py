"""What the knowledge's words give without the model: how they are spelt, how they sound, their n-grams.

It takes seconds to make and is the same as long as no word changes, so that it is kept between starts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from bot.matching.language import OwnWords
from bot.matching.lexical import LexicalIndex
from bot.matching.passages import Passage
from bot.matching.phrases import Phrase
from bot.matching.respell import Respeller
from bot.matching.spelling import Spellings, spellings_of


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
class Letters:
    """Made once for a knowledge, then only read."""

    respeller: Respeller
    spellings: Spellings
    own: OwnWords
    lexical: LexicalIndex

    @classmethod
    def of(cls, material: Material, before: Letters | None = None) -> Letters:
        """``before``: of the same knowledge before an edit; what it knows of unchanged words is taken over."""
        written: dict[str, list[str]] = defaultdict(list)
        for text, language in material.texts:
            written[language].append(text)
        respeller = Respeller(written, before.respeller if before else None)
        return cls(
            respeller,
            spellings_of(written, respeller, before.spellings if before else {}),
            OwnWords({language: known.counts.take() for language, known in respeller.vocabularies.items()}),
            LexicalIndex(material.phrases, material.passages, material.topics, before.lexical if before else None),
        )
