"""Messages without a question: greetings, thanks, "ok", laughter; also at the beginning or end of one with a question.

A message is small talk when it is made of nothing but its phrases, in any order: "selam naber" is two of them. A filler
("bro", "very much", "please") may stand between them, but is nothing without one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Literal, cast

from bot.matching.fold import clean, fold
from bot.matching.match import Smalltalk

LONGEST = 24  # words of a message that is nothing but small talk
LENGTH = 300  # its characters
# Where a message holds several kinds, the first of these is what it is.
_FIRST: tuple[Smalltalk, ...] = (
    "insult",
    "goodbye",
    "thanks",
    "goodwishes",
    "howareyou",
    "laughter",
    "greeting",
    "sorry",
    "ok",
)
_AROUND = frozenset({"greeting", "howareyou", "thanks"})  # cut off a question without a comma
_FAREWELL = frozenset({"goodbye", "sorry"})  # who asks to be forgiven and says goodbye is read for danger
_STRETCHED = re.compile(r"(\w)\1{2,}")
_LAUGHTER = re.compile(
    r"[aeio]?([hj])([aeiou])\2*(?:\1\2+)+h?|[ах]{4,}|(?:хи){2,}|(?:хе){2,}|[هخ]{3,}|k{3,}|lo+l|ሃ{2,}"
)
_OK = re.compile(r"o+ke?|ok[ae]y|oki|ок|окей|اوکی?|ኦኬ|aha|ага")  # in front of a question never a part of it
_WORDS = re.compile(r"[\w\u0300-\u036f\u064b-\u065f\u0670]+")  # with the vowel marks that \w leaves out
_APART = re.compile(r"[^\w\s'’‘`´ʼ()\"„“«»§/-]")
_SENTENCE = re.compile(r"[.?!;؟؛።]")
_OPENING = '¿¡("„“«§ '
_SIGNS: dict[str, Smalltalk] = {
    **dict.fromkeys("👍👌✅", "ok"),
    **dict.fromkeys("🙏❤💐", "thanks"),
    "👋": "greeting",
}
_Piece = Smalltalk | Literal["filler"]
_Word = tuple[re.Match[str], str]


class Chatter:
    """Knows the small talk of every language; a message may mix them."""

    def __init__(self, phrases: Mapping[str, Mapping[str, Sequence[str]]]) -> None:
        """``phrases``: kind to language to phrases. Besides the kinds of small talk there are "praise", answered like
        thanks, "filler", and "ordinary": what a question may begin or end with, too."""
        self.phrases = phrases
        kinds: dict[str, dict[str, Smalltalk]] = {}
        for kind, by_language in phrases.items():
            folded = (fold(clean(text)) for texts in by_language.values() for text in texts)
            kinds[kind] = dict.fromkeys(folded, cast("Smalltalk", kind))
        self._fillers = frozenset(kinds.pop("filler", ()))
        praise = kinds.pop("praise", {})
        self._ordinary = frozenset((*kinds.pop("ordinary", ()), *praise))
        self._kinds: dict[str, Smalltalk] = dict.fromkeys(praise, "thanks")
        for found in kinds.values():
            self._kinds = found | self._kinds  # the first kind that has a phrase keeps it
        self._languages: dict[str, str] = {}
        for by_language in phrases.values():
            for language, texts in by_language.items():
                for phrase in {fold(clean(text)) for text in texts}:
                    known = self._languages.setdefault(phrase, language)
                    self._languages[phrase] = language if known == language else ""
        self._longest = max((phrase.count(" ") + 1 for phrase in (*self._kinds, *self._fillers)), default=0)

    @classmethod
    def of(cls, phrases: Mapping[str, Mapping[str, Sequence[str]]], before: Chatter | None) -> Chatter:
        """``before`` if it knows the same phrases: most edits change none of them."""
        return before if before is not None and before.phrases == phrases else cls(phrases)

    def kind(self, text: str) -> Smalltalk | None:
        """What kind of small talk ``text`` (clean) is; None when there is anything else in it."""
        if len(text) > LENGTH:
            return None
        if (whole := self._kind(fold(text))) is not None:
            return whole
        words = _words(text)
        if not words:
            return next((kind for sign, kind in _SIGNS.items() if sign in text), None)
        if len(words) > LONGEST:
            return None
        # best[n]: the kinds that the first n words are made of, whichever way they are taken apart
        best: list[frozenset[_Piece] | None] = [frozenset(), *([None] * len(words))]
        for end in range(1, len(words) + 1):
            for begin in range(max(end - self._longest, 0), end):
                before = best[begin]
                if before is not None and (piece := self._piece(_phrase(words[begin:end]))) is not None:
                    best[end] = (best[end] or before) | before | {piece}
        found = best[-1] or frozenset()
        return None if found >= _FAREWELL else next((kind for kind in _FIRST if kind in found), None)

    def language(self, text: str) -> str:
        """The one language that says ``text`` (clean), all of it; "" where several do, or none: "silav" is Kurmanji."""
        return self._languages.get(fold(text), "")

    def without(self, text: str) -> str:
        """``text`` (clean) without the small talk around it; as it is when nothing else would be left."""
        words = _words(text)
        begin = self._around(text, words, range(len(words)))
        end = len(words) - self._around(text, words, range(len(words) - 1, begin - 1, -1))
        if (begin == 0 and end == len(words)) or end - begin < 2:
            return text
        first = words[begin][0].start() if begin else 0
        while first and text[first - 1] in _OPENING:
            first -= 1
        last = words[end][0].start() if end < len(words) else len(text)
        return text[first:last].strip(" ,;-–")

    def _around(self, text: str, words: list[_Word], places: range) -> int:
        """How many words at the beginning of ``places`` are small talk: up to a phrase that is nothing else, or in
        front of a question to any phrase with a comma or the like behind it."""
        cut, in_front = 0, places.step > 0  # "he hits me, sorry" loses nothing
        said = {0: False}  # after how many words a piece ends, and whether one of them was more than a filler
        for end in range(1, len(places)):
            if end - max(said) > self._longest:
                break
            for begin in [begin for begin in said if end - begin <= self._longest]:
                phrase = _phrase([words[place] for place in sorted(places[begin:end])])
                if (piece := self._piece(phrase)) is None or piece == "insult":
                    continue
                said[end] = said.get(end, False) or said[begin] or piece != "filler"
                sure = self._is_sure(phrase) or (in_front and _OK.fullmatch(phrase))
                if sure or (said[end] and in_front and _APART.search(text, *_between(words, places[end - 1]))):
                    cut = end
        return cut

    def _is_sure(self, phrase: str) -> bool:
        """Whether ``phrase`` is small talk wherever it stands; of laughter only what is no word or one ("lol")."""
        kind = self._kind(phrase)
        around = kind in _AROUND or (kind == "laughter" and " " not in phrase)
        return around and len(phrase) > 1 and phrase not in self._ordinary

    def _piece(self, folded: str) -> _Piece | None:
        """What a part of a message is. "bro" alone is a greeting, beside other small talk it adds nothing."""
        return "filler" if folded in self._fillers else self._kind(folded)

    def _kind(self, folded: str) -> Smalltalk | None:
        if (kind := self._kinds.get(folded)) is not None:
            return kind
        if _STRETCHED.search(folded):
            for short in (_STRETCHED.sub(r"\1", folded), _STRETCHED.sub(r"\1\1", folded)):
                if (kind := self._kinds.get(short)) is not None:
                    return kind
        return "laughter" if " " not in folded and _LAUGHTER.fullmatch(folded) else None


def _words(text: str) -> list[_Word]:
    """The words as they stand in ``text``, each folded, too; with a full stop where a sentence ends."""
    places = [(match, folded) for match in _WORDS.finditer(text) if (folded := fold(match.group()))]
    ends = [*(match.start() for match, _ in places[1:]), len(text)]
    return [
        (match, f"{folded}." if _SENTENCE.search(text, match.end(), end) else folded)
        for (match, folded), end in zip(places, ends, strict=False)
    ]


def _phrase(words: Sequence[_Word]) -> str:
    """The words as one phrase: none of small talk goes on in the next sentence ("... I? Thank you")."""
    return " ".join(folded for _, folded in words).removesuffix(".")


def _between(words: list[_Word], place: int) -> tuple[int, int]:
    """Where the word at ``place`` ends and the next one begins."""
    return words[place][0].end(), words[place + 1][0].start()
