"""What the knowledge's words give without the model: how they are spelt, and how they sound.

It takes seconds to make, needs little room and is the same as long as no word changes, so that it is kept between
starts, and comes with an image.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from bot.matching.language import OwnWords
from bot.matching.respell import Respeller, mark_of
from bot.matching.spelling import Spellings, spellings_of

Written = Mapping[str, Sequence[str]]


def key_of(written: Written) -> bytes:
    """Another one for other words."""
    marks = {language: mark_of(texts) for language, texts in written.items()}
    return sha256(repr(marks).encode()).digest()


@dataclass(frozen=True)
class Words:
    """How the words are spelt and how they sound."""

    respeller: Respeller
    spellings: Spellings
    own: OwnWords

    @classmethod
    def of(cls, written: Written, before: Words | None = None) -> Words:
        """``written``: everything written in the knowledge, by language.

        ``before``: of the same knowledge before an edit; what it knows of unchanged words is taken over."""
        respeller = Respeller(written, before.respeller if before else None)
        return cls(
            respeller,
            spellings_of(written, respeller, before.spellings if before else {}),
            OwnWords(
                {language: (known.mark, known.counts) for language, known in respeller.vocabularies.items()},
                before.own if before else None,
            ),
        )
