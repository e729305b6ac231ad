"""Messages without a question: greetings, thanks, "ok", laughter; also at the beginning or end of one with a question.

A message is small talk when it is made of nothing but its phrases, in any order: "selam naber" is two of them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import cast

from bot.matching.fold import clean, fold, fold_phrase
from bot.matching.match import Smalltalk

LONGEST = 12  # words of a message that is nothing but small talk
# Where a message holds several kinds, the first of these is what it is.
_FIRST: tuple[Smalltalk, ...] = ("insult", "goodbye", "thanks", "howareyou", "laughter", "greeting", "ok")
_BESIDE = frozenset({"greeting", "howareyou", "thanks", "ok", "laughter"})  # what a question may begin or end with
_STRETCHED = re.compile(r"(\w)\1{2,}")
_LAUGHTER = re.compile(
    r"[aeio]?([hj])[aeiou]+(?:\1[aeiou]+)+h?|[ах]{4,}|(?:хи){2,}|(?:хе){2,}|[هخ]{3,}|k{3,}|lo+l|ሃ{2,}"
)
_SIGNS: dict[str, Smalltalk] = {
    **dict.fromkeys("👍👌✅", "ok"),
    **dict.fromkeys("🙏❤💐", "thanks"),
    "👋": "greeting",
}


class Chatter:
    """Knows the small talk of every language; a message may mix them."""

    def __init__(self, phrases: Mapping[str, Mapping[str, Sequence[str]]]) -> None:
        """``phrases``: kind to language to phrases."""
        self._kinds: dict[str, Smalltalk] = {}
        for kind, by_language in phrases.items():
            for texts in by_language.values():
                for text in texts:
                    folded = fold_phrase(clean(text))
                    self._kinds.setdefault(folded, cast("Smalltalk", kind))
        self._longest = max((phrase.count(" ") + 1 for phrase in self._kinds), default=0)

    def kind(self, text: str) -> Smalltalk | None:
        """What kind of small talk ``text`` (clean) is; None when there is anything else in it."""
        if (whole := self._kind(fold(text[:200]))) is not None:
            return whole
        words = [word for _, word in _words(text[:200])]
        if not words:
            return next((kind for sign, kind in _SIGNS.items() if sign in text), None)
        if len(words) > LONGEST:
            return None
        # best[n]: the kinds that the first n words are made of
        best: list[frozenset[Smalltalk] | None] = [frozenset(), *([None] * len(words))]
        for end in range(1, len(words) + 1):
            for begin in range(max(end - self._longest, 0), end):
                if (before := best[begin]) is None:
                    continue
                if (kind := self._kind(" ".join(words[begin:end]))) is not None:
                    best[end] = before | {kind}
                    break
        found = best[-1]
        return next((kind for kind in _FIRST if kind in found), None) if found else None

    def without(self, text: str) -> str:
        """``text`` (clean) without the small talk around it; as it is when nothing else would be left."""
        words = _words(text)
        begin, end = 0, len(words)
        while (length := self._beside(words, range(begin, end))) and begin + length < end:
            begin += length
        while (length := self._beside(words, range(end - 1, begin - 1, -1))) and begin < end - length:
            end -= length
        if (begin == 0 and end == len(words)) or end - begin < 2:
            return text
        last = words[end][0].start() if end < len(words) else len(text)
        return text[words[begin][0].start() : last].strip(" ,;-–")

    def _beside(self, words: list[tuple[re.Match[str], str]], places: range) -> int:
        """Of how many words the longest phrase of small talk is that stands at the beginning of ``places``."""
        for length in range(min(self._longest, len(places)), 0, -1):
            taken = sorted(places[:length])
            phrase = " ".join(words[place][1] for place in taken)
            if self._kind(phrase) in _BESIDE and not (length == 1 and len(phrase) < 2):
                return length
        return 0

    def _kind(self, folded: str) -> Smalltalk | None:
        if (kind := self._kinds.get(folded)) is not None:
            return kind
        if (short := _STRETCHED.sub(r"\1", folded)) != folded and (kind := self._kinds.get(short)) is not None:
            return kind
        return "laughter" if _LAUGHTER.fullmatch(folded) else None


def _words(text: str) -> list[tuple[re.Match[str], str]]:
    """The words as they stand in ``text``, each with its folded form."""
    found = ((match, fold(match.group())) for match in re.finditer(r"\w+", text))
    return [(match, folded) for match, folded in found if folded]
