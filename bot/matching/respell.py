"""Latin letters for another script, turned back: "kif bajadded el 2iqama", "yak prodovzhyty dozvil", "abey eyu zelo".

Each word is looked up among the knowledge's own words by its sound (``sounds``); then the likeliest row is chosen, by
how each is spelt and by which words stand side by side. Words that are not found are spelt by rule in Cyrillic, and
stay as they are otherwise.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise
from math import log1p

import marisa_trie
from anyascii import anyascii
from rapidfuzz import fuzz

from bot.matching.fold import fold, script
from bot.matching.sounds import by_rule, heard, said, said_so, sounds
from bot.matching.words import Counts, Lists, Stowed

ENOUGH = 0.45  # so many of the words must be found in the other script,
KNOWN = 0.4  # and no more of them be words of a language in Latin letters
MIN_WORDS = 2
SHORT = 0.5  # so much counts a known word of two letters
OFFICE = 6  # letters of a German name that stays
CONSONANTS = 3  # so many words are needed where only consonants are compared: two alike are easily found by chance
ALIKE = 0.8  # so alike must one consonant's words be spelt
TOGETHER = 2  # so often two words must stand side by side to count
MOST = 6  # words that one may be
NEARLY = 4  # letters of a sound from which on another may differ by one: an ending, a prefix, a typing error
SPELT, BESIDE, OFTEN = 12.0, 0.7, 0.15  # how much spelling, neighbours and frequency count
CYRILLIC = frozenset(["uk", "ru"])
OTHER_SCRIPTS = CYRILLIC | {"ar", "fa", "ps", "ti"}
_ACCENT = re.compile(r"[^\W\d_a-zA-ZščžŠČŽ]")  # people who spell by sound write none; scholars write š
_CHATTED = re.compile(r"[a-z][2-9]|[2-9][a-z]")  # a digit as a letter
_HEARD = "abcdefhijklmnprstuxzčž%"  # what sounds are made of
_SCRIPTS = {"CYRILLIC", "ARABIC", "ETHIOPIC"}

# Little words that sound like too many others to be looked up.
_LITTLE = {
    "uk": {"my": "ми", "ty": "ти", "vy": "ви"},
    "ru": {"my": "мы", "ty": "ты", "vy": "вы"},
    "ar": {
        "w": "و", "el": "ال", "al": "ال", "bel": "بال", "bil": "بال", "3al": "عال", "lal": "لل", "ya": "يا", "la": "لا",
        "ma": "ما", "fi": "في", "fini": "فيني", "min": "من", "ana": "أنا", "ay": "أي", "shu": "شو", "shou": "شو",
        "wen": "وين", "wein": "وين", "kif": "كيف", "keef": "كيف", "3am": "عم", "3ala": "على", "da3": "ضاع",
        "ba3d": "بعد", "ma3i": "معي", "bde": "بدي", "bade": "بدي", "baddi": "بدي", "adesh": "قديش", "hay": "هاي",
        "esh": "إيش", "eish": "إيش", "lesh": "ليش", "leish": "ليش", "hon": "هون", "ktir": "كتير", "iza": "إذا",
        "mish": "مش", "mesh": "مش", "mosh": "مش", "3end": "عند", "3ind": "عند", "3endi": "عندي", "3indi": "عندي",
        "bdi": "بدي", "biddi": "بدي", "badi": "بدي", "ayna": "أين", "wayn": "وين", "kifi": "كيف",
        "shlon": "شلون", "shloon": "شلون", "aku": "أكو", "3an": "عن", "ma3": "مع", "marti": "مرتي", "zawji": "زوجي",
    },
    "fa": {
        "o": "و", "w": "و", "va": "و", "ro": "را", "ra": "را", "az": "از", "be": "به", "ke": "که", "dar": "در",
        "man": "من",
        "ba": "با", "ta": "تا", "ya": "یا", "chi": "چی", "kei": "کی", "key": "کی", "ye": "یک", "vase": "برای",
        "baraye": "برای", "koja": "کجا", "chetor": "چطور", "konam": "کنم", "kardam": "کردم", "mishe": "می‌شود",
        "shode": "شده", "dare": "دارد", "hast": "است", "hastam": "هستم",
        "mikham": "می‌خواهم", "mikhaham": "می‌خواهم", "mikhastam": "می‌خواستم", "mitonam": "می‌توانم",
        "mitunam": "می‌توانم", "mitoonam": "می‌توانم", "mitavanam": "می‌توانم", "nemitonam": "نمی‌توانم",
        "nemitunam": "نمی‌توانم", "cheghadr": "چقدر", "cheqadr": "چقدر", "chand": "چند", "chikar": "چکار",
        "kojast": "کجاست", "inja": "اینجا", "daram": "دارم", "nadaram": "ندارم", "hanooz": "هنوز", "hanuz": "هنوز",
        "chera": "چرا", "bara": "برای", "bayad": "باید", "mikonam": "می‌کنم", "mikonan": "می‌کنند", "nist": "نیست",
        "khune": "خانه", "khoone": "خانه", "bacham": "بچه‌ام", "bache": "بچه", "shoharam": "شوهرم", "agar": "اگر",
    },
    "ps": {
        "zma": "زما", "zama": "زما", "sta": "ستا", "sanga": "څنګه", "singa": "څنګه", "cherta": "چېرته",
        "charta": "چېرته", "kawom": "کوم", "kawam": "کوم", "dai": "دی", "dey": "دی", "ghwaram": "غواړم",
        "ghwarum": "غواړم", "kolai": "کولای", "kolay": "کولای", "lapara": "لپاره", "tso": "څو", "tsomra": "څومره",
        "da": "د", "de": "دې", "za": "زه", "na": "نه", "ye": "یې", "che": "چې", "khalas": "خلاص",
        "yam": "یم", "shta": "شته", "nashta": "نشته", "aw": "او", "dera": "ډېره", "pa": "په", "ki": "کې",
    },
    "ti": {
        "kemey": "ከመይ", "abey": "ኣበይ", "eyu": "እዩ", "iyu": "እዩ", "eye": "እየ", "iye": "እየ", "ane": "ኣነ", "alo": "ኣሎ",
        "alena": "ኣለና", "nay": "ናይ", "entay": "እንታይ", "intay": "እንታይ", "kabey": "ካበይ", "nab": "ናብ", "mis": "ምስ",
        "kndey": "ክንደይ", "kindey": "ክንደይ", "yikhal": "ይኽእል", "ykhal": "ይኽእል", "yekenyeley": "የቐንየለይ",
        "wedi": "ወዲ", "gual": "ጓል", "amet": "ዓመት", "zelo": "ዘሎ", "yelen": "የለን", "yeblen": "የብለይን", "delye": "ደልየ",
    },
}  # fmt: skip
_Choice = tuple[str, float]  # a word, and how well it is spelt so, from 0 to 1


@dataclass(frozen=True)
class Respelt:
    """A text in its own script, and the language that is."""

    text: str
    language: str


@dataclass(frozen=True)
class Vocabulary:
    """The words of one language, lower-case: how often each stands there, those in Latin letters, others by sound.

    ``mark``: of the texts they stand in; ``often``: ``counts`` of the words ``by_sound``, and of two side by side."""

    mark: bytes
    counts: Stowed[Counter[str]]
    latin: Stowed[set[str]]
    latin_mark: bytes
    by_sound: Lists
    often: Counts

    @classmethod
    def of(cls, texts: Sequence[str], language: str) -> Vocabulary:
        latin: set[str] = set()
        found: dict[str, list[str]] = defaultdict(list)
        rows = [re.findall(r"\w+", text.casefold()) for text in texts]
        counts = Counter(word for row in rows for word in row)
        for word in counts:
            written_in = script(word)
            if written_in == "LATIN":
                latin.add(fold(word))
            elif written_in in _SCRIPTS:
                for sound in sounds(word, written_in, language):
                    found[sound].append(word)
        known = {word for words in found.values() for word in words}
        pairs = Counter(f"{one} {two}" for row in rows for one, two in pairwise(row) if one in known and two in known)
        often = Counts({word: counts[word] for word in known} | {pair: n for pair, n in pairs.items() if n >= TOGETHER})
        latin_mark = mark_of(sorted(latin))
        return cls(mark_of(texts), Stowed(counts), Stowed(latin), latin_mark, Lists(found), often)

    def choices(self, token: str, language: str) -> list[_Choice]:
        """The words that ``token`` may be, the best spelt first."""
        little = _LITTLE.get(language, {}).get(token)
        if little is not None:
            return [(little, 1.0)]
        sound = heard(token, language)
        found = self._alike(token, language, self.by_sound.get(sound)) if sound else []
        return found if len(sound) > 1 else [choice for choice in found if choice[1] >= ALIKE]

    def nearly(self, token: str, language: str) -> list[_Choice]:
        """The same of words that sound nearly so."""
        sound = heard(token, language)
        if len(sound) < NEARLY:
            return []
        near = dict.fromkeys(word for other in _one_off(sound) for word in self.by_sound.get(other))
        return self._alike(token, language, near)

    def _alike(self, token: str, language: str, words: Iterable[str]) -> list[_Choice]:
        spelt = said_so(token, language)
        found = [(word, _likeness(token, spelt, word, language), self.often[word]) for word in words]
        found.sort(key=lambda choice: (-choice[1] - min(choice[2], 10) / 100, choice[0]))
        return [(word, near) for word, near, _ in found[:MOST]]

    def likeliest(self, choices: Sequence[Sequence[_Choice]]) -> list[str]:
        """One word of each, the likeliest row (Viterbi)."""
        rows: dict[str, tuple[float, list[str]]] = {"": (0.0, [])}
        for options in choices:
            following = {}
            for word, near in options:
                before, (score, path) = max(rows.items(), key=lambda row: row[1][0] + self._beside(row[0], word))
                own = SPELT * near + OFTEN * log1p(self.often[word])
                following[word] = (score + self._beside(before, word) + own, [*path, word])
            rows = following
        return max(rows.values(), key=lambda row: row[0])[1]

    def _beside(self, before: str, word: str) -> float:
        return BESIDE * log1p(self.often[f"{before} {word}"])


class Respeller:
    """Knows the words of the knowledge."""

    def __init__(self, written: Mapping[str, Sequence[str]], before: Respeller | None = None) -> None:
        """``written``: language to its texts. What ``before`` knows of unchanged languages is taken over."""
        self.vocabularies: dict[str, Vocabulary] = {}
        for language, own in written.items():
            known = before.vocabularies.get(language) if before else None
            same = known is not None and known.mark == mark_of(own)
            self.vocabularies[language] = known if known and same else Vocabulary.of(own, language)
        self._little = frozenset().union(*_LITTLE.values())
        if before is not None and self._latin_words() == before._latin_words():  # noqa: SLF001 # of this class
            self._latin: marisa_trie.Trie = before._latin  # noqa: SLF001
            self._offices: marisa_trie.Trie = before._offices  # noqa: SLF001
            return
        words = {language: known.latin.take() for language, known in self.vocabularies.items()}
        latin = set[str]().union(*(own for language, own in words.items() if language not in OTHER_SCRIPTS))
        self._latin = marisa_trie.Trie(latin)
        self._offices = marisa_trie.Trie(word for word in words.get("de", ()) if len(word) >= OFFICE)

    def _latin_words(self) -> dict[str, bytes]:
        """Another mark where a language has other words in Latin letters."""
        return {language: known.latin_mark for language, known in self.vocabularies.items()}

    def respell(self, text: str) -> Respelt | None:
        """``text``, which is clean, in its own script; None when it is written in it already."""
        if script(text) != "LATIN":
            return None
        words = re.findall(r"[\w'`]+", text)
        tokens = [word.casefold() for word in words if not self._stays(word)]
        if len(tokens) < MIN_WORDS or any(map(_ACCENT.search, tokens)) or self._known(tokens) > KNOWN * len(tokens):
            return None
        best: tuple[float, str] | None = None
        chatted = _CHATTED.search(text.casefold()) is not None
        for language, known in self.vocabularies.items():
            if not known.by_sound or (language not in CYRILLIC and len(tokens) < CONSONANTS and not chatted):
                continue
            share = sum(_hit(token, known.choices(token, language), language) for token in tokens) / len(tokens)
            if share >= ENOUGH and (best is None or share > best[0]):
                best = (share, language)
        if best is None:
            return None
        language = best[1]
        known = self.vocabularies[language]
        return Respelt(" ".join(known.likeliest([self._choices(word, known, language) for word in words])), language)

    def _choices(self, word: str, known: Vocabulary, language: str) -> list[_Choice]:
        if self._stays(word):
            return [(word, 1.0)]
        token = word.casefold()
        found = known.choices(token, language) or known.nearly(token, language)
        return found or [(by_rule(token, language) or word, 1.0)]

    def _stays(self, word: str) -> bool:
        """A number, or the German name of an office or a paper: it stands so in every language."""
        return word.isdigit() or fold(word) in self._offices

    def _known(self, tokens: Sequence[str]) -> float:
        """How many are words of a language in Latin letters; a word of two letters is one in many."""
        folded = [fold(token) for token in tokens]
        return sum(SHORT if word in self._latin else 0.0 for word in folded if len(word) <= 2) + sum(
            word in self._latin and word not in self._little for word in folded if len(word) > 2
        )


def mark_of(texts: Sequence[str]) -> bytes:
    """Another one for other texts."""
    return sha256("\0".join(texts).encode(errors="surrogatepass")).digest()


def _likeness(token: str, spelt: str, word: str, language: str) -> float:
    if token == anyascii(word).casefold():  # letter by letter
        return 1.0
    return fuzz.ratio(spelt, said(word, language)) / 100


def _one_off(sound: str) -> Iterator[str]:
    """Sounds with one letter less, another, or one more."""
    for place in range(len(sound) + 1):
        before, after = sound[:place], sound[place:]
        yield before + after[1:]
        for letter in _HEARD:
            yield before + letter + after
            yield before + letter + after[1:]


def _hit(token: str, choices: Sequence[_Choice], language: str) -> float:
    """How much it says for ``language`` that ``token`` was found: less where it sounds like many words."""
    if not choices:
        return 0.0
    if token in _LITTLE.get(language, {}):
        return 1.0 if len(token) > 2 else 0.5
    return choices[0][1] * min(len(heard(token, language)), 3) / 3
