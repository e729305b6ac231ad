"""What a message is in a conversation, whatever its topic: a wish for a human, an answer to "did you mean", a
correction, or a question that only makes sense after an answer.

The phrases stand in the knowledge (followups.yaml, replies.yaml), in every language; a message may mix them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import inf, log

from rapidfuzz import fuzz, process

from bot.content.model import Knowledge
from bot.matching.context import FOLLOW_UP_WORDS
from bot.matching.detector import Detector
from bot.matching.fold import fold, fold_phrase
from bot.matching.match import Wish
from bot.matching.rows import Vectors
from bot.matching.wishes import clauses

WISHES: tuple[Wish, ...] = ("callback", "person")
PLACES = ("first", "second", "third", "fourth")
SURE = log(3)  # odds of three to one
# By meaning alone, as log odds. The classifiers learned from many more ordinary questions than are asked in the middle
# of a conversation: of 157 first questions the likest has -2.9 (a wish) and -2.4 (a follow-up).
MEANT, SURELY = -1.75, 2.0  # a wish for a human where no topic is sure; whatever the topic
PERHAPS, PROBABLY = -2.0, -0.5  # a section, where nothing of ours is near; where something is
HALF = 0.5
WHOLE = 0.8
NEARLY = 0.75
MOSTLY = 0.6  # share of a message's words from which on a phrase is all of it
SHORT_WISH = 2  # words of a phrase that means a wish only when it is mostly all of the message
COMMON = 3  # follow-up phrases in which a word stands that names no subject
ALIKE = 84.0
MIN_FUZZY = 5  # letters from which on a typing error is forgiven


@dataclass(frozen=True)
class Turn:
    """``section`` is asked for, ``section_said``: in the words of a phrase. ``bare``: no word of the message names a
    subject. ``points``: it begins with "and", or a pronoun stands for the subject (``refers``). ``wish``: for a human,
    ``wish_alone``: and nothing else, ``wish_said``: in the words of a phrase. ``reply``: which of the choices (0 for
    the first, -1 for the last), ``declines``: none of them. ``denies``: it begins with "no" and goes on. ``rest``: what
    a correction says in place of what was wrong, None when it is none. ``whom``: it says for whom, and no subject.
    ``denied``: what "no, not the pass, the card" says is not meant, None when it says no such thing.
    ``unclear``: nothing but that the answer was not understood.
    """

    section: str | None = None
    section_said: bool = False
    bare: bool = False
    points: bool = False
    refers: bool = False
    wish: Wish | None = None
    wish_alone: bool = False
    wish_said: bool = False
    wish_sure: bool = False  # surer than any topic
    perhaps: str | None = None  # the section asked for, if nothing is nearer
    perhaps_odds: float = -inf
    reply: int | None = None
    declines: bool = False
    agrees: bool = False
    denies: bool = False
    rest: str | None = None
    denied: str | None = None
    whom: bool = False
    unclear: bool = False


class Turns:
    """Built once for a knowledge."""

    def __init__(self, knowledge: Knowledge) -> None:
        replies = {kind: tuple(_all(by_language)) for kind, by_language in knowledge.replies.items()}
        self.follow_ups = Detector({kind: list(_all(by)) for kind, by in knowledge.followups.items()})
        self.wishes = Detector({kind: list(replies.get(kind, ())) for kind in WISHES})
        self._exact = {
            fold_phrase(text): kind for kind in (*PLACES, "last", "none", "yes") for text in replies.get(kind, ())
        }
        self._nots = frozenset(map(fold_phrase, replies.get("not", ())))
        self._nones = Detector({"none": [text for text in replies.get("none", ()) if " " in text]})
        self._unclear = Detector({"unclear": list(replies.get("unclear", ()))})
        self._denials = frozenset(word for word, kind in self._exact.items() if kind == "none" and " " not in word)
        corrections = {tuple(fold_phrase(text).split()) for text in replies.get("correction", ())}
        stems = {(self._without_denial(words), len(words)) for words in corrections}
        self._corrections = sorted(((stem, len(stem) < length) for stem, length in stems), key=_length, reverse=True)
        self._leads = tuple(f"{fold_phrase(text)} " for text in replies.get("lead", ()))
        self._pointing = frozenset(map(fold_phrase, replies.get("pointing", ())))
        counts = Counter(word for text, _ in self.follow_ups.phrases for word in set(fold_phrase(text).split()))
        short = (fold_phrase(text).split() for text, _ in self.follow_ups.phrases)
        self._vocabulary = frozenset(
            [
                *(word for word, count in counts.items() if count >= COMMON),
                *(word for words in short if len(words) <= COMMON for word in words),
                *(word for phrase in (*self._leads, *self._pointing) for word in phrase.split()),
            ]
        )
        self._long_words = sorted(word for word in self._vocabulary if len(word) >= MIN_FUZZY)

    @property
    def detectors(self) -> dict[str, Detector]:
        """What learns from the ordinary phrases, by name."""
        return {"followups": self.follow_ups, "wishes": self.wishes}

    def reply(self, text: str) -> str | None:
        """How ``text`` (clean) answers "did you mean": first to fourth, last, none, yes; None when it does not."""
        return self._exact.get(fold(text))

    def read(self, text: str, vector: Vectors | None) -> Turn:
        """``text`` is clean, without small talk around it; ``vector`` placed in the Space, None without the model."""
        folded = fold(text)
        words = folded.split()
        short = len(words) <= FOLLOW_UP_WORDS
        denied, rest = self._denied(text) or (None, self._corrected(text))
        odds = self._odds(self.follow_ups, vector)
        wish, alone, said = self._wish(text, vector, odds)
        kind = self._exact.get(folded) if short else None
        follow_up = self.follow_ups.said(text) if short else None
        whole = follow_up is not None and follow_up.share >= WHOLE  # nothing else is said
        bare = short and (whole or all(map(self._is_common, words)))
        refers = any(word in self._pointing for word in words)
        perhaps = self.follow_ups.likest(vector) if short and vector is not None and odds >= PERHAPS else None
        if follow_up is not None and follow_up.share >= HALF:
            perhaps, odds = follow_up.kind, max(odds, PROBABLY)
        return Turn(
            self._section(text, vector, bare=bare) if short and wish is None else None,
            section_said=follow_up is not None and follow_up.share >= HALF,
            bare=bare,
            points=refers or folded.startswith(self._leads),
            refers=refers,
            wish=wish,
            wish_alone=alone,
            wish_said=said,
            wish_sure=said or (wish is not None and self._odds(self.wishes, vector) >= SURELY),
            perhaps=perhaps,
            perhaps_odds=odds,
            reply=-1 if kind == "last" else PLACES.index(kind) if kind in PLACES else _number(folded),
            declines=kind == "none" or (short and self._is_none(folded)),
            agrees=kind == "yes",
            denies=len(words) > 1 and words[0] in self._denials,
            denied=denied,
            rest=rest,
            unclear=(unclear := self._unclear.said(text)) is not None and unclear.share >= MOSTLY,
        )

    def _section(self, text: str, vector: Vectors | None, *, bare: bool) -> str | None:
        """The section asked for. "where" inside a question with a subject of its own says little."""
        said = self.follow_ups.said(text)
        if said is not None and said.share >= WHOLE:
            return said.kind
        if vector is not None and self.follow_ups.classifier is not None:
            if self.follow_ups.odds(vector) >= (0.0 if bare else SURE):
                return self.follow_ups.likest(vector)
            return said.kind if said is not None and said.share >= MOSTLY else None
        return said.kind if said is not None and (bare or said.share >= HALF) else None

    def _wish(self, text: str, vector: Vectors | None, follow_up: float) -> tuple[Wish | None, bool, bool]:
        """The wish for a human, whether nothing else is said, and whether in the words of a phrase.

        ``follow_up``: the log odds that a section is asked for; "what must I bring" sounds a little like a wish.
        """
        said = self.wishes.said(text)
        if said is not None:
            words = round(said.share * max(len(fold(text).split()), 1))
            if said.share >= MOSTLY or words > SHORT_WISH:
                return _as_wish(said.kind), said.share >= MOSTLY, True
        for part in clauses(text):
            if (kind := self.wish_of(part)) is not None:
                return _as_wish(kind), False, True
        meant = self._odds(self.wishes, vector)
        if vector is not None and meant >= MEANT and meant > follow_up:
            return _as_wish(self.wishes.likest(vector)), meant >= SURELY, False
        return None, False, False

    def wish_of(self, part: str) -> str | None:
        """The wish for a human that ``part`` of a message says, and hardly anything else."""
        said = self.wishes.said(part)
        return said.kind if said is not None and said.share >= MOSTLY else None

    @staticmethod
    def _odds(detector: Detector, vector: Vectors | None) -> float:
        """Log odds by meaning; without the model none at all."""
        return detector.odds(vector) if vector is not None and detector.classifier is not None else -inf

    def _denied(self, text: str) -> tuple[str, str] | None:
        """What is not meant, and what is said behind it: ("the pass", "the card") of "no, not the pass, the card"; of
        "no, none of that, the card" ("", "the card"). None where it does not begin so."""
        denies = False
        said = list(clauses(text))
        for at, clause in enumerate(said[:-1]):
            said_here = tuple(fold(clause).split())
            if all(word in self._denials for word in said_here):
                denies = True
                continue
            words = self._without_denial(said_here)
            denies = denies or len(words) < len(said_here)
            rest = text[text.index(said[at + 1], text.index(clause) + len(clause)) :]
            if self._is_none(fold(clause)):
                return "", rest
            spared = words[1:] if words[0] in self._nots else words[:-1] if words[-1] in self._nots else words
            return (" ".join(spared), rest) if denies and len(spared) < len(words) else None
        return None

    def _corrected(self, text: str) -> str | None:
        """What stands behind "no, I meant"; "" for "not that" alone."""
        words = list(re.finditer(r"\w+", text))
        said = self._without_denial(tuple(fold(match.group()) for match in words))
        denied = len(words) - len(said)
        for stem, needs_denial in self._corrections:  # "nope, I wanted to know" as "no, I wanted to know"
            if said[: len(stem)] == stem and (denied or not needs_denial):
                end = denied + len(stem)
                return text[words[end].start() :].strip() if end < len(words) else ""
        return None

    def _is_none(self, folded: str) -> bool:
        """Whether it says "none of these" with a word more ("no, none of these things")."""
        first, _, rest = folded.partition(" ")
        tried = (folded, rest) if first in self._denials else (folded,)
        return any((said := self._nones.said(one)) is not None and said.share >= NEARLY for one in tried)

    def _without_denial(self, words: tuple[str, ...]) -> tuple[str, ...]:
        """Behind "no"; the words themselves where nothing else is said."""
        start = next((at for at, word in enumerate(words) if word not in self._denials), 0)
        return words[start:]

    def _is_common(self, word: str) -> bool:
        if word in self._vocabulary or word.isdigit():
            return True
        return (
            len(word) >= MIN_FUZZY
            and process.extractOne(word, self._long_words, scorer=fuzz.ratio, score_cutoff=ALIKE) is not None
        )


def _all(by_language: Mapping[str, Sequence[str]]) -> Iterable[str]:
    return (text for texts in by_language.values() for text in texts)


def _as_wish(kind: str) -> Wish:
    return "callback" if kind == "callback" else "person"


def _length(correction: tuple[tuple[str, ...], bool]) -> int:
    return len(correction[0])


def _number(folded: str) -> int | None:
    """ "2", "nr 2", "2." as an answer to "did you mean"."""
    found = re.fullmatch(r"(?:nr|no|n|nummer|number|№)? ?([1-4])", folded)
    return int(found.group(1)) - 1 if found else None
